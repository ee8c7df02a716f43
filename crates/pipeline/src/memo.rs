//! What one walk remembers: items of state as they were loaded, and as they shall be.

use std::collections::{BTreeMap, BTreeSet};

use detect::case::Case;
use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::PipelineError;
use crate::ports::{Change, Kept, StateError, StateKey, StateStore};

/// How long an alert is remembered: longer than records may be late, which is 30 days after a fault of
/// the bucket.
///
/// Source: AWS CloudTrail User Guide, "How CloudTrail works": redelivery of log files for 30 days.
pub(crate) const CASES: SignedDuration = SignedDuration::from_hours(45 * 24);

/// How long a window is remembered: a record that comes up to a month late still completes it.
pub(crate) const WINDOWS: SignedDuration = SignedDuration::from_hours(31 * 24);

/// How long it is remembered what is waited for: longer than any timespan, and than windows.
pub(crate) const AGENDA: SignedDuration = SignedDuration::from_hours(45 * 24);

/// The item that keeps the windows of this name.
pub(crate) fn shelf_key(name: &str) -> StateKey {
    StateKey::new("shelf", name)
}

/// The item that knows who stands behind a key.
pub(crate) fn actor_key(name: &str) -> StateKey {
    StateKey::new("actor", name)
}

/// The item in which it is noted what is waited for.
pub(crate) fn agenda_key(shard: u8) -> StateKey {
    StateKey::new("agenda", shard)
}

/// The item that knows up to when records have made time pass.
pub(crate) fn passed_key() -> StateKey {
    StateKey::new("agenda", "passed")
}

/// The item that remembers this alert.
pub(crate) fn case_key(case: &Case) -> StateKey {
    StateKey::new("case", case.id())
}

/// What it took to change items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Items written.
    pub writes: usize,
    /// Items that another had written meanwhile.
    pub conflicts: usize,
}

/// Does `act` with items as they are now, and saves what it notes: again and again, `attempts` times at most,
/// until nobody else was quicker. What that took is added to `tries`, if it fails too.
///
/// # Errors
/// Those of `act`, of the state, and [`PipelineError::Contended`].
pub async fn change<T, E: From<StateError> + From<PipelineError>>(
    states: &impl StateStore,
    attempts: u32,
    tries: &mut Tries,
    act: impl AsyncFn(&mut Memo) -> Result<T, E>,
) -> Result<T, E> {
    let mut conflicts = 0;
    for attempt in 1..=attempts {
        let mut memo = Memo::default();
        let done = act(&mut memo).await?;
        let writes;
        (writes, conflicts) = memo.save(states).await?;
        tries.writes += writes;
        tries.conflicts += conflicts;
        if conflicts == 0 {
            return Ok(done);
        }
        states.pause(attempt).await;
    }
    Err(PipelineError::Contended(conflicts).into())
}

/// Items by their names, with what shall become of them.
#[derive(Debug, Default)]
pub struct Memo {
    kept: BTreeMap<StateKey, Kept>,
    changes: Vec<Change>,
}

impl Memo {
    /// Loads the items of these names, beside those that were loaded before.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read.
    pub async fn recall(
        &mut self,
        states: &impl StateStore,
        keys: impl Iterator<Item = StateKey>,
    ) -> Result<(), StateError> {
        let keys: BTreeSet<_> = keys.filter(|key| !self.kept.contains_key(key)).collect();
        if !keys.is_empty() && states.remembers() {
            self.kept.extend(states.load(&keys).await?);
        }
        Ok(())
    }

    /// The item of this name; `None` if it was never saved.
    ///
    /// # Errors
    /// [`PipelineError::Unreadable`]
    pub fn get<T: DeserializeOwned>(&self, key: &StateKey) -> Result<Option<T>, PipelineError> {
        let Some(kept) = self.kept.get(key) else {
            return Ok(None);
        };
        let read = serde_json::from_slice(&kept.value);
        read.map(Some).map_err(|cause| PipelineError::Unreadable {
            key: key.to_string(),
            cause,
        })
    }

    /// Notes what the item of this name shall be.
    ///
    /// # Errors
    /// [`PipelineError::Unreadable`] if it cannot be written down.
    pub fn change(
        &mut self,
        key: StateKey,
        value: &impl Serialize,
        keep: SignedDuration,
    ) -> Result<(), PipelineError> {
        let value = serde_json::to_vec(value).map_err(|cause| PipelineError::Unreadable {
            key: key.to_string(),
            cause,
        })?;
        self.changes.push(Change {
            expected: self.kept.get(&key).map(|kept| kept.version),
            key,
            value,
            keep,
        });
        Ok(())
    }

    /// Saves all that was noted, and returns how many items were written, and how many were not, for
    /// another had written them meanwhile.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be written.
    pub async fn save(self, states: &impl StateStore) -> Result<(usize, usize), StateError> {
        let all = self.changes.len();
        let conflicts = self.save_all(states).await?.len();
        Ok((all - conflicts, conflicts))
    }

    /// The same, and returns the names of those that were not written.
    pub(crate) async fn save_all(
        self,
        states: &impl StateStore,
    ) -> Result<BTreeSet<StateKey>, StateError> {
        match self.changes.is_empty() {
            true => Ok(BTreeSet::new()),
            false => states.save(self.changes).await,
        }
    }
}
