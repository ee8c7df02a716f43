//! `trailhound rules`

use insta::assert_snapshot;

use crate::shop::{Shop, TWO_RULES};

#[test]
fn rules_are_listed_the_worst_first() {
    let shop = Shop::furnished();
    assert_snapshot!("table", shop.run_wide("rules list my-rules", 120).ends(0));
    assert_snapshot!(
        "json",
        shop.run("rules list my-rules --format json --quiet")
            .ends(0)
    );
}

#[test]
fn the_built_in_rules_are_sound() {
    let shop = Shop::new();
    shop.run("rules check --strict").ends(0);
    let tests = shop.run("rules test").ends(0);
    assert!(tests.stderr.contains(" 0 failed"), "{tests}");
    let list: serde_json::Value =
        serde_json::from_str(&shop.run("rules list --format json").ends(0).stdout).unwrap();
    assert!(list.as_array().unwrap().len() >= 30);
}

#[test]
fn sound_rules_pass() {
    let shop = Shop::furnished();
    assert_snapshot!(shop.run("rules check my-rules").ends(0));
}

#[test]
fn mistakes_are_shown_in_place() {
    let shop = Shop::furnished();
    let broken = TWO_RULES
        .replacen("selection and not", "selektion and not", 1)
        .replace("|startswith", "|beginswith");
    shop.write("my-rules/two.yml", broken);
    assert_snapshot!("errors", shop.run("rules check my-rules").ends(2));
    assert_snapshot!(
        "errors_json",
        shop.run("rules check my-rules --format json").ends(2)
    );
}

#[test]
fn doubts_are_warnings_unless_strict() {
    let shop = Shop::furnished();
    shop.write(
        "my-rules/two.yml",
        TWO_RULES.replace(
            "condition: selection\n",
            "condition: selection and not selection\n",
        ),
    );
    assert_snapshot!(shop.run("rules check my-rules").ends(0));
    shop.run("rules check my-rules --strict").ends(2);
}

#[test]
fn a_mistake_in_the_block_for_readers_is_an_error() {
    let shop = Shop::furnished();
    shop.write("my-rules/two.yml", TWO_RULES.replace("threat:", "treat:"));
    assert_snapshot!(shop.run("rules check my-rules").ends(2));
}

#[test]
fn failed_tests_say_why() {
    let shop = Shop::furnished();
    let wrong = TWO_RULES.replace(
        "eventName: CreateTrail }\n---",
        "eventName: DeleteTrail }\n---",
    );
    shop.write("my-rules/two.yml", wrong);
    shop.write(
        "my-rules/three.yml",
        TWO_RULES
            .split("---\n")
            .nth(1)
            .unwrap()
            .replace("22222222-", "44444444-")
            .replace(
                "event: { eventSource: cloudtrail.amazonaws.com, eventName: GetTrail }",
                "event: { eventName: GetTrail }",
            ),
    );
    assert_snapshot!(shop.run("rules test my-rules").ends(1));
}

#[test]
fn a_rule_is_explained_in_plain_words() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "english",
        shop.run_wide("rules explain my-rules/two.yml", 80).ends(0)
    );
    assert_snapshot!(
        "chinese",
        shop.run(
            "rules explain --rules my-rules 11111111-1111-4111-8111-111111111111 --language zh-CN"
        )
        .ends(0)
    );
}

#[test]
fn a_built_in_rule_is_known_by_the_name_of_its_file() {
    let shop = Shop::new();
    let by_id = shop.run("rules explain 74a214a4-7738-4231-af4c-fb76716f8dea");
    let by_id = by_id.ends(0).stdout;
    let by_name = shop.run("rules explain trail-deleted").ends(0).stdout;
    let page = |text: &str| {
        text.split_once("Trail deleted")
            .map(|(_, page)| page.to_owned())
    };
    assert!(page(&by_id).is_some());
    assert_eq!(page(&by_name), page(&by_id));
}

#[test]
fn coverage_tells_claimed_tested_and_seen() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "coverage",
        shop.run("rules coverage my-rules --logs logs").ends(0)
    );
    let table = shop.run("rules coverage --logs logs").ends(0).stdout;
    let controls = shop.run("rules coverage --format controls").ends(0);
    for line in table.lines().chain(controls.stdout.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(controls.stdout.contains("CIS AWS Foundations Benchmark"));
    assert!(controls.stdout.contains("等保"));
    let layer = shop.run("rules coverage --format navigator").ends(0).stdout;
    let layer: serde_json::Value = serde_json::from_str(&layer).unwrap();
    assert_eq!(layer["domain"], "enterprise-attack");
    let techniques = layer["techniques"].as_array().unwrap();
    let cloud_logs = |one: &&serde_json::Value| one["techniqueID"] == "T1562.008";
    assert!(techniques.iter().find(cloud_logs).unwrap()["score"].as_u64() > Some(5));
    let all = shop.run("rules coverage --format json").ends(0).stdout;
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert!(all["controls"].as_array().unwrap().len() > 40);
}

#[test]
fn mutants_show_what_no_test_proves() {
    let shop = Shop::new();
    let rule = "title: Vault deleted\nid: 77777777-7777-4777-8777-777777777777\nlogsource: { product: aws, service: cloudtrail }\ndetection:\n  selection: { eventSource: backup.amazonaws.com, eventName: DeleteBackupVault }\n  condition: selection\ntests:\n";
    let test = |name: &str, expect: &str, source: &str, event: &str| {
        format!(
            "  - name: {name}\n    expect: {expect}\n    event: {{ eventTime: \"2026-11-22T14:02:11Z\", eventSource: {source}, eventName: {event} }}\n"
        )
    };
    let deed = test(
        "the deed",
        "match",
        "backup.amazonaws.com",
        "DeleteBackupVault",
    );
    let other_name = test(
        "another call",
        "no match",
        "backup.amazonaws.com",
        "ListBackupVaults",
    );
    shop.write("my-rules/vault.yml", format!("{rule}{deed}{other_name}"));
    assert_snapshot!("mutants", shop.run("rules test my-rules --mutants").ends(1));
    let other_source = test(
        "another service",
        "no match",
        "x.amazonaws.com",
        "DeleteBackupVault",
    );
    shop.write(
        "my-rules/vault.yml",
        format!("{rule}{deed}{other_name}{other_source}"),
    );
    let all = shop.run("rules test my-rules --mutants=100").ends(0);
    assert!(all.stderr.contains("(100.0 %)"), "{}", all.stderr);
}
