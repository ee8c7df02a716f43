//! Principals, derived fields and sentences over the records of real accounts.
//!
//! The logs are no part of the repository, see [`outside`]; without them the tests say so and pass.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate touches no files, its test reads real logs"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use detect::cloudtrail::{Json, Record, layout};
use detect::derived;
use detect::principal::{Principal, PrincipalKind};
use detect::sentence::{Language, action, facts, sentence};

fn text_of(path: &Path) -> String {
    let bytes = fs::read(path).expect("a readable file");
    let mut text = String::new();
    let inflated = match path.extension().is_some_and(|end| end == "gz") {
        true => flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text),
        false => (&*bytes).read_to_string(&mut text),
    };
    inflated.expect("text");
    text
}

/// Every real record once, as text; log files repeat many.
static RECORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let paths = outside::shared("logs").map_or_else(Vec::new, |folder| outside::files(&folder));
    let mut records = BTreeSet::new();
    for text in paths.iter().map(|path| text_of(path)) {
        let file = Json::new(&text);
        let list = file.get("Records").unwrap_or(file);
        records.extend(list.elements().map(|record| record.raw().to_owned()));
    }
    records
});

/// Calls `judge` with every real record; tells whether there were any.
fn each_record(mut judge: impl FnMut(&Record<'_>)) -> bool {
    for text in &*RECORDS {
        let record = Record::new(text, layout::of(text).expect("an object"));
        judge(&record.expect("a record"));
    }
    !RECORDS.is_empty()
}

#[test]
fn no_principal_key_holds_a_session_name() {
    let mut keys = BTreeSet::new();
    let any = each_record(|record| {
        let who = Principal::of(record);
        assert_eq!(who.key, Principal::key_of(record));
        assert_ne!(who.kind, PrincipalKind::Unknown, "{}", record.text());
        if let Some(session) = &who.session {
            assert!(!who.key.ends_with(&format!("/{session}")), "{}", who.key);
        }
        keys.insert(who.key);
    });
    assert!(!any || keys.len() > 20, "{keys:#?}");
}

#[test]
fn every_record_yields_a_sentence_in_every_language() {
    let mut sentences = BTreeSet::new();
    let any = each_record(|record| {
        for language in Language::ALL {
            let sentence = sentence(record, language);
            assert!(sentence.ends_with(['.', '。']), "{sentence}");
            assert!(sentence.chars().count() < 800, "{sentence}");
            assert!(!sentence.chars().any(char::is_control), "{sentence}");
            assert!(sentence.contains(&action(record, language)));
            if sentences.insert(sentence) {
                assert!(facts(record, language).len() > 8);
            }
        }
    });
    assert!(!any || sentences.len() > 1_000);
}

#[test]
fn known_attacks_show_in_the_derived_fields() {
    let mut found = BTreeSet::new();
    let any = each_record(|record| {
        for name in ["grants", "opens", "shares", "tool.class"] {
            let value = derived::field(record, name);
            found.insert(format!("{} {name} {value:?}", record.event_name()));
        }
    });
    for expected in [
        r#"PutUserPolicy grants Some(List([Str("admin")"#,
        r#"AttachUserPolicy grants Some(List([Str("admin")"#,
        r#"AuthorizeSecurityGroupIngress opens Some(List([Str("world"), Str("world:22")]))"#,
        r#"ModifySnapshotAttribute shares Some(List([Str("account:"#,
        r#"UpdateAssumeRolePolicy grants Some(List([Str("account:"#,
        r#"GetPasswordData tool.class Some(Str("attack"))"#,
    ] {
        let shown = found.iter().any(|line| line.starts_with(expected));
        assert!(!any || shown, "{expected} is not among {found:#?}");
    }
}
