//! Filters: which rules they are for, what they suppress, and until when.

use jiff::civil::date;
use serde_json::json;
use sigma::Loaded;

use crate::load;

/// Two rules, and filters after them.
fn with(filters: &str) -> Loaded {
    let loaded = load(&format!(
        "title: First\nid: one\nlogsource: {{ product: aws, service: cloudtrail }}\n\
         detection: {{ s: {{ a: 1 }}, condition: s }}\n---\n\
         title: Second\nid: two\nname: second\nlogsource: {{ product: aws }}\n\
         detection: {{ s: {{ a: 1 }}, condition: s }}\n---\n{filters}"
    ));
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded
}

fn filter(target: &str, logsource: &str, more: &str) -> String {
    format!(
        "title: Backup\nid: f\nlogsource: {logsource}\nfilter:\n  rules: {target}\n  \
         backup: {{ user: backup }}\n  condition: not backup\n{more}"
    )
}

#[test]
fn a_filter_is_for_the_rules_it_names_where_the_logs_fit() {
    let event = json!({"a": 1, "user": "Backup"});
    for (target, logsource, first, second, why) in [
        ("any", "{ product: aws }", true, true, "all rules"),
        (
            "any",
            "{ product: AWS, service: cloudtrail }",
            true,
            false,
            "all about these logs",
        ),
        (
            "any",
            "{ category: network }",
            false,
            false,
            "none about those",
        ),
        ("[one]", "{ product: aws }", true, false, "one by id"),
        ("second", "{ product: aws }", false, true, "one by name"),
        ("[one, two]", "{ product: aws }", true, true, "several"),
        (
            "[two]",
            "{ product: aws, service: cloudtrail }",
            false,
            false,
            "named, but other logs",
        ),
    ] {
        let rules = with(&filter(target, logsource, "")).rules;
        assert_eq!(
            rules.suppressed_by(0, &event).is_some(),
            first,
            "first: {why}"
        );
        assert_eq!(
            rules.suppressed_by(1, &event).is_some(),
            second,
            "second: {why}"
        );
    }
}

#[test]
fn a_filter_suppresses_what_it_excludes_and_the_rule_still_matches() {
    let rules = with(&filter("any", "{ product: aws }", "")).rules;
    let backup = json!({"a": 1, "user": "backup"});
    let other = json!({"a": 1, "user": "mallory"});
    assert!(rules.rules()[0].matches(&backup));
    assert_eq!(
        rules
            .suppressed_by(0, &backup)
            .and_then(|filter| filter.id()),
        Some("f")
    );
    assert!(rules.suppressed_by(0, &other).is_none());
    assert!(
        rules.suppressed_by(9, &backup).is_none(),
        "there is no such rule"
    );
}

#[test]
fn a_filter_works_through_its_last_day_and_no_longer() {
    let until = "trailhound: { owner: ops, reason: nightly backup, until: 2026-11-22 }\n";
    let mut rules = with(&filter("any", "{ product: aws }", until)).rules;
    let backup = json!({"a": 1, "user": "backup"});
    assert_eq!(rules.filters()[0].vouched().owner.as_deref(), Some("ops"));
    for (today, works) in [
        (date(2026, 11, 21), true),
        (date(2026, 11, 22), true),
        (date(2026, 11, 23), false),
        (date(2026, 11, 22), true),
    ] {
        let expired = rules.set_today(today).len();
        assert_eq!(expired, usize::from(!works), "{today}");
        assert_eq!(rules.suppressed_by(0, &backup).is_some(), works, "{today}");
    }
}

#[test]
fn what_the_caller_says_of_itself_does_not_satisfy_a_filter() {
    for (lines, condition, refused, why) in [
        (
            "  x: { userAgent: b }\n",
            "not x",
            true,
            "the user agent alone",
        ),
        (
            "  x: { userAgent: b, user: b }\n",
            "not x",
            false,
            "with something else",
        ),
        (
            "  x: { userAgent|contains: [a, b] }\n  y: { user: b }\n",
            "not (x or y)",
            true,
            "as one of two ways",
        ),
        (
            "  x: { userAgent: a }\n  y: { user: b }\n",
            "not (x and y)",
            false,
            "as a part of the only way",
        ),
        (
            "  x: { trailhound.tool: aws-cli }\n",
            "not x",
            true,
            "what is derived from the user agent",
        ),
        (
            "  x: [{ userAgent: a }, { user: b }]\n",
            "not 1 of x",
            true,
            "inside a selection",
        ),
        (
            "  x: [backup]\n",
            "not x",
            true,
            "keywords look into it too",
        ),
        ("  x: { user: a }\n", "x", false, "a filter that keeps"),
        (
            "  x: { userAgent: a }\n",
            "x",
            true,
            "can be made to keep nothing",
        ),
    ] {
        let text = format!(
            "title: f\nlogsource: {{ product: aws }}\nfilter:\n  rules: any\n{lines}  condition: {condition}\n"
        );
        let loaded = load(&text);
        let is_refused = loaded
            .problems
            .iter()
            .any(|problem| problem.to_string().contains("cannot be forged"));
        assert_eq!(is_refused, refused, "{why}");
        assert_eq!(loaded.rules.filters().is_empty(), refused, "{why}");
    }
}
