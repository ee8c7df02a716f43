//! The walk of one record, from compressed bytes to an alert, and the law of the road.
//!
//! **A second visit changes nothing.** The same records may come in any order, in any batches, by
//! several screeners, more than once, and with crashes on the way: the last alert published under each
//! id is that of one clean pass.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use detect::alert::{Alert, AlertId};
use detect::cloudtrail::LogFileReader;
use detect::{Detector, Screened};
use jiff::Timestamp;
use pipeline::memory::{MemorySink, MemoryState};
use pipeline::ports::{AlertSink, Change, Kept, SinkError, StateError, StateKey, StateStore};
use pipeline::{Pipeline, PipelineError, Settled};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use simulate::{Scenario, gzip, simulate};

use crate::corpus::Rules;
use crate::now;

/// Without correlations that wait: what did not follow is known only once all has been read.
static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(Rules::ours().load()).0.without_waiting());

/// A log file as the bucket has it.
#[derive(Debug, Clone)]
struct LogFile {
    path: String,
    bytes: Vec<u8>,
}

/// What a screener finds in `files`, one after the other.
fn screen<'f>(files: impl IntoIterator<Item = &'f LogFile>) -> Screened {
    let mut reader = LogFileReader::default();
    let mut screener = DETECTOR.screener();
    for file in files {
        let path = file.path.as_str().into();
        let report = reader.read(&*file.bytes, |record| {
            screener.screen(record, Some(&path));
        });
        assert!(report.problem.is_none() && report.failed == 0, "{report:?}");
    }
    screener.take()
}

#[test]
fn a_record_walks_from_the_bucket_to_an_alert() {
    let story = simulate::stories()
        .into_iter()
        .find(|story| story.id == "trail-blinded")
        .unwrap();
    let start: Timestamp = "2026-11-22T14:02:11Z".parse().unwrap();
    let file = LogFile {
        path: "s3://trail/AWSLogs/1.json.gz".to_owned(),
        bytes: gzip(&story.log_file(start)),
    };

    // A log file is read record by record, and every record is asked for by every rule.
    let screened = screen([&file]);
    assert_eq!(screened.judged, story.records(start).len() as u64);

    // What was found is settled with what is remembered, and published.
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    let settled = now(pipeline.settle(&DETECTOR, screened.clone())).unwrap();
    let (state, sink) = pipeline.into_parts();
    assert!(settled.published > 0 && settled.known == 0);
    assert_eq!(sink.alerts.len(), settled.published);

    let stopped = sink
        .alerts
        .iter()
        .find(|alert| &*alert.events[0].event_name == "StopLogging")
        .expect("an alert about the trail that was stopped");
    assert!(stopped.level >= sigma::Level::High);
    assert_eq!(stopped.events[0].log_file.as_deref(), Some(&*file.path));
    assert!(stopped.summary.en.contains("StopLogging") || stopped.summary.en.contains("trail"));
    assert!(!stopped.why.is_empty() && !stopped.response.is_empty());

    // The same file again is nothing new.
    let mut pipeline = Pipeline::new(state, MemorySink::default());
    let again = now(pipeline.settle(&DETECTOR, screened)).unwrap();
    assert_eq!((again.published, again.known), (0, settled.published));
    assert!(pipeline.into_parts().1.alerts.is_empty());
}

/// Files in which something happens, one in which nothing does, and some that hold records of others.
static FILES: LazyLock<Vec<LogFile>> = LazyLock::new(|| {
    let scenario = Scenario {
        days: 2,
        records: Some(2_000),
        ..Scenario::default()
    };
    let all: Vec<_> = simulate(&scenario)
        .filter(|file| file.records > 0)
        .collect();
    let mut files: Vec<LogFile> = all
        .iter()
        .map(|file| LogFile {
            path: file.path.clone(),
            bytes: gzip(&file.body),
        })
        .filter(|file| !screen([file]).cases.is_empty())
        .collect();
    // CloudTrail delivers some records a second time, in another file.
    for number in (0..files.len()).step_by(3) {
        let twin = files[number].clone();
        files.push(LogFile {
            path: format!("{}-again", twin.path),
            ..twin
        });
    }
    assert!(files.len() > 20, "{} files", files.len());
    files
});

