//! What in a rule does not fit CloudTrail: names it never writes, fields it never has.
//!
//! Invariants: nothing is said of rules for other logs; nothing is said where the catalog does not
//! know better (open sources, irregular parameters, wildcards and regular expressions).

mod line;
mod reach;

use serde::Serialize;
use sigma::{Location, Rule};

use self::line::Line;
use self::reach::Reach;
use crate::field::{Verdict, is_record_field};
use crate::nearest::nearest;
use crate::{apis, nearest_event, nearest_source, plain_name};
use detect::derived::{DerivedField, FIELDS};

/// A doubt about a rule: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check.
    pub code: FindingCode,
    /// The place to open in the editor.
    pub location: Location,
    /// What is doubtful.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// The checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingCode {
    /// No AWS service writes records under this event source.
    UnknownSource,
    /// No AWS service writes an event of this name.
    UnknownEvent,
    /// Another event source writes it, not the one that the rule asks for.
    EventOfOtherSource,
    /// Records never have this field.
    UnknownField,
    /// None of the rule's events has this request parameter.
    UnknownParameter,
    /// A derived field never has this value.
    ImpossibleValue,
    /// No event of CloudTrail can satisfy the condition.
    NeverHappens,
}

impl FindingCode {
    /// The code as it is shown, such as `unknown-event`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownSource => "unknown-source",
            Self::UnknownEvent => "unknown-event",
            Self::EventOfOtherSource => "event-of-other-source",
            Self::UnknownField => "unknown-field",
            Self::UnknownParameter => "unknown-parameter",
            Self::ImpossibleValue => "impossible-value",
            Self::NeverHappens => "never-happens",
        }
    }
}

/// What in `rule` does not fit CloudTrail, by place; nothing for rules about other logs.
#[must_use]
pub fn lint(rule: &Rule) -> Vec<Finding> {
    if !is_about_cloudtrail(rule) {
        return Vec::new();
    }
    let lines = line::of(rule);
    let reach = Reach::of(rule, &lines);
    let mut findings = Vec::new();
    for line in &lines {
        findings.extend(unknown_fields(line));
        findings.extend(unknown_sources(line));
        findings.extend(unknown_events(line, &reach));
        findings.extend(unknown_parameter(line, &reach));
        findings.extend(impossible_values(line));
    }
    if findings.is_empty() && reach.is_empty() {
        findings.push(never_happens(rule));
    }
    findings.sort_by(|one, other| one.location.cmp(&other.location));
    findings
}

fn is_about_cloudtrail(rule: &Rule) -> bool {
    let is = |said: &Option<String>, wanted: &str| {
        said.as_deref()
            .is_some_and(|said| said.eq_ignore_ascii_case(wanted))
    };
    is(&rule.logsource().product, "aws") && is(&rule.logsource().service, "cloudtrail")
}

/// Fields on either side of a line that no record has.
fn unknown_fields(line: &Line) -> Vec<Finding> {
    let unknown = line
        .fields()
        .filter_map(|field| match is_record_field(field) {
            Verdict::Unknown { suggestion } => Some((field, suggestion)),
            Verdict::Known | Verdict::Open => None,
        });
    let finding = |(field, suggestion)| {
        let remedy = suggested(suggestion, "look at a record for the path of what you mean");
        line.finding(
            FindingCode::UnknownField,
            format!("CloudTrail records have no field `{field}`"),
            remedy,
        )
    };
    unknown.map(finding).collect()
}

fn unknown_sources(line: &Line) -> Vec<Finding> {
    if !line.asks("eventSource") {
        return Vec::new();
    }
    let unknown = line.literals().filter(|source| !apis::is_source(source));
    let finding = |source| {
        let remedy = suggested(
            nearest_source(source),
            "look at a record of that service for its eventSource",
        );
        line.finding(
            FindingCode::UnknownSource,
            format!("no AWS service is known to write records as `{source}`"),
            remedy,
        )
    };
    unknown.map(finding).collect()
}

