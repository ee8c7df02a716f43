//! The exclusion that a mail offers, if what happened was expected: a Sigma filter, ready to be saved.
//!
//! Invariant: the document is the filter it seems to be, whatever the caller is called. A name that could
//! break out of its quotes is escaped; one that cannot be shown as it is gets no document at all.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use sigma::{literal, quoted};

use super::words;
use crate::alert::{Alert, Kind};
use crate::language::{Language, Words};
use crate::neutral::neutral;

/// How long the offered exclusion holds.
const HOLDS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The longest name that is put into a document, in characters.
const LONGEST: usize = 300;

/// What is said, and the document.
pub(super) fn of(alert: &Alert, language: Language) -> (Words, Vec<String>) {
    if alert.rule.kind == Kind::Watch {
        return (words::EXPECTED_MISSING, Vec::new());
    }
    if alert.rule.kind != Kind::Rule {
        return (words::EXPECTED_TOGETHER, Vec::new());
    }
    let key = &alert.principal.key;
    if neutral(key, LONGEST) != *key || neutral(&alert.rule.id, LONGEST) != alert.rule.id {
        return (words::EXPECTED_HIDDEN, Vec::new());
    }
    let until = alert
        .last_time
        .saturating_add(HOLDS)
        .unwrap_or(alert.last_time);
    let until = until.to_zoned(TimeZone::UTC).date();
    let title = neutral(alert.rule.title_in(language), 100);
    let (title, owner, reason) = match language {
        Language::En => (
            format!("Expected: {title}"),
            "<who answers for this>",
            "<why it is expected>",
        ),
        Language::ZhCn => (
            format!("预期行为：{title}"),
            "<由谁负责>",
            "<为什么属于预期>",
        ),
    };
    let document = [
        format!("title: {}", quoted(&title)),
        "logsource: { product: aws, service: cloudtrail }".to_owned(),
        "filter:".to_owned(),
        format!("  rules: [{}]", quoted(&alert.rule.id)),
        "  selection:".to_owned(),
        format!("    trailhound.principal.key: {}", quoted(&literal(key))),
        "  condition: not selection".to_owned(),
        "trailhound:".to_owned(),
        format!("  owner: {}", quoted(owner)),
        format!("  reason: {}", quoted(reason)),
        format!("  until: {until}"),
    ];
    (words::EXPECTED_HOW, document.into())
}
