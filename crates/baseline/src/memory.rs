//! What is kept from run to run, and how a run goes on from it.
//!
//! **The law: order and repeats do not matter.** Log files come late, twice and in any order, so the last
//! days stay [open](OPEN): their events are kept, and are judged anew with whatever came for them since. Days
//! before that are closed: they were learned, once, in order. What comes for a closed day is counted, and
//! neither learned nor judged; what was told of it is told again where its events come again. So the same
//! events, in however many runs and whichever order, give the same alerts and the same memory, as long as
//! none is later than that.
//!
//! Everything is kept in small items of postcard behind a byte that says which form: one for each principal,
//! one for what all share, one for the open days, one for what was told.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::engine::{Common, DAY, Engine, Settings, by_mark, mark_of};
use crate::evidence::{Anomaly, Signal, Who};
use crate::journal::Journal;
use crate::places::Places;
use crate::profile::Profile;

/// How many days stay open, the newest included.
pub const OPEN: u32 = 2;

/// How long what was told is kept, in days.
const TOLD: u32 = 45;

/// The form of all items.
const FORM: u8 = 2;

const COMMON: &str = "common";
const OPEN_DAYS: &str = "open";
const TOLD_BEFORE: &str = "told";
const PROFILE: &str = "profile/";

/// All that is kept.
#[derive(Debug, Clone)]
pub struct Memory {
    /// What the closed days have taught.
    pub engine: Engine,
    open: Journal,
    told: Vec<Anomaly>,
    /// Before this second all is closed.
    closed: u32,
}

/// What a run has found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// What was unusual in the open days, and in closed ones whose events came again.
    pub anomalies: Vec<Anomaly>,
    /// Events that were observed in this run.
    pub observed: u64,
    /// Of them, those of closed days.
    pub closed: u64,
    /// Of them, those from the future.
    pub future: u64,
    /// Days learned so far.
    pub days: u16,
}

/// What was kept cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the item `{item}` of the baseline cannot be read: {why}")]
pub struct Unreadable {
    /// Which item.
    pub item: String,
    /// What is wrong with it.
    pub why: String,
}

/// Items by their names.
pub type Items = BTreeMap<String, Vec<u8>>;

#[derive(Serialize, Deserialize)]
struct Open {
    closed: u32,
    journal: Journal,
}

