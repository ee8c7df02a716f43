//! Why a rule matched, or did not: every clause with its verdict, as plain data.
//!
//! Invariant: verdicts are those of the evaluator, clause by clause; order is the author's.

use serde::Serialize;

use crate::condition::{Condition, Parts, wanted};
use crate::detection::Detection;
use crate::event::{Event, Value};
use crate::item::{Item, Question, Wanted, is_anywhere};
use crate::location::{Location, Source};
use crate::rule::Rule;
use crate::selection::{Body, Selection};
use crate::value_list::Link;

/// Why a rule matched an event, or did not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Whether it matched.
    pub matched: bool,
    /// Its conditions, of which any suffices; nearly always one.
    pub conditions: Vec<ExplainedCondition>,
    /// Its selections, whether or not a condition mentions them.
    pub selections: Vec<ExplainedSelection>,
}

/// A part of a condition and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExplainedCondition {
    /// One selection, by name.
    Selection {
        /// Its name.
        name: String,
        /// Whether it matched.
        matched: bool,
    },
    /// The contrary.
    Not {
        /// What must not be.
        inner: Box<ExplainedCondition>,
        /// Whether it is not.
        matched: bool,
    },
    /// Parts joined by *and*.
    All {
        /// In the author's order.
        parts: Vec<ExplainedCondition>,
        /// Whether all matched.
        matched: bool,
    },
    /// Parts joined by *or*.
    Any {
        /// In the author's order.
        parts: Vec<ExplainedCondition>,
        /// Whether any matched.
        matched: bool,
    },
    /// `1 of filter_*`
    Count {
        /// How many must match.
        wanted: usize,
        /// `them`, or a pattern of names.
        pattern: String,
        /// The selections meant, and whether each matched.
        selections: Vec<(String, bool)>,
        /// Whether enough did.
        matched: bool,
    },
}

/// A selection and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedSelection {
    /// Its name.
    pub name: String,
    /// Whether it matched.
    pub matched: bool,
    /// Whether a condition mentions it.
    pub mentioned: bool,
    /// Where it stands.
    pub location: Location,
    /// What it asks.
    pub body: ExplainedBody,
}

/// What a selection asks, and the verdicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExplainedBody {
    /// Lines that must all match.
    All {
        /// In the author's order.
        items: Vec<ExplainedItem>,
        /// Whether all matched.
        matched: bool,
    },
    /// Parts of which any must match.
    Any {
        /// In the author's order.
        parts: Vec<ExplainedBody>,
        /// Whether any matched.
        matched: bool,
    },
}

/// One line of a selection and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedItem {
    /// The field, dotted; `None` for keywords.
    pub field: Option<String>,
    /// As written.
    pub modifiers: Vec<String>,
    /// What is wanted, in the author's order.
    pub values: Vec<ExplainedValue>,
    /// Whether all values must match, or any.
    pub wants_all: bool,
    /// What the event has.
    pub found: Found,
    /// Whether the line matched; what `neq` turns round is turned round already.
    pub matched: bool,
    /// Where it stands.
    pub location: Location,
}

/// One wanted value and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedValue {
    /// As written.
    pub wanted: String,
    /// What the other field has, if the value names one.
    pub other: Option<Found>,
    /// Whether it matched by itself, before any `neq`.
    pub matched: bool,
}

/// What an event has at a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The field is not there.
    Absent,
    /// It has this value.
    Value(serde_json::Value),
    /// Keywords are looked for in all text.
    AllText,
}

impl Rule {
    /// Why the rule matches `event`, or does not.
    #[must_use]
    pub fn explain(&self, event: &impl Event) -> Explanation {
        let explainer = Explainer {
            detection: &self.detection,
            source: &self.header().source,
            event,
        };
        explainer.explain()
    }
}

struct Explainer<'a, E> {
    detection: &'a Detection,
    source: &'a Source,
    event: &'a E,
}

