//! One value of a rule, prepared to be compared with values of events.
//!
//! Invariants: a list matches if any member does, at any depth, except where `null` and `fieldref`
//! ask about the list itself; numbers and booleans are compared with text by their usual spelling;
//! an object never matches. Nothing here looks beyond the value, so it can be asked about guesses.

use ipnet::IpNet;
use std::net::IpAddr;

use crate::event::Value;
use crate::lazy_regex::LazyRegex;
use crate::modifier::Bound;
use crate::text::Needle;
use crate::timestamp::TimePart;
use crate::wildcard::{Extent, Glob};

/// A test that a value passes or not.
#[derive(Debug, Clone)]
pub(crate) enum ValueTest {
    Null,
    Bool(bool),
    Number(f64),
    Compare(Bound, f64),
    TimePart(TimePart, f64),
    Text(TextTest),
}

/// A test that text passes or not.
#[derive(Debug, Clone)]
pub(crate) enum TextTest {
    Plain(Extent, Needle),
    Glob(Box<Glob>),
    Regex(Box<LazyRegex>),
    Cidr(IpNet),
    /// Contains any of these: a value at the three offsets of base64.
    AnyOf(Box<[Needle]>),
}

impl ValueTest {
    /// Whether `value` passes.
    pub(crate) fn matches(&self, value: &Value<'_>) -> bool {
        match self {
            ValueTest::Null => *value == Value::Null,
            ValueTest::Bool(wanted) => any(value, &|one| bool_of(one) == Some(*wanted)),
            ValueTest::Number(wanted) => any_number(value, &|found| same(found, *wanted)),
            ValueTest::Compare(bound, wanted) => {
                any_number(value, &|found| bound.holds(found, *wanted))
            }
            ValueTest::TimePart(part, wanted) => any(value, &|one| {
                #[expect(clippy::cast_precision_loss, reason = "a part of a date is small")]
                part.of(one)
                    .is_some_and(|found| same(found as f64, *wanted))
            }),
            ValueTest::Text(test) => any_text(value, &mut |text| test.matches(text)),
        }
    }

    /// Whether an absent field passes: `null` says so.
    pub(crate) fn matches_absence(&self) -> bool {
        matches!(self, ValueTest::Null)
    }

    /// What it costs, roughly, compared with one short comparison.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            ValueTest::Null | ValueTest::Bool(_) => 1,
            ValueTest::Number(_) | ValueTest::Compare(..) => 2,
            ValueTest::TimePart(..) => 10,
            ValueTest::Text(test) => test.cost(),
        }
    }
}

impl TextTest {
    /// Whether `text` passes.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            TextTest::Plain(Extent::Whole, needle) => needle.equals(text),
            TextTest::Plain(Extent::Start, needle) => needle.starts(text),
            TextTest::Plain(Extent::End, needle) => needle.ends(text),
            TextTest::Plain(Extent::Anywhere, needle) => needle.is_in(text),
            TextTest::Glob(glob) => glob.matches(text),
            TextTest::Regex(regex) => regex.is_match(text),
            TextTest::Cidr(range) => text.parse::<IpAddr>().is_ok_and(|ip| range.contains(&ip)),
            TextTest::AnyOf(needles) => needles.iter().any(|needle| needle.is_in(text)),
        }
    }

    fn cost(&self) -> u32 {
        match self {
            TextTest::Plain(Extent::Anywhere, _) => 4,
            TextTest::Plain(..) => 2,
            TextTest::Cidr(_) => 5,
            TextTest::Glob(_) => 6,
            TextTest::AnyOf(_) => 12,
            TextTest::Regex(_) => 20,
        }
    }
}

impl Bound {
    fn holds(self, found: f64, wanted: f64) -> bool {
        match self {
            Bound::Gt => found > wanted,
            Bound::Gte => found >= wanted,
            Bound::Lt => found < wanted,
            Bound::Lte => found <= wanted,
        }
    }
}

/// Whether any text in `value` passes: its own, or that of its members.
pub(crate) fn any_text(value: &Value<'_>, test: &mut dyn FnMut(&str) -> bool) -> bool {
    match value {
        Value::List(members) => members.iter().any(|member| any_text(member, test)),
        _ => with_text(value, test).unwrap_or(false),
    }
}

