//! What rules mean, case by case, as the specification says it.

use serde_json::json;

use crate::load;

/// Whether a rule with this `detection` matches.
fn matches(detection: &str, event: &serde_json::Value) -> bool {
    let text = format!("title: x\nlogsource: {{ product: aws }}\ndetection:\n{detection}");
    let loaded = load(&text);
    assert!(
        loaded.problems.is_empty(),
        "{detection}\n{:?}",
        loaded.problems
    );
    loaded.rules.rules()[0].matches(event)
}

#[test]
fn one_line_asks_one_field() {
    for (line, event, expected, why) in [
        ("a: x", json!({"a": "X"}), true, "case does not count"),
        (
            "a|cased: x",
            json!({"a": "X"}),
            false,
            "unless it is said to",
        ),
        ("a: [x, y]", json!({"a": "y"}), true, "any value of a list"),
        (
            "a|contains|all: [x, y]",
            json!({"a": "-y-x-"}),
            true,
            "or all of them",
        ),
        (
            "a|contains|all: [x, y]",
            json!({"a": "-y-"}),
            false,
            "and not only one",
        ),
        (
            "a: x",
            json!({"a": ["w", ["x"]]}),
            true,
            "any member of a list, at any depth",
        ),
        (
            "a|all: [x, y]",
            json!({"a": ["y", "x"]}),
            true,
            "all values, in different members",
        ),
        (
            "a.b: x",
            json!({"a": [{"b": "w"}, {"b": "x"}]}),
            true,
            "a path crosses lists",
        ),
        (
            "a.b: x",
            json!({"a.b": "x"}),
            true,
            "a key may contain the dot",
        ),
        (
            "a: x",
            json!({"a": {"x": "x"}}),
            false,
            "an object is no text",
        ),
        (
            "a: 5",
            json!({"a": "5"}),
            true,
            "a number may be spelled as text",
        ),
        (
            "a: '5'",
            json!({"a": 5}),
            true,
            "and text may be spelled as a number",
        ),
        ("a: true", json!({"a": "True"}), true, "a boolean as well"),
        ("a: null", json!({}), true, "null asks for nothing"),
        ("a: null", json!({"a": null}), true, "of either kind"),
        (
            "a: null",
            json!({"a": ""}),
            false,
            "but empty text is something",
        ),
        ("a: ''", json!({"a": ""}), true, "which can be asked for"),
        ("a: ''", json!({}), false, "and absence is not that"),
        (
            "a|exists: true",
            json!({"a": ""}),
            true,
            "empty text exists",
        ),
        ("a|exists: true", json!({"a": null}), false, "null does not"),
        ("a|exists: false", json!({}), true, "absence neither"),
        ("a|neq: x", json!({"a": "y"}), true, "anything but"),
        ("a|neq: [x, y]", json!({"a": "y"}), false, "any of these"),
        (
            "a|neq: x",
            json!({"a": ["x", "y"]}),
            false,
            "not even as one of several",
        ),
        ("a|neq: x", json!({}), false, "but there must be something"),
        ("a|gt: 5", json!({"a": "10"}), true, "numbers, not letters"),
        ("a|lte: 5", json!({"a": 5.0}), true, "the bound itself"),
        ("a|gt: 5", json!({"a": "many"}), false, "only numbers"),
        (
            "a|fieldref: b",
            json!({"a": "X", "b": "x"}),
            true,
            "the value of another field",
        ),
        (
            "a|fieldref: b",
            json!({"a": "x"}),
            false,
            "which must be there",
        ),
        (
            "a|fieldref|endswith: b",
            json!({"a": "role/x", "b": "X"}),
            true,
            "at its end",
        ),
        (
            "a|cidr: [10.0.0.0/8, 'fe80::/10']",
            json!({"a": "FE80::1"}),
            true,
            "an address range",
        ),
        (
            "a|re: '^x.$'",
            json!({"a": ["ab", "xy"]}),
            true,
            "an expression",
        ),
        ("a|re: 'X'", json!({"a": "x"}), false, "where case counts"),
        (
            "a|re|i: 'X'",
            json!({"a": "x"}),
            true,
            "unless it is said not to",
        ),
        ("a: 'x*'", json!({"a": "xyz"}), true, "a wildcard"),
        (
            r"a: 'x\*'",
            json!({"a": "xyz"}),
            false,
            "but not an escaped one",
        ),
        (
            r"a: 'C:\dir\*'",
            json!({"a": r"c:\dir*"}),
            true,
            "the backslash before it escapes",
        ),
        (
            r"a: 'C:\dir\\*'",
            json!({"a": r"c:\dir\x"}),
            true,
            "two do not",
        ),
        (
            "a|hour: 3",
            json!({"a": "2026-11-22T03:59:59Z"}),
            true,
            "a part of a time",
        ),
    ] {
        let detection = format!("  s:\n    {line}\n  condition: s\n");
        assert_eq!(
            matches(&detection, &event),
            expected,
            "{why}: {line} {event}"
        );
    }
}

