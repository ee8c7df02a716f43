//! The condition: how selections are joined.
//!
//! Invariant: every name in it is a selection that exists, found once when the rule is loaded.
//!
//! Source: Sigma specification 2.1, "Condition". `them` leaves out selections whose name begins with
//! an underscore; in a pattern, `*` stands for any characters.

use rsigma_parser::{ConditionExpr, Quantifier, SelectorPattern, parse_condition};

use crate::error::Problem;
use crate::event::Event;
use crate::location::{Mark, Source};
use crate::selection::{Selection, inside};
use crate::suggest::nearest;
use crate::truth::{Partial, Truth};
use crate::yaml::Node;

/// The longest condition, in bytes.
const MAX_LENGTH: usize = 4 * 1024;
/// The most open parentheses, and the most `not` in a row.
const MAX_DEPTH: usize = 32;

/// A condition over the selections of one rule, by their position.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    Selection(usize),
    Not(Box<Condition>),
    All(Parts),
    Any(Parts),
    /// `2 of filter_*`
    Count {
        quantifier: Quantifier,
        pattern: String,
        selections: Vec<usize>,
    },
}

/// Parts in the author's order, and the order in which they are best asked.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) parts: Vec<Condition>,
    cheapest_first: Box<[usize]>,
}

impl Condition {
    /// Reads the condition in `node`.
    ///
    /// # Errors
    /// What is wrong, and where in the condition.
    pub(crate) fn read(
        node: &Node,
        selections: &[Selection],
        source: &Source,
    ) -> Result<Self, (Mark, Problem)> {
        let text = node.text().unwrap_or_default();
        if let Some(problem) = too_big(text) {
            return Err((node.at, problem));
        }
        if let Some(column) = text.chars().position(|one| one == '|') {
            return Err((inside(node, column), Problem::Aggregation));
        }
        let expression = parse_condition(text).map_err(|error| unreadable(node, text, &error))?;
        Resolver { selections }
            .resolve(&expression)
            .map_err(|unresolved| {
                let at = find_word(source, node, &unresolved.word).unwrap_or(node.at);
                (at, unresolved.problem)
            })
    }

    pub(crate) fn matches(&self, selections: &[Selection], event: &impl Event) -> bool {
        let asked = |index: &usize| selections[*index].matches(event);
        match self {
            Condition::Selection(index) => asked(index),
            Condition::Not(inner) => !inner.matches(selections, event),
            Condition::All(parts) => parts.in_order().all(|part| part.matches(selections, event)),
            Condition::Any(parts) => parts.in_order().any(|part| part.matches(selections, event)),
            Condition::Count {
                quantifier,
                selections: counted,
                ..
            } => {
                let wanted = wanted(quantifier, counted.len());
                let matching = counted.iter().filter(|index| asked(index));
                matching.take(wanted).count() == wanted
            }
        }
    }

    pub(crate) fn truth(&self, selections: &[Selection], partial: &impl Partial) -> Truth {
        match self {
            Condition::Selection(index) => selections[*index].truth(partial),
            Condition::Not(inner) => !inner.truth(selections, partial),
            Condition::All(parts) => {
                Truth::all(parts.in_order().map(|part| part.truth(selections, partial)))
            }
            Condition::Any(parts) => {
                Truth::any(parts.in_order().map(|part| part.truth(selections, partial)))
            }
            Condition::Count {
                quantifier,
                selections: counted,
                ..
            } => {
                let wanted = wanted(quantifier, counted.len()) as u64;
                Truth::at_least(
                    wanted,
                    counted
                        .iter()
                        .map(|index| selections[*index].truth(partial)),
                )
            }
        }
    }

    fn cost(&self, selections: &[Selection]) -> u32 {
        let of = |index: &usize| selections[*index].body.cost();
        match self {
            Condition::Selection(index) => of(index),
            // What is excluded is rare: it decides little, and is best asked last.
            Condition::Not(inner) => inner.cost(selections).saturating_mul(4),
            Condition::All(Parts { parts, .. }) | Condition::Any(Parts { parts, .. }) => {
                parts.iter().map(|part| part.cost(selections)).sum()
            }
            Condition::Count {
                selections: counted,
                ..
            } => counted.iter().map(of).sum(),
        }
    }

