//! What was observed of one principal on one day, where many read log files at once.
//!
//! Nobody sees a whole day then. So each leaves what it saw on a [`Page`], and pages merge: in any order, any
//! number of times, to the same bytes. A page is bounded, and the bound keeps that law: of each pattern it
//! holds the first event of the day, of each pattern and hour the first, and of both the first
//! [so many](PATTERNS). The earliest of a set are the earliest of the earliest of its parts, so what is left out
//! early is left out late.
//!
//! How often something was done is not on a page: what is judged by pages is judged
//! [without counts](crate::Settings::counts) of calls.
//!
//! [`Generations`] are how a principal's profile is kept: as it was after the last closed day, and after the one
//! before, for who closes a day may die half-way, and begins again.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::engine::{Common, DAY, Engine, Settings, mark_of};
use crate::evidence::Anomaly;
use crate::journal::{Entry, Journal, Pattern};
use crate::memory::{Unreadable, decode, encode};
use crate::names::Mark;
use crate::places::Places;
use crate::profile::{Day, Profile};

/// How many different patterns of a principal's day are kept, and how many hours of patterns.
pub const PATTERNS: usize = 1_000;

/// The days that stay open behind the newest: records may be late by so much.
pub const OPEN: Day = 1;

/// The first day that is still open at `now`, in seconds since 1970.
#[must_use]
pub fn first_open(now: u32) -> Day {
    ((now / DAY) as Day).saturating_sub(OPEN)
}

/// What was observed of one principal on one day.
#[derive(Debug, Clone, Default)]
pub struct Page(Journal);

impl Page {
    /// What was kept.
    ///
    /// # Errors
    /// [`Unreadable`] if it is damaged or of another version.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(name, bytes).map(Self)
    }

    /// The bytes to keep; the same for the same events, however they came together.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        encode(&self.0)
    }

    /// Adds what another has seen of the same principal and day.
    pub fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
        self.0.settle();
        self.0 = bounded(&self.0, self.0.entries.iter());
    }

    /// The events on it.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.0
    }
}

/// The pages of a settled journal, by principal and day.
#[must_use]
pub fn pages(journal: &Journal) -> BTreeMap<(Mark, Day), Page> {
    let who = journal.who.rows().iter();
    let marks: Vec<Mark> = who.map(|who| mark_of(&journal.told(who))).collect();
    let of = |entry: &Entry| {
        let session = journal.patterns[entry.pattern].session;
        let mark = marks[journal.sessions[session].who as usize];
        (mark, (entry.time / DAY) as Day)
    };
    let mut wanted: BTreeMap<(Mark, Day), Vec<&Entry>> = BTreeMap::new();
    for entry in &journal.entries {
        wanted.entry(of(entry)).or_default().push(entry);
    }
    let page = |(key, events): (_, Vec<&Entry>)| (key, Page(bounded(journal, events.into_iter())));
    wanted.into_iter().map(page).collect()
}

/// What a page holds of these events of a settled journal. Made anew in order of time, so that numbers of names
/// do not tell in which order pages were merged; without the names of files, of which there is one for every few
/// events.
fn bounded<'e>(journal: &'e Journal, events: impl Iterator<Item = &'e Entry>) -> Journal {
    let (mut patterns, mut hours) = (HashSet::new(), HashSet::new());
    let mut kept = Vec::new();
    for entry in events {
        let pattern = journal.patterns[entry.pattern];
        let essence = Pattern {
            session: 0,
            ..pattern
        };
        let is_first = patterns.len() < PATTERNS && patterns.insert(essence);
        let hour = (entry.pattern, entry.time / 3600);
        let is_first_of_hour = hours.len() < PATTERNS && hours.insert(hour);
        if is_first || is_first_of_hour {
            kept.push(Entry { file: 0, ..*entry });
        }
    }
    let mut page = Journal::default();
    page.merge_entries(journal, kept.iter());
    page
}

/// All that closed days have taught of everybody together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The first day that is not closed.
    pub open: Day,
    /// What was learned.
    pub common: Common,
}

impl Standing {
    /// Nothing learned, and all days open from this one on.
    #[must_use]
    pub fn new(open: Day) -> Self {
        Self {
            open,
            common: Engine::new(Settings::default()).common,
        }
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`Unreadable`] if it is damaged or of another version.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(name, bytes)
    }

    /// The bytes to keep.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What is unusual in the open days of one principal, which are `open`.
    #[must_use]
    pub fn judge(&self, profile: Option<Profile>, open: &Journal, how: &How<'_>) -> Vec<Anomaly> {
        let profiles = profile.into_iter().collect();
        self.engine(profiles, how).learn(open, how.places)
    }

    /// What judges and teaches these profiles, with what everybody shares.
    fn engine(&self, profiles: Vec<Profile>, how: &How<'_>) -> Engine {
        let mut engine = Engine::of(how.settings, self.common.clone(), profiles);
        engine.calendar = std::sync::Arc::clone(how.calendar);
        engine
    }

    /// Closes the first open day, of which these are all pages, and `profiles` those of whoever is on them.
    /// Returns the profiles as they are now.
    pub fn close<'p>(
        &mut self,
        pages: impl Iterator<Item = &'p Page>,
        profiles: Vec<Profile>,
        how: &How<'_>,
    ) -> Vec<(Mark, Profile)> {
        let mut day = Journal::default();
        pages.for_each(|page| day.merge(&page.0));
        day.settle();
        let mut engine = self.engine(profiles, how);
        engine.learn(&day, how.places);
        debug_assert!(!how.settings.counts, "rolls hold no accounts");
        self.common = engine.common;
        self.open += 1;
        let learned = engine.profiles.into_iter();
        let learned: BTreeMap<_, _> = learned
            .map(|profile| (mark_of(&profile.who), profile))
            .collect();
        learned.into_iter().collect()
    }
}

/// How pages are judged.
#[derive(Clone, Copy)]
pub struct How<'h> {
    /// How much is told.
    pub settings: Settings,
    /// Where addresses lie.
    pub places: &'h dyn Places,
    /// Which days are days off.
    pub calendar: &'h std::sync::Arc<Calendar>,
}

/// A profile as it was after the last day that taught it something, and after the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generations {
    /// The first day that was open then, and the profile.
    now: (Day, Profile),
    before: Option<(Day, Profile)>,
}

impl Generations {
    /// What was kept.
    ///
    /// # Errors
    /// [`Unreadable`] if it is damaged or of another version.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(name, bytes)
    }

    /// The bytes to keep.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// The profile as all days before `open` have taught it, and none of the later ones.
    #[must_use]
    pub fn at(&self, open: Day) -> Option<&Profile> {
        let before = self.before.iter();
        let mut known = std::iter::once(&self.now).chain(before);
        known
            .find(|(then, _)| *then <= open)
            .map(|(_, profile)| profile)
    }

    /// The generations once a day is closed: behind it `open` is the first that is not.
    #[must_use]
    pub fn follow(known: Option<Self>, open: Day, profile: Profile) -> Self {
        let known = known.into_iter();
        let mut older = known.flat_map(|known| std::iter::once(known.now).chain(known.before));
        Self {
            before: older.find(|(then, _)| *then < open),
            now: (open, profile),
        }
    }
}

#[cfg(test)]
mod tests;
