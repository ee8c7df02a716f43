//! Reads all files on several threads, and puts together what each thread has found.
//!
//! Threads take the next file from a common queue. What a thread finds is joined with what the others have
//! found; as long as joining does not depend on order, neither the number of threads nor their luck shows in
//! the answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use detect::cloudtrail::Record;
use detect::cloudtrail::log_file::LogFileReader;
use integrity::Hashing;

use super::scan::Tally;
use super::scan::progress;
use crate::complaint::Complaint;
use crate::inputs::{Inputs, Meter, Metered, Source};
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// How many records a thread reads before it tells the meter.
const REPORT_EVERY: u64 = 1024;

/// What one thread does with records.
pub(super) trait Gatherer {
    /// What it has to show in the end.
    type Found: Send;

    /// Looks at a record, read in `log_file` if it can be read there again.
    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>);

    /// What came of it.
    fn finish(self) -> Self::Found;
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gathering {
    /// Which records are looked at.
    pub(super) range: TimeRange,
    /// How many threads to use, at most one for each file.
    pub(super) threads: usize,
    /// Whether to show how far it is.
    pub(super) progress: bool,
    /// Whether to note what each file hashes to, for whoever proves that it is as it was delivered.
    pub(super) hashes: bool,
}

impl Gathering {
    /// Of `inputs`, as it is done where nothing is said about threads and progress.
    pub(super) fn usual(range: TimeRange, inputs: &Inputs, terminal: Terminal) -> Self {
        Self {
            range,
            threads: inputs.threads(None),
            progress: terminal.is_watched(),
            hashes: false,
        }
    }

    /// Reads `inputs` to the end, or until the meter says stop; each thread by a gatherer of its own.
    /// Nothing is found where there is nothing to read.
    pub(super) fn read<G: Gatherer>(
        self,
        inputs: &Inputs,
        meter: &Meter,
        gatherer: impl Fn() -> G + Sync,
    ) -> (Tally, Vec<G::Found>) {
        let next = AtomicUsize::new(0);
        let (working, done) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let threads = self.threads.min(inputs.sources.len());
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    let (next, working, gatherer) = (&next, working.clone(), &gatherer);
                    scope.spawn(move || {
                        let _working = working;
                        self.work(&inputs.sources, next, meter, gatherer())
                    })
                })
                .collect();
            drop(working);
            if self.progress {
                progress::watch(meter, inputs.bytes, &done);
            }
            let mut sum = (Tally::default(), Vec::with_capacity(threads));
            for worker in workers {
                let (tally, found) = worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                sum.0.merge(tally);
                sum.1.push(found);
            }
            sum
        })
    }

    /// One thread: file after file, until there are none left.
    fn work<G: Gatherer>(
        self,
        sources: &[Source],
        next: &AtomicUsize,
        meter: &Meter,
        gatherer: G,
    ) -> (Tally, G::Found) {
        let mut worker = Worker {
            reader: LogFileReader::default(),
            gatherer,
            range: self.range,
            hashes: self.hashes,
            meter,
            tally: Tally::default(),
        };
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            if meter.stopped() {
                break;
            }
            worker.read(source);
        }
        (worker.tally, worker.gatherer.finish())
    }
}

/// What a thread keeps from file to file.
struct Worker<'a, G> {
    reader: LogFileReader,
    gatherer: G,
    range: TimeRange,
    hashes: bool,
    meter: &'a Meter,
    tally: Tally,
}

impl<G: Gatherer> Worker<'_, G> {
    fn read(&mut self, source: &Source) {
        let log_file = source.log_file();
        let file = match source.open() {
            Ok(file) => Metered::new(file, self.meter),
            Err(complaint) => return self.tally.refused(&source.to_string(), complaint),
        };
        let mut each = Each {
            gatherer: &mut self.gatherer,
            range: self.range,
            log_file: log_file.as_ref(),
            meter: self.meter,
            seen: 0,
            outside: 0,
        };
        let mut hashing = self.hashes.then(Hashing::default);
        let text = |text: &[u8]| {
            if let Some(hashing) = &mut hashing {
                hashing.take(text);
            }
        };
        let report = self
            .reader
            .read_with_text(file, text, |record| each.record(record));
        let outside = each.finish();
        if let Some(hashing) = hashing.filter(|_| report.problem.is_none())
            && let Some(place) = source.place()
        {
            self.tally.hashes.insert(place, hashing.finish());
        }
        self.tally.add(source, &report, outside);
        if let Some(problem) = report.problem.filter(|_| !self.meter.stopped()) {
            let name = source.to_string();
            let complaint = Complaint::unreadable(&name, problem)
                .help("what stands before this place was judged; fetch the file again");
            self.tally.complaints.insert(name, complaint);
        }
    }
}

/// What happens to each record of one file.
struct Each<'w, G> {
    gatherer: &'w mut G,
    range: TimeRange,
    log_file: Option<&'w Arc<str>>,
    meter: &'w Meter,
    seen: u64,
    outside: u64,
}

impl<G: Gatherer> Each<'_, G> {
    fn record(&mut self, record: &Record<'_>) {
        self.seen += 1;
        if self.seen.is_multiple_of(REPORT_EVERY) {
            self.meter
                .records
                .fetch_add(REPORT_EVERY, Ordering::Relaxed);
        }
        if self.range.contains(record.event_time()) {
            self.gatherer.take(record, self.log_file);
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
