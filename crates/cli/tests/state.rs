//! `--state`: what was told once is not told again.

use insta::assert_snapshot;

use crate::shop::{Shop, record};

const SCAN: &str = "scan logs --rules my-rules --no-builtin --state seen.redb";

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
    let mut waiting = shop.command("scan - --state seen.redb").spawn().unwrap();
    while !shop.path().join("seen.redb").exists() {
        std::thread::yield_now();
    }
    // The file appears a moment before it is locked.
    let second = (0..50).map(|_| shop.run(SCAN)).find(|run| run.code == 2);
    assert!(second.is_some_and(|run| run.stderr.contains("another run has this state file open")));
    drop(waiting.stdin.take());
    waiting.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_tells_what_it_has_and_harms_nothing() {
    let shop = Shop::furnished();
    let mut child = shop
        .command("scan logs - --rules my-rules --no-builtin --state seen.redb -j 2")
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    while !shop.path().join("seen.redb").exists() {
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    // It waits for its input, which must come to an end for it to notice.
    let _ = std::io::Write::write_all(&mut stdin, b"{}");
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(130), "{stdout}{stderr}");
    assert!(
        stderr.contains("Interrupted: this is what was found up to here"),
        "{stderr}"
    );
    assert!(stdout.contains("Trail deleted"), "{stdout}{stderr}");
    let again = shop.run(SCAN).ends(0);
    assert!(again.stderr.contains("told by an earlier run"), "{again}");
}
