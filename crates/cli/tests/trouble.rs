//! What is wrong is said once: where, what, what to do. The rest is judged all the same.

use insta::assert_snapshot;

use crate::shop::{Shop, TWO_RULES, gzip, story};

const RULES: &str = "--rules my-rules --no-builtin --level high";

/// Runs in a furnished shop.
fn run(args: &str) -> crate::shop::Run {
    Shop::furnished().run(args)
}

#[test]
fn a_missing_path() {
    assert_snapshot!(run(&format!("scan nowhere.json logs {RULES}")).ends(4));
}

#[test]
fn a_folder_without_logs() {
    assert_snapshot!(run("scan my-rules").ends(4));
}

#[test]
fn a_pattern_that_matches_nothing_or_is_none() {
    assert_snapshot!(run("scan *.gz logs/[ -q").ends(4));
}

#[test]
fn a_bucket() {
    assert_snapshot!(run("scan s3://my-bucket/AWSLogs -q").ends(4));
}

#[test]
fn a_plain_file_that_ends_between_two_records() {
    let shop = Shop::furnished();
    let record = r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z"}"#;
    shop.write("cut/cut.json", format!(r#"{{"Records":[{record},"#));
    let run = shop.run("scan cut").ends(4);
    assert!(
        run.stderr
            .contains("2 read = 1 judged + 0 skipped + 1 failed"),
        "{run}"
    );
    assert!(
        run.stderr.contains("ends before its list of records does"),
        "{run}"
    );
    // Also where there is no summary.
    let run = shop.run("timeline cut --principal nobody").ends(4);
    assert!(run.stderr.contains("cut.json at byte"), "{run}");
}

#[test]
fn an_hour_in_which_nothing_was_delivered_is_no_trouble() {
    let shop = Shop::furnished();
    let name = "quiet/111122223333_CloudTrail_us-east-1_20261122T1405Z_a.json.gz";
    shop.write(name, gzip(story("trail-blinded")));
    let run = shop.run("scan quiet --since 2030-01-01").ends(0);
    assert!(run.stderr.contains("1 delivered before --since"), "{run}");
}

#[test]
fn cells_of_spreadsheets_are_whole_or_empty() {
    let shop = Shop::furnished();
    let long = "x".repeat(900);
    let record = format!(
        r#"{{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z","userAgent":"{long}"}}"#
    );
    shop.write("long/a.json", record);
    let run = shop
        .run("search long --fields userAgent,errorCode,eventName -f csv")
        .ends(0);
    assert!(
        run.stdout.contains(&format!("{long},,ListBuckets")),
        "{run}"
    );
}

#[test]
fn a_truncated_file() {
    let shop = Shop::furnished();
    let zipped = gzip(story("trail-blinded").repeat(20));
    shop.write("logs/cut.json.gz", &zipped[..zipped.len() / 2]);
    assert_snapshot!(shop.run(&format!("scan logs {RULES}")).ends(4));
}

#[test]
fn records_that_cannot_be_read() {
    let shop = Shop::furnished();
    let broken = r#"{"Records":[{"eventSource":"a","eventName":"b","eventTime":"noon"},{"eventSource":"a",}]}"#;
    shop.write("logs/broken.json", broken);
    assert_snapshot!(shop.run(&format!("scan logs {RULES}")).ends(4));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::furnished();
    let path = shop.write("logs/secret.json", "{}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // The superuser may read everything.
    }
    assert_snapshot!(shop.run(&format!("scan logs {RULES}")).ends(4));
}

#[cfg(unix)]
#[test]
fn links_pipes_and_circles_in_a_folder() {
    let shop = Shop::furnished();
    let logs = shop.path().join("logs");
    std::os::unix::fs::symlink("nowhere", logs.join("dangling.json")).unwrap();
    std::os::unix::fs::symlink(".", logs.join("circle")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(logs.join("pipe.json"))
        .status();
    assert!(made.unwrap().success());
    assert_snapshot!(shop.run(&format!("scan logs {RULES}")).ends(4));
}

#[test]
fn a_broken_rule_does_not_stop_the_others() {
    let shop = Shop::furnished();
    shop.write(
        "my-rules/broken.yml",
        TWO_RULES.replace("selection and not", "selektion and not"),
    );
    shop.write("my-rules/latin1.yml", b"title: caf\xe9\n");
    assert_snapshot!(shop.run(&format!("scan logs {RULES}")).ends(2));
}

#[test]
fn no_rules_at_all() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "empty",
        shop.run("scan logs --rules logs --no-builtin").ends(2)
    );
    assert_snapshot!(
        "missing",
        shop.run("scan logs --rules nowhere --no-builtin").ends(2)
    );
}

#[test]
fn wrong_calls() {
    for (name, args) in [
        ("no_command", ""),
        ("unknown_flag", "scan logs --colour never"),
        ("unknown_format", "scan logs --format xml"),
        ("bad_time", "scan logs --since yesterday"),
        (
            "backwards",
            "scan logs --since 2026-03-04 --until 2026-03-03",
        ),
        ("no_path", "scan"),
        ("no_threads", "scan logs --threads 0"),
        ("only_no_builtin", "scan logs --no-builtin"),
        ("unwritable", "scan logs --output nowhere/alerts.csv"),
        ("folder_as_output", "scan logs --output logs"),
    ] {
        assert_snapshot!(name, run(args).ends(3));
    }
}

#[test]
fn help_and_version_are_no_mistakes() {
    for args in [
        "--help",
        "--version",
        "scan --help",
        "rules test --help",
        "help scan",
    ] {
        let run = run(args).ends(0);
        assert_eq!(run.stderr, "", "{args}");
    }
}

#[test]
fn a_hostile_path_cannot_forge_a_line() {
    let shop = Shop::new();
    let output = shop
        .command("scan")
        .arg("a\n\x1b[31merror: all is well")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: a␊␛[31merror: all is well: "),
        "{stderr}"
    );
}
