//! Finds where a record ends and where its top-level fields lie, in one pass over its bytes.
//!
//! Most of a log file is never asked for by any rule, so this pass decides the speed of the whole
//! product. It reads 64 bytes at a time: comparisons over 16 lanes give bit masks of quotes,
//! brackets and separators; a prefix XOR over the quote mask tells which bytes lie inside strings;
//! what remains is visited bit by bit, and below the first level only the brackets are.
//!
//! It checks a record's *shape*: strings closed, brackets paired by kind, no deeper than
//! [`MAX_DEPTH`], keys quoted at the first level. Grammar inside a value is looked at when a rule
//! asks for that value, by [`super::json`].
//!
//! Source: G. Langdale and D. Lemire, *Parsing Gigabytes of JSON per Second*, VLDB Journal 28
//! (2019), section 3.1, for the masks.

use wide::u8x16;

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
    /// The visitor asked to stop.
    Stopped,
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
    /// A member without a quoted key or without a value.
    #[error("a member is not of the form \"key\": value")]
    Member,
}

/// What to do after a field was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// Read on.
    Continue,
    /// End the scan with [`Scan::Stopped`].
    Stop,
}

/// Told of each top-level field of an object; offsets count from the object's opening brace.
pub trait Fields {
    /// A key was read, quotes left out, escapes as written; its value begins behind `colon`.
    fn key(&mut self, key: &[u8], colon: usize) -> Visit;

    /// The value of the key read last lies at `start..end`, white space trimmed.
    fn value(&mut self, start: usize, end: usize);
}

/// Scans the object that begins at the first byte of `bytes`.
pub fn object(bytes: &[u8], fields: &mut impl Fields) -> Scan {
    debug_assert_eq!(bytes.first(), Some(&b'{'));
    let mut walk = Walk {
        bytes,
        fields,
        nesting: 0,
        depth: 0,
        member: 0,
        colon: None,
    };
    let mut strings = Strings::default();
    let mut base = 0;
    for block in bytes.chunks(BLOCK) {
        let masks = Masks::of(block);
        let inside = strings.mask(&masks);
        match walk.block(base, masks.brackets & !inside, masks.separators & !inside) {
            None => base += BLOCK,
            Some(end) => return end,
        }
    }
    Scan::Incomplete
}

const BLOCK: usize = 64;

/// One bit per byte of a block.
struct Masks {
    quotes: u64,
    backslashes: u64,
    brackets: u64,
    separators: u64,
}

impl Masks {
    fn of(block: &[u8]) -> Self {
        let mut padded = [b' '; BLOCK];
        let block: &[u8; BLOCK] = block.try_into().unwrap_or_else(|_| {
            padded[..block.len()].copy_from_slice(block);
            &padded
        });
        let mut masks = Self {
            quotes: 0,
            backslashes: 0,
            brackets: 0,
            separators: 0,
        };
        for (lane, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
            masks.add(lane * 16, u8x16::new(*bytes));
        }
        masks
    }

    #[inline(always)]
    fn add(&mut self, shift: usize, bytes: u8x16) {
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        // `[` and `{`, `]` and `}` differ in bit 5 alone.
        let folded = bytes | u8x16::splat(0x20);
        let bracket = |byte: u8| folded.simd_eq(u8x16::splat(byte));
        let bits = |lanes: u8x16| u64::from(lanes.to_bitmask()) << shift;
        self.quotes |= bits(is(b'"'));
        self.backslashes |= bits(is(b'\\'));
        self.brackets |= bits(bracket(b'{') | bracket(b'}'));
        self.separators |= bits(is(b':') | is(b','));
    }
}

/// Whether the next block begins inside a string, and behind a backslash.
#[derive(Default)]
struct Strings {
    inside: u64,
    escaped: u64,
}

impl Strings {
    /// The bytes that lie in a string: its opening quote counts, its closing one does not.
    #[inline(always)]
    fn mask(&mut self, masks: &Masks) -> u64 {
        let quotes = masks.quotes & !self.escapes(masks.backslashes);
        let inside = prefix_xor(quotes) ^ self.inside;
        // All ones if the block ends inside a string.
        self.inside = ((inside as i64) >> 63) as u64;
        inside
    }

    /// The bytes that a backslash before them escapes.
    #[inline(always)]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        self.escapes_of_runs(backslashes)
    }

    fn escapes_of_runs(&mut self, mut backslashes: u64) -> u64 {
        let mut escaped = self.escaped;
        self.escaped = 0;
        backslashes &= !escaped;
        while backslashes != 0 {
            let at = backslashes.trailing_zeros();
            if at == 63 {
                self.escaped = 1;
                break;
            }
            escaped |= 2 << at;
            backslashes &= !(3 << at);
        }
        escaped
    }
}

