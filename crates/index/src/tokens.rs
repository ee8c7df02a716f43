//! The words that texts consist of: runs of letters and digits, in lower case, as SQLite's tokenizer has
//! them. Those that are mere numbers of something, such as the parts of event ids, are left out: each would
//! stand there once, and they would be most of the index.

use std::collections::HashSet;

use detect::cloudtrail::Record;
use query::LONGEST_RUN;
use sigma::Event as _;

/// Stands for all that a text may hold in disguise: URL-encoded, or as escapes in a document of its own.
pub(crate) const DISGUISED: &str = "xxdisguised";

/// Adds the tokens of all texts of `record`.
pub(crate) fn collect(record: &Record<'_>, tokens: &mut HashSet<String>) {
    record.any_string(&mut |text| {
        if text.contains(['%', '\\']) && !tokens.contains(DISGUISED) {
            tokens.insert(DISGUISED.to_owned());
        }
        for token in split(text).filter(|token| !is_left_out(token)) {
            if !tokens.contains(token) {
                tokens.insert(token.to_ascii_lowercase());
            }
        }
        false
    });
}

/// The tokens of a text, as they stand. Only ASCII counts: what is beyond depends on tables that need not
/// be the same here and in SQLite.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|token| !token.is_empty())
}

/// Whether a token stands in no index: a number of something, or so long that keywords are not looked for
/// in it.
fn is_left_out(token: &str) -> bool {
    token.len() > LONGEST_RUN || (token.len() >= 4 && is_number(token))
}

fn is_number(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether every token with `part` in it is in the index, and not nearly every block has one.
pub(crate) fn is_telling(part: &str) -> bool {
    (3..=LONGEST_RUN).contains(&part.len()) && !is_number(part)
}
