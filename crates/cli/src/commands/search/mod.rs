//! `trailhound search`: the records that a query holds for, or counts of them.

mod args;
mod finds;
mod indexed;
mod print;
mod question;

use std::sync::Arc;
use std::time::Instant;

use detect::language::Language;
use jiff::Timestamp;
use query::Query;
use sigma::FieldPath;

pub use self::args::{Format, LONG, SearchArgs};
use self::finds::{Finds, Searcher, Wanted};
use self::print::{Printer, only};
pub(super) use self::question::address;
use super::gather::Gathering;
use super::met::Met;
use super::scan::WhatWasRead;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter};
use crate::interrupt;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// Searches what `args` name.
///
/// # Errors
/// A [`Complaint`] if the question makes no sense, or the answer could not be written.
pub fn run(args: &SearchArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    if let (Some(sql), Some(index)) = (&args.sql, &args.index) {
        return indexed::sql(args, index, sql, terminal);
    }
    let now = Timestamp::now();
    let question = Question {
        query: question::query(args, now)?,
        range: TimeRange::of(args.since, args.until, now)?,
        wanted: wanted(args),
    };
    question::warn_of_fields(args, &question.query, terminal);
    let output = Output::open(args.output.as_deref(), terminal)?;
    let (finds, exit) = match &args.index {
        Some(index) => indexed::search(args, index, &question, terminal)?,
        None => read(args, &question, terminal),
    };
    let printer = Printer {
        format: args.format,
        fields: &args.fields,
        language,
        width: terminal.width(),
        most: args.most(),
    };
    let whole = output.write(|out| match (&args.unique, args.count_by.is_empty()) {
        (Some(field), _) => printer.unique(&finds, field, out),
        (None, false) => printer.counts(&finds, &args.count_by, out),
        (None, true) => printer.records(&finds, out),
    })?;
    if whole && !terminal.is_quiet() {
        terminal.say(matches(&finds, args));
    }
    Ok(exit)
}

/// What is asked.
struct Question {
    query: Query,
    range: TimeRange,
    wanted: Wanted,
}

fn wanted(args: &SearchArgs) -> Wanted {
    let by: Vec<_> = args.count_by.iter().chain(&args.unique).collect();
    if by.is_empty() {
        return Wanted::Records(args.most());
    }
    Wanted::Counts(by.into_iter().map(|field| FieldPath::new(field)).collect())
}

/// Reads all log files.
fn read(args: &SearchArgs, question: &Question, terminal: Terminal) -> (Finds, Exit) {
    let started = Instant::now();
    let progress = terminal.is_watched() && !args.no_progress;
    let since = args.since.map(|_| question.range.since);
    let inputs = Inputs::find(&args.paths, since, progress);
    terminal.complain_all(&inputs.complaints);
    let meter = Arc::new(Meter::default());
    interrupt::stops(&meter);
    let gathering = Gathering {
        range: question.range,
        threads: inputs.threads(args.threads),
        progress,
        hashes: false,
    };
    let met = Met::default();
    let (tally, found) = gathering.read(&inputs, &meter, || {
        Searcher::new(&question.query, &question.wanted, &met)
    });
    let merge = |sum: Finds, other| sum.merge(other, &question.wanted);
    let finds = found.into_iter().fold(Finds::default(), merge);
    terminal.complain_all(&tally.complaints());
    let exit = match meter.stopped() {
        true => Exit::Interrupted,
        false => tally.exit().max(inputs.exit()),
    };
    if !terminal.is_quiet() {
        let read = WhatWasRead {
            tally,
            strangers: inputs.skipped,
            elapsed: started.elapsed(),
            done: "searched",
        };
        terminal.say(read.to_string().trim_end());
    }
    (finds, exit)
}

/// The last line: how many, from when to when, and how many of them were shown.
fn matches(finds: &Finds, args: &SearchArgs) -> String {
    let Some(seen) = finds.seen else {
        return "Found: nothing".to_owned();
    };
    let (total, what) = match &args.unique {
        Some(_) => (finds.groups.len(), "value"),
        None if !args.count_by.is_empty() => (finds.groups.len(), "group"),
        None => (usize::try_from(seen.count).unwrap_or(usize::MAX), "record"),
    };
    let shown = args.most().map_or(total, |most| most.min(total));
    let mut text = format!(
        "Found: {} from {} to {}",
        things(seen.count, "record"),
        seen.first,
        seen.last
    );
    if what != "record" {
        text += &format!(" in {}", things(total as u64, what));
    }
    if shown < total {
        let which = if what == "record" {
            "the newest"
        } else {
            "the first"
        };
        text += &only(which, shown);
    }
    text
}
