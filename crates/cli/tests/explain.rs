//! `trailhound explain`

use insta::assert_snapshot;

use crate::shop::{Shop, record, story};

const EVENT: &str = "f6376860-5cd1-4457-b7d3-406840a84a19";

#[test]
fn several_records_are_listed() {
    assert_snapshot!(Shop::furnished().run("explain logs").ends(0));
}

#[test]
fn a_record_is_a_sentence_answers_and_fields() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "english",
        shop.run_wide(
            &format!("explain logs --event {EVENT} --rule my-rules/two.yml"),
            80
        )
        .ends(0)
    );
    assert_snapshot!(
        "chinese",
        shop.run(&format!(
            "explain logs --event {EVENT} --language zh-CN --rules my-rules"
        ))
        .ends(0)
    );
}

#[test]
fn a_single_record_needs_no_id() {
    let shop = Shop::new();
    let record = record("DeleteTrail", "2026-11-22T14:02:11Z");
    let run = shop.run_on("explain -", &record).ends(0);
    assert!(run.stdout.contains("deleted"), "{run}");
    shop.write("record.json", &record);
    assert_eq!(run.stdout, shop.run("explain record.json").ends(0).stdout);
}

#[test]
fn a_copy_of_a_built_in_rule_is_that_rule() {
    let name = "rules/cloudtrail/trail-logging-stopped.yml";
    let (_, text) = rules::FILES.iter().find(|(file, _)| *file == name).unwrap();
    let shop = Shop::new();
    shop.write("copy.yml", text);
    let record = record("StopLogging", "2026-11-22T14:02:11Z");
    let run = shop.run_on("explain - --rule copy.yml", &record).ends(0);
    assert!(
        run.stdout.contains("The rule Trail logging switched off"),
        "{run}"
    );
    assert_eq!(run.stderr, "", "{run}");
    shop.write("record.json", &record);
    let run = shop
        .run("scan record.json --rules copy.yml --quiet")
        .ends(0);
    assert_eq!(
        run.stdout,
        shop.run("scan record.json --quiet").ends(0).stdout
    );
    assert_eq!(run.stderr, "", "{run}");
    // One that says something else is another rule, which needs an id of its own.
    shop.write("other.yml", text.replace("StopLogging", "DeleteTrail"));
    let run = shop.run("scan record.json --rules other.yml --quiet");
    assert!(run.stderr.contains("is already taken by"), "{run}");
}

#[test]
fn rules_are_found_by_id_title_and_file() {
    let shop = Shop::furnished();
    let explain = |rule: &str| {
        shop.run(&format!(
            "explain logs --event {EVENT} --rules my-rules --rule {rule}"
        ))
    };
    let by_id = explain("11111111-1111-4111-8111-111111111111").ends(0);
    assert!(
        by_id.stdout.contains("The rule Trail deleted matches"),
        "{by_id}"
    );
    let other = explain("22222222-2222-4222-8222-222222222222").ends(0);
    assert!(
        other
            .stdout
            .contains("The rule Trails looked at does not match"),
        "{other}"
    );
    assert_snapshot!(explain("no-such-rule").ends(3));
}

#[test]
fn a_record_that_is_not_there() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "unknown_event",
        shop.run("explain logs --event nobody").ends(3)
    );
    assert_snapshot!("no_records", shop.run("explain my-rules/two.yml").ends(4));
    assert_snapshot!("no_file", shop.run("explain nowhere.json").ends(4));
}

#[test]
fn a_record_delivered_twice_is_explained_once() {
    let shop = Shop::furnished();
    let once = shop.run(&format!("explain logs --event {EVENT}"));
    shop.write("logs/again.json", story("trail-blinded"));
    assert_eq!(
        once.stdout,
        shop.run(&format!("explain logs --event {EVENT}")).stdout
    );
}
