//! What is left of a rule's question once some fields are known.
//!
//! A rule is asked of many events that share what is known of them. What that decides need be asked
//! only once; of the rest, each line stands here in the order in which it is best asked.
//!
//! Invariant: for every event that agrees with what is known, the rest gives the rule's own answer.

use std::sync::Arc;

use crate::condition::{Condition, wanted};
use crate::detection::Detection;
use crate::event::{Event, FieldPath};
use crate::item::Item;
use crate::selection::{Body, Selection};
use crate::truth::{Partial, Truth};

/// The part of a rule that is not decided by what is known; see [`Rule::rest`](crate::Rule::rest).
#[derive(Debug, Clone)]
pub struct Rest(Part);

#[derive(Debug, Clone)]
enum Part {
    Decided(bool),
    Line(Arc<Item>),
    Not(Box<Part>),
    /// So many of the parts must match.
    AtLeast(usize, Box<[Part]>),
}

impl From<bool> for Rest {
    fn from(verdict: bool) -> Self {
        Self(Part::Decided(verdict))
    }
}

impl Rest {
    pub(crate) fn of(detection: &Detection, partial: &impl Partial) -> Self {
        let reader = Reader {
            selections: &detection.selections,
            partial,
        };
        let conditions = detection.conditions.iter();
        let parts = conditions.map(|condition| reader.condition(condition));
        Self(Part::at_least(1, parts))
    }

    /// Whether all events that agree with what is known match, or none does; `None` if it depends on
    /// the event.
    #[must_use]
    pub fn verdict(&self) -> Option<bool> {
        match self.0 {
            Part::Decided(verdict) => Some(verdict),
            _ => None,
        }
    }

    /// Whether the rule matches `event`, which must agree with what is known.
    #[must_use]
    pub fn matches(&self, event: &impl Event) -> bool {
        self.0.matches(event)
    }

    /// The fields that are still asked for; one may come several times.
    pub fn fields(&self) -> impl Iterator<Item = &FieldPath> {
        let mut fields = Vec::new();
        self.0.gather(&mut fields);
        fields.into_iter()
    }
}

impl Part {
    fn at_least(wanted: usize, parts: impl Iterator<Item = Self>) -> Self {
        let (mut wanted, mut open) = (wanted, Vec::new());
        for part in parts {
            match part {
                Part::Decided(true) => wanted = wanted.saturating_sub(1),
                Part::Decided(false) => {}
                part => open.push(part),
            }
        }
        if wanted == 0 || wanted > open.len() {
            return Part::Decided(wanted == 0);
        }
        match open.len() {
            1 => open.remove(0),
            _ => Part::AtLeast(wanted, open.into()),
        }
    }

    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let parts: Vec<_> = parts.collect();
        Self::at_least(parts.len(), parts.into_iter())
    }

    fn matches(&self, event: &impl Event) -> bool {
        match self {
            Part::Decided(verdict) => *verdict,
            Part::Line(item) => item.matches(event),
            Part::Not(part) => !part.matches(event),
            Part::AtLeast(1, parts) => parts.iter().any(|part| part.matches(event)),
            Part::AtLeast(wanted, parts) if *wanted == parts.len() => {
                parts.iter().all(|part| part.matches(event))
            }
            Part::AtLeast(wanted, parts) => {
                let matching = parts.iter().filter(|part| part.matches(event));
                matching.take(*wanted).count() == *wanted
            }
        }
    }

    fn gather<'a>(&'a self, fields: &mut Vec<&'a FieldPath>) {
        match self {
            Part::Decided(_) => {}
            Part::Line(item) => fields.extend(item.fields().map(|field| &**field)),
            Part::Not(part) => part.gather(fields),
            Part::AtLeast(_, parts) => parts.iter().for_each(|part| part.gather(fields)),
        }
    }
}

/// Goes through a rule with what is known in mind.
struct Reader<'r, P> {
    selections: &'r [Selection],
    partial: &'r P,
}

impl<P: Partial> Reader<'_, P> {
    fn condition(&self, condition: &Condition) -> Part {
        match condition {
            Condition::Selection(index) => self.selection(index),
            Condition::Not(inner) => match self.condition(inner) {
                Part::Decided(verdict) => Part::Decided(!verdict),
                part => Part::Not(Box::new(part)),
            },
            Condition::All(parts) => Part::all(parts.in_order().map(|part| self.condition(part))),
            Condition::Any(parts) => {
                Part::at_least(1, parts.in_order().map(|part| self.condition(part)))
            }
            Condition::Count {
                quantifier,
                selections,
                ..
            } => {
                let parts = selections.iter().map(|index| self.selection(index));
                Part::at_least(wanted(quantifier, selections.len()), parts)
            }
        }
    }

    fn selection(&self, index: &usize) -> Part {
        self.body(&self.selections[*index].body)
    }

    fn body(&self, body: &Body) -> Part {
        match body {
            Body::All(lines) => Part::all(lines.in_order().map(|item| self.line(item))),
            Body::Any(parts) => Part::at_least(1, parts.iter().map(|part| self.body(part))),
        }
    }

    fn line(&self, item: &Arc<Item>) -> Part {
        match item.truth(self.partial) {
            Truth::True => Part::Decided(true),
            Truth::False => Part::Decided(false),
            Truth::Unknown => Part::Line(Arc::clone(item)),
        }
    }
}
