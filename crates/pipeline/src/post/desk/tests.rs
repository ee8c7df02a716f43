use super::*;

const RATE: Rate = Rate::per_second(1.0);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).unwrap()
}

fn id(number: u32) -> AlertId {
    AlertId::try_from(format!("th-{number:024x}")).unwrap()
}

fn entry(alert: u32, thread: &str, level: Level) -> Entry {
    Entry {
        alert: id(alert),
        thread: ThreadId::of(&[thread]),
        level,
        is_urgent: false,
        first_due: at(0),
        update_due: None,
        event: None,
        to: BTreeSet::new(),
    }
}

fn enter(desk: &mut Desk, alert: u32, thread: &str, second: i64) {
    let entry = entry(alert, thread, Level::High);
    desk.enter(entry, at(second), at(second + 900)).unwrap();
}

fn take(desk: &mut Desk, second: i64, rate: Rate) -> BTreeMap<u64, Order> {
    desk.take(at(second), at(second + 60), rate)
}

fn kinds(taken: &BTreeMap<u64, Order>) -> Vec<(Kind, usize)> {
    taken
        .values()
        .map(|order| (order.kind, order.alerts.len()))
        .collect()
}

#[test]
fn the_first_of_a_thread_goes_out_at_once_and_later_ones_together() {
    let mut desk = Desk::default();
    enter(&mut desk, 1, "maria", 0);
    let first = take(&mut desk, 0, RATE);
    assert_eq!(kinds(&first), [(Kind::Alert, 1)]);
    enter(&mut desk, 2, "maria", 1);
    enter(&mut desk, 3, "maria", 2);
    desk.done(*first.keys().next().unwrap());
    assert!(take(&mut desk, 600, RATE).is_empty(), "not due yet");
    assert_eq!(kinds(&take(&mut desk, 901, RATE)), [(Kind::Update, 2)]);
}

#[test]
fn what_is_not_urgent_goes_out_in_one_mail() {
    let mut desk = Desk::default();
    for number in 0..3 {
        let medium = Entry {
            first_due: at(900),
            ..entry(number, &number.to_string(), Level::Medium)
        };
        desk.enter(medium, at(0), at(900)).unwrap();
    }
    enter(&mut desk, 9, "maria", 10);
    assert_eq!(
        kinds(&take(&mut desk, 10, RATE)),
        [(Kind::Alert, 1)],
        "only what is high"
    );
    desk.done(0);
    assert_eq!(kinds(&take(&mut desk, 900, RATE)), [(Kind::Digest, 3)]);
}

#[test]
fn what_followed_is_told_once_alone_or_with_an_update() {
    let thread = ThreadId::of(&["maria"]);
    let mut desk = Desk::default();
    desk.follow_up(id(1), thread, at(900));
    desk.follow_up(id(1), thread, at(5_000));
    assert!(take(&mut desk, 899, RATE).is_empty());
    let alone = take(&mut desk, 900, RATE);
    assert_eq!(kinds(&alone), [(Kind::Update, 1)]);
    assert!(alone.values().all(|order| order.is_follow_up));
    desk.done(0);
    assert!(desk.is_empty());

    desk.follow_up(id(1), thread, at(2_000));
    let update = Entry {
        update_due: Some(at(2_000)),
        ..entry(2, "maria", Level::High)
    };
    desk.enter(update, at(1_000), at(2_000)).unwrap();
    let both = take(&mut desk, 2_001, RATE);
    assert_eq!(kinds(&both), [(Kind::Update, 1)]);
    assert!(both.values().all(|order| order.is_follow_up));
    desk.done(1);
    assert!(desk.is_empty());
}

