//! What is waited for, and up to when time has passed, as state keeps them.

use std::collections::BTreeMap;

use detect::correlation::{Agenda, SHARDS, Waiting, Windows};
use jiff::Timestamp;

use crate::memo::{self, Memo};
use crate::ports::StateStore;
use crate::{PipelineError, unreadable};

/// Lets time pass up to the newest record, of this run or an earlier one, and says when that was.
pub(crate) async fn pass(
    states: &impl StateStore,
    memo: &mut Memo,
    windows: &mut Windows,
) -> Result<Timestamp, PipelineError> {
    let key = memo::passed_key();
    memo.recall(states, std::iter::once(key.clone())).await?;
    let passed: Option<i64> = memo.get(&key)?;
    if let Some(passed) = passed.and_then(|passed| Timestamp::from_second(passed).ok()) {
        windows.pass_until(passed);
    }
    let now = windows.now();
    if passed.is_none_or(|passed| passed < now.as_second()) {
        memo.change(key, &now.as_second(), memo::AGENDA)?;
    }
    Ok(now)
}

/// All that is due at `now`.
pub(crate) async fn due(
    states: &impl StateStore,
    memo: &mut Memo,
    now: Timestamp,
) -> Result<Vec<Waiting>, PipelineError> {
    memo.recall(states, (0..SHARDS).map(memo::agenda_key))
        .await?;
    let mut due = Vec::new();
    for shard in 0..SHARDS {
        due.extend(agenda(memo, shard)?.due(now).cloned());
    }
    Ok(due)
}

/// Strikes off what was due at `now`, if it has been asked, and notes what waits. Returns how many windows
/// found no room.
///
/// The agenda is saved behind the windows: whoever strikes off a window while another adds to it finds that
/// he was late, and asks it again.
pub(crate) async fn note(
    states: &impl StateStore,
    memo: &mut Memo,
    now: Option<Timestamp>,
    waiting: &[Waiting],
) -> Result<usize, PipelineError> {
    let mut shards: BTreeMap<u8, Vec<Waiting>> = BTreeMap::new();
    for waiting in waiting {
        shards
            .entry(waiting.shard())
            .or_default()
            .push(waiting.clone());
    }
    if now.is_some() {
        for shard in 0..SHARDS {
            shards.entry(shard).or_default();
        }
    }
    let keys: Vec<_> = shards.keys().copied().map(memo::agenda_key).collect();
    memo.recall(states, keys.into_iter()).await?;
    let mut forgotten = 0;
    for (shard, waiting) in shards {
        let mut agenda = agenda(memo, shard)?;
        let noted = agenda.note(now, &waiting);
        forgotten += noted.forgotten;
        if noted.changed {
            memo.change(memo::agenda_key(shard), &agenda, memo::AGENDA)?;
        }
    }
    Ok(forgotten)
}

fn agenda(memo: &Memo, shard: u8) -> Result<Agenda, PipelineError> {
    let key = memo::agenda_key(shard);
    let agenda: Agenda = memo.get(&key)?.unwrap_or_default();
    if agenda.is_readable() {
        Ok(agenda)
    } else {
        Err(unreadable(&key))
    }
}
