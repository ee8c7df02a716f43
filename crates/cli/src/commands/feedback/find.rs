//! The alert that was a false alarm, and the records of its events.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use detect::Detector;
use detect::alert::Alert;
use detect::cloudtrail::Record;

use super::args::FeedbackArgs;
use crate::commands::fetch;
use crate::commands::gather::Gathering;
use crate::commands::report::settle;
use crate::commands::scan::Reading;
use crate::complaint::Complaint;
use crate::inputs::{Inputs, Meter};

/// How many alerts are named where one event belongs to several.
const NAMED: usize = 5;

/// The alert that `args` mean.
///
/// # Errors
/// A [`Complaint`] if there is none, or more than one.
pub(super) fn alert(
    args: &FeedbackArgs,
    detector: &Detector,
    inputs: &Inputs,
    gathering: Gathering,
) -> Result<Alert, Complaint> {
    let alerts = match &args.alerts {
        Some(path) => written(path)?,
        None => found(detector, inputs, gathering)?,
    };
    one(&args.subject, alerts)
}

fn one(subject: &str, alerts: Vec<Alert>) -> Result<Alert, Complaint> {
    let is_of = |alert: &Alert| {
        let mut ids = alert
            .events
            .iter()
            .filter_map(|event| event.event_id.as_deref());
        alert.id.to_string() == subject || ids.any(|id| id == subject)
    };
    let mut meant: Vec<Alert> = alerts.into_iter().filter(is_of).collect();
    meant.sort_by_key(|alert| alert.id);
    meant.dedup_by_key(|alert| alert.id);
    match meant.len() {
        1 => Ok(meant.swap_remove(0)),
        0 => Err(
            Complaint::bad_call(subject, "no alert, and no event of one")
                .help("`trailhound scan --format jsonl` prints the ids of alerts"),
        ),
        _ => {
            let named: Vec<_> = meant
                .iter()
                .take(NAMED)
                .map(|alert| format!("{} ({})", alert.id, alert.rule.title))
                .collect();
            let what = format!("the event belongs to several alerts: {}", named.join(", "));
            Err(Complaint::bad_call(subject, what).help("name one of them"))
        }
    }
}

/// The alerts in a file of JSON lines.
fn written(path: &Path) -> Result<Vec<Alert>, Complaint> {
    let refuse = |error: &dyn std::fmt::Display| Complaint::unreadable(path.display(), error);
    let file = File::open(path).map_err(|error| refuse(&error))?;
    let mut alerts = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| refuse(&error))?;
        if !line.trim().is_empty() {
            let alert = serde_json::from_str(&line).map_err(|error| {
                refuse(&format!("not an alert: {error}"))
                    .help("name a file that `scan --format jsonl` has written")
            })?;
            alerts.push(alert);
        }
    }
    Ok(alerts)
}

fn found(
    detector: &Detector,
    inputs: &Inputs,
    gathering: Gathering,
) -> Result<Vec<Alert>, Complaint> {
    let reading = Reading {
        threads: gathering.threads,
        progress: gathering.progress,
        ..Reading::of_all(detector)
    };
    settle(detector, reading.read(inputs, &Meter::default()).screened)
}

/// The records of the events that an alert lists, by time: from the files that it names, or from the logs if
/// those have moved.
pub(super) fn records(alert: &Alert, logs: &Inputs, gathering: Gathering) -> Vec<String> {
    let events = alert.events.iter();
    let wanted: HashSet<&str> = events
        .filter_map(|event| event.event_id.as_deref())
        .collect();
    let files = fetch::named(alert.events.iter());
    let mut found = fetch::texts(&wanted, &files, gathering, usize::MAX);
    if found.len() < wanted.len() {
        for (id, text) in fetch::texts(&wanted, logs, gathering, usize::MAX) {
            found.entry(id).or_insert(text);
        }
    }
    let mut texts: Vec<_> = found.into_values().collect();
    texts.sort_by_cached_key(|text| {
        let time = Record::of_text(text).map(|record| record.event_time());
        (time, text.clone())
    });
    texts
}
