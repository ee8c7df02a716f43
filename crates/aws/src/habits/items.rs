//! The items that behaviour is kept in: their names, how they are read and written, and of which days they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use baseline::Journal;
use baseline::memory::Unreadable;
use baseline::names::Mark;
use baseline::page::{self, Generations, Standing};
use jiff::SignedDuration;
use pipeline::PipelineError;
use pipeline::ports::{Change, Kept, StateKey, StateStore};

use super::DAY;

pub(super) fn page_key(day: u16, mark: Mark) -> StateKey {
    StateKey::new("seen", format_args!("{day}-{:016x}", mark.0))
}

pub(super) fn roll_key(day: u16, shard: u64) -> StateKey {
    StateKey::new("roll", format_args!("{day}-{shard}"))
}

pub(super) fn profile_key(mark: Mark) -> StateKey {
    StateKey::new("usual", format_args!("{:016x}", mark.0))
}

pub(super) fn standing_key() -> StateKey {
    StateKey::new("usual", "all")
}

pub(super) fn generations(
    mark: Mark,
    kept: &BTreeMap<StateKey, Kept>,
) -> Result<Option<Generations>, PipelineError> {
    let key = profile_key(mark);
    let known = kept.get(&key);
    known
        .map(|kept| read(&key, kept, Generations::read))
        .transpose()
}

pub(super) fn marks_of(key: &StateKey, kept: &Kept) -> Result<BTreeSet<Mark>, PipelineError> {
    let (marks, rest) = kept.value.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(unreadable(key, "its length is wrong"));
    }
    let marks = marks.iter().map(|bytes| Mark(u64::from_le_bytes(*bytes)));
    Ok(marks.collect())
}

pub(super) fn read<T>(
    key: &StateKey,
    kept: &Kept,
    form: impl Fn(&str, &[u8]) -> Result<T, Unreadable>,
) -> Result<T, PipelineError> {
    form(key.as_str(), &kept.value).map_err(|error| unreadable(key, &error.why))
}

fn unreadable(key: &StateKey, why: &str) -> PipelineError {
    PipelineError::Unreadable {
        key: key.to_string(),
        cause: serde::de::Error::custom(why),
    }
}

pub(super) fn change(
    key: StateKey,
    known: Option<&Kept>,
    value: Vec<u8>,
    keep: SignedDuration,
) -> Change {
    Change {
        key,
        expected: known.map(|kept| kept.version),
        value,
        keep,
    }
}

pub(super) async fn load<S: StateStore>(
    states: &S,
    keys: BTreeSet<StateKey>,
) -> Result<BTreeMap<StateKey, Kept>, PipelineError> {
    Ok(match keys.is_empty() {
        true => BTreeMap::new(),
        false => states.load(&keys).await?,
    })
}

/// Saves, and returns how many were not, for another had written them meanwhile.
pub(super) async fn save<S: StateStore>(
    states: &S,
    changes: Vec<Change>,
) -> Result<usize, PipelineError> {
    Ok(match changes.is_empty() {
        true => 0,
        false => states.save(changes).await?.len(),
    })
}

/// The times of what belongs on pages at `now`.
pub(super) fn open_times(now: u32) -> RangeInclusive<u32> {
    u32::from(page::first_open(now)) * DAY..=now.saturating_add(DAY)
}

/// What belongs on pages at `now`.
pub(super) fn open_events(journal: &Journal, now: u32) -> Journal {
    let times = open_times(now);
    let mut open = Journal::default();
    open.merge_where(journal, |entry| times.contains(&entry.time));
    open.settle();
    open
}

/// The days that are judged anew: those not closed, up to tomorrow, for clocks differ; no more than are kept.
pub(super) fn open_days(standing: &Standing, now: u32) -> impl Iterator<Item = u16> + use<> {
    let last = (now / DAY) as u16 + 1;
    standing.open.max(last.saturating_sub(5))..=last
}
