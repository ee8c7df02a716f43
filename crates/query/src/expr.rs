//! A query, understood; and records held against it.

use std::borrow::Cow;

use detect::cloudtrail::{Json, Record, json::Kind};
use jiff::Timestamp;
use sigma::{Event as _, FieldPath};

use crate::compare::Check;
use crate::error::QueryError;
use crate::keyword::{cannot_hold, keyword};
use crate::parse;
use crate::pattern::Pattern;

/// The field that every record has, decoded.
const TIME: &str = "eventTime";

/// How deep text is searched for a resource.
const DEPTH: u32 = 16;

/// A question to records.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    expr: Expr,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of these; none at all holds always.
    All(Vec<Expr>),
    /// One of these.
    Any(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A field is held against something.
    Test(Test),
    /// Some text of the record has this in it.
    Keyword(Pattern),
    /// The record names this resource, in its own list, in what was asked for, or in the answer.
    Resource(Pattern),
}

/// A field, and what is asked about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Which field.
    pub path: FieldPath,
    /// What of it.
    pub check: Check,
}

impl Query {
    /// Reads a query; times that are so long ago count from `now`.
    ///
    /// # Errors
    /// [`QueryError`] names the column.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, QueryError> {
        parse::query(text, now).map(Self::of)
    }

    /// What holds for every record.
    #[must_use]
    pub fn everything() -> Self {
        Self::of(Expr::All(Vec::new()))
    }

    /// The query with this meaning.
    #[must_use]
    pub fn of(expr: Expr) -> Self {
        Self { expr }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::of(all(vec![self.expr, other.expr]))
    }

    /// What it means.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Whether it holds for `record`.
    #[must_use]
    pub fn matches(&self, record: &Record<'_>) -> bool {
        self.expr.holds(record)
    }

    /// The fields it asks for, as typed.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.expr.collect_fields(&mut fields);
        fields
    }
}

/// All of these, in one list, the dear ones last.
pub(crate) fn all(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::All(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    flat.sort_by_key(Expr::cost);
    match flat.len() {
        1 => flat.remove(0),
        _ => Expr::All(flat),
    }
}

impl Expr {
    fn cost(&self) -> u8 {
        match self {
            Self::Test(test) if test.path.as_str() == TIME => 0,
            Self::Test(test) if test.path.steps().len() == 1 => 1,
            Self::Test(_) => 2,
            Self::Not(inner) => inner.cost(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::cost).max().unwrap_or(0),
            Self::Resource(_) => 3,
            Self::Keyword(_) => 4,
        }
    }

    /// Whether it holds for `record`.
    #[must_use]
    pub fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::Not(inner) => !inner.holds(record),
            Self::Test(test) => test.holds(record),
            Self::Keyword(pattern) => keyword(pattern, record),
            Self::Resource(pattern) => resource(pattern, record),
        }
    }

    fn collect_fields<'e>(&'e self, fields: &mut Vec<&'e str>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_fields(fields));
            }
            Self::Not(inner) => inner.collect_fields(fields),
            Self::Test(test) => fields.push(test.path.as_str()),
            Self::Keyword(_) | Self::Resource(_) => {}
        }
    }
}

impl Test {
    fn holds(&self, record: &Record<'_>) -> bool {
        if self.path.as_str() == TIME
            && let Some(answer) = self.check.holds_time(record.event_time())
        {
            return answer;
        }
        self.check.holds(record.field(&self.path).as_ref())
    }
}

/// Whether the record names a resource that fits: by its ARN, or the end of it, or its name.
fn resource(pattern: &Pattern, record: &Record<'_>) -> bool {
    if pattern
        .plain()
        .is_some_and(|text| cannot_hold(record.text(), text, pattern))
    {
        return false;
    }
    let places = [
        record.resources(),
        record.request_parameters(),
        record.response_elements(),
    ];
    places
        .into_iter()
        .flatten()
        .any(|place| names(place, DEPTH, &mut |text| is_name(pattern, text)))
}

fn names(json: Json<'_>, depth: u32, test: &mut dyn FnMut(&str) -> bool) -> bool {
    match json.kind() {
        _ if depth == 0 => false,
        Kind::String => json.as_str().is_some_and(|text: Cow<'_, str>| test(&text)),
        Kind::Array => json.elements().any(|one| names(one, depth - 1, test)),
        Kind::Object => json.entries().any(|(_, one)| names(one, depth - 1, test)),
        _ => false,
    }
}

/// The whole text, or what stands behind a colon or slash of an ARN.
fn is_name(pattern: &Pattern, text: &str) -> bool {
    pattern.fits(text)
        || (text.starts_with("arn:")
            && text
                .char_indices()
                .filter(|(_, c)| matches!(c, ':' | '/'))
                .any(|(at, _)| pattern.fits(&text[at + 1..])))
}
