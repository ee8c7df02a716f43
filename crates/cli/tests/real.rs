//! Every command that looks things up, over the logs of real accounts.
//!
//! The logs are no part of the repository, see [`outside`]; without them the tests say so and pass. Figures and
//! not texts are compared, for nothing of these logs is copied here.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::shop::{Run, Shop};

/// A small real account: one IAM user attacks it among services that write logs.
fn lab() -> Option<PathBuf> {
    outside::shared("logs/sans-s3-lab")
}

fn run(shop: &Shop, command: &str, logs: &Path) -> Run {
    shop.run(&command.replace("LOGS", &logs.display().to_string()))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_attacker_is_found_by_name_address_and_time() {
    let Some(logs) = lab() else { return };
    let shop = Shop::new();
    let found = |flags: &str| {
        let run = run(&shop, &format!("search LOGS --format jsonl {flags}"), &logs).ends(0);
        run.stdout.lines().count()
    };
    assert_eq!(found("--principal jmerckle"), 37);
    assert_eq!(found("--ip 3.238.12.183"), 37);
    assert_eq!(
        found("--ip 3.238.12.0/24 --where userIdentity.userName~jmerck"),
        37
    );
    assert_eq!(
        found("--principal jmerckle --since 2021-07-29T14:00:00Z"),
        1
    );
    assert_eq!(found("--where jmerckle --event PutUserPolicy"), 1);
}

#[test]
fn every_event_is_counted_once_with_an_index_and_without() {
    let Some(logs) = lab() else { return };
    let shop = Shop::new();
    let count = "--count-by userIdentity.type --format csv";
    let read = run(&shop, &format!("search LOGS {count}"), &logs).ends(0);
    let total: u64 = read
        .stdout
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next()?.parse::<u64>().ok())
        .sum();
    assert_eq!(total, 23_981, "{read}");
    let indexed = run(
        &shop,
        &format!("search LOGS --index i.sqlite {count}"),
        &logs,
    )
    .ends(0);
    assert_eq!(read.stdout, indexed.stdout);
    for question in [
        "--principal jmerckle",
        "--where errorCode=AccessDenied --where eventName=PutObject",
        "--where falsimentis --count-by eventName",
        "--where requestParameters.userName=jmerckle",
        "--resource falsimentis-eng --unique eventName",
        "--where trailhound.principal.kind=root --where eventName!~Describe* --limit 0",
    ] {
        let read = run(
            &shop,
            &format!("search LOGS --format csv {question}"),
            &logs,
        )
        .ends(0);
        let indexed = shop
            .run(&format!("search --index i.sqlite --format csv {question}"))
            .ends(0);
        assert_eq!(read.stdout, indexed.stdout, "{question}");
    }
}

#[test]
fn the_case_of_the_attacker_names_what_is_left() {
    let Some(logs) = lab() else { return };
    let shop = Shop::new();
    let key = run(
        &shop,
        "search LOGS --principal jmerckle --unique userIdentity.accessKeyId",
        &logs,
    )
    .ends(0)
    .stdout;
    let key = key.lines().next().expect("a key").to_owned();
    let case = json(
        &run(&shop, &format!("case {key} LOGS --format json"), &logs)
            .ends(0)
            .stdout,
    );
    let calls: Vec<_> = case["left"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert_eq!(
        calls,
        ["way-in", "way-in"],
        "a policy on itself and a key: {case}"
    );
    assert!(case["undo"].as_array().expect("steps").len() >= 3);
    let timeline = run(
        &shop,
        &format!("timeline LOGS --key {key} --format jsonl"),
        &logs,
    )
    .ends(0)
    .stdout;
    assert_eq!(
        timeline.lines().count() as u64,
        case["events"].as_u64().expect("a count")
    );
    let summary = run(
        &shop,
        "summary LOGS --principal jmerckle --format jsonl",
        &logs,
    )
    .ends(0)
    .stdout;
    assert_eq!(json(summary.trim())["calls"].as_u64(), Some(37));
}

#[test]
fn a_report_a_replay_and_a_bill_come_of_it() {
    let Some(logs) = lab() else { return };
    let shop = Shop::new();
    run(&shop, "report LOGS", &logs).ends(0);
    let page = shop.read("report.html");
    assert!(page.contains("jmerckle") && page.len() < 5_000_000);
    let replay = json(
        &run(
            &shop,
            "replay root-console-login --logs LOGS --format json",
            &logs,
        )
        .ends(0)
        .stdout,
    );
    assert!(replay["events"].as_u64() >= Some(1), "{replay}");
    let bill = json(&run(&shop, "cost LOGS --format json", &logs).ends(0).stdout);
    assert_eq!(bill["records"].as_u64(), Some(23_981));
    assert!(bill["dollars_a_month"].as_f64() > Some(5.0));
}

#[test]
fn every_technique_can_be_told() {
    let Some(logs) = outside::shared("logs/stratus") else {
        return;
    };
    let shop = Shop::new();
    let mut told = 0;
    for file in outside::files(&logs) {
        run(&shop, "summary LOGS", &file).ends(0);
        let ids = run(&shop, "search LOGS --unique eventID", &file)
            .ends(0)
            .stdout;
        let Some(id) = ids.lines().next() else {
            continue;
        };
        run(&shop, &format!("timeline LOGS --event {id}"), &file).ends(0);
        let case = run(&shop, &format!("case {id} LOGS"), &file).ends(0).stdout;
        assert!(case.contains("## "), "{}", file.display());
        told += 1;
    }
    assert!(told >= 15, "{told}");
}
