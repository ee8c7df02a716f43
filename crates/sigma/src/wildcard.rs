//! Wildcards: `*` for any characters, `?` for one, on one line.
//!
//! Invariants: neither wildcard matches a line break, as in the regular expressions that other
//! Sigma tools turn them into; the time needed is at most text length times pattern length.
//!
//! ASCII patterns on ASCII text are matched by hand. Where case is ignored beyond ASCII, what equals
//! what is decided by the `regex` crate's simple case folding, built the first time it is needed.
//!
//! Source: Sigma specification 2.1, "Wildcards"; `docs/decisions` for the cases it leaves open.

use std::sync::OnceLock;

use regex::Regex;
use rsigma_parser::SigmaString;
use rsigma_parser::value::{SpecialChar, StringPart};

use crate::text::find_ignore_case;

/// The characters that `windash` puts in place of each other: `-`, `/`, en dash, em dash, bar.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// Which part of the text a pattern speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Its beginning.
    Start,
    /// Its end.
    End,
    /// Any part.
    Anywhere,
}

/// A pattern with wildcards, prepared once.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    /// What stands between the stars; never empty, so that `*` alone is two empty segments.
    segments: Vec<Segment>,
    extent: Extent,
    cased: bool,
    folding: Folding,
}

/// Who decides what is equal.
#[derive(Debug, Clone)]
enum Folding {
    /// The matcher here, for any text.
    ByHand,
    /// The matcher here for ASCII text, else this regular expression.
    BeyondAscii(Box<str>, OnceLock<Regex>),
    /// Always this regular expression.
    Always(Regex),
}

/// What stands between two stars.
#[derive(Debug, Clone, Default)]
struct Segment {
    units: Vec<Unit>,
    /// Its length in characters, the same in every text that it matches.
    chars: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Unit {
    /// Lower-cased unless the pattern is cased.
    Text(Box<str>),
    /// `?`
    One,
    /// Any of [`DASHES`].
    Dash,
}

impl Glob {
    /// Prepares a pattern; with `dashes`, every `-` in it stands for any dash.
    pub(crate) fn new(parts: &[StringPart], extent: Extent, cased: bool, dashes: bool) -> Self {
        let segments = segments(parts, cased, dashes);
        let has_wildcard = parts
            .iter()
            .any(|part| matches!(part, StringPart::Special(_)));
        let (mut ascii, mut break_) = (true, false);
        for part in parts {
            if let StringPart::Plain(text) = part {
                ascii &= text.is_ascii();
                break_ |= text.contains('\n');
            }
        }
        let folding = if break_ || (has_wildcard && !cased && !ascii) {
            Folding::Always(compile(&expression(parts, extent, cased, dashes)))
        } else if has_wildcard && !cased {
            let expression = expression(parts, extent, cased, dashes);
            Folding::BeyondAscii(expression.into(), OnceLock::new())
        } else {
            Folding::ByHand
        };
        Self {
            segments,
            extent,
            cased,
            folding,
        }
    }

    /// Whether `text` fits the pattern.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.folding {
            Folding::Always(regex) => regex.is_match(text),
            Folding::BeyondAscii(expression, regex) if !text.is_ascii() => {
                regex.get_or_init(|| compile(expression)).is_match(text)
            }
            // Dashes without wildcards are a list of plain values, which are lower-cased.
            Folding::ByHand if !self.cased && !text.is_ascii() => self.fits(&text.to_lowercase()),
            Folding::BeyondAscii(..) | Folding::ByHand => self.fits(text),
        }
    }

    /// A pattern without line breaks lies within one line.
    fn fits(&self, text: &str) -> bool {
        let plain = self.segments.len() == 1;
        match self.extent {
            Extent::Whole => self.fits_line(text, true, true) && !text.contains('\n'),
            Extent::Start => self.fits_line(first_line(text), true, false),
            Extent::End => self.fits_line(last_line(text), false, true),
            Extent::Anywhere if plain => self.segments[0].find(text, self.cased).is_some(),
            Extent::Anywhere => text
                .split('\n')
                .any(|line| self.fits_line(line, false, false)),
        }
    }

    /// Leftmost segments first: where one fits early, it leaves the others the most room.
    fn fits_line(&self, line: &str, from_start: bool, to_end: bool) -> bool {
        let mut rest = line;
        let mut segments = self.segments.as_slice();
        if from_start && let Some((first, others)) = segments.split_first() {
            let Some(length) = first.length_at(rest, self.cased) else {
                return false;
            };
            if others.is_empty() {
                return !to_end || length == rest.len();
            }
            rest = &rest[length..];
            segments = others;
        }
        let last = if to_end { segments.split_last() } else { None };
        let middle = last.map_or(segments, |(_, middle)| middle);
        for segment in middle {
            let Some(end) = segment.find(rest, self.cased) else {
                return false;
            };
            rest = &rest[end..];
        }
        last.is_none_or(|(last, _)| last.ends(rest, self.cased))
    }
}

