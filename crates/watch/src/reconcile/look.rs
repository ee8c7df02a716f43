//! The comparison, hours later, by somebody who has a clock.
//!
//! An hour is compared when log files of it have surely come, as far as AWS says anything about that; the other way
//! round, when even a late one has. Hours are compared once, in their order; what is compared with chance are the
//! last hour, the last six and the last day, each of every place and of all together, so that a place where little
//! happens is heard too. Of all these questions of an hour one may be answered wrongly with [`FALSE_ALARM`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use pipeline::PipelineError;
use pipeline::memo::{self, Memo, Tries};
use pipeline::ports::{StateKey, StateStore};
use serde::{Deserialize, Serialize};

use super::chance::chance;
use super::sample::{Sample, Share, compare};
use super::{ATTEMPTS, Door, Hour, Rate, key};

/// An hour is compared with its log files when so many hours have begun since: when they are two hours old.
///
/// Source: CloudTrail user guide, *How CloudTrail works*: within about five minutes on average, not guaranteed.
const LOGS_ARE_THERE: i64 = 3;

/// Log files of an hour are missed when so many hours have begun since.
const LOGS_ARE_LATE: i64 = 7;

/// How many hours are looked at together at most.
const DAY: i64 = 24;

/// So many last hours are compared with chance.
const SPANS: [i64; 3] = [1, 6, DAY];

/// Of the events of a place EventBridge may lose such a share: it promises none.
const EVENTS_LOST: f64 = 0.02;

/// Of the events of a place log files may lack such a share: a trail is complete, but a place in the sample is not
/// more than that.
const LOGS_LOST: f64 = 0.001;

/// How likely it is at most that in an hour anything is called a loss that was chance: once in eleven years.
const FALSE_ALARM: f64 = 1e-5;

/// Fewer losses than this are no finding, however unlikely they are.
const FEWEST: u64 = 3;

/// How many places are known; of more it is said that they are not forwarded.
const PLACES: usize = 5_000;

/// How long a place is known from which nothing comes any more.
const KNOWN: SignedDuration = SignedDuration::from_hours(45 * 24);

/// Losses that are no chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The place, such as `111122223333/eu-west-1`; all of them if none.
    pub place: Option<String>,
    /// In how many last hours.
    pub hours: i64,
    /// How many were lost.
    pub share: Share,
}

/// What was found in the hours that had not been compared before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The last hour that was compared with its log files.
    pub hour: Hour,
    /// Of what the log files hold, what EventBridge has not brought.
    pub events: Share,
    /// Of what EventBridge has brought, what the log files do not hold, though hours have passed.
    pub logs: Share,
    /// Places from which EventBridge loses more than chance explains.
    pub events_lost: Vec<Loss>,
    /// Places whose log files lack more than chance explains.
    pub logs_lost: Vec<Loss>,
    /// Places from which log files come and EventBridge has never brought anything.
    pub not_forwarded: BTreeSet<String>,
    /// Places from which EventBridge brings events and no log file has ever come.
    pub not_logged: BTreeSet<String>,
}

/// Since when, and up to when, something has come from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Heard {
    since: Hour,
    last: Hour,
}

/// What is known from look to look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// The last hour that was compared with its log files.
    judged: Option<Hour>,
    /// The hour in which sampling was last seen switched off: what is older counts for nothing.
    off: Option<Hour>,
    /// From where EventBridge has brought something.
    events: BTreeMap<String, Heard>,
    /// From where log files have come.
    logs: BTreeMap<String, Heard>,
}

impl Known {
    /// Learns from where something has come in an hour, and forgets from where nothing comes any more.
    fn learn(heard: &mut BTreeMap<String, Heard>, hour: Hour, sample: &Sample) {
        for place in sample.places() {
            if let Some(known) = heard.get_mut(place) {
                known.since = known.since.min(hour);
                known.last = known.last.max(hour);
            } else if heard.len() < PLACES {
                let now = Heard {
                    since: hour,
                    last: hour,
                };
                heard.insert(place.to_owned(), now);
            }
        }
    }

    /// The first hour that has not been compared yet, if that of `latest` has not.
    fn next(&self, latest: Hour) -> Option<Hour> {
        let oldest = latest.plus(1 - DAY);
        match self.judged {
            // A clock that was far ahead would have us wait until then.
            Some(judged) if judged.since(latest) < DAY => {
                let next = judged.plus(1).max(oldest);
                (next <= latest).then_some(next)
            }
            _ => Some(oldest),
        }
    }
}

fn known_key() -> StateKey {
    StateKey::new("bridge", "known")
}

/// The samples of some hours, by both doors.
struct Samples(BTreeMap<Hour, (Sample, Sample)>);

impl Samples {
    fn keys(from: Hour, to: Hour) -> impl Iterator<Item = StateKey> {
        let hours = (0..=to.since(from)).map(move |hours| from.plus(hours));
        hours.flat_map(|hour| [key(hour, Door::Events), key(hour, Door::LogFiles)])
    }

    fn of(memo: &Memo, from: Hour, to: Hour) -> Result<Self, PipelineError> {
        let mut samples = BTreeMap::new();
        for hours in 0..=to.since(from) {
            let hour = from.plus(hours);
            let of = |door| Ok::<_, PipelineError>(memo.get(&key(hour, door))?.unwrap_or_default());
            samples.insert(hour, (of(Door::Events)?, of(Door::LogFiles)?));
        }
        Ok(Self(samples))
    }
}