/// The last alert that was published under each id.
fn standing(sink: MemorySink) -> BTreeMap<AlertId, Alert> {
    let alerts = sink.alerts.into_iter();
    alerts.map(|alert| (alert.id, alert)).collect()
}

/// What one clean pass over all files publishes.
static CLEAN: LazyLock<BTreeMap<AlertId, Alert>> = LazyLock::new(|| {
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    now(pipeline.settle(&DETECTOR, screen(&*FILES))).unwrap();
    let alerts = standing(pipeline.into_parts().1);
    let shared = alerts.values().filter(|alert| alert.event_count > 1);
    assert!(alerts.len() > 20 && shared.count() > 3);
    alerts
});

/// Fails the calls that it is told to fail.
#[derive(Debug, Default)]
struct Faults(Vec<bool>);

impl Faults {
    fn strikes(&mut self) -> bool {
        self.0.pop().unwrap_or(false)
    }
}

/// A state that now and then cannot be read or written.
#[derive(Debug)]
struct ShakyState {
    state: MemoryState,
    faults: RefCell<Faults>,
    /// Of saves alone.
    saves: RefCell<Faults>,
}

fn shaken(action: &'static str) -> StateError {
    StateError {
        place: "a shaky place".to_owned(),
        action,
        cause: "it shook".into(),
    }
}

impl StateStore for ShakyState {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        let strikes = self.faults.borrow_mut().strikes();
        match strikes {
            true => Err(shaken("read")),
            false => self.state.load(keys).await,
        }
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        let strikes = self.faults.borrow_mut().strikes() | self.saves.borrow_mut().strikes();
        match strikes {
            true => Err(shaken("written")),
            false => self.state.save(changes).await,
        }
    }
}

/// A sink that now and then fails when half of the alerts are through.
#[derive(Debug)]
struct ShakySink {
    sink: MemorySink,
    faults: Faults,
}

impl AlertSink for ShakySink {
    async fn publish(&mut self, mut alerts: Vec<Alert>) -> Result<(), SinkError> {
        let strikes = self.faults.strikes();
        if strikes {
            alerts.truncate(alerts.len() / 2);
        }
        self.sink.publish(alerts).await?;
        match strikes {
            true => Err(SinkError {
                place: "a shaky place".to_owned(),
                cause: "it shook".into(),
            }),
            false => Ok(()),
        }
    }
}

/// Sends a batch again until it arrives, as a queue does.
fn insist(pipeline: &mut Pipeline<ShakyState, ShakySink>, batch: &Screened) -> Settled {
    let settle = |_| -> Option<Result<Settled, PipelineError>> {
        Some(now(pipeline.settle(&DETECTOR, batch.clone())))
    };
    let mut attempts = (0..100).filter_map(settle);
    attempts.find_map(Result::ok).expect("faults run out")
}

/// What `visits` to the files publish, `batch` files at a time, each batch shared by screeners.
fn published(
    visits: &[Index],
    batch: usize,
    screeners: usize,
    mirrored: bool,
    faults: (Vec<bool>, Vec<bool>),
) -> BTreeMap<AlertId, Alert> {
    // Every file is visited once at least: first as told, then in order.
    let told = visits.iter().map(|visit| visit.get(&FILES));
    let order: Vec<&LogFile> = told.chain(&*FILES).collect();
    let mut pipeline = Pipeline::new(
        ShakyState {
            state: MemoryState::default(),
            faults: Faults(faults.0).into(),
            saves: RefCell::default(),
        },
        ShakySink {
            sink: MemorySink::default(),
            faults: Faults(faults.1),
        },
    );
    for files in order.chunks(batch) {
        let share = files.len().div_ceil(screeners);
        let mut parts: Vec<_> = files
            .chunks(share)
            .map(|share| screen(share.iter().copied()))
            .collect();
        if mirrored {
            parts.reverse();
        }
        let mut whole = Screened::default();
        for part in parts {
            DETECTOR.join(&mut whole, part);
        }
        insist(&mut pipeline, &whole);
    }
    standing(pipeline.into_parts().1.sink)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_second_visit_changes_nothing(
        visits in vec(any::<Index>(), 0..60),
        batch in 1_usize..40,
        screeners in 1_usize..5,
        mirrored: bool,
        state_faults in vec(any::<bool>(), 0..12),
        sink_faults in vec(any::<bool>(), 0..12),
    ) {
        let alerts = published(&visits, batch, screeners, mirrored, (state_faults, sink_faults));
        prop_assert_eq!(alerts.keys().collect::<Vec<_>>(), CLEAN.keys().collect::<Vec<_>>());
        for (id, alert) in &*CLEAN {
            prop_assert_eq!(&alerts[id], alert);
        }
    }
}

