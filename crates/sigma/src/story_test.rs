//! The examples that a correlation carries under `tests`: a story of timed events, and whether the
//! correlation matches it.
//!
//! ```yaml
//! tests:
//!   - name: twenty secrets in ten minutes
//!     expect: match
//!     story:
//!       - at: 0s               # since the story began
//!         repeat: 20           # so many events,
//!         every: 30s           # so far apart;
//!         event: { eventName: GetSecretValue, requestParameters: { secretId: 'secret-{n}' } }
//! ```
//!
//! `{n}` in a text becomes the number of the repeat, from 1.

use jiff::SignedDuration;
use rsigma_parser::Timespan;
use serde_json::Value as Json;
use yaml_tree::{Kind, Node};

use crate::error::Problem;
use crate::header::{self, required_text};
use crate::location::Location;
use crate::report::Report;
use crate::rule_test::{Expectation, expectation};

/// How many events a story may have.
const MAX: u64 = 10_000;

/// One example.
#[derive(Debug, Clone)]
pub struct StoryTest {
    name: String,
    expect: Expectation,
    location: Location,
    events: Vec<Timed>,
}

/// An event of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    /// When it happens, since the story began.
    pub at: SignedDuration,
    /// Always a JSON object.
    pub event: Json,
}

impl StoryTest {
    /// What the example shows.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it expects a match.
    #[must_use]
    pub fn expects_match(&self) -> bool {
        self.expect == Expectation::Match
    }

    /// The events, in the author's order, which need not be that of time.
    #[must_use]
    pub fn events(&self) -> &[Timed] {
        &self.events
    }

    /// Where it stands.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }
}

/// Reads the examples of a correlation; problems go to the report.
pub(crate) fn read(root: &Node, report: &mut Report) -> Vec<StoryTest> {
    let Some(node) = root.get("tests").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let Some(tests) = node.list() else {
        report.wrong_type(node, "tests", "a list of examples");
        return Vec::new();
    };
    tests
        .iter()
        .filter_map(|test| read_one(test, report))
        .collect()
}

fn read_one(node: &Node, report: &mut Report) -> Option<StoryTest> {
    if node.map().is_none() {
        let expected = "a list of mappings with name, expect and story";
        report.wrong_type(node, "tests", expected);
        return None;
    }
    check_keys(node, &["name", "expect", "story"], report);
    let name = required_text(node, "name", "`name: what this example shows`", report);
    let expect = expectation(node, report);
    let Some(scenes) = node.get("story").and_then(Node::list) else {
        let (key, example) = ("story", "`story: [{ at: 0s, event: { eventName: ... } }]`");
        report.add(node.at, Problem::Missing { key, example });
        return None;
    };
    let mut events = Vec::new();
    for scene in scenes {
        add_scene(scene, &mut events, report)?;
    }
    Some(StoryTest {
        name: name?,
        expect: expect?,
        location: report.locate(node.at),
        events,
    })
}

fn add_scene(node: &Node, events: &mut Vec<Timed>, report: &mut Report) -> Option<()> {
    check_keys(node, &["at", "repeat", "every", "event"], report);
    let start = span(node, "at", report)?;
    let every = span(node, "every", report)?;
    let Some(event) = node
        .get("event")
        .filter(|event| matches!(event.kind, Kind::Map(_)))
    else {
        let (key, example) = ("event", "`event: { eventName: ... }`");
        report.add(node.at, Problem::Missing { key, example });
        return None;
    };
    let repeat = match node.get("repeat") {
        None => 1,
        Some(value) => match value.to_value().as_u64() {
            Some(number) if (1..=MAX).contains(&number) => number,
            _ => {
                report.wrong_type(value, "repeat", "a whole number from 1 to 10000");
                return None;
            }
        },
    };
    let event = event.to_json();
    for number in 1..=repeat {
        let turn = i32::try_from(number - 1).unwrap_or(i32::MAX);
        events.push(Timed {
            at: start + every * turn,
            event: numbered(&event, number),
        });
    }
    Some(())
}

/// The span of time under `key`; none is no time.
fn span(node: &Node, key: &'static str, report: &mut Report) -> Option<SignedDuration> {
    let Some(text) = header::text(node, key, report) else {
        return Some(SignedDuration::ZERO);
    };
    let seconds = Timespan::parse(&text).ok();
    let seconds = seconds.and_then(|parsed| i64::try_from(parsed.seconds).ok());
    if seconds.is_none() {
        let at = node.get(key).map_or(node.at, |value| value.at);
        report.add(at, Problem::BadTimespan(text));
    }
    seconds.map(SignedDuration::from_secs)
}

/// The event with its number in place of `{n}`.
fn numbered(event: &Json, number: u64) -> Json {
    match event {
        Json::String(text) => Json::String(text.replace("{n}", &number.to_string())),
        Json::Array(members) => members.iter().map(|one| numbered(one, number)).collect(),
        Json::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), numbered(value, number)))
            .collect(),
        other => other.clone(),
    }
}

fn check_keys(node: &Node, known: &[&'static str], report: &mut Report) {
    for (key, _) in node.map().unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        if !known.contains(&name) {
            let suggestion =
                crate::suggest::nearest(name, known.iter().copied()).map(str::to_owned);
            let problem = Problem::UnknownKey {
                key: name.to_owned(),
                section: "tests",
                known: known.to_vec(),
                suggestion,
            };
            report.add(key.at, problem);
        }
    }
}
