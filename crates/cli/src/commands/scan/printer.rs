//! The sink at the end of a scan: alerts in the format asked for.

use std::collections::BTreeMap;
use std::io::{self, Write};

use detect::alert::Alert;
use detect::language::Language;
use detect::render::{csv, json, ocsf, table::Table};
use detect::{copies, incident};
use pipeline::ports::{AlertSink, SinkError};
use sigma::Level;

use super::args::Format;
use crate::complaint::Complaint;
use crate::output::Output;
use crate::terminal::Terminal;

/// Writes alerts once, all of them, and knows what it wrote.
#[derive(Debug)]
pub(super) struct Printer {
    output: Option<Output>,
    format: Format,
    language: Language,
    terminal: Terminal,
    told: BTreeMap<Level, u64>,
    folded: u64,
    copies: u64,
    cut: bool,
    complaint: Option<Complaint>,
}

impl Printer {
    /// Will write alerts to `output`.
    #[must_use]
    pub(super) fn new(
        output: Output,
        format: Format,
        language: Language,
        terminal: Terminal,
    ) -> Self {
        Self {
            output: Some(output),
            format,
            language,
            terminal,
            told: BTreeMap::new(),
            folded: 0,
            copies: 0,
            cut: false,
            complaint: None,
        }
    }

    /// How many alerts were written, by level.
    #[must_use]
    pub(super) fn told(&self) -> &BTreeMap<Level, u64> {
        &self.told
    }

    /// How many alerts were not written, for an incident tells them.
    #[must_use]
    pub(super) fn folded(&self) -> u64 {
        self.folded
    }

    /// How many alerts tell of a call that another account sees too.
    pub(super) fn copies(&self) -> u64 {
        self.copies
    }

    /// Whether the reader of the output went away before its end.
    #[must_use]
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Why the alerts could not be written, if so.
    pub(super) fn take_complaint(&mut self) -> Option<Complaint> {
        self.complaint.take()
    }

    fn write(&self, alerts: &[Alert], out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Table => {
                let (width, language) = (self.terminal.width(), self.language);
                Table { width, language }.write(alerts, out)
            }
            Format::Jsonl => json::write_lines(alerts, out),
            Format::Csv => csv::write(alerts, self.language, out),
            Format::Ocsf => {
                let version = env!("CARGO_PKG_VERSION");
                let findings = alerts
                    .iter()
                    .map(|alert| ocsf::detection_finding(alert, self.language, version));
                json::write_lines(findings, out)
            }
        }
    }
}

impl AlertSink for Printer {
    async fn publish(&mut self, mut alerts: Vec<Alert>) -> Result<(), SinkError> {
        self.folded += incident::fold(&mut alerts) as u64;
        self.copies += copies::fold(&mut alerts) as u64;
        for alert in &alerts {
            *self.told.entry(alert.level).or_default() += 1;
        }
        // For programs in the order of time; the table has its own.
        alerts.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        let Some(output) = self.output.take() else {
            return Ok(());
        };
        let failed = |cause: io::Error| SinkError {
            place: "the output".to_owned(),
            cause: cause.into(),
        };
        match output.write(|out| self.write(&alerts, out)) {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.cut = true;
                Err(failed(io::ErrorKind::BrokenPipe.into()))
            }
            Err(complaint) => {
                self.complaint = Some(complaint.clone());
                Err(failed(io::Error::other(complaint)))
            }
        }
    }
}
