//! English verbs: phrases are written in the base form, which both the deed and the attempt need.

/// The past tense of what `phrase` begins with: `create a user` becomes `created a user`.
pub(super) fn past(phrase: &str) -> String {
    let (verb, rest) = match phrase.find(' ') {
        Some(end) => phrase.split_at(end),
        None => (phrase, ""),
    };
    format!("{}{rest}", past_of(verb))
}

const IRREGULAR: [(&str, &str); 23] = [
    ("begin", "began"),
    ("find", "found"),
    ("get", "got"),
    ("give", "gave"),
    ("keep", "kept"),
    ("leave", "left"),
    ("let", "let"),
    ("make", "made"),
    ("put", "put"),
    ("read", "read"),
    ("reset", "reset"),
    ("run", "ran"),
    ("scan", "scanned"),
    ("see", "saw"),
    ("send", "sent"),
    ("set", "set"),
    ("shut", "shut"),
    ("stop", "stopped"),
    ("swap", "swapped"),
    ("take", "took"),
    ("transfer", "transferred"),
    ("withdraw", "withdrew"),
    ("write", "wrote"),
];

fn past_of(verb: &str) -> String {
    if let Some((_, past)) = IRREGULAR.iter().find(|(base, _)| *base == verb) {
        return (*past).to_owned();
    }
    let stem = verb.strip_suffix('y');
    match stem.filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        Some(stem) => format!("{stem}ied"),
        None if verb.ends_with('e') => format!("{verb}d"),
        None => format!("{verb}ed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_of_every_kind() {
        for (base, expected) in [
            ("create a user", "created a user"),
            ("attach it", "attached it"),
            ("modify", "modified"),
            ("deploy it", "deployed it"),
            ("stop logging", "stopped logging"),
            ("put it there", "put it there"),
        ] {
            assert_eq!(past(base), expected);
        }
    }
}
