//! A record as rules see it: field paths in, values out.
//!
//! Paths are CloudTrail's own. A path may cross arrays, then it finds something in any of their
//! members; and it may cross text that holds a JSON document, plain or URL-encoded, as policy
//! documents do. Paths that begin with `trailhound.` are [derived].

use std::borrow::Cow;

use sigma::event::{Event, FieldPath, Step, Value};

use super::json::{Json, Kind, Number};
use super::record::Record;
use super::scan;
use crate::derived;
use crate::percent;

/// The prefix of all derived fields.
const DERIVED: &str = "trailhound";

/// How deep text is searched for keywords.
const KEYWORD_DEPTH: u32 = 64;

/// The longest text that is opened as a JSON document, in bytes.
const DOCUMENT: usize = 256 << 10;

impl Event for Record<'_> {
    fn field(&self, path: &FieldPath) -> Option<Value<'_>> {
        let (first, rest) = path.steps().split_first()?;
        let Step::Key(name) = first else { return None };
        if name == DERIVED {
            return derived::field(self, path.as_str().strip_prefix(derived::PREFIX)?);
        }
        below(self.get(name)?, rest)
    }

    fn any_string(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        any_string(self.json(), KEYWORD_DEPTH, test)
    }
}

/// What lies at the end of `steps`, seen from `json`.
pub(crate) fn below<'a>(json: Json<'a>, steps: &[Step]) -> Option<Value<'a>> {
    if steps.is_empty() {
        return Some(value(json));
    }
    let mut found = Vec::new();
    follow(json, steps, &mut found);
    if found.len() > 1 {
        Some(Value::List(found))
    } else {
        found.pop()
    }
}

/// Adds what lies at the end of `steps`, seen from `json`.
fn follow<'a>(json: Json<'a>, steps: &[Step], found: &mut Vec<Value<'a>>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value(json));
        return;
    };
    match (step, json.kind()) {
        (Step::Key(name), Kind::Object) => {
            if let Some(member) = json.get(name) {
                follow(member, rest, found);
            }
        }
        (Step::Key(_), Kind::Array) => json
            .elements()
            .for_each(|member| follow(member, steps, found)),
        (Step::Key(_), Kind::String) => follow_document(json, steps, found),
        (Step::Index(index), Kind::Array) => {
            if let Some(member) = element(json, *index) {
                follow(member, rest, found);
            }
        }
        _ => {}
    }
}

fn element(array: Json<'_>, index: i64) -> Option<Json<'_>> {
    match usize::try_from(index) {
        Ok(index) => array.elements().nth(index),
        Err(_) => {
            let from_end = usize::try_from(index.unsigned_abs()).ok()?;
            let length = array.elements().count();
            array.elements().nth(length.checked_sub(from_end)?)
        }
    }
}

/// Follows `steps` into a JSON document that a string holds.
fn follow_document<'a>(json: Json<'a>, steps: &[Step], found: &mut Vec<Value<'a>>) {
    let Some(text) = json.as_str().and_then(document) else {
        return;
    };
    let mut inner = Vec::new();
    follow(Json::new(&text), steps, &mut inner);
    found.extend(
        inner
            .into_iter()
            .map(|value| -> Value<'a> { value.into_owned() }),
    );
}

/// The JSON object or array that `text` is, URL-encoding undone.
fn document(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if text.len() > DOCUMENT {
        return None;
    }
    let text = if text.starts_with('%') {
        Cow::Owned(percent::decoded(&text))
    } else {
        text
    };
    scan::is_document(&text).then_some(text)
}

/// A JSON value as the rule language knows it.
#[must_use]
pub fn value(json: Json<'_>) -> Value<'_> {
    match json.kind() {
        Kind::Null | Kind::Malformed => Value::Null,
        Kind::Bool => Value::Bool(json.as_bool().unwrap_or_default()),
        Kind::Number => match json.as_number() {
            Some(Number::Int(whole)) => Value::Int(whole),
            Some(Number::Float(float)) => Value::Float(float),
            None => Value::Null,
        },
        Kind::String => json.as_str().map_or(Value::Null, Value::Str),
        Kind::Array => Value::List(json.elements().map(value).collect()),
        Kind::Object => Value::Map(
            json.entries()
                .map(|(key, member)| (key.decoded(), value(member)))
                .collect(),
        ),
    }
}

fn any_string(json: Json<'_>, depth: u32, test: &mut dyn FnMut(&str) -> bool) -> bool {
    match json.kind() {
        _ if depth == 0 => false,
        Kind::String => json.as_str().is_some_and(|text| test(&text)),
        Kind::Array => json
            .elements()
            .any(|member| any_string(member, depth - 1, test)),
        Kind::Object => json
            .entries()
            .any(|(_, member)| any_string(member, depth - 1, test)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    fn ask(text: &str, path: &str) -> Option<Value<'static>> {
        let text = text.replacen(
            '{',
            r#"{"eventSource":"x","eventName":"y","eventTime":"2026-11-22T14:02:11Z","#,
            1,
        );
        let layout = layout::of(&text).expect("an object");
        let record = Record::new(&text, layout).expect("a record");
        record.field(&FieldPath::new(path)).map(Value::into_owned)
    }

    #[test]
    fn paths_find_values() {
        let list = |texts: &[&'static str]| {
            Some(Value::List(
                texts
                    .iter()
                    .map(|text| Value::Str((*text).into()))
                    .collect(),
            ))
        };
        let text = |text: &'static str| Some(Value::Str(text.into()));
        for (record, path, expected, why) in [
            (
                r#"{"a":{"b":7}}"#,
                "a.b",
                Some(Value::Int(7)),
                "into objects",
            ),
            (r#"{"a":null}"#, "a", Some(Value::Null), "null is there"),
            (r#"{"a":null}"#, "a.b", None, "but holds nothing"),
            (r#"{"a":{"b":1}}"#, "a.c", None, "absent"),
            (
                r#"{"a":[{"b":"x"},{"c":1},{"b":"y"}]}"#,
                "a.b",
                list(&["x", "y"]),
                "across arrays",
            ),
            (
                r#"{"a":[[{"b":"x"}]]}"#,
                "a.b",
                text("x"),
                "across arrays in arrays, one found",
            ),
            (
                r#"{"a":["x","y"]}"#,
                "a",
                list(&["x", "y"]),
                "an array itself",
            ),
            (r#"{"a":["x","y"]}"#, "a[1]", text("y"), "by position"),
            (r#"{"a":["x","y"]}"#, "a[-2]", text("x"), "from the end"),
            (r#"{"a":["x","y"]}"#, "a[-3]", None, "before the first"),
            (
                r#"{"a.b":"flat","a":{"b.c":"flat","b":{"c":"deep"}}}"#,
                "a.b.c",
                text("deep"),
                "a dot always leads deeper",
            ),
            (
                r#"{"a":"{\"b\":\"x\"}"}"#,
                "a.b",
                text("x"),
                "into JSON in a string",
            ),
            (
                r#"{"a":"%7B%22b%22%3A%22x%20y%22%7D"}"#,
                "a.b",
                text("x y"),
                "URL-encoded",
            ),
            (r#"{"a":"{\"b\":"}"#, "a.b", None, "a document cut off"),
            (r#"{"a":"%7"}"#, "a.b", None, "no document"),
        ] {
            assert_eq!(ask(record, path), expected, "{why}: {path} in {record}");
        }
    }
}
