//! Splits the text of a log file into the objects that may be records.
//!
//! What stands around the objects is taken as it comes: `{"Records":[…]}`, a bare array, one object
//! a line, any mix of them. Objects are found one after the other in a window that the caller
//! refills, so a file of any size needs no more memory than its largest record.
//!
//! **A bad record never sinks its file.** Where an object is broken, cut or too large, the splitter
//! reports it and goes on at the next place where a record visibly begins. That cannot lead it into
//! text that a caller of AWS has written, where quotes are always escaped. The search is bounded
//! too: a file so broken that objects are read [`PATIENCE`] times over is given up, and says so.

use super::json::closing_quote;
use super::layout::{self, Layout};
use super::scan::{Scan, ShapeError, Visit};

/// The largest record that is read, in bytes. CloudTrail's own limit is 1 MB.
pub const MAX_RECORD: usize = 8 << 20;

/// How often the bytes of a broken file may be read again in search of whole records.
const PATIENCE: u64 = 4;

/// Wrappers and arrays open around the records.
const MAX_FRAMES: usize = 16;

/// Keys whose array holds records: log files, LookupEvents, CloudWatch Logs.
const WRAPPERS: [&[u8]; 3] = [b"Records", b"Events", b"logEvents"];

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How every record begins that CloudTrail has written.
const RECORD_START: &[u8] = b"{\"eventVersion\"";

/// Something found in a log file.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'b> {
    /// An object of sound shape, at this offset of the inflated file.
    Object(u64, &'b [u8], &'b Layout),
    /// Something else, at this offset.
    Broken(u64, Broken),
}

/// Why a part of a log file is not an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The brackets or members are wrong.
    #[error("{0}")]
    Shape(#[from] ShapeError),
    /// The file ends, or a string does not.
    #[error("the record has no end")]
    Cut,
    /// The file ends between two records.
    #[error("the file ends before its list of records does")]
    Unclosed,
    /// Larger than [`MAX_RECORD`].
    #[error("the record is larger than {} MiB", MAX_RECORD >> 20)]
    TooLarge,
    /// Text that is neither object nor array.
    #[error("not a JSON object")]
    NotAnObject,
    /// The search for whole records has taken too long.
    #[error("too broken: the rest of the file is not read")]
    GivenUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Array,
    Wrapper,
}

/// What to pass over before the next piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Seeking {
    #[default]
    Nothing,
    /// The start of a record, after a broken one.
    Record,
    /// The end of a word that is no JSON object.
    End,
}

/// Where in a log file we are.
#[derive(Debug, Default)]
pub struct Splitter {
    frames: Vec<Frame>,
    seeking: Seeking,
    given_up: bool,
    /// Whether the file ends within a record, and that is told.
    cut: bool,
    /// Offset of the window's first byte in the file.
    offset: u64,
    /// Bytes of broken objects that were read and will be read again.
    wasted: u64,
}

/// What to do next with the window.
enum Step {
    /// Go on at this place.
    To(usize),
    /// The window ends too early; keep it from this place on and bring more.
    More(usize),
}

