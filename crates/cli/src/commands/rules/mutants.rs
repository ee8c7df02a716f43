//! `trailhound rules test --mutants`: whether the tests of rules would notice a mistake.

use std::fmt;
use std::io::{self, Write};

use detect::render::sentence;
use sigma::{Rule, RuleSet, SourceFile};

use super::test::{record, record_text};
use crate::numbers::{count, things};
use crate::rulebook::Rulebook;

/// How many mutants there were, and how many some test told from the rule.
#[derive(Debug, Default)]
pub(super) struct Mutants {
    all: u64,
    killed: u64,
}

impl Mutants {
    /// Tries the mutants of all `rules` that carry tests, and writes which survive.
    pub(super) fn run(
        &mut self,
        book: &Rulebook,
        rules: &[Rule],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for rule in rules.iter().filter(|rule| !rule.tests().is_empty()) {
            let tests: Vec<_> = rule
                .tests()
                .iter()
                .map(|test| (record_text(test), test.expects_match()))
                .collect();
            let records: Vec<_> = tests
                .iter()
                .filter_map(|(text, expected)| Some((record(text).ok()?, *expected)))
                .collect();
            for mutant in sigma::mutants(book.text(&rule.location().file), rule) {
                let loaded = RuleSet::load([SourceFile {
                    name: "mutant",
                    text: &mutant.document,
                }]);
                let [changed] = loaded.rules.rules() else {
                    continue;
                };
                self.all += 1;
                if records
                    .iter()
                    .any(|(record, expected)| changed.matches(record) != *expected)
                {
                    self.killed += 1;
                } else {
                    let (place, title) = (rule.location().to_string(), rule.title());
                    let (place, title) = (sentence(&place), sentence(title));
                    writeln!(
                        out,
                        "{place}: survives: {title}: {}",
                        sentence(&mutant.change)
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Whether at least `percent` of them were killed.
    pub(super) fn are_killed(&self, percent: u8) -> bool {
        self.killed * 100 >= self.all * u64::from(percent)
    }
}

impl fmt::Display for Mutants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.killed as f64 * 100.0 / self.all.max(1) as f64;
        let (all, killed) = (things(self.all, "mutant"), count(self.killed));
        write!(f, "{all}: {killed} noticed by a test ({percent:.1} %)")
    }
}
