//! What became of everything that was read, counted so that the sums add up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use detect::cloudtrail::log_file::FileReport;
use integrity::Hash;

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::Source;
use crate::numbers::{count, things};

/// How many broken places are told.
const PLACES: usize = 5;

/// Counts over files, or over one. Adding tallies up in any order gives the same.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::commands) struct Tally {
    /// Files opened.
    pub(in crate::commands) files: u64,
    /// Of them, those that held nothing.
    pub(in crate::commands) empty: u64,
    /// Bytes as stored.
    pub(in crate::commands) bytes: u64,
    /// Bytes inflated.
    pub(in crate::commands) inflated: u64,
    /// Records whose time lies outside `--since` and `--until`.
    pub(in crate::commands) outside: u64,
    /// Objects that are no records, by what they are.
    pub(in crate::commands) skipped: BTreeMap<String, u64>,
    /// Records that were judged.
    pub(in crate::commands) judged: u64,
    /// Of them, those with invalid UTF-8, which was replaced.
    pub(in crate::commands) repaired: u64,
    /// Records that could not be read.
    pub(in crate::commands) failed: u64,
    /// The first few of them: file, offset in bytes, what is wrong.
    pub(in crate::commands) places: BTreeSet<(String, u64, String)>,
    /// Files that could not be read to their end, by name.
    pub(in crate::commands) complaints: BTreeMap<String, Complaint>,
    /// The hashes of files that were read to their end, if these are asked for; by the place of the file.
    pub(in crate::commands) hashes: HashMap<String, Hash>,
}

impl Tally {
    /// Everything that looked like a record.
    #[must_use]
    pub(in crate::commands) fn read(&self) -> u64 {
        self.judged + self.outside + self.skipped.values().sum::<u64>() + self.failed
    }

    /// Whether all that was to be read could be.
    #[must_use]
    pub(in crate::commands) fn is_whole(&self) -> bool {
        self.failed == 0 && self.complaints.is_empty()
    }

    /// How a reading ends of which this came.
    #[must_use]
    pub(in crate::commands) fn exit(&self) -> Exit {
        match self.is_whole() {
            true => Exit::Quiet,
            false => Exit::Unreadable,
        }
    }

    /// What is to be said of files that could not be read to their end, by name.
    #[must_use]
    pub(in crate::commands) fn complaints(&self) -> Vec<Complaint> {
        self.complaints.values().cloned().collect()
    }

    /// The same, and of records that could not be read: for whoever shows no summary.
    #[must_use]
    pub(in crate::commands) fn troubles(&self) -> Vec<Complaint> {
        let places = self.places.iter().map(|(name, offset, why)| {
            Complaint::unreadable(format!("{name} at byte {}", count(*offset)), why)
        });
        let mut troubles: Vec<_> = self.complaints().into_iter().chain(places).collect();
        if let Some(more @ 1..) = self.failed.checked_sub(self.places.len() as u64) {
            let what = format!(
                "{} that could not be read either",
                things(more, "more record")
            );
            troubles.push(Complaint::unreadable("these logs", what));
        }
        troubles
    }

    /// Counts a file that could not be opened.
    pub(in crate::commands) fn refused(&mut self, name: &str, complaint: Complaint) {
        self.files += 1;
        self.complaints.insert(name.to_owned(), complaint);
    }

    /// Counts a file that was read, of whose records `outside` lay outside the time asked for.
    pub(in crate::commands) fn add(&mut self, source: &Source, report: &FileReport, outside: u64) {
        self.files += 1;
        self.empty += u64::from(report.is_empty());
        self.bytes += report.bytes_read;
        self.inflated += report.bytes_inflated;
        self.outside += outside;
        self.judged += report.records - outside;
        self.repaired += report.repaired;
        self.failed += report.failed;
        for (&what, count) in &report.skipped {
            *self.skipped.entry(what.to_string()).or_default() += count;
        }
        for failure in &report.failures {
            self.place(source.to_string(), failure.offset, failure.why.to_string());
        }
    }

    fn place(&mut self, name: String, offset: u64, why: String) {
        self.places.insert((name, offset, why));
        if self.places.len() > PLACES {
            self.places.pop_last();
        }
    }

    /// Adds what another thread has counted.
    pub(in crate::commands) fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.empty += other.empty;
        self.bytes += other.bytes;
        self.inflated += other.inflated;
        self.outside += other.outside;
        self.judged += other.judged;
        self.repaired += other.repaired;
        self.failed += other.failed;
        for (what, count) in other.skipped {
            *self.skipped.entry(what).or_default() += count;
        }
        for (name, offset, why) in other.places {
            self.place(name, offset, why);
        }
        self.complaints.extend(other.complaints);
        self.hashes.extend(other.hashes);
    }
}

#[cfg(test)]
mod tests {
    use detect::cloudtrail::log_file::LogFileReader;

    use super::*;

    const MIXED: &str = concat!(
        r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z"}"#,
        "\n{}\n",
        r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"noon"}"#,
        "\n",
    );

    fn tally(name: &str) -> Tally {
        let mut seen = 0;
        let report = LogFileReader::default().read(MIXED.as_bytes(), |_| seen += 1);
        let mut tally = Tally::default();
        tally.add(&Source::at(name), &report, 0);
        tally
    }

    #[test]
    fn everything_read_is_judged_skipped_or_failed() {
        let tally = tally("a");
        assert_eq!((tally.judged, tally.failed, tally.read()), (1, 1, 3));
        assert!(!tally.is_whole());
    }

    #[test]
    fn the_order_of_files_does_not_matter() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let sum = |names: &mut dyn Iterator<Item = &&str>| {
            names.fold(Tally::default(), |mut sum, name| {
                sum.merge(tally(name));
                sum
            })
        };
        let forward = sum(&mut names.iter());
        assert_eq!(forward, sum(&mut names.iter().rev()));
        assert_eq!(forward.places.len(), PLACES);
    }
}
