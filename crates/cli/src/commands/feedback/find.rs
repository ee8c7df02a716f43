//! The alert that was a false alarm, and the records of its events.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use detect::alert::Alert;
use detect::cloudtrail::Record;
use detect::{Detector, Screened, Screener};

use super::args::FeedbackArgs;
use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::report::settle;
use crate::complaint::Complaint;
use crate::inputs::{Inputs, Meter, Source};

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
    let (_, parts) = gathering.read(inputs, &Meter::default(), || Judging {
        screener: detector.screener(),
        found: Screened::default(),
    });
    let mut screened = Screened::default();
    for part in parts {
        detector.join(&mut screened, part);
    }
    settle(detector, screened)
}

struct Judging<'d> {
    screener: Screener<'d>,
    found: Screened,
}

impl Gatherer for Judging<'_> {
    type Found = Screened;

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file, &mut self.found);
    }

    fn finish(self) -> Screened {
        self.found
    }
}

/// The records of the events that an alert lists, by time: from the files that it names, or from the logs if
/// those have moved.
pub(super) fn records(alert: &Alert, logs: &Inputs, gathering: Gathering) -> Vec<String> {
    let events = alert.events.iter();
    let wanted: HashSet<&str> = events
        .filter_map(|event| event.event_id.as_deref())
        .collect();
    let events = alert.events.iter();
    let files: HashSet<&str> = events
        .filter_map(|event| event.log_file.as_deref())
        .collect();
    let named = Inputs {
        sources: files.into_iter().map(Source::at).collect(),
        ..Inputs::default()
    };
    let mut found = fetch(&wanted, &named, gathering);
    if found.len() < wanted.len() {
        found.extend(fetch(&wanted, logs, gathering));
    }
    let mut texts: Vec<_> = found.into_values().collect();
    texts.sort();
    texts.into_iter().map(|(_, text)| text).collect()
}

/// Time and text by event id.
type Found = BTreeMap<String, (jiff::Timestamp, String)>;

fn fetch(wanted: &HashSet<&str>, inputs: &Inputs, gathering: Gathering) -> Found {
    let gathering = Gathering {
        progress: false,
        ..gathering
    };
    let (_, parts) = gathering.read(inputs, &Meter::default(), || Fetching {
        wanted,
        found: Found::new(),
    });
    parts.into_iter().flatten().collect()
}

struct Fetching<'a> {
    wanted: &'a HashSet<&'a str>,
    found: Found,
}

impl Gatherer for Fetching<'_> {
    type Found = Found;

    fn take(&mut self, record: &Record<'_>, _: Option<&Arc<str>>) {
        if let Some(id) = record.event_id()
            && self.wanted.contains(&*id)
        {
            let found = (record.event_time(), record.text().to_owned());
            self.found.insert(id.into_owned(), found);
        }
    }

    fn finish(self) -> Found {
        self.found
    }
}
