//! The language as its users meet it: files in, verdicts and messages out.

mod generate;
mod oracle;
mod plant;

use sigma::{Loaded, RuleSet, SourceFile};

/// Loads one file called `rule.yml`.
fn load(text: &str) -> Loaded {
    RuleSet::load([SourceFile {
        name: "rule.yml",
        text,
    }])
}