    /// Whether anything in it is negated.
    pub(crate) fn has_not(&self) -> bool {
        match self {
            Condition::Not(_) => true,
            Condition::All(Parts { parts, .. }) | Condition::Any(Parts { parts, .. }) => {
                parts.iter().any(Condition::has_not)
            }
            Condition::Selection(_) | Condition::Count { .. } => false,
        }
    }

    /// The positions of all selections that are mentioned, by name or by pattern.
    pub(crate) fn mentioned(&self) -> Vec<usize> {
        match self {
            Condition::Selection(index) => vec![*index],
            Condition::Not(inner) => inner.mentioned(),
            Condition::All(Parts { parts, .. }) | Condition::Any(Parts { parts, .. }) => {
                parts.iter().flat_map(Condition::mentioned).collect()
            }
            Condition::Count { selections, .. } => selections.clone(),
        }
    }
}

/// How many of `count` selections must match.
pub(crate) fn wanted(quantifier: &Quantifier, count: usize) -> usize {
    match quantifier {
        Quantifier::Any => 1,
        Quantifier::All => count,
        Quantifier::Count(wanted) => usize::try_from(*wanted).unwrap_or(usize::MAX),
    }
}

impl Parts {
    fn new(parts: Vec<Condition>, selections: &[Selection]) -> Self {
        let mut cheapest_first: Box<[usize]> = (0..parts.len()).collect();
        cheapest_first.sort_by_key(|index| parts[*index].cost(selections));
        Self {
            parts,
            cheapest_first,
        }
    }

    pub(crate) fn in_order(&self) -> impl Iterator<Item = &Condition> {
        self.cheapest_first.iter().map(|index| &self.parts[*index])
    }
}

/// A word of the condition that names nothing.
struct Unresolved {
    word: String,
    problem: Problem,
}

struct Resolver<'s> {
    selections: &'s [Selection],
}

impl Resolver<'_> {
    fn resolve(&self, expression: &ConditionExpr) -> Result<Condition, Unresolved> {
        Ok(match expression {
            ConditionExpr::Identifier(name) => Condition::Selection(self.position(name)?),
            ConditionExpr::Not(inner) => Condition::Not(Box::new(self.resolve(inner)?)),
            ConditionExpr::And(parts) => Condition::All(self.parts(parts)?),
            ConditionExpr::Or(parts) => Condition::Any(self.parts(parts)?),
            ConditionExpr::Selector {
                quantifier,
                pattern,
            } => Condition::Count {
                quantifier: quantifier.clone(),
                pattern: pattern.to_string(),
                selections: self.matching(pattern)?,
            },
        })
    }

    fn parts(&self, parts: &[ConditionExpr]) -> Result<Parts, Unresolved> {
        let parts: Result<Vec<_>, _> = parts.iter().map(|part| self.resolve(part)).collect();
        Ok(Parts::new(parts?, self.selections))
    }

    fn position(&self, name: &str) -> Result<usize, Unresolved> {
        let position = self
            .selections
            .iter()
            .position(|selection| &*selection.name == name);
        position.ok_or_else(|| Unresolved {
            word: name.to_owned(),
            problem: Problem::UnknownSelection {
                name: name.to_owned(),
                known: self.names(),
                suggestion: nearest(name, self.selections.iter().map(|known| &*known.name))
                    .map(str::to_owned),
            },
        })
    }

    fn matching(&self, pattern: &SelectorPattern) -> Result<Vec<usize>, Unresolved> {
        let matches = |selection: &Selection| match pattern {
            SelectorPattern::Them => !selection.name.starts_with('_'),
            SelectorPattern::Pattern(pattern) => name_fits(pattern, &selection.name),
        };
        let named = self
            .selections
            .iter()
            .enumerate()
            .filter(|(_, selection)| matches(selection));
        let positions: Vec<_> = named.map(|(position, _)| position).collect();
        if positions.is_empty() {
            let pattern = pattern.to_string();
            return Err(Unresolved {
                word: pattern.clone(),
                problem: Problem::EmptyPattern {
                    pattern,
                    known: self.names(),
                },
            });
        }
        Ok(positions)
    }

    fn names(&self) -> Vec<String> {
        self.selections
            .iter()
            .map(|selection| selection.name.to_string())
            .collect()
    }
}

