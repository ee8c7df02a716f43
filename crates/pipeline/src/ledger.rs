//! What each day was like, in a few items: for summaries.
//!
//! Of alerts it is kept which were new, so that one that comes again is not counted again. Of records it is counted
//! how many were in log files, by the call that has done with them: if the same log file is delivered twice, which
//! happens seldom, it is counted twice. Days are those of UTC, and of the moment at which something was judged.

use std::collections::BTreeMap;

use detect::alert::{Alert, AlertId};
use detect::render::mail::summary::Headline;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sigma::Level;

use crate::PipelineError;
use crate::memo::{self, Memo, Tries};
use crate::ports::{StateKey, StateStore};

/// How often it is tried to write an item that others write.
const ATTEMPTS: u32 = 8;

/// How long a day is remembered: for the summary of its week, and to know who fell silent.
const KEEP: SignedDuration = SignedDuration::from_hours(16 * 24);

/// Alerts of a day that are known by their ids; more are merely counted.
const KNOWN: usize = 1_000;

/// Alerts of a day that are kept with what they say.
const WORST: usize = 20;

/// Accounts, and exclusions, of a day that are counted each by itself.
const NAMED: usize = 300;

/// Log files of a day, and what was in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Records.
    pub records: u64,
    /// Log files.
    pub files: u64,
    /// Their size as stored, in bytes.
    pub bytes: u64,
    /// Log files by account.
    pub accounts: BTreeMap<String, u64>,
    /// Matches that were silenced, by the title of the exclusion.
    pub silenced: BTreeMap<String, u64>,
}

impl Traffic {
    /// Adds what another has counted.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.files += other.files;
        self.bytes += other.bytes;
        add_named(&mut self.accounts, &other.accounts);
        add_named(&mut self.silenced, &other.silenced);
    }
}

/// Adds counts by name, as long as there is room for names.
fn add_named(to: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>) {
    for (name, count) in from {
        if to.len() < NAMED || to.contains_key(name) {
            *to.entry(name.clone()).or_default() += count;
        }
    }
}

/// Alerts of a day that were new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewAlerts {
    known: BTreeMap<AlertId, Level>,
    /// By level, those that are not known by their ids.
    more: BTreeMap<Level, u64>,
    /// Some, the worst first.
    pub(crate) worst: Vec<Headline>,
}

impl NewAlerts {
    /// Notes an alert, once.
    fn note(&mut self, alert: &Alert) {
        if self.known.contains_key(&alert.id) {
            return;
        }
        if self.known.len() < KNOWN {
            self.known.insert(alert.id, alert.level);
        } else {
            *self.more.entry(alert.level).or_default() += 1;
        }
        let worse = |headline: &Headline| headline.level >= alert.level;
        let at = self.worst.partition_point(worse);
        if at < WORST {
            self.worst.insert(at, Headline::of(alert));
            self.worst.truncate(WORST);
        }
    }

    /// How many there were of each level.
    pub(crate) fn by_level(&self) -> BTreeMap<Level, u64> {
        let mut counts = self.more.clone();
        for level in self.known.values() {
            *counts.entry(*level).or_default() += 1;
        }
        counts
    }
}

fn date(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn traffic_key(day: Date) -> StateKey {
    StateKey::new("day", format_args!("{day}#files"))
}

fn alerts_key(day: Date) -> StateKey {
    StateKey::new("day", format_args!("{day}#alerts"))
}

/// Adds what a call has done with to its day, and returns how many items were written.
///
/// # Errors
/// [`PipelineError`] if the state fails us, or others are quicker each time; then it is not counted.
pub async fn count(
    states: &impl StateStore,
    now: Timestamp,
    traffic: &Traffic,
) -> Result<usize, PipelineError> {
    if *traffic == Traffic::default() || !states.remembers() {
        return Ok(0);
    }
    let key = traffic_key(date(now));
    change(states, key, |day: &mut Traffic| day.add(traffic)).await
}

/// Notes alerts of which nobody had heard, and returns how many items were written.
pub(crate) async fn note(
    states: &impl StateStore,
    now: Timestamp,
    alerts: &[&Alert],
) -> Result<usize, PipelineError> {
    if alerts.is_empty() {
        return Ok(0);
    }
    let key = alerts_key(date(now));
    change(states, key, |day: &mut NewAlerts| {
        alerts.iter().for_each(|alert| day.note(alert));
    })
    .await
}

/// Changes an item as it is now, again and again until nobody else was quicker.
async fn change<T>(
    states: &impl StateStore,
    key: StateKey,
    act: impl Fn(&mut T),
) -> Result<usize, PipelineError>
where
    T: Default + Clone + PartialEq + Serialize + serde::de::DeserializeOwned,
{
    let mut tries = Tries::default();
    memo::change(states, ATTEMPTS, &mut tries, async |memo| {
        memo.recall(states, std::iter::once(key.clone())).await?;
        let before: T = memo.get(&key)?.unwrap_or_default();
        let mut after = before.clone();
        act(&mut after);
        match after == before {
            true => Ok(()),
            false => memo.change(key.clone(), &after, KEEP),
        }
    })
    .await?;
    Ok(tries.writes)
}

/// What is known of these days, in their order.
pub(crate) async fn recall(
    states: &impl StateStore,
    days: &[Date],
) -> Result<Vec<(Traffic, NewAlerts)>, PipelineError> {
    let mut memo = Memo::default();
    let keys = days
        .iter()
        .flat_map(|day| [traffic_key(*day), alerts_key(*day)]);
    memo.recall(states, keys).await?;
    let day = |day: &Date| {
        let traffic = memo.get(&traffic_key(*day))?.unwrap_or_default();
        Ok((traffic, memo.get(&alerts_key(*day))?.unwrap_or_default()))
    };
    days.iter().map(day).collect()
}
