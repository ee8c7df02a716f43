//! Ctrl-C: the first stops the reading, so that what was found is still told; the second stops all.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::exit::Exit;
use crate::inputs::Meter;

/// Makes the meter say stop on the first interrupt or termination, and ends the program on the next.
///
/// Where the system allows no handler, an interrupt ends the program at once, which loses no more
/// than the answer: files are replaced whole, and the state file takes all of a run or nothing.
pub fn stops(meter: &Arc<Meter>) {
    let meter = Arc::clone(meter);
    let handler = move || {
        if meter.stop.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted.code().into());
        }
        // A read that waits for a pipe notices only once something comes.
        let _ = writeln!(
            std::io::stderr(),
            "Stopping; interrupt again to end at once"
        );
    };
    let _ = ctrlc::set_handler(handler);
}
