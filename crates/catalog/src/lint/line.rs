//! The lines of a rule's selections, with what stands beside them.

use sigma::{Event, ExplainedBody, ExplainedItem, FieldPath, Location, Rule, Value};

use super::{Finding, FindingCode};
use crate::apis;

/// One line of a selection.
pub(super) struct Line {
    field: String,
    modifiers: Vec<String>,
    values: Vec<String>,
    location: Location,
    /// The event sources that the lines beside this one ask for, if they list any.
    sources: Option<Vec<String>>,
}

/// Every line that asks a field, in the author's order.
pub(super) fn of(rule: &Rule) -> Vec<Line> {
    // Explained about nothing, a rule is told whole, clause by clause.
    let selections = rule.explain(&Nothing).selections;
    let mut lines = Vec::new();
    for selection in selections {
        gather(selection.body, &mut lines);
    }
    lines
}

fn gather(body: ExplainedBody, lines: &mut Vec<Line>) {
    match body {
        ExplainedBody::Any { parts, .. } => {
            parts.into_iter().for_each(|part| gather(part, lines));
        }
        ExplainedBody::All { items, .. } => {
            let mut block: Vec<_> = items.into_iter().filter_map(Line::new).collect();
            let sources = listed_sources(&block);
            block
                .iter_mut()
                .for_each(|line| line.sources.clone_from(&sources));
            lines.append(&mut block);
        }
    }
}

/// The known sources that a block of lines asks for; `None` if it asks for none, or for patterns.
fn listed_sources(block: &[Line]) -> Option<Vec<String>> {
    let line = block.iter().find(|line| line.asks("eventSource"))?;
    let known = line.literals().filter(|source| apis::is_source(source));
    let known: Vec<_> = known.map(str::to_owned).collect();
    (!known.is_empty()).then_some(known)
}

impl Line {
    fn new(item: ExplainedItem) -> Option<Self> {
        Some(Self {
            field: item.field?,
            modifiers: item.modifiers,
            values: item.values.into_iter().map(|value| value.wanted).collect(),
            location: item.location,
            sources: None,
        })
    }

    /// Whether this line asks whether `field` has one of a few values.
    pub(super) fn asks(&self, field: &str) -> bool {
        self.field == field && self.modifiers.iter().all(|modifier| modifier == "cased")
    }

    /// The values that are whole words; those with wildcards stand for many and are left out.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        let is_literal = |value: &&str| !value.is_empty() && !value.contains(['*', '?', '\\']);
        self.values.iter().map(String::as_str).filter(is_literal)
    }

    /// The field, and those it is compared with.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let compares = self.modifiers.iter().any(|modifier| modifier == "fieldref");
        let others = self.values.iter().filter(move |_| compares);
        std::iter::once(&self.field)
            .chain(others)
            .map(String::as_str)
    }

    /// The event sources that stand beside this line, if any are listed there.
    pub(super) fn sources(&self) -> Option<Vec<&str>> {
        Some(self.sources.as_ref()?.iter().map(String::as_str).collect())
    }

    /// The request parameter that this line looks at, or into.
    pub(super) fn request_parameter(&self) -> Option<&str> {
        let rest = self.field.strip_prefix("requestParameters.")?;
        let first = rest.split(['.', '[']).next()?;
        // CloudTrail puts `omitted` in place of what is too long.
        (first != "omitted").then_some(first)
    }

    pub(super) fn finding(&self, code: FindingCode, message: String, remedy: String) -> Finding {
        Finding {
            code,
            location: self.location.clone(),
            message,
            remedy,
        }
    }
}

/// An event without any field.
struct Nothing;

impl Event for Nothing {
    fn field(&self, _: &FieldPath) -> Option<Value<'_>> {
        None
    }

    fn any_string(&self, _: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }
}
