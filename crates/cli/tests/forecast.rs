//! `trailhound replay` and `cost`

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::{Shop, record};

/// Forty days, on every second of which somebody deletes a trail, and once somebody else.
fn noisy() -> Shop {
    let shop = Shop::new();
    shop.write("my-rules/two.yml", crate::shop::TWO_RULES);
    let mut lines = String::new();
    for day in 0..40 {
        let (month, date) = if day < 30 {
            (11, day + 1)
        } else {
            (12, day - 29)
        };
        let time = format!("2026-{month:02}-{date:02}T14:00:00Z");
        lines += &record("ListTrails", &time);
        if day % 2 == 0 {
            lines += &record("DeleteTrail", &time);
        }
    }
    lines += &record("DeleteTrail", "2026-11-20T10:00:00Z").replace("maria", "tom");
    shop.write("logs/a.json", lines);
    shop
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_rule_is_replayed_with_rate_and_exclusion_and_mail() {
    let shop = noisy();
    let run = shop.run("replay my-rules/two.yml --logs logs").ends(0);
    assert_snapshot!("replay", run);
    let replay = json(
        &shop
            .run("replay my-rules/two.yml --logs logs --format json")
            .ends(0)
            .stdout,
    );
    assert_eq!(
        (replay["days"].as_u64(), replay["alerts"].as_u64()),
        (Some(40), Some(21))
    );
    let rate = &replay["a_week"];
    assert!(rate["low"].as_f64() < rate["expected"].as_f64());
    assert!(rate["expected"].as_f64() < rate["high"].as_f64());
}

#[test]
fn the_proposed_exclusion_does_what_is_said() {
    let shop = noisy();
    let replay = json(
        &shop
            .run("replay my-rules/two.yml --logs logs --format json")
            .ends(0)
            .stdout,
    );
    let filter = replay["exclusion"]["filter"].as_str().expect("a filter");
    let filter = filter
        .replace("<who answers for this>", "maria")
        .replace("<why it is expected>", "a nightly test");
    shop.write("my-rules/expected.yml", filter);
    shop.run("rules check my-rules").ends(0);
    let after = json(
        &shop
            .run("replay my-rules --logs logs --format json")
            .ends(0)
            .stdout,
    );
    assert_eq!(after["alerts"].as_u64(), Some(1));
    assert_eq!(after["a_week"], replay["exclusion"]["a_week"]);
}

#[test]
fn a_built_in_rule_is_replayed_alone() {
    let shop = noisy();
    let run = shop
        .run("replay trail-deleted --logs logs --format json")
        .ends(0);
    let replay = json(&run.stdout);
    assert_eq!(replay["rules"].as_array().map(Vec::len), Some(1), "{run}");
    assert_eq!(replay["alerts"].as_u64(), Some(21));
    assert_snapshot!(
        "replay_of_nothing",
        shop.run("replay no-such-rule --logs logs").ends(3)
    );
    let quiet = shop
        .run("replay my-rules/two.yml --logs logs --since 2026-12-10 --until 2026-12-10")
        .ends(0);
    assert!(quiet.stdout.contains("There is no mail"), "{quiet}");
    shop.run("replay my-rules/two.yml --logs -").ends(3);
}

#[test]
fn a_bill_has_a_line_for_each_component() {
    let shop = noisy();
    assert_snapshot!("cost", shop.run("cost logs").ends(0));
    let bill = json(&shop.run("cost logs --format json").ends(0).stdout);
    let sum: f64 = bill["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| line["dollars"].as_f64())
        .sum();
    assert!((sum - bill["dollars_a_month"].as_f64().expect("a sum")).abs() < 1e-9);
}

#[test]
fn other_prices_and_other_ways_to_deploy_make_another_bill() {
    let shop = noisy();
    let total = |args: &str| {
        let run = shop.run(&format!("cost logs --format json {args}")).ends(0);
        json(&run.stdout)["dollars_a_month"]
            .as_f64()
            .expect("a sum")
    };
    assert!(total("--no-free-tier") > total(""));
    shop.write(
        "prices.txt",
        "date 2027-01\nregion eu-west-1\nkms.key_month 7 1 0\n",
    );
    assert!((total("--prices prices.txt") - 14.0).abs() < 1e-9);
    shop.write(
        "bad.txt",
        "date 2027-01\nregion x\nkms.key_month cheap 1 0\n",
    );
    assert_snapshot!("bad_prices", shop.run("cost logs --prices bad.txt").ends(3));
    shop.write("nothing/a.json", "[]");
    assert_snapshot!("cost_of_nothing", shop.run("cost nothing").ends(4));
}
