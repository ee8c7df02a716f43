//! The examples that a rule carries under `tests`: an event, and whether the rule matches it.
//!
//! ```yaml
//! tests:
//!   - name: root creates a key
//!     expect: match
//!     event: { eventName: CreateAccessKey, userIdentity: { type: Root } }
//! ```

use serde::Serialize;

use crate::error::Problem;
use crate::header::required_text;
use crate::location::Location;
use crate::report::Report;
use crate::suggest::nearest;
use crate::yaml::{Kind, Node};

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
#[derive(Debug, Clone, Serialize)]
pub struct RuleTest {
    name: String,
    expect: Expectation,
    event: serde_json::Value,
    location: Location,
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
    pub fn event(&self) -> &serde_json::Value {
        &self.event
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
    match node.list() {
        Some(tests) => tests
            .iter()
            .filter_map(|test| read_one(test, report))
            .collect(),
        None => {
            wrong(node, "tests", "a list of examples", report);
            Vec::new()
        }
    }
}

fn read_one(node: &Node, report: &mut Report) -> Option<RuleTest> {
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
    let event = event(node, report);
    let location = report.locate(node.at);
    Some(RuleTest {
        name: name?,
        expect: expect?,
        event: event?,
        location,
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

fn event(node: &Node, report: &mut Report) -> Option<serde_json::Value> {
    match node.get("event") {
        Some(event) if matches!(event.kind, Kind::Map(_)) => Some(event.to_json()),
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
