//! One line of a selection: a field, modifiers, and the values of which any or all must match.
//!
//! Invariants: an absent field matches only `null` and `exists: false`, whatever else is asked, even
//! by `neq`; a line without a field asks all text in the event.

use std::sync::Arc;

use rsigma_parser::SigmaValue;

use crate::event::{Event, FieldPath, Value};
use crate::location::Mark;
use crate::text::lower;
use crate::truth::{Known, Partial, Truth};
use crate::value_list::{Link, ValueList};
use crate::value_test::{ValueTest, any_text, with_text};
use crate::wildcard::Extent;

/// One line of a selection, prepared to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) at: Mark,
    /// `None` for keywords.
    pub(crate) field: Option<Arc<FieldPath>>,
    /// As written.
    pub(crate) modifiers: Vec<Box<str>>,
    /// As written, in the author's order, for those who explain and lint.
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) negated: bool,
    pub(crate) question: Question,
}

/// A value as its author wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) at: Mark,
    pub(crate) value: SigmaValue,
}

/// What is asked of a field.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    /// Is it there, and not null?
    Exists(bool),
    /// Does it have such a value?
    Values(ValueList),
    /// Is it related to other fields?
    Fields(FieldRefs),
}

/// Other fields whose values are compared with.
#[derive(Debug, Clone)]
pub(crate) struct FieldRefs {
    pub(crate) extent: Extent,
    pub(crate) cased: bool,
    pub(crate) link: Link,
    pub(crate) others: Vec<Arc<FieldPath>>,
}

impl Item {
    /// Whether an event has what this line wants.
    pub(crate) fn matches(&self, event: &impl Event) -> bool {
        let Some(field) = &self.field else {
            return self.matches_anywhere(event);
        };
        match event.field(field) {
            None => self.matches_absence(),
            Some(value) => match &self.question {
                Question::Exists(wanted) => (value != Value::Null) == *wanted,
                Question::Values(values) => values.matches(&value) != self.negated,
                Question::Fields(refs) => refs.matches(&value, event) != self.negated,
            },
        }
    }

    /// What can be said of this line when only some fields are known.
    pub(crate) fn truth(&self, partial: &impl Partial) -> Truth {
        let Some(field) = &self.field else {
            return Truth::Unknown;
        };
        match partial.known(field) {
            Known::Unknown => Truth::Unknown,
            Known::Absent => self.matches_absence().into(),
            Known::Value(value) => match &self.question {
                Question::Exists(wanted) => ((value != Value::Null) == *wanted).into(),
                Question::Values(values) => (values.matches(&value) != self.negated).into(),
                Question::Fields(refs) => {
                    let truth = refs.truth(&value, partial);
                    if self.negated { !truth } else { truth }
                }
            },
        }
    }

    /// Whether this line holds when its field has `value`; `None` if other fields decide.
    pub(crate) fn matches_value(&self, value: &Value<'_>) -> Option<bool> {
        match &self.question {
            Question::Exists(wanted) => Some((*value != Value::Null) == *wanted),
            Question::Values(values) => Some(values.matches(value) != self.negated),
            Question::Fields(_) => None,
        }
    }

    /// Whether this line holds when its field is absent.
    pub(crate) fn matches_absence(&self) -> bool {
        match &self.question {
            Question::Exists(wanted) => !wanted,
            Question::Values(values) => !self.negated && values.matches_absence(),
            Question::Fields(_) => false,
        }
    }

    /// Keywords: each value is looked for in all text of the event.
    fn matches_anywhere(&self, event: &impl Event) -> bool {
        let Question::Values(values) = &self.question else {
            return false;
        };
        let found = |test: &ValueTest| is_anywhere(test, event);
        match values.link() {
            Link::Any => values.tests().iter().any(found),
            Link::All => values.tests().iter().all(found),
        }
    }

    /// Whether all values must match, or any.
    pub(crate) fn link(&self) -> Link {
        match &self.question {
            Question::Exists(_) => Link::Any,
            Question::Values(values) => values.link(),
            Question::Fields(refs) => refs.link,
        }
    }

    /// Every field that this line can ask for.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Arc<FieldPath>> {
        let others = match &self.question {
            Question::Fields(refs) => refs.others.as_slice(),
            _ => &[],
        };
        self.field.iter().chain(others)
    }

    /// What it costs, roughly, compared with one short comparison of a field at the top.
    pub(crate) fn cost(&self) -> u32 {
        const ALL_TEXT: u32 = 500;
        const STEP_INTO: u32 = 5;
        let Some(field) = &self.field else {
            return ALL_TEXT;
        };
        let depth = u32::try_from(field.steps().len()).unwrap_or(u32::MAX);
        let test = match &self.question {
            Question::Exists(_) => 1,
            Question::Values(values) => values.cost(),
            Question::Fields(_) => 10,
        };
        depth.saturating_mul(STEP_INTO).saturating_add(test)
    }
}

/// Whether any text of the event passes.
pub(crate) fn is_anywhere(test: &ValueTest, event: &impl Event) -> bool {
    let ValueTest::Text(test) = test else {
        return false;
    };
    event.any_string(&mut |text| test.matches(text))
}

impl FieldRefs {
    fn matches(&self, value: &Value<'_>, event: &impl Event) -> bool {
        let related = |path: &Arc<FieldPath>| {
            event
                .field(path)
                .is_some_and(|other| self.relates(value, &other))
        };
        match self.link {
            Link::Any => self.others.iter().any(related),
            Link::All => self.others.iter().all(related),
        }
    }

    fn truth(&self, value: &Value<'_>, partial: &impl Partial) -> Truth {
        let truths = self.others.iter().map(|path| match partial.known(path) {
            Known::Unknown => Truth::Unknown,
            Known::Absent => Truth::False,
            Known::Value(other) => self.relates(value, &other).into(),
        });
        match self.link {
            Link::Any => Truth::any(truths),
            Link::All => Truth::all(truths),
        }
    }

    /// Whether `value` is, contains, begins or ends with `other`.
    pub(crate) fn relates(&self, value: &Value<'_>, other: &Value<'_>) -> bool {
        if self.extent == Extent::Whole {
            return self.equal(value, other);
        }
        let related = with_text(other, |other| {
            any_text(value, &mut |text| self.relates_text(text, other))
        });
        related.unwrap_or(false)
    }

    /// Two single values are equal as text; anything else, or if case counts, as what they are.
    fn equal(&self, value: &Value<'_>, other: &Value<'_>) -> bool {
        if self.cased {
            return value == other;
        }
        let same = with_text(value, |one| {
            with_text(other, |other| lower(one) == lower(other))
        });
        same.flatten().unwrap_or_else(|| value == other)
    }

    fn relates_text(&self, text: &str, other: &str) -> bool {
        let related = |text: &str, other: &str| match self.extent {
            Extent::Whole => text == other,
            Extent::Start => text.starts_with(other),
            Extent::End => text.ends_with(other),
            Extent::Anywhere => text.contains(other),
        };
        if self.cased {
            related(text, other)
        } else {
            related(&lower(text), &lower(other))
        }
    }
}
