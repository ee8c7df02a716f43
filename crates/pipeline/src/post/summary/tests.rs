use sigma::Level;

use super::*;
use crate::ledger::Traffic;
use crate::memory::MemoryState;
use crate::post::Routes;
use crate::post::stage::{self, Mailbox, alert, at, now};

fn habit(hour: i8, zone: &str) -> Habit {
    Habit {
        hour,
        zone: TimeZone::get(zone).unwrap(),
    }
}

fn office(mailbox: &Mailbox) -> PostOffice<MemoryState, &Mailbox> {
    let mut office = stage::office(mailbox, Routes::default());
    office.manner.summary = Some(habit(8, "UTC"));
    office
}

/// Asks twenty times for a summary at this moment; returns how many were sent.
fn asked(office: &PostOffice<MemoryState, &Mailbox>, time: &str) -> usize {
    let dead = at(time) + SignedDuration::from_mins(1);
    let ask = |_| now(office.summarise(at(time), dead)).unwrap();
    (0..20).map(ask).filter(|sent| *sent).count()
}

#[test]
fn a_day_is_told_at_the_first_such_hour_after_its_end() {
    for (hour, zone, time, expected) in [
        (8, "UTC", "2026-11-28T07:59:59Z", "2026-11-26"),
        (8, "UTC", "2026-11-28T08:00:00Z", "2026-11-27"),
        (8, "Asia/Shanghai", "2026-11-27T23:59:59Z", "2026-11-26"),
        (8, "Asia/Shanghai", "2026-11-28T00:00:00Z", "2026-11-27"),
        (7, "Asia/Shanghai", "2026-11-28T22:59:59Z", "2026-11-26"),
        (7, "Asia/Shanghai", "2026-11-28T23:00:00Z", "2026-11-27"),
        (
            8,
            "America/Los_Angeles",
            "2026-11-28T15:59:59Z",
            "2026-11-26",
        ),
        (
            8,
            "America/Los_Angeles",
            "2026-11-28T16:00:00Z",
            "2026-11-27",
        ),
        (0, "UTC", "2026-11-28T00:00:00Z", "2026-11-27"),
    ] {
        let due = habit(hour, zone).due(at(time));
        assert_eq!(due, Some(expected.parse().unwrap()), "{hour} {zone} {time}");
    }
}

#[test]
fn each_day_and_on_mondays_the_week_is_told_once_whoever_asks() {
    let mailbox = Mailbox::default();
    let office = office(&mailbox);
    assert_eq!(
        asked(&office, "2026-11-27T12:00:00Z"),
        0,
        "nobody has counted yesterday"
    );
    let subjects = |time: &str, count: usize| {
        assert_eq!(asked(&office, time), count, "{time}");
        let mails = mailbox.mails.take();
        mails
            .into_iter()
            .map(|(_, mail)| mail.subject)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        subjects("2026-11-28T09:00:00Z", 1),
        ["[trailhound] Day 2026-11-27: 0 new alerts; 0 records"]
    );
    subjects("2026-11-29T09:00:00Z", 1);
    let monday = subjects("2026-11-30T09:00:00Z", 2);
    assert!(monday[0].contains("Day 2026-11-29") && monday[1].contains("Week to 2026-11-29"));
    subjects("2026-11-30T23:00:00Z", 0);
}

#[test]
fn whoever_cannot_send_it_leaves_it_to_the_next() {
    let mailbox = Mailbox::default();
    let office = office(&mailbox);
    asked(&office, "2026-11-27T12:00:00Z");
    mailbox.closed.borrow_mut().insert("mail");
    let (time, dead) = (at("2026-11-28T09:00:00Z"), at("2026-11-28T09:01:00Z"));
    assert!(now(office.summarise(time, dead)).is_err());
    mailbox.closed.borrow_mut().clear();
    assert_eq!(
        asked(&office, "2026-11-28T09:00:30Z"),
        0,
        "the first may still be at it"
    );
    assert_eq!(asked(&office, "2026-11-28T09:01:00Z"), 1);
}

#[test]
fn what_comes_again_is_counted_once_and_who_fell_silent_is_missed() {
    let mailbox = Mailbox::default();
    let office = office(&mailbox);
    asked(&office, "2026-11-25T12:00:00Z");
    let traffic = |account: &str, silenced: u64| Traffic {
        records: 100,
        files: 2,
        bytes: 1_000_000,
        accounts: BTreeMap::from([(account.to_owned(), 2)]),
        silenced: BTreeMap::from([("Terraform".to_owned(), silenced)]),
    };
    let (tuesday, friday) = (at("2026-11-24T12:00:00Z"), at("2026-11-27T12:00:00Z"));
    now(ledger::count(
        office.states(),
        tuesday,
        &traffic("444455556666", 0),
    ))
    .unwrap();
    for _ in 0..2 {
        now(ledger::count(
            office.states(),
            friday,
            &traffic("111122223333", 3),
        ))
        .unwrap();
        let found = vec![
            alert("111122223333", Level::Medium),
            alert("222233334444", Level::Critical),
        ];
        let dead = friday + SignedDuration::from_mins(1);
        now(office.deliver(found, friday, dead)).unwrap();
    }
    mailbox.mails.take();
    assert_eq!(asked(&office, "2026-11-28T09:00:00Z"), 1);
    let (_, mail) = mailbox.mails.take().remove(0);
    assert_eq!(
        mail.subject,
        "[trailhound] Day 2026-11-27: 2 new alerts: 1 critical, 1 medium; 200 records"
    );
    let first = mail.body.find("[CRITICAL] 222233334444").unwrap();
    assert!(mail.body.find("[MEDIUM] 111122223333").unwrap() > first);
    for said in [
        "200 records in 4 log files, 2.0 MB as stored",
        "- 444455556666: last log file on 2026-11-24",
        "- 6 matches: Terraform",
        "a month at this pace",
    ] {
        assert!(mail.body.contains(said), "{said}\n{}", mail.body);
    }
}
