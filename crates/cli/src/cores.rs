//! How many threads are worth while.

use std::thread;

/// As many as there are cores; one if the system does not say.
#[must_use]
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}
