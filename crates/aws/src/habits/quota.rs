//! How many incidents of one account and day are told at once: three, whoever finds them.
//!
//! Each principal is judged by itself, so no judge knows what the others tell. The item `told#<day>-<account>`
//! does: up to three incidents, in the order in which they were found. An incident that is on it is told at
//! once, again too; one that finds it full is for the digest. It is read and written only where something
//! would be told at once, which is rare.

use std::collections::BTreeMap;

use baseline::Anomaly;
use baseline::names::Mark;
use jiff::SignedDuration;
use pipeline::PipelineError;
use pipeline::memo::{self, Tries};
use pipeline::ports::{StateKey, StateStore};

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

/// Leaves for the digest what is found after the first `at_once` incidents of its account and day.
///
/// # Errors
/// [`PipelineError`]; done again, it does the same.
pub(super) async fn keep_to<S: StateStore>(
    at_once: usize,
    states: &S,
    found: &mut [Anomaly],
) -> Result<(), PipelineError> {
    let mut asked: BTreeMap<StateKey, Vec<Mark>> = BTreeMap::new();
    for anomaly in found.iter().filter(|anomaly| is_told_at_once(anomaly)) {
        asked
            .entry(key(anomaly))
            .or_default()
            .push(incident(anomaly));
    }
    if asked.is_empty() {
        return Ok(());
    }
    let told = memo::change(states, ATTEMPTS, &mut Tries::default(), async |memo| {
        memo.recall(states, asked.keys().cloned()).await?;
        let mut all = BTreeMap::new();
        for (key, incidents) in &asked {
            let mut told: Vec<Mark> = memo.get(key)?.unwrap_or_default();
            let before = told.len();
            for incident in incidents {
                if told.len() < at_once && !told.contains(incident) {
                    told.push(*incident);
                }
            }
            if told.len() > before {
                memo.change(key.clone(), &told, KEEP)?;
            }
            all.insert(key, told);
        }
        Ok::<_, PipelineError>(all)
    })
    .await?;
    for anomaly in found {
        if told
            .get(&key(anomaly))
            .is_some_and(|told| !told.contains(&incident(anomaly)))
        {
            (anomaly.urgent, anomaly.update) = (false, false);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
