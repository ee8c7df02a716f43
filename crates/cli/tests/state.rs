//! `--state`: what was told once is not told again.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use cli::ready::ready;
use cli::state_file::StateFile;
use insta::assert_snapshot;

use crate::conformance::conforms;
use crate::shop::{Shop, record};

const SCAN: &str = "scan logs --rules my-rules --no-builtin --state seen.redb";

#[test]
fn the_file_keeps_every_promise_of_a_store() {
    let shop = Shop::furnished();
    let file = StateFile::open(&shop.path().join("promises.redb")).unwrap();
    ready(conforms(&file));
}

#[test]
fn the_second_run_has_nothing_to_tell() {
    let shop = Shop::furnished();
    let first = shop.run(SCAN).ends(0);
    assert!(first.stdout.contains("Trail deleted"));
    assert_snapshot!(shop.run(&format!("{SCAN} --fail-on low")).ends(0));
}

#[test]
fn what_is_new_is_told() {
    let shop = Shop::furnished();
    shop.run(SCAN).ends(0);
    shop.write(
        "logs/more.json",
        record("DeleteTrail", "2026-11-22T14:02:11Z"),
    );
    let second = shop.run(&format!("{SCAN} --format csv")).ends(0);
    assert_eq!(
        second.stdout.lines().count(),
        2,
        "a heading and one alert: {second}"
    );
}

#[test]
fn what_was_hidden_is_told_later() {
    let shop = Shop::furnished();
    let high = shop.run(&format!("{SCAN} --level high")).ends(0);
    assert!(!high.stdout.contains("Trails looked at"), "{high}");
    let all = shop.run(SCAN).ends(0);
    assert!(all.stdout.contains("Trails looked at"), "{all}");
    assert!(!all.stdout.contains("Trail deleted"), "{all}");
}

#[test]
fn pieces_tell_what_the_whole_tells() {
    let shop = Shop::furnished();
    for (at, name) in ["DeleteTrail", "DescribeTrails", "DeleteTrail"]
        .iter()
        .enumerate()
    {
        shop.write(
            &format!("logs/{at}.json"),
            record(name, &format!("2026-11-22T14:0{at}:00Z")),
        );
    }
    let flags = "--rules my-rules --no-builtin --format jsonl --state";
    let whole = shop.run(&format!("scan logs {flags} whole.redb")).ends(0);
    let mut pieces = String::new();
    for file in ["2.json", "trail-blinded.json", "0.json", "1.json", "2.json"] {
        pieces += &shop
            .run(&format!("scan logs/{file} {flags} pieces.redb"))
            .ends(0)
            .stdout;
    }
    // The last word on each alert is what the whole says.
    for line in whole.stdout.lines() {
        assert!(
            pieces.lines().any(|piece| piece == line),
            "{line}\n{pieces}"
        );
    }
}

#[test]
fn a_file_of_another_kind_is_left_alone() {
    let shop = Shop::furnished();
    shop.write("seen.redb", "precious");
    assert_snapshot!(shop.run(SCAN).ends(2));
    assert_eq!(shop.read("seen.redb"), "precious");
}

#[test]
fn a_state_file_is_for_one_run_at_a_time() {
    let shop = Shop::furnished();
    let held = StateFile::open(&shop.path().join("seen.redb")).unwrap();
    let run = shop.run(SCAN).ends(2);
    assert!(
        run.stderr.contains("another run has this state file open"),
        "{run}"
    );
    drop(held);
    shop.run(SCAN).ends(0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_tells_what_it_has_and_harms_nothing() {
    let shop = Shop::furnished();
    let scan = SCAN.replace("logs", "-");
    let mut child = shop.command(&scan).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    // More than is read ahead: once all of it is taken, the record before it has been judged.
    stdin
        .write_all(record("DeleteTrail", "2026-11-22T14:02:11Z").as_bytes())
        .unwrap();
    stdin.write_all(&vec![b'\n'; 6 << 20]).unwrap();
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    assert_eq!(said, "Stopping; interrupt again to end at once\n");
    drop(stdin);
    stderr.read_to_string(&mut said).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("Interrupted: this is what was found up to here"),
        "{said}"
    );
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("Trail deleted"),
        "{said}"
    );
    let again = shop
        .run_on(&scan, record("DeleteTrail", "2026-11-22T14:02:11Z"))
        .ends(0);
    assert!(again.stderr.contains("1 told by an earlier run"), "{again}");
}

/// Two rules and a correlation that waits for the second.
const NOT_STARTED_AGAIN: &str = "\
title: Trail stopped
id: 33333333-3333-4333-8333-333333333333
name: stopped
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: StopLogging }, condition: s }
level: informational
---
title: Trail started
id: 44444444-4444-4444-8444-444444444444
name: started
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: StartLogging }, condition: s }
level: informational
---
title: Trail not started again
id: 55555555-5555-4555-8555-555555555555
correlation:
  type: event_count
  rules: [stopped]
  group-by: [recipientAccountId]
  timespan: 1h
  condition: { gte: 1 }
unless-followed-by: [started]
level: high
";