fn unknown_events(line: &Line, reach: &Reach<'_>) -> Vec<Finding> {
    let (plain, full) = (line.asks("trailhound.eventName"), line.asks("eventName"));
    if !plain && !full {
        return Vec::new();
    }
    let sources = line.sources().unwrap_or_else(|| reach.sources());
    // Of a rule that names no source, open sources do not excuse a name that nobody lists.
    let fits = |source: &str, name: &str| match sources.len() {
        0..=FEW => apis::knows(source, name),
        _ => apis::lists(source, name),
    };
    let unfit = |name: &&str| !sources.iter().any(|source| fits(source, name));
    let mut findings: Vec<_> = line
        .literals()
        .filter(unfit)
        .map(|name| unfit_event(line, name, &sources))
        .collect();
    let versioned = line
        .literals()
        .filter(|name| plain && plain_name(name) != *name);
    findings.extend(versioned.map(|name| {
        let message = format!("`trailhound.eventName` never has a version, as `{name}` does");
        let remedy = format!("write `{}`", plain_name(name));
        line.finding(FindingCode::UnknownEvent, message, remedy)
    }));
    findings
}

/// An event name that none of `sources` writes; another may.
fn unfit_event(line: &Line, name: &str, sources: &[&str]) -> Finding {
    let meant = sources
        .iter()
        .find_map(|source| nearest_event(source, name));
    if let [other, ..] = apis::sources_of(name).as_slice() {
        let message = format!(
            "`{name}` is an event of `{other}`, not of {}",
            enumeration(sources)
        );
        let remedy = match meant {
            Some(meant) => format!("did you mean `{meant}`, or that source?"),
            None => "correct one of the two".to_owned(),
        };
        return line.finding(FindingCode::EventOfOtherSource, message, remedy);
    }
    let remedy = suggested(
        meant,
        "look at a record for the name that CloudTrail writes",
    );
    let message = if sources.len() > FEW {
        format!("no AWS service is known to write an event `{name}`")
    } else {
        format!("no event `{name}` of {} is known", enumeration(sources))
    };
    line.finding(FindingCode::UnknownEvent, message, remedy)
}

fn unknown_parameter(line: &Line, reach: &Reach<'_>) -> Option<Finding> {
    let parameter = line.request_parameter()?;
    let shapes = reach.parameters()?;
    if shapes.is_empty() || shapes.iter().any(|shape| shape.contains(parameter)) {
        return None;
    }
    let known: Vec<_> = shapes.iter().flat_map(|shape| shape.iter()).collect();
    let remedy = match nearest(parameter, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => match few(&known) {
            Some(names) => format!("they have {names}"),
            None => "look at a record for the name that CloudTrail writes".to_owned(),
        },
    };
    let message = format!("none of this rule's events has a request parameter `{parameter}`");
    Some(line.finding(FindingCode::UnknownParameter, message, remedy))
}

fn impossible_values(line: &Line) -> Vec<Finding> {
    let Some(derived) = FIELDS.iter().find(|derived| line.asks(derived.path)) else {
        return Vec::new();
    };
    let impossible = line.literals().filter(|value| !derived.can_be(value));
    impossible
        .map(|value| impossible_value(line, derived, value))
        .collect()
}

fn impossible_value(line: &Line, derived: &DerivedField, value: &str) -> Finding {
    let remedy = match nearest(value, derived.closed.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it has {}", enumeration(derived.closed)),
    };
    let message = format!("`{}` is never `{value}`", derived.path);
    line.finding(FindingCode::ImpossibleValue, message, remedy)
}

fn never_happens(rule: &Rule) -> Finding {
    Finding {
        code: FindingCode::NeverHappens,
        location: rule.location().clone(),
        message: "no event that CloudTrail is known to write can satisfy the condition".to_owned(),
        remedy: "look at a record of what you mean, and compare it clause by clause".to_owned(),
    }
}

/// More names than this are not listed.
const FEW: usize = 8;

fn suggested(meant: Option<&str>, otherwise: &str) -> String {
    meant.map_or_else(
        || otherwise.to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    )
}

/// The names, each once, if they are few.
fn few(names: &[&str]) -> Option<String> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    (1..=FEW)
        .contains(&names.len())
        .then(|| enumeration(&names))
}

fn enumeration(names: &[&str]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .take(FEW)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > FEW { ", …" } else { "" };
    format!("{}{more}", quoted.join(", "))
}

#[cfg(test)]
mod tests;
