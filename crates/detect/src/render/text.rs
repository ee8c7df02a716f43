//! Text that fits a column and a shell.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr as _;

use crate::neutral::neutral;

/// The most of a stranger's name or path that is shown, in characters.
const NAME: usize = 200;

/// A name from a record, safe to show.
pub(super) fn name(text: &str) -> String {
    neutral(text, NAME)
}

/// A sentence of ours that may quote strangers: safe like a name, but our own backquotes stay.
#[must_use]
pub fn sentence(text: &str) -> String {
    let parts: Vec<_> = text.split('`').map(|part| neutral(part, 2000)).collect();
    parts.join("`")
}

/// `text` in `width` columns, filled up with blanks or cut with `…`.
pub(super) fn column(text: &str, width: usize) -> String {
    let cut = cut(text, width);
    let blank = width.saturating_sub(cut.width());
    format!("{cut}{:blank$}", "")
}

fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if kept.width() >= width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    Cow::Owned(kept)
}

/// `text` in lines of at most `width` columns.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let wrapped = textwrap::wrap(text, width.max(20));
    wrapped.into_iter().map(Cow::into_owned).collect()
}

/// `text` as one word of a POSIX shell.
pub(super) fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_its_width_in_any_script() {
        for (text, expected) in [
            ("maria", "maria   "),
            ("marianne-the-first", "mariann…"),
            ("玛丽亚玛丽亚", "玛丽亚… "),
            ("", "        "),
        ] {
            assert_eq!(column(text, 8), expected);
            assert_eq!(column(text, 8).replace('…', ".").width(), 8);
        }
    }

    #[test]
    fn a_path_is_one_word_of_the_shell() {
        for (text, expected) in [
            ("logs/a.json.gz", "logs/a.json.gz"),
            ("my logs", "'my logs'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(text), expected);
        }
    }

    #[test]
    fn a_sentence_keeps_our_quotes_and_nothing_else_of_note() {
        assert_eq!(sentence("user `ma\x1bria` left\n"), "user `ma␛ria` left␊");
    }
}
