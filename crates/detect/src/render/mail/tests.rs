use sigma::{RuleSet, SourceFile};

use super::*;
use crate::cloudtrail::LogFileReader;
use crate::guidance::Guidance;

const RULE: &str = "
title: Trail Stopped
id: 5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be001
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventName: StopLogging }
  condition: selection
level: high
tags: [attack.defense-evasion, attack.t1562.008]
trailhound:
  title: { zh-CN: 跟踪被停止 }
  threat: { en: Nobody sees what follows., zh-CN: 此后无人看见。 }
  response:
    - title: { en: Start it again, zh-CN: 重新开始 }
      command: aws cloudtrail start-logging --name ${requestParameters.name}
      undo: aws cloudtrail stop-logging --name ${requestParameters.name}
";

/// An alert about a record in which a stranger has chosen `words` wherever he may.
fn alert(words: &str) -> Alert {
    let rules = RuleSet::load([SourceFile {
        name: "rule.yml",
        text: RULE,
    }])
    .rules;
    let words = serde_json::Value::from(words);
    let record = format!(
        r#"{{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","eventTime":"2026-11-22T14:02:11Z",
        "eventID":{words},"awsRegion":"eu-west-1","recipientAccountId":"111122223333","userAgent":{words},
        "sourceIPAddress":{words},"requestParameters":{{"name":{words}}},
        "userIdentity":{{"type":"IAMUser","userName":{words},"arn":{words},"accountId":"111122223333"}}}}"#
    );
    let mut alerts = Vec::new();
    let rule = &rules.rules()[0];
    let guidance = Guidance::of(rule.header()).unwrap();
    LogFileReader::default().read(record.as_bytes(), |record| {
        alerts.push(Alert::of_match(rule, &guidance, record));
    });
    brief(alerts.remove(0))
}

fn told(alert: &Alert) -> [Told<'_>; 1] {
    [Told { alert, before: 0 }]
}

#[test]
fn a_mail_says_what_why_and_what_to_type() {
    let alert = alert("maria");
    let mail = Letter::new(&Language::ALL).write(Kind::Alert, &told(&alert));
    assert_eq!(mail.subject, "[HIGH] 111122223333: Trail Stopped, by maria");
    for part in [
        "WHAT HAPPENED",
        "[HIGH] Trail Stopped",
        "Nobody sees what follows.",
        "   aws cloudtrail start-logging --name maria",
        "   undo: aws cloudtrail stop-logging --name maria",
        "发生了什么",
        "[HIGH] 跟踪被停止",
        "撤销： aws cloudtrail stop-logging",
        "cloudtrail.amazonaws.com StopLogging maria",
        &format!("alert {}", alert.id),
    ] {
        assert!(mail.body.contains(part), "{part} is not in\n{}", mail.body);
    }
    let attributes: Vec<_> = mail
        .attributes
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(
        attributes.join(" "),
        "account=111122223333 kind=alert language=en,zh-CN level=high level_num=3 region=eu-west-1 \
         rule=5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be001 tactic=defense-evasion"
    );
}

#[test]
fn what_a_stranger_wrote_stays_harmless() {
    let nasty =
        "x\r\n\r\nWHAT HAPPENED\nhttps://evil.example/a www.evil.example \u{202e}gpj\u{9b}2J";
    let alert = alert(nasty);
    for kind in [Kind::Alert, Kind::Update, Kind::Digest] {
        let mail = Letter::new(&[Language::En]).write(kind, &told(&alert));
        let headings = mail
            .body
            .lines()
            .filter(|line| *line == "WHAT HAPPENED")
            .count();
        assert!(headings <= 1, "{}", mail.body);
        assert!(!mail.body.contains("https://") && !mail.body.contains("www.evil"));
        assert!(
            !mail
                .body
                .chars()
                .any(|c| c == '\u{202e}' || (c.is_control() && c != '\n'))
        );
        assert!(mail.subject.len() < SUBJECT);
        assert!(
            mail.subject
                .bytes()
                .all(|b| b.is_ascii_graphic() || b == b' ')
        );
        assert!(!mail.subject.contains("https://"));
    }
}

#[test]
fn what_is_too_long_is_cut() {
    let long = alert(&"あ".repeat(60_000));
    let many = vec![
        Told {
            alert: &long,
            before: 0
        };
        500
    ];
    let mail = Letter::new(&Language::ALL).write(Kind::Alert, &many);
    assert!(mail.body.len() <= BODY && mail.subject.len() < SUBJECT);
    assert!(
        mail.attributes
            .values()
            .all(|value| value.is_ascii() && value.len() <= 200)
    );
    let size = |alert: &Alert| {
        serde_json::to_vec(&(&alert.why, &alert.response))
            .unwrap()
            .len()
    };
    assert!(size(&long) < 20_000, "{}", size(&long));
}

#[test]
fn an_update_tells_what_was_told_before() {
    let alert = alert("maria");
    let mail = Letter::new(&[]).write(
        Kind::Update,
        &[Told {
            alert: &alert,
            before: 3,
        }],
    );
    assert!(
        mail.subject
            .starts_with("[HIGH] 111122223333: more of: Trail Stopped")
    );
    assert!(
        mail.body
            .contains(&format!("told before: {}, with 3 events", alert.id))
    );
    assert!(!mail.body.contains(&format!("alert {}", alert.id)));
}

#[test]
fn a_digest_accounts_for_each() {
    let alert = alert("maria");
    let mail = Letter::new(&[]).write(
        Kind::Digest,
        &[Told {
            alert: &alert,
            before: 0,
        }; 40],
    );
    assert_eq!(
        mail.subject,
        "[HIGH] Digest of 40 alerts, worst: Trail Stopped"
    );
    assert_eq!(
        mail.body.matches(&format!("alert {}", alert.id)).count(),
        40
    );
}
