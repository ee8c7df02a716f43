//! The machine formats, checked as their readers would.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::{Shop, story};

const SCAN: &str = "scan logs --rules my-rules --no-builtin --format";

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect()
}

#[test]
fn csv_is_what_spreadsheets_read() {
    let csv = Shop::furnished().run(&format!("{SCAN} csv")).ends(0).stdout;
    assert_snapshot!(csv.replace("\r\n", "␍␊\n"));
}

#[test]
fn formulas_are_not_computed() {
    let shop = Shop::furnished();
    shop.write(
        "logs/trail-blinded.json",
        story("trail-blinded").replace("hugo.martins", "=cmd|' /C calc'!A0\\t\\r\\n"),
    );
    let csv = shop.run(&format!("{SCAN} csv")).ends(0).stdout;
    for cell in csv.lines().flat_map(|line| line.split(',')) {
        assert!(
            !cell
                .trim_start_matches('"')
                .starts_with(['=', '+', '-', '@', '\t']),
            "{cell}"
        );
    }
}

#[test]
fn json_lines_keep_their_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alert.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let shop = Shop::furnished();
    for name in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events")).unwrap() {
        let name = name.unwrap().path();
        if name.extension().is_some_and(|end| end == "json") {
            fs::copy(
                &name,
                shop.path().join("logs").join(name.file_name().unwrap()),
            )
            .unwrap();
        }
    }
    let alerts = json_lines(
        &shop
            .run("scan logs --rules my-rules --format jsonl")
            .ends(0)
            .stdout,
    );
    assert!(alerts.len() > 20, "every story makes alerts");
    for alert in &alerts {
        let errors: Vec<_> = schema
            .iter_errors(alert)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{alert:#}");
    }
    let mut broken = alerts[0].clone();
    broken["level"] = "dire".into();
    assert!(!schema.is_valid(&broken));
}

#[test]
fn one_alert_in_full() {
    let shop = Shop::furnished();
    let alerts = json_lines(
        &shop
            .run(&format!("{SCAN} jsonl --level high"))
            .ends(0)
            .stdout,
    );
    insta::assert_json_snapshot!(alerts);
}

#[test]
fn ocsf_findings_are_complete() {
    let shop = Shop::furnished();
    let findings = json_lines(
        &shop
            .run(&format!("{SCAN} ocsf --level high"))
            .ends(0)
            .stdout,
    );
    insta::assert_json_snapshot!(findings);
    // Required by class 2004 with the cloud profile, OCSF 1.3.0.
    for field in [
        "activity_id",
        "category_uid",
        "class_uid",
        "type_uid",
        "severity_id",
        "time",
        "metadata.version",
        "metadata.product.vendor_name",
        "cloud.provider",
        "finding_info.uid",
        "finding_info.title",
        "finding_info.analytic.type_id",
        "evidences.0.api.operation",
        "evidences.0.actor.user.uid",
    ] {
        let pointer = format!("/{}", field.replace('.', "/"));
        assert!(findings[0].pointer(&pointer).is_some(), "{field}");
    }
}
