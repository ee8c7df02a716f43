//! What is kept of one group in one stretch of time.
//!
//! **The law: order and repeats do not matter.** A window is what is left of the set of all its entries
//! after [`Limit`] has taken away what no question needs. Taking away early or late, from a part or
//! from the whole, leaves the same: an entry that is not among the first of a set is not among the
//! first of a larger one.

use std::collections::{BTreeMap, HashSet};

use super::entry::{Entry, Place};
use super::plan::TOLD;
use super::risk::HOUR;
use super::strings::{Strings, Sym};
use crate::sketch::{EXACT, Sketch};

/// How many matches of correlations below are kept.
const FIRINGS: usize = 256;

/// What entries are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// All together.
    Nothing,
    /// For each rule.
    Rule,
    /// Different values, by their first and last entries.
    Value,
    /// For each rule and hour.
    RuleAndHour,
}

/// How many entries are kept: so many of the first, and so many of the last; and of the first of all
/// those that are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) by: By,
    pub(super) keep: usize,
}

/// The first and the last match of a correlation below, in one of its windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Firing {
    pub(super) first: Entry,
    pub(super) last: Entry,
}

/// One window. Most have one entry, so that is all they take.
#[derive(Debug, Clone)]
pub(super) enum Window {
    One(Box<Entry>),
    Many(Box<Held>),
}

/// A window of more.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// In their order, each place once.
    pub(super) entries: Vec<Entry>,
    /// All events, once some were taken away.
    pub(super) seen: Option<Sketch>,
    /// By the rule's position and the window below.
    pub(super) firings: BTreeMap<(u16, u64), Firing>,
}

impl Window {
    pub(super) fn new(entry: Entry) -> Self {
        Self::One(Box::new(entry))
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::One(entry) => std::slice::from_ref(&**entry),
            Self::Many(held) => &held.entries,
        }
    }

    pub(super) fn held(&mut self) -> &mut Held {
        if let Self::One(entry) = self {
            let entries = vec![**entry];
            *self = Self::Many(Box::new(Held {
                entries,
                ..Held::default()
            }));
        }
        match self {
            Self::Many(held) => held,
            Self::One(_) => unreachable!("it was made one of many"),
        }
    }

    /// Adds a match.
    pub(super) fn add(&mut self, entry: Entry, limit: Limit, strings: &Strings) {
        if let Self::One(known) = self
            && known.place() == entry.place()
        {
            tell(known, entry, strings);
            return;
        }
        self.held().add(entry, limit, strings);
    }

    /// Adds all that `other` holds; the numbers of both are of `strings`.
    pub(super) fn merge(&mut self, other: Self, limit: Limit, strings: &Strings) {
        let other = match other {
            Self::One(entry) => return self.add(*entry, limit, strings),
            Self::Many(other) => *other,
        };
        let held = self.held();
        if let Some(theirs) = &other.seen {
            held.counted().merge(theirs);
        }
        for entry in other.entries {
            held.add(entry, limit, strings);
        }
        for (below, firing) in other.firings {
            held.fire(below, firing, strings);
        }
    }

    /// The same window, with what `adopt` says for each number.
    pub(super) fn adopted(self, adopt: &mut impl FnMut(Sym) -> Sym) -> Self {
        match self {
            Self::One(entry) => Self::new(entry.adopted(adopt)),
            Self::Many(held) => Self::Many(Box::new(Held {
                entries: held
                    .entries
                    .into_iter()
                    .map(|entry| entry.adopted(adopt))
                    .collect(),
                seen: held.seen,
                firings: held
                    .firings
                    .into_iter()
                    .map(|(below, firing)| {
                        let first = firing.first.adopted(adopt);
                        let last = firing.last.adopted(adopt);
                        (below, Firing { first, last })
                    })
                    .collect(),
            })),
        }
    }

    /// Takes away whatever no question needs.
    pub(super) fn tidy(&mut self, limit: Limit) {
        if let Self::Many(held) = self {
            held.trim(limit);
        }
    }

    /// Whether some of its entries were taken away.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self, Self::Many(held) if held.seen.is_some())
    }

    /// The times of all that it holds, in seconds since 1970-01-01T00:00:00Z.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> {
        let firings = self.firings();
        let firings = firings.flat_map(|(_, firing)| [firing.first.time, firing.last.time]);
        let entries = self.entries().iter().map(|entry| entry.time);
        entries.chain(firings)
    }

    /// How much room it takes, in entries.
    pub(super) fn weight(&self) -> usize {
        let Self::Many(held) = self else {
            return 1;
        };
        let seen = held.seen.as_ref().map_or(0, |seen| seen.count().0 as usize);
        held.entries.len() + 2 * held.firings.len() + seen.min(EXACT) / 5
    }

    /// Counts its events.
    pub(super) fn count_into(&self, sketch: &mut Sketch) {
        if let Self::Many(held) = self
            && let Some(seen) = &held.seen
        {
            sketch.merge(seen);
        }
        for entry in self.entries() {
            sketch.add(entry.event.bits());
        }
    }

    pub(super) fn firings(&self) -> impl Iterator<Item = (u16, &Firing)> {
        let held = match self {
            Self::One(_) => None,
            Self::Many(held) => Some(held),
        };
        held.into_iter()
            .flat_map(|held| held.firings.iter().map(|((of, _), firing)| (*of, firing)))
    }
}

