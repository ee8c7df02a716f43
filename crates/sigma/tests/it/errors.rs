//! What authors read when a file is wrong: place, line, problem, remedy.

use std::fmt::Write;

use sigma::{Lint, RuleError};

use crate::load;

/// A rule that is good, to be spoilt by what is put in for a marker.
const GOOD: &str = "\
title: A trail is deleted
id: 5f5d7e3a-4c6b-4b52-8f0e-0d9a5f3d2c11
logsource: { product: aws, service: cloudtrail }
detection:
  selection:
    eventName: DeleteTrail
  condition: selection
";

/// Compares with what is kept in `snapshots/`.
fn expect(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// As a terminal would show it: the message, the line, and a caret.
fn drawn(place: &str, message: &str, line: &str, column: usize) -> String {
    let caret = " ".repeat(column.saturating_sub(1));
    format!("{place}: {message}\n    {line}\n    {caret}^\n")
}

fn error(error: &RuleError) -> String {
    let kind = if error.is_warning() { "warning: " } else { "" };
    let message = format!("{kind}{}", error.problem);
    drawn(
        &error.at.to_string(),
        &message,
        error.source_line(),
        error.at.column,
    )
}

fn lint(lint: &Lint) -> String {
    let message = format!("[{}] {}; {}", lint.code.as_str(), lint.message, lint.remedy);
    drawn(
        &lint.location.to_string(),
        &message,
        &lint.source_line,
        lint.location.column,
    )
}

/// All problems of each text, under the reason it is here.
fn problems(cases: &[(&str, String)]) -> String {
    let mut shown = String::new();
    for (why, text) in cases {
        let loaded = load(text);
        assert!(!loaded.problems.is_empty(), "{why}: no problem in\n{text}");
        let _ = writeln!(shown, "# {why}");
        loaded
            .problems
            .iter()
            .for_each(|problem| shown.push_str(&error(problem)));
    }
    shown
}

/// The good rule with other lines for its `detection`.
fn detecting(detection: &str) -> String {
    let (head, _) = GOOD.split_once("detection:").expect("there");
    format!("{head}detection:\n{detection}")
}

/// The good rule with one line in its selection.
fn selecting(line: &str) -> String {
    detecting(&format!(
        "  selection:\n    {line}\n  condition: selection\n"
    ))
}

/// The good rule, and more at its end.
fn and(more: &str) -> String {
    format!("{GOOD}{more}\n")
}

fn without(line: &str) -> String {
    GOOD.lines()
        .filter(|other| !other.starts_with(line))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The good rule with a name, a second one, and a correlation of both.
fn correlating(correlation: &str) -> String {
    format!(
        "{GOOD}name: one\n---\n{}name: two\n---\ntitle: Both\ncorrelation:\n{correlation}",
        GOOD.replace("5f5d", "6f5d")
    )
}

fn filtering(filter: &str) -> String {
    format!(
        "{GOOD}---\ntitle: The backup is allowed\nlogsource: {{ product: aws }}\nfilter:\n{filter}"
    )
}

#[test]
fn the_good_rule_is_good() {
    assert!(load(GOOD).problems.is_empty());
}

#[test]
fn yaml() {
    expect(
        "yaml",
        &problems(&[
            ("a bracket is open", and("tags: [attack.t1098")),
            ("a tab", and("tags:\n\t- a")),
            ("a key twice", and("level: low\nlevel: high")),
            ("a key twice in a selection", selecting("a: 1\n    a: 2")),
            ("a list as a key", and("? [a]\n: b")),
            ("a merge key", and("x: &x { a: 1 }\ny:\n  <<: *x")),
            ("a foreign tag", and("x: !python/object a")),
            ("an alias of nothing", and("x: *nobody")),
            ("an alias inside itself", and("x: &x [*x]")),
            (
                "deep",
                and(&format!("x: {}{}", "[".repeat(70), "]".repeat(70))),
            ),
            ("not a mapping", "- a\n- b\n".to_owned()),
            ("just text", "hello\n".to_owned()),
            ("a collection of Sigma 1", and("action: global")),
            ("too large", "x".repeat((1 << 20) + 1)),
            (
                "the second document is broken, the others are not",
                format!(
                    "{GOOD}---\ntitle: {{\n---\n{}",
                    GOOD.replace("5f5d", "6f5d")
                ),
            ),
        ]),
    );
}

#[test]
fn metadata() {
    expect(
        "metadata",
        &problems(&[
            ("no title", without("title")),
            ("no logsource", without("logsource")),
            (
                "no detection",
                "title: x\nlogsource: { product: aws }\n".to_owned(),
            ),
            ("nothing of all", "id: x\n".to_owned()),
            ("a level that is none", and("level: hihg")),
            ("a status that is none", and("status: done")),
            (
                "a title that is a list",
                GOOD.replace("A trail is deleted", "[a]"),
            ),
            (
                "a logsource that is text",
                GOOD.replace("{ product: aws, service: cloudtrail }", "aws"),
            ),
            (
                "tags with a mapping in them",
                and("tags:\n  - attack.t1098\n  - { a: b }"),
            ),
            ("a version of the future", and("sigma-version: 4")),
            ("an id twice", format!("{GOOD}---\n{GOOD}")),
            ("several at once", and("level: bad\nstatus: bad")),
        ]),
    );
}

#[test]
fn selections() {
    expect(
        "selections",
        &problems(&[
            ("no selection", detecting("  condition: selection\n")),
            ("no condition", detecting("  selection: { a: b }\n")),
            ("detection is a list", detecting("  - a\n")),
            (
                "an empty selection",
                detecting("  selection: {}\n  condition: selection\n"),
            ),
            (
                "a selection of nothing",
                detecting("  selection:\n  condition: selection\n"),
            ),
            (
                "an empty part",
                detecting("  selection:\n    - a: b\n    - {}\n  condition: selection\n"),
            ),
            ("an empty list", selecting("eventName: []")),
            (
                "a mapping as a value",
                selecting("userIdentity:\n      type: Root"),
            ),
            (
                "a mapping among values",
                selecting("userIdentity: [Root, { type: Root }]"),
            ),
            ("a list among values", selecting("eventName: [[a], b]")),
            (
                "a quantifier of a later specification",
                selecting("requestParameters.items[any].id: x"),
            ),
            (
                "a number as a keyword",
                detecting("  keywords: [error, 4625]\n  condition: keywords\n"),
            ),
            (
                "a question that needs a field",
                detecting("  keywords: { '|gt': 5 }\n  condition: keywords\n"),
            ),
            (
                "a value that is too long",
                selecting(&format!("eventName: {}", "x".repeat(17_000))),
            ),
        ]),
    );
}

#[test]
fn modifiers() {
    expect(
        "modifiers",
        &problems(&[
            ("a slip", selecting("eventName|containss: x")),
            (
                "a slip after another modifier",
                selecting("'eventName|cased|startwith': x"),
            ),
            ("a word of conditions", selecting("eventName|not: x")),
            ("two operators", selecting("eventName|contains|endswith: x")),
            (
                "flags without an expression",
                selecting("eventName|contains|i: x"),
            ),
            ("wrong order", selecting("a|contains|fieldref: b")),
            ("encoded too early", selecting("a|base64|wide: b")),
            ("UTF-16 alone", selecting("a|wide|contains: b")),
            ("placeholders", selecting("a|expand: '%admins%'")),
            ("all of one", selecting("a|contains|all: b")),
            ("exists what", selecting("a|exists: 5")),
            ("exists twice", selecting("a|exists: [true, false]")),
            ("an open group", selecting("a|re: 'x(y'")),
            ("look-ahead", selecting("a|re: 'x(?=y)'")),
            ("a bomb", selecting("a|re: '((x{100}){100}){100}'")),
            ("an address", selecting("sourceIPAddress|cidr: 10.0.0.1")),
            (
                "one bad of three",
                selecting(
                    "sourceIPAddress|cidr:\n      - 10.0.0.0/8\n      - 10.0.0.0/99\n      - 11.0.0.0/8",
                ),
            ),
            ("no number", selecting("a|gte: many")),
            ("no text", selecting("a|contains: true")),
            (
                "a wildcard in a field's name",
                selecting("a|fieldref: 'b*'"),
            ),
            ("a wildcard in base64", selecting("a|base64: 'b*'")),
            (
                "too short to be found",
                selecting("a|base64offset|contains: b"),
            ),
        ]),
    );
}

#[test]
fn conditions() {
    let with = |condition: &str| {
        detecting(&format!(
            "  selection_a: {{ a: 1 }}\n  selection_b: {{ b: 1 }}\n  condition: {condition}\n"
        ))
    };
    expect(
        "conditions",
        &problems(&[
            ("a slip", with("selection_a and not selektion_b")),
            (
                "a slip in quotes",
                with("'selection_a and not selection_c'"),
            ),
            (
                "a slip in folded text",
                with(">\n    selection_a\n    or selection_x"),
            ),
            (
                "a pattern of nothing",
                with("selection_a and 1 of filter_*"),
            ),
            ("capitals", with("selection_a AND selection_b")),
            ("something missing", with("selection_a and")),
            ("an open parenthesis", with("(selection_a or selection_b")),
            ("two names in a row", with("selection_a selection_b")),
            ("an aggregation", with("selection_a | count() by user > 5")),
            ("empty", with("''")),
            ("nothing", with("")),
            ("a number", with("5")),
            ("a mapping", with("{ a: b }")),
            (
                "deep",
                with(&format!("{}selection_a{}", "(".repeat(50), ")".repeat(50))),
            ),
            ("long", with(&vec!["selection_a"; 500].join(" or "))),
        ]),
    );
}

#[test]
fn tests() {
    expect(
        "tests",
        &problems(&[
            ("not a list", and("tests: none")),
            ("a test that is text", and("tests:\n  - root creates a key")),
            ("nothing in it", and("tests:\n  - {}")),
            (
                "a verdict that is none",
                and("tests:\n  - { name: x, expect: matches, event: {} }"),
            ),
            (
                "an event that is text",
                and("tests:\n  - { name: x, expect: match, event: y }"),
            ),
            (
                "a key that is none",
                and("tests:\n  - { nam: x, name: x, expect: match, event: {} }"),
            ),
        ]),
    );
}

#[test]
fn filters() {
    expect(
        "filters",
        &problems(&[
            (
                "no rules",
                filtering("  selection: { a: b }\n  condition: not selection\n"),
            ),
            (
                "no such rule",
                filtering("  rules: [nobody]\n  selection: { a: b }\n  condition: not selection\n"),
            ),
            (
                "two conditions",
                filtering(
                    "  rules: any\n  selection: { a: b }\n  condition: [not selection, selection]\n",
                ),
            ),
            (
                "the user agent alone",
                filtering(
                    "  rules: any\n  selection: { userAgent|contains: Backup }\n  condition: not selection\n",
                ),
            ),
            (
                "the user agent alone, in one of two ways",
                filtering(
                    "  rules: any\n  ip: { sourceIPAddress: 10.0.0.1 }\n  agent: { userAgent: Backup }\n  condition: not ip and not agent\n",
                ),
            ),
            (
                "a date that is none",
                filtering(
                    "  rules: any\n  selection: { a: b }\n  condition: not selection\ntrailhound: { until: soon }\n",
                ),
            ),
        ]),
    );
}

#[test]
fn correlations() {
    let counting = |more: &str| {
        correlating(&format!(
            "  type: event_count\n  rules: [one]\n  timespan: 10m\n{more}"
        ))
    };
    expect("correlations", &problems(&[
        ("not a mapping", correlating("  5\n")),
        ("nothing in it", correlating("  {}\n")),
        ("a type that is none", correlating("  type: event_counts\n  rules: [one]\n  timespan: 10m\n  condition: { gte: 5 }\n")),
        ("a key that is none", counting("  condition: { gte: 5 }\n  groupby: [a]\n")),
        ("a rule that is none", correlating("  type: temporal\n  rules: [one, tow]\n  timespan: 10m\n")),
        ("one rule in order", correlating("  type: temporal_ordered\n  rules: [one]\n  timespan: 10m\n")),
        ("a timespan that is none", correlating("  type: temporal\n  rules: [one, two]\n  timespan: ten minutes\n")),
        ("no time at all", correlating("  type: temporal\n  rules: [one, two]\n  timespan: 0s\n")),
        ("no condition", counting("")),
        ("no bound", counting("  condition: { field: a }\n")),
        ("a bound that is none", counting("  condition: { gte: -1 }\n")),
        ("bounds that exclude each other", counting("  condition: { gt: 5, lt: 6 }\n")),
        ("a field that is not read", counting("  condition: { gte: 5, field: a }\n")),
        ("no field to read", correlating("  type: value_count\n  rules: [one]\n  timespan: 10m\n  condition: { gte: 5 }\n")),
        (
            "a percentile that is none",
            correlating("  type: value_percentile\n  rules: [one]\n  timespan: 10m\n  condition: { gte: 5, field: a, percentile: 100 }\n"),
        ),
        ("an alias nobody groups by", counting("  condition: { gte: 5 }\n  aliases: { who: { one: a } }\n")),
        ("an alias for a stranger", counting("  condition: { gte: 5 }\n  group-by: [who]\n  aliases: { who: { two: a } }\n")),
        ("a condition over strangers", correlating("  type: temporal\n  rules: [one, two]\n  timespan: 10m\n  condition: one and three\n")),
        (
            "a circle",
            "title: A\nname: a\ncorrelation: { type: temporal, rules: [b, a], timespan: 1m }\n---\ntitle: B\nname: b\ncorrelation: { type: temporal, rules: [a, b], timespan: 1m }\n".to_owned(),
        ),
    ]));
}

#[test]
fn lints() {
    let of = |rule: &str| {
        let mut lints = load(rule).rules.lint();
        lints.retain(|lint| !lint.code.as_str().starts_with("missing-"));
        lints
    };
    let with = |detection: &str| of(&detecting(detection));
    let mut shown = String::new();
    for (why, lints) in [
        ("the good rule", load(GOOD).rules.lint()),
        ("a selection nobody uses", with("  a: { x: 1 }\n  b: { x: 2 }\n  condition: a\n")),
        ("wanted and excluded", with("  a: { x: 1 }\n  condition: a and not a\n")),
        ("two values at once", with("  a: { x: one }\n  b: { x: TWO }\n  condition: a and b\n")),
        ("excluded by a wider filter", with("  a: { x: [one, onto] }\n  b: { x|startswith: 'on' }\n  condition: a and not b\n")),
        ("there and not there", with("  a: { x: 1, x|exists: false }\n  condition: a\n")),
        ("anything at all", with("  a: { x: 1 }\n  condition: a or not a\n")),
        ("more than there are", with("  a: { x: 1 }\n  b: { y: 1 }\n  condition: 3 of them\n")),
        ("a useless alternative", with("  a: { x: 1, x|gt: 5 }\n  b: { y: 1 }\n  condition: a or b\n")),
        ("wildcards", with("  a: { x|contains: ['*one', 'tw*o'], y|startswith: 'three*', z|endswith: '*four' }\n  condition: a\n")),
        ("expressions", with("  a: { x|re: ['sts\\.amazonaws\\.com', '^ab', 'ab$', '^ab$', '.*a[bc]', '^.*$', '.*ab.*'] }\n  condition: a\n")),
        ("the same twice", with("  a: { x: [One, one, two], y|cased: [One, one], z: [5, '5'] }\n  condition: a\n")),
        ("words of the past", with("  a: { x: 1 }\n  timeframe: 5m\n  condition: a\n")),
        (
            "metadata",
            load(&and("date: 22.11.2026\ntags: [attack.t1098, T1098]\nfalsepositive: none\nowner: me\ntests:\n  - { name: x, expect: match, event: {} }")).rules.lint(),
        ),
        ("other logs", of(&GOOD.replace("aws, service: cloudtrail", "windows, category: process_creation"))),
        ("a filter", load(&filtering("  rules: any\n  selection: { a: b }\n  condition: not selection\ntrailhound: { owner: me }\n")).rules.filters()[0].lint()),
        ("a filter that keeps", load(&filtering("  rules: any\n  selection: { a: b }\n  condition: selection\n")).rules.filters()[0].lint()),
    ] {
        let _ = writeln!(shown, "# {why}");
        lints.iter().for_each(|one| shown.push_str(&lint(one)));
    }
    expect("lints", &shown);
}
