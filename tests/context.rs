//! What a reader is told around an alert: what came before at once, what followed a quarter of an hour later,
//! and at once that what was told as failed has worked.

use std::cell::RefCell;

use detect::activity::Activity;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use detect::render::mail::{Letter, Mail};
use detect::{Detector, Screened};
use jiff::{SignedDuration, Timestamp};
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use pipeline::ports::SinkError;
use pipeline::post::{MailSink, Manner, PostOffice};
use sigma::{RuleSet, SourceFile};

use crate::corpus::record;
use crate::now;

const RULE: &str = "{title: User made, id: 5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be009, logsource: {product: aws}, level: high, detection: {s: {eventName: CreateUser}, condition: s}}";

/// Mails as they arrive.
#[derive(Default)]
pub(crate) struct Mailbox(RefCell<Vec<Mail>>);

impl MailSink for &Mailbox {
    async fn send(&self, _: Option<&str>, mail: &Mail) -> Result<(), SinkError> {
        self.0.borrow_mut().push(mail.clone());
        Ok(())
    }
}

impl Mailbox {
    /// The mails since this was asked last.
    pub(crate) fn new_ones(&self) -> Vec<Mail> {
        self.0.take()
    }
}

/// A call of maria's at this minute of the hour.
fn call(minute: u32, name: &str, error: &str) -> String {
    format!(
        r#"{{"eventSource":"iam.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:{minute:02}:00Z","awsRegion":"us-east-1",
        "eventID":"{minute:08x}-0000-4000-8000-000000000000","recipientAccountId":"111122223333","sourceIPAddress":"203.0.113.9",
        "userIdentity":{{"type":"IAMUser","userName":"maria","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/maria"}},
        "requestParameters":{{"userName":"user-{minute}"}}{error}}}"#
    )
}

fn at(minute: i64) -> Timestamp {
    let hour: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
    hour + SignedDuration::from_mins(minute)
}

struct Stage<'m> {
    detector: Detector,
    office: PostOffice<MemoryState, &'m Mailbox>,
    found: Screened,
}

fn manner() -> Manner {
    Manner::new(Letter::new(&[Language::En]))
}

impl<'m> Stage<'m> {
    fn new(mailbox: &'m Mailbox) -> Self {
        let loaded = RuleSet::load([SourceFile {
            name: "r",
            text: RULE,
        }]);
        let (detector, _) = Detector::new(loaded.rules);
        Self {
            detector,
            office: PostOffice::new(MemoryState::default(), mailbox, manner()),
            found: Screened::default(),
        }
    }

    /// Records come by one of the doors, and what they make is mailed.
    fn hear(&mut self, records: &[String], minute: i64) {
        let mut activity = Activity::default();
        let mut screener = self.detector.screener();
        for record in records {
            LogFileReader::default().read(record.as_bytes(), |record| {
                activity.add(record);
                screener.screen(record, None);
            });
        }
        self.detector.join(&mut self.found, screener.take());
        now(pipeline::activity::remember(self.office.states(), activity)).unwrap();
        let alerts: Vec<Alert> = self
            .found
            .cases
            .iter()
            .map(detect::case::Case::alert)
            .collect();
        self.deliver(alerts, minute);
    }

    fn deliver(&self, alerts: Vec<Alert>, minute: i64) {
        now(self.office.deliver(alerts, at(minute), at(minute + 1))).unwrap();
    }
}

