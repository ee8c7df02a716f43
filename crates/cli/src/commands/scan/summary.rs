//! The closing summary: what was read, what became of it, what was found.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use sigma::Level;

use super::tally::Tally;
use crate::baseline_file::Lesson;
use crate::inputs::Stranger;
use crate::numbers::{bytes, count, things};

/// What is said of files and records at the end of any reading.
#[derive(Debug, Default)]
pub(in crate::commands) struct WhatWasRead {
    /// What became of files and records.
    pub(in crate::commands) tally: Tally,
    /// Files that were passed over, by reason.
    pub(in crate::commands) strangers: BTreeMap<Stranger, u64>,
    /// How long it took.
    pub(in crate::commands) elapsed: Duration,
    /// What was done with the records, such as `judged`.
    pub(in crate::commands) done: &'static str,
}

/// Everything that is said at the end of a scan.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// What became of files and records.
    pub(super) read: WhatWasRead,
    /// Alerts told, by level.
    pub(super) alerts: BTreeMap<Level, u64>,
    /// Alerts not told because an incident tells them.
    pub(super) folded: u64,
    /// Alerts about calls that another account's alert tells.
    pub(super) copies: u64,
    /// Matches not told because their rules are below `--level`.
    pub(super) below: u64,
    /// Alerts not told because an earlier run told them.
    pub(super) known: u64,
    /// Matches that filters suppressed, by the title of the filter.
    pub(super) suppressed: BTreeMap<String, u64>,
    /// Windows of correlations that were forgotten, for there were too many.
    pub(super) forgotten: u64,
    /// What was learned about behaviour, if that was asked.
    pub(super) lesson: Option<Lesson>,
    /// Whether the user stopped it.
    pub(super) interrupted: bool,
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.interrupted {
            writeln!(f, "Interrupted: this is what was found up to here")?;
        }
        self.read.fmt(f)?;
        if let Some(lesson) = &self.lesson {
            write!(f, "{lesson}")?;
        }
        self.findings(f)
    }
}

impl Display for WhatWasRead {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.files(f)?;
        self.records(f)
    }
}

impl WhatWasRead {
    fn files(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        let seconds = self.elapsed.as_secs_f64();
        writeln!(
            f,
            "Read {} ({}, {} inflated) in {seconds:.2} s: {} records/s, {:.1} MB/s",
            things(tally.files, "file"),
            bytes(tally.bytes),
            bytes(tally.inflated),
            count((tally.read() as f64 / seconds.max(0.001)) as u64),
            tally.inflated as f64 / 1e6 / seconds.max(0.001),
        )?;
        let notes = [
            (tally.empty, "empty"),
            (tally.complaints.len() as u64, "not read to the end"),
        ];
        let notes = notes.into_iter().filter(|(number, _)| *number > 0);
        reasons(
            f,
            "of them",
            notes.map(|(number, what)| (what.to_owned(), number)),
        )?;
        let strangers = self
            .strangers
            .iter()
            .map(|(what, &number)| (what.to_string(), number));
        reasons(f, "passed over", strangers)
    }

    /// The equation, then its terms.
    fn records(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        let outside =
            (tally.outside > 0).then(|| ("outside the time asked for".to_owned(), tally.outside));
        let skipped: Vec<_> = outside.into_iter().chain(tally.skipped.clone()).collect();
        writeln!(
            f,
            "Records: {} read = {} {} + {} skipped + {} failed",
            count(tally.read()),
            count(tally.judged),
            self.done,
            count(skipped.iter().map(|(_, number)| number).sum()),
            count(tally.failed),
        )?;
        reasons(f, "skipped", skipped)?;
        if tally.repaired > 0 {
            reasons(
                f,
                self.done,
                [("with invalid UTF-8, replaced".to_owned(), tally.repaired)],
            )?;
        }
        for (name, offset, why) in &tally.places {
            writeln!(f, "  failed: {name} at byte {}: {why}", count(*offset))?;
        }
        match tally.failed.saturating_sub(tally.places.len() as u64) {
            0 => Ok(()),
            more => writeln!(f, "  failed: {} more", count(more)),
        }
    }
}

impl Summary {
    fn findings(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let total: u64 = self.alerts.values().sum();
        write!(f, "Alerts: {}", count(total))?;
        let levels: Vec<_> = self
            .alerts
            .iter()
            .rev()
            .map(|(level, n)| format!("{} {level}", count(*n)))
            .collect();
        if !levels.is_empty() {
            write!(f, " ({})", levels.join(", "))?;
        }
        writeln!(f)?;
        let silent = [
            (self.known, "told by an earlier run"),
            (self.folded, "told as part of an incident"),
            (self.copies, "told for the caller's account"),
            (self.below, matches_below(self.below)),
        ];
        let silent = silent.into_iter().filter(|(number, _)| *number > 0);
        reasons(
            f,
            "not shown",
            silent.map(|(number, what)| (what.to_owned(), number)),
        )?;
        if self.forgotten > 0 {
            let windows = things(self.forgotten, "window");
            writeln!(
                f,
                "  forgotten: {windows} of correlations, for there were too many"
            )?;
        }
        let filters = self
            .suppressed
            .iter()
            .map(|(title, &number)| (title.clone(), number));
        reasons(f, "matches suppressed", filters)
    }
}

fn matches_below(number: u64) -> &'static str {
    match number {
        1 => "match below --level",
        _ => "matches below --level",
    }
}

/// `  skipped: 12 of this, 3 of that`, or nothing.
fn reasons(
    f: &mut Formatter<'_>,
    label: &str,
    reasons: impl IntoIterator<Item = (String, u64)>,
) -> fmt::Result {
    let parts: Vec<_> = reasons
        .into_iter()
        .map(|(what, number)| format!("{} {what}", count(number)))
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {label}: {}", parts.join(", "))
}
