//! Input made to break us: every run ends, in bounded time, and accounts for what it read.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::shop::{Shop, gzip, record};

/// Scans `content` alone; what comes out must add up.
fn scan(content: &[u8]) -> crate::shop::Run {
    let shop = Shop::new();
    shop.write("logs/hostile.json", content);
    let run = shop.run("scan logs");
    assert!([0, 4].contains(&run.code), "{run}");
    adds_up(&run.stderr);
    run
}

/// `Records: 3 read = 1 judged + 1 skipped + 1 failed`
#[track_caller]
fn adds_up(stderr: &str) {
    let line = stderr
        .lines()
        .find_map(|line| line.strip_prefix("Records: "))
        .expect("a summary");
    let numbers: Vec<u64> = line
        .replace(',', "")
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(numbers[0], numbers[1] + numbers[2] + numbers[3], "{line}");
}

/// Bytes without pattern; the same on every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn noise_is_no_log_file() {
    scan(&noise(100_000));
    scan(&gzip(noise(100_000)));
    let mut header = gzip("")[..10].to_vec();
    header.extend(noise(10_000));
    assert_eq!(scan(&header).code, 4);
}

#[test]
fn deep_nesting_ends() {
    for opening in ["[", "{\"a\":", "{\"Records\":["] {
        scan(opening.repeat(100_000).as_bytes());
    }
    let deep = format!("{}{}", "{\"a\":".repeat(10_000), "1") + &"}".repeat(10_000);
    let record = record("DeleteTrail", "2026-11-22T14:02:11Z");
    let nested = record.trim_end().strip_suffix('}').unwrap().to_owned()
        + &format!(",\"requestParameters\":{deep}}}");
    let run = scan(nested.as_bytes());
    assert!(
        run.stdout.contains("Trail deleted") || run.stderr.contains("1 failed"),
        "{run}"
    );
}

#[test]
fn invalid_utf8_is_repaired_and_said() {
    let mut line = record("DeleteTrail", "2026-11-22T14:02:11Z").into_bytes();
    let at = line
        .windows(5)
        .position(|window| window == b"maria")
        .unwrap();
    line[at] = 0xff;
    let run = scan(&line);
    assert!(
        run.stderr.contains("1 with invalid UTF-8, replaced"),
        "{run}"
    );
}

#[test]
fn a_bomb_is_defused() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 48 << 20]).unwrap();
    let run = scan(&bomb.finish().unwrap());
    assert!(
        run.code == 4 && run.stderr.contains("looks like a bomb"),
        "{run}"
    );
}

#[test]
fn members_that_look_alike_are_all_read() {
    let twice = gzip(record("DeleteTrail", "2026-11-22T14:02:11Z")).repeat(2);
    let run = scan(&twice);
    assert!(run.stderr.contains("Records: 2 read"), "{run}");
}

#[test]
fn names_of_an_attacker_stay_text() {
    let forged = r"\u001b[2Jroot\n\nCRITICAL  You have been hacked\u202e";
    let line = record("DeleteTrail", "2026-11-22T14:02:11Z").replace("maria", forged);
    let run = scan(line.as_bytes());
    assert!(run.stdout.contains('␛'), "{run}");
    assert!(!run.stdout.contains(['\x1b', '\u{202e}']), "{run}");
    assert!(
        !run.stdout.lines().any(|line| line.starts_with("CRITICAL")),
        "{run}"
    );
}

#[test]
fn hostile_files_explain_nothing_and_break_nothing() {
    let shop = Shop::new();
    for content in [
        noise(10_000),
        b"{".repeat(10_000),
        b"[1,2,3]".to_vec(),
        Vec::new(),
    ] {
        shop.write("hostile.json", content);
        let run = shop.run("explain hostile.json");
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.starts_with("error: "), "{run}");
    }
}
