//! The second reading: what those did who belong to the story.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use detect::cloudtrail::Record;
use detect::principal::Principal;
use jiff::Timestamp;
use query::Query;
use trace::Changes;

use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::met::{Met, event_hash};
use crate::inputs::{Inputs, Meter};

/// How many records are kept; a story that is longer is cut at its end, and says so.
const KEPT: usize = 20_000;

/// Who belongs to a story: whoever used one of the keys, or is one of the principals.
#[derive(Debug, Clone, Default)]
pub(super) struct Cast {
    pub(super) keys: BTreeSet<String>,
    pub(super) principals: BTreeSet<String>,
}

impl Cast {
    /// Whether the call in `record` is theirs.
    pub(super) fn made(&self, record: &Record<'_>) -> bool {
        let key = Principal::access_key_of(record);
        key.is_some_and(|key| self.keys.contains(&*key))
            || (!self.principals.is_empty()
                && self.principals.contains(&*Principal::key_of(record)))
    }
}

/// What is gathered.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    /// Records by time, the first ones.
    pub(super) records: BTreeMap<(Timestamp, u64), String>,
    /// How many there are.
    pub(super) count: u64,
    /// What they made that lasts.
    pub(super) changes: Changes,
}

impl Deeds {
    /// The records kept, in order of time.
    pub(super) fn each(&self) -> impl Iterator<Item = Record<'_>> {
        self.records
            .values()
            .filter_map(|text| Record::of_text(text))
    }

    /// How many there are that were not kept.
    pub(super) fn more(&self) -> u64 {
        self.count - self.records.len() as u64
    }
}

/// Who is asked for.
pub(super) enum Whose<'a> {
    /// These.
    Cast(&'a Cast),
    /// Whoever a query holds for.
    Query(&'a Query),
}

impl Whose<'_> {
    fn made(&self, record: &Record<'_>) -> bool {
        match self {
            Self::Cast(cast) => cast.made(record),
            Self::Query(query) => query.matches(record),
        }
    }
}

/// Reads `inputs` for the second time.
pub(super) fn read(inputs: &Inputs, gathering: Gathering, whose: &Whose<'_>) -> Deeds {
    let met = Met::default();
    let gatherer = || Following {
        whose,
        met: &met,
        deeds: Deeds::default(),
    };
    let (_, found) = gathering.read(inputs, &Meter::default(), gatherer);
    let mut all = Deeds::default();
    for deeds in found {
        all.count += deeds.count;
        all.records.extend(deeds.records);
        all.changes.merge(deeds.changes);
    }
    while all.records.len() > KEPT {
        all.records.pop_last();
    }
    all
}

struct Following<'a> {
    whose: &'a Whose<'a>,
    met: &'a Met,
    deeds: Deeds,
}

impl Gatherer for Following<'_> {
    type Found = Deeds;

    fn take(&mut self, record: &Record<'_>, _: Option<&Arc<str>>) {
        let theirs = self.whose.made(record);
        self.deeds.changes.add(record, theirs);
        if !theirs {
            return;
        }
        let event = event_hash(record);
        if self.met.is_new(event) {
            self.deeds.count += 1;
            let at = (record.event_time(), event);
            self.deeds.records.insert(at, record.text().to_owned());
            if self.deeds.records.len() > KEPT {
                self.deeds.records.pop_last();
            }
        }
    }

    fn finish(self) -> Deeds {
        self.deeds
    }
}
