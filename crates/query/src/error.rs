//! A query that cannot be understood: where, what is wrong, and the place drawn under the text.

use std::fmt;

use detect::neutral::neutral;
use unicode_width::UnicodeWidthStr as _;

/// How much of a query is drawn before the place, in characters.
const BEFORE: usize = 60;

/// How much is drawn behind it.
const BEHIND: usize = 30;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The character that it went wrong at, the first being 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
    /// The query.
    text: String,
}

/// What can be wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It ends behind an operator.
    #[error("a value should follow `{0}`")]
    NoValue(&'static str),
    /// It ends where a condition should stand, or has something else there.
    #[error("a condition should stand here: `field = value`, a keyword, or `( … )`")]
    NoCondition,
    /// A bracket that is never closed.
    #[error("this `(` is never closed")]
    Open,
    /// A bracket that was never opened.
    #[error("this `)` closes nothing")]
    Closed,
    /// A text in quotes without an end.
    #[error("this quote is never closed")]
    Quote,
    /// A list without a comma or its end.
    #[error("`,` or `)` should follow a value of a list")]
    List,
    /// Something like a network that is none.
    #[error("no network: an address and the length of its prefix, such as 203.0.113.0/24")]
    Network,
    /// More brackets or `not` in each other than anybody needs.
    #[error("nested more than {0} deep")]
    Deep(usize),
}

impl QueryError {
    /// The `problem` at byte `at` of `text`.
    pub(crate) fn at(text: &str, at: usize, problem: Problem) -> Self {
        Self {
            column: text[..at].chars().count() + 1,
            problem,
            text: text.to_owned(),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.column - 1;
        let skipped = place.saturating_sub(BEFORE);
        let shown = |from: usize, to: usize| -> String {
            let part: String = self.text.chars().skip(from).take(to - from).collect();
            neutral(&part, usize::MAX)
        };
        let before = shown(skipped, place);
        let behind = shown(place, place + BEHIND);
        let caret = before.width();
        write!(
            f,
            "column {}: {}\n  {before}{behind}\n  {:caret$}^",
            self.column, self.problem, ""
        )
    }
}

impl std::error::Error for QueryError {}