impl Segment {
    /// How many bytes of `text` this takes from its beginning, if it fits there.
    fn length_at(&self, text: &str, cased: bool) -> Option<usize> {
        let mut rest = text;
        for unit in &self.units {
            rest = unit.strip(rest, cased)?;
        }
        Some(text.len() - rest.len())
    }

    /// The end of the leftmost place in `text` where this fits.
    fn find(&self, text: &str, cased: bool) -> Option<usize> {
        let mut from = 0;
        loop {
            from += self.candidate(&text[from..], cased)?;
            if let Some(length) = self.length_at(&text[from..], cased) {
                return Some(from + length);
            }
            from += text[from..].chars().next()?.len_utf8();
        }
    }

    /// The next place that is worth a look.
    fn candidate(&self, text: &str, cased: bool) -> Option<usize> {
        match self.units.first() {
            Some(Unit::Text(first)) if cased => text.find(&**first),
            Some(Unit::Text(first)) if first.is_ascii() => {
                find_ignore_case(text.as_bytes(), first.as_bytes())
            }
            _ => Some(0),
        }
    }

    /// Whether `text` ends with this.
    fn ends(&self, text: &str, cased: bool) -> bool {
        let Some(skipped) = text.chars().count().checked_sub(self.chars) else {
            return false;
        };
        let start = text
            .char_indices()
            .nth(skipped)
            .map_or(text.len(), |(start, _)| start);
        self.length_at(&text[start..], cased).is_some()
    }
}

impl Unit {
    /// What is left of `text` after this, if it fits.
    fn strip<'t>(&self, text: &'t str, cased: bool) -> Option<&'t str> {
        match self {
            Unit::Text(own) if cased => text.strip_prefix(&**own),
            Unit::Text(own) => {
                let head = text.as_bytes().get(..own.len())?;
                let fits = head.eq_ignore_ascii_case(own.as_bytes());
                fits.then(|| &text[own.len()..])
            }
            Unit::One => {
                let mut rest = text.chars();
                rest.next()
                    .filter(|one| *one != '\n')
                    .map(|_| rest.as_str())
            }
            Unit::Dash => text.strip_prefix(DASHES),
        }
    }
}

fn segments(parts: &[StringPart], cased: bool, dashes: bool) -> Vec<Segment> {
    let mut segments = vec![Segment::default()];
    for part in parts {
        if *part == StringPart::Special(SpecialChar::WildcardMulti) {
            segments.push(Segment::default());
            continue;
        }
        if let Some(segment) = segments.last_mut() {
            segment.units.extend(units(part, cased, dashes));
        }
    }
    for segment in &mut segments {
        segment.chars = segment.units.iter().map(Unit::chars).sum();
    }
    segments
}

impl Unit {
    fn text(text: &str, cased: bool) -> Self {
        Unit::Text(if cased {
            text.into()
        } else {
            text.to_lowercase().into()
        })
    }

    fn chars(&self) -> usize {
        match self {
            Unit::Text(text) => text.chars().count(),
            Unit::One | Unit::Dash => 1,
        }
    }
}

fn units(part: &StringPart, cased: bool, dashes: bool) -> Vec<Unit> {
    match part {
        StringPart::Special(_) => vec![Unit::One],
        StringPart::Plain(text) if dashes => {
            let mut units = Vec::new();
            for (index, piece) in text.split('-').enumerate() {
                if index > 0 {
                    units.push(Unit::Dash);
                }
                if !piece.is_empty() {
                    units.push(Unit::text(piece, cased));
                }
            }
            units
        }
        StringPart::Plain(text) => vec![Unit::text(text, cased)],
    }
}

/// The parts of a pattern, with one star where several stand side by side, which say no more.
pub(crate) fn simplified(text: &SigmaString) -> Vec<StringPart> {
    let star = StringPart::Special(SpecialChar::WildcardMulti);
    let mut parts = text.parts.to_vec();
    parts.dedup_by(|part, before| *part == star && *before == star);
    parts
}

