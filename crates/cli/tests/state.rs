//! `--state`: what was told once is not told again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Command;

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
