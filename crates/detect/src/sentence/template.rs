//! Phrases with gaps, filled from a record.
//!
//! `create an access key[ for user {userName}]`: a gap in braces names where its value stands, with
//! alternatives after `|`; a path begins in `requestParameters` unless its first step is another
//! field of the record. What stands in brackets is left out where a gap in it has no value. `{了}`
//! is the particle that tells a deed from an attempt.

use std::borrow::Cow;

use crate::cloudtrail::{Json, Record, json::Kind};
use crate::language::Language;
use crate::neutral::neutral;
use crate::secret::masked;

/// How many characters of a name are shown.
pub(super) const MAX_NAME: usize = 100;

/// How many names of a list are shown.
const SHOWN: usize = 3;

/// How many names of a list are counted.
const COUNTED: usize = 10_000;

/// Fills the gaps of `template`.
pub(super) fn fill(record: &Record<'_>, template: &str, language: Language, done: bool) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, gap, after)) = next_gap(rest) {
        text.push_str(before);
        rest = after;
        match filled(record, gap, language, done) {
            Some(value) => {
                text.push_str(&value);
                rest = counted(&mut text, rest);
            }
            None => rest = close_up(&mut text, rest, gap, language),
        }
    }
    text.push_str(rest);
    text
}

/// A gap of a template.
#[derive(Clone, Copy)]
enum Gap<'t> {
    /// `{…}`
    Value(&'t str),
    /// `[…]`
    Optional(&'t str),
}

/// The text before the next gap, the gap, and the text behind it.
fn next_gap(template: &str) -> Option<(&str, Gap<'_>, &str)> {
    let open = template.find(['{', '['])?;
    let optional = template[open..].starts_with('[');
    let close = open + template[open..].find(if optional { ']' } else { '}' })?;
    let inner = &template[open + 1..close];
    let gap = if optional {
        Gap::Optional(inner)
    } else {
        Gap::Value(inner)
    };
    Some((&template[..open], gap, &template[close + 1..]))
}

fn filled(record: &Record<'_>, gap: Gap<'_>, language: Language, done: bool) -> Option<String> {
    match gap {
        Gap::Value("了") => Some(if done { "了" } else { "" }.to_owned()),
        Gap::Value(paths) => paths
            .split('|')
            .find_map(|path| list(&names(record, path), record, language)),
        Gap::Optional(template) => {
            let mut text = String::new();
            let mut rest = template;
            while let Some((before, gap, after)) = next_gap(rest) {
                text.push_str(before);
                text.push_str(&filled(record, gap, language, done)?);
                rest = counted(&mut text, after);
            }
            text.push_str(rest);
            Some(text)
        }
    }
}

/// `等 4 个` is Chinese itself: no blank stands between it and what follows. What something is done on is
/// called a target.
fn counted<'t>(text: &mut String, rest: &'t str) -> &'t str {
    if !text.ends_with('个') {
        return rest;
    }
    let rest = rest.trim_start_matches(' ');
    if rest.starts_with('上') {
        text.push_str("目标");
    }
    rest
}

/// Takes away the space that was meant for a value; Chinese has one on each side of it.
fn close_up<'t>(text: &mut String, rest: &'t str, gap: Gap<'_>, language: Language) -> &'t str {
    if matches!(gap, Gap::Value(_)) {
        text.truncate(text.trim_end_matches(' ').len());
        if language == Language::ZhCn {
            return rest.trim_start_matches(' ');
        }
    }
    rest
}

/// The names at `path`.
fn names<'a>(record: &Record<'a>, path: &str) -> Vec<Cow<'a, str>> {
    let mut found = Vec::new();
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if first != "requestParameters" && is_top_level(first) {
        if let Some(json) = record.get(first) {
            collect(json, rest, &mut found);
        }
    } else if let Some(json) = record.request_parameters() {
        collect(json, path, &mut found);
    }
    found
}

fn is_top_level(name: &str) -> bool {
    matches!(
        name,
        "responseElements" | "additionalEventData" | "serviceEventDetails" | "userIdentity"
    )
}

/// The texts and numbers at `path` below `json`, through every member of an array.
fn collect<'a>(json: Json<'a>, path: &str, found: &mut Vec<Cow<'a, str>>) {
    if found.len() >= COUNTED {
        return;
    }
    if json.kind() == Kind::Array {
        for member in json.elements().take(COUNTED) {
            collect(member, path, found);
        }
        return;
    }
    if !path.is_empty() {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        if let Some(member) = json.get(first) {
            collect(member, rest, found);
        }
        return;
    }
    let text = match json.kind() {
        Kind::Number => Some(Cow::Borrowed(json.raw())),
        _ => json.as_str().filter(|text| !text.is_empty()),
    };
    found.extend(text);
}

