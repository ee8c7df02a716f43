//! A sample of what a door has seen in an hour: the events with the smallest hashes.
//!
//! Of more than [`MOST`] the largest hashes are left out, and it is noted from which on. What is left is a function
//! of the set of all events that were ever added, so neither order nor repeats matter, and two samples can be
//! compared as far as both are whole. An hour that is full is hardly written any more.
//!
//! Source: Cohen and Kaplan, *Summarizing data using bottom-k sketches* (PODC 2007).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// How many events are kept of an hour and a door.
pub const MOST: usize = 1_024;

/// What a door has seen in an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// All events up to this hash are here.
    limit: u64,
    /// Hashes of events, by their place.
    places: BTreeMap<String, BTreeSet<u64>>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            limit: u64::MAX,
            places: BTreeMap::new(),
        }
    }
}

impl Sample {
    /// Adds an event of a sample that is whole up to `limit`.
    pub fn add(&mut self, limit: u64, place: String, hash: u64) {
        self.limit = self.limit.min(limit);
        self.places.entry(place).or_default().insert(hash);
        self.tidy();
    }

    /// Adds what another has seen.
    pub fn merge(&mut self, other: &Self) {
        self.limit = self.limit.min(other.limit);
        for (place, hashes) in &other.places {
            self.places.entry(place.clone()).or_default().extend(hashes);
        }
        self.tidy();
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.values().map(BTreeSet::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The places of which there is anything.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Leaves out what lies above the limit, and lowers it until there are not too many.
    fn tidy(&mut self) {
        if self.len() > MOST {
            let mut all: Vec<u64> = self.places.values().flatten().copied().collect();
            let (_, first_out, _) = all.select_nth_unstable(MOST);
            self.limit = self.limit.min(first_out.saturating_sub(1));
        }
        let limit = self.limit;
        let is_above = |hashes: &BTreeSet<u64>| hashes.last().is_some_and(|last| *last > limit);
        if self.places.values().any(is_above) {
            self.places.retain(|_, hashes| {
                hashes.retain(|hash| *hash <= limit);
                !hashes.is_empty()
            });
        }
    }

    fn up_to(&self, place: &str, limit: u64) -> BTreeSet<u64> {
        let hashes = self.places.get(place).into_iter().flatten();
        hashes.copied().take_while(|hash| *hash <= limit).collect()
    }
}

/// Of how many events that one door has seen the other has seen how few.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// What should be there.
    pub of: u64,
    /// What of that is not.
    pub missed: u64,
}

impl Share {
    /// Adds another hour or place.
    pub fn add(&mut self, other: Self) {
        self.of += other.of;
        self.missed += other.missed;
    }
}

/// What `there` should have seen, for `here` has, place by place: as far as both samples are whole.
#[must_use]
pub fn compare<'s>(here: &'s Sample, there: &Sample) -> BTreeMap<&'s str, Share> {
    let limit = here.limit.min(there.limit);
    let mut shares = BTreeMap::new();
    for place in here.places() {
        let (seen, other) = (here.up_to(place, limit), there.up_to(place, limit));
        let share = Share {
            of: seen.len() as u64,
            missed: seen.difference(&other).count() as u64,
        };
        if share.of > 0 {
            shares.insert(place, share);
        }
    }
    shares
}
