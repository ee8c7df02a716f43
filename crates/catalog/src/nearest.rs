//! The known word that a mistyped one most probably meant.

/// The word of `known` closest to `typed`, ignoring case; `None` if none is close.
///
/// Close is a Jaro-Winkler similarity of at least 0.9, which forgives a few slips in a long name and
/// prefers names that begin alike, as API names that mean alike do; or that one holds the words of
/// the other, as `PutBucketPublicAccessBlock` those of `PutPublicAccessBlock`.
pub(crate) fn nearest<'k>(
    typed: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    const CLOSE: f64 = 0.9;
    let lowered = typed.to_lowercase();
    let likeness = |word: &str| {
        let likeness = strsim::jaro_winkler(&lowered, &word.to_lowercase());
        if same_words(typed, word) {
            likeness.max(CLOSE)
        } else {
            likeness
        }
    };
    known
        .into_iter()
        .map(|word| (likeness(word), word))
        .filter(|(likeness, _)| *likeness >= CLOSE)
        .max_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| other.cmp(one)))
        .map(|(_, word)| word)
}

/// Whether all words of the shorter camel-case name occur in the longer, in order, and most of the
/// longer is made of them.
fn same_words(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let (short, long) = (words(short), words(long));
    let mut rest = long.iter();
    short.len() >= 2
        && short.len() + 1 >= long.len()
        && short
            .iter()
            .all(|word| rest.any(|candidate| candidate == word))
}

/// `PutBucketPolicy` into `Put`, `Bucket`, `Policy`.
fn words(name: &str) -> Vec<&str> {
    let starts = name
        .char_indices()
        .filter(|(_, c)| c.is_ascii_uppercase())
        .map(|(at, _)| at);
    let mut bounds: Vec<_> = starts.collect();
    bounds.push(name.len());
    bounds
        .windows(2)
        .map(|pair| &name[pair[0]..pair[1]])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_suggested_or_none() {
        let known = [
            "StopLogging",
            "StartLogging",
            "DeleteTrail",
            "PutBucketPublicAccessBlock",
            "cloudtrail.amazonaws.com",
        ];
        for (typed, expected, why) in [
            ("StopLoging", Some("StopLogging"), "a letter is missing"),
            ("stoplogging", Some("StopLogging"), "only the case differs"),
            (
                "PutPublicAccessBlock",
                Some("PutBucketPublicAccessBlock"),
                "a word is missing",
            ),
            (
                "cloudtrial.amazonaws.com",
                Some("cloudtrail.amazonaws.com"),
                "letters are swapped",
            ),
            ("TerminateInstances", None, "nothing like it"),
            ("", None, "nothing was typed"),
            ("é", None, "not a name at all"),
        ] {
            assert_eq!(nearest(typed, known), expected, "{why}: {typed}");
        }
    }
}
