//! What the unconditional denials of a policy document take back.
//!
//! Only what is surely taken back counts: where a wildcard of an `Allow` may reach further than that of
//! the `Deny`, nothing is. Otherwise whoever writes the document could hide a grant behind a denial.
//!
//! Source: IAM user guide, *Policy evaluation logic* and *AWS JSON policy elements: NotPrincipal*.

use std::borrow::Cow;

use super::policy::{Statement, matches};

/// Every action of IAM.
const ALL_OF_IAM: &str = "iam:*";

/// Every resource that has a name.
const EVERYTHING: &str = "arn:*";

/// The statements of one document that deny something, whatever the circumstances.
#[derive(Debug, Clone, Copy)]
pub(super) struct Denials<'s, 'a>(pub(super) &'s [Statement<'a>]);

impl<'a> Denials<'_, 'a> {
    /// Whether nothing is left of what `allowed` allows.
    pub(super) fn void(&self, allowed: &Statement<'_>) -> bool {
        let actions = patterns(Some(&allowed.actions), allowed.not_actions.as_deref());
        let concerned: Vec<_> = self
            .about_the_same(allowed)
            .filter(|denial| !denial.resources_beyond(allowed))
            .collect();
        let taken = |action: &&str| concerned.iter().any(|denial| denial.takes(action));
        !actions.is_empty() && actions.iter().all(taken)
    }

    /// The only principals that `allowed`, which names everybody, is left for; `None` if there is no
    /// such bound.
    pub(super) fn all_but(&self, allowed: &Statement<'_>) -> Option<Vec<Cow<'a, str>>> {
        let actions = patterns(Some(&allowed.actions), allowed.not_actions.as_deref());
        let denial = self.0.iter().find(|denial| {
            let takes_all = actions.iter().all(|action| denial.takes(action));
            !denial.spared().is_empty() && takes_all && !denial.resources_beyond(allowed)
        })?;
        let spared = denial.spared();
        let are_named = !spared.iter().any(|name| name.contains(['*', '?']));
        are_named.then_some(spared)
    }

    /// Whether the holder of the policy has no right to anything of IAM.
    pub(super) fn all_of_iam(&self) -> bool {
        self.everywhere(ALL_OF_IAM)
    }

    /// Whether the holder of the policy has no right to `action` on anything.
    pub(super) fn everywhere(&self, action: &str) -> bool {
        self.0
            .iter()
            .any(|denial| denial.is_of_identity() && denial.takes(action) && denial.on(EVERYTHING))
    }

    fn about_the_same(&self, allowed: &Statement<'_>) -> impl Iterator<Item = &Statement<'a>> {
        let of_identity = allowed.is_of_identity();
        self.0.iter().filter(move |denial| match of_identity {
            true => denial.is_of_identity(),
            false => denial.is_about_everybody(),
        })
    }
}

impl Statement<'_> {
    /// Whether all that the action pattern stands for is among the actions of this statement.
    fn takes(&self, pattern: &str) -> bool {
        contain(Some(&self.actions), self.not_actions.as_deref(), pattern)
    }

    /// Whether all that the resource pattern stands for is among the resources of this statement.
    fn on(&self, pattern: &str) -> bool {
        match (&self.resources, &self.not_resources) {
            // What a trust policy is about, it does not say.
            (None, None) => true,
            (some, not) => contain(some.as_deref(), not.as_deref(), pattern),
        }
    }

    /// Whether `allowed` may be about resources that this statement is not about.
    fn resources_beyond(&self, allowed: &Statement<'_>) -> bool {
        let mut resources = patterns(
            allowed.resources.as_deref(),
            allowed.not_resources.as_deref(),
        );
        if resources.is_empty() {
            resources.push("*");
        }
        !resources.iter().all(|resource| self.on(resource))
    }
}

/// The patterns of an element and of its negation, which may stand for anything.
fn patterns<'p>(some: Option<&'p [Cow<'_, str>]>, not: Option<&[Cow<'_, str>]>) -> Vec<&'p str> {
    let named = some.unwrap_or_default().iter().map(AsRef::as_ref);
    named.chain(not.map(|_| "*")).collect()
}

/// Whether some pattern, or the negation of others, surely stands for all that `pattern` stands for.
fn contain(some: Option<&[Cow<'_, str>]>, not: Option<&[Cow<'_, str>]>, pattern: &str) -> bool {
    some.unwrap_or_default()
        .iter()
        .any(|wide| contains(wide, pattern))
        || not.is_some_and(|not| not.iter().all(|other| are_apart(other, pattern)))
}

/// Whether `wide` surely matches all that `narrow` matches.
fn contains(wide: &str, narrow: &str) -> bool {
    if !narrow.contains(['*', '?']) {
        return matches(wide, narrow);
    }
    match wide.strip_suffix('*') {
        Some(start) if !start.contains(['*', '?']) => narrow
            .get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start)),
        _ => {
            wide.eq_ignore_ascii_case(narrow) || !wide.is_empty() && wide.bytes().all(|b| b == b'*')
        }
    }
}

/// Whether the two surely match nothing together: their fixed beginnings differ.
fn are_apart(one: &str, other: &str) -> bool {
    let fixed = |pattern: &str| pattern.find(['*', '?']).unwrap_or(pattern.len());
    let length = fixed(one).min(fixed(other));
    match (one.get(..length), other.get(..length)) {
        (Some(one), Some(other)) => !one.eq_ignore_ascii_case(other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_contains_another_if_that_is_sure() {
        for (wide, narrow, expected) in [
            ("*", "s3:*", true),
            ("*:*", "*", false),
            ("s3:*", "s3:Get*", true),
            ("S3:get*", "s3:GetObject", true),
            ("s3:Get*", "s3:*", false),
            ("s3:*Object", "s3:Get*Object", false),
            ("s3:*Object", "s3:*object", true),
            ("s3:?", "s3:*", false),
            ("é*", "e*", false),
        ] {
            assert_eq!(contains(wide, narrow), expected, "{wide} {narrow}");
        }
    }

    #[test]
    fn patterns_are_apart_if_they_begin_differently() {
        for (one, other, expected) in [
            ("s3:*", "iam:*", true),
            ("s3:GetObject", "s3:GetObjectAcl", false),
            ("s*", "iam:*", true),
            ("*", "iam:*", false),
            ("IAM:Get*", "iam:*", false),
        ] {
            assert_eq!(are_apart(one, other), expected, "{one} {other}");
        }
    }

    proptest! {
        /// Checked against all words of up to three letters.
        #[test]
        fn what_is_sure_is_true(wide in "[ab*?]{0,4}", narrow in "[ab*?]{0,4}") {
            let words: Vec<String> = (0..=3_u32)
                .flat_map(|n| (0..2_u32.pow(n)).map(move |bits| {
                    (0..n).map(|i| if bits >> i & 1 == 0 { 'a' } else { 'b' }).collect()
                }))
                .collect();
            for word in &words {
                if contains(&wide, &narrow) && matches(&narrow, word) {
                    prop_assert!(matches(&wide, word), "{wide} {narrow} {word}");
                }
                if are_apart(&wide, &narrow) {
                    prop_assert!(!(matches(&wide, word) && matches(&narrow, word)));
                }
            }
        }
    }
}
