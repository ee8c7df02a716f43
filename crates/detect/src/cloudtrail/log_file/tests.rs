//! What log files must be read like that nobody would write.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

mod planted;

const GOOD: &str = r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z","eventID":"@"}"#;

fn good(id: usize) -> String {
    GOOD.replace('@', &id.to_string())
}

fn log_file(records: usize) -> String {
    let records: Vec<_> = (0..records).map(good).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    packed(text, Compression::fast())
}

fn packed(text: impl AsRef<[u8]>, level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// What is handed over, as text, and what became of the file.
fn read(file: impl Read) -> (Vec<String>, FileReport) {
    let mut records = Vec::new();
    let report = LogFileReader::default().read(file, |record| {
        records.push(record.text().to_owned());
    });
    assert_eq!(records.len() as u64, report.records);
    (records, report)
}

fn ids(records: &[String]) -> Vec<usize> {
    let id = |text: &String| {
        let record = Record::new(text, layout::of(text).unwrap()).unwrap();
        record.event_id().unwrap().parse().unwrap()
    };
    records.iter().map(id).collect()
}

fn problem(report: &FileReport) -> String {
    report
        .problem
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[test]
fn of_a_file_cut_off_the_records_before_the_cut_are_handed_over() {
    let file = gzip(log_file(2_000));
    let mut most = 0;
    for cut in (20..file.len()).step_by(97) {
        let (records, report) = read(&file[..cut]);
        let count = records.len();
        assert_eq!(ids(&records), (0..count).collect::<Vec<_>>());
        assert_eq!(problem(&report), "the gzip stream is cut off", "{cut}");
        assert!(report.failed <= 1);
        most = most.max(count);
    }
    assert!(most > 1_900, "{most}");
}

#[test]
fn garbage_behind_the_file_costs_no_record() {
    for garbage in [&b"garbage"[..], &[0; 512], &[0x1f, 0x8b, 0x08], &[0xff; 3]] {
        let file = [&gzip(log_file(3)), garbage].concat();
        let (records, report) = read(&*file);
        assert_eq!(ids(&records), [0, 1, 2]);
        assert!(report.problem.is_some(), "{garbage:?}");
    }
}

#[test]
fn every_member_of_a_file_is_read() {
    let (one, other) = (
        log_file(2),
        log_file(2).replace("ListBuckets", "ListObjects"),
    );
    let long = log_file(3);
    for (members, expected, why) in [
        (vec![&one, &long], 5, "of different sizes"),
        (vec![&one, &other], 4, "of the same size"),
        (vec![&one, &one], 4, "the same again"),
        (vec![&one, &one, &one], 6, "thrice the same"),
        (vec![&one, &long, &one], 7, "the first again at the end"),
    ] {
        let file: Vec<u8> = members.iter().flat_map(gzip).collect();
        let (records, report) = read(&*file);
        assert_eq!(records.len(), expected, "{why}");
        assert!(report.problem.is_none(), "{why}: {report:?}");
        assert_eq!(report.bytes_read, file.len() as u64);
    }
}

#[test]
fn a_record_may_lie_across_two_members() {
    let text = log_file(3);
    let (head, tail) = text.split_at(text.len() / 2);
    let (records, _) = read(&*[gzip(head), gzip(tail)].concat());
    assert_eq!(ids(&records), [0, 1, 2]);
}

#[test]
fn a_file_that_lies_about_itself_is_read_and_told_of() {
    for (place, why) in [
        (1, "its size, by far"),
        (4, "its size"),
        (8, "its checksum"),
    ] {
        let mut file = gzip(log_file(3));
        let at = file.len() - place;
        file[at] ^= 0x01;
        let (records, report) = read(&*file);
        assert_eq!(ids(&records), [0, 1, 2], "{why}");
        assert_eq!(problem(&report), "the gzip stream is damaged", "{why}");
    }
}

#[test]
fn a_bomb_is_cut_off() {
    for filling in [&b" "[..], b"[", b"{\"a\":", b"\"", b"x", b"{", b"{}\n"] {
        let member = filling.repeat((4 << 20) / filling.len());
        // Some four gigabytes.
        let bomb = packed(member, Compression::best()).repeat(1_024);
        let mut reader = LogFileReader::default();
        let report = reader.read(&*bomb, |_| {});
        assert!(problem(&report).contains("bomb"), "{filling:?}: {report:?}");
        assert!(report.bytes_inflated < 32 << 20);
        assert!(reader.window.len() <= MAX_RECORD + WINDOW);
    }
}

#[test]
fn a_record_of_a_hundred_megabytes_is_passed_over_in_bounded_memory() {
    for (start, end) in [
        (r#"{"eventVersion":"1.08","x":""#, r#""}"#),
        (r#"{"x":[{"y":""#, r#""}]}"#),
        ("\"", "\""),
    ] {
        let file = format!("[{},{start}", good(0))
            .into_bytes()
            .chain_all(io::repeat(b'x').take(100 << 20))
            .chain(io::Cursor::new(format!("{end},{}]", good(1))));
        let mut reader = LogFileReader::default();
        let mut records = Vec::new();
        let report = reader.read(file, |record| records.push(record.text().to_owned()));
        assert_eq!(ids(&records), [0, 1]);
        assert!((1..=2).contains(&report.failed), "{report:?}");
        assert!(report.problem.is_none());
        assert!(reader.window.len() <= MAX_RECORD + WINDOW);
    }
}

/// Only to write a long file in the order in which it is read.
trait ChainAll: Sized {
    fn chain_all<R: Read>(self, rest: R) -> io::Chain<io::Cursor<Self>, R>
    where
        io::Cursor<Self>: Read,
    {
        io::Cursor::new(self).chain(rest)
    }
}

impl ChainAll for Vec<u8> {}

#[test]
fn a_long_file_of_broken_lines_is_read_in_time() {
    // Each of a million lines is broken; were the rest of the file searched for each, this would
    // take hours.
    for line in ["{x\n", "{\"eventVersion\"x", "{\"a\" ", "}\n", "[", "\""] {
        let (records, report) = read(line.repeat((3 << 20) / line.len()).as_bytes());
        assert_eq!(records.len(), 0, "{line}");
        assert!(report.failed > 0 || matches!(line, "["), "{line}");
    }
}

#[test]
fn oddities_inside_a_record_do_no_harm() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let long = format!("\"{}\"", "x".repeat(2 << 20));
    for (value, handed_over, why) in [
        (deep.as_str(), false, "ten thousand levels of arrays"),
        (&deep_object, false, "ten thousand levels of objects"),
        (&long, true, "two megabytes of text"),
        (r#""\ud800""#, true, "half a surrogate pair"),
        (r#""\udc00\ud800""#, true, "a pair the wrong way round"),
        (r#""\u00""#, true, "an escape cut off"),
        (r#"{"a.b":{"c.d":1}}"#, true, "dots in keys"),
        (r#"{"":{"":""}}"#, true, "empty keys"),
        ("1e999999", true, "a number that no double holds"),
        ("-0", true, "minus nothing"),
        (
            "123456789012345678901234567890",
            true,
            "a very whole number",
        ),
        ("tru", true, "a word that is none"),
        ("\"\u{0}\"", true, "a NUL"),
        ("\"\u{202e}\"", true, "text that turns round"),
    ] {
        let odd = good(1).replacen('{', &format!("{{\"requestParameters\":{value},"), 1);
        let file = format!(r#"{{"Records":[{},{odd},{}]}}"#, good(0), good(2));
        let (records, report) = read(file.as_bytes());
        assert_eq!(records.len(), 2 + usize::from(handed_over), "{why}");
        assert_eq!(report.failed, u64::from(!handed_over), "{why}: {report:?}");
        assert!(report.problem.is_none(), "{why}");
    }
}

#[test]
fn fields_of_unexpected_kinds_are_what_they_are() {
    let text = GOOD.replacen(
        '{',
        r#"{"awsRegion":7,"readOnly":"true","sourceIPAddress":null,"userAgent":["x"],"userIdentity":"root","recipientAccountId":"\ud83d","eventID":"first","#,
        1,
    );
    let (mut asked, mut read_only) = (0, None);
    let report = LogFileReader::default().read(text.as_bytes(), |record| {
        asked += 1;
        read_only = record.read_only();
        assert_eq!(record.region(), None);
        assert_eq!(record.source_ip(), None);
        assert_eq!(record.user_agent(), None);
        assert_eq!(record.account().unwrap(), "\u{fffd}");
        assert_eq!(record.event_id().unwrap(), "first", "of two, the first");
    });
    assert_eq!((asked, report.records, read_only), (1, 1, Some(true)));
}

#[test]
fn invalid_utf_8_is_repaired_and_counted() {
    let mut file = log_file(3).into_bytes();
    let place = file.windows(5).position(|bytes| bytes == b"ListB").unwrap();
    file[place] = 0xff;
    let (records, report) = read(&*file);
    assert!(records[0].contains("\u{fffd}istBuckets"));
    assert_eq!(ids(&records), [0, 1, 2]);
    assert_eq!((report.records, report.repaired), (3, 1));
}

#[test]
fn nothing_is_made_of_nothing() {
    for file in [
        "",
        " \n\t ",
        "[]",
        "{\"Records\":[]}",
        "{\"Records\": [ ] }\n",
        "\u{feff}",
    ] {
        for bytes in [file.as_bytes().to_vec(), gzip(file)] {
            let (records, report) = read(&*bytes);
            assert_eq!(records.len(), 0);
            assert_eq!((report.failed, report.skipped.len()), (0, 0), "{file:?}");
            assert!(report.problem.is_none(), "{file:?}: {report:?}");
        }
    }
    assert!(read(io::empty()).1.is_empty());
}

#[test]
fn strangers_are_told_apart_or_counted() {
    let utf_16: Vec<u8> = log_file(1)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let junk: Vec<u8> = (0..4_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for (file, why) in [
        (utf_16, "UTF-16"),
        (vec![0; 1_000], "NULs"),
        (junk, "junk"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "a picture"),
    ] {
        let (records, report) = read(&*file);
        assert_eq!(records.len(), 0, "{why}");
        assert_eq!(problem(&report), "neither gzip nor JSON", "{why}");
    }
    for (file, why) in [
        ("time,source,name\n2026,s3,ListBuckets\n", "a table"),
        ("<html><body>404</body></html>", "a page"),
        ("null", "a word"),
        ("17", "a number"),
        ("\"text\"", "text"),
        ("title: A rule\nlevel: high\n", "a rule"),
    ] {
        let (records, report) = read(file.as_bytes());
        assert_eq!(records.len(), 0, "{why}");
        assert!(
            report.failed > 0 && report.failures.len() <= EXAMPLES,
            "{why}"
        );
    }
}

#[test]
fn objects_that_are_no_records_are_counted_by_what_they_are() {
    for (file, kind, count) in [
        (
            r#"{"name":"x","version":"1","dependencies":{}}"#,
            NotARecord::Without("eventSource"),
            1,
        ),
        (
            r#"{"awsAccountId":"1","digestStartTime":"x","digestS3Object":"y","logFiles":[{"s3Object":"z"}]}"#,
            NotARecord::Digest,
            1,
        ),
        (
            r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-11-22T14:02:11.000Z","eventName":"ObjectCreated:Put","s3":{"object":{"key":"k"}}}]}"#,
            NotARecord::S3Notification,
            1,
        ),
        (
            r#"[{},{},{"a":[{}]}]"#,
            NotARecord::Without("eventSource"),
            3,
        ),
    ] {
        let (_, report) = read(file.as_bytes());
        assert_eq!(report.skipped, BTreeMap::from([(kind, count)]), "{file}");
        assert_eq!((report.records, report.failed), (0, 0), "{file}");
    }
}

#[test]
fn records_are_found_in_every_envelope() {
    let quoted = |id| serde_json::to_string(&good(id)).unwrap();
    for (file, expected, why) in [
        (
            format!(
                r#"{{"version":"0","id":"x","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","detail":{}}}"#,
                good(0)
            ),
            vec![0],
            "EventBridge",
        ),
        (
            format!(
                r#"{{"Events":[{{"EventId":"x","EventName":"y","CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}],"NextToken":"z"}}"#,
                quoted(0),
                quoted(1)
            ),
            vec![0, 1],
            "LookupEvents",
        ),
        (
            format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{{"id":"x","timestamp":1,"message":{}}},{{"id":"y","message":{}}}]}}"#,
                quoted(0),
                quoted(1)
            ),
            vec![0, 1],
            "CloudWatch Logs",
        ),
        (
            format!("{}\n{{broken\n{}\n\n{}", good(0), good(1), good(2)),
            vec![0, 1, 2],
            "lines",
        ),
    ] {
        let (records, report) = read(file.as_bytes());
        assert_eq!(ids(&records), expected, "{why}");
        assert_eq!(
            report.failed,
            u64::from(why == "lines"),
            "{why}: {report:?}"
        );
        assert!(report.skipped.is_empty(), "{why}: {report:?}");
    }
}

#[test]
fn an_envelope_without_a_whole_record_has_failed() {
    for file in [
        r#"{"detail-type":"AWS API Call via CloudTrail","detail":"text"}"#,
        r#"{"detail-type":"AWS API Call via CloudTrail","detail":[1]}"#,
        r#"{"CloudTrailEvent":"{\"eventName\":"}"#,
        r#"{"CloudTrailEvent":"not JSON"}"#,
    ] {
        let (_, report) = read(file.as_bytes());
        assert_eq!(
            (report.records, report.failed),
            (0, 1),
            "{file}: {report:?}"
        );
        assert_eq!(report.failures[0].why, Reason::Envelope);
    }
}

/// Brings a file in odd ways.
struct Slow<'f> {
    file: &'f [u8],
    /// How many bytes come in a read.
    step: usize,
    /// Interrupts every other read.
    interrupts: bool,
    /// Fails when only this many bytes are left.
    fails_before: Option<usize>,
    calls: usize,
}

impl<'f> Slow<'f> {
    fn new(file: &'f [u8], step: usize) -> Self {
        Self {
            file,
            step,
            interrupts: false,
            fails_before: None,
            calls: 0,
        }
    }
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.interrupts && self.calls % 2 == 1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self
            .fails_before
            .is_some_and(|left| self.file.len() <= left)
        {
            return Err(io::Error::other("the disk is gone"));
        }
        let length = self.step.min(buffer.len());
        (&self.file[..length.min(self.file.len())])
            .read(buffer)
            .inspect(|read| self.file = &self.file[*read..])
    }
}

/// More text than is read at once: it is streamed.
fn long_text() -> String {
    log_file(35_000)
}

#[test]
fn slow_and_interrupted_readers_bring_the_same() {
    let text = long_text();
    assert!(text.len() > super::super::inflate::COMPRESSED);
    for file in [text.as_bytes(), &*gzip(&text)] {
        for (step, interrupts) in [(1, false), (1, true), (4_096, true)] {
            let slow = Slow {
                interrupts,
                ..Slow::new(file, step)
            };
            let (records, report) = read(slow);
            assert_eq!(records.len(), 35_000);
            assert!(report.problem.is_none() && report.failed == 0);
            assert_eq!(report.bytes_read, file.len() as u64);
            assert_eq!(report.bytes_inflated, text.len() as u64);
        }
    }
}

#[test]
fn what_came_before_a_reader_failed_is_handed_over() {
    let text = long_text();
    let short = log_file(100);
    for file in [
        text.as_bytes(),
        &*gzip(&text),
        short.as_bytes(),
        &*gzip(&short),
    ] {
        let failing = Slow {
            fails_before: Some(file.len() / 3),
            ..Slow::new(file, 10_000)
        };
        let (records, report) = read(failing);
        assert!(!records.is_empty(), "{report:?}");
        assert_eq!(ids(&records), (0..records.len()).collect::<Vec<_>>());
        assert_eq!(problem(&report), "cannot be read");
        assert!(report.failed <= 1);
    }
    let nothing = Slow {
        fails_before: Some(usize::MAX),
        ..Slow::new(b"x", 1)
    };
    assert_eq!(problem(&read(nothing).1), "cannot be read");
}
