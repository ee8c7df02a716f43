//! Nasty strings through every output but mail, which has tests of its own.

use std::io;

use sigma::{RuleSet, SourceFile};

use super::*;
use crate::alert::Alert;
use crate::cloudtrail::{LogFileReader, Record};
use crate::detector::Detector;
use crate::guidance::Guidance;
use crate::language::Language;
use crate::neutral::is_unseen;

const RULE: &str = "
title: Any call
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { requestParameters.name|exists: true, requestParameters.masterUserPassword|exists: true }
  condition: selection
level: high
";

/// What somebody writes who wants to mislead a reader or a program.
pub(super) fn nasty() -> Vec<String> {
    serde_json::from_str(include_str!("../../data/nasty.json")).unwrap()
}

/// A record in which `word` stands wherever a caller can write, and the alert about it.
fn with(word: &str, mut act: impl FnMut(&Record<'_>, &Alert)) {
    let word = serde_json::Value::from(word);
    let text = format!(
        r#"{{"eventSource":"rds.amazonaws.com","eventName":"ModifyDBInstance","eventTime":"2026-11-22T14:02:11Z",
        "eventID":{word},"awsRegion":{word},"recipientAccountId":{word},"userAgent":{word},"sourceIPAddress":{word},
        "errorCode":{word},"errorMessage":{word},"tlsDetails":{{"clientProvidedHostHeader":{word}}},
        "requestParameters":{{"name":{word},"dBInstanceIdentifier":{word},"masterUserPassword":"hunter2"}},
        "userIdentity":{{"type":"AssumedRole","arn":{word},"accountId":{word},"principalId":{word},
        "sessionContext":{{"sourceIdentity":{word},"sessionIssuer":{{"userName":{word},"arn":{word}}}}}}}}}"#
    );
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: RULE,
    }]);
    let (detector, _) = Detector::new(loaded.rules);
    let mut screener = detector.screener();
    LogFileReader::default().read(text.as_bytes(), |record| {
        screener.screen(record, None);
        let alert = screener
            .take()
            .cases
            .iter()
            .next()
            .expect("the rule matches")
            .alert();
        act(record, &alert);
    });
}

/// The alert that a rule for everything makes of `record`.
pub(crate) fn alert_of(record: &Record<'_>) -> Alert {
    let rule =
        "{title: T, logsource: {product: aws}, detection: {s: {eventName: '*'}, condition: s}}";
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: rule,
    }]);
    Alert::of_match(&loaded.rules.rules()[0], &Guidance::default(), record)
}

/// What `write` writes, as text.
fn text(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("all we write is UTF-8")
}

/// Terminal output without the colours that are ours.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let end = code.find('m').expect("a colour");
        assert!(code[..end].bytes().all(|b| b.is_ascii_digit() || b == b';'));
        rest = &code[end + 1..];
    }
    plain + rest
}

#[test]
fn a_terminal_obeys_nobody_but_us() {
    for word in nasty() {
        with(&word, |record, alert| {
            for language in Language::ALL {
                let (width, alerts) = (80, std::slice::from_ref(alert));
                for shown in [
                    text(|out| table::Table { width, language }.write(alerts, out)),
                    text(|out| advice::Advice { width, language }.write(alert, out)),
                    text(|out| record::RecordPage { width, language }.write(record, out)),
                ] {
                    let plain = without_colours(&shown);
                    let hidden = |c: char| is_unseen(c) || (c.is_control() && c != '\n');
                    assert!(!plain.contains(hidden), "{word:?}\n{plain:?}");
                    assert!(!plain.contains("hunter2"), "{plain}");
                }
            }
        });
    }
}

#[test]
fn a_chat_room_is_shown_no_link_and_nobody_is_called() {
    let accounts = mail::Accounts::default();
    for word in nasty() {
        with(&word, |_, alert| {
            let told = mail::Told {
                alert,
                before: 0,
                is_changed: false,
                around: None,
            };
            for language in Language::ALL {
                let notification = chat::notification(&told, "t", 3, &accounts, language);
                let mut shown: Vec<_> = ["title", "description"]
                    .map(|part| notification["content"][part].clone())
                    .into();
                let letter = mail::Letter::new(&[language]);
                let mail = letter.write(mail::Kind::Digest, &[told, told], alert.time);
                shown.push(mail.room.into());
                let shown: Vec<_> = shown.iter().filter_map(|text| text.as_str()).collect();
                assert_eq!(shown.len(), 3);
                for text in shown {
                    for line in text.lines() {
                        let is_command = line.starts_with('`') && line.ends_with('`');
                        let marks: &[char] = match is_command {
                            true => &['<', '>', '@'],
                            false => &['<', '>', '@', '*', '[', '#'],
                        };
                        let line = line.strip_prefix('[').unwrap_or(line);
                        assert!(!line.contains(marks), "{word:?}: {text}");
                    }
                    let lower = text.to_lowercase();
                    assert!(
                        !lower.contains("http://") && !lower.contains("https://"),
                        "{text}"
                    );
                    assert!(
                        !text.contains(|c: char| is_unseen(c) || (c.is_control() && c != '\n'))
                    );
                    assert!(text.len() <= 2_000 && !text.contains("hunter2"), "{text}");
                    assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                }
            }
        });
    }
}

#[test]
fn a_spreadsheet_finds_no_formula_and_no_further_cell() {
    for word in nasty() {
        with(&word, |_, alert| {
            let shown = text(|out| csv::write(std::slice::from_ref(alert), Language::En, out));
            let mut rows = ::csv::Reader::from_reader(shown.as_bytes());
            let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
            assert_eq!(rows.len(), 1, "{word:?}");
            assert_eq!(rows[0].len(), csv::COLUMNS.len(), "{word:?}");
            for cell in &rows[0] {
                let first = cell.trim_start_matches(char::is_whitespace);
                assert!(
                    !first.starts_with(['=', '+', '-', '@']),
                    "{word:?}: {cell:?}"
                );
                assert!(!cell.contains(char::is_control), "{word:?}: {cell:?}");
            }
        });
    }
}

#[test]
fn json_says_the_same_on_one_line_that_can_be_seen() {
    for word in nasty() {
        with(&word, |_, alert| {
            let shown = text(|out| json::write_lines([alert], out));
            assert_eq!(shown.lines().count(), 1, "{word:?}");
            let hidden = |c: char| is_unseen(c) || (c.is_control() && c != '\n');
            assert!(!shown.contains(hidden), "{word:?}: {shown:?}");
            assert_eq!(&serde_json::from_str::<Alert>(&shown).unwrap(), alert);
            assert!(!shown.contains("hunter2"), "{shown}");
            let ocsf = ocsf::detection_finding(alert, Language::En, "0");
            assert!(!ocsf.to_string().contains("hunter2"), "{ocsf}");
        });
    }
}
