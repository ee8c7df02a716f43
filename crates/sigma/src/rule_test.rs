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

use crate::error::Problem;
use crate::header::required_text;
use crate::location::{Location, Mark, Source};
use crate::report::Report;
use crate::suggest::nearest;
use crate::yaml::{self, Kind, Node};

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
        let documents = yaml::documents(self.source.text()).into_iter().flatten();
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

const KEYS: [&str; 3] = ["name", "expect", "event"];

/// Reads the examples of a rule; problems go to the report.
pub(crate) fn read(root: &Node, report: &mut Report) -> Vec<RuleTest> {
    let Some(node) = root.get("tests").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let Some(tests) = node.list() else {
        wrong(node, "tests", "a list of examples", report);
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
        wrong(
            node,
            "tests",
            "a list of mappings with name, expect and event",
            report,
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

fn expectation(node: &Node, report: &mut Report) -> Option<Expectation> {
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
            wrong(other, "event", "a mapping", report);
            None
        }
        None => {
            let (key, example) = ("event", "`event: { eventName: ... }`");
            report.add(node.at, Problem::Missing { key, example });
            None
        }
    }
}

fn wrong(node: &Node, key: &str, expected: &'static str, report: &mut Report) {
    let (key, found) = (key.to_owned(), node.article());
    report.add(
        node.at,
        Problem::WrongType {
            key,
            expected,
            found,
        },
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{RuleSet, SourceFile};

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
            .flat_map(|rule| rule.tests())
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
