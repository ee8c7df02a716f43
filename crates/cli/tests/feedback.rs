//! `feedback`: a false alarm becomes an exclusion that fits it and nothing else.

use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::{Shop, record, story};

const UNTIL: &str = "--expected --until 2099-05-31";

/// A call that a rule tells of, by somebody, from somewhere.
fn deletes(trail: &str, time: &str, who: &str, address: &str) -> String {
    record("DeleteTrail", time)
        .replace("maria", who)
        .replacen(
            '{',
            &format!(r#"{{"requestParameters":{{"name":"{trail}"}},"#),
            1,
        )
        .replace("203.0.113.7", address)
}

/// Somebody moves trails, as is expected; others delete one, as is not.
fn moves() -> Shop {
    let shop = Shop::new();
    let lines = [
        deletes("old", "2026-11-02T10:00:00Z", "mover", "198.51.100.7"),
        deletes("old", "2026-11-09T10:00:00Z", "mover", "198.51.100.7"),
        deletes("old", "2026-11-16T10:00:00Z", "mover", "203.0.113.9"),
        deletes("old", "2026-11-16T11:00:00Z", "eve", "198.51.100.7"),
    ];
    shop.write("logs/a.json", lines.join(""));
    shop
}

/// The ids of the alerts of a scan, by the deciding event.
fn alerts(shop: &Shop, flags: &str) -> Vec<(String, String)> {
    let run = shop
        .run(&format!("scan logs --format jsonl -q {flags}"))
        .ends(0);
    let alert = |line: &str| {
        let alert: Value = serde_json::from_str(line).expect("an alert");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&alert["id"]), text(&alert["events"][0]["event_id"]))
    };
    run.stdout.lines().map(alert).collect()
}

fn id_of(shop: &Shop, event: &str) -> String {
    let all = alerts(shop, "");
    let found = all.iter().find(|(_, id)| id.contains(event));
    found.unwrap_or_else(|| panic!("{all:?}")).0.clone()
}

#[test]
fn an_exclusion_fits_what_happened_and_nothing_else() {
    let shop = moves();
    let id = id_of(&shop, "2026-11-02");
    let shown = shop
        .run(&format!("feedback {id} {UNTIL} --logs logs"))
        .ends(0);
    assert_snapshot!(shown);
    // What is written is what was shown, and a scan keeps back what was said.
    std::fs::create_dir(shop.path().join("mine")).expect("a folder");
    shop.run(&format!(
        "feedback {id} {UNTIL} --logs logs -q --output mine/moves.yml"
    ))
    .ends(0);
    assert_eq!(shop.read("mine/moves.yml"), shown.stdout);
    shop.run("rules check mine").ends(0);
    let events: Vec<_> = alerts(&shop, "--rules mine")
        .into_iter()
        .map(|(_, event)| event)
        .collect();
    assert_eq!(
        events.len(),
        2,
        "the other address, and the other person: {events:?}"
    );
    assert!(events.iter().all(|event| event.contains("2026-11-16")));
}

#[test]
fn a_field_that_differs_next_time_is_left_out() {
    let shop = moves();
    let id = id_of(&shop, "2026-11-02");
    let run = shop.run(&format!(
        "feedback {id} {UNTIL} --logs logs --without sourceIPAddress"
    ));
    let run = run.ends(0);
    assert!(!run.stdout.contains("sourceIPAddress"), "{run}");
    assert!(
        run.stderr.contains("it would have kept back 3 of 4 alerts"),
        "{run}"
    );
    // Without the address a thief of these credentials is kept back too, and that is said.
    assert!(run.stderr.contains("trail-blinded: Trail deleted"), "{run}");
    let stranger = shop
        .run(&format!(
            "feedback {id} {UNTIL} --logs logs --without nonsense"
        ))
        .ends(3);
    assert!(
        stranger.stderr.contains("--without nonsense") && stranger.stderr.contains("eventName"),
        "{stranger}"
    );
    shop.run(&format!(
        "feedback {id} {UNTIL} --logs logs --without trailhound.principal.key"
    ))
    .ends(3);
}

