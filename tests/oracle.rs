//! Verdicts over whole logs: those of another implementation, and those of asking every rule.
//!
//! [`Screener`] asks few rules about a record, by way of an index and gates; `Rule::matches` asks one
//! rule directly; `rsigma-eval` is somebody else's evaluator. All three must say the same of every
//! rule and every record.

use std::collections::{BTreeMap, BTreeSet};

use detect::cloudtrail::Record;
use detect::{Detector, Screener, derived};
use proptest::prelude::*;
use proptest::sample::select;
use rsigma_eval::{Engine, JsonEvent};
use serde_json::{Value as Json, json};
use sigma::{FieldPath, Value};

use crate::corpus::{Rules, real_records, record, simulated_week};

/// The titles of rules; no two rules share one.
type Titles = BTreeSet<String>;

/// Somebody else's evaluator, with these rules.
fn oracle(rules: &Rules) -> Engine {
    let mut engine = Engine::new();
    for text in rules.texts() {
        let collection = rsigma_parser::parse_sigma_yaml(text).unwrap();
        // Our own type of correlation is the one thing that the oracle does not know; it passes over it.
        let ours = text.matches("type: risk_score").count();
        assert_eq!(collection.errors.len(), ours, "{:?}", collection.errors);
        engine.add_collection(&collection).unwrap();
    }
    engine
}

fn told_by_oracle(engine: &Engine, record: &Record<'_>) -> Titles {
    let found = engine.evaluate(&JsonEvent::owned(with_derived_fields(record)));
    let titles = found.into_iter().map(|found| found.header.rule_title);
    titles.collect()
}

/// The record as JSON, with our derived fields under their full names, dots and all.
fn with_derived_fields(record: &Record<'_>) -> Json {
    let mut event: Json = serde_json::from_str(record.text()).unwrap();
    for field in derived::FIELDS {
        if let Some(value) = derived::field(record, field.name()) {
            event[field.path] = plain(value);
        }
    }
    event
}

fn plain(value: Value<'_>) -> Json {
    match value {
        Value::Str(text) => text.into(),
        Value::Bool(truth) => truth.into(),
        Value::List(members) => members.into_iter().map(plain).collect(),
        other => panic!("no derived field is of this kind: {other:?}"),
    }
}

/// Asks every rule, one by one.
fn told_by_rules(detector: &Detector, record: &Record<'_>) -> Titles {
    let rules = detector.rules().rules().iter();
    rules
        .filter(|rule| rule.matches(record))
        .map(|rule| rule.title().to_owned())
        .collect()
}

fn told_by_screener(screener: &mut Screener<'_>, record: &Record<'_>) -> Titles {
    screener.screen(record, None);
    let found = screener.take();
    let titles: Titles = found
        .cases
        .iter()
        .map(|case| case.alert().rule.title)
        .collect();
    assert_eq!(found.judged, 1);
    assert_eq!(found.matches, titles.len() as u64);
    titles
}

/// Compares all three over `records`, and returns how often each rule has matched.
fn compare(rules: &Rules, records: &BTreeSet<String>) -> BTreeMap<String, usize> {
    let (detector, problems) = Detector::new(rules.load().without_correlations());
    assert!(problems.is_empty(), "{problems:?}");
    let engine = oracle(rules);
    let mut screener = detector.screener();
    let mut matches = BTreeMap::new();
    for text in records {
        let record = record(text);
        let ours = told_by_screener(&mut screener, &record);
        assert_eq!(ours, told_by_rules(&detector, &record), "index: {text}");
        assert_eq!(ours, told_by_oracle(&engine, &record), "oracle: {text}");
        for title in ours {
            *matches.entry(title).or_default() += 1;
        }
    }
    matches
}

/// A comparison in which nothing ever matches would compare nothing.
fn assert_telling(matches: &BTreeMap<String, usize>, rules: usize) {
    assert!(matches.len() >= rules, "only these match: {matches:#?}");
}

#[test]
fn our_rules_judge_real_records_as_the_oracle_does() {
    let records = real_records();
    if !records.is_empty() {
        assert_telling(&compare(&Rules::ours(), &records), 12);
    }
}

#[test]
fn the_rules_of_sigma_hq_judge_real_records_as_the_oracle_does() {
    let (Some(rules), records) = (Rules::sigma_hq(), real_records()) else {
        return;
    };
    if !records.is_empty() {
        assert_telling(&compare(&rules, &records), 12);
    }
}

#[test]
fn our_rules_judge_a_simulated_week_as_the_oracle_does() {
    assert_telling(&compare(&Rules::ours(), &simulated_week()), 20);
}

#[test]
fn the_rules_of_sigma_hq_judge_a_simulated_week_as_the_oracle_does() {
    if let Some(rules) = Rules::sigma_hq() {
        assert_telling(&compare(&rules, &simulated_week()), 12);
    }
}