/// Runs over one record each, one after the other, with the same state; what each of them tells.
fn told_by_each(shop: &Shop, records: &[(&str, &str)]) -> Vec<usize> {
    shop.write("waiting/rules.yml", NOT_STARTED_AGAIN);
    let scan = "scan - --rules waiting --no-builtin --format jsonl --state waiting.redb";
    let run = |(name, time): &(&str, &str)| {
        let time = format!("2026-11-22T{time}:00Z");
        let run = shop.run_on(scan, record(name, &time)).ends(0);
        run.stdout.lines().count()
    };
    records.iter().map(run).collect()
}

#[test]
fn what_did_not_follow_is_told_by_the_run_that_sees_time_pass() {
    for (records, expected, why) in [
        (
            &[
                ("StopLogging", "10:00"),
                ("GetTrail", "10:59"),
                ("GetTrail", "11:00"),
            ][..],
            &[0, 0, 1][..],
            "an hour has passed",
        ),
        (
            &[
                ("StopLogging", "10:00"),
                ("StartLogging", "10:30"),
                ("GetTrail", "12:00"),
            ],
            &[0, 0, 0],
            "it was started",
        ),
        (
            &[
                ("StopLogging", "10:00"),
                ("StartLogging", "11:01"),
                ("GetTrail", "12:00"),
            ],
            &[0, 1, 0],
            "it was started too late, and that is told once",
        ),
        (
            &[
                ("GetTrail", "12:00"),
                ("StopLogging", "10:00"),
                ("GetTrail", "10:01"),
            ],
            &[0, 1, 0],
            "an earlier run has seen the hour pass",
        ),
        (
            &[
                ("StopLogging", "10:00"),
                ("StopLogging", "10:40"),
                ("GetTrail", "11:10"),
                ("GetTrail", "11:40"),
            ],
            &[0, 0, 1, 1],
            "the second stop is added when its hour has passed",
        ),
    ] {
        assert_eq!(
            told_by_each(&Shop::new(), records),
            expected,
            "{why}: {records:?}"
        );
    }
}

/// A simulated week with all its stories, cut at a moment: `logs/0` comes before `logs/1`.
fn two_halves(shop: &Shop) {
    shop.run("simulate --days 10 --records 4000 --output week")
        .ends(0);
    let mut cut = 0;
    let mut folders = vec![shop.path().join("week")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let Some(day) = name.split('_').nth(3).and_then(|time| time.get(..8)) else {
                continue;
            };
            let half = u8::from(day >= "20260307");
            cut |= 1 << half;
            shop.write(
                &format!("logs/{half}/{name}"),
                std::fs::read(&path).expect("a file"),
            );
        }
    }
    assert_eq!(cut, 0b11, "both halves have log files");
}

/// The last word on each alert, by its id.
fn last_words<'r>(outputs: impl IntoIterator<Item = &'r str>) -> BTreeMap<String, String> {
    let lines = outputs.into_iter().flat_map(str::lines);
    // A run that was killed may have left half a line.
    let alerts = lines.filter_map(|line| {
        let alert: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((alert["id"].as_str()?.to_owned(), line.to_owned()))
    });
    alerts.collect()
}

#[test]
fn a_log_in_two_halves_tells_what_one_run_tells() {
    let shop = Shop::new();
    two_halves(&shop);
    let scan = |what: &str, state: &str| {
        let scan = format!("scan {what} --format jsonl --level low --state {state}");
        shop.run(&scan).ends(0).stdout
    };
    let whole = scan("logs", "whole.redb");
    let halves = ["logs/0", "logs/1"].map(|half| scan(half, "halves.redb"));
    let whole = last_words([&*whole]);
    assert!(whole.len() > 30, "{} alerts", whole.len());
    assert_eq!(last_words(halves.iter().map(String::as_str)), whole);
    assert_eq!(scan("logs", "halves.redb"), "", "nothing is left to tell");
}

#[cfg(unix)]
#[test]
fn a_scan_that_is_killed_and_run_again_tells_what_one_run_tells() {
    use std::os::unix::process::ExitStatusExt as _;

    let shop = Shop::new();
    two_halves(&shop);
    let began = Instant::now();
    let whole = shop
        .run("scan logs --format jsonl --level low --state whole.redb")
        .ends(0);
    let takes = began.elapsed();
    let whole = last_words([&*whole.stdout]);
    let (mut killed, steps) = (0, 12);
    for step in 0..steps {
        // Most often near the end, where alerts are told and saved.
        let state = format!("killed-{step}.redb");
        let scan = format!("scan logs --format jsonl --level low --state {state}");
        let mut child = shop.command(&scan).spawn().unwrap();
        drop(child.stdin.take());
        std::thread::sleep(takes.mul_f64(0.4 + 0.6 * f64::from(step) / f64::from(steps)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        killed += u32::from(output.status.signal() == Some(9));
        let first = String::from_utf8_lossy(&output.stdout).into_owned();
        let again = shop.run(&scan).ends(0).stdout;
        assert_eq!(
            last_words([&*first, &*again]),
            whole,
            "killed after step {step}"
        );
    }
    assert!(
        killed > steps / 2,
        "{killed} of {steps} were killed in the middle"
    );
    assert!(takes < Duration::from_mins(2), "{takes:?}");
}
