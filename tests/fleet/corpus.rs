//! What is pushed through the doors: a simulated week as log files, and as events those of its records that
//! EventBridge would have delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use detect::alert::{Alert, AlertId};
use detect::cloudtrail::{LogFileReader, Record};
use detect::{Detector, Screened};
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use serde_json::json;
use sigma::Level;
use simulate::{Scenario, gzip, simulate};
use tokio::task::LocalSet;

/// The detector of all functions in this process.
pub(crate) static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| aws::rules::built_in(None).0.from_level(Level::Low));

/// When all that was waited for is missing.
pub(crate) const DOOMSDAY: &str = "2030-01-01T00:00:00Z";

/// What is pushed.
pub(crate) struct Corpus {
    /// Log files by their keys.
    pub(crate) objects: Arc<BTreeMap<String, Vec<u8>>>,
    /// Events of EventBridge.
    pub(crate) events: Vec<String>,
    /// How many records the log files hold.
    pub(crate) records: u64,
    /// What one clean pass over the log files gives.
    pub(crate) all: BTreeMap<AlertId, Alert>,
    /// What one clean pass over the records of the events gives.
    pub(crate) share: BTreeMap<AlertId, Alert>,
}

/// At least 20,000 records with every story in them.
pub(crate) static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let scenario = Scenario {
        days: 10,
        records: Some(20_000),
        ..Scenario::default()
    };
    let (mut objects, mut events) = (BTreeMap::new(), Vec::new());
    let mut records = 0;
    let mut reader = LogFileReader::default();
    let (mut whole, mut shared) = (DETECTOR.screener(), DETECTOR.screener());
    let mut seen = BTreeSet::new();
    for file in simulate(&scenario) {
        let name = Arc::from(format!("s3://trail/{}", file.path));
        reader.read(&*file.body, |record| {
            records += 1;
            whole.screen(record, Some(&name));
            if is_bridged(record) && seen.insert(record.text().to_owned()) {
                shared.screen(record, None);
                events.push(enveloped(record));
            }
        });
        objects.insert(file.path, gzip(&file.body));
    }
    Corpus {
        objects: Arc::new(objects),
        events,
        records,
        all: settled(whole.take()),
        share: settled(shared.take()),
    }
});

/// Whether EventBridge delivers such a record: management calls that write, sign-ins, Insights.
fn is_bridged(record: &Record<'_>) -> bool {
    let text = record.text();
    let is = |what: &str| text.contains(what);
    is(INSIGHT)
        || is(r#""managementEvent":true"#)
            && (is(r#""readOnly":false"#) || is(r#""AwsConsoleSignIn""#))
}

const INSIGHT: &str = r#""AwsCloudTrailInsight""#;

pub(crate) fn enveloped(record: &Record<'_>) -> String {
    let detail: &serde_json::value::RawValue = serde_json::from_str(record.text()).unwrap();
    let sign_in = record.text().contains(r#""AwsConsoleSignIn""#);
    let kind = if sign_in {
        "AWS Console Sign In"
    } else if record.text().contains(INSIGHT) {
        "AWS Insight"
    } else {
        "AWS API Call"
    };
    let frame = json!({
        "version": "0", "id": "e", "detail-type": format!("{kind} via CloudTrail"),
        "source": "aws.x", "account": record.account(), "region": record.region(),
        "time": record.event_time(), "resources": [], "detail": null,
    });
    frame
        .to_string()
        .replace(r#""detail":null"#, &format!(r#""detail":{detail}"#))
}

/// The alerts that one clean pass publishes.
fn settled(found: Screened) -> BTreeMap<AlertId, Alert> {
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    now(pipeline.settle(&DETECTOR, found)).unwrap();
    now(pipeline.tick(&DETECTOR, DOOMSDAY.parse().unwrap())).unwrap();
    let alerts = pipeline.into_parts().1.alerts;
    alerts.into_iter().map(|alert| (alert.id, alert)).collect()
}

/// The alerts that a mail tells as new: each once, however often it is named there.
pub(crate) fn told_as_new(mail: &str) -> BTreeSet<String> {
    const ID: usize = "th-".len() + 24;
    let named = mail.split("alert ").skip(1);
    let named = named.filter(|rest| rest.starts_with("th-") && rest.len() >= ID);
    let new = named.filter(|rest| !rest[ID..].starts_with(", told before"));
    new.map(|rest| rest[..ID].to_owned()).collect()
}

/// Runs to the end what waits for time, and what it spawns on this thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, future)
}

/// Runs to the end what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the ports in memory never wait"),
    }
}
