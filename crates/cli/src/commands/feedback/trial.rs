//! What a filter would keep back: in the user's own logs, and of attacks that are known.
//!
//! Everything is judged twice, with the filter and without it, and settled by the same road as a scan's:
//! so what a correlation does not see is found too, and not only what a rule does not say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use detect::alert::{Alert, AlertId};
use detect::cloudtrail::Record;
use detect::{Detector, Screened, Screener};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulate::{Story, stories};

use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::report::settle;
use crate::commands::scan::Tally;
use crate::complaint::Complaint;
use crate::inputs::{Inputs, Meter};

/// When attacks begin, which have no time of their own.
const BEGINNING: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// So long after the last record it is known what did not follow.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(24 * 8);

/// What is judged by, without a filter and with it.
#[derive(Clone, Copy)]
pub(super) struct Both<'d> {
    pub(super) without: &'d Detector,
    pub(super) with: &'d Detector,
}

/// What came of judging twice.
#[derive(Debug, Default)]
pub(super) struct Trial {
    /// Records that were judged.
    pub(super) records: u64,
    /// How many alerts there are without the filter.
    pub(super) alerts: u64,
    /// Those that there are no longer, the oldest first.
    pub(super) silenced: Vec<Alert>,
    /// How many have fewer events than before.
    pub(super) thinner: u64,
}

impl Trial {
    fn of(records: u64, before: Vec<Alert>, after: &[Alert]) -> Self {
        let left: BTreeMap<AlertId, u64> = after
            .iter()
            .map(|alert| (alert.id, alert.event_count))
            .collect();
        let alerts = before.len() as u64;
        let thinner = before.iter().filter(|alert| {
            left.get(&alert.id)
                .is_some_and(|events| *events < alert.event_count)
        });
        let thinner = thinner.count() as u64;
        let mut silenced: Vec<_> = before
            .into_iter()
            .filter(|alert| !left.contains_key(&alert.id))
            .collect();
        silenced.sort_by_key(|alert| (alert.time, alert.id));
        Self {
            records,
            alerts,
            silenced,
            thinner,
        }
    }

    /// Whether this alert would have been kept back.
    pub(super) fn silences(&self, id: AlertId) -> bool {
        self.silenced.iter().any(|alert| alert.id == id)
    }
}

/// Judges log files.
///
/// # Errors
/// A [`Complaint`] if alerts cannot be settled.
pub(super) fn on_logs(
    both: Both<'_>,
    inputs: &Inputs,
    gathering: Gathering,
) -> Result<(Trial, Tally), Complaint> {
    let (tally, found) = gathering.read(inputs, &Meter::default(), || Judging::new(both));
    let mut sums = (Screened::default(), Screened::default());
    for (without, with) in found {
        both.without.join(&mut sums.0, without);
        both.with.join(&mut sums.1, with);
    }
    let before = settle(both.without, sums.0)?;
    let after = settle(both.with, sums.1)?;
    Ok((Trial::of(tally.judged, before, &after), tally))
}

/// A known attack, and the rules whose alerts about it would be kept back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) story: &'static str,
    pub(super) titles: BTreeSet<String>,
}

/// The known attacks, as they are, of which something would be kept back.
///
/// # Errors
/// A [`Complaint`] if alerts cannot be settled.
pub(super) fn on_attacks(both: Both<'_>) -> Result<Vec<Missed>, Complaint> {
    on(both, Story::record_texts)
}

/// The same attacks, had they been made with the credentials of whoever `record` is by.
///
/// # Errors
/// A [`Complaint`] if alerts cannot be settled.
pub(super) fn on_stolen(both: Both<'_>, record: &Record<'_>) -> Result<Vec<Missed>, Complaint> {
    let owner: Value = serde_json::from_str(record.text()).unwrap_or_default();
    on(both, |story, start| {
        let mut records = story.records(start);
        for stolen in &mut records {
            for field in ["userIdentity", "recipientAccountId"] {
                stolen[field] = owner[field].clone();
            }
        }
        records.iter().map(Value::to_string).collect()
    })
}

fn on(
    both: Both<'_>,
    records: impl Fn(&Story, Timestamp) -> Vec<String>,
) -> Result<Vec<Missed>, Complaint> {
    let mut missed = Vec::new();
    for story in stories() {
        let mut judging = Judging::new(both);
        let mut last = BEGINNING;
        for text in records(&story, BEGINNING) {
            if let Some(record) = Record::of_text(&text) {
                last = last.max(record.event_time());
                judging.take(&record, None);
            }
        }
        let (mut without, mut with) = judging.finish();
        for found in [&mut without, &mut with] {
            found.windows.pass_until(last + AFTERWARDS);
        }
        let before = settle(both.without, without)?;
        let after = settle(both.with, with)?;
        let trial = Trial::of(0, before, &after);
        if !trial.silenced.is_empty() {
            let titles = trial.silenced.into_iter().map(|alert| alert.rule.title);
            missed.push(Missed {
                story: story.id,
                titles: titles.collect(),
            });
        }
    }
    Ok(missed)
}

/// One thread, which judges twice.
struct Judging<'d> {
    without: Screener<'d>,
    with: Screener<'d>,
}

impl<'d> Judging<'d> {
    fn new(both: Both<'d>) -> Self {
        Self {
            without: both.without.screener(),
            with: both.with.screener(),
        }
    }
}

impl Gatherer for Judging<'_> {
    type Found = (Screened, Screened);

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.without.screen(record, log_file);
        self.with.screen(record, log_file);
    }

    fn finish(mut self) -> Self::Found {
        (self.without.take(), self.with.take())
    }
}