#[test]
fn what_is_no_longer_so_is_told_at_once() {
    let mut desk = Desk::default();
    enter(&mut desk, 1, "maria", 0);
    let first = take(&mut desk, 0, RATE);
    desk.done(*first.keys().next().unwrap());
    let update = Entry {
        update_due: Some(at(900)),
        ..entry(1, "maria", Level::High)
    };
    desk.enter(update.clone(), at(10), at(910)).unwrap();
    assert!(take(&mut desk, 20, RATE).is_empty(), "an update waits");
    let urgent = Entry {
        is_urgent: true,
        ..update
    };
    desk.enter(urgent.clone(), at(30), at(930)).unwrap();
    assert_eq!(kinds(&take(&mut desk, 30, RATE)), [(Kind::Update, 1)]);
    desk.done(1);
    desk.enter(urgent, at(40), at(940)).unwrap();
    assert_eq!(kinds(&take(&mut desk, 40, RATE)), [(Kind::Update, 1)]);
}

#[test]
fn an_update_does_not_overtake_what_it_adds_to() {
    let mut desk = Desk::default();
    enter(&mut desk, 1, "maria", 0);
    let _slow = take(&mut desk, 0, RATE);
    let again = Entry {
        is_urgent: true,
        ..entry(1, "maria", Level::High)
    };
    desk.enter(again, at(1), at(2)).unwrap();
    desk.follow_up(id(1), ThreadId::of(&["maria"]), at(1));
    enter(&mut desk, 2, "tom", 1);
    let others = take(&mut desk, 5, RATE);
    assert_eq!(kinds(&others), [(Kind::Alert, 1)], "only that of another");
    desk.done(0);
    let update = take(&mut desk, 6, RATE);
    assert_eq!(kinds(&update), [(Kind::Update, 1)]);
    assert!(update.values().all(|order| order.is_follow_up));
}

#[test]
fn what_is_over_the_rate_is_folded_into_one_that_accounts_for_each() {
    let mut desk = Desk::default();
    for number in 0..40 {
        enter(&mut desk, number, &number.to_string(), 0);
    }
    let taken = take(&mut desk, 0, RATE);
    let told: usize = taken.values().map(|order| order.alerts.len()).sum();
    assert_eq!(taken.len(), RATE.burst() as usize);
    assert_eq!(told, 40);
    assert_eq!(
        taken
            .values()
            .filter(|order| order.kind == Kind::Digest)
            .count(),
        1
    );
}

#[test]
fn the_worst_is_told_by_itself() {
    let mut desk = Desk::default();
    for number in 0..40 {
        enter(&mut desk, number, &number.to_string(), 0);
    }
    let critical = entry(99, "worst", Level::Critical);
    desk.enter(critical, at(0), at(0)).unwrap();
    let taken = take(&mut desk, 0, RATE);
    let alone = taken.values().find(|order| order.alerts == [id(99)]);
    assert_eq!(alone.map(|order| order.kind), Some(Kind::Alert));
}

#[test]
fn a_mail_whose_taker_died_is_taken_again() {
    let mut desk = Desk::default();
    enter(&mut desk, 1, "maria", 0);
    let first = take(&mut desk, 0, RATE);
    assert!(take(&mut desk, 30, RATE).is_empty(), "held");
    assert_eq!(take(&mut desk, 60, RATE), first, "taken again");
    desk.give_back(0, at(61));
    assert_eq!(take(&mut desk, 61, RATE), first, "given back");
    desk.done(0);
    assert!(desk.is_empty() && take(&mut desk, 600, RATE).is_empty());
}

#[test]
fn what_could_not_be_sent_goes_out_no_faster_than_anything_else_and_in_turn() {
    let mut desk = Desk::default();
    let burst = RATE.burst() as usize;
    let mut second = 0;
    // The topic refuses everything for a while.
    for number in 0..60 {
        enter(&mut desk, number, &number.to_string(), second);
        for (number, _) in take(&mut desk, second, RATE) {
            desk.give_back(number, at(second));
        }
        second += 60;
    }
    let mut tried = BTreeSet::new();
    for number in 100..160 {
        enter(&mut desk, number, &number.to_string(), second);
        let taken = take(&mut desk, second, RATE);
        assert!(taken.len() <= burst, "{} mails at once", taken.len());
        let new = |order: &Order| order.alerts.contains(&id(number));
        assert!(taken.values().any(new), "{number} waits behind what failed");
        for (number, order) in taken {
            tried.extend(order.alerts);
            desk.give_back(number, at(second));
        }
        second += 60;
    }
    assert!((0..60).all(|number| tried.contains(&id(number))));
}

