//! A JSON value as a record wrote it, decoded only where a rule asks.
//!
//! [`Json`] is a slice of the record's text. Nothing is allocated to move through it, and a string
//! is copied only if it holds escapes. The text has passed the shape check of [`super::scan`]
//! (closed strings, paired brackets, at most [`super::scan::MAX_DEPTH`] deep) and no more, so every
//! question has an answer for malformed text too: [`Kind::Malformed`], or nothing found.
//!
//! Source: RFC 8259. A lone surrogate escape becomes U+FFFD. Of duplicate keys, of which AWS
//! writes none, the first one counts: a search can end there, and everybody who looks at a record,
//! however briefly, sees the same.

use std::borrow::Cow;

/// One JSON value, still as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a> {
    text: &'a str,
}

/// What a value is, told by its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// Any number.
    Number,
    /// Text in quotes.
    String,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
    /// Nothing that JSON allows.
    Malformed,
}

/// A JSON number: whole where it fits, otherwise the nearest double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Everything else, infinity for what no double can hold.
    Float(f64),
}

impl<'a> Json<'a> {
    /// Looks at `text` as one value; white space around it is ignored.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text: text.trim_matches(is_space),
        }
    }

    /// The same, where it is known that nothing stands around the value.
    pub(super) fn bare(text: &'a str) -> Self {
        Self { text }
    }

    /// The text of the value, as written.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.text
    }

    /// What kind of value this is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'"') => Kind::String,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b'n') if self.text == "null" => Kind::Null,
            Some(b't' | b'f') if matches!(self.text, "true" | "false") => Kind::Bool,
            _ => Kind::Malformed,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.text == "null"
    }

    /// The text of a string, escapes resolved; `None` for any other kind.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        self.raw_str().map(unescape)
    }

    /// The text of a string between its quotes, escapes as written.
    #[must_use]
    pub fn raw_str(self) -> Option<&'a str> {
        self.text.strip_prefix('"')?.strip_suffix('"')
    }

    /// The truth value; `None` for any other kind, also for the string `"true"`.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The number; `None` for any other kind, also for the string `"1"`.
    #[must_use]
    pub fn as_number(self) -> Option<Number> {
        if self.kind() != Kind::Number {
            return None;
        }
        match self.text.parse::<i64>() {
            Ok(0) if self.text.starts_with('-') => Some(Number::Float(-0.0)),
            Ok(whole) => Some(Number::Int(whole)),
            Err(_) => self.text.parse().ok().map(Number::Float),
        }
    }

    /// The member of an object under `key`; the first one if there are several.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Json<'a>> {
        self.entries()
            .find(|(name, _)| name.is(key))
            .map(|(_, value)| value)
    }

    /// The member reached by one key after another, through objects only.
    #[must_use]
    pub fn at(self, keys: &[&str]) -> Option<Json<'a>> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The members of an object in the order written; none for any other kind.
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        let at = if self.kind() == Kind::Object {
            1
        } else {
            self.text.len()
        };
        Entries {
            cursor: Cursor {
                text: self.text,
                at,
            },
        }
    }

    /// The members of an array; none for any other kind.
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        let at = if self.kind() == Kind::Array {
            1
        } else {
            self.text.len()
        };
        Elements {
            cursor: Cursor {
                text: self.text,
                at,
            },
        }
    }
}

/// A key of an object as written; compared without decoding where it has no escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    raw: &'a str,
}

impl<'a> Key<'a> {
    /// Whether this key, decoded, is `name`.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.raw == name || (has_escapes(self.raw) && unescape(self.raw) == name)
    }

    /// The key with its escapes resolved.
    #[must_use]
    pub fn decoded(self) -> Cow<'a, str> {
        unescape(self.raw)
    }
}

/// The members of an object; see [`Json::entries`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Key<'a>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.skip_separators();
        let raw = self.cursor.string()?;
        self.cursor.skip_separators();
        let value = self.cursor.value()?;
        Some((Key { raw }, value))
    }
}

/// The members of an array; see [`Json::elements`].
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.skip_separators();
        self.cursor.value()
    }
}

/// A place in the text, moved forward value by value.
#[derive(Clone, Debug)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn skip_separators(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':'))
            .count();
    }

    /// A string's content as written, the cursor moved behind its closing quote.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        if self.text.as_bytes().get(self.at) != Some(&b'"') {
            return None;
        }
        let end = closing_quote(self.text.as_bytes(), start)?;
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// Any value, the cursor moved behind it.
    fn value(&mut self) -> Option<Json<'a>> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let end = match *bytes.get(start)? {
            b'"' => closing_quote(bytes, start + 1)? + 1,
            b'{' | b'[' => closing_bracket(bytes, start)? + 1,
            b'}' | b']' => return None,
            _ => start + scalar_length(&bytes[start..]),
        };
        self.at = end;
        self.text.get(start..end).map(|text| Json { text })
    }
}

