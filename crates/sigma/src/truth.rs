//! Three-valued logic: what can be said of a rule when only some fields are known.
//!
//! Invariant: [`Truth::True`] and [`Truth::False`] hold for every event that agrees with the known
//! fields; [`Truth::Unknown`] promises nothing. So a rule may be passed over only on `False`.
//!
//! Source: S. C. Kleene, *Introduction to Metamathematics*, §64 (strong three-valued logic).

use std::ops::Not;

use crate::event::{FieldPath, Value};

/// What is known of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Known<'a> {
    /// Nothing: it may be absent or hold anything.
    Unknown,
    /// The event does not have it.
    Absent,
    /// The event has it, with this value.
    Value(Value<'a>),
}

impl Known<'_> {
    /// The same, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Known<'static> {
        match self {
            Self::Unknown => Known::Unknown,
            Self::Absent => Known::Absent,
            Self::Value(value) => Known::Value(value.into_owned()),
        }
    }
}

/// An event of which only some fields are known.
///
/// Asking for [`Rule::verdict`](crate::Rule::verdict) about such an event once, and remembering the
/// answer, spares asking the rule about every event that shares these fields.
pub trait Partial {
    /// What is known of the field at `path`; must agree with what
    /// [`Event::field`](crate::event::Event::field) will say of every event that this stands for.
    fn known(&self, path: &FieldPath) -> Known<'_>;
}

/// True, false, or not decided by what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Truth::True } else { Truth::False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

impl Truth {
    /// Whether all are true; of none, they are.
    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        !Self::any(truths.into_iter().map(Not::not))
    }

    /// Whether any is true; of none, none is.
    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::at_least(1, truths)
    }

    /// Whether `wanted` or more are true.
    pub(crate) fn at_least(wanted: u64, truths: impl IntoIterator<Item = Self>) -> Self {
        let (mut sure, mut possible) = (0, 0);
        for truth in truths {
            sure += u64::from(truth == Truth::True);
            possible += u64::from(truth != Truth::False);
            if sure >= wanted {
                return Truth::True;
            }
        }
        if sure >= wanted {
            Truth::True
        } else if possible >= wanted {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn connectives_follow_the_strong_tables() {
        for (truths, all, any, why) in [
            (vec![], True, False, "of none"),
            (vec![True, Unknown], Unknown, True, "one truth decides any"),
            (
                vec![False, Unknown],
                False,
                Unknown,
                "one falsehood decides all",
            ),
            (vec![Unknown], Unknown, Unknown, "nothing is decided"),
            (vec![True, True], True, True, "all true"),
        ] {
            assert_eq!(Truth::all(truths.clone()), all, "all: {why}");
            assert_eq!(Truth::any(truths), any, "any: {why}");
        }
    }

    #[test]
    fn counting_waits_for_what_may_still_come() {
        for (wanted, truths, expected) in [
            (0, vec![], True),
            (2, vec![True, Unknown, False], Unknown),
            (2, vec![True, False, False], False),
            (2, vec![True, Unknown, True], True),
        ] {
            assert_eq!(
                Truth::at_least(wanted, truths.clone()),
                expected,
                "{wanted} of {truths:?}"
            );
        }
    }
}