/// Text that rules look for, and some that looks like it.
const TEXTS: [&str; 23] = [
    "iam.amazonaws.com",
    "s3.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "StopLogging",
    "STOPLOGGING",
    "CreateUser",
    "ConsoleLogin",
    "Root",
    "root",
    "IAMUser",
    "AssumedRole",
    "AWSService",
    "arn:aws:iam::111122223333:root",
    "Boto3/1.17 Python/3.8 kali",
    "aws-cli/2.0 S3 Browser",
    "signin.amazonaws.com",
    "Success",
    "Failure",
    "No",
    "true",
    "",
    "{\"type\":\"Root\"}",
    "%7B%22type%22%3A%22Root%22%7D",
];

/// Fields that get odd values.
const FIELDS: [&str; 11] = [
    "userIdentity",
    "userAgent",
    "eventName",
    "eventSource",
    "errorCode",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "sourceIPAddress",
    "eventType",
    "readOnly",
];

/// Values that have stood, or may one day stand, where a rule looks.
fn odd_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        6 => select(&TEXTS[..]).prop_map(Json::from),
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::from),
        1 => (-2_i64..400).prop_map(Json::from),
        1 => "[a-zé\n\"\\\\]{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let key = select(&["type", "arn", "invokedBy", "userName", "x"][..]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            proptest::collection::btree_map(key.prop_map(str::to_owned), inner, 0..3)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// A record that a rule of ours is meant to match or nearly, from the rules' own tests.
fn examples(detector: &Detector) -> Vec<Json> {
    let tests = detector.rules().rules().iter().flat_map(sigma::Rule::tests);
    tests.map(|test| test.event().clone()).collect()
}

/// How a record's JSON may be written.
fn written(event: &Json, style: u8) -> String {
    let text = event.to_string();
    match style {
        0 => serde_json::to_string_pretty(event).unwrap(),
        1 => text
            .replace("Event", "\\u0045vent")
            .replace("event", "\\u0065vent"),
        2 => text
            .replace("Root", "\\u0052oot")
            .replace("amazonaws", "amazon\\u0061ws"),
        3 => text.replace("\"type\":", "\"type\" :\t"),
        _ => text,
    }
}

#[test]
fn the_index_changes_no_verdict_on_odd_records() {
    let (detector, _) = Detector::new(Rules::ours().load().without_correlations());
    let engine = oracle(&Rules::ours());
    let screener = std::cell::RefCell::new(detector.screener());
    let matched = std::cell::Cell::new(0);
    let changes = proptest::collection::vec((select(&FIELDS[..]), odd_value()), 0..3);
    let example = select(examples(&detector));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let law = |(mut event, changes, style): (Json, Vec<(&str, Json)>, u8)| {
        event["eventTime"] = json!("2026-11-22T14:02:11Z");
        // Our paths lead into JSON that a string holds, as policies do; those of the oracle do not.
        let holds_document = changes.iter().any(|(_, value)| {
            let text = value.to_string();
            text.contains(r#"\"type"#) || text.contains("%7B")
        });
        for (field, value) in changes {
            let needed = matches!(field, "eventName" | "eventSource");
            if !needed || value.is_string() {
                event[field] = value;
            }
        }
        let text = written(&event, style);
        let record = record(&text);
        let ours = told_by_screener(&mut screener.borrow_mut(), &record);
        prop_assert_eq!(&ours, &told_by_rules(&detector, &record), "index: {}", text);
        if !holds_document {
            prop_assert_eq!(&ours, &told_by_oracle(&engine, &record), "oracle: {}", text);
        }
        matched.set(matched.get() + usize::from(!ours.is_empty()));
        Ok(())
    };
    runner.run(&(example, changes, 0_u8..8), law).unwrap();
    assert!(matched.get() > 300, "{} records matched", matched.get());
}

#[test]
fn a_record_whose_fields_no_path_can_reach_is_judged_all_the_same() {
    let (detector, _) = Detector::new(Rules::ours().load().without_correlations());
    let mut screener = detector.screener();
    let head = r#"{"eventTime":"2026-11-22T14:02:11Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin""#;
    for (identity, why) in [
        (r#"{"type":"IAMUser","type":"Root"}"#, "two types"),
        (r#"{"type":"Root","type":"IAMUser"}"#, "two types"),
        (
            r#"{"arn":"arn:aws:iam::1:user/x","arn":"arn:aws:iam::1:root","type":"Root"}"#,
            "two arns",
        ),
        (r#"[{"type":"Root"}]"#, "in an array"),
        (r#"[{"type":"IAMUser"},{"type":"Root"}]"#, "one of two"),
        (r#""{\"type\":\"Root\"}""#, "as text"),
        (r#"{"type":["IAMUser","Root"]}"#, "of two types"),
        (r#"{"t\u0079pe":"Root"}"#, "an escaped name"),
        ("null", "null"),
        ("7", "a number"),
        ("{}", "empty"),
    ] {
        let answer = r#""responseElements":{"ConsoleLogin":"Success"}"#;
        let text = format!(r#"{head},"userIdentity":{identity},{answer}}}"#);
        let record = record(&text);
        assert_eq!(
            told_by_screener(&mut screener, &record),
            told_by_rules(&detector, &record),
            "{why}: {text}"
        );
        let _ = sigma::Event::field(&record, &FieldPath::new("userIdentity.type"));
    }
}
