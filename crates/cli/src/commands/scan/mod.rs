//! `trailhound scan`: log files in, alerts out.
//!
//! Arguments become a [`Plan`], whose [`Reading`] gives a [`Harvest`]; the pipeline
//! settles what of it is new, and [`Printer`] writes that.

mod args;
mod plan;
mod printer;
pub(super) mod progress;
mod read;
mod summary;
mod tally;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use detect::language::Language;
use detect::{Detector, Screened};
use pipeline::memory::NoState;
use pipeline::{Pipeline, Settled};

pub(super) use self::args::exclusion;
pub(crate) use self::args::level;
pub use self::args::{Format, LONG, ScanArgs};
pub(super) use self::plan::Choice;
use self::plan::Plan;
use self::printer::Printer;
pub(super) use self::read::{Harvest, Reading, observe_all, read_all};
use self::summary::Summary;
pub(super) use self::summary::WhatWasRead;
pub(super) use self::tally::Tally;

use crate::complaint::{Complaint, chain};
use crate::exit::Exit;
use crate::inputs::Meter;
use crate::interrupt;
use crate::ready::ready;
use crate::state_file::StateFile;
use crate::terminal::Terminal;

/// Scans what `args` name.
///
/// # Errors
/// A [`Complaint`] if nothing could be done at all, or the answer could not be written.
pub fn run(args: &ScanArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let started = Instant::now();
    let mut plan = Plan::of(args, language, terminal)?;
    let meter = Arc::new(Meter::default());
    interrupt::stops(&meter);
    let reading = Reading {
        detector: &plan.detector,
        range: plan.range,
        threads: plan.threads,
        progress: plan.progress,
        observes: plan.habits.is_some(),
    };
    let Harvest {
        tally,
        mut screened,
        journal,
    } = reading.read(&plan.inputs, &meter);
    let lesson = plan
        .habits
        .as_mut()
        .map(|habits| habits.judge(&journal, plan.level, &mut screened));
    let suppressed = screened.suppressed.clone();
    let below = screened.below.clone();
    let forgotten = screened.windows.forgotten();
    let printer = Printer::new(plan.output, plan.format, plan.language, terminal);
    let settled = settle(&plan.detector, plan.state, printer, screened);
    terminal.complain_all(&tally.complaints());
    let (settled, printer) = settled?;

    let interrupted = meter.stopped();
    if let Some(habits) = plan.habits.filter(|_| !interrupted && !printer.is_cut()) {
        habits.save()?;
    }
    let worst = printer.told().keys().chain(below.keys()).max();
    let exits = [
        plan.exit,
        tally.exit(),
        when(
            plan.fail_on.is_some_and(|floor| worst >= Some(&floor)),
            Exit::Alerts,
        ),
        when(interrupted, Exit::Interrupted),
    ];
    if !terminal.is_quiet() && !printer.is_cut() {
        let summary = Summary {
            read: WhatWasRead {
                tally,
                strangers: plan.inputs.skipped,
                elapsed: started.elapsed(),
                done: "judged",
            },
            alerts: printer.told().clone(),
            folded: printer.folded(),
            copies: printer.copies(),
            below: below.values().sum(),
            known: settled.known as u64,
            suppressed,
            forgotten,
            lesson,
            interrupted,
        };
        // Nobody listens if this fails.
        let _ = write!(terminal.err(), "{summary}");
    }
    Ok(exits.into_iter().max().unwrap_or_default())
}

fn when(met: bool, exit: Exit) -> Exit {
    if met { exit } else { Exit::Quiet }
}

/// Walks the rest of the road: remembered, printed, saved.
fn settle(
    detector: &Detector,
    state: Option<StateFile>,
    printer: Printer,
    screened: Screened,
) -> Result<(Settled, Printer), Complaint> {
    match state {
        Some(state) => {
            let mut pipeline = Pipeline::new(state, printer);
            let settled = ready(pipeline.settle(detector, screened));
            finish(settled, pipeline.into_parts().1)
        }
        None => {
            let mut pipeline = Pipeline::new(NoState, printer);
            let settled = ready(pipeline.settle(detector, screened));
            finish(settled, pipeline.into_parts().1)
        }
    }
}

fn finish(
    settled: Result<Settled, pipeline::PipelineError>,
    mut printer: Printer,
) -> Result<(Settled, Printer), Complaint> {
    match (settled, printer.take_complaint()) {
        (_, Some(complaint)) => Err(complaint),
        (Ok(settled), None) => Ok((settled, printer)),
        // Whoever read on has had enough: no alert is lost, for nothing was saved.
        (Err(_), None) if printer.is_cut() => Ok((Settled::default(), printer)),
        (Err(error), None) => Err(Complaint::bad_rule("--state", chain(&error))),
    }
}
