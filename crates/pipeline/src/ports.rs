//! All that the road needs of the world.
//!
//! State is a map from names to versioned bytes, and everything kept in it can be merged in any order
//! and any number of times. So a store need not know what it keeps, items are saved one by one, and
//! whoever finds that another was quicker loads, merges and saves again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use detect::alert::Alert;
use jiff::SignedDuration;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Names an item of state: what kind of thing it is, and which of them.
///
/// At most [`StateKey::MAX`] characters, all printable ASCII: it may stand in a table, a log or an
/// address. Nothing chosen by whoever is watched goes in but as a hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey(String);

impl StateKey {
    /// The longest name, in characters.
    pub const MAX: usize = 100;

    /// The item `which` of this `kind`.
    ///
    /// # Panics
    /// If the name is longer than [`MAX`](Self::MAX) or has other characters than printable ASCII: names
    /// are made of hashes and numbers, so that is a mistake in the program.
    #[must_use]
    pub fn new(kind: &'static str, which: impl fmt::Display) -> Self {
        let key = format!("{kind}#{which}");
        let is_plain = key.len() <= Self::MAX && key.bytes().all(|byte| byte.is_ascii_graphic());
        assert!(is_plain, "the name {key:?} is not fit for state");
        Self(key)
    }

    /// The name, as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An item as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which of its versions this is; another one after each save.
    pub version: u64,
    /// What was saved.
    pub value: Vec<u8>,
}

/// An item as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which item.
    pub key: StateKey,
    /// The version that the new value was made from; `None` if there was none.
    pub expected: Option<u64>,
    /// The new value.
    pub value: Vec<u8>,
    /// How long it shall be kept from now on.
    pub keep: SignedDuration,
}

/// Remembers from one run to the next.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait StateStore {
    /// What is remembered under `keys`; what was never saved, or has expired, is absent, which is no
    /// error.
    ///
    /// # Errors
    /// [`StateError`] if what is remembered cannot be read.
    async fn load(&self, keys: &BTreeSet<StateKey>)
    -> Result<BTreeMap<StateKey, Kept>, StateError>;

    /// Saves each of `changes` whose item is still as it was expected, and returns the names of the
    /// others. Of one name there is one change at most.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be written; then any of them may have been.
    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError>;

    /// Whether anything is remembered at all. Where nothing is, nothing need be loaded or saved.
    fn remembers(&self) -> bool {
        true
    }

    /// Waits before the next try, after as many of them have met a conflict.
    async fn pause(&self, attempt: u32) {
        let _ = attempt;
    }
}

/// Takes alerts to whoever waits for them.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait AlertSink {
    /// Hands on `alerts`; an id that was handed on before has more events now.
    ///
    /// # Errors
    /// [`SinkError`] if any could not be handed on; all may then come again.
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError>;

    /// Hands on by the same way a message that is no alert but of this `kind`; whoever takes alerts alone leaves it.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted.
    async fn pass_on(&mut self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        let _ = (kind, message);
        Ok(())
    }
}

/// What is remembered could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the state {place} cannot be {action}")]
pub struct StateError {
    /// Where it is kept.
    pub place: String,
    /// What failed: `read` or `written`.
    pub action: &'static str,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Alerts could not be handed on.
#[derive(Debug, thiserror::Error)]
#[error("alerts cannot be written to {place}")]
pub struct SinkError {
    /// Where they were to go.
    pub place: String,
    /// Why.
    #[source]
    pub cause: Cause,
}
