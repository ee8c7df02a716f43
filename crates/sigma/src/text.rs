//! Comparing text with or without regard to case.
//!
//! Invariant: without regard to case means equal after Unicode lower-casing of both sides. ASCII
//! text, which nearly all of it is, is compared in place; only other text is copied.
//!
//! Source: Sigma specification 2.1, "All values are treated as case-insensitive strings".

use std::borrow::Cow;

/// Text to look for, prepared once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Needle {
    /// Lower-cased unless `cased`.
    text: Box<str>,
    cased: bool,
}

impl Needle {
    pub(crate) fn new(text: &str, cased: bool) -> Self {
        let text = if cased {
            text.into()
        } else {
            text.to_lowercase().into()
        };
        Self { text, cased }
    }

    /// The text as it is compared.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_cased(&self) -> bool {
        self.cased
    }

    /// Whether `text` is the needle.
    pub(crate) fn equals(&self, text: &str) -> bool {
        if self.cased {
            return *self.text == *text;
        }
        if text.is_ascii() {
            return text.eq_ignore_ascii_case(&self.text);
        }
        text.to_lowercase() == *self.text
    }

    /// Whether `text` begins with the needle.
    pub(crate) fn starts(&self, text: &str) -> bool {
        if self.cased {
            return text.starts_with(&*self.text);
        }
        if text.is_ascii() {
            let head = text.as_bytes().get(..self.text.len());
            return head.is_some_and(|head| head.eq_ignore_ascii_case(self.text.as_bytes()));
        }
        text.to_lowercase().starts_with(&*self.text)
    }

    /// Whether `text` ends with the needle.
    pub(crate) fn ends(&self, text: &str) -> bool {
        if self.cased {
            return text.ends_with(&*self.text);
        }
        if text.is_ascii() {
            let start = text.len().checked_sub(self.text.len());
            let tail = start.map(|start| &text.as_bytes()[start..]);
            return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(self.text.as_bytes()));
        }
        text.to_lowercase().ends_with(&*self.text)
    }

    /// Whether the needle is somewhere in `text`.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        if self.cased {
            return text.contains(&*self.text);
        }
        if text.is_ascii() {
            return find_ignore_case(text.as_bytes(), self.text.as_bytes()).is_some();
        }
        text.to_lowercase().contains(&*self.text)
    }
}

/// Where `needle`, which is lower case, first stands in ASCII `text`, in whatever case.
pub(crate) fn find_ignore_case(text: &[u8], needle: &[u8]) -> Option<usize> {
    let Some(&first) = needle.first() else {
        return Some(0);
    };
    let last_start = text.len().checked_sub(needle.len())?;
    let heads = &text[..=last_start];
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), heads)
        .find(|&start| text[start..start + needle.len()].eq_ignore_ascii_case(needle))
}

/// `text` in lower case, borrowed if it is so already.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(text.to_lowercase());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_is_ignored_as_unicode_lower_casing_does() {
        for (needle, text, equal, why) in [
            ("ConsoleLogin", "consolelogin", true, "ASCII"),
            ("ÄRGER", "ärger", true, "beyond ASCII"),
            ("k", "\u{212a}", true, "the Kelvin sign lower-cases to k"),
            ("\u{212a}", "K", true, "and in the rule"),
            ("İ", "i\u{307}", true, "İ lower-cases to two characters"),
            ("İ", "i", false, "which are not one i"),
            (
                "STRASSE",
                "straße",
                false,
                "ß stays itself: this is not case folding",
            ),
            ("ſ", "s", false, "the long s is lower case already"),
            ("ΑΣ", "ας", true, "a final sigma"),
            ("", "", true, "nothing equals nothing"),
            ("", "x", false, "and only that"),
        ] {
            assert_eq!(
                Needle::new(needle, false).equals(text),
                equal,
                "{why}: {needle} {text}"
            );
        }
    }

    #[test]
    fn cased_text_is_compared_byte_by_byte() {
        let needle = Needle::new("Root", true);
        assert!(needle.equals("Root") && !needle.equals("root"));
        assert!(needle.starts("Root!") && !needle.starts("rOot!"));
        assert!(needle.ends("aRoot") && !needle.ends("aroot"));
        assert!(needle.is_in("aRoota") && !needle.is_in("aroota"));
    }

    proptest! {
        #[test]
        fn the_ascii_path_agrees_with_lower_casing_everything(
            needle in "[aAbBkKé]{0,4}", text in "[aAbBkKé\u{212a}İß]{0,8}"
        ) {
            let (small, wide) = (needle.to_lowercase(), text.to_lowercase());
            let needle = Needle::new(&needle, false);
            prop_assert_eq!(needle.equals(&text), wide == small);
            prop_assert_eq!(needle.starts(&text), wide.starts_with(&small));
            prop_assert_eq!(needle.ends(&text), wide.ends_with(&small));
            prop_assert_eq!(needle.is_in(&text), wide.contains(&small));
            prop_assert_eq!(lower(&text), wide);
        }
    }
}