/// What `read` says about a value's text; `None` if it has none, as null, lists and objects.
pub(crate) fn with_text<T>(value: &Value<'_>, read: impl FnOnce(&str) -> T) -> Option<T> {
    match value {
        Value::Str(text) => Some(read(text)),
        Value::Bool(true) => Some(read("true")),
        Value::Bool(false) => Some(read("false")),
        Value::Int(number) => Some(read(&number.to_string())),
        Value::Float(number) => Some(read(&number.to_string())),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn any(value: &Value<'_>, test: &dyn Fn(&Value<'_>) -> bool) -> bool {
    match value {
        Value::List(members) => members.iter().any(|member| any(member, test)),
        _ => test(value),
    }
}

fn any_number(value: &Value<'_>, test: &dyn Fn(f64) -> bool) -> bool {
    any(value, &|one| number_of(one).is_some_and(test))
}

fn number_of(value: &Value<'_>) -> Option<f64> {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "rules compare as floats, beyond 2⁵³ too"
        )]
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Str(text) => text.parse().ok(),
        _ => None,
    }
}

fn bool_of(value: &Value<'_>) -> Option<bool> {
    let is =
        |text: &str, words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match value {
        Value::Bool(bool) => Some(*bool),
        Value::Str(text) if is(text, ["true", "1", "yes"]) => Some(true),
        Value::Str(text) if is(text, ["false", "0", "no"]) => Some(false),
        _ => None,
    }
}

fn same(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < f64::EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(extent: Extent, text: &str) -> ValueTest {
        ValueTest::Text(TextTest::Plain(extent, Needle::new(text, false)))
    }

    #[test]
    fn values_are_compared_across_types_by_their_usual_spelling() {
        let text = |text: &'static str| Value::Str(text.into());
        for (test, value, expected, why) in [
            (
                plain(Extent::Whole, "443"),
                Value::Int(443),
                true,
                "a number as text",
            ),
            (
                plain(Extent::Whole, "1"),
                Value::Float(1.0),
                true,
                "without needless digits",
            ),
            (
                plain(Extent::Whole, "True"),
                Value::Bool(true),
                true,
                "a boolean as text",
            ),
            (
                plain(Extent::Whole, ""),
                Value::Null,
                false,
                "null is no text",
            ),
            (
                ValueTest::Number(5.0),
                text("5.0"),
                true,
                "text as a number",
            ),
            (
                ValueTest::Number(5.0),
                text(" 5"),
                false,
                "but only a number",
            ),
            (
                ValueTest::Number(1.0),
                Value::Bool(true),
                false,
                "a boolean is no number",
            ),
            (
                ValueTest::Bool(true),
                text("YES"),
                true,
                "text as a boolean",
            ),
            (ValueTest::Bool(false), text("0"), true, "text as a boolean"),
            (
                ValueTest::Bool(true),
                Value::Int(1),
                false,
                "a number is no boolean",
            ),
            (ValueTest::Null, Value::Null, true, "null is null"),
            (ValueTest::Null, text(""), false, "and nothing else"),
            (
                ValueTest::Null,
                Value::List(vec![Value::Null]),
                false,
                "a list of null is a list",
            ),
            (
                ValueTest::Compare(Bound::Gt, 5.0),
                text("10"),
                true,
                "by number, not by letter",
            ),
            (
                ValueTest::Compare(Bound::Lte, 5.0),
                Value::Float(f64::NAN),
                false,
                "never",
            ),
        ] {
            assert_eq!(test.matches(&value), expected, "{why}: {test:?} {value:?}");
        }
    }

    #[test]
    fn a_list_matches_if_any_member_does_at_any_depth() {
        let nested = Value::List(vec![
            Value::Int(1),
            Value::List(vec![Value::Str("Deep".into()), Value::Map(vec![])]),
        ]);
        assert!(plain(Extent::Start, "de").matches(&nested));
        assert!(ValueTest::Number(1.0).matches(&nested));
        assert!(!ValueTest::Number(2.0).matches(&nested));
    }

    #[test]
    fn address_ranges_hold_addresses_of_their_family() {
        let range = |text: &str| ValueTest::Text(TextTest::Cidr(text.parse().expect("a range")));
        for (wanted, found, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("2001:db8::/32", "2001:DB8::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", false),
            ("10.0.0.0/8", "cloudtrail.amazonaws.com", false),
            ("0.0.0.0/0", "1.2.3.4", true),
        ] {
            assert_eq!(
                range(wanted).matches(&Value::Str(found.into())),
                expected,
                "{wanted} {found}"
            );
        }
    }
}
