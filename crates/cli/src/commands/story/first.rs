//! The first reading: what the rules find, which key handed out which, and the one event asked for.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use detect::alert::Alert;
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::{Screened, Screener};
use jiff::Timestamp;
use sigma::Level;
use trace::Handovers;

use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::report::settle;
use crate::commands::scan::Choice;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter};
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// What the first reading has found.
pub(super) struct First {
    /// All alerts.
    pub(super) alerts: Vec<Alert>,
    /// Which key handed out which.
    pub(super) handovers: Handovers,
    /// The record of the event asked for.
    pub(super) event: Option<String>,
    /// How the run ends if all goes well from here on.
    pub(super) exit: Exit,
}

/// How an event is marked: by the worst alert that it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) level: Level,
    pub(super) title: String,
    pub(super) alert: String,
}

/// Reads `inputs` for the first time, looking for the event of this id.
pub(super) fn read(
    inputs: &Inputs,
    rules: &[PathBuf],
    event: Option<&str>,
    terminal: Terminal,
) -> Result<First, Complaint> {
    let choice = Choice {
        rules,
        ..Choice::default()
    };
    let (detector, rules_exit) = choice.detector(Timestamp::now(), terminal)?;
    let detector = detector.from_level(Level::Low);
    let gathering = Gathering::usual(TimeRange::ALL, inputs, terminal);
    let (tally, found) = gathering.read(inputs, &Meter::default(), || Looking {
        screener: detector.screener(),
        handovers: Handovers::default(),
        wanted: event,
        event: None,
    });
    terminal.complain_all(&tally.troubles());
    let mut screened = Screened::default();
    let mut handovers = Handovers::default();
    let mut event = None;
    for (one, keys, text) in found {
        detector.join(&mut screened, one);
        handovers.merge(keys);
        event = event.into_iter().chain(text).min();
    }
    Ok(First {
        alerts: settle(&detector, screened)?,
        handovers,
        event,
        exit: rules_exit.max(tally.exit()),
    })
}

impl First {
    /// Which events belong to alerts, with titles in `language`.
    pub(super) fn marks(&self, language: Language) -> HashMap<&str, Mark> {
        let mut marks: HashMap<&str, Mark> = HashMap::new();
        for alert in &self.alerts {
            for id in alert
                .events
                .iter()
                .filter_map(|event| event.event_id.as_deref())
            {
                let mark = Mark {
                    level: alert.level,
                    title: alert.rule.title_in(language).to_owned(),
                    alert: alert.id.to_string(),
                };
                let known = marks.entry(id).or_insert_with(|| mark.clone());
                let rank = |mark: &Mark| (std::cmp::Reverse(mark.level), mark.alert.clone());
                if rank(&mark) < rank(known) {
                    *known = mark;
                }
            }
        }
        marks
    }
}

struct Looking<'a> {
    screener: Screener<'a>,
    handovers: Handovers,
    wanted: Option<&'a str>,
    event: Option<String>,
}

impl Gatherer for Looking<'_> {
    type Found = (Screened, Handovers, Option<String>);

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file);
        self.handovers.add(record);
        if self.wanted.is_some() && record.event_id().as_deref() == self.wanted {
            let text = record.text().to_owned();
            self.event = self.event.take().into_iter().chain([text]).min();
        }
    }

    fn finish(mut self) -> Self::Found {
        (self.screener.take(), self.handovers, self.event)
    }
}
