//! The folder `events/` holds what the code makes, byte for byte.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use simulate::{examples, stories};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one switch of this test: rewrite or compare"
)]
fn rewriting() -> bool {
    std::env::var("UPDATE_EVENTS").is_ok()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test writes and reads the folder, not the crate"
)]
fn the_folder_holds_what_the_code_makes() {
    fs::create_dir_all(folder().join("shapes")).unwrap();
    for example in examples() {
        let path = folder().join(&example.path);
        if rewriting() {
            fs::write(&path, &example.text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == example.text,
            "events/{} differs from the code; look at it, then run with UPDATE_EVENTS=1",
            example.path
        );
    }
}

#[test]
fn the_folder_holds_nothing_else() {
    let mut expected: BTreeSet<_> = examples().into_iter().map(|example| example.path).collect();
    for (folder, prefix) in [(folder(), ""), (folder().join("shapes"), "shapes/")] {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                assert!(expected.remove(&name), "events/{name} is made by nobody");
            }
        }
    }
    assert_eq!(expected, BTreeSet::new());
}

#[test]
fn every_example_is_json_and_every_line_of_json_lines_is_a_record() {
    for example in examples() {
        if example.path.ends_with(".jsonl") {
            for line in example.text.lines() {
                assert!(serde_json::from_str::<Value>(line).unwrap()["eventID"].is_string());
            }
        } else if example.path.ends_with(".json") {
            let value: Value = serde_json::from_str(&example.text).unwrap();
            assert!(value.is_object() || value.is_array(), "{}", example.path);
        }
    }
}

#[test]
fn records_inside_lookup_events_are_the_records() {
    let shape = |name: &str| -> Value {
        let path = format!("shapes/{name}");
        let example = examples()
            .into_iter()
            .find(|example| example.path == path)
            .unwrap();
        serde_json::from_str(&example.text).unwrap()
    };
    let array = shape("bare-array.json");
    let lookup = shape("lookup-events.json");
    let inside: Vec<Value> = lookup["Events"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|event| serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(array, Value::from(inside.clone()));
    assert_eq!(
        shape("eventbridge-envelope.json")["detail"],
        *inside.last().unwrap()
    );
}

#[test]
fn every_story_has_its_file() {
    let names: BTreeSet<_> = examples().into_iter().map(|example| example.path).collect();
    for story in stories() {
        assert!(
            names.contains(&format!("{}.json", story.id)),
            "{}",
            story.id
        );
    }
}
