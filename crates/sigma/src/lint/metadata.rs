//! What a document should say about itself.

use crate::condition::Condition;
use crate::filter::Filter;
use crate::header::{Header, known_keys, parse_date};
use crate::rule::Rule;
use crate::rule_test::RuleTest;
use crate::suggest::nearest;

use super::{LintCode, Linter};

/// Checks for every kind of document.
pub(super) fn document(header: &Header, linter: &mut Linter<'_>) {
    let at = linter.at;
    if header.id().is_none() {
        linter.add(
            LintCode::MissingId,
            at,
            "there is no id",
            "add `id:` with a new UUID",
        );
    }
    if header.description().is_none() {
        let remedy = "add `description:`, what this detects and why it matters";
        linter.add(
            LintCode::MissingDescription,
            at,
            "there is no description",
            remedy,
        );
    }
    for (at, text) in header.date.iter().chain(&header.modified) {
        if parse_date(text).is_none() {
            let message = format!("`{text}` is not a date");
            linter.add(
                LintCode::MalformedDate,
                *at,
                message,
                "write it as 2026-11-22",
            );
        }
    }
    tags(header, linter);
    keys(header, linter);
}

/// Checks for rules.
pub(super) fn rule(rule: &Rule, linter: &mut Linter<'_>) {
    let header = rule.header();
    document(header, linter);
    let at = linter.at;
    if !header.has_level() {
        let remedy = "add `level:`, one of informational, low, medium, high, critical";
        linter.add(
            LintCode::MissingLevel,
            at,
            "there is no level, so medium is taken",
            remedy,
        );
    }
    if header.falsepositives().is_empty() {
        let remedy = "add `falsepositives:`, so that whoever is woken up knows what to look for";
        linter.add(
            LintCode::MissingFalsepositives,
            at,
            "it does not say what is harmless",
            remedy,
        );
    }
    logsource(rule, linter);
    tests(rule, linter);
}

/// All that is judged are records of CloudTrail, whatever a rule says of its logs.
fn logsource(rule: &Rule, linter: &mut Linter<'_>) {
    let logsource = rule.logsource();
    let others = [
        (&logsource.product, "aws"),
        (&logsource.service, "cloudtrail"),
    ];
    for (named, ours) in others {
        if let Some(named) = named
            && !named.eq_ignore_ascii_case(ours)
        {
            let message =
                format!("its logsource is `{named}`, and it is asked about records of CloudTrail");
            let remedy =
                "write `logsource: { product: aws, service: cloudtrail }`, or leave the rule out";
            linter.add(LintCode::ForeignLogsource, linter.at, message, remedy);
        }
    }
}

/// Checks for filters.
pub(super) fn filter(filter: &Filter, linter: &mut Linter<'_>) {
    document(filter.header(), linter);
    let at = linter.at;
    let vouched = filter.vouched();
    let missing: Vec<_> = [
        ("owner", vouched.owner.is_none()),
        ("reason", vouched.reason.is_none()),
        ("until", vouched.until.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, missing)| missing.then_some(key))
    .collect();
    if !missing.is_empty() {
        let message = format!("it does not say its {}", missing.join(", "));
        let remedy = "add `trailhound: { owner: ..., reason: ..., until: 2026-12-31 }`";
        linter.add(LintCode::UnvouchedFilter, at, message, remedy);
    }
    let detection = &filter.detection;
    if !detection.conditions.iter().any(Condition::has_not) {
        let message = "this filter keeps only what it describes, and suppresses all else";
        let remedy = "to exclude what it describes, write `condition: not ...`";
        linter.add(
            LintCode::FilterWithoutNot,
            detection.condition_at,
            message,
            remedy,
        );
    }
}

fn tags(header: &Header, linter: &mut Linter<'_>) {
    for (tag, at) in header.tags().iter().zip(&header.tag_marks) {
        if !is_attack_tag(tag) {
            let message = format!("`{tag}` is no tag of ATT&CK");
            let remedy =
                "write a tactic or technique, as in attack.persistence or attack.t1098.001";
            linter.add(LintCode::UnknownTag, *at, message, remedy);
        }
    }
}

/// `attack.` and a tactic, technique, group or software; other namespaces of the specification pass.
fn is_attack_tag(tag: &str) -> bool {
    const OTHER: [&str; 5] = ["car", "cve", "d3fend", "detection", "tlp"];
    match tag.split_once('.') {
        Some(("attack", name)) => {
            let numbered = name
                .strip_prefix(['t', 's', 'g'])
                .filter(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
            match numbered {
                Some(digits) => is_number(digits),
                None => {
                    !name.is_empty()
                        && name
                            .bytes()
                            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
                }
            }
        }
        Some((namespace, _)) => OTHER.contains(&namespace),
        None => false,
    }
}

/// `1098`, or `1098.001`.
fn is_number(digits: &str) -> bool {
    let all = |digits: &str, count| {
        digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match digits.split_once('.') {
        Some((technique, part)) => all(technique, 4) && all(part, 3),
        None => all(digits, 4),
    }
}

/// Users may have keys of their own, but not ones that look like a slip.
fn keys(header: &Header, linter: &mut Linter<'_>) {
    for ((key, _), at) in header.extensions().zip(&header.extension_marks) {
        if known_keys().any(|known| known == key) {
            continue;
        }
        if let Some(meant) = nearest(key, known_keys()) {
            let message = format!("`{key}` is not a key of Sigma");
            let remedy = format!("if you meant `{meant}`, write that");
            linter.add(LintCode::MistypedKey, *at, message, remedy);
        }
    }
}

fn tests(rule: &Rule, linter: &mut Linter<'_>) {
    let (matching, others): (Vec<_>, Vec<_>) = rule
        .tests()
        .iter()
        .partition(|test| RuleTest::expects_match(test));
    let missing = match (matching.is_empty(), others.is_empty()) {
        (false, false) => return,
        (true, true) => "there are no tests",
        (true, false) => "no test shows what the rule matches",
        (false, true) => "no test shows what the rule passes over",
    };
    let remedy = "add `tests:` with an event that matches and one that narrowly does not";
    linter.add(LintCode::MissingTests, linter.at, missing, remedy);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_of_attack() {
        for (tag, good) in [
            ("attack.t1098", true),
            ("attack.t1098.001", true),
            ("attack.persistence", true),
            ("attack.initial-access", true),
            ("attack.privilege_escalation", true),
            ("attack.g0016", true),
            ("cve.2021-44228", true),
            ("attack.t109", false),
            ("attack.T1098", false),
            ("attack.", false),
            ("persistence", false),
            ("mitre.t1098", false),
        ] {
            assert_eq!(is_attack_tag(tag), good, "{tag}");
        }
    }
}
