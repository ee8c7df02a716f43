//! The log files of the periods, and what is known of each hour in the end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::chain::Chain;
use crate::place::{ChainId, LogName};
use crate::verdict::{Period, Trouble, Verdict};

/// A log file may be listed by the digest before or after the minute in its name.
const LISTED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// Chains of one trail end within so much of each other: a digest an hour, and some minutes to write it.
const TOGETHER: SignedDuration = SignedDuration::from_mins(100);

/// How long after the end of its hour a digest may come at the latest; AWS promises no time.
pub const LATE: SignedDuration = SignedDuration::from_mins(150);

/// What became of a log file that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogState {
    /// As it was delivered.
    Sound,
    /// Not there.
    Missing,
    /// There, with other contents.
    Altered,
    /// There, but nobody could read it, and why.
    Unread(String),
}

impl Period {
    /// Notes what became of its log files; one state for each, in order.
    pub fn settle(&mut self, states: Vec<LogState>) {
        self.settled = true;
        for (file, state) in self.files.iter().zip(states) {
            let tail = file.tail.clone();
            self.troubles.extend(match state {
                LogState::Sound => {
                    self.sound += 1;
                    None
                }
                LogState::Missing => Some(Trouble::LogMissing(tail)),
                LogState::Altered => Some(Trouble::LogAltered(tail)),
                LogState::Unread(why) => Some(Trouble::Unread(tail, why)),
            });
        }
    }
}

/// Log files of an account and region of which no digest speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Uncovered {
    /// Those with a chain, but delivered before it began or while there was none; or without any chain.
    pub log_files: u64,
    /// When the first of them was delivered.
    pub first: Option<Timestamp>,
    /// When the last was.
    pub last: Option<Timestamp>,
    /// On which days they were, UTC.
    #[serde(skip)]
    pub days: BTreeSet<Date>,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// From when on.
    pub since: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// What all chains must reach, if it is known that they should.
    pub reach: Option<Timestamp>,
}

/// All that is known in the end.
#[derive(Debug, Default)]
pub struct Proof {
    /// Each chain.
    pub chains: Vec<Chain>,
    /// Log files of which no digest speaks, by owner and region.
    pub uncovered: BTreeMap<(String, String), Uncovered>,
    /// Log files newer than the newest digest, or in hours that nothing vouches for.
    pub undecided: u64,
    /// On which days these were delivered, UTC.
    pub undecided_days: BTreeSet<Date>,
}

/// Brings together the chains of one place with the log files that lie there.
#[must_use]
pub fn prove(mut chains: Vec<Chain>, logs: &BTreeSet<String>, asked: Asked) -> Proof {
    if let Some(until) = asked.until {
        for chain in &mut chains {
            chain
                .periods
                .retain(|period| period.start.is_none_or(|start| start < until));
        }
    }
    add_missing_ends(&mut chains, asked.reach);
    let mut proof = Proof {
        chains,
        ..Proof::default()
    };
    let listed: BTreeSet<String> = proof
        .chains
        .iter()
        .flat_map(|chain| &chain.periods)
        .flat_map(|period| period.files.iter().map(|file| file.tail.clone()))
        .collect();
    for tail in logs.difference(&listed) {
        proof.unlisted(tail, asked);
    }
    proof
}

/// A chain whose newest digests were taken away ends before its siblings, or before the time that it
/// should reach; unless another trail has taken its place.
fn add_missing_ends(chains: &mut [Chain], reach: Option<Timestamp>) {
    let usual = |chain: &&Chain| !chain.id.backfill;
    let ends = chains.iter().filter(usual);
    let ends: Vec<(ChainId, Timestamp)> = ends
        .filter_map(|chain| Some((chain.id.clone(), chain.end()?)))
        .collect();
    let newest = |is_meant: &dyn Fn(&ChainId) -> bool| {
        let meant = ends.iter().filter(|(id, _)| is_meant(id));
        meant.map(|(_, end)| *end).max()
    };
    for chain in chains.iter_mut().filter(|chain| !chain.id.backfill) {
        let Some(end) = chain.end() else { continue };
        let sibling = newest(&|id| id.is_sibling(&chain.id))
            .filter(|sibling| sibling.duration_since(end) > TOGETHER);
        let is_last = newest(&|id| (&id.owner, &id.region) == (&chain.id.owner, &chain.id.region))
            == Some(end);
        let reach = reach.filter(|reach| is_last && *reach > end);
        if let Some(missed) = sibling.max(reach) {
            let period = Period::without_digest(Some(end), missed, Trouble::EndsEarly);
            chain.periods.push(period);
        }
    }
}

