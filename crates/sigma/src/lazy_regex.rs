//! Regular expressions that are built when they are first asked.
//!
//! To build one takes a hundred times as long as to read it, and of a pack of hundreds most are never
//! asked. What is wrong with one is found when its rule is loaded all the same.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::error::Problem;
use crate::modifier::RegexFlags;

/// The largest built expression, in bytes.
const MAX_BUILT: usize = 1 << 20;

/// How much room a range of characters takes when built, at most, in bytes. That of all letters, 770
/// ranges, takes 60 KB.
const RANGE: usize = 128;

/// How much more a class takes, for its ranges may be long, and each of many of one, two, three and four bytes.
const CLASS: usize = 2_048;

/// How much room anything else takes, at most, in bytes.
const STEP: usize = 256;

/// A regular expression.
#[derive(Debug, Clone)]
pub(crate) struct LazyRegex {
    pattern: Box<str>,
    flags: RegexFlags,
    built: OnceLock<Regex>,
}

impl LazyRegex {
    /// Reads `pattern`.
    ///
    /// # Errors
    /// [`Problem::BadRegex`], [`Problem::RegexTooLarge`].
    pub(crate) fn new(pattern: &str, flags: RegexFlags) -> Result<Self, Problem> {
        let built = match is_sound_and_small(pattern, flags) {
            true => OnceLock::new(),
            false => OnceLock::from(build(pattern, flags)?),
        };
        Ok(Self {
            pattern: pattern.into(),
            flags,
            built,
        })
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let build = || build(&self.pattern, self.flags).expect("it is sound, and short");
        self.built.get_or_init(build).is_match(text)
    }
}

/// Whether the pattern is sound and will surely not be too large. Where that is not sure it is built at once, to
/// see.
fn is_sound_and_small(pattern: &str, flags: RegexFlags) -> bool {
    let mut parser = ParserBuilder::new()
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_all)
        .build();
    parser
        .parse(pattern)
        .is_ok_and(|hir| room(&hir) < MAX_BUILT)
}

/// How much room the expression takes when built, at most. What is repeated is built as often as it must be
/// there, or may be.
fn room(hir: &Hir) -> usize {
    let inside = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len() * STEP,
        HirKind::Class(Class::Unicode(class)) => CLASS + class.ranges().len() * RANGE,
        HirKind::Class(Class::Bytes(class)) => CLASS + class.ranges().len() * RANGE,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            room(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => room(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts
            .iter()
            .fold(0, |sum, part| room(part).saturating_add(sum)),
    };
    inside.saturating_add(STEP)
}

fn build(pattern: &str, flags: RegexFlags) -> Result<Regex, Problem> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_all)
        .size_limit(MAX_BUILT)
        .dfa_size_limit(MAX_BUILT)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => Problem::RegexTooLarge(limit),
        other => Problem::BadRegex(last_line(&other.to_string())),
    })
}

/// The crate draws the pattern above its message; here one line is wanted.
fn last_line(message: &str) -> String {
    let line = message.lines().next_back().unwrap_or_default().trim();
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_is_told_at_once() {
        let flags = RegexFlags::default();
        for pattern in ["(", "a{5,1}", r"\p{Nothing}", "[b-a]"] {
            let error = LazyRegex::new(pattern, flags).unwrap_err();
            assert!(matches!(error, Problem::BadRegex(_)), "{pattern}");
        }
        let error = LazyRegex::new(r"\w{9999}", flags).unwrap_err();
        assert!(matches!(error, Problem::RegexTooLarge(_)));
    }

    #[test]
    fn no_small_pattern_is_too_large() {
        let flags = RegexFlags::default();
        for piece in [
            r"\w",
            r"\W",
            r"[^\w\s]",
            "[^a]",
            "(?i:ſ)",
            r"\w+?",
            "(.|.)+",
            ".",
            "a",
            "[a-f0-9]{8,17}",
            "(a{2}){3}",
            "(x|yz)",
            r"\b",
        ] {
            let fitting =
                (1..5_000).take_while(|times| is_sound_and_small(&piece.repeat(*times), flags));
            let largest = fitting.last().expect("one is small");
            let largest = piece.repeat(largest);
            assert!(
                build(&largest, flags).is_ok(),
                "{piece}: {} bytes",
                largest.len()
            );
        }
    }

    #[test]
    fn what_rules_are_made_of_can_wait() {
        for pattern in [
            r"/i-[0-9a-f]{8,17}$",
            r"(?i)^arn:aws[a-z-]*:iam::[0-9]{12}:role/(admin|power)[^/]*$",
            r"^\w+\.\w+$",
        ] {
            assert!(
                is_sound_and_small(pattern, RegexFlags::default()),
                "{pattern}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_asked(pattern in r"[a-c.*+?|()\[\]^$\\wWdDsSbB-]{0,64}", text in "[a-c ]{0,8}") {
            if let Ok(lazy) = LazyRegex::new(&pattern, RegexFlags::default()) {
                let same = Regex::new(&pattern).map(|regex| regex.is_match(&text));
                prop_assert_eq!(Ok(lazy.is_match(&text)), same);
            }
        }
    }
}
