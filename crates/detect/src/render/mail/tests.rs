use sigma::{RuleSet, SourceFile};

use super::*;
use crate::cloudtrail::LogFileReader;
use crate::detector::Detector;
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

/// A record in which a stranger has chosen `words` wherever he may.
fn record(words: &str) -> String {
    let words = serde_json::Value::from(words);
    format!(
        r#"{{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","eventTime":"2026-11-22T14:02:11Z",
        "eventID":{words},"awsRegion":"eu-west-1","recipientAccountId":"111122223333","userAgent":{words},
        "sourceIPAddress":{words},"requestParameters":{{"name":{words}}},
        "userIdentity":{{"type":"IAMUser","userName":{words},"arn":{words},"accountId":"111122223333"}}}}"#
    )
}

/// The alert about such a record.
fn alert(words: &str) -> Alert {
    let rules = RuleSet::load([SourceFile {
        name: "rule.yml",
        text: RULE,
    }])
    .rules;
    let record = record(words);
    let mut alerts = Vec::new();
    let rule = &rules.rules()[0];
    let guidance = Guidance::of(rule.header()).unwrap();
    LogFileReader::default().read(record.as_bytes(), |record| {
        alerts.push(Alert::of_match(rule, &guidance, record));
    });
    brief(alerts.remove(0))
}

/// Three seconds after the event.
fn now() -> Timestamp {
    "2026-11-22T14:02:14Z".parse().unwrap()
}

fn told(alert: &Alert) -> [Told<'_>; 1] {
    [Told {
        alert,
        before: 0,
        is_changed: false,
        around: None,
    }]
}

#[test]
fn a_log_file_in_a_bucket_comes_with_what_proves_it() {
    let mut alert = alert("maria");
    let said = |alert: &Alert| {
        let mail = Letter::new(&Language::ALL).write(Kind::Alert, &told(alert), now());
        mail.body
            .matches(
                "trailhound verify s3://acme/AWSLogs/111122223333/ --since 2026-11-22T13:02:11Z",
            )
            .count()
    };
    assert_eq!(said(&alert), 0);
    let file = "s3://acme/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/22/a.json.gz";
    alert.events[0].log_file = Some(file.into());
    assert_eq!(said(&alert), Language::ALL.len());
}