#[test]
fn the_alert_is_found_in_a_file_too_and_by_its_event() {
    let shop = moves();
    let id = id_of(&shop, "2026-11-09");
    shop.run("scan logs --format jsonl --output alerts.jsonl")
        .ends(0);
    let by_logs = shop
        .run(&format!("feedback {id} {UNTIL} --logs logs -q"))
        .ends(0)
        .stdout;
    let by_file = shop
        .run(&format!("feedback {id} {UNTIL} --alerts alerts.jsonl"))
        .ends(0);
    assert_eq!(by_file.stdout, by_logs);
    assert!(by_file.stderr.contains("Not tested on logs"), "{by_file}");
    let event = "id-DeleteTrail-2026-11-09T10:00:00Z";
    let by_event = shop.run(&format!("feedback {event} {UNTIL} --logs logs -q"));
    assert_eq!(by_event.ends(0).stdout, by_logs);
    shop.write("alerts.jsonl", "{}\n");
    shop.run(&format!("feedback {id} {UNTIL} --alerts alerts.jsonl"))
        .ends(4);
}

#[test]
fn a_known_attack_is_not_excluded_unless_it_must_be() {
    let shop = Shop::new();
    shop.write("logs/a.json", story("password-of-another"));
    let all = alerts(&shop, "--level high");
    let subject = &all.first().expect("an alert").0;
    let refused = shop
        .run(&format!("feedback {subject} {UNTIL} --logs logs"))
        .ends(2);
    assert_snapshot!(refused);
    let forced = shop
        .run(&format!("feedback {subject} {UNTIL} --logs logs --force"))
        .ends(0);
    assert!(forced.stdout.starts_with("title: 'Expected: "), "{forced}");
    assert!(!PathBuf::from(shop.path()).join("never.yml").exists());
    shop.run(&format!(
        "feedback {subject} {UNTIL} --logs logs --output never.yml"
    ))
    .ends(2);
    assert!(
        !shop.path().join("never.yml").exists(),
        "nothing is written by who refuses"
    );
}

#[test]
fn a_correlation_is_excluded_by_the_rules_that_count_for_it() {
    let shop = Shop::new();
    shop.write("logs/a.json", story("stolen-key-to-admin"));
    let run = shop.run("scan logs --format jsonl -q").ends(0);
    let correlation = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("an alert"))
        .find(|alert| alert["rule"]["kind"] == "correlation")
        .expect("one of a correlation");
    let id = correlation["id"].as_str().expect("an id");
    let run = shop
        .run(&format!("feedback {id} {UNTIL} --logs logs --force"))
        .ends(0);
    assert!(
        run.stderr.contains(&format!(
            "this  {}",
            correlation["time"].as_str().expect("a time")
        )),
        "{run}"
    );
}

#[test]
fn hostile_names_stay_values() {
    let shop = Shop::new();
    let line = deletes("old", "2026-11-02T10:00:00Z", "o'*: {x}, 5", "198.51.100.7");
    shop.write("logs/a.json", line);
    let id = id_of(&shop, "2026-11-02");
    let run = shop
        .run(&format!(
            "feedback {id} {UNTIL} --logs logs --owner \u{1b}[2Jme"
        ))
        .ends(0);
    assert!(run.stdout.contains(r"user/o''\*: {x}, 5'"), "{run}");
    assert!(run.stderr.contains("kept back 1 of 1 alert"), "{run}");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    // One that cannot be shown as it is gets no document.
    let line = deletes(
        "old",
        "2026-11-02T10:00:00Z",
        "ma\\u202eria",
        "198.51.100.7",
    );
    shop.write("logs/a.json", line);
    let id = id_of(&shop, "2026-11-02");
    assert_snapshot!(
        "hidden",
        shop.run(&format!("feedback {id} {UNTIL} --logs logs"))
            .ends(2)
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let shop = moves();
    let id = id_of(&shop, "2026-11-02");
    for call in [
        format!("feedback {id} --until 2099-05-31 --logs logs"),
        format!("feedback {id} --expected --logs logs"),
        format!("feedback {id} --expected --until 2020-01-01 --logs logs"),
        format!("feedback {id} --expected --until 2099-05-31"),
        format!("feedback th-000000000000000000000000 {UNTIL} --logs logs"),
    ] {
        shop.run(&call).ends(3);
    }
}
