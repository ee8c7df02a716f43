//! Did you mean …? The known word closest to a mistyped one.

/// The word of `known` that `typed` most probably meant; `None` if none is close.
///
/// Close means: at most one edit for up to four letters, two for up to eight, three beyond, after
/// lower-casing.
pub(crate) fn nearest<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let allowed = match typed.chars().count() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(&typed, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}

/// ` (did you mean ‘…’?)` for the end of a sentence, or nothing.
pub(crate) fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_closest_word_or_none() {
        let known = ["contains", "startswith", "endswith", "re", "all"];
        for (typed, expected, why) in [
            ("contain", Some("contains"), "a letter is missing"),
            ("startwith", Some("startswith"), "a common slip"),
            ("Contains", Some("contains"), "only the case differs"),
            ("al", Some("all"), "one edit in a short word"),
            ("regex", None, "too far from `re`"),
            ("", None, "nothing was typed"),
        ] {
            assert_eq!(nearest(typed, known), expected, "{why}: {typed}");
        }
    }
}
