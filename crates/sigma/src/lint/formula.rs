//! Conditions as formulas over lines, and whether any event can satisfy them.
//!
//! A formula is multiplied out into alternatives, each a list of lines that must or must not match.
//! An alternative is impossible if a line must both match and not match, or if one field would need a
//! value that none of the values in question is. Where that would take too long, nothing is said.
//!
//! Values are tried on the evaluator itself, so the two cannot disagree.

use std::collections::BTreeMap;

use rsigma_parser::SigmaValue;

use crate::condition::{Condition, Parts, wanted};
use crate::event::Value;
use crate::item::{Item, Question};
use crate::selection::{Body, Selection};
use crate::value_list::Link;
use crate::value_test::{TextTest, ValueTest};
use crate::wildcard::Extent;

/// More alternatives than this are not looked at.
const MAX_ALTERNATIVES: usize = 2_000;
/// Nor are alternatives of more lines than this.
const MAX_LINES: usize = 100;

/// What must hold for an event to match.
#[derive(Debug, Clone)]
pub(super) enum Formula<'a> {
    Line { item: &'a Item, negated: bool },
    All(Vec<Formula<'a>>),
    Any(Vec<Formula<'a>>),
}

/// Whether any event can satisfy a formula; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Some can, as far as is known.
    Possible,
    /// Only one where some field is a list.
    OnlyLists,
    /// None can.
    Impossible,
}

/// Lines that must, or must not, match together.
type Alternative<'a> = Vec<(&'a Item, bool)>;

impl<'a> Formula<'a> {
    /// The formula of a condition, or of its contrary.
    pub(super) fn of(
        condition: &'a Condition,
        selections: &'a [Selection],
        negated: bool,
    ) -> Option<Self> {
        let each = |parts: &'a Parts| -> Option<Vec<_>> {
            parts
                .parts
                .iter()
                .map(|part| Self::of(part, selections, negated))
                .collect()
        };
        Some(match condition {
            Condition::Selection(position) => Self::of_body(&selections[*position].body, negated),
            Condition::Not(inner) => return Self::of(inner, selections, !negated),
            Condition::All(parts) => Self::join(each(parts)?, !negated),
            Condition::Any(parts) => Self::join(each(parts)?, negated),
            Condition::Count {
                quantifier,
                selections: counted,
                ..
            } => {
                let bodies = || {
                    counted
                        .iter()
                        .map(|position| Self::of_body(&selections[*position].body, negated))
                        .collect()
                };
                match wanted(quantifier, counted.len()) {
                    0 => Self::join(Vec::new(), !negated),
                    1 => Self::join(bodies(), negated),
                    all if all == counted.len() => Self::join(bodies(), !negated),
                    more if more > counted.len() => Self::join(Vec::new(), negated),
                    _ => return None,
                }
            }
        })
    }

    /// The formula of a selection, or of its contrary.
    pub(super) fn of_body(body: &'a Body, negated: bool) -> Self {
        match body {
            Body::All(lines) => {
                let lines = lines
                    .items
                    .iter()
                    .map(|item| Formula::Line { item, negated });
                Self::join(lines.collect(), !negated)
            }
            Body::Any(parts) => Self::join(
                parts
                    .iter()
                    .map(|part| Self::of_body(part, negated))
                    .collect(),
                negated,
            ),
        }
    }

    /// Joined by *and* if `all`, else by *or*.
    fn join(parts: Vec<Self>, all: bool) -> Self {
        if all {
            Formula::All(parts)
        } else {
            Formula::Any(parts)
        }
    }

    /// Whether any event satisfies this; `None` if that would take too long to find out.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let alternatives = self.alternatives()?;
        let best = alternatives
            .iter()
            .map(|alternative| judge(alternative))
            .min();
        Some(best.unwrap_or(Verdict::Impossible))
    }

    fn alternatives(&self) -> Option<Vec<Alternative<'a>>> {
        match self {
            Formula::Line { item, negated } => Some(vec![vec![(item, *negated)]]),
            Formula::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.alternatives()?);
                    if all.len() > MAX_ALTERNATIVES {
                        return None;
                    }
                }
                Some(all)
            }
            Formula::All(parts) => {
                let mut product = vec![Vec::new()];
                for part in parts {
                    product = multiply(&product, &part.alternatives()?)?;
                }
                Some(product)
            }
        }
    }
}