#[test]
fn selections_join_lines() {
    for (selection, event, expected, why) in [
        (
            "{ a: 1, b: 2 }",
            json!({"a": 1, "b": 2}),
            true,
            "a mapping by and",
        ),
        (
            "{ a: 1, b: 2 }",
            json!({"a": 1}),
            false,
            "so one is not enough",
        ),
        (
            "[{ a: 1 }, { b: 2 }]",
            json!({"b": 2}),
            true,
            "a list by or",
        ),
        (
            "[{ a: 1, b: 2 }, { c: 3 }]",
            json!({"a": 1, "c": 4}),
            false,
            "of whole mappings",
        ),
        (
            "[[{ a: 1 }], { b: 2 }]",
            json!({"a": 1}),
            true,
            "lists within lists",
        ),
        (
            "[error, denied]",
            json!({"x": {"y": ["Access Denied"]}}),
            true,
            "keywords in any text",
        ),
        (
            "[error, denied]",
            json!({"denied": 1}),
            false,
            "but not in names",
        ),
        ("denied", json!({"x": "denied"}), true, "one keyword alone"),
        (
            "{ '|all': [access, denied] }",
            json!({"x": "access", "y": "DENIED"}),
            true,
            "all keywords",
        ),
        (
            "{ '|re': '^d.n' }",
            json!({"x": "denied"}),
            true,
            "keywords by expression",
        ),
        (
            "[{ a: 1 }, denied]",
            json!({"x": "denied"}),
            true,
            "a keyword among mappings",
        ),
    ] {
        let detection = format!("  s: {selection}\n  condition: s\n");
        assert_eq!(
            matches(&detection, &event),
            expected,
            "{why}: {selection} {event}"
        );
    }
}

#[test]
fn conditions_join_selections() {
    let event = json!({"a": 1, "b": 2, "c": 3});
    for (condition, expected, why) in [
        ("yes_a and yes_b", true, "both"),
        ("yes_a and no_a", false, "not both"),
        ("no_a or yes_a", true, "either"),
        ("not no_a", true, "the contrary"),
        ("no_a or yes_a and yes_b", true, "and binds closer than or"),
        (
            "(no_a or yes_a) and no_b",
            false,
            "unless parentheses say otherwise",
        ),
        ("not no_a and yes_a", true, "not binds closest"),
        ("1 of yes_*", true, "one of a pattern"),
        ("all of yes_*", true, "all of a pattern"),
        ("all of *_a", false, "not all"),
        ("2 of *_a", false, "not two"),
        ("2 of them", true, "two of all"),
        ("3 of them", false, "the hidden one is none of them"),
        ("3 of *", true, "but a pattern finds it"),
        ("1 of _*", true, "and so does its name"),
        ("[no_a, yes_a]", true, "any of several conditions"),
        ("yes_a and not 1 of no_*", true, "the usual filter"),
    ] {
        let detection = format!(
            "  yes_a: {{ a: 1 }}\n  yes_b: {{ b: 2 }}\n  no_a: {{ a: 2 }}\n  no_b: {{ b: 3 }}\n  \
             _hidden: {{ c: 3 }}\n  condition: {condition}\n"
        );
        assert_eq!(matches(&detection, &event), expected, "{why}: {condition}");
    }
}

#[test]
fn a_rule_says_what_its_document_says() {
    let loaded = load(
        "title: Key made\nid: k\nname: key_made\nstatus: test\nlevel: high\ndescription: |\n  Made.\n\
         author: me\ndate: 2026-11-22\nreferences: [https://example.com]\ntags: [attack.t1098]\n\
         falsepositives: none known\nlogsource: { product: aws, service: cloudtrail }\n\
         detection:\n  s: { a.b: 1, a.c|fieldref: d }\n  t: { a.b: 2 }\n  condition: 1 of them\n\
         trailhound: { threat: { en: A key } }\n",
    );
    let rule = &loaded.rules.rules()[0];
    assert_eq!(
        (rule.title(), rule.id(), rule.name()),
        ("Key made", Some("k"), Some("key_made"))
    );
    assert_eq!(
        (rule.level(), rule.status()),
        (sigma::Level::High, Some(sigma::Status::Test))
    );
    assert_eq!(
        (rule.description(), rule.author()),
        (Some("Made."), Some("me"))
    );
    assert_eq!(rule.date(), Some(jiff::civil::date(2026, 11, 22)));
    assert_eq!(rule.falsepositives(), ["none known"]);
    assert_eq!(rule.logsource().service.as_deref(), Some("cloudtrail"));
    assert_eq!(rule.location().to_string(), "rule.yml:1:1");
    let threat = rule
        .extension("trailhound")
        .and_then(|value| value.get("threat")?.get("en")?.as_str());
    assert_eq!(threat, Some("A key"));
    let fields: Vec<_> = rule.fields().map(sigma::FieldPath::as_str).collect();
    assert_eq!(fields, ["a.b", "a.c", "d"]);
    assert_eq!(loaded.rules.position("key_made"), Some(0));
}

#[test]
fn an_explanation_follows_the_author() {
    let loaded = load(
        "title: x\nlogsource: { product: aws }\ndetection:\n  selection:\n    \
         userAgent|contains: [kali, Parrot]\n    eventName: DeleteTrail\n  filter:\n    - errorCode|exists: true\n    \
         - sourceIPAddress|fieldref: ownIP\n  words: [secret]\n  unused: { a: null }\n  \
         condition: selection and not filter and 1 of w*\n",
    );
    let event = json!({
        "eventName": "DeleteTrail", "userAgent": "aws-cli parrot", "sourceIPAddress": "10.0.0.1",
        "ownIP": "10.0.0.2", "requestParameters": {"name": "secret-trail"},
    });
    let explanation = loaded.rules.rules()[0].explain(&event);
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_json_snapshot!("explanation", explanation);
    });
}
