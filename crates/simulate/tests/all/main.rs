//! What holds for whole scenarios, in one test binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod delivery;
mod events;
mod month;
mod quiet;

use serde_json::Value;
use simulate::{Scenario, SimulatedFile, simulate};

/// The stated number of days and records, otherwise as by default.
fn scenario(days: u32, records: Option<u64>) -> Scenario {
    Scenario {
        days,
        records,
        ..Scenario::default()
    }
}

/// The log files of a scenario: neither digests nor Insights.
fn log_files(scenario: &Scenario) -> impl Iterator<Item = SimulatedFile> + use<> {
    simulate(scenario).filter(|file| file.path.contains("/CloudTrail/"))
}

fn records_in(file: &SimulatedFile) -> Vec<Value> {
    let mut body: Value = serde_json::from_slice(&file.body).unwrap();
    match body["Records"].take() {
        Value::Array(records) => records,
        other => panic!("{} holds {other}", file.path),
    }
}

/// The records in a file, if it is a log file.
fn log_records(file: &SimulatedFile) -> Vec<Value> {
    if file.path.contains("/CloudTrail/") {
        records_in(file)
    } else {
        Vec::new()
    }
}

/// The records in the log files of a scenario, one file at a time in memory.
fn all_records(scenario: &Scenario) -> impl Iterator<Item = Value> + use<> {
    log_files(scenario).flat_map(|file| records_in(&file))
}

/// A text field at the top of a record; empty if it is absent or no text.
fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}
