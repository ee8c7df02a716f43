//! The cases of `docs/decisions/0010-verdicts-unlike-the-oracle.md`, with both verdicts.

use serde_json::{Value as Json, json};

use crate::load;
use crate::oracle::{oracle, oracle_matches};

/// A departure: the lines of `detection`, an event, and whether we match it; the oracle says the
/// contrary.
fn departs(why: &str, detection: &str, event: &Json, ours: bool) {
    let text = format!("title: x\nlogsource: {{ product: aws }}\ndetection:\n{detection}");
    let loaded = load(&text);
    assert!(loaded.problems.is_empty(), "{why}: {:?}", loaded.problems);
    assert_eq!(loaded.rules.rules()[0].matches(event), ours, "{why}");
    assert_eq!(
        oracle_matches(&oracle(&text), event),
        !ours,
        "the oracle has changed its mind: {why}"
    );
}

fn line(line: &str) -> String {
    format!("  s: {{ {line} }}\n  condition: s\n")
}

#[test]
fn where_we_depart_from_the_oracle() {
    for (why, detection, event, ours) in [
        (
            "null among others, absent",
            line("a: [null, x]"),
            json!({}),
            true,
        ),
        (
            "startswith with a wildcard",
            line("a|startswith: 'a*b'"),
            json!({"a": "axb and more"}),
            true,
        ),
        (
            "not at the other end",
            line("a|startswith: 'a*b'"),
            json!({"a": "more and axb"}),
            false,
        ),
        (
            "endswith with a wildcard",
            line("a|endswith: 'a*b'"),
            json!({"a": "more and axb"}),
            true,
        ),
        (
            "base64 in the middle",
            line("a|base64offset|contains: secrets"),
            json!({"a": "eHNlY3JldHN5eXk="}),
            true,
        ),
        (
            "dashes and wildcards",
            line("a|windash: '-a*'"),
            json!({"a": "/abc"}),
            true,
        ),
        (
            "all keywords",
            line("'|all': [one, two]"),
            json!({"a": "one", "b": "and two"}),
            true,
        ),
        (
            "two stars",
            "  sel_one_x: { a: 1 }\n  condition: 1 of *one*\n".to_owned(),
            json!({"a": 1}),
            true,
        ),
        (
            "a star for nothing of its own",
            "  ab: { a: 1 }\n  abb: { a: 2 }\n  condition: 1 of ab*b\n".to_owned(),
            json!({"a": 1}),
            false,
        ),
        (
            "one character that becomes two",
            line("a: ['?', 'xyz*']"),
            json!({"a": "İ"}),
            true,
        ),
        (
            "a position",
            line("'a[1]': x"),
            json!({"a": ["w", "x"]}),
            true,
        ),
        (
            "beyond the calendar",
            line("a|year: 10000"),
            json!({"a": 253_402_300_900_i64}),
            false,
        ),
    ] {
        departs(why, &detection, &event, ours);
    }
}

#[test]
fn a_filter_looks_for_keywords_as_a_rule_does() {
    let rule = "title: r\nlogsource: { product: aws }\ndetection:\n  s: { a|exists: true }\n  condition: s\n";
    let filter = "title: f\nlogsource: { product: aws }\nfilter:\n  rules: any\n  ip: { b: 1 }\n  words: ['back*p']\n  condition: not (ip and words)\n";
    let text = format!("{rule}---\n{filter}");
    let event = json!({"a": "our backup job", "b": 1});
    let loaded = load(&text);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    assert!(loaded.rules.suppressed_by(0, &event).is_some());
    assert!(
        oracle_matches(&oracle(&text), &event),
        "the oracle has changed its mind"
    );
}
