//! Wildcards: `*` for any text, `?` for one character, `\*` and `\?` for themselves.

use crate::fold::{Needle, lower};

/// A pattern, asked without regard to case.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    source: Box<str>,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// No wildcard.
    Text(Needle),
    Glob(Vec<Unit>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Char(char),
    One,
    Any,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    #[must_use]
    pub fn new(source: &str) -> Self {
        let units = units(source);
        let plain = |unit: &Unit| match unit {
            Unit::Char(c) => Some(*c),
            _ => None,
        };
        let shape = match units.iter().map(plain).collect::<Option<String>>() {
            Some(text) => Shape::Text(Needle::new(&text)),
            None => Shape::Glob(units),
        };
        Self {
            source: source.into(),
            shape,
        }
    }

    /// As it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The text, in lower case, that a pattern without wildcards looks for.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(needle) => Some(needle.as_str()),
            Shape::Glob(_) => None,
        }
    }

    /// Whether the whole of `text` fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Text(needle) => crate::fold::same(needle.as_str(), text),
            Shape::Glob(units) => glob(units, &lower(text)),
        }
    }

    /// Whether some part of `text` fits.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Text(needle) => needle.is_in(text),
            Shape::Glob(units) => {
                let mut anywhere = vec![Unit::Any];
                anywhere.extend(units);
                anywhere.push(Unit::Any);
                glob(&anywhere, &lower(text))
            }
        }
    }

    /// What `~` means: the whole text with wildcards, any part of it without.
    #[must_use]
    pub fn like(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Text(needle) => needle.is_in(text),
            Shape::Glob(_) => self.fits(text),
        }
    }
}

fn units(source: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // Two stars in a row say no more than one.
            '*' if units.last() == Some(&Unit::Any) => {}
            '*' => units.push(Unit::Any),
            '?' => units.push(Unit::One),
            '\\' if matches!(chars.peek(), Some('*' | '?' | '\\')) => {
                units.extend(chars.next().map(Unit::Char));
            }
            _ => units.extend(c.to_lowercase().map(Unit::Char)),
        }
    }
    units
}

/// Greedy with one step back: a later star makes the choices of an earlier one irrelevant, so that the
/// work is at most the product of both lengths.
fn glob(units: &[Unit], text: &str) -> bool {
    let mut rest = text.chars();
    let mut at = 0;
    let mut star: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        let before = rest.clone();
        match (units.get(at), rest.next()) {
            (Some(Unit::Any), _) => {
                star = Some((at + 1, before.clone()));
                rest = before;
                at += 1;
            }
            (None, None) => return true,
            (Some(Unit::One), Some(_)) => at += 1,
            (Some(Unit::Char(wanted)), Some(c)) if *wanted == c => at += 1,
            _ => {
                let Some((behind, from)) = &mut star else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                at = *behind;
                rest = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_stand_for_text() {
        for (pattern, text, expected, why) in [
            ("Delete*", "deletetrail", true, "case is ignored"),
            ("*Trail", "DeleteTrail", true, "a star at the start"),
            ("*a*b", "xaybzb", true, "with a step back"),
            ("a?c", "abc", true, "one character"),
            ("a?c", "ac", false, "and not none"),
            (r"a\*", "a*", true, "a star of its own"),
            (r"a\*", "ab", false, "and nothing else"),
            ("*", "", true, "a star for nothing"),
            ("a*", "a\nb", true, "over a line break"),
            ("é*", "ÉA", true, "in any script"),
        ] {
            assert_eq!(
                Pattern::new(pattern).fits(text),
                expected,
                "{why}: {pattern}"
            );
        }
    }

    #[test]
    fn without_a_wildcard_a_part_is_enough() {
        assert!(Pattern::new("trail").like("DeleteTrail"));
        assert!(!Pattern::new("trail*").like("DeleteTrail"));
        assert!(Pattern::new("t?a").is_in("DeleteTrail"));
    }

    #[test]
    fn many_stars_do_not_take_many_turns() {
        assert!(!Pattern::new(&("*a".repeat(300) + "*b")).fits(&"a".repeat(20_000)));
    }

    /// The meaning, without a thought for speed.
    fn slow(units: &[Unit], text: &[char]) -> bool {
        match units.split_first() {
            None => text.is_empty(),
            Some((Unit::Any, rest)) => (0..=text.len()).any(|skip| slow(rest, &text[skip..])),
            Some((unit, rest)) => text.split_first().is_some_and(|(c, text)| {
                (*unit == Unit::One || *unit == Unit::Char(*c)) && slow(rest, text)
            }),
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_meaning(pattern in "[ab*?]{0,7}", text in "[ab]{0,9}") {
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(glob(&units(&pattern), &text), slow(&units(&pattern), &chars));
        }
    }
}
