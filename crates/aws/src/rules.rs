//! The rules that a function judges by: the built-in ones, and those of a folder.
//!
//! What cannot be loaded is logged and left out; the others work.

use std::path::Path;

use detect::Detector;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sigma::{Header, ReadDocument, RuleSet, SourceFile};
use walkdir::WalkDir;

/// The rules, and how many problems were met with them.
#[must_use]
pub fn built_in(folder: Option<&Path>) -> (Detector, usize) {
    let extra = folder.map(files).unwrap_or_default();
    let built_in = ::rules::FOR_JUDGING.iter().map(|rule| ReadDocument {
        name: rule.name,
        bytes: rule.document(),
    });
    let extra = extra.iter().map(|(name, text)| SourceFile { name, text });
    let mut loaded = RuleSet::load_with(built_in, extra);
    for problem in &loaded.problems {
        tracing::error!(problem = %problem, "a rule is left out");
    }
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    for filter in loaded.rules.set_today(today) {
        tracing::warn!(
            filter = filter.title(),
            "a filter has ended and suppresses nothing"
        );
    }
    let (detector, problems) = Detector::with_blocks(loaded.rules, block);
    for problem in &problems {
        tracing::error!(problem = %problem, "a rule works without its block");
    }
    let count = loaded.problems.len() + problems.len();
    (detector.without_waiting(), count)
}

/// The block for the reader of alerts of a built-in rule or correlation.
fn block(header: &Header) -> Option<&'static str> {
    ::rules::block(header.id()?)
}

/// Every rule file in `folder`, by its path.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let read = entry.map_err(std::io::Error::from).and_then(|entry| {
            let ends = entry
                .path()
                .extension()
                .is_some_and(|end| end == "yml" || end == "yaml");
            if !ends || !entry.file_type().is_file() {
                return Ok(None);
            }
            let name = entry.path().display().to_string();
            Ok(Some((name, std::fs::read_to_string(entry.path())?)))
        });
        match read {
            Ok(file) => files.extend(file),
            Err(error) => {
                tracing::error!(folder = %folder.display(), %error, "a rule file cannot be read");
            }
        }
    }
    files
}
