//! Finds where a record ends and where its top-level fields lie, in one pass over its bytes.
//!
//! Most of a log file is never asked for by any rule, so this pass decides the speed of the whole
//! product. At the first level it hops from quote to quote, 32 bytes at a look. What is nested
//! deeper is passed over in blocks of 64: comparisons over lanes give bit masks of quotes and
//! brackets, a prefix XOR over the quotes tells which brackets lie inside strings, and the others
//! are counted.
//!
//! It checks an object's *shape*: strings closed, brackets paired, no deeper than [`MAX_DEPTH`], and
//! of the members that it visits that they are of the form `"key": value`. Grammar inside a value is
//! looked at when a rule asks for that value, by [`super::json`].
//!
//! Source: G. Langdale and D. Lemire, *Parsing Gigabytes of JSON per Second*, VLDB Journal 28
//! (2019), section 3.1, for the masks.

mod lanes;
mod machine;
mod nested;
mod usual;

use std::convert::Infallible;

use self::lanes::{Compare, Lanes};
use self::machine::Machine;
use self::nested::Nested;
pub use self::usual::Usual;

/// Brackets open at once inside a record, itself included; serde_json has the same limit.
pub const MAX_DEPTH: u32 = 127;

/// What a scan of the bytes from an opening brace on has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// The object ends before this offset; every field has been reported.
    Complete(usize),
    /// The bytes end inside the object.
    Incomplete,
    /// This is no object, for this reason, noticed at this offset.
    Broken(usize, ShapeError),
    /// The visitor asked to stop, here: behind a colon or behind a value.
    Stopped(usize),
}

/// Why bytes that begin like an object are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// `[` closed by `}` or the other way round.
    #[error("brackets are not paired")]
    Unpaired,
    /// More than [`MAX_DEPTH`] brackets open at once.
    #[error("brackets are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// A member that is not `"key": value`, or is followed by neither a comma nor the end.
    #[error("a member is not of the form \"key\": value")]
    Member,
}

/// What to do after a key or a value was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// Read on.
    Continue,
    /// End the scan here, with [`Scan::Stopped`].
    Stop,
}

/// Told of each top-level field of an object; offsets count from the object's opening brace.
pub trait Fields {
    /// A key was read, quotes left out, escapes as written; its value begins behind `colon`.
    fn key(&mut self, key: &[u8], colon: usize) -> Visit;

    /// The value of the key read last lies at `start..end`.
    fn value(&mut self, start: usize, end: usize) -> Visit;
}

/// Scans the object that begins at the first byte of `bytes`.
pub fn object(bytes: &[u8], fields: &mut impl Fields) -> Scan {
    Machine::this().object(bytes, None, fields)
}

/// [`object`] as on a machine of which nothing is known; to be compared with it.
pub fn object_on_any_machine(bytes: &[u8], fields: &mut impl Fields) -> Scan {
    Machine::ANY.object(bytes, None, fields)
}

/// Scans on behind a value of the object that `bytes` begin with, one that ends at `at`.
pub fn rest(bytes: &[u8], at: usize, fields: &mut impl Fields) -> Scan {
    Machine::this().object(bytes, Some(at), fields)
}

/// Scans the object that `bytes` begin with, if its first members are those that CloudTrail writes first.
#[must_use]
pub fn usual(bytes: &[u8]) -> Option<(Usual, Scan)> {
    Machine::this().usual(bytes)
}

/// [`usual`] as on all machines that this one can be taken for.
#[cfg(test)]
pub(super) fn usual_on_each_machine(bytes: &[u8]) -> Vec<Option<(Usual, Scan)>> {
    let all = Machine::all().into_iter();
    all.map(|machine| machine.usual(bytes)).collect()
}

/// Finds the end of the object that `at` lies in, at its first level and outside of strings.
///
/// What is passed over is not looked at but for its quotes and brackets.
pub fn end(bytes: &[u8], at: usize) -> Scan {
    closing(bytes, at, Nested::object())
}

/// Finds the end of the array at `at`, like [`end`].
#[must_use]
pub fn end_of_array(bytes: &[u8], at: usize) -> Option<usize> {
    match closing(bytes, at, Nested::value(b'[')) {
        Scan::Complete(end) => Some(end),
        _ => None,
    }
}

fn closing(bytes: &[u8], at: usize, nested: Nested) -> Scan {
    Machine::this().closing(bytes, at, nested)
}

/// Finds the end of the object at `at`.
#[must_use]
pub fn end_of_object(bytes: &[u8], at: usize) -> Option<usize> {
    match end(bytes, at + 1) {
        Scan::Complete(end) => Some(end),
        _ => None,
    }
}

