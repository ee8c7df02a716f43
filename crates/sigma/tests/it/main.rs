//! The language as its users meet it: files in, verdicts and messages out.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate knows neither files nor clock, its tests read published rules and take time"
)]

mod correlations;
mod decisions;
mod errors;
mod filters;
mod generate;
mod hostile;
mod oracle;
mod plant;
mod published;
mod verdicts;

use sigma::{Loaded, RuleSet, SourceFile};

/// Loads one file called `rule.yml`.
fn load(text: &str) -> Loaded {
    RuleSet::load([SourceFile {
        name: "rule.yml",
        text,
    }])
}
