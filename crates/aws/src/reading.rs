//! One log file, judged record by record while it arrives.
//!
//! The rules are asked on a thread of their own, fed by a short queue of chunks: what is in memory is
//! the queue and the reader's window, however large the object is. When time runs out the reader stops
//! between two records and says how far it came; the next invocation goes on there.
//!
//! Invariant: everything read is judged, skipped or failed, and of the invocations that share an object
//! each counts its own part.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use baseline::{Journal, Observer};
use detect::activity::Activity;
use detect::cloudtrail::log_file::{FileReport, LogFileReader};
use detect::cloudtrail::{NotARecord, Record};
use detect::{Detector, Screened, Screener};
use jiff::Timestamp;
use pipeline::ledger::Traffic;
use pipeline::ports::{AlertSink, StateStore};
use pipeline::{Pipeline, PipelineError};
use watch::reconcile::{self, Door, Rate, Seen};

use crate::deadline::Deadline;
use crate::metrics::Tally;
use crate::own::Own;
use crate::trigger::Progress;
use crate::words::chain;

/// How many records are judged between two looks at the clock.
const LOOK_EVERY: u64 = 256;

/// What an invocation found in a log file, or in its part of one.
#[derive(Debug)]
pub struct Part {
    /// What the rules found.
    pub screened: Screened,
    /// What was done that mails may tell later.
    pub activity: Activity,
    /// What was observed of who does what, if that is wanted.
    pub journal: Journal,
    /// What of it is compared with what the other door has seen.
    pub seen: Seen,
    /// What is wrong with the file, if anything.
    pub report: FileReport,
    /// How far it was read, if it was not read to its end for want of time.
    pub stopped: Option<Progress>,
    /// What was read in this part.
    pub counts: Counts,
}

/// Everything read, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects that were read, counted where they are read. It is the sum of the others, and counted apart
    /// from them so that it shows if one is lost on the way.
    pub read: u64,
    /// Records judged.
    pub judged: u64,
    /// What was not, by the reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Records that could not be read.
    pub failed: u64,
}

impl Counts {
    /// Whether each object read is judged, skipped or failed.
    #[must_use]
    pub fn add_up(&self) -> bool {
        self.read == self.judged + self.skipped.values().sum::<u64>() + self.failed
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.judged += other.judged;
        self.failed += other.failed;
        for (reason, count) in &other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
    }
}

/// Judges log file after log file.
pub struct Judge {
    reader: LogFileReader,
    screener: Screener<'static>,
    own: Option<Own>,
    observes: bool,
    rate: Rate,
}

impl Judge {
    /// Judges by the rules of `detector`, but not what we do ourselves.
    #[must_use]
    pub fn new(detector: &'static Detector, own: Option<Own>) -> Self {
        Self {
            reader: LogFileReader::default(),
            screener: detector.screener(),
            own,
            observes: false,
            rate: Rate::default(),
        }
    }