#[test]
fn a_mail_tells_what_came_before_and_an_update_what_followed() {
    let mailbox = Mailbox::default();
    let mut stage = Stage::new(&mailbox);
    stage.hear(&[call(1, "ListUsers", r#","readOnly":true"#)], 2);
    assert!(mailbox.new_ones().is_empty());
    stage.hear(&[call(10, "CreateUser", "")], 11);
    let mails = mailbox.new_ones();
    let first = &mails[0].body;
    let (_, before) = first
        .split_once("15 MINUTES BEFORE\n")
        .expect("what came before");
    assert!(
        before.starts_with("- 14:01:00 listed the IAM users from 203.0.113.9\n"),
        "{before}"
    );
    assert!(!first.contains("15 MINUTES AFTER"), "{first}");

    stage.hear(&[call(12, "CreateAccessKey", "")], 13);
    stage.deliver(Vec::new(), 20);
    assert!(mailbox.new_ones().is_empty(), "not yet");
    stage.deliver(Vec::new(), 27);
    let mails = mailbox.new_ones();
    assert_eq!(mails.len(), 1);
    let (_, after) = mails[0]
        .body
        .split_once("15 MINUTES AFTER\n")
        .expect("what followed");
    assert!(
        after.starts_with("- 14:12:00 created an access key for user `user-12`"),
        "{after}"
    );
    stage.deliver(Vec::new(), 59);
    assert!(mailbox.new_ones().is_empty(), "once");
}

#[test]
fn that_nothing_followed_is_no_news() {
    let mailbox = Mailbox::default();
    let mut stage = Stage::new(&mailbox);
    stage.hear(&[call(10, "CreateUser", "")], 11);
    assert_eq!(mailbox.new_ones().len(), 1);
    for minute in 12..59 {
        stage.deliver(Vec::new(), minute);
    }
    assert!(mailbox.new_ones().is_empty());
}

#[test]
fn what_was_told_as_failed_and_works_at_last_is_told_at_once() {
    let mailbox = Mailbox::default();
    let mut stage = Stage::new(&mailbox);
    let denied = r#","errorCode":"AccessDenied""#;
    stage.hear(&[call(10, "CreateUser", denied)], 10);
    let mails = mailbox.new_ones();
    assert!(
        mails[0].subject.contains("tried to create"),
        "{}",
        mails[0].subject
    );
    stage.hear(&[call(11, "CreateUser", denied)], 11);
    assert!(mailbox.new_ones().is_empty(), "more of the same waits");
    stage.hear(&[call(12, "CreateUser", "")], 12);
    let mails = mailbox.new_ones();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        mails[0].subject,
        "[HIGH] 111122223333: now it worked: user maria created the IAM user user-12"
    );
    let body = mails[0].body.replace('\n', " ");
    assert!(
        body.contains("You were told that this failed. It has worked since."),
        "{body}"
    );
    assert!(body.contains("created the IAM user `user-12` from 203.0.113.9, and it worked."));
}

/// Two rules, and a correlation for whose sake sessions are followed.
const CHAIN: &str = "\
title: Role taken
name: taken
logsource: { product: aws }
detection: { s: { eventName: AssumeRole }, condition: s }
---
title: User made
name: made
logsource: { product: aws }
level: high
detection: { s: { eventName: CreateUser }, condition: s }
---
title: Role taken, user made
level: low
correlation:
  type: temporal_ordered
  rules: [taken, made]
  group-by: [trailhound.actor]
  timespan: 1h
generate: true
";

/// The call of a session with this key; one of `AssumeRole` hands out another key.
fn by_session(minute: u32, key: &str, name: &str, handed: &str) -> String {
    let identity = if key.is_empty() {
        r#""type":"IAMUser","userName":"maria","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/maria""#.to_owned()
    } else {
        format!(
            r#""type":"AssumedRole","accountId":"111122223333","arn":"arn:aws:sts::111122223333:assumed-role/admin/s","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::111122223333:role/admin","userName":"admin"}}}}"#
        )
    };
    let source = if name == "AssumeRole" { "sts" } else { "iam" };
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:{minute:02}:00Z","awsRegion":"us-east-1","eventID":"{minute:08x}-0000-4000-8000-000000000000","recipientAccountId":"111122223333","sourceIPAddress":"203.0.113.9","userIdentity":{{{identity}}},"responseElements":{{"credentials":{{"accessKeyId":"{handed}"}}}}}}"#
    )
}

#[test]
fn a_mail_about_a_session_names_who_stands_behind_it() {
    let file = SourceFile {
        name: "chain",
        text: CHAIN,
    };
    let loaded = RuleSet::load([file]);
    assert!(loaded.problems.iter().all(sigma::RuleError::is_warning));
    let (detector, _) = Detector::new(loaded.rules);
    for (records, said) in [
        (
            vec![
                by_session(1, "", "AssumeRole", "ASIA1"),
                by_session(5, "ASIA1", "CreateUser", ""),
            ],
            Some("arn:aws:iam::111122223333:user/maria, who assumed this role"),
        ),
        (
            vec![
                by_session(1, "", "AssumeRole", "ASIA1"),
                by_session(3, "ASIA1", "AssumeRole", "ASIA2"),
                by_session(5, "ASIA2", "CreateUser", ""),
            ],
            Some("arn:aws:iam::111122223333:user/maria, through 2 roles one after the other"),
        ),
        (vec![by_session(5, "ASIA2", "CreateUser", "")], None),
    ] {
        let mut screener = detector.screener();
        for text in &records {
            screener.screen(&record(text), None);
        }
        let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
        now(pipeline.settle(&detector, screener.take())).unwrap();
        let (state, sink) = pipeline.into_parts();
        let mailbox = Mailbox::default();
        let office = PostOffice::new(state, &mailbox, manner());
        now(office.deliver(sink.alerts, at(6), at(7))).unwrap();
        let mails = mailbox.new_ones();
        let behind = mails[0]
            .body
            .lines()
            .find_map(|line| line.strip_prefix("Behind it:"));
        assert_eq!(behind.map(str::trim), said, "{}", mails[0].body);
    }
}