/// The same pattern as a regular expression.
fn expression(parts: &[StringPart], extent: Extent, cased: bool, dashes: bool) -> String {
    let mut expression = String::from(if cased { "" } else { "(?i)" });
    if matches!(extent, Extent::Whole | Extent::Start) {
        expression.push('^');
    }
    for part in parts {
        match part {
            StringPart::Special(SpecialChar::WildcardMulti) => expression.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => expression.push('.'),
            StringPart::Plain(text) => {
                let escaped = regex::escape(text);
                let class = "[-/\u{2013}\u{2014}\u{2015}]";
                expression.push_str(&if dashes {
                    escaped.replace("\\-", class)
                } else {
                    escaped
                });
            }
        }
    }
    if matches!(extent, Extent::Whole | Extent::End) {
        expression.push('$');
    }
    expression
}

fn compile(expression: &str) -> Regex {
    Regex::new(expression).expect("escaped text of bounded length is a valid expression")
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn glob(pattern: &str, extent: Extent) -> Glob {
        Glob::new(&SigmaString::new(pattern).parts, extent, false, false)
    }

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, text, expected, why) in [
            ("a*c", "abc", true, "a star stands for some"),
            ("a*c", "ac", true, "or for none"),
            ("a*c", "abcd", false, "the whole text counts"),
            ("a?c", "abc", true, "a question mark for one"),
            ("a?c", "ac", false, "and exactly one"),
            ("A*C", "aXXc", true, "case is ignored"),
            ("*", "", true, "a star fits nothing"),
            ("*", "anything", true, "and anything"),
            ("*b*", "abc", true, "somewhere"),
            ("a*b*c", "a-b-b-c", true, "with room to choose"),
            ("a*a", "a", false, "stars do not share characters"),
            ("ab*ba", "aba", false, "ends do not overlap"),
            ("a*c", "a\nc", false, "a line break is not crossed"),
            ("a?c", "a\nc", false, "nor taken for a character"),
            ("a*", "a\n", false, "not even at the end"),
            (r"a\*c", "a*c", true, "an escaped star is a star"),
            (r"a\*c", "abc", false, "and only that"),
            (r"a\?*", "a?x", true, "escapes and wildcards together"),
            (r"a\\*", r"a\x", true, "an escaped backslash before a star"),
            ("k?", "\u{212a}é", true, "beyond ASCII, case folds"),
            ("é*", "Éa", true, "in the pattern too"),
        ] {
            assert_eq!(
                glob(pattern, Extent::Whole).matches(text),
                expected,
                "{why}: {pattern} {text:?}"
            );
        }
    }

    #[test]
    fn an_extent_frees_one_end_or_both() {
        for (extent, text, expected) in [
            (Extent::Start, "axbyy\nz", true),
            (Extent::Start, "yaxb", false),
            (Extent::Start, "a\nb", false),
            (Extent::End, "z\nyyaxb", true),
            (Extent::End, "axby", false),
            (Extent::Anywhere, "..\n.axb.\n", true),
            (Extent::Anywhere, "a\nb", false),
            (Extent::Anywhere, "a\nab", true),
        ] {
            assert_eq!(
                glob("a*b", extent).matches(text),
                expected,
                "{extent:?} {text:?}"
            );
        }
    }

    #[test]
    fn any_dash_stands_for_a_dash() {
        let parts = SigmaString::new("-Enc *").parts;
        let dashed = Glob::new(&parts, Extent::Whole, false, true);
        for text in ["-enc x", "/ENC x", "–enc x", "—enc ", "―enc -"] {
            assert!(dashed.matches(text), "{text}");
        }
        assert!(!dashed.matches("_enc x"));
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is about the time it takes"
    )]
    fn many_stars_do_not_take_many_turns() {
        let pattern = "*a".repeat(500) + "*b";
        let started = std::time::Instant::now();
        assert!(!glob(&pattern, Extent::Anywhere).matches(&"a".repeat(100_000)));
        assert!(started.elapsed().as_secs() < 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_matcher_agrees_with_the_regular_expression(
            pattern in r"[aAkK*?*é\n-]{0,7}", text in "[aAkKé\u{212a}ßſ\n/-]{0,10}",
            cased: bool, dashes: bool,
            extent in prop::sample::select(vec![Extent::Whole, Extent::Start, Extent::End, Extent::Anywhere]),
        ) {
            let parts = SigmaString::new(&pattern).parts;
            prop_assume!(cased || parts.iter().any(|part| matches!(part, StringPart::Special(_))));
            let expected = compile(&expression(&parts, extent, cased, dashes)).is_match(&text);
            let actual = Glob::new(&parts, extent, cased, dashes).matches(&text);
            prop_assert_eq!(actual, expected, "{} {:?}", pattern, text);
        }
    }
}
