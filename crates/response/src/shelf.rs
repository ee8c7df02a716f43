//! What the responder remembers: plans by their names, what they stand for, the cap, the switch.
//!
//! All of it lies in a table of its own. Whoever can write there can have a plan carried out, and the functions
//! that read log files can write to theirs.

use std::collections::BTreeSet;

use detect::digest;
use jiff::{SignedDuration, Timestamp};
use pipeline::ports::{Change, StateError, StateKey, StateStore};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::docket::Docket;
use crate::plan::PlanId;
use crate::responder::ResponseError;

/// How long a plan is remembered, and can be taken back.
const KEEP: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How many plans are listed, the newest.
pub const LISTED: usize = 100;

/// The span of the cap.
pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Whether anything may be done at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Since when nothing is done; absent if all is well.
    pub stopped: Option<Timestamp>,
    /// Who said so last.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// An item with the version by which it is changed.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(crate) value: T,
    pub(crate) version: Option<u64>,
}

/// The memory.
#[derive(Debug)]
pub(crate) struct Shelf<S> {
    pub(crate) states: S,
}

impl<S: StateStore> Shelf<S> {
    async fn read<T: DeserializeOwned>(
        &self,
        key: &StateKey,
    ) -> Result<Option<Held<T>>, ResponseError> {
        let found = self.states.load(&BTreeSet::from([key.clone()])).await?;
        let Some(kept) = found.get(key) else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&kept.value);
        Ok(Some(Held {
            value: value.map_err(|cause| unreadable(key, cause))?,
            version: Some(kept.version),
        }))
    }

    /// Saves an item if it still has this version; returns whether it had.
    async fn write<T: Serialize>(
        &self,
        key: StateKey,
        value: &T,
        expected: Option<u64>,
    ) -> Result<bool, ResponseError> {
        let value = serde_json::to_vec(value).map_err(|cause| unreadable(&key, cause))?;
        let change = Change {
            key,
            expected,
            value,
            keep: KEEP,
        };
        Ok(self.states.save(vec![change]).await?.is_empty())
    }

    pub(crate) async fn docket(&self, id: &PlanId) -> Result<Option<Held<Docket>>, ResponseError> {
        self.read(&docket_key(id)).await
    }

    /// Returns whether nobody else was quicker.
    pub(crate) async fn save(&self, held: &Held<Docket>) -> Result<bool, ResponseError> {
        let key = docket_key(&held.value.plan.id);
        self.write(key, &held.value, held.version).await
    }

    /// The newest plans, the newest first.
    pub(crate) async fn dockets(&self) -> Result<Vec<Docket>, ResponseError> {
        let ids: Vec<PlanId> = self.value(&list_key()).await?;
        let keys: BTreeSet<_> = ids.iter().map(docket_key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.states.load(&keys).await?;
        let read = |id: &PlanId| {
            let key = docket_key(id);
            let kept = found.get(&key)?;
            Some(serde_json::from_slice(&kept.value).map_err(|cause| unreadable(&key, cause)))
        };
        ids.iter().filter_map(read).collect()
    }

    async fn value<T: DeserializeOwned + Default>(
        &self,
        key: &StateKey,
    ) -> Result<T, ResponseError> {
        let found = self.read(key).await?;
        Ok(found.map(|held| held.value).unwrap_or_default())
    }

    pub(crate) async fn switch(&self) -> Result<Switch, ResponseError> {
        self.value(&switch_key()).await
    }

    pub(crate) async fn set_switch(&self, switch: &Switch) -> Result<(), ResponseError> {
        self.change(switch_key(), |held: &mut Switch| {
            held.clone_from(switch);
            true
        })
        .await
        .map(drop)
    }

    /// Notes that a plan exists, and what it stands for: before it does, since a name of nothing harms nobody.
    pub(crate) async fn announce(&self, docket: &Docket) -> Result<(), ResponseError> {
        let id = &docket.plan.id;
        self.change(list_key(), |ids: &mut Vec<PlanId>| {
            let is_new = !ids.contains(id);
            if is_new {
                ids.insert(0, id.clone());
                ids.truncate(LISTED);
            }
            is_new
        })
        .await?;
        for step in &docket.steps {
            self.change(hold_key(&step.action), |holder: &mut Option<PlanId>| {
                holder.replace(id.clone()).as_ref() != Some(id)
            })
            .await?;
        }
        Ok(())
    }

    /// The plan that was last to have this step, if there is one.
    pub(crate) async fn holder(&self, action: &Action) -> Result<Option<Docket>, ResponseError> {
        let id: Option<PlanId> = self.value(&hold_key(action)).await?;
        let Some(id) = id else {
            return Ok(None);
        };
        Ok(self.docket(&id).await?.map(|held| held.value))
    }

    /// Takes one of `hourly` turns; when the next is free, if none is.
    pub(crate) async fn take_turn(
        &self,
        hourly: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, ResponseError> {
        let mut free = None;
        self.change(cap_key(), |turns: &mut Vec<Timestamp>| {
            turns.retain(|turn| now.duration_since(*turn) < HOUR);
            turns.sort();
            free = match turns.len() < hourly as usize {
                true => None,
                false => turns.first().and_then(|turn| turn.checked_add(HOUR).ok()),
            };
            if free.is_none() {
                turns.push(now);
            }
            free.is_none()
        })
        .await?;
        Ok(free)
    }

    /// Changes an item as it is now, again and again until nobody else was quicker; `act` says whether it has
    /// changed.
    async fn change<T: DeserializeOwned + Default + Serialize>(
        &self,
        key: StateKey,
        mut act: impl FnMut(&mut T) -> bool,
    ) -> Result<bool, ResponseError> {
        for attempt in 1..=ATTEMPTS {
            let held = self.read(&key).await?.unwrap_or(Held {
                value: T::default(),
                version: None,
            });
            let Held { mut value, version } = held;
            if !act(&mut value) {
                return Ok(false);
            }
            if self.write(key.clone(), &value, version).await? {
                return Ok(true);
            }
            self.states.pause(attempt).await;
        }
        Err(ResponseError::Contended)
    }
}

/// How often it is tried to write an item that others write.
pub(crate) const ATTEMPTS: u32 = 8;

fn docket_key(id: &PlanId) -> StateKey {
    StateKey::new("plan", id)
}

fn hold_key(action: &Action) -> StateKey {
    StateKey::new("hold", digest::hex(&digest::of(&[&action.mark()])[..16]))
}

fn list_key() -> StateKey {
    StateKey::new("respond", "list")
}

fn switch_key() -> StateKey {
    StateKey::new("respond", "switch")
}

fn cap_key() -> StateKey {
    StateKey::new("respond", "cap")
}

fn unreadable(key: &StateKey, cause: serde_json::Error) -> ResponseError {
    ResponseError::State(StateError {
        place: key.to_string(),
        action: "read",
        cause: cause.into(),
    })
}
