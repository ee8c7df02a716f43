//! JSON values as events, for tests that rules carry and for whoever has the whole event in memory.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::event::{Event, FieldPath, Step, Value};

/// Text deeper than this is not searched for keywords.
const KEYWORD_DEPTH: usize = 64;

/// A JSON object is an event; any other JSON value is one without fields.
impl Event for Json {
    fn field(&self, path: &FieldPath) -> Option<Value<'_>> {
        let object = self.as_object()?;
        if let Some(value) = object.get(path.as_str()) {
            return Some(value.into());
        }
        let mut found = Vec::new();
        collect(self, path.steps(), &mut found);
        if found.len() > 1 {
            Some(Value::List(found))
        } else {
            found.pop()
        }
    }

    fn any_string(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        any_string(self, test, KEYWORD_DEPTH)
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => match number.as_i64() {
                Some(int) => Value::Int(int),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Str(Cow::Borrowed(text)),
            Json::Array(members) => Value::List(members.iter().map(Value::from).collect()),
            Json::Object(fields) => {
                let pair = |(name, value): (&'a String, &'a Json)| {
                    (Cow::Borrowed(name.as_str()), value.into())
                };
                Value::Map(fields.iter().map(pair).collect())
            }
        }
    }
}

fn collect<'a>(json: &'a Json, steps: &[Step], found: &mut Vec<Value<'a>>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(json.into());
        return;
    };
    match (step, json) {
        (Step::Key(key), Json::Object(fields)) => {
            if let Some(value) = fields.get(key) {
                collect(value, rest, found);
            }
        }
        (Step::Key(_), Json::Array(members)) => {
            for member in members {
                collect(member, steps, found);
            }
        }
        (Step::Index(index), Json::Array(members)) => {
            if let Some(member) = at(members, *index) {
                collect(member, rest, found);
            }
        }
        _ => {}
    }
}

fn at(members: &[Json], index: i64) -> Option<&Json> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    let position = if index < 0 {
        members.len().checked_sub(distance)?
    } else {
        distance
    };
    members.get(position)
}

fn any_string(json: &Json, test: &mut dyn FnMut(&str) -> bool, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match json {
        Json::String(text) => test(text),
        Json::Array(members) => members
            .iter()
            .any(|member| any_string(member, test, depth - 1)),
        Json::Object(fields) => fields
            .values()
            .any(|value| any_string(value, test, depth - 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_finds_what_stands_there() {
        let event = json!({
            "a.b": "flat", "a": {"b": "nested", "n": null, "": 1},
            "list": [{"x": 1}, {"x": 2}, {"y": [{"z": "one"}]}], "words": ["p", "q"],
        });
        for (path, expected, why) in [
            (
                "a.b",
                Some(json!("flat")),
                "a key that is the whole path comes first",
            ),
            ("a.n", Some(json!(null)), "null is there"),
            ("a.x", None, "absent is not"),
            ("a.", Some(json!(1)), "a key may be empty"),
            ("list.x", Some(json!([1, 2])), "every member that has it"),
            ("list.y.z", Some(json!("one")), "one alone is no list"),
            ("list[1].x", Some(json!(2)), "a position"),
            (
                "list[-1].y[0].z",
                Some(json!("one")),
                "from the end, and on",
            ),
            ("list[9].x", None, "beyond the end"),
            ("list[-9].x", None, "before the beginning"),
            ("words", Some(json!(["p", "q"])), "a list as it is"),
            ("words.x", None, "text has no fields"),
            ("a[0]", None, "an object has no positions"),
        ] {
            let found = event.field(&FieldPath::new(path));
            assert_eq!(found, expected.as_ref().map(Value::from), "{why}: {path}");
        }
    }

    #[test]
    fn keywords_are_looked_for_in_all_text_but_not_in_names() {
        let event = json!({"name": 1, "deep": [{"er": "needle"}]});
        assert!(event.any_string(&mut |text| text == "needle"));
        assert!(!event.any_string(&mut |text| text == "name"));
    }
}
