//! What alarming calls mean for whoever is woken by them: `data/meanings.txt`, read on first use.
//!
//! A phrase says what was done; a meaning says what is so from now on, whoever did it and whether or not
//! it worked this time.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::template;
use crate::cloudtrail::Record;
use crate::language::{Language, Words, words};

const DATA: &str = include_str!("../../data/meanings.txt");

/// A service and one of its calls.
type Call = (&'static str, &'static str);

static MEANINGS: LazyLock<HashMap<Call, Words>> = LazyLock::new(|| blocks().collect());

/// The calls that have a meaning, with it.
fn blocks() -> impl Iterator<Item = (Call, Words)> {
    let text = |block: &'static str, tag: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix(tag)).unwrap_or("")
    };
    DATA.split("\n\n").flat_map(move |block| {
        let meaning = words(text(block, "en "), text(block, "zh "));
        calls(block).map(move |call| (call, meaning))
    })
}

fn calls(block: &'static str) -> impl Iterator<Item = Call> {
    let is_calls = |line: &&str| !["#", "en ", "zh "].iter().any(|tag| line.starts_with(tag));
    block.lines().filter(is_calls).flat_map(|line| {
        let mut names = line.split_ascii_whitespace();
        let source = names.next().unwrap_or_default();
        names.map(move |name| (source, name))
    })
}

/// What the call in `record` means, in one or two sentences; `None` for calls that alarm nobody.
pub(super) fn of(record: &Record<'_>, language: Language) -> Option<String> {
    let (source, name) = (record.event_source(), record.plain_event_name());
    let call = (source.split('.').next()?, &*name);
    let meaning = MEANINGS.get(&call)?;
    Some(template::fill(record, meaning.to(language), language, true))
}

/// Whether the API `name` (without version) of the service `event_source` alarms whoever knows it.
pub(crate) fn has(event_source: &str, name: &str) -> bool {
    let source = event_source.split('.').next().unwrap_or_default();
    MEANINGS.contains_key(&(source, name))
}

/// The services and calls that have meanings, in no order; for whoever checks that they exist.
pub fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    MEANINGS.keys().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cloudtrail::layout;
    use crate::sentence::phrases;

    #[test]
    fn every_call_stands_once_and_has_a_phrase_too() {
        let mut seen = BTreeSet::new();
        let mut wordless = Vec::new();
        for (call, _) in blocks() {
            assert!(seen.insert(call), "{call:?} stands twice");
            if phrases::of(call.0, call.1).is_none() {
                wordless.push(call);
            }
        }
        assert_eq!(wordless, []);
        assert!(seen.len() >= 300, "{}", seen.len());
    }

    /// The paths of all gaps; each must stand in brackets, for a value may always be missing.
    fn gaps(template: &'static str) -> BTreeSet<&'static str> {
        let mut paths = BTreeSet::new();
        for (at, part) in template.split('[').enumerate() {
            let (inner, rest) = if at == 0 {
                ("", part)
            } else {
                part.split_once(']').expect("a closed bracket")
            };
            assert!(!rest.contains(['{', '}', ']']), "{template}");
            let path = inner.split(['{', '}']).nth(1);
            assert_eq!(path.is_some(), at > 0, "{template}");
            paths.extend(path);
        }
        paths
    }

    #[test]
    fn both_languages_say_the_same_and_keep_their_punctuation() {
        for (call, meaning) in blocks() {
            assert_eq!(gaps(meaning.en), gaps(meaning.zh), "{call:?}");
            let ends = |text: &str, marks: [char; 2]| text.ends_with(marks);
            assert!(
                meaning.en.is_ascii() && ends(meaning.en, ['.', '?']),
                "{call:?}"
            );
            let plain = |c: char| c.is_ascii_punctuation() && !"[]{}".contains(c);
            let inside_names = meaning.zh.replace("Roles Anywhere", "");
            assert!(!inside_names.contains(plain), "{call:?}: {}", meaning.zh);
            assert!(ends(meaning.zh, ['。', '？']), "{call:?}");
        }
    }

    #[test]
    fn a_meaning_names_what_the_record_names_and_reads_well_without() {
        for (parameters, en, zh) in [
            (
                r#"{"userName":"backup-svc"}"#,
                "Whoever knows the new password can sign in to the console as user `backup-svc`.",
                "知道新密码的人能以用户 `backup-svc` 的身份登录控制台。",
            ),
            (
                "null",
                "Whoever knows the new password can sign in to the console.",
                "知道新密码的人能登录控制台。",
            ),
        ] {
            let text = format!(
                r#"{{"eventSource":"iam.amazonaws.com","eventName":"CreateLoginProfile","eventTime":"2026-11-22T14:02:11Z","requestParameters":{parameters}}}"#
            );
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            assert_eq!(of(&record, Language::En).as_deref(), Some(en));
            assert_eq!(of(&record, Language::ZhCn).as_deref(), Some(zh));
        }
    }
}
