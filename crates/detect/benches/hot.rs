//! The functions that every record goes through, each by itself: `cargo bench -p detect`.

use detect::Detector;
use detect::cloudtrail::layout;
use detect::cloudtrail::scan::{self, Fields, Visit};
use detect::cloudtrail::split::{Piece, Splitter};
use detect::cloudtrail::{LogFileReader, Record};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use sigma::RuleSet;
use simulate::{Scenario, simulate};

fn main() {
    divan::main();
}

/// The log files of a simulated day, put into one.
fn log_file() -> Vec<u8> {
    let day = Scenario {
        days: 1,
        ..Scenario::default()
    };
    let files = simulate(&day).filter(|file| file.records > 0);
    files.flat_map(|file| file.body).collect()
}

/// The records of that day, each by itself.
fn objects(log_file: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    Splitter::default().split(log_file, true, |piece| {
        if let Piece::Object(_, bytes, _) = piece {
            found.push(bytes.to_vec());
        }
    });
    found
}

/// Wants all fields, and does nothing with them.
struct All;

impl Fields for All {
    fn key(&mut self, key: &[u8], _colon: usize) -> Visit {
        black_box(key);
        Visit::Continue
    }

    fn value(&mut self, start: usize, end: usize) -> Visit {
        black_box((start, end));
        Visit::Continue
    }
}

fn each_object(bencher: Bencher<'_, '_>, read: impl Fn(&[u8]) + Sync) {
    let objects = objects(&log_file());
    bencher
        .counter(ItemsCount::new(objects.len()))
        .counter(BytesCount::new(objects.iter().map(Vec::len).sum::<usize>()))
        .bench(|| objects.iter().for_each(|object| read(object)));
}

#[divan::bench]
fn scan_all_fields(bencher: Bencher<'_, '_>) {
    each_object(bencher, |object| {
        black_box(scan::object(object, &mut All));
    });
}

#[divan::bench]
fn scan_all_fields_on_any_machine(bencher: Bencher<'_, '_>) {
    each_object(bencher, |object| {
        black_box(scan::object_on_any_machine(object, &mut All));
    });
}

#[divan::bench]
fn glance_at_the_first_fields(bencher: Bencher<'_, '_>) {
    each_object(bencher, |object| {
        black_box(layout::glance(object, |_, _| Visit::Continue));
    });
}

fn each_record(bencher: Bencher<'_, '_>, mut judge: impl FnMut(&Record<'_>)) {
    let (log_file, mut reader) = (log_file(), LogFileReader::default());
    let records = reader.read(&*log_file, |_| {}).records;
    bencher
        .counter(ItemsCount::new(records))
        .counter(BytesCount::new(log_file.len()))
        .bench_local(|| reader.read(&*log_file, &mut judge));
}

#[divan::bench]
fn read_a_log_file(bencher: Bencher<'_, '_>) {
    each_record(bencher, |record| {
        black_box(record.event_time());
    });
}

#[divan::bench]
fn read_and_ask_the_built_in_rules(bencher: Bencher<'_, '_>) {
    let files = rules::FILES.iter();
    let files = files.map(|&(name, text)| sigma::SourceFile { name, text });
    let (detector, _) = Detector::new(RuleSet::load(files).rules);
    let mut screener = detector.screener();
    each_record(bencher, |record| screener.screen(record, None));
}
