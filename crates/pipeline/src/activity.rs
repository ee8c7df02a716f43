//! Remembers what principals did lately, for mails about what they do next.
//!
//! One item for each account and principal that did something notable. Items merge in any order, so whoever
//! finds that another was quicker merges again. What is remembered here decides nothing: a batch whose
//! activity cannot be saved is judged all the same.

use detect::activity::{Activity, Ring};
use jiff::SignedDuration;

use crate::PipelineError;
use crate::memo::{self, Memo, Tries};
use crate::ports::{StateKey, StateStore};
use crate::post::ThreadId;

/// How many times others may be quicker.
const ATTEMPTS: u32 = 5;

/// How long a ring is kept after its last call: log files come late, mails look back a quarter of an hour.
const KEEP: SignedDuration = SignedDuration::from_hours(24);

/// The item of a principal's ring, named by a hash.
fn ring_key(account: &str, principal: &str) -> StateKey {
    StateKey::new("activity", ThreadId::of(&[account, principal]))
}

/// Saves the rings of a batch, and returns how many items were written.
///
/// # Errors
/// [`PipelineError`] if the state fails us, or others are quicker each time.
pub async fn remember(
    states: &impl StateStore,
    activity: Activity,
) -> Result<usize, PipelineError> {
    if activity.is_empty() || !states.remembers() {
        return Ok(0);
    }
    let rings: Vec<_> = activity
        .into_rings()
        .map(|(account, principal, ring)| (ring_key(&account, &principal), ring))
        .collect();
    let mut tries = Tries::default();
    memo::change(states, ATTEMPTS, &mut tries, async |memo| {
        memo.recall(states, rings.iter().map(|(key, _)| key.clone()))
            .await?;
        for (key, ring) in &rings {
            let before: Option<Ring> = memo.get(key)?;
            let mut merged = before.clone().unwrap_or_default();
            merged.merge(ring.clone());
            if before.as_ref() != Some(&merged) {
                memo.change(key.clone(), &merged, KEEP)?;
            }
        }
        Ok::<_, PipelineError>(())
    })
    .await?;
    Ok(tries.writes)
}

/// The rings of these accounts and principals, in their order; empty for whoever did nothing notable.
///
/// # Errors
/// [`PipelineError`] if the state fails us.
pub(crate) async fn recall(
    states: &impl StateStore,
    whose: &[(&str, &str)],
) -> Result<Vec<Ring>, PipelineError> {
    let keys: Vec<_> = whose
        .iter()
        .map(|(account, principal)| ring_key(account, principal))
        .collect();
    let mut memo = Memo::default();
    memo.recall(states, keys.iter().cloned()).await?;
    let rings = keys
        .iter()
        .map(|key| Ok(memo.get(key)?.unwrap_or_default()));
    rings.collect()
}
