//! Something that is done once, by whoever claims it first: claimed until then, and after it done.
//!
//! A claim is saved before the deed, and that it was done after. Whoever dies between leaves a claim that ends by
//! itself: then another may do it, once more perhaps, for what is repeated is better than what is lost.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::PipelineError;
use crate::memo::{self, Memo, Tries};
use crate::ports::{StateKey, StateStore};

/// How often it is tried to save what was done.
const ATTEMPTS: u32 = 20;

/// How far a deed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    /// Somebody is at it, and surely not from then on.
    Until(Timestamp),
    /// It was done.
    Done,
}

/// What became of an attempt to claim several deeds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Ours to do.
    pub ours: BTreeSet<StateKey>,
    /// Done already.
    pub done: BTreeSet<StateKey>,
    /// Somebody else is at these, until then.
    pub busy: BTreeMap<StateKey, Timestamp>,
}

/// Claims what of `deeds` nobody has done or is at; from `until` on we are surely no longer at it.
///
/// # Errors
/// [`PipelineError`] if the state fails us; then nothing is ours.
pub async fn claim(
    states: &impl StateStore,
    deeds: &BTreeSet<StateKey>,
    now: Timestamp,
    until: Timestamp,
    keep: SignedDuration,
) -> Result<Claimed, PipelineError> {
    let mut claimed = Claimed::default();
    let mut memo = Memo::default();
    memo.recall(states, deeds.iter().cloned()).await?;
    for deed in deeds {
        match memo.get::<Deed>(deed)? {
            Some(Deed::Done) => drop(claimed.done.insert(deed.clone())),
            Some(Deed::Until(end)) if end > now => drop(claimed.busy.insert(deed.clone(), end)),
            _ => {
                memo.change(deed.clone(), &Deed::Until(until), keep)?;
                claimed.ours.insert(deed.clone());
            }
        }
    }
    for quicker in memo.save_all(states).await? {
        claimed.ours.remove(&quicker);
        claimed.busy.insert(quicker, until);
    }
    Ok(claimed)
}

/// Notes that deeds that were ours are `done`, and that `open` ones are not: others may do them at once.
///
/// # Errors
/// [`PipelineError`] if the state stays away; then what is done is done again when the claim has ended.
pub async fn settle(
    states: &impl StateStore,
    done: &BTreeSet<StateKey>,
    open: &BTreeSet<StateKey>,
    now: Timestamp,
    keep: SignedDuration,
) -> Result<(), PipelineError> {
    let note = async |memo: &mut Memo| {
        memo.recall(states, done.union(open).cloned()).await?;
        for deed in done {
            if memo.get(deed)? != Some(Deed::Done) {
                memo.change(deed.clone(), &Deed::Done, keep)?;
            }
        }
        for deed in open {
            if matches!(memo.get(deed)?, Some(Deed::Until(end)) if end > now) {
                memo.change(deed.clone(), &Deed::Until(now), keep)?;
            }
        }
        Ok(())
    };
    let mut attempt = 0;
    loop {
        attempt += 1;
        match memo::change(states, ATTEMPTS, &mut Tries::default(), note).await {
            Err(PipelineError::State(_)) if attempt < ATTEMPTS => states.pause(attempt).await,
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryState;
    use crate::post::stage::{at, now as wait};

    const KEEP: SignedDuration = SignedDuration::from_hours(24);

    fn keys(names: &[&str]) -> BTreeSet<StateKey> {
        names
            .iter()
            .map(|name| StateKey::new("deed", name))
            .collect()
    }

    #[test]
    fn a_deed_is_done_by_one_and_once() {
        let states = MemoryState::default();
        let start = at("2026-11-27T08:00:00Z");
        let minute = |n: i64| start + SignedDuration::from_mins(n);
        let claim_at = |n: i64| {
            let both = keys(&["a", "b"]);
            wait(claim(&states, &both, minute(n), minute(n + 2), KEEP)).unwrap()
        };
        assert_eq!(claim_at(0).ours, keys(&["a", "b"]));
        let second = claim_at(1);
        assert!(second.ours.is_empty());
        assert_eq!(second.busy.values().max(), Some(&minute(2)));
        wait(settle(
            &states,
            &keys(&["a"]),
            &keys(&["b"]),
            minute(1),
            KEEP,
        ))
        .unwrap();
        let third = claim_at(1);
        assert_eq!((third.done, third.ours), (keys(&["a"]), keys(&["b"])));
        // Whoever had claimed it is dead.
        let fourth = claim_at(3);
        assert_eq!((fourth.done, fourth.ours), (keys(&["a"]), keys(&["b"])));
        wait(settle(&states, &keys(&["b"]), &keys(&[]), minute(3), KEEP)).unwrap();
        assert_eq!(claim_at(100).done, keys(&["a", "b"]));
    }

    #[test]
    fn of_two_at_the_same_moment_one_is_quicker() {
        let states = MemoryState::default();
        let start = at("2026-11-27T08:00:00Z");
        let until = start + SignedDuration::from_mins(1);
        let mut slow = Memo::default();
        wait(slow.recall(&states, keys(&["a"]).into_iter())).unwrap();
        let quick = wait(claim(&states, &keys(&["a"]), start, until, KEEP)).unwrap();
        assert_eq!(quick.ours, keys(&["a"]));
        let deed = keys(&["a"]).pop_first().unwrap();
        slow.change(deed, &Deed::Until(until), KEEP).unwrap();
        assert_eq!(wait(slow.save_all(&states)).unwrap(), keys(&["a"]));
    }
}
