//! Values as text, for columns and counts.

use std::borrow::Cow;

use sigma::Value;

/// A value in one line: members of lists set apart by commas, objects as `name: value`.
#[must_use]
pub fn shown<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    let joined = |parts: Vec<String>| Cow::Owned(parts.join(", "));
    match value {
        Value::Null => Cow::Borrowed("null"),
        Value::Bool(truth) => Cow::Owned(truth.to_string()),
        Value::Int(whole) => Cow::Owned(whole.to_string()),
        Value::Float(float) => Cow::Owned(float.to_string()),
        Value::Str(text) => Cow::Borrowed(text),
        Value::List(members) => joined(members.iter().map(|one| shown(one).into_owned()).collect()),
        Value::Map(fields) => {
            let field =
                |(name, value): &(Cow<'_, str>, Value<'_>)| format!("{name}: {}", shown(value));
            joined(fields.iter().map(field).collect())
        }
    }
}

/// Each value by itself: the members of a list, or the one that is none; nothing for null.
pub fn members<'v, 'r>(value: &'v Value<'r>) -> impl Iterator<Item = &'v Value<'r>> {
    let (list, one) = match value {
        Value::List(members) => (members.as_slice(), None),
        Value::Null => (&[][..], None),
        one => (&[][..], Some(one)),
    };
    list.iter().chain(one)
}
