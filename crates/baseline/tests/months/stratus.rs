//! Real records of attack techniques, replayed as what one person of an everyday month does.
//!
//! The records are those of Stratus Red Team in real accounts. Who they were made by, when, from where and
//! with what is replaced: by a person of the month, on one of its last days, once from a network that nobody
//! knows and once from the person's own, with the person's own tool. What was done stays.

use baseline::{Anomaly, Engine, Journal, Observer, Settings};
use detect::cloudtrail::LogFileReader;
use serde_json::{Value, json};
use simulate::months::{MonthPlan, month};

use crate::judge::{World, observe};

/// First second of the month's day of that number, at ten in the morning.
fn morning(day: u32) -> u32 {
    1_772_409_600 + day * 86_400 + 10 * 3600
}

/// The day of the replay.
const DAY: u32 = 20;

/// A month up to the morning of the replay: what was learned, and what everybody does on that day.
struct Stage {
    engine: Engine,
    today: Journal,
    people: Vec<Value>,
}

impl Stage {
    fn new(seed: u64) -> Self {
        let month = month(MonthPlan::new(seed).peaceful());
        let journal = observe(&month);
        let midnight = morning(DAY) / 86_400 * 86_400;
        let (mut before, mut today) = (Journal::default(), Journal::default());
        before.merge_where(&journal, |entry| entry.time < midnight);
        today.merge_where(&journal, |entry| {
            (midnight..midnight + 86_400).contains(&entry.time)
        });
        before.settle();
        let mut engine = Engine::new(Settings::default());
        engine.learn(&before, &World::default());
        let file = serde_json::from_slice(&month.files[DAY as usize]).expect("a log file");
        Self {
            engine,
            today,
            people: persons(&file),
        }
    }

    /// Whether the person is told of on that day because of these records.
    fn tells(&self, records: &[Value], number: usize, unknown: bool) -> bool {
        let like = &self.people[number * 7 % self.people.len()];
        let replayed = replay(records, like, unknown);
        let id = |record: &Value| record["eventID"].as_str().map(str::to_owned);
        let ids: Vec<_> = replayed.iter().filter_map(id).collect();
        let mut observer = Observer::default();
        let text = json!({ "Records": replayed }).to_string();
        LogFileReader::default().read(text.as_bytes(), |record| observer.observe(record, None));
        let mut journal = self.today.clone();
        journal.merge(&observer.into_journal());
        journal.settle();
        let found = self.engine.clone().learn(&journal, &World::default());
        let theirs = |id: &Option<String>| id.as_ref().is_some_and(|id| ids.contains(id));
        let shows = |anomaly: &Anomaly| {
            let mut signals = anomaly.signals.iter();
            signals.any(|signal| theirs(&signal.event.id))
        };
        found.iter().any(|anomaly| anomaly.urgent && shows(anomaly))
    }
}

pub(crate) fn report(seeds: &[u64]) {
    let Some(folder) = outside::shared("logs/stratus") else {
        return;
    };
    let files = outside::files(&folder);
    let stages: Vec<_> = seeds.iter().map(|seed| Stage::new(*seed)).collect();
    println!(
        "\nReal records of {} techniques, each as one person's activity in a peaceful month:",
        files.len()
    );
    for (place, unknown) in [
        ("from a network that nobody knows", true),
        ("from the person's own network", false),
    ] {
        let (mut heard, mut deaf) = (0, Vec::new());
        for (number, path) in files.iter().enumerate() {
            let records: Vec<Value> = serde_json::from_slice(&read(path)).expect("an array");
            let told = stages
                .iter()
                .filter(|stage| stage.tells(&records, number, unknown));
            let times = told.count();
            heard += times;
            if times < stages.len() {
                deaf.push(path.file_stem().unwrap_or_default().to_string_lossy());
            }
        }
        let all = files.len() * stages.len();
        println!(
            "  {place}: {heard} of {all} told = {:.2}",
            heard as f64 / all as f64
        );
        println!("    not told in every month: {}", deaf.join(", "));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement reads the logs that it measures by"
)]
fn read(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).expect("a log file")
}

/// One record of each person who is at work on that day.
fn persons(today: &Value) -> Vec<Value> {
    let mut people: Vec<(String, Value)> = Vec::new();
    for record in today["Records"].as_array().into_iter().flatten() {
        let arn = record["userIdentity"]["arn"].as_str().unwrap_or_default();
        let trades = ["AWSReservedSSO_Developer", "AWSReservedSSO_Operator"];
        let is_one = trades.iter().any(|trade| arn.contains(trade));
        if is_one && people.iter().all(|(known, _)| known != arn) {
            people.push((arn.to_owned(), record.clone()));
        }
    }
    people.into_iter().map(|(_, record)| record).collect()
}

fn replay(records: &[Value], like: &Value, unknown: bool) -> Vec<Value> {
    let mut times: Vec<&str> = records
        .iter()
        .filter_map(|record| record["eventTime"].as_str())
        .collect();
    times.sort_unstable();
    let first: jiff::Timestamp = times
        .first()
        .and_then(|time| time.parse().ok())
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let mut replayed = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let mut record = record.clone();
        let time: jiff::Timestamp = record["eventTime"]
            .as_str()
            .and_then(|time| time.parse().ok())
            .unwrap_or(first);
        let later = time.duration_since(first).as_secs().clamp(0, 6 * 3600);
        let time = jiff::Timestamp::from_second(i64::from(morning(DAY)) + later).expect("a time");
        record["eventTime"] = json!(time.to_string());
        record["eventID"] = json!(format!("00000000-0000-4000-8000-{at:012}"));
        for field in ["userIdentity", "userAgent", "recipientAccountId"] {
            record[field] = like[field].clone();
        }
        record["sourceIPAddress"] = if unknown {
            json!("198.19.5.77")
        } else {
            like["sourceIPAddress"].clone()
        };
        if unknown {
            record["userAgent"] =
                json!("aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64");
        }
        replayed.push(record);
    }
    replayed
}
