//! What the tests are about: rules, simulated records, and real ones where they are at hand.
//!
//! Real logs and other people's rules lie outside of the repository, in the folder that
//! `TRAILHOUND_SHARED` names. Without it the tests that need it say so and pass.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use detect::cloudtrail::{LogFileReader, Record, layout};
use sigma::{RuleSet, SourceFile};
use simulate::{Scenario, simulate};

/// The folder of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder `name` of what lies outside of the repository, if it is there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("TRAILHOUND_SHARED").map(PathBuf::from);
    let root = named.unwrap_or_else(|| repository().join("../shared/data"));
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln!`, which the test runner would swallow.
    let place = folder.display();
    let mut loud = std::io::stderr();
    drop(writeln!(loud, "SKIPPED: there is no {place}"));
    None
}

/// Every file below `folder`, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Rules as text, by the name of their file.
pub(crate) struct Rules(Vec<(String, String)>);

impl Rules {
    /// Our own.
    pub(crate) fn ours() -> Self {
        Self::below(&repository().join("rules"))
    }

    /// Those of SigmaHQ, if they are at hand.
    pub(crate) fn sigma_hq() -> Option<Self> {
        shared("sigma").map(|folder| Self::below(&folder))
    }

    fn below(folder: &Path) -> Self {
        let text = |path: PathBuf| {
            (
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            )
        };
        let rules = files(folder)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|end| end == "yml"));
        Self(rules.map(text).collect())
    }

    /// The text of each file.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| text.as_str())
    }

    /// Loads them; none may have a problem.
    pub(crate) fn load(&self) -> RuleSet {
        let files = self.0.iter().map(|(name, text)| SourceFile { name, text });
        let loaded = RuleSet::load(files);
        let problems: Vec<_> = loaded
            .problems
            .iter()
            .filter(|problem| !problem.is_warning())
            .collect();
        assert!(problems.is_empty(), "{problems:#?}");
        assert_eq!(loaded.rules.rules().len(), self.0.len(), "one rule a file");
        loaded.rules
    }
}

/// Every real record once, as text; log files repeat many.
pub(crate) fn real_records() -> BTreeSet<String> {
    let mut records = BTreeSet::new();
    let mut reader = LogFileReader::default();
    for path in shared("logs").iter().flat_map(|folder| files(folder)) {
        let report = reader.read(File::open(&path).unwrap(), |record| {
            records.insert(record.text().to_owned());
        });
        assert!(
            report.failed == 0 && report.problem.is_none() && report.skipped.is_empty(),
            "{}: {report:?}",
            path.display()
        );
    }
    records
}

/// The records of a simulated week in which every story happens.
pub(crate) fn simulated_week() -> BTreeSet<String> {
    let scenario = Scenario {
        days: 7,
        ..Scenario::default()
    };
    records_of(&scenario)
}

/// The records of `scenario`, each once, as text.
pub(crate) fn records_of(scenario: &Scenario) -> BTreeSet<String> {
    let mut records = BTreeSet::new();
    let mut reader = LogFileReader::default();
    for file in simulate(scenario) {
        reader.read(&*file.body, |record| {
            records.insert(record.text().to_owned());
        });
    }
    records
}

/// Takes `text`, a JSON object, for a record.
pub(crate) fn record(text: &str) -> Record<'_> {
    Record::new(text, layout::of(text).expect("an object")).expect("a record")
}
