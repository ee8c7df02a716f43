//! Ten thousand alerts in a minute: the mail subscription lives, and nothing is lost.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use detect::Detector;
use detect::alert::{Alert, AlertId};
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use detect::render::mail::{BODY, Letter, Mail};
use jiff::{SignedDuration, Timestamp};
use pipeline::memory::MemoryState;
use pipeline::ports::SinkError;
use pipeline::post::{Ladder, MailSink, Manner, PostError, PostOffice, Rate};
use sigma::{Level, RuleSet, SourceFile};

use crate::now;

const ALERTS: usize = 10_000;

/// How many findings come in one delivery.
const BATCH: usize = 10;

const RULE: &str = "{title: Storm, logsource: {product: aws}, level: high, detection: {s: {eventName: '*'}, condition: s}}";

/// Mails as they arrive, with the second in which they do.
#[derive(Default)]
struct Mailbox {
    second: Cell<i64>,
    mails: RefCell<Vec<(i64, Mail)>>,
}

impl MailSink for &Mailbox {
    async fn send(&self, _: Option<&str>, mail: &Mail) -> Result<(), SinkError> {
        self.mails
            .borrow_mut()
            .push((self.second.get(), mail.clone()));
        Ok(())
    }
}

/// Different alerts about different people, whose names are as long as they may be.
fn alerts() -> Vec<Alert> {
    let record = br#"{"eventSource":"iam.amazonaws.com","eventName":"CreateUser","eventTime":"2026-11-22T14:00:00Z","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"maria","accountId":"111122223333"}}"#;
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: RULE,
    }]);
    let (detector, _) = Detector::new(loaded.rules);
    let mut screener = detector.screener();
    LogFileReader::default().read(&record[..], |record| {
        screener.screen(record, None);
    });
    let alert = screener.take().cases.iter().next().unwrap().alert();
    let levels = [Level::Medium, Level::High, Level::Critical];
    let one = |number: usize| {
        let mut alert = alert.clone();
        alert.id = AlertId::try_from(format!("th-{number:024x}")).unwrap();
        alert.level = levels[number % levels.len()];
        alert.principal.key = format!("arn:aws:iam::111122223333:user/{number}");
        let deed = alert.deed.as_mut().unwrap();
        deed.headline.en = format!("{number}{}", "😀".repeat(100));
        deed.headline.zh_cn = deed.headline.en.clone();
        alert
    };
    (0..ALERTS).map(one).collect()
}

#[test]
fn ten_thousand_alerts_in_a_minute_are_all_told_and_no_second_sees_too_many_mails() {
    let mailbox = Mailbox::default();
    let rate = Rate::per_second(1.0);
    let manner = Manner {
        rate,
        ladder: Ladder::AT_ONCE,
        ..Manner::new(Letter::new(&Language::ALL))
    };
    let office = PostOffice::new(MemoryState::default(), &mailbox, manner);
    let start: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
    let at = |second: i64| start + SignedDuration::from_secs(second);
    let all = alerts();
    let mut queue: Vec<Vec<Alert>> = all.chunks(BATCH).map(<[Alert]>::to_vec).rev().collect();
    let (mut second, mut returned) = (0, 0);
    // What arrives in a second, and at the end of each minute the clock's tick.
    while second < 60 || !queue.is_empty() || second < 180 {
        mailbox.second.set(second);
        let due = ALERTS / BATCH / 60 + 1;
        for batch in queue
            .split_off(queue.len().saturating_sub(due))
            .into_iter()
            .rev()
        {
            match now(office.deliver(batch.clone(), at(second), at(second + 60))) {
                Ok(_) => {}
                Err(PostError::Full(_)) => {
                    returned += 1;
                    queue.insert(0, batch);
                }
                Err(error) => panic!("{error}"),
            }
        }
        if second % 60 == 59 {
            now(office.deliver(Vec::new(), at(second), at(second + 60))).unwrap();
        }
        second += 1;
        assert!(
            second < 3_600,
            "{} batches are left after an hour",
            queue.len()
        );
    }
    let mails = mailbox.mails.borrow();
    let mut told = BTreeMap::<String, usize>::new();
    for (_, mail) in mails.iter() {
        assert!(mail.body.len() <= BODY, "{}", mail.body.len());
        let english = mail.body.split("\n----").next().unwrap();
        let ids = english
            .match_indices("th-")
            .map(|(at, _)| &english[at..at + 27]);
        for id in ids.collect::<std::collections::BTreeSet<_>>() {
            *told.entry(id.to_owned()).or_default() += 1;
        }
    }
    println!(
        "{} mails in {second} seconds about {ALERTS} alerts, {returned} batches came back meanwhile",
        mails.len()
    );
    assert_eq!(told.len(), ALERTS, "each alert is told");
    assert!(told.values().all(|times| *times == 1), "and told once");
    for (from, _) in mails.iter() {
        for span in [1, 10, 60] {
            let within = mails
                .iter()
                .filter(|(at, _)| (*from..from + span).contains(at));
            let most = rate.burst() + span as f64;
            assert!(within.count() as f64 <= most, "in {span} s from {from} on");
        }
    }
}