/// Whether a selection's name fits a pattern with stars.
fn name_fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        let Some((_, after)) = left.split_once(piece) else {
            return false;
        };
        left = after;
    }
    left.ends_with(end)
}

/// The parser recurses for each parenthesis and each `not`, so they are counted first.
pub(crate) fn too_big(text: &str) -> Option<Problem> {
    if text.len() > MAX_LENGTH {
        return Some(Problem::ConditionTooBig("long"));
    }
    let (mut open, mut deepest) = (0_usize, 0);
    for one in text.chars() {
        match one {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    let (mut run, mut longest) = (0, 0);
    for word in text
        .split([' ', '\t', '\n', '\r', '('])
        .filter(|word| !word.is_empty())
    {
        run = if word == "not" { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    (deepest.max(longest) > MAX_DEPTH).then_some(Problem::ConditionTooBig("deep"))
}

pub(crate) fn unreadable(
    node: &Node,
    text: &str,
    error: &rsigma_parser::SigmaParserError,
) -> (Mark, Problem) {
    let place = error.location().filter(|place| place.line == 1);
    let column = place.map_or(0, |place| place.col as usize - 1);
    let rest: String = text.chars().skip(column).collect();
    let word = rest.split_whitespace().next().unwrap_or_default();
    let near = match word {
        "" => "to its end".to_owned(),
        "AND" | "OR" | "NOT" | "OF" | "ALL" | "And" | "Or" | "Not" => {
            format!("at `{word}`, which must be in lower case")
        }
        word => format!("at `{word}`"),
    };
    let one_line = node.last_line == node.at.line;
    let at = if one_line {
        inside(node, column)
    } else {
        node.at
    };
    (at, Problem::Condition(near))
}

/// Where `word` stands in the lines of a scalar, so that folded text is pointed into as well.
fn find_word(source: &Source, node: &Node, word: &str) -> Option<Mark> {
    let part_of_name = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '*');
    (node.at.line..=node.last_line).find_map(|line| {
        let from = if line == node.at.line {
            node.at.column
        } else {
            1
        };
        let text = source.line(Mark { line, column: 1 });
        let starts = text.match_indices(word).map(|(start, _)| start);
        let mut whole = starts.filter(|start| {
            !text[..*start].ends_with(part_of_name)
                && !text[start + word.len()..].starts_with(part_of_name)
        });
        let column = |start: usize| text[..start].chars().count() + 1;
        whole
            .find(|start| column(*start) >= from)
            .map(|start| Mark {
                line,
                column: column(start),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_in_a_pattern_stand_for_any_characters() {
        for (pattern, name, fits) in [
            ("filter_*", "filter_main", true),
            ("filter_*", "filter_", true),
            ("filter_*", "selection", false),
            ("*_main", "filter_main", true),
            ("f*main", "filter_main", true),
            ("*ilt*ma*", "filter_main", true),
            ("sel*l", "sel", false),
            ("*", "anything", true),
            ("exact", "exact", true),
            ("exact", "exactly", false),
        ] {
            assert_eq!(name_fits(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn conditions_no_person_writes_are_refused_before_they_are_parsed() {
        for text in [
            "(".repeat(4_000),
            "not ".repeat(1_000),
            "not(".repeat(1_000),
            "a or ".repeat(1_000),
        ] {
            assert!(too_big(&text).is_some(), "{}", &text[..8]);
        }
        assert!(too_big("(a and not (b or c)) and not 1 of d_*").is_none());
    }
}