#[test]
fn a_mail_says_what_why_and_what_to_type() {
    let alert = alert("maria");
    let mail = Letter::new(&Language::ALL).write(Kind::Alert, &told(&alert), now());
    assert_eq!(
        mail.subject,
        "[HIGH] 111122223333: user maria stopped the logging of trail maria"
    );
    for part in [
        "WHAT HAPPENED",
        "IAM user `maria` stopped the logging of trail `maria` from `maria` with\n`maria`, and it worked.",
        "Level:     high - Trail Stopped",
        "What that means: This trail writes down nothing more.",
        "heard from EventBridge; written 3 seconds after the event",
        "Nobody sees what follows.",
        "   aws cloudtrail start-logging --name maria",
        "   undo: aws cloudtrail stop-logging --name maria",
        "发生了什么",
        "级别：高 - 跟踪被停止",
        "撤销：aws cloudtrail stop-logging",
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

/// Lines that a reader takes for the beginning of a part.
fn headings(body: &str) -> Vec<&str> {
    let is_heading = |line: &&str| {
        let all = [
            words::HAPPENED,
            words::MATTERS,
            words::STOP,
            words::EXPECTED,
            words::PROOF,
            words::MORE,
        ];
        all.iter().any(|words| [words.en, words.zh].contains(line))
    };
    body.lines().filter(is_heading).collect()
}

/// Elements of a page that are none of ours.
fn foreign(html: &str) -> Vec<&str> {
    let ours = [
        "!DOCTYPE", "html", "head", "meta", "style", "title", "body", "div", "h1", "h2", "p", "b",
        "br", "span", "pre", "code", "hr",
    ];
    let tags = html.split('<').skip(1).map(|rest| {
        let end = rest.find(|c: char| c == '>' || c.is_whitespace());
        rest[..end.unwrap_or(rest.len())].trim_start_matches('/')
    });
    tags.filter(|tag| !ours.contains(tag)).collect()
}

/// What would be a link to a mail program.
fn has_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let links = ["http://", "https://", "ftp://", "mailto:", "www."];
    links.iter().any(|link| text.contains(link))
}

#[test]
fn what_strangers_write_stays_harmless() {
    let usual = alert("maria");
    for word in crate::render::tests::nasty() {
        let alert = alert(&word);
        // Strangers who have an account choose its name, and somebody that of its unit.
        let members = [("111122223333", word.as_str(), Some(word.as_str()))];
        let accounts = Accounts::default().with_members(members.into_iter());
        for kind in [Kind::Alert, Kind::Update, Kind::Digest] {
            let letter = Letter::new(&Language::ALL).with_accounts(accounts.clone());
            let mail = letter.write(kind, &told(&alert), now());
            let expected = letter.write(kind, &told(&usual), now());
            assert_eq!(headings(&mail.body), headings(&expected.body), "{word:?}");
            assert!(!has_link(&mail.body), "{word:?}\n{}", mail.body);
            assert!(!has_link(&mail.subject), "{word:?}\n{}", mail.subject);
            let hidden = |c: char| crate::neutral::is_unseen(c) || (c.is_control() && c != '\n');
            assert!(!mail.body.contains(hidden), "{word:?}\n{}", mail.body);
            assert!(!has_link(&mail.html) && !has_link(&mail.title), "{word:?}");
            assert!(!mail.html.contains(hidden), "{word:?}\n{}", mail.html);
            assert!(!mail.title.contains(char::is_control), "{word:?}");
            assert_eq!(foreign(&mail.html), [""; 0], "{word:?}");
            assert!(mail.subject.len() < SUBJECT, "{}", mail.subject);
            let is_printable = |b: u8| b.is_ascii_graphic() || b == b' ';
            assert!(mail.subject.bytes().all(is_printable), "{}", mail.subject);
            for value in mail.attributes.values() {
                assert!(
                    !value.is_empty() && value.bytes().all(is_printable),
                    "{value:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_offered_to_be_saved_is_the_exclusion_of_this_and_of_nothing_else() {
    let mut offered = 0;
    for word in crate::render::tests::nasty() {
        let text = record(&word);
        let document = expected::of(&alert(&word), Language::En).1.join("\n");
        if document.is_empty() {
            continue;
        }
        offered += 1;
        let files = [("rule.yml", RULE), ("expected.yml", &document)];
        let loaded = RuleSet::load(files.map(|(name, text)| SourceFile { name, text }));
        assert!(
            loaded.problems.is_empty(),
            "{word:?}: {:#?}",
            loaded.problems
        );
        let (detector, _) = Detector::new(loaded.rules);
        for (text, silenced) in [(text, 1), (record("somebody-else"), 0)] {
            let mut screener = detector.screener();
            LogFileReader::default().read(text.as_bytes(), |record| {
                screener.screen(record, None);
            });
            let count: u64 = screener.take().suppressed.values().sum();
            assert_eq!(count, silenced, "{word:?}\n{document}");
        }
    }
    assert!(offered > 30, "{offered}");
}

#[test]
fn what_is_shed_is_never_the_first_block_nor_a_command() {
    let mut alert = alert("maria");
    let event = alert.events[0].clone();
    for detail in [2_000, 9_000] {
        alert.events = vec![event.clone(); EVENTS];
        alert.why = vec!["`x` is `y`".repeat(detail / 10); 10];
        let many = vec![
            Told {
                alert: &alert,
                before: 0,
                is_changed: false,
                around: None,
            };
            40
        ];
        let mail = Letter::new(&Language::ALL).write(Kind::Alert, &many, now());
        assert!(mail.body.len() <= BODY);
        assert!(!mail.body.contains("too long to be sent"));
        for part in [
            "IAM user `maria` stopped the logging of trail `maria`",
            "   aws cloudtrail start-logging --name maria",
            "IAM 用户 `maria`",
        ] {
            assert!(mail.body.contains(part), "{part}");
        }
    }
    let few = [Told {
        alert: &alert,
        before: 0,
        is_changed: false,
        around: None,
    }];
    let letter = Letter::new(&[Language::En]);
    let sizes = Detail::ALL.map(|detail| {
        let order = Order {
            letter: &letter,
            kind: Kind::Alert,
            alerts: &few,
            now: now(),
            detail,
        };
        body::of(order, Language::En).len()
    });
    assert!(sizes.is_sorted_by(|more, less| more >= less), "{sizes:?}");
    assert!(sizes[5] < 5_000, "{sizes:?}");
}

#[test]
fn what_is_too_long_is_cut() {
    let long = alert(&"あ".repeat(60_000));
    let many = vec![
        Told {
            alert: &long,
            before: 0,
            is_changed: false,
            around: None,
        };
        500
    ];
    let mail = Letter::new(&Language::ALL).write(Kind::Alert, &many, now());
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
            is_changed: false,
            around: None,
        }],
        now(),
    );
    assert!(
        mail.subject
            .starts_with("[HIGH] 111122223333: more of: user maria stopped")
    );
    assert!(
        mail.body
            .contains(&format!("alert {}, told before with 3 events", alert.id))
    );
}

#[test]
fn a_digest_accounts_for_each() {
    let alert = alert("maria");
    let mail = Letter::new(&[]).write(
        Kind::Digest,
        &[Told {
            alert: &alert,
            before: 0,
            is_changed: false,
            around: None,
        }; 40],
        now(),
    );
    assert_eq!(
        mail.subject,
        "[HIGH] Digest of 40 alerts, worst: user maria stopped the logging of trail maria"
    );
    assert_eq!(
        mail.body.matches(&format!("alert {}", alert.id)).count(),
        40
    );
}
