//! Finds records in log files by their event id.

use detect::cloudtrail::Record;
use detect::cloudtrail::log_file::LogFileReader;

use crate::complaint::Complaint;
use crate::inputs::{Inputs, Meter, Metered};

/// How many records are kept.
const KEPT: usize = 20;

/// The records found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The first few, each once however often it was delivered.
    pub(super) texts: Vec<String>,
    /// How many records were looked at.
    pub(super) count: u64,
    /// Files that could not be read to their end, and broken records.
    pub(super) complaints: Vec<Complaint>,
}

/// The records of `inputs` called `event`, or the first few of all.
pub(super) fn find(inputs: &Inputs, event: Option<&str>) -> Found {
    let mut found = Found::default();
    let meter = Meter::default();
    let mut reader = LogFileReader::default();
    for source in &inputs.sources {
        let file = match source.open() {
            Ok(file) => Metered::new(file, &meter),
            Err(complaint) => {
                found.complaints.push(complaint);
                continue;
            }
        };
        let report = reader.read(file, |record| found.take(record, event));
        let place = source.to_string();
        for failure in &report.failures {
            let at = format!("{place} at byte {}", failure.offset);
            found
                .complaints
                .push(Complaint::unreadable(at, failure.why));
        }
        if let Some(problem) = report.problem {
            found.complaints.push(Complaint::unreadable(place, problem));
        }
    }
    found
}

impl Found {
    /// The records kept.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.texts.iter().filter_map(|text| Record::of_text(text))
    }

    fn take(&mut self, record: &Record<'_>, event: Option<&str>) {
        self.count += 1;
        let wanted = event.is_none_or(|id| record.event_id().is_some_and(|found| found == id));
        if wanted && self.texts.len() < KEPT && !self.texts.iter().any(|text| text == record.text())
        {
            self.texts.push(record.text().to_owned());
        }
    }
}
