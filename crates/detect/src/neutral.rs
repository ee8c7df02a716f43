//! Strangers' text made safe to show: one line, bounded, nothing invisible.
//!
//! Names, user agents and error messages of a record are chosen by whoever made the call, which may
//! be an attacker who wants to forge a line of a mail or of a terminal, or to hide part of it.
//!
//! Source: Unicode Standard Annex #9 (bidirectional controls) and Technical Report #36, *Unicode
//! Security Considerations*, section 2.

/// `text` cut to at most `max` characters, with all that could mislead a reader replaced.
///
/// Control characters become their pictures (`␊` for a line break), characters without a glyph and
/// those that turn the reading direction become `<U+202E>`, and a backquote becomes `'`, because
/// our sentences quote with backquotes. A text that was cut ends in `…`, which counts among `max`.
///
/// ```
/// # use detect::neutral::neutral;
/// assert_eq!(neutral("a\nb`c\u{202e}d", 40), "a␊b'c<U+202E>d");
/// assert_eq!(neutral("abcdef", 4), "abc…");
/// ```
#[must_use]
pub fn neutral(text: &str, max: usize) -> String {
    let mut safe = String::with_capacity(text.len().min(max));
    let mut room = max;
    for c in text.chars() {
        let shown = Shown::of(c);
        if shown.width() > room {
            return cut(&safe, max);
        }
        room -= shown.width();
        shown.push_to(&mut safe);
    }
    safe
}

/// The first `max - 1` characters and the sign that there were more.
fn cut(safe: &str, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    safe.chars().take(max - 1).chain(['…']).collect()
}

/// How a character is shown.
enum Shown {
    As(char),
    Escaped(char),
}

impl Shown {
    fn of(c: char) -> Self {
        match c {
            '`' => Self::As('\''),
            '\0'..='\u{1f}' => Self::As(picture(c)),
            '\u{7f}' => Self::As('␡'),
            _ if c.is_control() || is_unseen(c) => Self::Escaped(c),
            _ => Self::As(c),
        }
    }

    fn width(&self) -> usize {
        match *self {
            Self::As(_) => 1,
            Self::Escaped(c) => "<U+>".len() + if u32::from(c) > 0xffff { 5 } else { 4 },
        }
    }

    fn push_to(&self, text: &mut String) {
        match *self {
            Self::As(c) => text.push(c),
            Self::Escaped(c) => text.push_str(&format!("<U+{:04X}>", u32::from(c))),
        }
    }
}

/// The picture of a C0 control: the block at U+2400 keeps their order.
fn picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')
}

/// Whether a character has no glyph of its own, or changes how others are laid out.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' // zero width, direction marks
        | '\u{2028}'..='\u{202e}' // line breaks, embeddings, overrides
        | '\u{2060}'..='\u{206f}' // word joiner, isolates
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fe00}'..='\u{fe0f}' // variation selectors
        | '\u{fff0}'..='\u{fffb}' // interlinear annotations
        | '\u{fffe}' | '\u{ffff}' // no characters, which SQS takes from nobody
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' // tags, more variation selectors
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_mislead_is_replaced_visibly() {
        for (text, expected, why) in [
            ("maria", "maria", "plain text stays"),
            ("玛丽亚 Müller", "玛丽亚 Müller", "so does any script"),
            ("a\r\nBcc: x", "a␍␊Bcc: x", "no second line in a mail"),
            ("\x1b[2J", "␛[2J", "no terminal command"),
            ("gpj.\u{202e}exe", "gpj.<U+202E>exe", "no turned text"),
            ("ad\u{200b}min", "ad<U+200B>min", "no invisible difference"),
            ("x\u{2028}y", "x<U+2028>y", "Unicode has line breaks too"),
            ("a` and `b", "a' and 'b", "our own quotes cannot be closed"),
            ("\u{85}", "<U+0085>", "a C1 control"),
            ("\u{e0041}", "<U+E0041>", "a tag character"),
        ] {
            assert_eq!(neutral(text, 100), expected, "{why}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        for (text, max, expected) in [
            ("äöü", 3, "äöü"),
            ("äöüß", 3, "äö…"),
            ("ab\u{202e}", 5, "ab…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(neutral(text, max), expected);
        }
    }

    proptest! {
        #[test]
        fn is_bounded_and_has_nothing_to_hide(text in "\\PC{0,40}|.{0,40}|[\u{0}-\u{20}`\u{200b}-\u{202f}]{0,40}", max in 0_usize..50) {
            let safe = neutral(&text, max);
            prop_assert!(safe.chars().count() <= max);
            prop_assert!(!safe.chars().any(|c| c == '`' || c.is_control() || is_unseen(c)));
            prop_assert_eq!(neutral(&safe, max), safe, "twice is once");
        }
    }
}