/// One or several names in a row: `a`, `b` and `c`, or three and how many more.
fn list(names: &[Cow<'_, str>], record: &Record<'_>, language: Language) -> Option<String> {
    let own = record.account();
    let mut unique: Vec<Cow<'_, str>> = Vec::new();
    for name in names.iter().take(SHOWN * SHOWN) {
        if !unique.contains(name) {
            unique.push(name.clone());
        }
    }
    let shown = unique.len().min(SHOWN);
    let quoted: Vec<_> = unique[..shown]
        .iter()
        .map(|name| quoted(short(name, own.as_deref())))
        .collect();
    let hidden = unique.len() > shown || names.len() > SHOWN * SHOWN;
    let more = if hidden { names.len() - shown } else { 0 };
    (shown > 0).then(|| in_a_row(&quoted, more, language))
}

/// `parts` as a list in a sentence, and `more` that are not shown.
pub(super) fn in_a_row(parts: &[String], more: usize, language: Language) -> String {
    match (language, parts) {
        (Language::En, parts) if more > 0 => format!("{} and {more} more", parts.join(", ")),
        (Language::En, [init @ .., last]) if !init.is_empty() => {
            format!("{} and {last}", init.join(", "))
        }
        (Language::ZhCn, parts) if more > 0 => {
            format!("{} 等 {} 个", parts.join("、"), parts.len() + more)
        }
        (Language::ZhCn, parts) => parts.join("、"),
        (Language::En, parts) => parts.join(", "),
    }
}

/// A name of strangers' choice in backquotes; a small number needs none.
pub(crate) fn quoted(name: &str) -> String {
    let is_small_number = (1..=6).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
    if is_small_number {
        name.to_owned()
    } else {
        format!("`{}`", neutral(&masked("", name.into()), MAX_NAME))
    }
}

/// Of AWS's own policies and of what lies in the account `own` the name is enough; an ARN of
/// another account is told whole.
pub(super) fn short<'n>(name: &'n str, own: Option<&str>) -> &'n str {
    if let Some((_, policy)) = name.split_once(":iam::aws:policy/") {
        return policy;
    }
    let mut parts = name.splitn(6, ':').skip(4);
    match (name.starts_with("arn:"), parts.next(), parts.next()) {
        (true, account, Some(resource)) if account.is_some() && account == own => {
            let end = resource.find([':', '/']);
            end.map_or(resource, |end| &resource[end + 1..])
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    fn filled(template: &str, language: Language) -> String {
        let text = r#"{"eventSource":"a","eventName":"b","eventTime":"2026-11-22T14:02:11Z",
            "requestParameters":{"user":"maria","ids":["i-1","i-2","i-2"],"many":["1","2","3","4","5"],"days":7,"empty":"","o":{"items":[{"x":"p"},{"x":"q"}]}},
            "responseElements":{"user":{"id":"AIDA"}}}"#;
        let record = Record::new(text, layout::of(text).unwrap()).unwrap();
        fill(&record, template, language, true)
    }

    #[test]
    fn gaps_are_filled_or_closed() {
        for (template, expected) in [
            ("create user {user}", "create user `maria`"),
            ("create user {nobody}", "create user"),
            ("create user {empty} again", "create user again"),
            ("make a key[ for {user}]", "make a key for `maria`"),
            ("make a key[ for {nobody}]", "make a key"),
            ("see {nobody|user}", "see `maria`"),
            ("see {responseElements.user.id}", "see `AIDA`"),
            ("wait {days} days", "wait 7 days"),
            ("stop {ids}", "stop `i-1` and `i-2`"),
            ("stop {many}", "stop 1, 2, 3 and 2 more"),
            ("read {o.items.x}", "read `p` and `q`"),
            ("no gap", "no gap"),
            ("broken {gap", "broken {gap"),
        ] {
            assert_eq!(filled(template, Language::En), expected);
        }
    }

    #[test]
    fn what_is_our_own_goes_by_its_name() {
        for (name, expected) in [
            ("arn:aws:iam::111122223333:role/ci/Deploy", "ci/Deploy"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:f", "f"),
            ("arn:aws:sns:eu-west-1:111122223333:topic", "topic"),
            (
                "arn:aws:iam::444455556666:role/Deploy",
                "arn:aws:iam::444455556666:role/Deploy",
            ),
            (
                "arn:aws:iam::aws:policy/AdministratorAccess",
                "AdministratorAccess",
            ),
            ("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/key"),
            ("a:b:c:d:111122223333:e", "a:b:c:d:111122223333:e"),
        ] {
            assert_eq!(short(name, Some("111122223333")), expected);
        }
    }

    #[test]
    fn chinese_closes_up_on_both_sides() {
        for (template, expected) in [
            ("修改{了}用户 {user} 的密码", "修改了用户 `maria` 的密码"),
            ("修改{了}用户 {nobody} 的密码", "修改了用户的密码"),
            ("停止{了} {many}", "停止了 1、2、3 等 5 个"),
            ("在 {many} 上运行{了}", "在 1、2、3 等 5 个目标上运行了"),
            ("[在 {many} 上]运行{了}", "在 1、2、3 等 5 个目标上运行了"),
            ("[在 {user} 上]运行{了}", "在 `maria` 上运行了"),
            ("[为 {nobody} ]创建{了}密钥", "创建了密钥"),
        ] {
            assert_eq!(filled(template, Language::ZhCn), expected);
        }
    }
}
