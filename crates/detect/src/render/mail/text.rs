//! Words of a mail, made safe: no second line, nothing invisible, nothing to click.

use super::body::{level_tag, shortened};
use super::{Accounts, BODY, Kind, SUBJECT, Told};
use crate::alert::{Alert, Kind as RuleKind};
use crate::language::Language;
use crate::neutral::neutral;
use crate::render::text::sentence;

/// The most of a name that a mail shows, in characters.
const NAME: usize = 200;

/// A name from a record.
pub(super) fn name(text: &str) -> String {
    defanged(&neutral(text, NAME))
}

/// A sentence of ours that may quote strangers.
pub(super) fn line(text: &str) -> String {
    defanged(&sentence(text.trim()))
}

/// Text in which mail programs find no link: `hxxps://`, `www[.]`.
///
/// Only what begins like a link is changed, so that ARNs and names stay as they are.
pub(in crate::render) fn defanged(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let starts = |word: &str| {
            rest.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let (shown, length) = if starts("http://") || starts("https://") {
            ("hxxp", 4)
        } else if starts("ftp://") {
            ("fxp", 3)
        } else if starts("www.") {
            ("www[.]", 4)
        } else if starts("mailto:") {
            ("mailto[:]", 7)
        } else {
            (&rest[..c.len_utf8()], c.len_utf8())
        };
        safe.push_str(shown);
        rest = &rest[length..];
    }
    safe
}

/// The value of an attribute: printable ASCII, never empty.
pub(super) fn attribute(value: &str) -> String {
    let value = ascii(value, 200);
    if value.is_empty() {
        "unknown".to_owned()
    } else {
        value
    }
}

/// Printable ASCII of at most `max` characters; `?` for all else.
pub(super) fn ascii(text: &str, max: usize) -> String {
    let shown = text.chars().map(|c| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    });
    let mut kept: String = shown.take(max).collect();
    if text.chars().nth(max).is_some() {
        kept.truncate(max.saturating_sub(3));
        kept.push_str("...");
    }
    kept
}

/// A command of ours with strangers' values in it, as it is to be pasted.
///
/// Links to AWS itself stay, for a command needs them; all others are made to lead nowhere.
pub(in crate::render) fn command(text: &str) -> String {
    let mut safe = String::new();
    let shown = sentence(text.trim());
    let mut rest = shown.as_str();
    while let Some(at) = rest.find("https://").filter(|_| !rest.is_empty()) {
        let (before, link) = rest.split_at(at);
        safe.push_str(&defanged(before));
        let host = &link["https://".len()..];
        let end = host.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        let end = end.unwrap_or(host.len());
        let (host, behind) = host.split_at(end);
        let is_aws = [".amazonaws.com", ".amazonaws.com.cn"]
            .iter()
            .any(|aws| host.ends_with(aws));
        let leads_on = is_aws && !behind.starts_with(['@', ':']);
        safe.push_str(if leads_on { "https" } else { "hxxps" });
        safe.push_str("://");
        safe.push_str(&defanged(host));
        rest = behind;
    }
    safe.push_str(&defanged(rest));
    safe
}

/// What happened, in about `room` characters: who did what, or where that is too long and the end of it would
/// be lost, what the rule calls it and who.
fn what(alert: &Alert, room: usize) -> String {
    let by_title = match alert.rule.kind {
        RuleKind::Watch => alert.rule.title.clone(),
        _ => format!("{}, by {}", alert.rule.title, alert.principal.name),
    };
    match &alert.deed {
        Some(deed) if deed.headline.en.len() <= room || !deed.worked => {
            deed.headline.en.replace('`', "")
        }
        _ => by_title,
    }
}

/// What a mail about none is about.
const NOTHING: &str = "[trailhound] nothing to tell";

/// The alert that a mail is named after.
fn weightiest<'a>(alerts: &[Told<'a>]) -> Option<&'a Alert> {
    let weight = |told: &&Told<'_>| (told.is_changed, told.alert.level);
    alerts.iter().max_by_key(weight).map(|told| told.alert)
}

/// The subject: how bad, where, what, who.
pub(super) fn subject_line(kind: Kind, alerts: &[Told<'_>], accounts: &Accounts) -> String {
    let Some(alert) = weightiest(alerts) else {
        return NOTHING.to_owned();
    };
    let level = level_tag(alert.level);
    // Of an organization its owner chooses it.
    let account = name(accounts.called(alert).unwrap_or("unknown account"));
    let place = level.len() + account.len() + 5;
    let what = defanged(&what(alert, SUBJECT.saturating_sub(place + 1)));
    let more = alerts.len().saturating_sub(1);
    let subject = match kind {
        Kind::Digest => format!("[{level}] Digest of {} alerts, worst: {what}", alerts.len()),
        Kind::Update if alerts.iter().any(|told| told.is_changed) => {
            format!("[{level}] {account}: now it worked: {what}")
        }
        Kind::Update => format!("[{level}] {account}: more of: {what}"),
        Kind::Alert if more == 0 => format!("[{level}] {account}: {what}"),
        Kind::Alert => format!("[{level}] {account}: (+{more} more) {what}"),
    };
    ascii(&subject, SUBJECT - 1)
}

/// The longest title, in characters.
const TITLE: usize = 150;

/// The same as [`subject_line`] for those who take more than ASCII: in a language, a little longer.
pub(super) fn title_line(
    kind: Kind,
    alerts: &[Told<'_>],
    accounts: &Accounts,
    language: Language,
) -> String {
    let Some(alert) = weightiest(alerts) else {
        return NOTHING.to_owned();
    };
    let level = level_tag(alert.level);
    let account = name(accounts.called(alert).unwrap_or("?"));
    let what = line(&alert.headline(language).replace('`', ""));
    let (all, more) = (alerts.len(), alerts.len().saturating_sub(1));
    let changed = alerts.iter().any(|told| told.is_changed);
    let title = match (language, kind) {
        (Language::En, Kind::Digest) => format!("[{level}] Digest of {all} alerts, worst: {what}"),
        (Language::En, Kind::Update) if changed => {
            format!("[{level}] {account}: now it worked: {what}")
        }
        (Language::En, Kind::Update) => format!("[{level}] {account}: more of: {what}"),
        (Language::En, Kind::Alert) if more > 0 => {
            format!("[{level}] {account}: (+{more} more) {what}")
        }
        (Language::En, Kind::Alert) => format!("[{level}] {account}: {what}"),
        (Language::ZhCn, Kind::Digest) => format!("[{level}] {all} 条告警汇总，最严重：{what}"),
        (Language::ZhCn, Kind::Update) if changed => {
            format!("[{level}] {account}：现已成功：{what}")
        }
        (Language::ZhCn, Kind::Update) => format!("[{level}] {account}：后续：{what}"),
        (Language::ZhCn, Kind::Alert) if more > 0 => {
            format!("[{level}] {account}：（另有 {more} 条）{what}")
        }
        (Language::ZhCn, Kind::Alert) => format!("[{level}] {account}：{what}"),
    };
    shortened(&title, TITLE)
}

/// `body`, or as many of its lines as fit.
pub(super) fn cut(body: String) -> String {
    const CUT: &str = "\n… the rest of this mail was too long to be sent\n";
    if body.len() <= BODY {
        return body;
    }
    let fits = &body[..body.floor_char_boundary(BODY - CUT.len())];
    let lines = fits.rfind('\n').map_or(fits, |at| &fits[..at]);
    format!("{lines}{CUT}")
}
