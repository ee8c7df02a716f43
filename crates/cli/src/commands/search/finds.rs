//! What a search has found: the newest records, or counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use detect::cloudtrail::Record;
use jiff::Timestamp;
use query::{Query, members, shown};
use sigma::{Event as _, FieldPath};

use crate::commands::gather::Gatherer;
use crate::commands::met::{Met, event_hash};

/// Longer values are cut before they are counted, in bytes.
const VALUE: usize = 512;

/// What to do with what is found.
#[derive(Debug)]
pub(super) enum Wanted {
    /// Keep the newest, at most so many.
    Records(Option<usize>),
    /// Count by these fields.
    Counts(Vec<FieldPath>),
}

/// How often something was seen, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) count: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Seen {
    fn once(time: Timestamp) -> Self {
        Self {
            count: 1,
            first: time,
            last: time,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Finds {
    /// What holds for all of it; `None` if nothing was found.
    pub(super) seen: Option<Seen>,
    /// Records by time, and by what names them.
    pub(super) records: BTreeMap<(Timestamp, u64), String>,
    /// Counts by values.
    pub(super) groups: HashMap<Vec<String>, Seen>,
}

impl Finds {
    /// Adds what another thread has found.
    pub(super) fn merge(mut self, other: Self, wanted: &Wanted) -> Self {
        self.seen = match (self.seen, other.seen) {
            (Some(one), Some(two)) => Some(one.plus(two)),
            (one, two) => one.or(two),
        };
        for (values, seen) in other.groups {
            self.count(values, seen);
        }
        self.records.extend(other.records);
        self.trim(wanted);
        self
    }

    fn count(&mut self, values: Vec<String>, seen: Seen) {
        let sum = self
            .groups
            .entry(values)
            .or_insert(Seen { count: 0, ..seen });
        *sum = sum.plus(seen);
    }

    fn trim(&mut self, wanted: &Wanted) {
        if let Wanted::Records(Some(most)) = wanted {
            while self.records.len() > *most {
                self.records.pop_first();
            }
        }
    }
}

/// One thread of a search.
pub(super) struct Searcher<'a> {
    pub(super) query: &'a Query,
    pub(super) wanted: &'a Wanted,
    pub(super) met: &'a Met,
    pub(super) finds: Finds,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(query: &'a Query, wanted: &'a Wanted, met: &'a Met) -> Self {
        Self {
            query,
            wanted,
            met,
            finds: Finds::default(),
        }
    }

    /// Takes a record that the query holds for.
    pub(super) fn found(&mut self, record: &Record<'_>) {
        let event = event_hash(record);
        if !self.met.is_new(event) {
            return;
        }
        let time = record.event_time();
        let once = Seen::once(time);
        self.finds.seen = Some(self.finds.seen.map_or(once, |seen| seen.plus(once)));
        match self.wanted {
            Wanted::Records(most) => self.keep(record, (time, event), *most),
            Wanted::Counts(paths) => {
                for values in combinations(record, paths) {
                    self.finds.count(values, once);
                }
            }
        }
    }

    fn keep(&mut self, record: &Record<'_>, at: (Timestamp, u64), most: Option<usize>) {
        let records = &mut self.finds.records;
        let is_full = most.is_some_and(|most| records.len() >= most);
        if is_full
            && records
                .first_key_value()
                .is_none_or(|(oldest, _)| *oldest > at)
        {
            return;
        }
        records.insert(at, record.text().to_owned());
        self.finds.trim(self.wanted);
    }
}

impl Gatherer for Searcher<'_> {
    type Found = Finds;

    fn take(&mut self, record: &Record<'_>, _: Option<&Arc<str>>) {
        if self.query.matches(record) {
            self.found(record);
        }
    }

    fn finish(self) -> Finds {
        self.finds
    }
}

/// The values of the fields, each with each: a field that holds several counts for every one of them, an
/// absent one as nothing.
fn combinations(record: &Record<'_>, paths: &[FieldPath]) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    for path in paths {
        let values = values(record, path);
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(|value| {
                    let mut row: Vec<String> = row.clone();
                    row.push(value.clone());
                    row
                })
            })
            .take(MOST)
            .collect();
    }
    rows
}

/// How many combinations one record may add to.
const MOST: usize = 1_000;

fn values(record: &Record<'_>, path: &FieldPath) -> Vec<String> {
    let value = record.field(path);
    let texts = value
        .iter()
        .flat_map(members)
        .map(|value| cut(&shown(value)).to_owned());
    let mut values: Vec<_> = texts.collect();
    values.sort_unstable();
    values.dedup();
    if values.is_empty() {
        values.push(String::new());
    }
    values
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(VALUE)]
}
