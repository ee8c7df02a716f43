//! Text that fits a column and a shell.

use std::borrow::Cow;

use textwrap::core::Word;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::neutral::neutral;

/// The most of a stranger's name or path that is shown, in characters.
const NAME: usize = 200;

/// A name from a record, safe to show.
#[must_use]
pub fn name(text: &str) -> String {
    neutral(text, NAME)
}

/// A sentence of ours that may quote strangers: safe like a name, but our own backquotes stay.
#[must_use]
pub fn sentence(text: &str) -> String {
    let parts: Vec<_> = text.split('`').map(|part| neutral(part, 2000)).collect();
    parts.join("`")
}

/// `text` in `width` columns, filled up with blanks or cut with `…`.
#[must_use]
pub fn column(text: &str, width: usize) -> String {
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

/// Prose in lines of at most `width` columns.
#[must_use]
pub fn lines(text: &str, width: usize) -> Vec<String> {
    wrap(text, width, true)
}

/// A value in lines of `width` columns, broken at blanks only: a name or an ARN stays whole, to be
/// copied, even if it is longer.
pub(super) fn value_lines(text: &str, width: usize) -> Vec<String> {
    wrap(text, width, false)
}

fn wrap(text: &str, width: usize, break_words: bool) -> Vec<String> {
    let options = textwrap::Options::new(width.max(20))
        .word_separator(textwrap::WordSeparator::Custom(words))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(break_words);
    let wrapped = textwrap::wrap(text, options);
    wrapped.into_iter().map(Cow::into_owned).collect()
}

/// Where a line may be broken: after blanks, and beside characters that are words by themselves, as
/// in Chinese. Unicode allows more, such as after the `/` and `-` that names of AWS are full of.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let pieces = textwrap::WordSeparator::UnicodeBreakProperties.find_words(line);
    let mut ends: Vec<usize> = Vec::new();
    let mut end = 0;
    for piece in pieces {
        let start = end;
        end += piece.word.len() + piece.whitespace.len();
        if start > 0 && !may_break(&line[..start], &line[start..]) {
            ends.pop();
        }
        ends.push(end);
    }
    let starts = std::iter::once(0).chain(ends.clone());
    Box::new(
        starts
            .zip(ends)
            .map(|(start, end)| Word::from(&line[start..end])),
    )
}

fn may_break(before: &str, after: &str) -> bool {
    let stands_alone = |c: char| c.width() == Some(2);
    before.ends_with(' ')
        || before.chars().next_back().is_some_and(stands_alone)
        || after.chars().next().is_some_and(stands_alone)
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
    fn lines_are_broken_between_words_of_any_script() {
        for (text, expected) in [
            (
                "user maria deleted the trail",
                vec!["user maria deleted", "the trail"],
            ),
            (
                "in arn:aws:iam::1:role/a-b-c",
                vec!["in", "arn:aws:iam::1:role/", "a-b-c"],
            ),
            (
                "玛丽亚删除了跟踪并停止了日志",
                vec!["玛丽亚删除了跟踪并停", "止了日志"],
            ),
        ] {
            assert_eq!(lines(text, 20), expected);
        }
        let arn = "arn:aws:iam::111122223333:role/a-b-c";
        assert_eq!(value_lines(arn, 20), [arn]);
    }

    #[test]
    fn a_sentence_keeps_our_quotes_and_nothing_else_of_note() {
        assert_eq!(sentence("user `ma\x1bria` left\n"), "user `ma␛ria` left␊");
    }
}
