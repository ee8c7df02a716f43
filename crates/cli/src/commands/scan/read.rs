//! Reads all files on several threads, and puts together what each has found.
//!
//! Threads take the next file from a common queue. What a thread finds is merged into what the
//! others have found by operations that do not depend on order, so that neither the number of threads
//! nor their luck shows in the answer.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use baseline::{Journal, Observer};
use detect::cloudtrail::Record;
use detect::cloudtrail::log_file::LogFileReader;
use detect::{Detector, Screened, Screener};

use super::progress;
use super::tally::Tally;
use crate::complaint::Complaint;
use crate::cores::cores;
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter, Metered, Source};
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// How many records a thread reads before it tells the meter.
const REPORT_EVERY: u64 = 1024;

/// What all files together hold.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    /// What became of the records.
    pub(super) tally: Tally,
    /// What the rules found in them.
    pub(super) screened: Screened,
    /// What was observed, if that is asked.
    pub(super) journal: Journal,
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Reading<'a> {
    /// Judges the records.
    pub(super) detector: &'a Detector,
    /// Which records are judged.
    pub(super) range: TimeRange,
    /// How many threads to use, at most one for each file.
    pub(super) threads: usize,
    /// Whether to show how far it is.
    pub(super) progress: bool,
    /// Whether behaviour is observed.
    pub(super) observes: bool,
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
    pub(super) fn read(self, inputs: &Inputs, meter: &Meter) -> Harvest {
        let next = AtomicUsize::new(0);
        let (working, done) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let threads = self.threads.min(inputs.sources.len());
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    let (next, working) = (&next, working.clone());
                    scope.spawn(move || {
                        let _working = working;
                        self.work(&inputs.sources, next, meter)
                    })
                })
                .collect();
            drop(working);
            if self.progress {
                progress::watch(meter, inputs.bytes, &done);
            }
            workers.into_iter().fold(Harvest::default(), |sum, worker| {
                sum.plus(
                    self.detector,
                    worker
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                )
            })
        })
    }

    /// One thread: file after file, until there are none left.
    fn work(self, sources: &[Source], next: &AtomicUsize, meter: &Meter) -> Harvest {
        let mut worker = Worker {
            reader: LogFileReader::default(),
            screener: self.detector.screener(),
            range: self.range,
            meter,
            harvest: Harvest::default(),
            observer: self.observes.then(Observer::default),
        };
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            if meter.stopped() {
                break;
            }
            worker.read(source);
        }
        let journal = worker.observer.map(Observer::into_journal);
        Harvest {
            journal: journal.unwrap_or_default(),
            ..worker.harvest
        }
    }
}

/// Reads the log files at `paths`, and tells what could not be read.
pub(in crate::commands) fn read_all(
    reading: Reading<'_>,
    paths: &[PathBuf],
    terminal: Terminal,
) -> (Screened, Exit) {
    let inputs = Inputs::find(paths, None, false);
    terminal.complain_all(&inputs.complaints);
    let Harvest {
        tally, screened, ..
    } = reading.read(&inputs, &Meter::default());
    terminal.complain_all(&tally.complaints());
    let whole = tally.is_whole() && inputs.complaints.is_empty();
    let exit = if whole { Exit::Quiet } else { Exit::Unreadable };
    (screened, exit)
}

/// Observes what is in the log files at `paths`, and tells what could not be read.
pub(in crate::commands) fn observe_all(
    reading: Reading<'_>,
    paths: &[PathBuf],
    terminal: Terminal,
) -> (Journal, Exit) {
    let inputs = Inputs::find(paths, None, false);
    terminal.complain_all(&inputs.complaints);
    let reading = Reading {
        observes: true,
        ..reading
    };
    let Harvest { tally, journal, .. } = reading.read(&inputs, &Meter::default());
    terminal.complain_all(&tally.complaints());
    let whole = tally.is_whole() && inputs.complaints.is_empty();
    let exit = if whole { Exit::Quiet } else { Exit::Unreadable };
    (journal, exit)
}

impl Harvest {
    fn plus(mut self, detector: &Detector, other: Self) -> Self {
        self.tally.merge(other.tally);
        detector.join(&mut self.screened, other.screened);
        match self.journal.entries.is_empty() {
            true => self.journal = other.journal,
            false => self.journal.merge(&other.journal),
        }
        self
    }
}

/// What a thread keeps from file to file.
struct Worker<'a> {
    reader: LogFileReader,
    screener: Screener<'a>,
    range: TimeRange,
    meter: &'a Meter,
    harvest: Harvest,
    observer: Option<Observer>,
}

impl Worker<'_> {
    fn read(&mut self, source: &Source) {
        let name = source.to_string();
        let log_file = source.log_file();
        let tally = &mut self.harvest.tally;
        let file = match source.open() {
            Ok(file) => Metered::new(file, self.meter),
            Err(complaint) => return tally.refused(&name, complaint),
        };
        let mut each = Each {
            screener: &mut self.screener,
            screened: &mut self.harvest.screened,
            observer: self.observer.as_mut(),
            range: self.range,
            log_file: log_file.as_ref(),
            meter: self.meter,
            seen: 0,
            outside: 0,
        };
        let report = self.reader.read(file, |record| each.record(record));
        let outside = each.finish();
        tally.add(&name, &report, outside);
        if let Some(problem) = report.problem.filter(|_| !self.meter.stopped()) {
            let complaint = Complaint::unreadable(&name, problem)
                .help("what stands before this place was judged; fetch the file again");
            tally.complaints.insert(name, complaint);
        }
    }
}

/// What happens to each record of one file.
struct Each<'w, 'd> {
    screener: &'w mut Screener<'d>,
    screened: &'w mut Screened,
    observer: Option<&'w mut Observer>,
    range: TimeRange,
    log_file: Option<&'w Arc<str>>,
    meter: &'w Meter,
    seen: u64,
    outside: u64,
}

impl Each<'_, '_> {
    fn record(&mut self, record: &Record<'_>) {
        self.seen += 1;
        if self.seen.is_multiple_of(REPORT_EVERY) {
            self.meter
                .records
                .fetch_add(REPORT_EVERY, Ordering::Relaxed);
        }
        if self.range.contains(record.event_time()) {
            self.screener.screen(record, self.log_file, self.screened);
            if let Some(observer) = &mut self.observer {
                observer.observe(record, self.log_file);
            }
        } else {
            self.outside += 1;
        }
    }

    /// Tells the meter of the last records; returns how many lay outside the range.
    fn finish(self) -> u64 {
        self.meter
            .records
            .fetch_add(self.seen % REPORT_EVERY, Ordering::Relaxed);
        self.outside
    }
}
