//! Reads a log file of any shape and size, record by record.
//!
//! Everything read is accounted for: an object is handed over as a record, or counted as skipped
//! because it is something else, or counted as failed because it is broken, with its place in the
//! file for the first few. What keeps a whole file from being read to its end is its
//! [`FileReport::problem`]; the records before that place are handed over all the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use super::inflate::{InflateError, Inflater, Source, Stream};
use super::json::Json;
use super::layout::{self, Field, Layout};
use super::record::{NotARecord, Record};
use super::split::{Broken, MAX_RECORD, Piece, Splitter};

/// How much of a streamed file is looked at in one go, in bytes; small enough for the cache.
const WINDOW: usize = 256 << 10;

/// How many failures of a file are told with their place.
const EXAMPLES: usize = 5;

/// Reads log files one after the other, its buffers kept between them.
#[derive(Default)]
pub struct LogFileReader {
    inflater: Inflater,
    window: Vec<u8>,
}

/// What became of a log file.
#[derive(Debug, Default)]
pub struct FileReport {
    /// Size as stored, in bytes; of a file that could not be read to its end, what was read.
    pub bytes_read: u64,
    /// Size inflated, in bytes.
    pub bytes_inflated: u64,
    /// Records handed over.
    pub records: u64,
    /// How many of them held invalid UTF-8, which was replaced by U+FFFD.
    pub repaired: u64,
    /// Objects that are no records, by what they are instead.
    pub skipped: BTreeMap<NotARecord, u64>,
    /// Records that could not be read.
    pub failed: u64,
    /// The first few of them.
    pub failures: Vec<Failure>,
    /// Why the file was not read to its end, if so.
    pub problem: Option<InflateError>,
}

impl FileReport {
    /// Whether the file held nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes_read == 0 && self.problem.is_none()
    }

    fn fail(&mut self, offset: u64, why: Reason) {
        self.failed += 1;
        if self.failures.len() < EXAMPLES {
            self.failures.push(Failure { offset, why });
        }
    }
}

/// A part of a log file that could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Where it begins, in bytes of the inflated file.
    pub offset: u64,
    /// What is wrong with it.
    pub why: Reason,
}

/// What can be wrong with a part of a log file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It is no JSON object.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It is an object, and a record, but cannot be judged.
    #[error(transparent)]
    Record(#[from] NotARecord),
    /// The envelope's record is not whole.
    #[error("the record inside the envelope is not a JSON object")]
    Envelope,
}

impl LogFileReader {
    /// Hands every record of `file` to `each`, in the order written.
    pub fn read(&mut self, file: impl Read, each: impl FnMut(&Record<'_>)) -> FileReport {
        self.read_with_text(file, |_| {}, each)
    }

    /// The same; and hands all of its text to `text`, piece by piece, as it was before it was compressed.
    pub fn read_with_text(
        &mut self,
        file: impl Read,
        mut text: impl FnMut(&[u8]),
        mut each: impl FnMut(&Record<'_>),
    ) -> FileReport {
        let mut report = FileReport::default();
        let mut records = Records {
            report: &mut report,
            each: &mut each,
        };
        let ended = match self.inflater.open(file) {
            Ok(Source::Empty) => Ok(()),
            Ok(Source::Whole(whole)) => {
                text(whole);
                let mut splitter = Splitter::default();
                splitter.split(whole, true, |piece| records.take(piece));
                splitter.end(|piece| records.take(piece));
                report.bytes_inflated = whole.len() as u64;
                report.bytes_read = self.inflater.bytes_read();
                Ok(())
            }
            Ok(Source::Stream(stream)) => {
                read_stream(&mut self.window, stream, &mut text, &mut records)
            }
            Err(error) => Err(error),
        };
        report.problem = ended.err();
        report
    }
}

/// Fills the window, splits it, keeps the record that it ends in, and so on.
fn read_stream<R: Read>(
    window: &mut Vec<u8>,
    mut stream: Stream<'_, R>,
    text: &mut impl FnMut(&[u8]),
    records: &mut Records<'_, impl FnMut(&Record<'_>)>,
) -> Result<(), InflateError> {
    let mut splitter = Splitter::default();
    let mut filled = 0;
    loop {
        if window.len() < filled + WINDOW {
            // Only a record that does not fit makes the window grow; see MAX_RECORD.
            window.resize((filled * 2).clamp(WINDOW * 2, MAX_RECORD + WINDOW), 0);
        }
        let read = stream.fill(&mut window[filled..]);
        let length = *read.as_ref().unwrap_or(&0);
        text(&window[filled..filled + length]);
        filled += length;
        records.report.bytes_inflated += length as u64;
        records.report.bytes_read = stream.bytes_read();
        let done = splitter.split(&window[..filled], length == 0, |piece| records.take(piece));
        window.copy_within(done..filled, 0);
        filled -= done;
        if length == 0 {
            read?;
            splitter.end(|piece| records.take(piece));
            return Ok(());
        }
    }
}

/// Takes what the splitter finds and sorts it.
struct Records<'r, F> {
    report: &'r mut FileReport,
    each: &'r mut F,
}

impl<F: FnMut(&Record<'_>)> Records<'_, F> {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Broken(offset, why) => self.report.fail(offset, why.into()),
            Piece::Object(offset, bytes, layout) => match simdutf8::basic::from_utf8(bytes) {
                Ok(text) => self.object(offset, text, layout),
                Err(_) => self.repair(offset, bytes),
            },
        }
    }

    #[cold]
    fn repair(&mut self, offset: u64, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let before = self.report.records;
        match layout::of(&text) {
            Some(layout) => self.object(offset, &text, &layout),
            None => self.report.fail(offset, Reason::Envelope),
        }
        self.report.repaired += self.report.records - before;
    }

    /// An object is a record, or the envelope of one.
    fn object(&mut self, offset: u64, text: &str, layout: &Layout) {
        match enveloped(text, layout) {
            None => self.record(offset, Record::new(text, layout)),
            Some(inner) => match layout::of(&inner) {
                Some(layout) => self.record(offset, Record::new(&inner, layout)),
                None => self.report.fail(offset, Reason::Envelope),
            },
        }
    }

    #[inline]
    fn record(&mut self, offset: u64, record: Result<Record<'_>, NotARecord>) {
        match record {
            Ok(record) => {
                self.report.records += 1;
                (self.each)(&record);
            }
            Err(NotARecord::Time) => self.report.fail(offset, NotARecord::Time.into()),
            Err(other) => *self.report.skipped.entry(other).or_default() += 1,
        }
    }
}

/// The record inside an EventBridge event, a LookupEvents entry or a CloudWatch Logs message.
fn enveloped<'a>(text: &'a str, layout: &Layout) -> Option<Cow<'a, str>> {
    let value = |field| {
        layout
            .span(field)
            .and_then(|(start, end)| text.get(start..end))
            .map(Json::new)
    };
    if layout.has(Field::DetailType) {
        return value(Field::Detail).map(|detail| Cow::Borrowed(detail.raw()));
    }
    if layout.has(Field::EventName) {
        return None;
    }
    value(Field::CloudTrailEvent)
        .or_else(|| value(Field::Message))?
        .as_str()
}

#[cfg(test)]
mod tests;
