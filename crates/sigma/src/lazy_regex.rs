//! Regular expressions that are built when they are first asked.
//!
//! To build one takes a hundred times as long as to read it, and of a pack of hundreds most are never
//! asked. What is wrong with one is found when its rule is loaded all the same.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;

use crate::error::Problem;
use crate::modifier::RegexFlags;

/// The largest built expression, in bytes.
const MAX_BUILT: usize = 1 << 20;

/// The longest pattern, in bytes, that cannot become as large as that if it repeats nothing by number and
/// has few classes such as `\w`, of which each stands for hundreds of ranges.
const SHORT: usize = 96;

/// How many classes are few.
const FEW: usize = 8;

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
        let can_wait = is_small(pattern) && is_sound(pattern, flags);
        let built = match can_wait {
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

fn is_small(pattern: &str) -> bool {
    let classes = pattern.matches(['\\', '^']).count();
    pattern.len() <= SHORT && classes <= FEW && !pattern.contains('{')
}

fn is_sound(pattern: &str, flags: RegexFlags) -> bool {
    let mut parser = ParserBuilder::new()
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_all)
        .build();
    parser.parse(pattern).is_ok()
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
        for piece in [
            r"\w", r"\W", r"[^\w\s]", "[^a]", "(?i:ſ)", r"\w+?", "(.|.)+", ".",
        ] {
            let fitting = (1..SHORT).map(|times| piece.repeat(times));
            let largest = fitting
                .filter(|pattern| is_small(pattern))
                .max_by_key(String::len);
            let largest = largest.expect("one is small");
            assert!(build(&largest, RegexFlags::default()).is_ok(), "{largest}");
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
