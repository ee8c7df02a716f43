//! The mail about each story, as a person reads it: in English in UTC, in Chinese by a Chinese clock.
//!
//! A change here is a change of what people read at night: read it aloud before you accept it.

use std::fs;

use detect::Detector;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use detect::render::mail::{Accounts, Kind, Letter, Told, brief};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::corpus::{self, Rules, repository};

/// Stories that no alert is about; see [`crate::stories`].
const UNHEARD: [&str; 1] = ["instance-credentials-abroad"];

/// The letters of a team with readers in two countries.
fn letter(language: Language) -> Letter {
    let accounts: Accounts = "123456789012 = prod, platform team; 111122223333 = sandbox"
        .parse()
        .unwrap();
    let zone = match language {
        Language::En => "UTC",
        Language::ZhCn => "Asia/Shanghai",
    };
    Letter::new(&[language])
        .in_zone(TimeZone::get(zone).unwrap())
        .with_accounts(accounts)
}

/// The alerts about a story, the worst first.
fn alerts(detector: &Detector, story: &str) -> Vec<Alert> {
    let file = repository().join("events").join(format!("{story}.json"));
    let text = fs::read(file).unwrap();
    let mut screener = detector.screener();
    LogFileReader::default().read(&*text, |record| screener.screen(record, None));
    let mut alerts: Vec<_> = corpus::alerts(detector, screener.take())
        .into_iter()
        .map(brief)
        .collect();
    alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.level), alert.time, alert.id));
    alerts
}

fn subject_and_body(alert: &Alert, language: Language) -> (String, String) {
    let now = alert.time + SignedDuration::from_secs(3);
    let told = [Told {
        alert,
        before: 0,
        is_changed: false,
        around: None,
    }];
    let mail = letter(language).write(Kind::Alert, &told, now);
    (mail.subject, mail.body)
}

/// The worst alert in full, and the subjects of the mails about the others.
fn shown(alerts: &[Alert], language: Language) -> String {
    let (subject, body) = subject_and_body(&alerts[0], language);
    let others = alerts[1..]
        .iter()
        .map(|alert| subject_and_body(alert, language).0);
    let others: Vec<_> = others
        .map(|subject| format!("Subject: {subject}"))
        .collect();
    format!(
        "Subject: {subject}\n\n{body}\n==== and besides ====\n{}\n",
        others.join("\n")
    )
}

/// The mails that docs/mail.md shows, each behind a comment that names it.
const SHOWN: [(&str, Language); 3] = [
    ("snapshot-shared", Language::En),
    ("trail-blinded", Language::ZhCn),
    ("role-trust-backdoor", Language::En),
];

#[test]
fn the_page_shows_mails_as_they_are() {
    let (detector, _) = Detector::new(Rules::ours().load());
    let page = repository().join("docs/mail.md");
    let before = fs::read_to_string(&page).unwrap();
    let mut text = before.clone();
    for (story, language) in SHOWN {
        let (subject, body) = subject_and_body(&alerts(&detector, story)[0], language);
        let begin = format!("<!-- mail {story} {language} -->\n");
        let (head, rest) = text.split_once(&begin).expect(&begin);
        let (_, tail) = rest.split_once("<!-- /mail -->").expect("an end");
        text =
            format!("{head}{begin}```text\nSubject: {subject}\n\n{body}```\n<!-- /mail -->{tail}");
    }
    if std::env::var_os("INSTA_UPDATE").is_some() {
        fs::write(&page, &text).unwrap();
    }
    assert!(
        before == text,
        "INSTA_UPDATE=always writes docs/mail.md anew"
    );
}

/// The mails that are looked at as HTML too.
const AS_HTML: [(&str, Language); 2] = [
    ("snapshot-shared", Language::En),
    ("trail-blinded", Language::ZhCn),
];

#[test]
fn as_html_a_mail_says_the_same_and_fetches_nothing() {
    let (detector, _) = Detector::new(Rules::ours().load());
    for (story, language) in AS_HTML {
        let alerts = alerts(&detector, story);
        let now = alerts[0].time + SignedDuration::from_secs(3);
        let told = [Told {
            alert: &alerts[0],
            before: 0,
            is_changed: false,
            around: None,
        }];
        let mail = letter(language).write(Kind::Alert, &told, now);
        for door in [
            "href", "src=", "url(", "<script", "<link", "<img", "@import", "http",
        ] {
            assert!(!mail.html.contains(door), "{story}: {door}");
        }
        let shown = format!(
            "Subject: {}\n\n{}\n==== in a room ====\n{}\n",
            mail.title, mail.html, mail.room
        );
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("html-{story}-{language}"), shown);
        });
    }
}

#[test]
fn every_alarming_call_is_one_that_exists() {
    let unknown: Vec<_> = detect::sentence::meanings::known()
        .filter(|(source, name)| {
            let source = format!("{source}.amazonaws.com");
            !catalog::knows(&source, name)
        })
        .collect();
    assert_eq!(unknown, []);
}

#[test]
fn the_mail_about_each_story_reads_as_it_was_read_before() {
    let (detector, _) = Detector::new(Rules::ours().load());
    let mut told = 0;
    for story in simulate::stories().iter().map(|story| story.id) {
        let alerts = alerts(&detector, story);
        assert_eq!(alerts.is_empty(), UNHEARD.contains(&story), "{story}");
        if alerts.is_empty() {
            continue;
        }
        for language in Language::ALL {
            insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("mail-{story}-{language}"), shown(&alerts, language));
            });
        }
        told += 1;
    }
    assert_eq!(told, simulate::stories().len() - UNHEARD.len());
}
