//! Both ports in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use detect::alert::Alert;

use crate::ports::{AlertSink, Change, Kept, SinkError, StateError, StateKey, StateStore};

/// Remembers until it is dropped; whatever expires before that is kept all the same.
#[derive(Debug, Default)]
pub struct MemoryState {
    items: Mutex<BTreeMap<StateKey, Kept>>,
}

impl MemoryState {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with(|items| items.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All items, as they are now.
    #[must_use]
    pub fn all(&self) -> BTreeMap<StateKey, Kept> {
        self.with(|items| items.clone())
    }

    /// A map is whole between any two of its operations, so a panic elsewhere harms nothing.
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<StateKey, Kept>) -> T) -> T {
        act(&mut self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl StateStore for MemoryState {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        Ok(self.with(|items| {
            let found = keys.iter().filter_map(|key| items.get_key_value(key));
            found
                .map(|(key, kept)| (key.clone(), kept.clone()))
                .collect()
        }))
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        Ok(self.with(|items| {
            let mut conflicts = BTreeSet::new();
            for change in changes {
                let found = items.get(&change.key).map(|kept| kept.version);
                if found != change.expected {
                    conflicts.insert(change.key);
                    continue;
                }
                let kept = Kept {
                    version: found.unwrap_or(0) + 1,
                    value: change.value,
                };
                items.insert(change.key, kept);
            }
            conflicts
        }))
    }
}

/// Remembers nothing: each run is the first.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoState;

impl StateStore for NoState {
    async fn load(&self, _: &BTreeSet<StateKey>) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        Ok(BTreeMap::new())
    }

    async fn save(&self, _: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        Ok(BTreeSet::new())
    }

    fn remembers(&self) -> bool {
        false
    }
}

/// Keeps every alert that was published, in order.
#[derive(Debug, Default, Clone)]
pub struct MemorySink {
    /// What was published.
    pub alerts: Vec<Alert>,
}

impl AlertSink for MemorySink {
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError> {
        self.alerts.extend(alerts);
        Ok(())
    }
}
