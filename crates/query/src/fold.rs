//! Text without regard to case.

use std::borrow::Cow;

/// The letters of ASCII from the commonest in log files to the rarest; digits and signs lie between.
const COMMON: &[u8] = b"eatisnorclmdupg0123456789hfwb-.:/yvkxzjq";

/// Whether two texts are the same but for case; nothing beyond ASCII is the same as something in it.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!a.is_ascii() && !b.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// The text in lower case; borrowed where it is.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// A text in lower case, looked for in others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    text: Box<str>,
    /// Where its rarest byte stands: the fewer candidates, the faster.
    rare: usize,
}

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let rank = |byte: u8| {
            COMMON
                .iter()
                .position(|&b| b == byte)
                .unwrap_or(COMMON.len())
        };
        let ranked = text.bytes().enumerate();
        let rare = ranked
            .max_by_key(|&(_, byte)| rank(byte))
            .map_or(0, |(at, _)| at);
        Self {
            text: text.into(),
            rare,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it stands anywhere in `text`.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        if self.text.is_ascii() {
            self.is_in_bytes(text.as_bytes())
        } else {
            text.to_lowercase().contains(&*self.text)
        }
    }

    fn is_in_bytes(&self, text: &[u8]) -> bool {
        let needle = self.text.as_bytes();
        let Some(&rare) = needle.get(self.rare) else {
            return true;
        };
        let last = text
            .len()
            .checked_sub(needle.len())
            .map(|room| room + self.rare);
        let Some(last) = last else { return false };
        let mut from = self.rare;
        while from <= last {
            let rest = &text[from..=last];
            let Some(found) = memchr::memchr2(rare, rare.to_ascii_uppercase(), rest) else {
                return false;
            };
            let start = from + found - self.rare;
            if text[start..start + needle.len()].eq_ignore_ascii_case(needle) {
                return true;
            }
            from += found + 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_needle_is_found_where_it_stands(text in "[aBcQ é/]{0,12}", needle in "[abCq É/]{0,3}") {
            let expected = text.to_lowercase().contains(&needle.to_lowercase());
            prop_assert_eq!(Needle::new(&needle).is_in(&text), expected);
        }

        #[test]
        fn case_makes_no_difference(text in "[aBé]{0,4}") {
            prop_assert!(same(&text, &text.to_uppercase().to_lowercase()));
        }
    }
}