impl Splitter {
    /// Hands every piece of `window` to `each` and returns how many bytes are done with.
    ///
    /// The rest must stand at the start of the next window. `last` tells that the file ends with
    /// this window; then everything is done with.
    pub fn split(&mut self, window: &[u8], last: bool, mut each: impl FnMut(Piece<'_>)) -> usize {
        let mut at = 0;
        while at < window.len() && !self.given_up {
            let step = match self.seeking {
                Seeking::Nothing => self.item(window, at, last, &mut each),
                Seeking::Record => self.search(window, at, last),
                Seeking::End => self.end_of_stray(window, at),
            };
            match step {
                Step::To(next) => at = next,
                Step::More(from) => {
                    self.offset += from as u64;
                    return from;
                }
            }
        }
        self.offset += window.len() as u64;
        window.len()
    }

    /// Tells `each` if the file, which was read to its end, should have had more: nothing else shows that the
    /// records behind a place were taken away.
    pub fn end(&self, mut each: impl FnMut(Piece<'_>)) {
        // Behind a broken record the end was passed over with it.
        let is_sound = self.seeking == Seeking::Nothing && !self.cut;
        if is_sound && !self.frames.is_empty() {
            each(Piece::Broken(self.offset, Broken::Unclosed));
        }
    }

    fn item(
        &mut self,
        window: &[u8],
        at: usize,
        last: bool,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Step {
        match window[at] {
            b'{' => self.object(window, at, last, each),
            b'[' if self.frames.len() < MAX_FRAMES => {
                self.frames.push(Frame::Array);
                Step::To(at + 1)
            }
            b']' if self.frames.last() == Some(&Frame::Array) => self.close(at),
            b'}' if self.frames.last() == Some(&Frame::Wrapper) => self.close(at),
            b' ' | b'\t' | b'\n' | b'\r' | b',' => Step::To(at + 1),
            b'"' => self.string(window, at, last, each),
            _ if self.frames.last() == Some(&Frame::Wrapper) => Step::To(at + 1),
            _ if BYTE_ORDER_MARK.starts_with(&window[at..window.len().min(at + 3)]) => {
                if last || window.len() >= at + 3 {
                    Step::To(window.len().min(at + 3))
                } else {
                    Step::More(at)
                }
            }
            _ => self.stray(at, each),
        }
    }

    fn close(&mut self, at: usize) -> Step {
        self.frames.pop();
        Step::To(at + 1)
    }

    fn object(
        &mut self,
        window: &[u8],
        at: usize,
        last: bool,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Step {
        let bytes = &window[at..];
        let limit = &bytes[..bytes.len().min(MAX_RECORD)];
        let mut entered = 0;
        let (scan, layout) = layout::glance(limit, |key, colon| {
            if WRAPPERS.contains(&key) && opens_array(&bytes[colon + 1..]) {
                entered = colon + 1;
                return Visit::Stop;
            }
            Visit::Continue
        });
        match scan {
            Scan::Complete(length) => {
                each(Piece::Object(
                    self.offset + at as u64,
                    &bytes[..length],
                    &layout,
                ));
                Step::To(at + length)
            }
            Scan::Stopped(_) if self.frames.len() < MAX_FRAMES => {
                self.frames.push(Frame::Wrapper);
                Step::To(at + entered)
            }
            Scan::Stopped(_) => self.broken(at, entered, Broken::Shape(ShapeError::TooDeep), each),
            Scan::Incomplete if bytes.len() >= MAX_RECORD => {
                self.broken(at, limit.len(), Broken::TooLarge, each)
            }
            Scan::Incomplete if last => {
                self.cut = true;
                self.broken(at, limit.len(), Broken::Cut, each)
            }
            Scan::Incomplete => Step::More(at),
            Scan::Broken(length, error) => self.broken(at, length, error.into(), each),
        }
    }

    /// Reports an object that was read for `length` bytes in vain, and looks for the next.
    fn broken(
        &mut self,
        at: usize,
        length: usize,
        why: Broken,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Step {
        let place = self.offset + at as u64;
        each(Piece::Broken(place, why));
        self.wasted += length as u64;
        if self.wasted > (place + length as u64).max(MAX_RECORD as u64) * PATIENCE {
            each(Piece::Broken(place, Broken::GivenUp));
            self.given_up = true;
        }
        self.seeking = Seeking::Record;
        Step::To(at + 1)
    }

    fn search(&mut self, window: &[u8], at: usize, last: bool) -> Step {
        let rest = &window[at..];
        // One search for both, for one that finds nothing reads the whole window each time.
        let begins = |open: &usize| {
            rest[..*open].ends_with(b"\n") || rest[*open..].starts_with(RECORD_START)
        };
        match memchr::memchr_iter(b'{', rest).find(begins) {
            Some(found) => {
                self.seeking = Seeking::Nothing;
                Step::To(at + found)
            }
            None if last => Step::To(window.len()),
            None => Step::More(window.len().saturating_sub(RECORD_START.len()).max(at)),
        }
    }

    /// A string that is no object; beside the records, such as `"NextToken": "…"`, that is no harm.
    fn string(
        &mut self,
        window: &[u8],
        at: usize,
        last: bool,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Step {
        let end = match closing_quote(window, at + 1) {
            None if !last && window.len() - at < MAX_RECORD => return Step::More(at),
            end => end.map_or(window.len(), |quote| quote + 1),
        };
        if self.frames.last() != Some(&Frame::Wrapper) {
            each(Piece::Broken(self.offset + at as u64, Broken::NotAnObject));
        }
        Step::To(end)
    }

    /// A word that is no object.
    fn stray(&mut self, at: usize, each: &mut impl FnMut(Piece<'_>)) -> Step {
        each(Piece::Broken(self.offset + at as u64, Broken::NotAnObject));
        self.seeking = Seeking::End;
        Step::To(at + 1)
    }

    fn end_of_stray(&mut self, window: &[u8], at: usize) -> Step {
        let ends = |b: &u8| matches!(b, b',' | b'{' | b'[' | b'}' | b']' | b'\n');
        let Some(length) = window[at..].iter().position(ends) else {
            return Step::To(window.len());
        };
        self.seeking = Seeking::Nothing;
        Step::To(at + length)
    }
}

/// Whether the first thing in `bytes` is an array; what cannot be seen yet is none.
fn opens_array(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'[')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is found when the file comes in windows that grow by `chunk` bytes.
    fn pieces(file: &[u8], chunk: usize) -> Vec<String> {
        let mut splitter = Splitter::default();
        let (mut start, mut end) = (0, 0);
        let mut found = Vec::new();
        while start < file.len() {
            end = (end + chunk).min(file.len());
            start += splitter.split(&file[start..end], end == file.len(), |piece| {
                found.push(told(piece));
            });
        }
        splitter.end(|piece| found.push(told(piece)));
        found
    }

    fn told(piece: Piece<'_>) -> String {
        match piece {
            Piece::Object(_, text, _) => String::from_utf8_lossy(text).into_owned(),
            Piece::Broken(at, why) => format!("{at}: {why}"),
        }
    }

    #[test]
    fn finds_the_records_in_every_wrapping() {
        for (file, why) in [
            (r#"{"Records":[{"a":1},{"b":2}]}"#, "a log file"),
            (
                r#"{ "x": {"y":1}, "Records" : [ {"a":1} , {"b":2} ] , "z": "]}" }"#,
                "with company",
            ),
            (r#"[{"a":1},{"b":2}]"#, "an array"),
            ("{\"a\":1}\n{\"b\":2}\n", "lines"),
            (
                "\u{feff}{\"a\":1}{\"b\":2}",
                "one after the other, with a byte order mark",
            ),
            (
                r#"{"Records":[{"a":1}]}{"Records":[{"b":2}]}"#,
                "two log files in one",
            ),
            (r#"[[{"a":1}],[[{"b":2}]]]"#, "arrays in arrays"),
            (
                r#"{"Events":[{"a":1},{"b":2}],"NextToken":"x\"}"}"#,
                "LookupEvents",
            ),
        ] {
            for chunk in [1, 2, 3, 7, 1000] {
                assert_eq!(
                    pieces(file.as_bytes(), chunk),
                    [r#"{"a":1}"#, r#"{"b":2}"#],
                    "{why}, by {chunk}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_found_in_an_empty_log_file() {
        for file in ["", " \n", "[]", r#"{"Records":[]}"#] {
            assert_eq!(pieces(file.as_bytes(), 3), Vec::<String>::new(), "{file}");
        }
    }

    #[test]
    fn a_bad_record_never_sinks_its_file() {
        const GOOD: &str = r#"{"eventVersion":"1.08","a":1}"#;
        for (bad, why, reason) in [
            (
                r#"{"eventVersion":"1.08","a":[}"#,
                "unpaired brackets",
                "brackets are not paired",
            ),
            (
                r#"{"eventVersion":"1.08","a":"x}"#,
                "a string without end",
                "a member is not",
            ),
            (
                r#"{"eventVersion" "1.08","a":1}"#,
                "no colon",
                "a member is not",
            ),
            ("17", "a number", "not a JSON object"),
            ("\"text\"", "a string", "not a JSON object"),
            ("null", "nothing", "not a JSON object"),
            (
                &("{\"a\":".repeat(10_000)),
                "ten thousand deep",
                "nested more than",
            ),
        ] {
            let file = format!(r#"{{"Records":[{GOOD},{bad},{GOOD},{GOOD}]}}"#);
            for chunk in [5, 100_000] {
                let found = pieces(file.as_bytes(), chunk);
                let good = found.iter().filter(|text| *text == GOOD).count();
                assert_eq!(good, 3, "{why}: {found:?}");
                assert!(
                    found.iter().any(|text| text.contains(reason)),
                    "{why}: {found:?}"
                );
                assert_eq!(found.len(), 4, "{why}: {found:?}");
            }
        }
    }

    #[test]
    fn a_file_that_ends_early_says_so() {
        let found = pieces(br#"{"Records":[{"a":1},{"b":"#, 4);
        assert_eq!(found, [r#"{"a":1}"#, "20: the record has no end"]);
        for cut in [
            r#"{"Records":[{"a":1},"#,
            r#"{"Records":[{"a":1}]"#,
            r#"[{"a":1}"#,
        ] {
            let found = pieces(cut.as_bytes(), 4);
            let why = format!(
                "{}: the file ends before its list of records does",
                cut.len()
            );
            assert_eq!(found, [r#"{"a":1}"#.to_owned(), why], "{cut}");
        }
    }

    #[test]
    fn a_record_over_the_limit_is_passed_over() {
        let big = "x".repeat(MAX_RECORD);
        let file = format!(r#"[{{"a":1}},{{"big":"{big}"}},{{"eventVersion":"1.08"}}]"#);
        let found = pieces(file.as_bytes(), 1 << 20);
        assert_eq!(
            found,
            [
                r#"{"a":1}"#,
                "9: the record is larger than 8 MiB",
                r#"{"eventVersion":"1.08"}"#
            ]
        );
    }

    #[test]
    fn a_file_made_to_be_read_forever_is_given_up() {
        // Every start looks like a record and has no end before the end of the file.
        let file = r#"{"eventVersion":["x","#.repeat(200_000);
        let found = pieces(file.as_bytes(), 1 << 20);
        assert!(
            found.last().unwrap().contains("too broken"),
            "{:?}",
            found.last()
        );
    }

    proptest! {
        #[test]
        fn windows_do_not_matter(
            file in "([\\[\\]{}\",:\\\\ ax1\n]|\\{\"eventVersion\":1\\}|\\{\"Records\":\\[){0,40}",
            chunk in 1_usize..50,
        ) {
            prop_assert_eq!(pieces(file.as_bytes(), chunk), pieces(file.as_bytes(), file.len().max(1)));
        }
    }
}
