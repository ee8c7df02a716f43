//! How much the account records, counted in its own log files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use checkup::cost::Volume;
use checkup::needs::data_kind;
use detect::cloudtrail::Record;
use detect::cloudtrail::log_file::LogFileReader;
use jiff::Timestamp;

use crate::complaint::Complaint;
use crate::inputs::Inputs;

/// What is in the log files at `paths`, and what could not be read; `None` if there are no records.
pub(super) fn of(paths: &[PathBuf]) -> (Option<Volume>, Vec<Complaint>) {
    let inputs = Inputs::find(paths, None, false);
    let mut complaints = inputs.complaints;
    let mut reader = LogFileReader::default();
    let mut counted = Counted::default();
    for source in &inputs.sources {
        let file = match source.open() {
            Ok(file) => file,
            Err(complaint) => {
                complaints.push(complaint);
                continue;
            }
        };
        let report = reader.read(file, |record| counted.take(record));
        counted.bytes += report.bytes_read;
        if let Some(problem) = report.problem {
            complaints.push(Complaint::unreadable(source, problem));
        }
    }
    (counted.volume(), complaints)
}

#[derive(Default)]
struct Counted {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    management: u64,
    reads: u64,
    data: BTreeMap<&'static str, u64>,
    records: u64,
    bytes: u64,
}

impl Counted {
    fn take(&mut self, record: &Record<'_>) {
        let time = record.event_time();
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = self.last.max(Some(time));
        self.records += 1;
        match record.event_category().as_deref() {
            Some("Data") => {
                let kind = data_kind(&record.event_source(), &record.event_name());
                *self.data.entry(kind.unwrap_or_default()).or_default() += 1;
            }
            Some("Management") | None => {
                self.management += 1;
                self.reads += u64::from(record.read_only() == Some(true));
            }
            Some(_) => {}
        }
    }

    fn volume(self) -> Option<Volume> {
        let span = self.last?.duration_since(self.first?);
        Some(Volume {
            days: span.as_secs_f64() / 86_400.0,
            management: self.management,
            reads: self.reads,
            data: self.data,
            records: self.records,
            bytes: self.bytes,
        })
    }
}
