//! Words looked for in all texts of a record.

use std::borrow::Cow;

use detect::cloudtrail::Record;
use sigma::Event as _;

use crate::pattern::Pattern;

/// The longest run of letters and digits that a keyword is looked for in, unless it has a longer one itself.
pub const LONGEST_RUN: usize = 64;

/// Whether some text in the record has `pattern` in it.
pub(crate) fn keyword(pattern: &Pattern, record: &Record<'_>) -> bool {
    if pattern
        .plain()
        .is_some_and(|text| cannot_hold(record.text(), text, pattern))
    {
        return false;
    }
    let anywhere = longest_run(pattern.as_str()) > LONGEST_RUN;
    record.any_string(&mut |text| {
        pattern.is_in(text) && (anywhere || pattern.is_in(&without_long_runs(text)))
    })
}

/// Whether the record as written shows at a glance that none of its texts has `text` in it: it would stand
/// there as it is, unless escaped.
pub(crate) fn cannot_hold(written: &str, text: &str, pattern: &Pattern) -> bool {
    let stays_as_it_is = text.is_ascii()
        && !text
            .bytes()
            .any(|b| b.is_ascii_control() || b"\"\\/".contains(&b));
    stays_as_it_is && !pattern.is_in(written) && !written.contains("\\u")
}

fn is_no_part(c: char) -> bool {
    !c.is_ascii_alphanumeric()
}

fn longest_run(text: &str) -> usize {
    text.split(is_no_part).map(str::len).max().unwrap_or(0)
}

/// The text with a blank in place of each long run.
fn without_long_runs(text: &str) -> Cow<'_, str> {
    if longest_run(text) <= LONGEST_RUN {
        return Cow::Borrowed(text);
    }
    let mut short = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_no_part) {
        let run = piece.trim_end_matches(is_no_part);
        short.push_str(if run.len() > LONGEST_RUN { " " } else { run });
        short.push_str(&piece[run.len()..]);
    }
    Cow::Owned(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_signatures_do_not_count() {
        let signature = "maria".repeat(20);
        assert_eq!(without_long_runs(&format!("a/{signature}-b")), "a/ -b");
        assert_eq!(without_long_runs("maria"), "maria");
    }
}
