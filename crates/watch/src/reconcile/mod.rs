//! Whether EventBridge brings what the log files hold, and the log files what EventBridge has brought.
//!
//! EventBridge is fast and promises nothing, a trail is complete and late. So both doors of the fleet note a sample
//! of what both should see, hour by hour and place by place, and hours later somebody compares. Which events are
//! in the sample is decided by a hash of their `eventID` alone: the doors agree without a word between them.
//!
//! A place is an account and a region. One from which EventBridge has never brought anything is said to be
//! [not forwarded](Look::not_forwarded), and nothing of it is missed.

mod chance;
mod look;
mod sample;

use std::collections::BTreeMap;
use std::fmt;

use detect::cloudtrail::{Json, Record};
use detect::digest;
use jiff::{SignedDuration, Timestamp};
use pipeline::PipelineError;
use pipeline::memo::{self, Tries};
use pipeline::ports::{StateKey, StateStore};
use serde::{Deserialize, Serialize};

pub use self::look::{Look, Loss, look};
pub use self::sample::{MOST, Sample, Share, compare};
use crate::place;

/// How long a sample is remembered: until all that is said of its hour has been said, and a weekend to look at it.
const KEEP: SignedDuration = SignedDuration::from_hours(4 * 24);

/// How often it is tried to write a sample that others write.
const ATTEMPTS: u32 = 20;

/// Of how many hours one batch notes samples: a log file of a trail has records of minutes. What pretends to be one
/// and has more shall not have us write for each.
const HOURS: usize = 24;

/// The largest record that is expected of EventBridge, in bytes: its limit of 256 KB, less a margin for what is
/// around the record.
///
/// Source: EventBridge user guide, *AWS service events delivered via AWS CloudTrail*.
const LARGEST: usize = 240 << 10;

/// Whose management events a trail can be told to leave out, while another trail of the account has EventBridge
/// bring them.
///
/// Source: CloudTrail API reference, *EventSelector*, `ExcludeManagementEventSources`.
const EXCLUDABLE: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// How many events are in the sample: one in so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// One in so many; all for 1, none for 0.
    #[must_use]
    pub const fn one_in(many: u32) -> Self {
        Self(many)
    }

    /// One in so many.
    #[must_use]
    pub fn many(self) -> u32 {
        self.0
    }

    /// Whether there is a sample at all.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.0 > 0
    }

    /// The largest hash in the sample.
    fn limit(self) -> Option<u64> {
        u64::MAX.checked_div(self.0.into())
    }
}

impl Default for Rate {
    /// None.
    fn default() -> Self {
        Self(0)
    }
}

/// By which way an event has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// EventBridge.
    Events,
    /// A log file.
    LogFiles,
}

impl Door {
    fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::LogFiles => "logs",
        }
    }
}

/// An hour of UTC, by which samples are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(i64);

impl Hour {
    /// The hour of `time`.
    #[must_use]
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(3_600))
    }

    /// The hour so many hours later; earlier if negative.
    #[must_use]
    pub fn plus(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours))
    }

    /// How many hours it is after `other`.
    #[must_use]
    pub fn since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

impl fmt::Display for Hour {
    /// As `2026-11-28T08`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = Timestamp::from_second(self.0.saturating_mul(3_600)).unwrap_or_default();
        write!(f, "{}", begin.strftime("%Y-%m-%dT%H"))
    }
}

fn key(hour: Hour, door: Door) -> StateKey {
    StateKey::new("bridge", format_args!("{hour}#{}", door.as_str()))
}

/// What a batch has for the samples of its hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<Hour, Sample>);

impl Seen {
    /// Takes a record into the sample, if its hash falls into it and both doors should see it.
    pub fn see(&mut self, rate: Rate, record: &Record<'_>) {
        let Some(limit) = rate.limit() else { return };
        if !is_expected(record) {
            return;
        }
        let (Some(place), Some(id)) = (place_of(record), record.event_id()) else {
            return;
        };
        let hash = digest::number(&[&id]);
        if hash <= limit {
            let hour = self.0.entry(Hour::of(record.event_time())).or_default();
            hour.add(limit, place, hash);
        }
    }

    /// Adds what another part of the batch has.
    pub fn merge(&mut self, other: Self) {
        for (hour, sample) in other.0 {
            self.0.entry(hour).or_default().merge(&sample);
        }
    }

    /// Whether nothing was sampled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was sampled, by hours.
    #[must_use]
    pub fn hours(&self) -> &BTreeMap<Hour, Sample> {
        &self.0
    }
}

/// Whether both doors should see this record: a call of an account that changes something, or a sign-in.
///
/// What is left out is what EventBridge need not bring, or a trail need not hold: calls that only read, data
/// events, Insights, events of services, calls from another account, and [what trails leave out](EXCLUDABLE).
///
/// Source: EventBridge user guide, *Receiving read-only management events from AWS services*.
#[must_use]
pub fn is_expected(record: &Record<'_>) -> bool {
    if record.read_only() != Some(false) || record.text().len() > LARGEST {
        return false;
    }
    let kind = record.event_type();
    let is_call = matches!(kind.as_deref(), Some("AwsApiCall" | "AwsConsoleSignIn"));
    let is_management = record
        .event_category()
        .is_none_or(|category| category == "Management")
        && record
            .get("managementEvent")
            .is_none_or(|is| is.as_bool() == Some(true));
    is_call
        && is_management
        && record.shared_event_id().is_none()
        && record.get("addendum").is_none_or(Json::is_null)
        && !EXCLUDABLE.contains(&&*record.event_source())
}

/// Account and region of a record, if they look like such: whoever can lay a file into the bucket chooses them.
fn place_of(record: &Record<'_>) -> Option<String> {
    let (account, region) = (record.account()?, record.region()?);
    let is_place = place::is_account(&account) && place::is_region(&region);
    is_place.then(|| format!("{account}/{region}"))
}

/// Adds what a batch has seen to what is remembered of this door, and returns how many items were written.
///
/// # Errors
/// [`PipelineError`] if the state fails us, or others are quicker each time.
pub async fn note(
    states: &impl StateStore,
    door: Door,
    seen: &Seen,
) -> Result<usize, PipelineError> {
    let latest = seen.0.iter().rev().take(HOURS);
    let latest: Vec<_> = latest
        .map(|(hour, sample)| (key(*hour, door), sample))
        .collect();
    if latest.is_empty() || !states.remembers() {
        return Ok(0);
    }
    let mut tries = Tries::default();
    memo::change::<(), PipelineError>(states, ATTEMPTS, &mut tries, async |memo| {
        memo.recall(states, latest.iter().map(|(key, _)| key.clone()))
            .await?;
        for (key, sample) in &latest {
            let before: Option<Sample> = memo.get(key)?;
            let mut after = before.clone().unwrap_or_default();
            after.merge(sample);
            if before.as_ref() != Some(&after) {
                memo.change(key.clone(), &after, KEEP)?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(tries.writes)
}

#[cfg(test)]
mod tests;
