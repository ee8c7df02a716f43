//! The examples that a rule carries under `tests`: an event, and whether the rule matches it.
//!
//! ```yaml
//! tests:
//!   - name: root creates a key
//!     expect: match
//!     event: { eventName: CreateAccessKey, userIdentity: { type: Root } }
//! ```

use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value as Json;
use yaml_tree::{Kind, Node};

use crate::error::Problem;
use crate::header::required_text;
use crate::location::{Location, Mark, Source};
use crate::report::Report;
use crate::suggest::nearest;

/// What an example expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// The rule matches.
    Match,
    /// It does not.
    NoMatch,
}

/// One example.
#[derive(Debug, Clone)]
pub struct RuleTest {
    name: String,
    expect: Expectation,
    location: Location,
    position: usize,
    events: Arc<Events>,
}

/// The events of all examples of one rule, read again from the file when they are first asked for:
/// most of a rule file is examples, and starting up should not pay for them.
#[derive(Debug)]
struct Events {
    source: Arc<Source>,
    document: Mark,
    read: OnceLock<Vec<Json>>,
}

impl Events {
    fn get(&self, position: usize) -> &Json {
        const MISSING: &Json = &Json::Null;
        self.read
            .get_or_init(|| self.read())
            .get(position)
            .unwrap_or(MISSING)
    }

    fn read(&self) -> Vec<Json> {
        let documents = yaml_tree::documents(self.source.text())
            .into_iter()
            .flatten();
        let mut same = documents.filter(|document| document.at == self.document);
        let tests = same
            .next()
            .and_then(|root| root.get("tests").and_then(Node::list).map(<[Node]>::to_vec));
        let events = tests
            .unwrap_or_default()
            .into_iter()
            .map(|test| test.get("event").map(Node::to_json));
        events.map(Option::unwrap_or_default).collect()
    }
}

impl RuleTest {
    /// What the example shows.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it expects.
    #[must_use]
    pub fn expect(&self) -> Expectation {
        self.expect
    }

    /// Whether it expects a match.
    #[must_use]
    pub fn expects_match(&self) -> bool {
        self.expect == Expectation::Match
    }

    /// The event, always a JSON object; [`Event`](crate::event::Event) is implemented for it.
    #[must_use]
    pub fn event(&self) -> &Json {
        self.events.get(self.position)
    }

    /// Where it stands.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }
}

/// The text of a rule file with its examples left blank; all other lines keep their places.
///
/// Most of a rule file is examples, and a program that starts up to judge events asks for none:
/// loading what this leaves takes a fraction of the time. Whoever checks, tests or lints rules loads
/// the whole text. Only a block under `tests:` at the beginning of a line is left out.
///
/// ```
/// let text = "title: x\ntests:\n  - name: y\n    expect: match\nlevel: low\n";
/// assert_eq!(sigma::without_tests(text), "title: x\n\n\n\nlevel: low\n");
/// ```
#[must_use]
pub fn without_tests(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut in_tests = false;
    for line in text.split_inclusive('\n') {
        in_tests = match line.bytes().next() {
            // Deeper, blank, a comment, or a member of a list that is not indented.
            Some(b' ' | b'\t' | b'\r' | b'\n' | b'#') | None => in_tests,
            Some(b'-') if !line.starts_with("---") => in_tests,
            Some(_) => line
                .strip_prefix("tests:")
                .is_some_and(|rest| rest.trim().is_empty()),
        };
        left.push_str(if in_tests { "\n" } else { line });
    }
    left
}

const KEYS: [&str; 3] = ["name", "expect", "event"];

/// Reads the examples of a rule; problems go to the report.
pub(crate) fn read(root: &Node, report: &mut Report) -> Vec<RuleTest> {
    let Some(node) = root.get("tests").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let Some(tests) = node.list() else {
        report.wrong_type(node, "tests", "a list of examples");
        return Vec::new();
    };
    let (source, document) = (Arc::clone(report.source()), root.at);
    let read = OnceLock::new();
    let events = Arc::new(Events {
        source,
        document,
        read,
    });
    let numbered = tests.iter().enumerate();
    numbered
        .filter_map(|(position, test)| read_one(test, position, &events, report))
        .collect()
}