impl<E: Event> Explainer<'_, E> {
    fn explain(&self) -> Explanation {
        let Detection {
            selections,
            conditions,
            ..
        } = self.detection;
        let explained = selections.iter().zip(self.detection.mentioned());
        Explanation {
            matched: self.detection.matches(self.event),
            conditions: conditions
                .iter()
                .map(|condition| self.condition(condition))
                .collect(),
            selections: explained
                .map(|(one, mentioned)| self.selection(one, mentioned))
                .collect(),
        }
    }

    fn condition(&self, condition: &Condition) -> ExplainedCondition {
        let matched = condition.matches(&self.detection.selections, self.event);
        let each = |parts: &Parts| {
            parts
                .parts
                .iter()
                .map(|part| self.condition(part))
                .collect()
        };
        match condition {
            Condition::Selection(position) => ExplainedCondition::Selection {
                name: self.name(*position),
                matched,
            },
            Condition::Not(inner) => ExplainedCondition::Not {
                inner: Box::new(self.condition(inner)),
                matched,
            },
            Condition::All(parts) => ExplainedCondition::All {
                parts: each(parts),
                matched,
            },
            Condition::Any(parts) => ExplainedCondition::Any {
                parts: each(parts),
                matched,
            },
            Condition::Count {
                quantifier,
                pattern,
                selections,
            } => ExplainedCondition::Count {
                wanted: wanted(quantifier, selections.len()),
                pattern: pattern.clone(),
                selections: selections
                    .iter()
                    .map(|position| (self.name(*position), self.selected(*position)))
                    .collect(),
                matched,
            },
        }
    }

    fn selection(&self, selection: &Selection, mentioned: bool) -> ExplainedSelection {
        ExplainedSelection {
            name: selection.name.to_string(),
            matched: selection.matches(self.event),
            mentioned,
            location: self.source.locate(selection.at),
            body: self.body(&selection.body),
        }
    }

    fn body(&self, body: &Body) -> ExplainedBody {
        let matched = body.matches(self.event);
        match body {
            Body::All(lines) => ExplainedBody::All {
                items: lines.items.iter().map(|item| self.item(item)).collect(),
                matched,
            },
            Body::Any(parts) => ExplainedBody::Any {
                parts: parts.iter().map(|part| self.body(part)).collect(),
                matched,
            },
        }
    }

    fn item(&self, item: &Item) -> ExplainedItem {
        let value = item
            .field
            .as_ref()
            .and_then(|field| self.event.field(field));
        let values = item.wanted.iter().enumerate();
        ExplainedItem {
            field: item.field.as_ref().map(|field| field.as_str().to_owned()),
            modifiers: item
                .modifiers
                .iter()
                .map(std::string::ToString::to_string)
                .collect(),
            values: values
                .map(|(position, wanted)| self.value(item, position, wanted, value.as_ref()))
                .collect(),
            wants_all: item.link() == Link::All,
            found: match (&item.field, value) {
                (None, _) => Found::AllText,
                (Some(_), value) => found(value.as_ref()),
            },
            matched: item.matches(self.event),
            location: self.source.locate(item.at),
        }
    }

    fn value(
        &self,
        item: &Item,
        position: usize,
        wanted: &Wanted,
        value: Option<&Value<'_>>,
    ) -> ExplainedValue {
        let (matched, other) = match &item.question {
            Question::Exists(_) => (item.matches(self.event), None),
            Question::Values(values) => {
                let test = &values.tests()[position];
                let matched = match (&item.field, value) {
                    (None, _) => is_anywhere(test, self.event),
                    (Some(_), None) => test.matches_absence(),
                    (Some(_), Some(value)) => test.matches(value),
                };
                (matched, None)
            }
            Question::Fields(refs) => {
                let other = self.event.field(&refs.others[position]);
                let related = value.zip(other.as_ref());
                let matched = related.is_some_and(|(value, other)| refs.relates(value, other));
                (matched, Some(found(other.as_ref())))
            }
        };
        ExplainedValue {
            wanted: wanted.value.to_string(),
            other,
            matched,
        }
    }

    fn name(&self, position: usize) -> String {
        self.detection.selections[position].name.to_string()
    }

    fn selected(&self, position: usize) -> bool {
        self.detection.selections[position].matches(self.event)
    }
}

fn found(value: Option<&Value<'_>>) -> Found {
    value.map_or(Found::Absent, |value| Found::Value(to_json(value)))
}

/// A value as JSON; numbers that JSON cannot write become null.
fn to_json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Str(text) => text.as_ref().into(),
        Value::List(members) => members.iter().map(to_json).collect(),
        Value::Map(fields) => fields
            .iter()
            .map(|(name, value)| (name.to_string(), to_json(value)))
            .collect(),
    }
}