#[inline(always)]
fn closing_by(bytes: &[u8], at: usize, nested: Nested, compare: &impl Compare) -> Scan {
    match nested.closing_bracket(&Lanes { bytes, compare }, at) {
        Ok(end) => Scan::Complete(end + 1),
        Err(scan) => scan,
    }
}

/// Whether `text` is one object or array of sound shape, and nothing else.
#[must_use]
pub fn is_document(text: &str) -> bool {
    let wrapped = match text.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => format!("{{\"\":{text}}}"),
        _ => return false,
    };
    object(wrapped.as_bytes(), &mut Nobody) == Scan::Complete(wrapped.len())
}

/// Wants to know of no field.
struct Nobody;

impl Fields for Nobody {
    fn key(&mut self, _key: &[u8], _colon: usize) -> Visit {
        Visit::Continue
    }

    fn value(&mut self, _start: usize, _end: usize) -> Visit {
        Visit::Continue
    }
}

#[inline(always)]
fn object_by(
    bytes: &[u8],
    behind: Option<usize>,
    fields: &mut impl Fields,
    compare: &impl Compare,
) -> Scan {
    debug_assert_eq!(bytes.first(), Some(&b'{'));
    match members(bytes, behind, fields, &Lanes { bytes, compare }) {
        Err(end) => end,
        Ok(never) => match never {},
    }
}

/// Walks from member to member, from the first or from `behind` a value; what ends the walk is the
/// error.
#[inline(always)]
fn members(
    bytes: &[u8],
    behind: Option<usize>,
    fields: &mut impl Fields,
    lanes: &Lanes<'_, impl Compare>,
) -> Result<Infallible, Scan> {
    let mut at = match behind {
        Some(value_end) => next_member(bytes, value_end)?,
        None => match solid(bytes, 1)? {
            at if bytes[at] == b'}' => return Err(Scan::Complete(at + 1)),
            at => at,
        },
    };
    loop {
        let key_end = match bytes[at] {
            b'"' => lanes.closing_quote(at + 1).ok_or(Scan::Incomplete)?,
            _ => return Err(Scan::Broken(at, ShapeError::Member)),
        };
        let colon = expect(bytes, key_end + 1, b':')?;
        if fields.key(&bytes[at + 1..key_end], colon) == Visit::Stop {
            return Err(Scan::Stopped(colon + 1));
        }
        let start = solid(bytes, colon + 1)?;
        let end = match bytes[start] {
            b'"' => lanes.closing_quote(start + 1).ok_or(Scan::Incomplete)? + 1,
            kind @ (b'{' | b'[') => Nested::value(kind).closing_bracket(lanes, start)? + 1,
            _ => scalar(bytes, start)?,
        };
        if fields.value(start, end) == Visit::Stop {
            return Err(Scan::Stopped(end));
        }
        at = next_member(bytes, end)?;
    }
}

/// Where the member behind a value begins that ends at `end`.
#[inline(always)]
fn next_member(bytes: &[u8], end: usize) -> Result<usize, Scan> {
    let behind = solid(bytes, end)?;
    match bytes[behind] {
        b',' => solid(bytes, behind + 1),
        b'}' => Err(Scan::Complete(behind + 1)),
        _ => Err(Scan::Broken(behind, ShapeError::Member)),
    }
}

/// The first place from `at` on that is not white space.
#[inline(always)]
fn solid(bytes: &[u8], mut at: usize) -> Result<usize, Scan> {
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(_) => return Ok(at),
            None => return Err(Scan::Incomplete),
        }
    }
}

#[inline(always)]
fn expect(bytes: &[u8], at: usize, byte: u8) -> Result<usize, Scan> {
    let at = solid(bytes, at)?;
    if bytes[at] == byte {
        Ok(at)
    } else {
        Err(Scan::Broken(at, ShapeError::Member))
    }
}