/// One direction of the comparison.
struct Side<'k> {
    /// From where what may be missed has ever come.
    heard: &'k BTreeMap<String, Heard>,
    put_up_with: f64,
    /// Each place's shares, by hours.
    places: BTreeMap<&'k str, BTreeMap<Hour, Share>>,
    never: BTreeSet<String>,
}

impl<'k> Side<'k> {
    fn new(heard: &'k BTreeMap<String, Heard>, put_up_with: f64) -> Self {
        Self {
            heard,
            put_up_with,
            places: BTreeMap::new(),
            never: BTreeSet::new(),
        }
    }

    /// Compares an hour; what comes from a place in its first hour may have begun in the middle of it.
    fn compare(&mut self, hour: Hour, here: &'k Sample, there: &Sample) {
        for (place, share) in compare(here, there) {
            match self.heard.get(place) {
                Some(heard) if heard.since < hour => {
                    self.places.entry(place).or_default().insert(hour, share);
                }
                Some(_) => {}
                None => drop(self.never.insert(place.to_owned())),
            }
        }
    }

    /// The sum since `from`.
    fn sum(&self, from: Hour) -> Share {
        let mut sum = Share::default();
        for hours in self.places.values() {
            hours.range(from..).for_each(|(_, share)| sum.add(*share));
        }
        sum
    }

    /// Losses that are no chance, in the hours up to `latest`, as long as they go on.
    fn losses(&self, latest: Hour) -> Vec<Loss> {
        let questions = SPANS.len() * (self.places.len() + 1);
        let likely = FALSE_ALARM / questions as f64;
        let mut all = BTreeMap::<Hour, Share>::new();
        for (hour, share) in self.places.values().flatten() {
            all.entry(*hour).or_default().add(*share);
        }
        let places = self
            .places
            .iter()
            .map(|(place, hours)| (Some(*place), hours));
        let mut losses = Vec::new();
        for (place, hours) in places.chain([(None, &all)]) {
            let goes_on = hours
                .last_key_value()
                .is_some_and(|(_, last)| last.missed > 0);
            let found = SPANS.into_iter().find_map(|span| {
                let mut share = Share::default();
                let within = hours.range(latest.plus(1 - span)..);
                within.for_each(|(_, of)| share.add(*of));
                let is_loss = share.missed >= FEWEST && chance(share, self.put_up_with) < likely;
                is_loss.then(|| Loss {
                    place: place.map(str::to_owned),
                    hours: span,
                    share,
                })
            });
            losses.extend(found.filter(|_| goes_on));
        }
        losses
    }
}

/// Compares the hours that have not been compared yet and are old enough at `now`; `None` if there are none, or
/// nothing is sampled.
///
/// # Errors
/// [`PipelineError`] if the state fails us; the next look compares them.
pub async fn look(
    states: &impl StateStore,
    rate: Rate,
    now: Timestamp,
) -> Result<Option<Look>, PipelineError> {
    memo::change(states, ATTEMPTS, &mut Tries::default(), async |memo| {
        memo.recall(states, std::iter::once(known_key())).await?;
        let before: Option<Known> = memo.get(&known_key())?;
        if !rate.is_on() {
            // When it is switched on again, hours of which nothing was noted shall not be missed.
            let off = Known {
                off: Some(Hour::of(now)),
                ..Known::default()
            };
            if before.is_some_and(|known| known != off) {
                memo.change(known_key(), &off, KNOWN)?;
            }
            return Ok(None);
        }
        let mut known = before.unwrap_or_default();
        let latest = Hour::of(now).plus(-LOGS_ARE_THERE);
        let Some(next) = known.next(latest) else {
            return Ok(None);
        };
        let proven = Hour::of(now).plus(-LOGS_ARE_LATE);
        let from = proven.plus(1 - DAY);
        memo.recall(states, Samples::keys(from, latest)).await?;
        let mut samples = Samples::of(memo, from, latest)?;
        samples
            .0
            .retain(|hour, _| known.off.is_none_or(|off| *hour >= off));
        for (hour, (events, logs)) in &samples.0 {
            Known::learn(&mut known.events, *hour, events);
            Known::learn(&mut known.logs, *hour, logs);
        }
        let oldest = latest.plus(-KNOWN.as_hours());
        for heard in [&mut known.events, &mut known.logs] {
            heard.retain(|_, heard| heard.last > oldest);
        }
        known.judged = Some(latest);
        memo.change(known_key(), &known, KNOWN)?;
        Ok(Some(judge(&known, &samples, next, latest, proven)))
    })
    .await
}

/// Compares all hours of `samples`, and says of those since `next` how it went.
fn judge(known: &Known, samples: &Samples, next: Hour, latest: Hour, proven: Hour) -> Look {
    let mut missed = Side::new(&known.events, EVENTS_LOST);
    let mut absent = Side::new(&known.logs, LOGS_LOST);
    for (hour, (events, logs)) in &samples.0 {
        if *hour > latest.plus(-DAY) {
            missed.compare(*hour, logs, events);
        }
        if *hour <= proven {
            absent.compare(*hour, events, logs);
        }
    }
    // As many hours of the other direction are new, further back.
    let next_proven = next.plus(proven.since(latest));
    Look {
        hour: latest,
        events: missed.sum(next),
        logs: absent.sum(next_proven),
        events_lost: missed.losses(latest),
        logs_lost: absent.losses(proven),
        not_forwarded: missed.never,
        not_logged: absent.never,
    }
}