#[test]
fn a_crash_between_publishing_and_saving_repeats_an_alert_and_loses_none() {
    let mut pipeline = Pipeline::new(
        ShakyState {
            state: MemoryState::default(),
            faults: RefCell::default(),
            saves: Faults(vec![true]).into(),
        },
        MemorySink::default(),
    );
    let found = screen(&*FILES);
    let error = now(pipeline.settle(&DETECTOR, found.clone())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state a shaky place cannot be written"
    );
    let again = now(pipeline.settle(&DETECTOR, found)).unwrap();
    let (_, sink) = pipeline.into_parts();
    assert_eq!(again.published, CLEAN.len(), "nothing was remembered");
    assert_eq!(sink.alerts.len(), 2 * CLEAN.len());
    assert_eq!(standing(sink), *CLEAN);
}

/// A state that others are always quicker to write, so many times.
#[derive(Debug, Default)]
struct HotState {
    state: MemoryState,
    late: Cell<u32>,
    pauses: RefCell<Vec<u32>>,
}

impl StateStore for HotState {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.state.load(keys).await
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        let Some(late) = self.late.get().checked_sub(1) else {
            return self.state.save(changes).await;
        };
        self.late.set(late);
        Ok(changes.into_iter().map(|change| change.key).collect())
    }

    async fn pause(&self, attempt: u32) {
        self.pauses.borrow_mut().push(attempt);
    }
}

#[test]
fn whoever_is_always_late_gives_up_after_ten_tries_and_nothing_is_lost() {
    let hot = HotState {
        late: Cell::new(12),
        ..HotState::default()
    };
    let mut pipeline = Pipeline::new(hot, MemorySink::default());
    let found = screen(&*FILES);
    let error = now(pipeline.settle(&DETECTOR, found.clone())).unwrap_err();
    assert!(
        matches!(error, PipelineError::Contended(items) if items > 0),
        "{error}"
    );
    // The queue brings the batch again, and by then it is less hot.
    let again = now(pipeline.settle(&DETECTOR, found)).unwrap();
    assert!(again.conflicts > 0 && again.writes > 0, "{again:?}");
    let (hot, sink) = pipeline.into_parts();
    let pauses: Vec<u32> = (1..=10).chain(1..=2).collect();
    assert_eq!(
        hot.pauses.into_inner(),
        pauses,
        "each pause is longer than the one before"
    );
    assert_eq!(standing(sink), *CLEAN);
}

/// Copies of one call may differ between the doors they come by, as in what was too long for one.
#[test]
fn of_two_copies_of_one_event_the_order_does_not_matter() {
    let record = |agent: &str| {
        let text = format!(
            r#"{{"Records":[{{"eventVersion":"1.11","eventID":"e-1","eventTime":"2026-11-22T14:02:11Z","recipientAccountId":"111122223333","eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","awsRegion":"eu-west-1","userAgent":"{agent}","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","accountId":"111122223333","userName":"eve"}},"requestParameters":{{"name":"main"}}}}]}}"#
        );
        LogFile {
            path: agent.to_owned(),
            bytes: text.into_bytes(),
        }
    };
    let (one, other) = (record("aws-cli/2.1"), record("aws-cli/2.1 and more"));
    let alerts = |files: [&LogFile; 2]| {
        let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
        for file in files {
            now(pipeline.settle(&DETECTOR, screen([file]))).unwrap();
        }
        standing(pipeline.into_parts().1)
    };
    let forth = alerts([&one, &other]);
    assert!(!forth.is_empty());
    assert_eq!(forth, alerts([&other, &one]));
}