/// The end of the number or word at `start`.
#[inline(always)]
fn scalar(bytes: &[u8], start: usize) -> Result<usize, Scan> {
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
    match bytes[start..].iter().position(|b| !word(b)) {
        None => Err(Scan::Incomplete),
        Some(0) => Err(Scan::Broken(start, ShapeError::Member)),
        Some(length) => Ok(start + length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Default, Debug, PartialEq)]
    struct Seen(Vec<(String, String)>);

    struct Collect<'b>(&'b [u8], Seen);

    impl Fields for Collect<'_> {
        fn key(&mut self, key: &[u8], _colon: usize) -> Visit {
            self.1
                .0
                .push((String::from_utf8_lossy(key).into_owned(), String::new()));
            Visit::Continue
        }

        fn value(&mut self, start: usize, end: usize) -> Visit {
            let text = String::from_utf8_lossy(&self.0[start..end]).into_owned();
            self.1.0.last_mut().expect("a key comes first").1 = text;
            Visit::Continue
        }
    }

    fn scan(text: &str) -> (Scan, Vec<(String, String)>) {
        let mut collect = Collect(text.as_bytes(), Seen::default());
        let scan = object(text.as_bytes(), &mut collect);
        (scan, collect.1.0)
    }

    #[test]
    fn reports_the_top_level_fields() {
        let text = r#"{ "a" : 1 , "b":{"c":[1,{"x":"}]"}],"d":":,"}, "e":"\\\"," }, {"next":1}"#;
        let (end, fields) = scan(text);
        assert_eq!(end, Scan::Complete(text.find(", {\"next").unwrap()));
        let fields: Vec<_> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                ("a", "1"),
                ("b", r#"{"c":[1,{"x":"}]"}],"d":":,"}"#),
                ("e", r#""\\\",""#)
            ]
        );
    }

    #[test]
    fn tells_what_is_wrong_with_a_shape() {
        let deep = "{\"a\":".to_owned() + &"[".repeat(127);
        for (text, expected, why) in [
            ("{}", Scan::Complete(2), "an empty object is one"),
            ("{\"a\":1", Scan::Incomplete, "cut off"),
            ("{\"a\":\"}", Scan::Incomplete, "a string without end"),
            (
                "{\"a\":[}",
                Scan::Broken(6, ShapeError::Unpaired),
                "square opened, curly closed",
            ),
            (
                "{\"a\":[{]}",
                Scan::Broken(7, ShapeError::Unpaired),
                "closed before what it holds",
            ),
            ("{\"a\" 1}", Scan::Broken(5, ShapeError::Member), "no colon"),
            ("{a:1}", Scan::Broken(1, ShapeError::Member), "no quotes"),
            (
                "{\"a\":,\"b\":1}",
                Scan::Broken(5, ShapeError::Member),
                "no value",
            ),
            (
                "{\"a\":1:2}",
                Scan::Broken(6, ShapeError::Member),
                "two colons",
            ),
            (
                &deep,
                Scan::Broken(69, ShapeError::TooDeep),
                "noticed at the block that has too many",
            ),
        ] {
            assert_eq!(scan(text).0, expected, "{why}: {text}");
        }
    }

    #[test]
    fn strings_and_escapes_may_lie_anywhere_across_blocks() {
        for pad in 0..130 {
            for tail in [r#"x\\"#, r#"\"}"#, r#"\\\"]"#, r"é{"] {
                let value = format!("\"{}{tail}\"", "p".repeat(pad));
                let text = format!("{{\"k\":{value},\"l\":[{value}]}}");
                let (end, fields) = scan(&text);
                assert_eq!(end, Scan::Complete(text.len()), "{text}");
                assert_eq!(fields[0].1, value);
            }
        }
    }

    #[test]
    fn the_end_is_found_from_any_member_on() {
        let text = r#"{"a":[{"b":"}]\""}],"c":{"d":[[]]},"e":1} , {}"#;
        for member in ["\"a\"", "\"c\"", "\"e\""] {
            assert_eq!(
                end(text.as_bytes(), text.find(member).unwrap()),
                Scan::Complete(text.find(" ,").unwrap()),
                "{member}"
            );
        }
        assert_eq!(end(br#"{"a":[}"#, 1), Scan::Broken(6, ShapeError::Unpaired));
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(
            map in proptest::collection::btree_map("[a-z\"\\\\,:{}]{1,70}", "[a-z\"\\\\,:{}\\[\\]\n]{0,70}", 0..6),
            pretty: bool,
        ) {
            let value = serde_json::json!({"list": [map.clone(), [map.clone()]], "m": map});
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.unwrap();
            let (end, fields) = scan(&text);
            prop_assert_eq!(end, Scan::Complete(text.len()));
            let rebuilt: serde_json::Map<_, _> = fields.into_iter()
                .map(|(k, v)| (serde_json::from_str(&format!("\"{k}\"")).unwrap(), serde_json::from_str(&v).unwrap()))
                .collect();
            prop_assert_eq!(serde_json::Value::Object(rebuilt), value);
        }

        #[test]
        fn every_machine_reads_alike(text in "\\{[\\[\\]{}\",:\\\\ a]{0,200}") {
            for machine in Machine::all() {
                let mut seen = Collect(text.as_bytes(), Seen::default());
                let scanned = machine.object(text.as_bytes(), None, &mut seen);
                prop_assert_eq!((scanned, seen.1.0), scan(&text));
                let ends = machine.closing(text.as_bytes(), 1, Nested::object());
                prop_assert_eq!(ends, end(text.as_bytes(), 1));
            }
        }

        #[test]
        fn never_panics(text in "\\{[\\[\\]{}\",:\\\\ a]{0,200}") {
            scan(&text);
        }
    }
}
