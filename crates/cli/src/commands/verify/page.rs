//! The answer, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use detect::render::sentence;
use integrity::Verdict;
use integrity::proof::Uncovered;
use integrity::report::{Line, Span, hours};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::numbers::{bytes, count, things};

/// How many things that are wrong are shown of one stretch; all are in the JSON.
const SHOWN: usize = 10;

/// All that is known in the end.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Answer {
    pub(super) schema: &'static str,
    /// The worst that can be said of any part.
    pub(super) verdict: Verdict,
    pub(in crate::commands) chains: Vec<Line>,
    /// Log files of which no digest speaks.
    pub(in crate::commands) uncovered: Vec<Stray>,
    /// Log files newer than the newest digest, or in hours that nothing vouches for.
    pub(super) undecided: u64,
    /// On which days these were delivered, UTC.
    #[serde(skip)]
    pub(in crate::commands) undecided_days: BTreeSet<Date>,
    /// Whether the user stopped it.
    pub(in crate::commands) interrupted: bool,
}

/// Log files of one account and region of which no digest speaks.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Stray {
    pub(super) owner: String,
    pub(super) region: String,
    #[serde(flatten)]
    pub(in crate::commands) which: Uncovered,
}

impl Answer {
    pub(super) fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        detect::render::json::write_lines([self], out)
    }

    pub(super) fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in &self.chains {
            writeln!(out, "{}", sentence(&line.chain.to_string()))?;
            for span in &line.spans {
                write_span(span, out)?;
            }
        }
        for stray in &self.uncovered {
            write_stray(stray, out)?;
        }
        Ok(())
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Proven => AnsiColor::Green.on_default(),
        Verdict::Open => Style::new(),
        Verdict::Unproven | Verdict::Unreadable | Verdict::Uncovered => {
            AnsiColor::Yellow.on_default()
        }
        Verdict::Missing | Verdict::Altered => AnsiColor::Red.on_default().bold(),
    }
}

fn write_span(span: &Span, out: &mut dyn Write) -> io::Result<()> {
    let (verdict, style) = (span.verdict, style(span.verdict));
    let from = span.from.map_or_else(|| "before".to_owned(), time);
    write!(
        out,
        "  {style}{verdict:<10}{style:#} {from:<20} to {}  ",
        time(span.to)
    )?;
    write!(out, "{}", things(span.hours(), "hour"))?;
    if span.digests > 0 {
        write!(out, ", {}", things(span.log_files, "log file"))?;
    }
    writeln!(
        out,
        "{}",
        if span.earlier {
            ", by an earlier run"
        } else {
            ""
        }
    )?;
    for trouble in span.troubles.iter().take(SHOWN) {
        writeln!(out, "    {}", sentence(&trouble.message))?;
    }
    match span.troubles.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "    and {} more", count(more as u64)),
    }
}

fn write_stray(stray: &Stray, out: &mut dyn Write) -> io::Result<()> {
    let style = style(Verdict::Uncovered);
    let which = &stray.which;
    writeln!(
        out,
        "{}",
        sentence(&format!("{} {}", stray.owner, stray.region))
    )?;
    writeln!(
        out,
        "  {style}{:<10}{style:#} {:<20} to {}  {} that no digest covers",
        Verdict::Uncovered,
        which.first.map(time).unwrap_or_default(),
        which.last.map(time).unwrap_or_default(),
        things(which.log_files, "log file"),
    )
}

/// A point in time in the form in which the table has it, UTC.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Everything that is said at the end.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) digests: u64,
    pub(super) log_files: u64,
    pub(super) inflated: u64,
    pub(super) elapsed: Duration,
    pub(super) hours: BTreeMap<Verdict, u64>,
    pub(super) undecided: u64,
    pub(super) passed_over: u64,
    pub(super) interrupted: bool,
}

impl Summary {
    /// What of it is in the answer.
    pub(super) fn of(answer: &Answer) -> Self {
        Self {
            digests: 0,
            log_files: 0,
            inflated: 0,
            elapsed: Duration::ZERO,
            hours: hours(&answer.chains),
            undecided: answer.undecided,
            passed_over: 0,
            interrupted: answer.interrupted,
        }
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.interrupted {
            writeln!(f, "Interrupted: this is what is known up to here")?;
        }
        let seconds = self.elapsed.as_secs_f64();
        writeln!(
            f,
            "Read {} and {} ({} inflated) in {seconds:.2} s: {:.1} MB/s",
            things(self.digests, "digest"),
            things(self.log_files, "log file"),
            bytes(self.inflated),
            self.inflated as f64 / 1e6 / seconds.max(0.001),
        )?;
        let parts: Vec<_> = self
            .hours
            .iter()
            .map(|(verdict, number)| format!("{} {verdict}", count(*number)))
            .collect();
        let total = self.hours.values().sum();
        writeln!(f, "Hours: {} = {}", count(total), parts.join(" + "))?;
        if self.undecided > 0 {
            let files = things(self.undecided, "log file");
            writeln!(
                f,
                "  not decided: {files} that a digest may yet list, or one that is not proven"
            )?;
        }
        if self.passed_over > 0 {
            let files = things(self.passed_over, "file");
            writeln!(f, "  passed over: {files} outside the folders of a trail")?;
        }
        Ok(())
    }
}