#[test]
fn without_tokens_everything_waits() {
    let mut desk = Desk::default();
    let never = Rate::per_second(0.001);
    enter(&mut desk, 1, "a", 0);
    assert_eq!(take(&mut desk, 0, never).len(), 1);
    desk.done(0);
    enter(&mut desk, 2, "b", 1);
    assert!(take(&mut desk, 1, never).is_empty());
    assert!(desk.waits(id(2)));
    assert_eq!(take(&mut desk, 1_001, never).len(), 1);
}

#[test]
fn there_is_an_end_to_the_room() {
    let mut desk = Desk::default();
    for number in 0..ROOM as u32 {
        enter(&mut desk, number, &number.to_string(), 0);
    }
    let one_more = entry(9_999, "x", Level::Low);
    assert_eq!(desk.enter(one_more, at(0), at(0)), Err(Full));
    let mut told = 0;
    for second in 0..10 {
        for (number, order) in take(&mut desk, second * 2, RATE) {
            told += order.alerts.len();
            desk.done(number);
        }
    }
    assert_eq!(told, ROOM, "digests empty it soon");
}

#[test]
fn what_may_wait_long_keeps_nothing_bad_out() {
    let mut desk = Desk::default();
    for number in 0..ROOM as u32 {
        let patient = Entry {
            update_due: Some(at(86_400)),
            ..entry(number, "noisy", Level::High)
        };
        desk.enter(patient, at(0), at(0)).unwrap();
    }
    assert!(take(&mut desk, 0, RATE).is_empty());
    let quiet = entry(9_998, "y", Level::Low);
    assert_eq!(desk.enter(quiet.clone(), at(1), at(1)), Err(Full));
    let bad = entry(9_999, "x", Level::Critical);
    desk.enter(bad, at(1), at(1)).unwrap();
    let taken = take(&mut desk, 1, RATE);
    let told: usize = taken.values().map(|order| order.alerts.len()).sum();
    assert_eq!(told, DIGEST + 1, "what waited goes out with it");
    assert!(taken.values().any(|order| order.alerts == [id(9_999)]));
    assert_eq!(desk.enter(quiet, at(2), at(2)), Ok(()));
    for (number, _) in taken {
        desk.done(number);
    }
    let mut left = ROOM - DIGEST;
    for second in 3..10 {
        for (number, order) in take(&mut desk, second, RATE) {
            left -= order
                .alerts
                .iter()
                .filter(|alert| **alert != id(9_998))
                .count();
            desk.done(number);
        }
    }
    assert_eq!(left, 0);
}

#[test]
fn what_an_incident_tells_is_not_told_once_more() {
    for incident_first in [false, true] {
        let mut desk = Desk::default();
        let weak = |number: u32, level, event| Entry {
            event: Some(event),
            first_due: at(86_400),
            ..entry(number, &number.to_string(), level)
        };
        let incident = |desk: &mut Desk| {
            desk.speak_for(
                [(7, Level::Low), (8, Level::Low)].into_iter(),
                &BTreeSet::new(),
                at(0),
            );
        };
        if incident_first {
            incident(&mut desk);
        }
        for (number, level, event) in [
            (1, Level::Low, 7),
            (2, Level::Low, 9),
            (3, Level::Medium, 8),
        ] {
            desk.enter(weak(number, level, event), at(0), at(900))
                .unwrap();
        }
        if !incident_first {
            incident(&mut desk);
        }
        let taken = take(&mut desk, 86_400, RATE);
        let told: Vec<_> = taken.values().flat_map(|order| &order.alerts).collect();
        assert_eq!(told, [&id(3), &id(2)], "{incident_first}");
    }
}

#[test]
fn so_many_events_of_incidents_are_remembered_and_no_more() {
    let mut desk = Desk::default();
    for second in 0..2_000 {
        desk.speak_for(
            std::iter::once((second, Level::Low)),
            &BTreeSet::new(),
            at(second as i64),
        );
    }
    let size = serde_json::to_string(&desk).unwrap().len();
    assert!(size < 50_000, "{size} bytes");
}
