//! `trailhound timeline`, `summary` and `case`

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::{Shop, record, story};

/// A stolen key, and what was done with it: from the demo's attacks.
fn stolen() -> (Shop, String) {
    let shop = Shop::new();
    shop.write("logs/a.json", story("stolen-key-to-admin"));
    let found = shop
        .run("search logs --event CreateAccessKey --format jsonl --limit 1")
        .ends(0)
        .stdout;
    let record: Value =
        serde_json::from_str(found.lines().next().expect("a record")).expect("JSON");
    let key = record["userIdentity"]["accessKeyId"]
        .as_str()
        .expect("a key")
        .to_owned();
    (shop, key)
}

#[test]
fn a_timeline_marks_what_was_found() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "timeline_of_a_principal",
        shop.run_wide("timeline logs --principal hugo.martins", 80)
            .ends(0)
    );
    assert_snapshot!(
        "timeline_in_chinese",
        shop.run("timeline logs --principal hugo.martins --changes --language zh-CN")
            .ends(0)
    );
}

#[test]
fn a_timeline_goes_as_far_around_an_event_as_asked() {
    let shop = Shop::furnished();
    let event = "90a7375a-0731-4c8e-bc69-1b8717b6bcfa";
    let count = |around: &str| {
        let run = shop
            .run(&format!(
                "timeline logs --event {event} --around {around} --format jsonl"
            ))
            .ends(0);
        let lines: Vec<Value> = run
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert!(lines.iter().any(|line| line["event_id"] == event));
        assert!(lines.is_sorted_by_key(|line| line["time"].as_str().map(str::to_owned)));
        lines.len()
    };
    assert_eq!(
        (count("1s"), count("1m"), count("2m"), count("1d")),
        (1, 2, 5, 7)
    );
    assert_snapshot!(
        "timeline_of_nothing",
        shop.run("timeline logs --event nobody").ends(3)
    );
    assert_snapshot!("timeline_of_nobody", shop.run("timeline logs").ends(3));
    shop.run("timeline - --principal x").ends(3);
    shop.run("timeline logs --key A --principal x").ends(3);
}