impl Held {
    fn add(&mut self, entry: Entry, limit: Limit, strings: &Strings) {
        if let Some(seen) = &mut self.seen {
            seen.add(entry.event.bits());
        }
        // Records come nearly in order.
        let place = entry.place();
        let at = match self.entries.last() {
            Some(last) if last.place() < place => Err(self.entries.len()),
            _ => self.entries.binary_search_by_key(&place, Entry::place),
        };
        match at {
            Ok(at) => tell(&mut self.entries[at], entry, strings),
            Err(at) => self.entries.insert(at, entry),
        }
        if self.entries.len() > limit.slack() {
            self.trim(limit);
        }
    }

    pub(super) fn fire(&mut self, below: (u16, u64), firing: Firing, strings: &Strings) {
        let known = self.firings.entry(below).or_insert(firing);
        keep_if(
            &mut known.first,
            firing.first,
            |new, old| new < old,
            strings,
        );
        keep_if(&mut known.last, firing.last, |new, old| new > old, strings);
        if self.firings.len() > FIRINGS {
            let last = self
                .firings
                .iter()
                .max_by_key(|(_, firing)| firing.first.place());
            if let Some(last) = last.map(|(below, _)| *below) {
                self.firings.remove(&last);
            }
        }
    }

    /// The count of all events, begun now if it was not.
    fn counted(&mut self) -> &mut Sketch {
        let entries = &self.entries;
        self.seen.get_or_insert_with(|| {
            let mut seen = Sketch::default();
            for entry in entries {
                seen.add(entry.event.bits());
            }
            seen
        })
    }

    fn trim(&mut self, limit: Limit) {
        let kept = limit.kept(&self.entries);
        if kept.iter().all(|kept| *kept) {
            return;
        }
        self.counted();
        let mut kept = kept.into_iter();
        self.entries.retain(|_| kept.next().unwrap_or(true));
    }
}

impl Limit {
    /// Up to how many entries it is cheaper to keep them than to sort them out.
    fn slack(self) -> usize {
        self.keep * 4 + 16
    }

    /// For each entry, in their order, whether a question may need it.
    fn kept(self, entries: &[Entry]) -> Vec<bool> {
        let mut kept = vec![false; entries.len()];
        kept.iter_mut().take(TOLD).for_each(|kept| *kept = true);
        self.mark(entries.iter().enumerate(), &mut kept);
        self.mark(entries.iter().enumerate().rev(), &mut kept);
        kept
    }

    /// Marks the first of these.
    fn mark<'e>(self, entries: impl Iterator<Item = (usize, &'e Entry)>, kept: &mut [bool]) {
        let mut counts: BTreeMap<(u16, i64), usize> = BTreeMap::new();
        let mut values: HashSet<Sym> = HashSet::new();
        for (at, entry) in entries {
            let count = counts.entry(self.lane(entry)).or_default();
            let is_new = self.by != By::Value || values.insert(entry.value);
            if is_new && *count < self.keep {
                *count += 1;
                kept[at] = true;
            }
        }
    }

    fn lane(self, entry: &Entry) -> (u16, i64) {
        match self.by {
            By::Rule => (entry.of, 0),
            By::RuleAndHour => (entry.of, entry.time.div_euclid(HOUR)),
            By::Nothing | By::Value => (0, 0),
        }
    }
}

/// Of two copies of one event the same one is kept whichever came first.
fn tell(known: &mut Entry, other: Entry, strings: &Strings) {
    if other != *known && other.goes_before(*known, strings) {
        *known = other;
    }
}

fn keep_if(
    known: &mut Entry,
    other: Entry,
    is_better: fn(Place, Place) -> bool,
    strings: &Strings,
) {
    if other.place() == known.place() {
        tell(known, other, strings);
    } else if is_better(other.place(), known.place()) {
        *known = other;
    }
}
