//! Which events were met already: log files are delivered at least once.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use detect::cloudtrail::Record;

/// Into how many parts the memory of events is split, so that threads seldom wait for each other.
const PARTS: usize = 64;

/// Which events were met, by all threads together.
#[derive(Debug)]
pub(super) struct Met([Mutex<HashSet<u64>>; PARTS]);

impl Default for Met {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Met {
    /// Whether this event has not been met before.
    pub(super) fn is_new(&self, event: u64) -> bool {
        let part = &self.0[event as usize % PARTS];
        part.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(event)
    }
}

/// Names an event however often it was delivered: by account and id, or by its text if it has no id.
pub(super) fn event_hash(record: &Record<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match record.event_id() {
        Some(id) => (record.account(), id).hash(&mut hasher),
        None => record.text().hash(&mut hasher),
    }
    hasher.finish()
}
