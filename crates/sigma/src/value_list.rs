//! The values of one line of a rule, of which any or all must match.
//!
//! Invariant: the index gives the answer that asking value by value would give; it only gives it
//! faster when a list is long.

use std::collections::HashSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use crate::event::Value;
use crate::value_test::{TextTest, ValueTest, any_text};
use crate::wildcard::Extent;

/// How many values must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Any,
    All,
}

/// From so many whole words on, they are looked up in a hash set.
const HASH_FROM: usize = 6;
/// From so many fragments on, they are searched for together.
const AUTOMATON_FROM: usize = 4;

/// Tests in the author's order, and an index over those that can be tried together.
#[derive(Debug, Clone)]
pub(crate) struct ValueList {
    link: Link,
    tests: Vec<ValueTest>,
    index: Option<Box<Index>>,
}

impl ValueList {
    pub(crate) fn new(link: Link, tests: Vec<ValueTest>) -> Self {
        let index = match link {
            Link::Any => Index::over(&tests).map(Box::new),
            Link::All => None,
        };
        Self { link, tests, index }
    }

    pub(crate) fn link(&self) -> Link {
        self.link
    }

    /// The tests in the author's order.
    pub(crate) fn tests(&self) -> &[ValueTest] {
        &self.tests
    }

    /// Whether `value` passes as many of the tests as it must.
    pub(crate) fn matches(&self, value: &Value<'_>) -> bool {
        let one = |test: &ValueTest| test.matches(value);
        match (&self.index, self.link) {
            (None, Link::Any) => self.tests.iter().any(one),
            (None, Link::All) => self.tests.iter().all(one),
            (Some(index), _) => {
                any_text(value, &mut |text| index.contains(text))
                    || index.others.iter().any(|other| one(&self.tests[*other]))
            }
        }
    }

    /// Whether an absent field passes: `null` says so.
    pub(crate) fn matches_absence(&self) -> bool {
        match self.link {
            Link::Any => self.tests.iter().any(ValueTest::matches_absence),
            Link::All => self.tests.iter().all(ValueTest::matches_absence),
        }
    }

    /// What it costs, roughly, compared with one short comparison.
    pub(crate) fn cost(&self) -> u32 {
        match &self.index {
            None => self.tests.iter().map(ValueTest::cost).sum(),
            Some(index) => {
                let others = index.others.iter().map(|other| self.tests[*other].cost());
                4 + if index.fragments.is_some() { 12 } else { 0 } + others.sum::<u32>()
            }
        }
    }
}

/// What of a list can be tried together.
#[derive(Debug, Clone)]
struct Index {
    words: Option<Words>,
    fragments: Option<Fragments>,
    /// Which tests must be asked one by one.
    others: Vec<usize>,
}

impl Index {
    fn over(tests: &[ValueTest]) -> Option<Self> {
        let words = Words::of(tests);
        let fragments = Fragments::of(tests);
        if words.is_none() && fragments.is_none() {
            return None;
        }
        let covered = |test: &ValueTest| {
            (words.is_some() && caseless(test, Extent::Whole).is_some())
                || (fragments.is_some() && caseless(test, Extent::Anywhere).is_some())
        };
        let others = (0..tests.len())
            .filter(|index| !covered(&tests[*index]))
            .collect();
        Some(Self {
            words,
            fragments,
            others,
        })
    }

    fn contains(&self, text: &str) -> bool {
        if self
            .words
            .as_ref()
            .is_some_and(|words| words.contains(text))
        {
            return true;
        }
        self.fragments
            .as_ref()
            .is_some_and(|fragments| fragments.is_in(text))
    }
}

/// Whole words in lower case.
#[derive(Debug, Clone)]
struct Words {
    lower: HashSet<Box<[u8]>>,
    longest: usize,
}