fn read_one(
    node: &Node,
    position: usize,
    events: &Arc<Events>,
    report: &mut Report,
) -> Option<RuleTest> {
    let Some(pairs) = node.map() else {
        report.wrong_type(
            node,
            "tests",
            "a list of mappings with name, expect and event",
        );
        return None;
    };
    for (key, _) in pairs {
        let name = key.text().unwrap_or_default();
        if !KEYS.contains(&name) {
            let suggestion = nearest(name, KEYS).map(str::to_owned);
            let (key_name, section, known) = (name.to_owned(), "tests", KEYS.to_vec());
            report.add(
                key.at,
                Problem::UnknownKey {
                    key: key_name,
                    section,
                    known,
                    suggestion,
                },
            );
        }
    }
    let name = required_text(node, "name", "`name: what this example shows`", report);
    let expect = expectation(node, report);
    check_event(node, report)?;
    let (location, events) = (report.locate(node.at), Arc::clone(events));
    Some(RuleTest {
        name: name?,
        expect: expect?,
        location,
        position,
        events,
    })
}

pub(crate) fn expectation(node: &Node, report: &mut Report) -> Option<Expectation> {
    let text = required_text(
        node,
        "expect",
        "`expect: match` or `expect: no match`",
        report,
    )?;
    match text.as_str() {
        "match" => Some(Expectation::Match),
        "no match" => Some(Expectation::NoMatch),
        _ => {
            let at = node.get("expect").map_or(node.at, |value| value.at);
            report.add(at, Problem::BadExpectation(text));
            None
        }
    }
}

fn check_event(node: &Node, report: &mut Report) -> Option<()> {
    match node.get("event") {
        Some(event) if matches!(event.kind, Kind::Map(_)) => Some(()),
        Some(other) => {
            report.wrong_type(other, "event", "a mapping");
            None
        }
        None => {
            let (key, example) = ("event", "`event: { eventName: ... }`");
            report.add(node.at, Problem::Missing { key, example });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::without_tests;
    use crate::{RuleSet, SourceFile};

    #[test]
    fn what_is_left_without_tests_is_the_same_rule() {
        let head = "title: x\nlogsource: { product: aws }\n";
        let tail = "detection:\n  s:\n    a: 1\n  condition: s\nlevel: high\n";
        for (tests, why) in [
            (
                "tests:\n  - name: x\n    expect: match\n    event:\n      a: |\n        b\n\n        tests:\n",
                "indented",
            ),
            (
                "tests:\n- name: x\n  expect: match\n  # note\n  event: {}\n# end\n",
                "not indented",
            ),
            (
                "tests:\r\n  - { name: x, expect: match, event: {} }\r\n",
                "other line ends",
            ),
            ("tests: []\n", "nothing to leave out"),
        ] {
            let text = format!("{head}{tests}{tail}---\n{head}{tail}{tests}");
            let left = without_tests(&text);
            let loaded = RuleSet::load([SourceFile {
                name: "x.yml",
                text: &left,
            }]);
            assert!(loaded.problems.is_empty(), "{why}: {:?}", loaded.problems);
            let rules = loaded.rules.rules();
            assert_eq!(rules.len(), 2, "{why}");
            assert!(
                rules
                    .iter()
                    .all(|rule| rule.tests().is_empty() && rule.header().has_level()),
                "{why}"
            );
            assert_eq!(left.lines().count(), text.lines().count(), "{why}");
            assert_eq!(
                rules[1].location().line,
                text.lines().position(|line| line == "---").unwrap() + 2
            );
        }
    }

    #[test]
    fn events_are_read_from_the_document_they_stand_in() {
        let rule = |title: &str, event: &str| {
            format!(
                "title: {title}\nlogsource: {{ product: aws }}\n\
                 detection: {{ s: {{ a: 1 }}, condition: s }}\n\
                 tests:\n  - {{ name: one, expect: match, event: {event} }}\n  \
                 - {{ name: two, expect: no match, event: {{}} }}\n"
            )
        };
        let text = [
            rule("first", "{ a: 1 }"),
            rule("second", "{ a: [1, null, x] }"),
        ]
        .join("---\n");
        let loaded = RuleSet::load([SourceFile {
            name: "two.yml",
            text: &text,
        }]);
        let tests: Vec<_> = loaded
            .rules
            .rules()
            .iter()
            .flat_map(super::super::rule::Rule::tests)
            .collect();
        let events: Vec<_> = tests.iter().map(|test| test.event().clone()).collect();
        let expected = [
            json!({"a": 1}),
            json!({}),
            json!({"a": [1, null, "x"]}),
            json!({}),
        ];
        assert_eq!(events, expected);
        assert_eq!(tests[2].location().to_string(), "two.yml:12:5");
    }
}
