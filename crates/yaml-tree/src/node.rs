//! A YAML value that knows where it stands.

use serde::{Deserialize, Serialize};
use yaml_serde::{Mapping, Number, Value};

/// A place within one file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Mark {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Mark {
    /// The place `columns` characters further right.
    #[must_use]
    pub fn right(self, columns: usize) -> Self {
        Self {
            column: self.column + columns,
            ..self
        }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Where it begins.
    pub at: Mark,
    /// The last line that any of it stands on; a block of text counts its closing line break.
    pub last_line: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// Text as written; if `plain`, its spelling decides whether it is null, a boolean, a number.
    Scalar {
        /// As written.
        text: String,
        /// Whether it stands without quotes or tag.
        plain: bool,
    },
    /// Its members.
    List(Vec<Node>),
    /// Keys are scalars, and each stands only once.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// A short form, for [`from_bytes`](Self::from_bytes) of the same version.
    ///
    /// # Errors
    /// None that is known of: a node holds nothing that cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// Reads the short form.
    ///
    /// # Errors
    /// If these bytes are none. They must be one's own: what others wrote may be nested without bounds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// What this is, with an article, for messages.
    #[must_use]
    pub fn article(&self) -> &'static str {
        match &self.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
            Kind::Scalar { .. } => match self.to_value() {
                Value::Null => "empty",
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                _ => "text",
            },
        }
    }

    /// The characters of a scalar, whatever its type; for a key, its name.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The members of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs of a mapping.
    #[must_use]
    pub fn map(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value under `key` of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pair(key).map(|(_, value)| value)
    }

    /// Key and value under `key` of a mapping.
    #[must_use]
    pub fn pair(&self, key: &str) -> Option<&(Node, Node)> {
        self.map()?
            .iter()
            .find(|(name, _)| name.text() == Some(key))
    }

    /// Whether this is null: nothing, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if is_null(text))
    }

    /// As untyped YAML, without places. Depth is bounded by the reader.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, plain: true } => resolve(text),
            Kind::Scalar { text, plain: false } => Value::String(text.clone()),
            Kind::List(items) => Value::Sequence(items.iter().map(Node::to_value).collect()),
            Kind::Map(pairs) => {
                Value::Mapping(pairs.iter().map(pair_to_value).collect::<Mapping>())
            }
        }
    }

    /// As JSON; what JSON cannot say (infinity, not a number) becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Scalar { .. } => scalar_to_json(&self.to_value()),
            Kind::List(items) => items.iter().map(Node::to_json).collect(),
            Kind::Map(pairs) => pairs
                .iter()
                .filter_map(|(key, value)| Some((key.text()?.to_owned(), value.to_json())))
                .collect(),
        }
    }
}

fn pair_to_value((key, value): &(Node, Node)) -> (Value, Value) {
    let name = key.text().unwrap_or_default().to_owned();
    (Value::String(name), value.to_value())
}

/// Whether a plain scalar's spelling makes it null, by the core schema.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The type that a plain scalar's spelling gives it, by the core schema.
fn resolve(text: &str) -> Value {
    // Nearly all is text, and numbers are taken apart at length.
    let may_be_number =
        text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    match text {
        _ if is_null(text) => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if !may_be_number => Value::String(text.to_owned()),
        _ => match text.parse::<Number>() {
            Ok(number) => Value::Number(number),
            // Digits beyond 64 bits stay text, so that none are lost.
            Err(_) => Value::String(text.to_owned()),
        },
    }
}

fn scalar_to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(bool) => (*bool).into(),
        Value::Number(number) => number_to_json(number),
        Value::String(text) => text.as_str().into(),
        _ => serde_json::Value::Null,
    }
}

fn number_to_json(number: &Number) -> serde_json::Value {
    if let Some(int) = number.as_i64() {
        return int.into();
    }
    if let Some(int) = number.as_u64() {
        return int.into();
    }
    number.as_f64().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    fn node(text: &str) -> Node {
        let mut read = documents(text);
        read.remove(0).expect("readable")
    }

    #[test]
    fn spelling_decides_the_type_as_the_core_schema_says() {
        for text in [
            "1",
            "-1",
            "+1",
            "0x1F",
            "0o17",
            "0b11",
            "007",
            "1.5",
            ".5",
            "1e3",
            "1_000",
            "~",
            "null",
            "Null",
            "true",
            "True",
            "yes",
            "no",
            "on",
            "2024-01-01",
            "10.0.0.1",
            ".inf",
            "-.inf",
            "1.",
            "18446744073709551615",
            "'1'",
            "\"true\"",
            "!!str 1",
            "0.1.2",
            "inf",
            "nan",
            "NaN",
            "infinity",
            "+",
            "0x",
            "é",
        ] {
            let ours = node(&format!("k: {text}")).get("k").map(Node::to_value);
            let theirs: Value = yaml_serde::from_str(&format!("k: {text}")).expect("valid YAML");
            assert_eq!(ours.as_ref(), theirs.get("k"), "{text}");
        }
    }

    #[test]
    fn every_value_knows_its_line_and_column() {
        let root = node("# note\ntitle: x\ndetection:\n  sel:\n    - a: 1\n      bé: 'two'\n");
        let detection = root.get("detection").expect("there");
        let item = &detection.get("sel").and_then(Node::list).expect("a list")[0];
        let (key, value) = item.pair("bé").expect("there");
        assert_eq!((key.at.line, key.at.column), (6, 7));
        assert_eq!((value.at.line, value.at.column), (6, 11));
    }

    #[test]
    fn a_document_comes_back_from_its_short_form_as_it_was() {
        let read = node("a: [1, 'x', {b: ~}]\nc: |\n  é\n  two\nd: {}\n");
        let bytes = read.to_bytes().expect("written");
        assert!(bytes.len() < 96, "{}", bytes.len());
        assert_eq!(Node::from_bytes(&bytes).expect("read"), read);
        assert!(Node::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn json_keeps_types() {
        let json = node("{a: 1, b: -2, c: 1.5, d: yes, e: true, f: , g: [x, {h: .inf}], i: 18446744073709551615}")
            .to_json();
        let expected = serde_json::json!({
            "a": 1, "b": -2, "c": 1.5, "d": "yes", "e": true, "f": null,
            "g": ["x", {"h": null}], "i": 18_446_744_073_709_551_615_u64,
        });
        assert_eq!(json, expected);
    }
}