impl Words {
    fn of(tests: &[ValueTest]) -> Option<Self> {
        let lower: HashSet<Box<[u8]>> = tests
            .iter()
            .filter_map(|test| caseless(test, Extent::Whole))
            .map(|word| word.as_bytes().into())
            .collect();
        let longest = lower.iter().map(|word| word.len()).max()?;
        (lower.len() >= HASH_FROM).then_some(Self { lower, longest })
    }

    fn contains(&self, text: &str) -> bool {
        const ON_STACK: usize = 128;
        if !text.is_ascii() {
            return self.lower.contains(text.to_lowercase().as_bytes());
        }
        if text.len() > self.longest {
            return false;
        }
        if text.len() > ON_STACK {
            return self.lower.contains(text.to_ascii_lowercase().as_bytes());
        }
        let mut buffer = [0; ON_STACK];
        let lower = &mut buffer[..text.len()];
        lower.copy_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        self.lower.contains(&*lower)
    }
}

/// Pieces of text in lower case, looked for together. What looks for them is built when it is first asked:
/// that takes as long as to read some rules, and of most lists nobody asks.
#[derive(Debug, Clone)]
struct Fragments {
    lower: Box<[Box<str>]>,
    search: OnceLock<Option<AhoCorasick>>,
}

impl Fragments {
    fn of(tests: &[ValueTest]) -> Option<Self> {
        let lower: Box<[Box<str>]> = tests
            .iter()
            .filter_map(|test| caseless(test, Extent::Anywhere))
            .map(Into::into)
            .collect();
        (lower.len() >= AUTOMATON_FROM).then_some(Self {
            lower,
            search: OnceLock::new(),
        })
    }

    fn is_in(&self, text: &str) -> bool {
        let build = || {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(self.lower.iter().map(|fragment| &**fragment))
                .ok()
        };
        match self.search.get_or_init(build) {
            // Folding ASCII in there is enough once the rest is in lower case.
            Some(search) if text.is_ascii() => search.is_match(text),
            Some(search) => search.is_match(&text.to_lowercase()),
            None => {
                let text = text.to_lowercase();
                self.lower.iter().any(|fragment| text.contains(&**fragment))
            }
        }
    }
}

/// The lower-cased text of a test that compares text of this extent without regard to case.
fn caseless(test: &ValueTest, wanted: Extent) -> Option<&str> {
    match test {
        ValueTest::Text(TextTest::Plain(extent, needle))
            if *extent == wanted && !needle.is_cased() =>
        {
            Some(needle.as_str())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Needle;

    proptest! {
        #[test]
        fn the_index_answers_as_asking_one_by_one_does(
            wanted in prop::collection::vec(("[abAkÉ]{0,3}", 0..3_usize, any::<bool>()), 1..12),
            found in prop::collection::vec("[abAkKÉé\u{212a}İ]{0,5}", 1..3),
        ) {
            let extents = [Extent::Whole, Extent::Anywhere, Extent::Start];
            let tests: Vec<_> = wanted
                .iter()
                .map(|(text, extent, cased)| {
                    let needle = Needle::new(text, *cased && text.len() == 1);
                    ValueTest::Text(TextTest::Plain(extents[*extent], needle))
                })
                .collect();
            let value = Value::List(found.iter().map(|text| Value::Str(text.into())).collect());
            let expected = tests.iter().any(|test| test.matches(&value));
            prop_assert_eq!(ValueList::new(Link::Any, tests).matches(&value), expected);
        }
    }

    #[test]
    fn long_words_are_looked_up_too() {
        let words = (0..10).map(|length| "a".repeat(length * 40));
        let tests: Vec<_> = words
            .map(|word| ValueTest::Text(TextTest::Plain(Extent::Whole, Needle::new(&word, false))))
            .collect();
        let list = ValueList::new(Link::Any, tests);
        assert!(list.index.is_some());
        assert!(list.matches(&Value::Str("A".repeat(320).into())));
        assert!(!list.matches(&Value::Str("A".repeat(321).into())));
        assert!(!list.matches(&Value::Str("A".repeat(400).into())));
    }
}