/// Where the string that began before `from` ends: the index of its closing quote.
pub(super) fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// Where the bracket at `open` closes, strings passed over; kinds were paired by the scan.
fn closing_bracket(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    loop {
        match *bytes.get(at)? {
            b'"' => at = closing_quote(bytes, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

fn scalar_length(bytes: &[u8]) -> usize {
    let end = |b: &u8| matches!(b, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
    bytes.iter().position(end).unwrap_or(bytes.len()).max(1)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Asked of nearly every text that is read, and nearly always answered with no.
fn has_escapes(raw: &str) -> bool {
    memchr::memchr(b'\\', raw.as_bytes()).is_some()
}

/// Resolves the escapes of a string's content; borrows where there are none.
#[must_use]
pub fn unescape(raw: &str) -> Cow<'_, str> {
    if !has_escapes(raw) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (decoded, length) = escape(&rest[at..]);
        text.push(decoded);
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that the escape at the start of `text` stands for, and its length in bytes.
fn escape(text: &str) -> (char, usize) {
    let Some(letter) = text[1..].chars().next() else {
        return ('\u{fffd}', 1);
    };
    match letter {
        'n' => ('\n', 2),
        't' => ('\t', 2),
        'r' => ('\r', 2),
        'b' => ('\u{8}', 2),
        'f' => ('\u{c}', 2),
        'u' => unicode_escape(text),
        other => (other, 1 + other.len_utf8()),
    }
}

fn unicode_escape(text: &str) -> (char, usize) {
    let Some(unit) = code_unit(text) else {
        return ('\u{fffd}', 2);
    };
    if let Some(c) = char::from_u32(unit) {
        return (c, 6);
    }
    let low = text
        .get(6..)
        .and_then(code_unit)
        .filter(|low| (0xdc00..0xe000).contains(low));
    match low {
        Some(low) if unit < 0xdc00 => {
            let joined = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(joined).unwrap_or('\u{fffd}'), 12)
        }
        _ => ('\u{fffd}', 6),
    }
}

fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_members_without_decoding_the_rest() {
        let json = Json::new(r#" {"a": {"b": [1, "x,]}", {"c": null}]}, "a2": true} "#);
        let list: Vec<_> = json.at(&["a", "b"]).unwrap().elements().collect();
        assert_eq!(list.len(), 3);
        assert_eq!(list[0].as_number(), Some(Number::Int(1)));
        assert_eq!(list[1].as_str().unwrap(), "x,]}");
        assert!(list[2].get("c").unwrap().is_null());
        assert_eq!(json.get("a2").unwrap().as_bool(), Some(true));
        assert_eq!(json.get("b"), None);
    }

    #[test]
    fn the_first_of_duplicate_keys_counts() {
        assert_eq!(
            Json::new(r#"{"\u006b":1,"k":2}"#).get("k").unwrap().raw(),
            "1"
        );
    }

    #[test]
    fn resolves_escapes() {
        for (raw, expected, why) in [
            (r"plain", "plain", "nothing to do"),
            (
                r#"\"\\\/\b\f\n\r\t"#,
                "\"\\/\u{8}\u{c}\n\r\t",
                "the short escapes",
            ),
            (
                r"\u00e9\uD83D\uDE00",
                "é😀",
                "a letter, and a surrogate pair",
            ),
            (r"\ud800x", "\u{fffd}x", "a lone high surrogate"),
            (
                r"\udc00\ud800\u0041",
                "\u{fffd}\u{fffd}A",
                "surrogates in the wrong order",
            ),
            (r"\u12", "\u{fffd}12", "too few digits"),
            (r"\u+123", "\u{fffd}+123", "a sign is no digit"),
            (
                r"\q\",
                "q\u{fffd}",
                "what JSON does not know, and a cut end",
            ),
        ] {
            assert_eq!(unescape(raw), expected, "{why}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(&to_value(Json::new(&text)), &value);
            }
        }

        #[test]
        fn never_panics(text in "[\\[\\]{}\",:\\\\un0-9a-f\\- é]{0,40}") {
            to_value(Json::new(&text));
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[a-c\"\\\\\n\u{1}é😀{}\\[\\],:]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                proptest::collection::btree_map("[a-c\"\\\\.]{0,3}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn to_value(json: Json<'_>) -> serde_json::Value {
        match json.kind() {
            Kind::Null | Kind::Malformed => serde_json::Value::Null,
            Kind::Bool => json.as_bool().into(),
            Kind::Number => match json.as_number() {
                Some(Number::Int(whole)) => whole.into(),
                Some(Number::Float(float)) => float.into(),
                None => serde_json::Value::Null,
            },
            Kind::String => json.as_str().map(Cow::into_owned).into(),
            Kind::Array => json.elements().map(to_value).collect(),
            Kind::Object => json
                .entries()
                .map(|(key, value)| (key.decoded().into_owned(), to_value(value)))
                .collect(),
        }
    }
}