impl Memory {
    /// Nothing learned yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            engine: Engine::new(settings),
            open: Journal::default(),
            told: Vec::new(),
            closed: 0,
        }
    }

    /// What was kept as `items`; nothing, if there are none.
    ///
    /// # Errors
    /// [`Unreadable`] if an item is damaged or of another version.
    pub fn read(settings: Settings, items: &Items) -> Result<Self, Unreadable> {
        let Some(common) = items.get(COMMON) else {
            return Ok(Self::new(settings));
        };
        let common: Common = decode(COMMON, common)?;
        let profiles = items.iter().filter(|(name, _)| name.starts_with(PROFILE));
        let profiles: Result<Vec<Profile>, _> =
            profiles.map(|(name, bytes)| decode(name, bytes)).collect();
        let item = |name: &str| items.get(name).map(Vec::as_slice).unwrap_or_default();
        let Open { closed, journal } = decode(OPEN_DAYS, item(OPEN_DAYS))?;
        let told = decode(TOLD_BEFORE, item(TOLD_BEFORE))?;
        Ok(Self {
            engine: Engine::of(settings, common, profiles?),
            open: journal,
            told,
            closed,
        })
    }

    /// All that is to be kept. Only before [`judge`](Self::judge): that learns the open days, which are not
    /// closed yet.
    #[must_use]
    pub fn items(&self) -> Items {
        let mut items = Items::new();
        for (mark, profile) in by_mark(&self.engine) {
            items.insert(format!("{PROFILE}{:016x}", mark.0), encode(profile));
        }
        items.insert(COMMON.to_owned(), encode(&self.engine.common));
        let open = Open {
            closed: self.closed,
            journal: self.open.clone(),
        };
        items.insert(OPEN_DAYS.to_owned(), encode(&open));
        items.insert(TOLD_BEFORE.to_owned(), encode(&self.told));
        items
    }

    /// Takes in what was observed, up to a day after `now` (seconds since 1970), and learns the days that
    /// are closed by it.
    pub fn learn(&mut self, journal: &Journal, places: &dyn Places, now: u32) -> Run {
        let limit = now.saturating_add(DAY);
        let mut run = Run {
            observed: journal.entries.len() as u64,
            ..Run::default()
        };
        let closed = self.closed;
        run.closed = journal
            .entries
            .iter()
            .filter(|entry| entry.time < closed)
            .count() as u64;
        run.future = journal
            .entries
            .iter()
            .filter(|entry| entry.time > limit)
            .count() as u64;
        run.anomalies = self.again(journal);
        self.open
            .merge_where(journal, |entry| (closed..=limit).contains(&entry.time));
        self.open.settle();
        let newest = self.open.entries.last().map_or(0, |entry| entry.time);
        self.closed = (newest / DAY + 1)
            .saturating_sub(OPEN)
            .saturating_mul(DAY)
            .max(closed);
        let end = self
            .open
            .entries
            .partition_point(|entry| entry.time < self.closed);
        let rest = {
            let mut rest = Journal::default();
            let from = self.closed;
            rest.merge_where(&self.open, |entry| entry.time >= from);
            rest.settle();
            rest
        };
        self.open.entries.truncate(end);
        let found = self.engine.learn(&self.open, places);
        self.open = rest;
        run.anomalies.extend(found.iter().cloned());
        self.told.extend(found);
        let oldest = self.closed.saturating_sub(TOLD * DAY);
        self.told.retain(|anomaly| anomaly.time >= oldest);
        run.days = self.engine.learned();
        run
    }

    /// Judges the open days too, which is the last that this memory can do.
    #[must_use]
    pub fn judge(mut self, mut run: Run, places: &dyn Places) -> (Run, Engine) {
        run.anomalies.extend(self.engine.learn(&self.open, places));
        run.days = self.engine.learned();
        (run, self.engine)
    }

    /// What was told before of events that come again.
    fn again(&self, journal: &Journal) -> Vec<Anomaly> {
        if self.told.is_empty() {
            return Vec::new();
        }
        let events = |anomaly: &Anomaly| -> BTreeSet<u32> {
            anomaly
                .signals
                .iter()
                .map(|signal| signal.event.time)
                .collect()
        };
        let times: BTreeSet<u32> = self.told.iter().flat_map(events).collect();
        let entries = journal.entries.iter();
        let again = entries.filter(|entry| entry.time < self.closed && times.contains(&entry.time));
        let came: BTreeSet<String> = again.filter_map(|entry| journal.event_id(entry)).collect();
        let came = |signal: &Signal| signal.event.id.as_ref().is_some_and(|id| came.contains(id));
        let told = self.told.iter();
        told.filter(|anomaly| anomaly.signals.iter().any(came))
            .cloned()
            .collect()
    }

    /// Forgets those that are `unwanted`: they are new when they come again. What others have learned from
    /// them stays. Returns how many those were.
    pub fn forget(&mut self, unwanted: impl Fn(&Who) -> bool) -> usize {
        let Engine {
            settings,
            calendar,
            common,
            profiles,
            ..
        } = self.engine.clone();
        let (gone, kept): (Vec<_>, Vec<_>) = profiles
            .into_iter()
            .partition(|profile| unwanted(&profile.who));
        let mut forgotten: BTreeSet<_> = gone.iter().map(|profile| mark_of(&profile.who)).collect();
        self.engine = Engine::of(settings, common, kept);
        self.engine.calendar = calendar;
        let who = self.open.who.rows().iter();
        let unwanted: Vec<bool> = who
            .map(|who| self.open.told(who))
            .map(|who| {
                let unwanted = unwanted(&who);
                if unwanted {
                    forgotten.insert(mark_of(&who));
                }
                unwanted
            })
            .collect();
        let of = |pattern: u32| self.open.sessions[self.open.patterns[pattern].session].who;
        let mut open = Journal::default();
        open.merge_where(&self.open, |entry| !unwanted[of(entry.pattern) as usize]);
        open.settle();
        self.open = open;
        forgotten.len()
    }

    /// How many events wait in the open days.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.open.entries.len()
    }
}

pub(crate) fn encode(what: &impl Serialize) -> Vec<u8> {
    let mut bytes = vec![FORM];
    // To write into memory what can be written does not fail.
    bytes.extend(postcard::to_allocvec(what).unwrap_or_default());
    bytes
}

pub(crate) fn decode<T: DeserializeOwned>(item: &str, bytes: &[u8]) -> Result<T, Unreadable> {
    let unreadable = |why: String| Unreadable {
        item: item.to_owned(),
        why,
    };
    match bytes.split_first() {
        Some((&FORM, rest)) => {
            postcard::from_bytes(rest).map_err(|error| unreadable(error.to_string()))
        }
        Some((form, _)) => Err(unreadable(format!(
            "form {form}, this version knows {FORM}"
        ))),
        None => Err(unreadable("it is missing".to_owned())),
    }
}

#[cfg(test)]
mod tests;