impl Chain {
    /// When what is known of it ends.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        let anchor = self.anchor.as_ref().map(|anchor| anchor.end);
        self.periods.last().map(|period| period.end).or(anchor)
    }
}

impl Proof {
    fn unlisted(&mut self, tail: &str, asked: Asked) {
        let Some(name) = LogName::of(tail) else {
            return;
        };
        let delivered = name.delivered;
        if asked.since.is_some_and(|since| delivered < since)
            || asked.until.is_some_and(|until| delivered >= until)
        {
            return;
        }
        let chains = self.chains.iter_mut().filter(|chain| {
            chain.id.owner == name.owner && chain.id.region == name.region && !chain.id.backfill
        });
        match chains.map(|chain| chain.place(delivered)).max() {
            Some(Whereabouts::Proven) => {}
            Some(Whereabouts::Undecided) => {
                self.undecided += 1;
                self.undecided_days.insert(day(delivered));
            }
            Some(Whereabouts::Vouched) => self.add(&name, tail),
            Some(Whereabouts::Uncovered) | None => {
                let group = self.uncovered.entry((name.owner, name.region)).or_default();
                group.count(delivered);
            }
        }
    }

    /// A log file that should be listed, and is not.
    fn add(&mut self, name: &LogName, tail: &str) {
        let chain = self.chains.iter_mut().find(|chain| {
            chain.id.owner == name.owner && chain.id.region == name.region && !chain.id.backfill
        });
        let periods = chain.map(|chain| &mut chain.periods);
        let period = periods.and_then(|periods| {
            let at = periods
                .iter()
                .position(|period| name.delivered < period.end);
            periods.get_mut(at?)
        });
        if let Some(period) = period {
            period.troubles.push(Trouble::LogAdded(tail.to_owned()));
        }
    }

    /// What can be said of everything.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let periods = self.chains.iter().flat_map(|chain| &chain.periods);
        let worst = periods
            .map(Period::verdict)
            .max()
            .unwrap_or(Verdict::Proven);
        let uncovered = (!self.uncovered.is_empty()).then_some(Verdict::Uncovered);
        uncovered.map_or(worst, |uncovered| worst.max(uncovered))
    }
}

impl Uncovered {
    fn count(&mut self, delivered: Timestamp) {
        self.log_files += 1;
        self.first = Some(self.first.map_or(delivered, |first| first.min(delivered)));
        self.last = Some(self.last.map_or(delivered, |last| last.max(delivered)));
        self.days.insert(day(delivered));
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// What a chain says of log files that were delivered at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whereabouts {
    /// It has no digest for that time.
    Uncovered,
    /// It knows them all, and they are proven.
    Vouched,
    /// It may yet list them, or cannot be trusted there.
    Undecided,
    /// An earlier run has looked at them.
    Proven,
}

impl Chain {
    fn place(&self, delivered: Timestamp) -> Whereabouts {
        let around = |time: Timestamp| {
            (
                time.saturating_sub(LISTED_WITHIN).unwrap_or(time),
                time.saturating_add(LISTED_WITHIN).unwrap_or(time),
            )
        };
        let (from, to) = around(delivered);
        if self.anchor.as_ref().is_some_and(|anchor| from < anchor.end) {
            return Whereabouts::Proven;
        }
        if self.end().is_none_or(|end| to >= end) {
            return Whereabouts::Undecided;
        }
        let first = self.periods.first().and_then(|period| period.start);
        if let Some(first) = first.filter(|first| from < *first) {
            let is_older = delivered < first;
            return if is_older {
                Whereabouts::Uncovered
            } else {
                Whereabouts::Undecided
            };
        }
        let near = self
            .periods
            .iter()
            .filter(|period| period.start.is_none_or(|start| start <= to) && from <= period.end);
        let states = near.map(|period| {
            if period.sealed.is_some() {
                Whereabouts::Vouched
            } else if period.troubles == [Trouble::Gap] {
                Whereabouts::Uncovered
            } else {
                Whereabouts::Undecided
            }
        });
        let states: BTreeSet<_> = states.collect();
        if states.contains(&Whereabouts::Undecided) {
            return Whereabouts::Undecided;
        }
        states.first().copied().unwrap_or(Whereabouts::Uncovered)
    }
}
