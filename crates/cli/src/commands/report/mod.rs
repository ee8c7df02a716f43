//! `trailhound report`: log files in, one HTML file out.
//!
//! One reading judges the records and counts them; a second one, of the few files that findings name, brings
//! the records that decided. What is drawn, and how, is the matter of the crate `report`.

mod args;
mod assemble;
mod checks;
mod completeness;
mod evidence;
mod stats;

use std::sync::Arc;
use std::time::Instant;

use detect::alert::Alert;
use detect::cloudtrail::Record;
use detect::cloudtrail::kind::Neighbour;
use detect::language::Language;
use detect::{Detector, Screened, Screener};
use jiff::Timestamp;
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, NoState};

pub use self::args::{LONG, ReportArgs};
use self::assemble::Material;
use self::completeness::Completeness;
pub(super) use self::evidence::visible;
use self::stats::Stats;
use super::gather::{Gatherer, Gathering};
use super::met::Met;
use super::scan::{Choice, Tally, WhatWasRead};
use super::verify::{self, Question};
use crate::complaint::{Complaint, chain};
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter, Stranger};
use crate::interrupt;
use crate::numbers::{bytes, count, things};
use crate::output::Output;
use crate::ready::ready;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// Reports on what `args` name.
///
/// # Errors
/// A [`Complaint`] if nothing could be done at all, or the report could not be written.
pub fn run(args: &ReportArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let started = Instant::now();
    let now = Timestamp::now();
    let range = TimeRange::of(args.since, args.until, now)?;
    let choice = Choice {
        rules: &args.rules,
        exclude: &args.exclude,
        ..Choice::default()
    };
    let output = Output::open(Some(&args.output), terminal)?;
    let (detector, rules_exit) = choice.detector(now, terminal)?;
    let detector = detector.from_level(args.level);
    let progress = terminal.is_watched() && !args.no_progress;
    let inputs = Inputs::find(&args.paths, args.since.map(|_| range.since), progress);
    terminal.complain_all(&inputs.complaints);
    let meter = Arc::new(Meter::default());
    interrupt::stops(&meter);
    let has_digests = has_digests(&inputs);
    let gathering = Gathering {
        range,
        threads: inputs.threads(args.threads),
        progress,
        hashes: has_digests && !verify::wide(&args.paths).is_empty(),
    };
    let mut read = read(gathering, &inputs, &meter, &detector);
    terminal.complain_all(&read.tally.complaints());
    let known = std::mem::take(&mut read.tally.hashes);
    let (completeness, unproven) = match has_digests {
        false => (Completeness::NoDigests, Vec::new()),
        true => {
            let question = Question {
                paths: &args.paths,
                keys: &args.keys,
                fetch_keys: args.fetch_keys,
                since: args.since,
                until: args.until,
                threads: gathering.threads,
                known,
                meter: Arc::clone(&meter),
            };
            let (answer, complaints) = question.answer()?;
            (Completeness::of(answer.as_ref(), &read.stats), complaints)
        }
    };
    terminal.complain_all(&unproven);
    let mut alerts = settle(&detector, read.screened)?;
    // As a scan tells them.
    detect::incident::fold(&mut alerts);
    detect::copies::fold(&mut alerts);
    assemble::sort(&mut alerts);
    let most = match args.limit {
        0 => usize::MAX,
        limit => limit,
    };
    let listed = alerts.len().min(most);
    let records = evidence::fetch(&alerts[..listed], gathering);
    let report = Material {
        title: args.title.clone().unwrap_or_else(|| title(args)),
        language,
        now: args.made.unwrap_or(now),
        detector: &detector,
        stats: &read.stats,
        tally: &read.tally,
        completeness: &completeness,
        alerts: &alerts,
        most,
        records: &records,
    }
    .report();
    let page = ::report::html(&report);
    let written = output.write(|out| out.write_all(page.as_bytes()))?;
    let read_exit = match meter.stopped() {
        true => Exit::Interrupted,
        false => unproven
            .iter()
            .map(Complaint::exit)
            .fold(read.tally.exit().max(inputs.exit()), Exit::max),
    };
    if written && !terminal.is_quiet() {
        let summary = WhatWasRead {
            tally: read.tally,
            strangers: inputs.skipped,
            elapsed: started.elapsed(),
            done: "judged",
        };
        terminal.say(summary.to_string().trim_end());
        let part = match listed < alerts.len() {
            true => format!(", {} of them listed", count(listed as u64)),
            false => String::new(),
        };
        terminal.say(format_args!(
            "Wrote {} with {}{part}, {}",
            args.output.display(),
            things(alerts.len() as u64, "finding"),
            bytes(page.len() as u64)
        ));
    }
    Ok(rules_exit.max(read_exit))
}

/// Whether something was found by which days can be proven.
fn has_digests(inputs: &Inputs) -> bool {
    let digest = Stranger::Neighbour(Neighbour::Digest);
    inputs.skipped.contains_key(&digest)
}

/// What the report is called where nothing is said: what was read.
fn title(args: &ReportArgs) -> String {
    let names: Vec<_> = args
        .paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// What came of reading.
struct Read {
    tally: Tally,
    screened: Screened,
    stats: Stats,
}

fn read(gathering: Gathering, inputs: &Inputs, meter: &Meter, detector: &Detector) -> Read {
    let met = Met::default();
    let (tally, found) = gathering.read(inputs, meter, || Watching {
        screener: detector.screener(),
        stats: Stats::default(),
        met: &met,
    });
    let mut read = Read {
        tally,
        screened: Screened::default(),
        stats: Stats::default(),
    };
    for (screened, stats) in found {
        detector.join(&mut read.screened, screened);
        read.stats.merge(stats);
    }
    read
}

/// All alerts, as a scan without a state would tell them.
///
/// # Errors
/// A [`Complaint`] if they cannot be settled.
pub(in crate::commands) fn settle(
    detector: &Detector,
    screened: Screened,
) -> Result<Vec<Alert>, Complaint> {
    let mut pipeline = Pipeline::new(NoState, MemorySink::default());
    ready(pipeline.settle(detector, screened))
        .map_err(|error| Complaint::bad_rule("the alerts", chain(&error)))?;
    Ok(pipeline.into_parts().1.alerts)
}

/// One thread, which judges and counts.
struct Watching<'a> {
    screener: Screener<'a>,
    stats: Stats,
    met: &'a Met,
}

impl Gatherer for Watching<'_> {
    type Found = (Screened, Stats);

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file);
        if self.met.is_new(super::met::event_hash(record)) {
            self.stats.add(record);
        }
    }

    fn finish(mut self) -> Self::Found {
        (self.screener.take(), self.stats)
    }
}
