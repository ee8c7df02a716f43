//! What calls mean, in words: the alarming ones and the everyday ones.
//!
//! One table per group of services. A row is the name of an API without its version, the English
//! phrase in the base form, and the Chinese one; the gaps are those of [`super::template`].

mod access;
mod code;
mod compute;
mod data;
mod models;
mod network;
mod organization;
mod secrets;
mod storage;
mod watching;

use crate::language::Words;

/// The calls of one service that have phrases of their own.
pub(super) struct Service {
    /// The first part of its event source.
    source: &'static str,
    calls: &'static [Row],
}

/// Name, English, Chinese.
type Row = (&'static str, &'static str, &'static str);

const GROUPS: [&[Service]; 10] = [
    access::SERVICES,
    code::SERVICES,
    compute::SERVICES,
    data::SERVICES,
    models::SERVICES,
    network::SERVICES,
    organization::SERVICES,
    secrets::SERVICES,
    storage::SERVICES,
    watching::SERVICES,
];

/// The phrase for the API `name` (without version) of the service `event_source`.
pub(super) fn of(event_source: &str, name: &str) -> Option<Words> {
    let prefix = event_source.split('.').next()?;
    let services = GROUPS.into_iter().flatten();
    services
        .filter(|service| service.source == prefix)
        .flat_map(|service| service.calls)
        .find(|(call, ..)| *call == name)
        .map(|&(_, en, zh)| Words { en, zh })
}

#[cfg(test)]
mod tests {
    use super::super::verbs;
    use super::*;
    use std::collections::BTreeSet;

    fn rows() -> impl Iterator<Item = (&'static str, Row)> {
        let services = GROUPS.into_iter().flatten();
        services.flat_map(|service| service.calls.iter().map(|row| (service.source, *row)))
    }

    #[test]
    fn every_call_stands_once() {
        let mut seen = BTreeSet::new();
        for (source, (name, ..)) in rows() {
            assert!(seen.insert((source, name)), "{source} {name}");
        }
        assert!(seen.len() >= 250, "{} phrases", seen.len());
    }

    /// The paths of all gaps, and the text without them.
    fn gaps(template: &str) -> (BTreeSet<&str>, String) {
        let mut paths = BTreeSet::new();
        let mut text = String::new();
        for part in template.split('{') {
            match part.split_once('}') {
                Some((path, rest)) => {
                    paths.insert(path);
                    text.push_str(rest);
                }
                None => text.push_str(part),
            }
        }
        (paths, text)
    }

    #[test]
    fn both_languages_say_the_same() {
        for (source, (name, en, zh)) in rows() {
            let ((mut en_paths, en_text), (mut zh_paths, zh_text)) = (gaps(en), gaps(zh));
            assert!(
                zh_paths.remove("了"),
                "{source} {name}: no particle in {zh}"
            );
            assert!(!en_paths.remove("了"), "{source} {name}: {en}");
            assert_eq!(en_paths, zh_paths, "{source} {name}");
            assert!(en_text.is_ascii(), "{source} {name}: {en}");
            assert!(
                !zh_text.contains(['(', ')', ',', ':']),
                "{source} {name}: half-width {zh}"
            );
            for text in [en_text, zh_text] {
                assert_eq!(text.matches('[').count(), text.matches(']').count());
                assert!(!text.contains(['}', '`']), "{source} {name}: {text}");
            }
        }
    }

    #[test]
    fn english_begins_with_a_verb_that_has_a_past() {
        let past = |(_, (_, en, _)): (&str, Row)| {
            let past = verbs::past(en);
            past.split(' ').next().unwrap_or_default().to_owned()
        };
        let verbs: BTreeSet<_> = rows().map(past).collect();
        let verbs = Vec::from_iter(verbs).join(" ");
        insta::assert_snapshot!(verbs, @"accepted added allocated allowed archived asked assigned associated assumed attached began called canceled carried changed closed connected copied created decoded decrypted deleted deregistered detached disabled downloaded emptied enabled encrypted ended entered exported extended fetched forwarded gave generated got granted imported invited issued kept launched left let listed looked made mirrored moved opened prepared published pushed queried ran re-encrypted read rebooted registered removed renamed replaced requested restored resumed scanned scheduled searched sent set shared shut signed silenced started stated stopped stored subscribed swapped switched talked terminated took transferred turned unlocked updated uploaded withdrew wrote");
    }
}
