//! Rules and logs as they are published: every rule loads, every verdict is the oracle's.
//!
//! Neither is part of this repository. `TRAILHOUND_SHARED` names a folder with `sigma/*.yml` (Sigma's
//! public CloudTrail rules) and `logs/**/*.json.gz`; without it these tests say so and pass.

use std::fs;
use std::path::Path;

use flate2::read::GzDecoder;
use rsigma_eval::{Engine, JsonEvent};
use serde_json::Value as Json;
use sigma::{RuleSet, SourceFile};

/// Text of every published rule with its name; `None` if they are not here.
fn rules() -> Option<Vec<(String, String)>> {
    outside::shared("sigma").map(|folder| outside::rule_files(&folder))
}

fn load(files: &[(String, String)]) -> RuleSet {
    let loaded = RuleSet::load(files.iter().map(|(name, text)| SourceFile { name, text }));
    let problems: Vec<_> = loaded.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    loaded.rules
}

#[test]
fn every_published_rule_loads_unchanged() {
    let Some(files) = rules() else { return };
    assert_eq!(load(&files).rules().len(), files.len());
    assert!(files.len() >= 57, "only {} rules", files.len());
}

#[test]
fn lints_of_published_rules_make_sense() {
    let Some(files) = rules() else { return };
    let rules = load(&files);
    for lint in rules.lint() {
        let code = lint.code.as_str();
        assert!(
            !matches!(code, "never-matches" | "always-matches" | "useless-part"),
            "{lint:?}"
        );
    }
}

#[test]
fn verdicts_on_published_logs_agree() {
    let (Some(files), Some(folder)) = (rules(), outside::shared("logs")) else {
        return;
    };
    let rules = load(&files);
    let engines: Vec<_> = files.iter().map(|(_, text)| oracle(text)).collect();
    let (mut records, mut matches) = (0, 0);
    for event in events(&folder) {
        records += 1;
        for (rule, engine) in rules.rules().iter().zip(&engines) {
            let theirs = !engine.evaluate(&JsonEvent::borrow(&event)).is_empty();
            assert_eq!(rule.matches(&event), theirs, "{}\n{event}", rule.title());
            matches += u32::from(theirs);
        }
    }
    eprintln!("{records} records, {matches} matches");
}

fn oracle(text: &str) -> Engine {
    let mut engine = Engine::new();
    engine
        .add_collection(&rsigma_parser::parse_sigma_yaml(text).expect("YAML"))
        .expect("a good rule");
    engine
}

/// Every record of every log file below `folder`.
fn events(folder: &Path) -> Vec<Json> {
    outside::files(folder)
        .iter()
        .flat_map(|path| read(path))
        .collect()
}

/// The records of one log file, compressed or not; none if it is something else.
fn read(path: &Path) -> Vec<Json> {
    let bytes = fs::read(path).expect("readable");
    let json: Option<Json> = if path.extension().is_some_and(|kind| kind == "gz") {
        serde_json::from_reader(GzDecoder::new(bytes.as_slice())).ok()
    } else {
        serde_json::from_slice(&bytes).ok()
    };
    match json {
        Some(Json::Array(records)) => records,
        Some(Json::Object(mut file)) => match file.remove("Records") {
            Some(Json::Array(records)) => records,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
