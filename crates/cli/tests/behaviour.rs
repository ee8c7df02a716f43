//! `scan --behaviour`, `--baseline`, and `baseline`.

use std::path::PathBuf;
use std::sync::LazyLock;

use insta::assert_snapshot;
use serde_json::Value;
use simulate::months::{MonthPlan, month};

use crate::shop::{Shop, gzip};

#[path = "../../baseline/src/places/mmdb/tiny.rs"]
mod tiny;

/// A short month in which everything happens late, a file a day.
static MONTH: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let plan = MonthPlan {
        days: 10,
        quiet: 7,
        ..MonthPlan::new(5)
    };
    month(plan).files.iter().map(gzip).collect()
});

fn days(shop: &Shop, folder: &str, days: std::ops::Range<usize>) {
    for day in days {
        shop.write(&format!("{folder}/day-{day:02}.json.gz"), &MONTH[day]);
    }
}

/// The alerts about behaviour of a scan of `logs`.
fn unusual(shop: &Shop, flags: &str) -> Vec<Value> {
    let run = shop
        .run(&format!("scan logs --format jsonl {flags}"))
        .ends(0);
    let alerts = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    alerts
        .filter(|alert| alert["rule"]["kind"] == "anomaly")
        .collect()
}

fn ids(alerts: &[Value]) -> Vec<String> {
    let mut ids: Vec<_> = alerts.iter().map(|alert| alert["id"].to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn what_is_unusual_is_told_with_its_evidence() {
    let shop = Shop::new();
    days(&shop, "logs", 0..10);
    let alerts = unusual(&shop, "--behaviour");
    assert!(alerts.len() > 5, "{} alerts", alerts.len());
    for alert in &alerts {
        let signals = alert["anomaly"]["signals"].as_array().expect("signals");
        assert!(
            !signals.is_empty() && alert["anomaly"]["score"].as_f64() > Some(1.0),
            "{alert}"
        );
        assert!(
            alert["why"].as_array().is_some_and(|why| why.len() > 1),
            "{alert}"
        );
        assert!(
            alert["summary"]["zh-CN"]
                .as_str()
                .is_some_and(|text| text.contains("异常")),
            "{alert}"
        );
        let log_file = alert["events"][0]["log_file"].as_str();
        assert!(
            log_file.is_some_and(|file| file.contains("day-")),
            "{alert}"
        );
    }
    assert!(unusual(&shop, "").is_empty(), "only where that is asked");
}

#[test]
fn neither_threads_nor_pieces_matter() {
    let shop = Shop::new();
    days(&shop, "logs", 0..10);
    let at_once = ids(&unusual(&shop, "--behaviour -j 1"));
    assert_eq!(ids(&unusual(&shop, "--behaviour -j 4")), at_once);
    let bit_by_bit = Shop::new();
    days(&bit_by_bit, "logs", 0..6);
    unusual(&bit_by_bit, "--baseline usual.redb");
    days(&bit_by_bit, "logs", 6..10);
    let told = ids(&unusual(&bit_by_bit, "--baseline usual.redb"));
    assert_eq!(told, at_once);
    assert_eq!(
        ids(&unusual(&bit_by_bit, "--baseline usual.redb")),
        at_once,
        "a second visit"
    );
}

#[test]
fn a_smaller_budget_tells_less() {
    let shop = Shop::new();
    days(&shop, "logs", 0..10);
    let usual = unusual(&shop, "--behaviour").len();
    let nothing = unusual(&shop, "--behaviour --budget 0 --level medium").len();
    assert!(nothing == 0 && usual > 0, "{nothing} and {usual}");
    shop.run("scan logs --behaviour --budget many").ends(3);
}

#[test]
fn a_baseline_can_be_looked_at_compared_and_forgotten() {
    let shop = Shop::new();
    days(&shop, "logs", 0..7);
    assert_snapshot!("seed", shop.run("baseline seed usual.redb logs").ends(0));
    let all = shop.run("baseline show usual.redb").ends(0);
    let lines = all.stdout.lines().count();
    assert!(
        lines > 80 && all.stderr.contains("6 days learned"),
        "{lines}\n{}",
        all.stderr
    );
    let one = shop.run("baseline show usual.redb orders-0").ends(0);
    assert_snapshot!(
        "one",
        one.stdout.lines().take(24).collect::<Vec<_>>().join("\n")
    );
    for who in ["", "orders-0"] {
        let show = format!("baseline show usual.redb {who} --format");
        shop.run(&format!("{show} json")).ends(0);
        is_csv(&shop.run(&format!("{show} csv")).ends(0).stdout);
    }
    let lines_of = |file: &str| {
        shop.run(&format!("baseline export {file}"))
            .ends(0)
            .stdout
            .lines()
            .count()
    };
    assert_eq!(lines_of("usual.redb"), lines);

    std::fs::copy(shop.path().join("usual.redb"), shop.path().join("old.redb")).expect("a copy");
    shop.run("baseline reset usual.redb orders-0").ends(0);
    let diff = shop.run("baseline diff old.redb usual.redb").ends(0);
    assert!(
        diff.stdout.contains("orders-0: the principal itself"),
        "{diff}"
    );
    let diff = shop.run("baseline diff old.redb usual.redb --format csv");
    is_csv(&diff.ends(0).stdout);
    shop.run("baseline reset usual.redb --all").ends(0);
    assert_eq!(lines_of("usual.redb"), 0);
}

/// As RFC 4180 has it, and as every other table for spreadsheets is written: lines end in CR and LF.
fn is_csv(text: &str) {
    let (heading, rest) = text.split_once("\r\n").expect("a heading");
    assert!(heading.starts_with("account,key,") && !rest.is_empty());
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    assert!(text.ends_with("\r\n"), "{text}");
}

#[test]
fn what_cannot_be_used_is_said() {
    let shop = Shop::new();
    days(&shop, "logs", 0..1);
    shop.write("text.redb", "no store");
    shop.write("text.mmdb", "no database");
    assert_snapshot!(
        "no_baseline",
        shop.run("baseline show missing.redb").ends(3)
    );
    assert_snapshot!(
        "no_store",
        shop.run("scan logs --baseline text.redb").ends(2)
    );
    assert_snapshot!(
        "no_database",
        shop.run("scan logs --behaviour --geo text.mmdb").ends(3)
    );
    assert_snapshot!(
        "places_for_nothing",
        shop.run("scan logs --geo text.mmdb").ends(3)
    );
    shop.run("baseline seed usual.redb logs").ends(0);
    assert_snapshot!("nobody", shop.run("baseline show usual.redb zebra").ends(3));
    let nobody = shop.command("baseline reset usual.redb").arg("").output();
    let nobody = nobody.expect("a process");
    assert_eq!(
        nobody.status.code(),
        Some(3),
        "an empty name is everybody's"
    );
    let state = shop.run("scan logs --state usual.redb").ends(2);
    assert!(
        state.stderr.contains("a baseline, not a state file"),
        "{state}"
    );
    let path: PathBuf = shop.path().join("usual.redb");
    assert!(path.is_file());
}

#[test]
fn a_database_of_ones_own_places_addresses() {
    let shop = Shop::new();
    days(&shop, "logs", 0..10);
    let world = tiny::Network {
        first: [198, 18, 0, 0].into(),
        wide: 15,
        country: "IE",
        asn: 64_500,
        owner: "Tiny Telecom",
    };
    shop.write("tiny.mmdb", tiny::database(&[world]));
    let placed = |alerts: &[Value]| -> Vec<String> {
        let sources = alerts.iter().map(|alert| &alert["source"]);
        let known = sources.filter(|source| source["asn"] == 64_500 && source["country"] == "IE");
        known
            .map(|source| source["network"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let with = placed(&unusual(&shop, "--behaviour --geo tiny.mmdb"));
    assert!(!with.is_empty(), "nothing is placed");
    assert!(
        with.iter().all(|name| name == "AS64500 Tiny Telecom, IE"),
        "{with:?}"
    );
    let without = placed(&unusual(&shop, "--behaviour"));
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn a_calendar_is_read_and_a_bad_one_is_named() {
    let shop = Shop::new();
    days(&shop, "logs", 0..1);
    shop.write(
        "days.csv",
        "zone,Asia/Shanghai\n2026-03-04,holiday,Founders' Day\n",
    );
    shop.write("bad.csv", "2026-03-04,holiday,x\n2026-03-05,off,x\n");
    shop.run("scan logs --behaviour --calendar china --calendar days.csv")
        .ends(0);
    shop.run("baseline seed usual.redb logs --calendar days.csv")
        .ends(0);
    let bad = shop.run("scan logs --behaviour --calendar bad.csv").ends(2);
    for words in ["bad.csv", "line 2", "neither `working` nor `holiday`"] {
        assert!(bad.stderr.contains(words), "{words}: {bad}");
    }
    shop.run("scan logs --behaviour --calendar missing.csv")
        .ends(3);
    let idle = shop.run("scan logs --calendar days.csv").ends(3);
    assert!(
        idle.stderr.contains("add --behaviour or --baseline FILE"),
        "{idle}"
    );
}
