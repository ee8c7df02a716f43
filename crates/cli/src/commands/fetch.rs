//! Records by their ids, read again from the files that alerts name.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use detect::alert::EventRef;
use detect::cloudtrail::Record;

use crate::commands::gather::{Gatherer, Gathering};
use crate::inputs::{Inputs, Meter, Source};

/// The files that events were read in.
pub(super) fn named<'e>(events: impl Iterator<Item = &'e EventRef>) -> Inputs {
    let mut files: Vec<_> = events
        .filter_map(|event| event.log_file.as_deref())
        .collect();
    files.sort_unstable();
    files.dedup();
    Inputs {
        sources: files.into_iter().map(Source::at).collect(),
        ..Inputs::default()
    }
}

/// The texts of the records of these ids in `inputs`, of those that are no longer than `longest` bytes.
pub(super) fn texts(
    wanted: &HashSet<&str>,
    inputs: &Inputs,
    gathering: Gathering,
    longest: usize,
) -> HashMap<String, String> {
    let gathering = Gathering {
        progress: false,
        hashes: false,
        ..gathering
    };
    let fetching = || Fetching {
        wanted,
        longest,
        found: HashMap::new(),
    };
    let (_, found) = gathering.read(inputs, &Meter::default(), fetching);
    let mut texts: HashMap<String, String> = HashMap::new();
    for (id, text) in found.into_iter().flatten() {
        // Of two copies always the same, whichever thread came first.
        let known = texts.entry(id).or_insert_with(|| text.clone());
        if text < *known {
            *known = text;
        }
    }
    texts
}

struct Fetching<'a> {
    wanted: &'a HashSet<&'a str>,
    longest: usize,
    found: HashMap<String, String>,
}

impl Gatherer for Fetching<'_> {
    type Found = HashMap<String, String>;

    fn take(&mut self, record: &Record<'_>, _: Option<&Arc<str>>) {
        if let Some(id) = record.event_id()
            && self.wanted.contains(&*id)
            && record.text().len() <= self.longest
        {
            self.found.insert(id.into_owned(), record.text().to_owned());
        }
    }

    fn finish(self) -> Self::Found {
        self.found
    }
}