    /// The same, and notes such a share of what both doors should see.
    #[must_use]
    pub fn sampling(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    /// The same, and observes who does what.
    #[must_use]
    pub fn observing(self) -> Self {
        Self {
            observes: true,
            ..self
        }
    }

    /// Judges the records of `file` that come after those already `done`, until time is over.
    pub fn read(
        &mut self,
        name: Option<&Arc<str>>,
        file: impl Read,
        done: Progress,
        deadline: Deadline,
    ) -> Part {
        let stop = Cell::new(false);
        let mut each = Each {
            screener: &mut self.screener,
            own: self.own.as_ref(),
            name,
            done,
            deadline,
            stop: &stop,
            seen: 0,
            own_calls: 0,
            activity: Activity::default(),
            observer: self.observes.then(Observer::default),
            rate: self.rate,
            sampled: Seen::default(),
        };
        let file = Stopping { file, stop: &stop };
        let report = self.reader.read(file, |record| each.record(record));
        let skipped = report.skipped.values().sum();
        let screened = each.screener.take();
        let progress = Progress {
            records: each.seen.max(done.records),
            skipped,
            failed: report.failed,
        };
        let mut counts = Counts {
            read: progress.all().saturating_sub(done.all()),
            judged: screened.judged,
            failed: report.failed.saturating_sub(done.failed),
            ..Counts::default()
        };
        // How many an earlier part has counted is known, but not of which kind; the sum is right.
        let mut counted = done.skipped;
        for (reason, count) in &report.skipped {
            let here = count.saturating_sub(counted);
            counted = counted.saturating_sub(*count);
            *counts.skipped.entry(reason_of(*reason)).or_default() += here;
        }
        if each.own_calls > 0 {
            counts.skipped.insert("OwnCall", each.own_calls);
        }
        counts.skipped.retain(|_, count| *count > 0);
        Part {
            screened,
            activity: each.activity,
            journal: each
                .observer
                .map(Observer::into_journal)
                .unwrap_or_default(),
            seen: each.sampled,
            stopped: stop.get().then_some(progress),
            counts,
            report,
        }
    }
}

/// Remembers what was done, for mails: before what was found is settled, so that the first mail knows it.
///
/// If it cannot be remembered, mails say less; nothing else depends on it.
pub(crate) async fn remember<S: StateStore, A: AlertSink>(
    pipeline: &Pipeline<S, A>,
    activity: Activity,
    tally: &mut Tally,
) {
    match pipeline.remember(activity).await {
        Ok(writes) => tally.remembered(writes),
        Err(error) => tracing::warn!(error = chain(&error), "activity is not remembered"),
    }
}

/// Counts for the summary of the day what is done with; if it cannot be counted, the summary says less.
pub(crate) async fn count<S: StateStore, A: AlertSink>(
    pipeline: &Pipeline<S, A>,
    traffic: &Traffic,
    tally: &mut Tally,
) {
    match pipeline.count(Timestamp::now(), traffic).await {
        Ok(writes) => tally.remembered(writes),
        Err(error) => tracing::warn!(error = chain(&error), "log files are not counted"),
    }
}

/// Notes what was seen, for the comparison with what the other door sees.
///
/// If the state fails, it comes again with the batch, for what is not noted here is missed there. If others are
/// quicker each time it is left out: that is no reason to judge a batch again.
pub(crate) async fn note<S: StateStore, A: AlertSink>(
    pipeline: &Pipeline<S, A>,
    door: Door,
    seen: &Seen,
    tally: &mut Tally,
) -> Result<(), PipelineError> {
    match reconcile::note(pipeline.states(), door, seen).await {
        Ok(writes) => tally.remembered(writes),
        Err(error @ PipelineError::Contended(_)) => {
            tracing::warn!(error = chain(&error), "a sample is left out");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn reason_of(reason: NotARecord) -> &'static str {
    match reason {
        NotARecord::Digest => "Digest",
        NotARecord::S3Notification => "S3Notification",
        NotARecord::Without(_) | NotARecord::Time => "NotARecord",
    }
}

/// Takes the records as they come.
struct Each<'a> {
    screener: &'a mut Screener<'static>,
    own: Option<&'a Own>,
    name: Option<&'a Arc<str>>,
    done: Progress,
    deadline: Deadline,
    stop: &'a Cell<bool>,
    seen: u64,
    own_calls: u64,
    activity: Activity,
    observer: Option<Observer>,
    rate: Rate,
    sampled: Seen,
}

impl Each<'_> {
    fn record(&mut self, record: &Record<'_>) {
        if self.stop.get() {
            return;
        }
        let here = self.seen.saturating_sub(self.done.records);
        // Something is done in every part, or a large object would never end.
        if here > 0 && here.is_multiple_of(LOOK_EVERY) && self.deadline.is_over() {
            self.stop.set(true);
            return;
        }
        self.seen += 1;
        if self.seen <= self.done.records {
            return;
        }
        if self.own.is_some_and(|own| own.calls(record)) {
            self.own_calls += 1;
            return;
        }
        self.activity.add(record);
        self.sampled.see(self.rate, record);
        self.screener.screen(record, self.name);
        if let Some(observer) = &mut self.observer {
            observer.observe(record, self.name);
        }
    }
}

/// A file that ends in an error once it is time to stop.
struct Stopping<'s, R> {
    file: R,
    stop: &'s Cell<bool>,
}

impl<R: Read> Read for Stopping<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.get() {
            // Not `Interrupted`, which readers take as a call to try again.
            return Err(io::Error::other("out of time"));
        }
        self.file.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::time::Duration;

    use super::*;

    static DETECTOR: LazyLock<Detector> = LazyLock::new(|| crate::rules::built_in(None).0);

    /// Big enough to be streamed, so that reading can stop in the middle.
    fn large() -> Vec<u8> {
        let line = format!(
            "{{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\",\
             \"eventTime\":\"2026-11-22T14:02:11Z\",\"requestParameters\":\"{}\"}}\n",
            "x".repeat(1_000)
        );
        let mut text = line.repeat(8_000);
        text.push_str("{}\n{\"eventSource\":1\n");
        text.into_bytes()
    }

    #[test]
    fn an_object_is_read_in_parts_that_add_up_to_the_whole() {
        let file = large();
        let mut judge = Judge::new(&DETECTOR, None);
        let plenty = Deadline::within(Duration::from_secs(600));
        let whole = judge.read(None, &*file, Progress::default(), plenty);
        assert!(whole.stopped.is_none());
        assert_eq!(whole.counts.judged, 8_000);

        let (mut done, mut sum, mut parts) = (Progress::default(), Counts::default(), 0);
        loop {
            let now = Deadline::within(Duration::ZERO);
            let part = judge.read(None, &*file, done, now);
            sum.add(&part.counts);
            parts += 1;
            match part.stopped {
                Some(progress) => {
                    assert!(progress.records > done.records, "no progress");
                    done = progress;
                }
                None => break,
            }
        }
        assert!(parts > 10, "{parts}");
        assert_eq!(sum, whole.counts);
        assert_eq!(sum.read, 8_002);
        assert!(sum.add_up(), "{sum:?}");
    }

    #[test]
    fn a_small_object_is_read_to_its_end_whatever_the_clock_says() {
        let file = br#"{"Records":[{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z"}]}"#;
        let now = Deadline::within(Duration::ZERO);
        let part = Judge::new(&DETECTOR, None).read(None, &file[..], Progress::default(), now);
        assert_eq!((part.counts.read, part.stopped), (1, None));
    }
}
