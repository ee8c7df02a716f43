//! Reads all files on several threads, and joins what the rules have found and the observers seen.

use std::path::PathBuf;
use std::sync::Arc;

use baseline::{Journal, Observer};
use detect::cloudtrail::Record;
use detect::{Detector, Screened, Screener};

use super::tally::Tally;
use crate::commands::gather::{Gatherer, Gathering};
use crate::cores::cores;
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter};
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// What all files together hold.
#[derive(Debug, Default)]
pub(in crate::commands) struct Harvest {
    /// What became of the records.
    pub(in crate::commands) tally: Tally,
    /// What the rules found in them.
    pub(in crate::commands) screened: Screened,
    /// What was observed, if that is asked.
    pub(in crate::commands) journal: Journal,
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Reading<'a> {
    /// Judges the records.
    pub(in crate::commands) detector: &'a Detector,
    /// Which records are judged.
    pub(in crate::commands) range: TimeRange,
    /// How many threads to use, at most one for each file.
    pub(in crate::commands) threads: usize,
    /// Whether to show how far it is.
    pub(in crate::commands) progress: bool,
    /// Whether behaviour is observed.
    pub(in crate::commands) observes: bool,
}

impl<'a> Reading<'a> {
    /// Reads everything, on all cores, in silence.
    #[must_use]
    pub(in crate::commands) fn of_all(detector: &'a Detector) -> Self {
        Self {
            detector,
            range: TimeRange::ALL,
            threads: cores(),
            progress: false,
            observes: false,
        }
    }

    /// Reads `inputs` to the end, or until the meter says stop.
    #[must_use]
    pub(in crate::commands) fn read(self, inputs: &Inputs, meter: &Meter) -> Harvest {
        let gathering = Gathering {
            range: self.range,
            threads: self.threads,
            progress: self.progress,
            hashes: false,
        };
        let (tally, found) = gathering.read(inputs, meter, || Judging {
            screener: self.detector.screener(),
            observer: self.observes.then(Observer::default),
        });
        let harvest = Harvest {
            tally,
            ..Harvest::default()
        };
        found.into_iter().fold(harvest, |sum, (screened, journal)| {
            sum.plus(self.detector, screened, journal)
        })
    }
}

/// Reads the log files at `paths`, and tells what could not be read.
pub(in crate::commands) fn read_all(
    reading: Reading<'_>,
    paths: &[PathBuf],
    terminal: Terminal,
) -> (Screened, Exit) {
    let (harvest, exit) = harvest(reading, paths, terminal);
    (harvest.screened, exit)
}

/// Observes what is in the log files at `paths`, and tells what could not be read.
pub(in crate::commands) fn observe_all(
    reading: Reading<'_>,
    paths: &[PathBuf],
    terminal: Terminal,
) -> (Journal, Exit) {
    let reading = Reading {
        observes: true,
        ..reading
    };
    let (harvest, exit) = harvest(reading, paths, terminal);
    (harvest.journal, exit)
}

fn harvest(reading: Reading<'_>, paths: &[PathBuf], terminal: Terminal) -> (Harvest, Exit) {
    let inputs = Inputs::find(paths, None, false);
    terminal.complain_all(&inputs.complaints);
    let harvest = reading.read(&inputs, &Meter::default());
    terminal.complain_all(&harvest.tally.troubles());
    let exit = harvest.tally.exit().max(inputs.exit());
    (harvest, exit)
}

impl Harvest {
    fn plus(mut self, detector: &Detector, screened: Screened, journal: Journal) -> Self {
        detector.join(&mut self.screened, screened);
        match self.journal.entries.is_empty() {
            true => self.journal = journal,
            false => self.journal.merge(&journal),
        }
        self
    }
}

/// Asks the rules, and observes.
struct Judging<'d> {
    screener: Screener<'d>,
    observer: Option<Observer>,
}

impl Gatherer for Judging<'_> {
    type Found = (Screened, Journal);

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file);
        if let Some(observer) = &mut self.observer {
            observer.observe(record, log_file);
        }
    }

    fn finish(mut self) -> Self::Found {
        let journal = self.observer.map(Observer::into_journal);
        (self.screener.take(), journal.unwrap_or_default())
    }
}
