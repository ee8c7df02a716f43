//! How many incidents of one account and day are told at once: three, whoever finds them.
//!
//! Each principal is judged by itself, so no judge knows what the others tell. The item `told#<day>-<account>`
//! does: up to three incidents, in the order in which they were found. An incident that is on it is told at
//! once, again too; one that finds it full is for the digest. It is read and written only where something
//! would be told at once, which is rare.

use std::collections::{BTreeMap, BTreeSet};

use baseline::Anomaly;
use baseline::names::Mark;
use jiff::SignedDuration;
use pipeline::PipelineError;
use pipeline::ports::{Kept, StateKey, StateStore};

use super::items::{change, load, marks_of, save};
use super::{ATTEMPTS, DAY};

/// An item outlives its day by more than the day stays open.
const KEEP: SignedDuration = SignedDuration::from_hours(7 * 24);

fn key(anomaly: &Anomaly) -> StateKey {
    let account = Mark::of(&anomaly.who.account);
    let day = anomaly.time / DAY;
    StateKey::new("told", format_args!("{day}-{:016x}", account.0))
}

/// What stands for the incident: the same for as long as it has one alert.
fn incident(anomaly: &Anomaly) -> Mark {
    let day = anomaly.incident / DAY;
    let who = &anomaly.who;
    Mark::of(&format!("{} {} {day}", who.account, who.key))
}

fn is_told_at_once(anomaly: &Anomaly) -> bool {
    anomaly.urgent || anomaly.update
}

/// Leaves for the digest what is found after the first `at_once` incidents of its account and day. Returns how
/// many items were written.
///
/// # Errors
/// [`PipelineError`]; done again, it does the same.
pub(super) async fn keep_to<S: StateStore>(
    at_once: usize,
    states: &S,
    found: &mut [Anomaly],
) -> Result<usize, PipelineError> {
    let mut left: BTreeSet<StateKey> = found
        .iter()
        .filter(|anomaly| is_told_at_once(anomaly))
        .map(key)
        .collect();
    let mut writes = 0;
    for attempt in 1..=ATTEMPTS {
        if left.is_empty() {
            return Ok(writes);
        }
        let kept = load(states, left.clone()).await?;
        let mut told = BTreeMap::new();
        for key in &left {
            told.insert(key.clone(), listed(key, &kept)?);
        }
        for anomaly in found.iter().filter(|anomaly| is_told_at_once(anomaly)) {
            if let Some(told) = told.get_mut(&key(anomaly)) {
                let incident = incident(anomaly);
                if told.len() < at_once && !told.contains(&incident) {
                    told.push(incident);
                }
            }
        }
        let mut changes = Vec::new();
        for (key, told) in &told {
            let bytes: Vec<u8> = told.iter().flat_map(|mark| mark.0.to_le_bytes()).collect();
            let known = kept.get(key);
            if known.is_none_or(|kept| kept.value != bytes) {
                changes.push(change(key.clone(), known, bytes, KEEP));
            }
        }
        let asked = changes.len();
        let lost = save(states, changes).await?;
        writes += asked - lost;
        if lost == 0 {
            for anomaly in &mut *found {
                if told
                    .get(&key(anomaly))
                    .is_some_and(|told| !told.contains(&incident(anomaly)))
                {
                    (anomaly.urgent, anomaly.update) = (false, false);
                }
            }
            left.clear();
        } else {
            states.pause(attempt).await;
        }
    }
    match left.len() {
        0 => Ok(writes),
        contended => Err(PipelineError::Contended(contended)),
    }
}

/// The incidents on an item, in their order.
fn listed(key: &StateKey, kept: &BTreeMap<StateKey, Kept>) -> Result<Vec<Mark>, PipelineError> {
    kept.get(key)
        .map_or(Ok(Vec::new()), |kept| marks_of(key, kept))
}

#[cfg(test)]
mod tests;
