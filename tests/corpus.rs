//! What the tests are about: rules, simulated records, and real ones where they are at hand.
//!
//! Real logs and other people's rules are not part of the repository; see [`outside`].

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use detect::alert::Alert;
use detect::case::Case;
use detect::cloudtrail::{LogFileReader, Record, layout};
use detect::{Detector, Screened};
use outside::rule_files;
pub(crate) use outside::{files, repository, shared};
use sigma::{RuleSet, SourceFile};
use simulate::{Scenario, simulate};

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
        Self(rule_files(folder))
    }

    /// The same, but for the files of these names.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        let of_them = |file: &str| {
            names
                .iter()
                .any(|name| file.ends_with(&format!("/{name}.yml")))
        };
        self.0.retain(|(file, _)| !of_them(file));
        self
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
        let documents = |text: &str| text.lines().filter(|line| *line == "---").count() + 1;
        let all: usize = self.texts().map(documents).sum();
        let found = loaded.rules.rules().len() + loaded.rules.correlations().len();
        assert_eq!(found, all, "every document is a rule or a correlation");
        loaded.rules
    }
}

/// All alerts of what was found: of rules, and of correlations.
pub(crate) fn alerts(detector: &Detector, found: Screened) -> Vec<Alert> {
    let mut correlator = detector.correlate(found.windows);
    while correlator.judge() {}
    let together = correlator.into_cases();
    found
        .cases
        .iter()
        .chain(together.iter())
        .map(Case::alert)
        .collect()
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