/// Bit *n* of the result is the XOR of bits 0 to *n*.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// How far into the object we are.
struct Walk<'b, F> {
    bytes: &'b [u8],
    fields: &'b mut F,
    /// The kinds of the open brackets, innermost in bit 0: 1 for `{`, 0 for `[`.
    nesting: u128,
    depth: u32,
    /// Where the current top-level member begins.
    member: usize,
    /// The colon of the current top-level member, once read.
    colon: Option<usize>,
}

impl<F: Fields> Walk<'_, F> {
    /// Visits what the masks show of one block; tells if the object ends or breaks in it.
    #[inline(always)]
    fn block(&mut self, base: usize, mut brackets: u64, separators: u64) -> Option<Scan> {
        // Below the first level separators are of no interest.
        let mut shallow = if self.depth <= 1 { separators } else { 0 };
        loop {
            let marks = brackets | shallow;
            if marks == 0 {
                return None;
            }
            let bit = marks.trailing_zeros();
            let at = base + bit as usize;
            let behind = !0 << bit << 1;
            let step = if brackets >> bit & 1 == 1 {
                brackets &= behind;
                let step = self.bracket(at);
                shallow = if self.depth == 1 {
                    separators & behind
                } else {
                    0
                };
                step
            } else {
                shallow &= behind;
                self.separator(at)
            };
            if let Err(end) = step {
                return Some(end);
            }
        }
    }

    #[inline(always)]
    fn bracket(&mut self, at: usize) -> Result<(), Scan> {
        let byte = self.bytes[at];
        let kind = u128::from(byte >> 5 & 1);
        // Bit 2 tells closing brackets from opening ones.
        if byte & 4 == 0 {
            if self.depth == MAX_DEPTH {
                return Err(Scan::Broken(at, ShapeError::TooDeep));
            }
            self.nesting = self.nesting << 1 | kind;
            self.depth += 1;
            if self.depth == 1 {
                self.member = at + 1;
            }
            return Ok(());
        }
        if self.nesting & 1 != kind {
            return Err(Scan::Broken(at, ShapeError::Unpaired));
        }
        self.nesting >>= 1;
        self.depth -= 1;
        if self.depth == 0 {
            Err(self.end(at))
        } else {
            Ok(())
        }
    }

    /// A colon or comma at the first level.
    #[inline(always)]
    fn separator(&mut self, at: usize) -> Result<(), Scan> {
        match (self.bytes[at], self.colon) {
            (b':', None) => self.key(at),
            (b',', Some(colon)) => {
                self.value(colon, at)?;
                self.member = at + 1;
                self.colon = None;
                Ok(())
            }
            _ => Err(Scan::Broken(at, ShapeError::Member)),
        }
    }

    #[inline(always)]
    fn key(&mut self, colon: usize) -> Result<(), Scan> {
        let (start, end) = trim(self.bytes, self.member, colon);
        if end < start + 2 || self.bytes[start] != b'"' || self.bytes[end - 1] != b'"' {
            return Err(Scan::Broken(colon, ShapeError::Member));
        }
        self.colon = Some(colon);
        match self.fields.key(&self.bytes[start + 1..end - 1], colon) {
            Visit::Continue => Ok(()),
            Visit::Stop => Err(Scan::Stopped),
        }
    }

    #[inline(always)]
    fn value(&mut self, colon: usize, end: usize) -> Result<(), Scan> {
        let (start, end) = trim(self.bytes, colon + 1, end);
        if start == end {
            return Err(Scan::Broken(end, ShapeError::Member));
        }
        self.fields.value(start, end);
        Ok(())
    }

    /// The closing brace of the object itself.
    fn end(&mut self, at: usize) -> Scan {
        let last = match self.colon {
            Some(colon) => self.value(colon, at),
            None if trim(self.bytes, self.member, at).0 == at => Ok(()),
            None => Err(Scan::Broken(at, ShapeError::Member)),
        };
        last.err().unwrap_or(Scan::Complete(at + 1))
    }
}

/// The part of `start..end` that is not white space at its edges.
#[inline(always)]
fn trim(bytes: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let space = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    while start < end && space(bytes[start]) {
        start += 1;
    }
    while end > start && space(bytes[end - 1]) {
        end -= 1;
    }
    (start, end)
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

        fn value(&mut self, start: usize, end: usize) {
            let text = String::from_utf8_lossy(&self.0[start..end]).into_owned();
            self.1.0.last_mut().expect("a key comes first").1 = text;
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
                "{\"a\" 1}",
                Scan::Broken(7 - 1, ShapeError::Member),
                "no colon",
            ),
            ("{a:1}", Scan::Broken(2, ShapeError::Member), "no quotes"),
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
                Scan::Broken(131, ShapeError::TooDeep),
                "one too many",
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
        fn never_panics(text in "\\{[\\[\\]{}\",:\\\\ a]{0,200}") {
            scan(&text);
        }
    }
}
