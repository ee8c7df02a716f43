//! A call that two accounts see is told once, by whichever of them, and calls that only look alike are not.

use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use detect::render::mail::Letter;
use detect::{Detector, copies};
use jiff::{SignedDuration, Timestamp};
use pipeline::memory::MemoryState;
use pipeline::post::{Manner, PostOffice, Posted};
use sigma::{RuleSet, SourceFile};

use crate::context::Mailbox;
use crate::now;

const RULE: &str = "{title: Policy, logsource: {product: aws}, level: high, detection: {s: {eventName: PutBucketPolicy}, condition: s}}";

/// The account of who calls, and the one that owns what is called on.
const CALLER: &str = "111122223333";
const OWNER: &str = "444455556666";

/// The alert about a call by maria, as the trail of `account` has it.
fn alert(account: &str, shared: Option<&str>) -> Alert {
    let shared = shared.map_or_else(String::new, |id| format!(r#""sharedEventID":"{id}","#));
    let record = format!(
        r#"{{"eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","eventTime":"2026-11-22T14:00:00Z","eventID":"{account}",{shared}"recipientAccountId":"{account}","userIdentity":{{"type":"IAMUser","userName":"maria","accountId":"{CALLER}","arn":"arn:aws:iam::{CALLER}:user/maria"}}}}"#
    );
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: RULE,
    }]);
    let (detector, _) = Detector::new(loaded.rules);
    let mut screener = detector.screener();
    LogFileReader::default().read(record.as_bytes(), |record| {
        screener.screen(record, None);
    });
    screener.take().cases.iter().next().unwrap().alert()
}

/// What comes of these findings, each delivered by itself and then all once more; and how many mails went out.
fn delivered(alerts: &[Alert]) -> (Posted, usize) {
    let mailbox = Mailbox::default();
    let manner = Manner::new(Letter::new(&[Language::En]));
    let office = PostOffice::new(MemoryState::default(), &mailbox, manner);
    let start: Timestamp = "2026-11-22T14:01:00Z".parse().unwrap();
    let mut sum = Posted::default();
    for (second, alert) in (0..).zip(alerts.iter().chain(alerts)) {
        let now_is = start + SignedDuration::from_secs(10 * second);
        let dead = now_is + SignedDuration::from_secs(60);
        let posted = now(office.deliver(vec![alert.clone()], now_is, dead)).unwrap();
        sum.told += posted.told;
        sum.copies += posted.copies;
        sum.known += posted.known;
    }
    (sum, mailbox.new_ones().len())
}

#[test]
fn the_second_account_adds_no_mail_whichever_comes_first() {
    let copies = [alert(CALLER, Some("s")), alert(OWNER, Some("s"))];
    let (posted, mails) = delivered(&copies);
    assert_eq!(
        (posted.told, posted.copies, posted.known, mails),
        (1, 2, 1, 1)
    );
    let turned = [copies[1].clone(), copies[0].clone()];
    let (posted, mails) = delivered(&turned);
    assert_eq!(
        (posted.told, posted.copies, posted.known, mails),
        (1, 2, 1, 1)
    );
}

#[test]
fn calls_that_are_not_shared_are_told_for_each_account() {
    for alerts in [
        [alert(CALLER, None), alert(OWNER, None)],
        [alert(CALLER, Some("s")), alert(OWNER, Some("t"))],
        [alert(CALLER, Some("s")), alert(OWNER, None)],
    ] {
        let (posted, mails) = delivered(&alerts);
        assert_eq!((posted.told, posted.copies, mails), (2, 0, 2));
    }
}

#[test]
fn of_copies_at_hand_that_of_the_callers_account_stays() {
    for mut alerts in [
        vec![alert(CALLER, Some("s")), alert(OWNER, Some("s"))],
        vec![alert(OWNER, Some("s")), alert(CALLER, Some("s"))],
    ] {
        assert_eq!(copies::fold(&mut alerts), 1);
        let left: Vec<_> = alerts
            .iter()
            .map(|alert| alert.account.id.as_deref())
            .collect();
        assert_eq!(left, [Some(CALLER)]);
    }
}

#[test]
fn an_alert_that_tells_more_than_its_copy_stays() {
    let mut more = alert(OWNER, Some("s"));
    more.event_count = 2;
    let mut alerts = vec![alert(CALLER, Some("s")), more];
    assert_eq!(copies::fold(&mut alerts), 0);
}
