//! What a rule may ask of an event: a field path in, its value out.
//!
//! The language knows nothing of CloudTrail. Whoever has events implements [`Event`].

use std::borrow::Cow;

use rsigma_parser::fieldpath::unescape_brackets;

/// A dotted field path such as `requestParameters.ipPermissions.items.fromPort`, split once.
///
/// A segment may carry positional indexes, `items[0]` or `items[-1]`; without one, a path that
/// meets an array follows every member.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath {
    path: String,
    steps: Vec<Step>,
}

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into the member of this name; an array hands the step on to each of its members.
    Key(String),
    /// Into one member of an array; negative counts from the end.
    Index(i64),
}

impl FieldPath {
    /// Splits `path` at its dots and index brackets; `\[` and `\]` are brackets of the name itself.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let mut steps = Vec::new();
        for segment in path.split('.') {
            let (name, indexes) = split_indexes(segment);
            // Only a position may do without a name; `a..b` has a field with an empty one.
            if indexes.is_empty() || !name.is_empty() {
                steps.push(Step::Key(unescape_brackets(name).into_owned()));
            }
            steps.extend(indexes.into_iter().map(Step::Index));
        }
        Self {
            path: path.to_owned(),
            steps,
        }
    }

    /// The path as the rule wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The path split into steps.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

/// `items[0][-1]` into `items` and `[0, -1]`; a bracket that holds no number is part of the name.
fn split_indexes(segment: &str) -> (&str, Vec<i64>) {
    let Some(open) = segment.find('[') else {
        return (segment, Vec::new());
    };
    let mut rest = &segment[open..];
    let mut indexes = Vec::new();
    while !rest.is_empty() {
        let parsed = rest
            .strip_prefix('[')
            .and_then(|inner| inner.split_once(']'))
            .and_then(|(digits, tail)| Some((digits.parse().ok()?, tail)));
        let Some((index, tail)) = parsed else {
            return (segment, Vec::new());
        };
        indexes.push(index);
        rest = tail;
    }
    (&segment[..open], indexes)
}

/// What stands at a field path.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// The field is there and null, which is not the same as absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Str(Cow<'a, str>),
    /// An array, or what a path that crossed arrays has found.
    List(Vec<Value<'a>>),
    /// An object.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl Value<'_> {
    /// The same value, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Int(whole) => Value::Int(whole),
            Self::Float(float) => Value::Float(float),
            Self::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Self::List(members) => {
                Value::List(members.into_iter().map(Value::into_owned).collect())
            }
            Self::Map(members) => Value::Map(
                members
                    .into_iter()
                    .map(|(key, member)| (Cow::Owned(key.into_owned()), member.into_owned()))
                    .collect(),
            ),
        }
    }
}

/// An event that rules can be asked about.
pub trait Event {
    /// The value at `path`: `None` if the field is absent, [`Value::Null`] if it is null.
    ///
    /// A top-level key that equals the whole path, dots included, comes first. A path that crosses
    /// an array and finds several values yields a [`Value::List`] of them; if it finds one, that.
    fn field(&self, path: &FieldPath) -> Option<Value<'_>>;

    /// Whether `test` holds for any text value anywhere in the event, at any depth up to 64; for
    /// keyword searches.
    fn any_string(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_dots_and_positions() {
        let key = |name: &str| Step::Key(name.to_owned());
        for (path, steps) in [
            ("a", vec![key("a")]),
            ("a.b", vec![key("a"), key("b")]),
            ("a..b", vec![key("a"), key(""), key("b")]),
            (
                "a[0][-1].b",
                vec![key("a"), Step::Index(0), Step::Index(-1), key("b")],
            ),
            ("[2]", vec![Step::Index(2)]),
            ("a[x]", vec![key("a[x]")]),
            (r"a\[0\]", vec![key("a[0]")]),
        ] {
            assert_eq!(FieldPath::new(path).steps(), steps, "{path}");
            assert_eq!(FieldPath::new(path).as_str(), path);
        }
    }
}
