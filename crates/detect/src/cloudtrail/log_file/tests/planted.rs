//! Log files with breakages planted in them: all that is in a file is accounted for.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::{good, gzip, ids, read};

/// Something in a log file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Planted {
    Record,
    Stranger(&'static str),
    Broken(&'static str),
}

fn planted() -> impl Strategy<Value = Planted> {
    prop_oneof![
        4 => Just(Planted::Record),
        1 => proptest::sample::select(&["{}", r#"{"a":[{"b":"}"}]}"#, r#"{"eventName":"x"}"#][..])
            .prop_map(Planted::Stranger),
        2 => proptest::sample::select(&[
            r#"{"eventVersion":"1.08","a":[}"#,
            r#"{"eventVersion":"1.08","a":"x}"#,
            r#"{"eventVersion":"1.08","a":{"b":"#,
            r#"{"eventVersion" "1.08"}"#,
            r#"{"eventSource":"x","eventName":"y","eventTime":"noon"}"#,
            "17",
            "{",
            "word",
        ][..]).prop_map(Planted::Broken),
    ]
}

/// The file, one of the planted on each line.
fn file_of(planted: &[Planted], lines: bool) -> String {
    let text = |(id, one): (usize, &Planted)| match one {
        Planted::Record => good(id),
        Planted::Stranger(text) | Planted::Broken(text) => (*text).to_owned(),
    };
    let parts: Vec<_> = planted.iter().enumerate().map(text).collect();
    if lines {
        parts.join("\n")
    } else {
        format!("{{\"Records\":[\n{}\n]}}", parts.join(",\n"))
    }
}

proptest! {
    #[test]
    fn everything_read_is_a_record_or_skipped_or_failed(planted in vec(planted(), 0..40), lines: bool) {
        let file = file_of(&planted, lines);
        let (records, report) = read(file.as_bytes());
        let expected: Vec<_> = planted
            .iter()
            .enumerate()
            .filter(|(_, one)| **one == Planted::Record)
            .map(|(id, _)| id)
            .collect();
        prop_assert_eq!(ids(&records), expected, "{}", file);
        let total = report.records + report.failed + report.skipped.values().sum::<u64>();
        // A word right behind a broken record is passed over with it, in search of the next record.
        prop_assert!(total <= planted.len() as u64, "{}: {:?}", file, report);
        let broken = planted.iter().any(|one| matches!(one, Planted::Broken(_)));
        prop_assert_eq!(report.failed > 0, broken, "{}: {:?}", file, report);
    }

    #[test]
    fn whole_and_streamed_files_are_read_alike(planted in vec(planted(), 0..40), lines: bool, cut: proptest::sample::Index) {
        let file = file_of(&planted, lines).into_bytes();
        let (head, tail) = file.split_at(cut.index(file.len() + 1));
        let streamed = read(&*[gzip(head), gzip(tail)].concat());
        let whole = read(&*gzip(&file));
        prop_assert_eq!(&streamed.0, &whole.0);
        prop_assert_eq!(streamed.1.failures, whole.1.failures);
        prop_assert_eq!(streamed.1.skipped, whole.1.skipped);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in vec(any::<u8>(), 0..400), packed: bool) {
        let file = if packed { gzip(&bytes) } else { bytes };
        let (_, report) = read(&*file);
        prop_assert!(report.bytes_inflated == 0 || report.bytes_read > 0);
    }
}

#[test]
fn a_long_file_is_streamed_as_it_is_read_whole() {
    let mut runner = TestRunner::deterministic();
    let sample = vec(planted(), 20..60);
    for lines in [false, true] {
        let some = sample.new_tree(&mut runner).unwrap().current();
        let many: Vec<_> = some.iter().cycle().take(40_000).copied().collect();
        let file = file_of(&many, lines);
        let (whole, streamed) = (
            read(&*gzip(&file)),
            read(&*[gzip(&file), gzip("")].concat()),
        );
        assert_eq!(whole.0, streamed.0);
        assert_eq!(whole.1.failed, streamed.1.failed);
        assert_eq!(whole.1.failures, streamed.1.failures);
    }
}
