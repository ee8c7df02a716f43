//! Text that nobody means well with: loading it ends, soon, and without a panic.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use crate::generate::rule;
use crate::load;

/// How long a flood is: enough for anything quadratic to show.
const SIZE: usize = 1 << 18;

/// Loads, lints and asks; what comes of it does not matter here.
fn endure(text: &str) {
    let mut loaded = load(text);
    for problem in &loaded.problems {
        let _ = problem.to_string();
        assert!(problem.source_line().chars().count() <= 200);
        assert!(problem.at.line > 0 && problem.at.column > 0, "{problem}");
    }
    let _ = loaded.rules.lint();
    let event = json!({"a": "b", "eventName": ["x", null, 1]});
    for (position, rule) in loaded.rules.rules().iter().enumerate() {
        let _ = (rule.matches(&event), rule.explain(&event));
        let _ = loaded.rules.suppressed_by(position, &event);
    }
    let _ = loaded.rules.set_today(jiff::civil::date(2026, 11, 22));
}

/// A file with one document of every kind.
const FILE: &str = "\
title: Rule
id: r
name: rule
status: test
level: high
date: 2026-11-22
tags: [attack.t1098]
logsource: { product: aws }
detection:
  selection:
    - eventName|contains: ['Delete*', \"x\\n\"]
      userIdentity.type|re|i: '^Root$'
    - sourceIPAddress|cidr: 10.0.0.0/8
  keywords: [a, 'b*']
  condition: |
    selection and not
    1 of key*
tests:
  - { name: x, expect: no match, event: { a: [1, { b: null }] } }
---
title: Correlation
correlation: &c { type: value_count, rules: [rule], timespan: 10m, group-by: [a], condition: { gte: 5, field: b } }
---
title: Filter
logsource: { product: aws }
filter:
  rules: [r]
  selection: { a: b }
  condition: not selection
trailhound: { owner: me, reason: why, until: 2026-12-31 }
";

#[test]
fn the_file_that_is_mutilated_is_good() {
    assert!(load(FILE).problems.is_empty(), "{:?}", load(FILE).problems);
}

#[test]
fn floods_of_one_thing_end_soon() {
    let lines = |line: &str| line.repeat(SIZE / line.len());
    let selection = |lines: String| {
        format!(
            "title: x\nlogsource: {{ product: aws }}\ndetection:\n  s:\n{lines}  condition: s\n"
        )
    };
    let numbered =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    for text in [
        lines("- "),
        lines("["),
        lines("{"),
        lines("{a: "),
        lines("? "),
        lines("a: b\n"),
        lines("a:\n "),
        lines("---\n"),
        lines("--- a\n"),
        lines("\n"),
        lines("# c\n"),
        lines("&a "),
        lines("*a "),
        lines("!!str "),
        lines("'"),
        lines("\""),
        lines("\"\\x41"),
        lines("| \n"),
        lines("%YAML 1.2\n"),
        lines("a: &a *a\n"),
        lines("é"),
        lines("\u{0}"),
        lines("\t"),
        lines("title: x\n---\n"),
        lines("- - a\n"),
        lines("a: [b, c]\n---\n"),
        format!("a: {}", lines("a ")),
        format!("a: |\n{}", lines("  b\n")),
        format!("a: >\n{}", lines("  b\n\n")),
        selection(numbered(5_000, &|n| format!("    f{n}: {n}\n"))),
        selection(numbered(5_000, &|n| {
            format!("    - f{n}|contains: x{n}*\n")
        })),
        selection(format!(
            "    f:\n{}",
            numbered(10_000, &|n| format!("      - value {n}\n"))
        )),
        selection(format!(
            "    f|contains:\n{}",
            numbered(10_000, &|n| format!("      - value {n}\n"))
        )),
        selection(format!(
            "    f|re:\n{}",
            numbered(300, &|n| format!("      - '\\w{{{n}}}'\n"))
        )),
        format!(
            "title: x\nlogsource: {{ product: aws }}\ndetection:\n{}  condition: all of them\n",
            numbered(5_000, &|n| format!("  s{n}: {{ f: {n} }}\n"))
        ),
        format!(
            "title: x\nlogsource: {{ product: aws }}\ndetection:\n{}  condition: 3 of them\n",
            numbered(2_000, &|n| format!("  s{n}: {{ f: {n} }}\n"))
        ),
        numbered(3_000, &|n| {
            format!(
                "title: c\nname: c{n}\ncorrelation: {{ type: temporal, rules: [c{}, c{}], timespan: 1m }}\n---\n",
                n + 1,
                n + 2
            )
        }),
    ] {
        endure(&text);
    }
}

proptest! {
    #[test]
    fn any_text_is_endured(text in any::<String>()) {
        endure(&text);
    }

    #[test]
    fn anything_like_yaml_is_endured(parts in prop::collection::vec(select(vec![
        "title:", "detection:", "  selection:", "condition:", "filter:", "correlation:", "tests:", "logsource:", " ", "\n", "\n  ",
        "- ", "? ", ": ", "[", "]", "{", "}", ",", "'", "\"", "|", ">", "&a", "*a", "!", "!!str", "%", "---", "\n---\n", "...", "#", "\\",
        "a", "é", "1", "null", "true", "~", "|contains", "|re", "|all", "1 of", "not", "and", "(", ")", "\t", "\u{feff}", "\u{0}", "<<",
    ]), 0..60)) {
        endure(&parts.concat());
    }

    #[test]
    fn a_mutilated_file_is_endured(
        cuts in prop::collection::vec((any::<Index>(), any::<Index>(), "[ -~\n\u{212a}]{0,6}"), 1..6)
    ) {
        let mut text: Vec<char> = FILE.chars().collect();
        for (from, length, put) in cuts {
            let from = from.index(text.len() + 1);
            let to = (from + length.index(12)).min(text.len());
            text.splice(from..to, put.chars());
        }
        endure(&text.into_iter().collect::<String>());
    }

    #[test]
    fn a_mutilated_rule_is_endured(text in rule(), cut in any::<Index>(), put in "[\\[\\]{}\",:|*&!~ a-c\n]{0,4}") {
        let at = cut.index(text.len() + 1);
        prop_assume!(text.is_char_boundary(at));
        endure(&format!("{}{put}{}", &text[..at], &text[at..]));
    }
}
