//! What makes a change alarming, in a few words behind it: who may get in, and where.

use crate::cloudtrail::Record;
use crate::derived::{self, Tags};
use crate::language::Language;

use super::template::in_a_row;

/// How many ports or accounts are named before the rest is counted.
const NAMED: usize = 4;

/// The notes on what `record` opens, gives away or shares, in parentheses; empty if there is nothing
/// to note.
pub(super) fn of(record: &Record<'_>, language: Language) -> String {
    let mut notes = Vec::new();
    notes.extend(signed_in_without_mfa(record, language));
    notes.extend(opened(&derived::opens(record), language));
    let mut given = derived::grants(record);
    given.extend(derived::shares(record));
    notes.extend(rights(&given, language));
    notes.extend(readers(&given, language));
    if notes.is_empty() {
        return String::new();
    }
    match language {
        Language::En => format!(" ({})", notes.join(", ")),
        Language::ZhCn => format!("（{}）", notes.join("，")),
    }
}

fn signed_in_without_mfa(record: &Record<'_>, language: Language) -> Option<String> {
    let without = record.event_name() == "ConsoleLogin" && derived::mfa(record) == Some(false);
    let note = match language {
        Language::En => "without a second factor",
        Language::ZhCn => "未使用 MFA",
    };
    without.then(|| note.to_owned())
}

fn opened(opens: &Tags, language: Language) -> Option<String> {
    if !opens.contains("world") {
        return None;
    }
    let en = language == Language::En;
    if opens.contains("world:all") {
        let all = [
            "every port open to the whole internet",
            "向整个互联网开放所有端口",
        ];
        return Some(all[usize::from(!en)].to_owned());
    }
    let ports = after(opens, "world:");
    let list = named(&ports, language);
    Some(match (ports.len(), en) {
        (0, true) => "open to the whole internet".to_owned(),
        (0, false) => "向整个互联网开放".to_owned(),
        (1, true) => format!("port {list} open to the whole internet"),
        (_, true) => format!("ports {list} open to the whole internet"),
        (_, false) => format!("向整个互联网开放端口 {list}"),
    })
}

/// The strongest right only: an administrator may do the others anyway.
fn rights(given: &Tags, language: Language) -> Option<String> {
    let (en, zh) = if given.contains("admin") {
        ("full administrator rights", "完整的管理员权限")
    } else if given.contains("iam-admin") {
        ("full control of IAM", "IAM 的全部权限")
    } else if given.contains("pass-role") {
        ("may pass on any role", "可传递任意角色")
    } else {
        return None;
    };
    Some(if language == Language::En { en } else { zh }.to_owned())
}

fn readers(given: &Tags, language: Language) -> Option<String> {
    let en = language == Language::En;
    if given.contains("public") {
        return Some(
            if en {
                "access for everybody"
            } else {
                "对所有人开放"
            }
            .to_owned(),
        );
    }
    let accounts = after(given, "account:");
    let list = named(&accounts, language);
    Some(match (accounts.len(), en) {
        (0, _) => return None,
        (1, true) => format!("access for account {list}"),
        (_, true) => format!("access for accounts {list}"),
        (_, false) => format!("授权给账户 {list}"),
    })
}

/// What follows `prefix` in the tags, numbers in their order.
fn after(tags: &Tags, prefix: &str) -> Vec<String> {
    let mut values: Vec<_> = tags
        .iter()
        .filter_map(|tag| tag.strip_prefix(prefix))
        .map(str::to_owned)
        .collect();
    values.sort_by_key(|value| (value.len(), value.clone()));
    values
}

fn named(values: &[String], language: Language) -> String {
    let shown = values.len().min(NAMED);
    in_a_row(&values[..shown], values.len() - shown, language)
}