fn multiply<'a>(
    left: &[Alternative<'a>],
    right: &[Alternative<'a>],
) -> Option<Vec<Alternative<'a>>> {
    if left.len().saturating_mul(right.len()) > MAX_ALTERNATIVES {
        return None;
    }
    let longest = |side: &[Alternative<'a>]| side.iter().map(Vec::len).max().unwrap_or_default();
    if longest(left) + longest(right) > MAX_LINES {
        return None;
    }
    let pairs = left.iter().flat_map(|one| {
        right
            .iter()
            .map(move |other| [one.as_slice(), other].concat())
    });
    Some(pairs.collect())
}

fn judge(alternative: &[(&Item, bool)]) -> Verdict {
    let mut by_field: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for (item, negated) in alternative {
        let opposed = |(other, opposite): &(&Item, bool)| opposite != negated && same(item, other);
        if alternative.iter().any(opposed) {
            return Verdict::Impossible;
        }
        if let Some(field) = &item.field {
            let line = Line {
                item,
                negated: *negated,
            };
            by_field.entry(field.as_str()).or_default().push(line);
        }
    }
    let fields = by_field.values().map(|lines| judge_field(lines));
    fields.max().unwrap_or(Verdict::Possible)
}

/// Whether two lines ask the same in the same words.
fn same(one: &Item, other: &Item) -> bool {
    let alike = || {
        one.wanted.len() == other.wanted.len()
            && one
                .wanted
                .iter()
                .zip(&other.wanted)
                .all(|(one, other)| one.value == other.value)
    };
    std::ptr::eq(one, other)
        || (one.field == other.field && one.modifiers == other.modifiers && alike())
}

/// A line that must match, or must not.
struct Line<'a> {
    item: &'a Item,
    negated: bool,
}

/// What a field may have.
enum Candidate {
    Absent,
    Value(Value<'static>),
}

impl Line<'_> {
    fn holds(&self, candidate: &Candidate) -> bool {
        match candidate {
            Candidate::Absent => self.item.matches_absence() != self.negated,
            Candidate::Value(value) => {
                let holds = self.item.matches_value(value);
                holds.is_none_or(|holds| holds != self.negated)
            }
        }
    }

    /// Whether a list with this member fails the line too: what excludes a value excludes every list
    /// that has it, while what wants a value may find it beside others.
    fn excludes_lists_with(&self, candidate: &Candidate) -> bool {
        let excluding =
            self.negated != self.item.negated || matches!(self.item.question, Question::Exists(_));
        excluding && !self.holds(candidate)
    }
}

/// Tries, for every line that lists whole values, whether one of them fits all lines on its field.
fn judge_field(lines: &[Line<'_>]) -> Verdict {
    if lines.iter().any(|line| !is_decidable(line.item)) {
        return Verdict::Possible;
    }
    let wanting = lines.iter().filter(|line| !line.negated);
    let candidates: Vec<_> = wanting
        .map(|line| whole_values(line.item))
        .filter(|some| !some.is_empty())
        .collect();
    if candidates.is_empty() {
        return Verdict::Possible;
    }
    let is_out = |candidate: &Candidate| match candidate {
        Candidate::Absent | Candidate::Value(Value::Null) => {
            !lines.iter().all(|line| line.holds(candidate))
        }
        Candidate::Value(_) => lines.iter().any(|line| line.excludes_lists_with(candidate)),
    };
    if candidates.iter().any(|values| values.iter().all(is_out)) {
        return Verdict::Impossible;
    }
    let fits = |candidate: &Candidate| lines.iter().all(|line| line.holds(candidate));
    if candidates.iter().flatten().any(fits) {
        Verdict::Possible
    } else {
        Verdict::OnlyLists
    }
}

/// Whether trying the spellings in question is enough to know what this line says.
fn is_decidable(item: &Item) -> bool {
    match &item.question {
        Question::Exists(_) => true,
        Question::Fields(_) => false,
        Question::Values(values) => values.tests().iter().all(|test| match test {
            ValueTest::Text(TextTest::Plain(_, needle)) => !needle.is_cased(),
            ValueTest::Text(TextTest::Cidr(_)) => true,
            ValueTest::Text(_) | ValueTest::TimePart(..) => false,
            _ => true,
        }),
    }
}

/// Every value that a line which lists whole values allows; none if it allows others too.
fn whole_values(item: &Item) -> Vec<Candidate> {
    match &item.question {
        Question::Exists(false) => vec![Candidate::Absent, Candidate::Value(Value::Null)],
        Question::Values(values) if !item.negated && values.link() == Link::Any => {
            let each: Option<Vec<_>> = values
                .tests()
                .iter()
                .zip(&item.wanted)
                .map(|(test, wanted)| spellings(test, &wanted.value))
                .collect();
            each.map(|each| each.into_iter().flatten().collect())
                .unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// How a whole value may be spelled in an event; `None` if it stands for many.
fn spellings(test: &ValueTest, wanted: &SigmaValue) -> Option<Vec<Candidate>> {
    let texts = |texts: &[&str]| -> Vec<Candidate> {
        texts
            .iter()
            .map(|text| Candidate::Value(Value::Str((*text).to_owned().into())))
            .collect()
    };
    match test {
        ValueTest::Null => Some(vec![Candidate::Absent, Candidate::Value(Value::Null)]),
        ValueTest::Bool(bool) => {
            let words = if *bool {
                ["true", "1", "yes"]
            } else {
                ["false", "0", "no"]
            };
            let mut spellings = texts(&words);
            spellings.push(Candidate::Value(Value::Bool(*bool)));
            Some(spellings)
        }
        ValueTest::Number(number) => {
            let mut spellings = texts(&[&wanted.to_string(), &number.to_string()]);
            spellings.push(Candidate::Value(Value::Float(*number)));
            Some(spellings)
        }
        ValueTest::Text(TextTest::Plain(Extent::Whole, needle)) => Some(texts(&[needle.as_str()])),
        _ => None,
    }
}