#[test]
fn a_key_has_a_story_with_all_that_came_from_it() {
    let shop = Shop::new();
    let by = |key: &str, name: &str, minute: u8, more: &str| {
        record(name, &format!("2026-11-22T14:{minute:02}:00Z"))
            .replace(
                r#""userName":"maria""#,
                &format!(r#""userName":"maria","accessKeyId":"{key}""#),
            )
            .replacen('{', &format!("{{{more}"), 1)
    };
    let handed = r#""responseElements":{"credentials":{"accessKeyId":"ASIATWO"}},"#;
    let assumed =
        by("AKIAONE", "AssumeRole", 0, handed).replace("cloudtrail.amazonaws", "sts.amazonaws");
    shop.write(
        "logs/a.json",
        assumed + &by("ASIATWO", "DeleteTrail", 1, "") + &by("AKIAOTHER", "StopLogging", 2, ""),
    );
    for key in ["AKIAONE", "ASIATWO"] {
        let run = shop.run(&format!("timeline logs --key {key}")).ends(0);
        assert!(
            run.stdout.contains("deleted") && run.stderr.starts_with("2 events"),
            "{run}"
        );
    }
    let case = shop.run("case ASIATWO logs").ends(0);
    assert!(
        case.stdout.contains("- `AKIAONE`  `maria`")
            && case.stdout.contains("  - `ASIATWO` ← `AssumeRole`"),
        "{case}"
    );
}

#[test]
fn a_case_tells_what_is_left_and_how_to_undo_it() {
    let (shop, key) = stolen();
    let case = shop.run(&format!("case {key} logs")).ends(0);
    assert_snapshot!("case_of_a_key", case);
    let json = shop
        .run(&format!("case {key} logs --format json"))
        .ends(0)
        .stdout;
    let case: Value = serde_json::from_str(&json).expect("JSON");
    assert!(case["sessions"].as_array().expect("sessions").len() > 1);
    assert!(
        case["left"]
            .as_array()
            .expect("what is left")
            .iter()
            .any(|one| one["kind"] == "way-in")
    );
    assert!(!case["undo"].as_array().expect("steps").is_empty());
    let alert = case["findings"][0]["alert"].as_str().expect("an id");
    let by_alert = shop
        .run(&format!("case {alert} logs --format json"))
        .ends(0)
        .stdout;
    assert!(by_alert.contains(alert));
    let id = shop
        .run("search logs --event CreateAccessKey --unique eventID")
        .ends(0)
        .stdout;
    let id = id.lines().next().expect("an id");
    assert!(
        shop.run(&format!("case {id} logs"))
            .ends(0)
            .stdout
            .contains("## ")
    );
    assert_snapshot!("case_of_nothing", shop.run("case nobody logs").ends(3));
}

#[test]
fn what_was_taken_away_is_not_left() {
    let shop = Shop::furnished();
    let left = |shop: &Shop| {
        shop.run("case f6376860-5cd1-4457-b7d3-406840a84a19 logs --format json")
            .ends(0)
            .stdout
    };
    let stopped = |json: &str| {
        let case: Value = serde_json::from_str(json).expect("JSON");
        let left = case["left"].as_array().expect("a list").clone();
        left.iter()
            .filter(|one| {
                one["said"]
                    .as_str()
                    .is_some_and(|said| said.contains("stopped the logging"))
            })
            .count()
    };
    assert_eq!(stopped(&left(&shop)), 1);
    let stop: Value = serde_json::from_str(
        &shop
            .run("search logs --event StopLogging --format jsonl")
            .stdout,
    )
    .expect("JSON");
    let mut start = stop;
    start["eventName"] = "StartLogging".into();
    start["eventTime"] = "2026-03-03T10:00:00Z".into();
    start["eventID"] = "00000000-0000-4000-8000-000000000001".into();
    start["userIdentity"]["accessKeyId"] = "ASIASOMEBODYELSE".into();
    shop.write("logs/b.json", start.to_string());
    assert_eq!(stopped(&left(&shop)), 0);
}

#[test]
fn a_summary_tells_who_did_how_much() {
    let shop = Shop::furnished();
    shop.write("logs/b.json", story("organization-left"));
    assert_snapshot!("summary_of_all", shop.run("summary logs").ends(0));
    assert_snapshot!(
        "summary_of_one",
        shop.run("summary logs --principal hugo.martins").ends(0)
    );
    let csv = shop.run("summary logs --format csv").ends(0).stdout;
    let calls: u64 = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(3)?.parse::<u64>().ok())
        .sum();
    let found = shop
        .run("search logs --format jsonl")
        .ends(0)
        .stdout
        .lines()
        .count() as u64;
    assert_eq!(calls, found, "every call is somebody's");
    assert_snapshot!(
        "summary_of_nobody",
        shop.run("summary logs --principal nobody").ends(3)
    );
}

#[test]
fn strangers_words_stay_words() {
    let shop = Shop::new();
    let nasty = story("trail-blinded").replace("hugo.martins", "=x\\u001b[2J\\u202e`\\n");
    shop.write("logs/a.json", nasty);
    for command in [
        "timeline logs --ip 203.0.113.77",
        "timeline logs --ip 203.0.113.77 --format csv",
        "summary logs",
        "summary logs --principal *",
        "case 1bfe7f25-1d69-450e-8785-18d3aa08e23a logs",
        "case 1bfe7f25-1d69-450e-8785-18d3aa08e23a logs --format json",
    ] {
        let run = shop.run(command).ends(0);
        let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\r')) || c == '\u{202e}';
        assert!(
            !run.stdout.contains(hidden) && !run.stdout.contains(",=x"),
            "{run}"
        );
    }
}
