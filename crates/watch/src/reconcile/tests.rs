use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use pipeline::memory::MemoryState;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const ALL: Rate = Rate::one_in(1);

/// Runs to the end what never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the state in memory never waits"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn record(id: u64, time: Timestamp, region: &str, rest: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser"}},"eventTime":"{}",
        "eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"{region}","eventID":"{id}",
        "readOnly":false,"eventType":"AwsApiCall","managementEvent":true,
        "recipientAccountId":"111122223333","eventCategory":"Management"{rest}}}"#,
        time.strftime("%Y-%m-%dT%H:%M:%SZ")
    )
}

fn see(rate: Rate, text: &str) -> Seen {
    let mut seen = Seen::default();
    seen.see(rate, &Record::of_text(text).unwrap());
    seen
}

/// Both doors over one state, with a clock.
struct Stage {
    states: MemoryState,
    begin: Timestamp,
}

impl Stage {
    fn new() -> Self {
        Self {
            states: MemoryState::default(),
            begin: at("2026-11-27T00:00:00Z"),
        }
    }

    fn time(&self, hour: i64) -> Timestamp {
        self.begin + SignedDuration::from_hours(hour) + SignedDuration::from_mins(17)
    }

    /// Lets events come by a door.
    fn brings(&self, door: Door, hour: i64, region: &str, ids: impl IntoIterator<Item = u64>) {
        for id in ids {
            let seen = see(ALL, &record(id, self.time(hour), region, ""));
            now(note(&self.states, door, &seen)).unwrap();
        }
    }

    fn both(&self, hour: i64, region: &str, ids: std::ops::Range<u64>) {
        self.brings(Door::Events, hour, region, ids.clone());
        self.brings(Door::LogFiles, hour, region, ids);
    }

    fn look(&self, hour: i64) -> Option<Look> {
        now(look(&self.states, ALL, self.time(hour))).unwrap()
    }
}

fn share(missed: u64, of: u64) -> Share {
    Share { of, missed }
}

#[test]
fn what_both_doors_should_see_is_expected_and_nothing_else() {
    let usual = record(1, at("2026-11-27T08:17:00Z"), "eu-west-1", "");
    for (from, to, expected, why) in [
        ("", "", true, "a call that changes something"),
        (
            r#""readOnly":false"#,
            r#""readOnly":true"#,
            false,
            "it only reads",
        ),
        (r#""readOnly":false,"#, "", false, "it does not say"),
        ("AwsApiCall", "AwsConsoleSignIn", true, "a sign-in"),
        (
            "AwsApiCall",
            "AwsServiceEvent",
            false,
            "what a service does by itself",
        ),
        (r#""Management""#, r#""Data""#, false, "a data event"),
        (
            r#""managementEvent":true"#,
            r#""managementEvent":false"#,
            false,
            "the same, in old records",
        ),
        (
            "iam.amazonaws",
            "kms.amazonaws",
            false,
            "some trails leave it out",
        ),
        (
            r#""eventID""#,
            r#""sharedEventID":"x","eventID""#,
            false,
            "a call from another account",
        ),
        (
            r#""eventID""#,
            r#""addendum":{"reason":"x"},"eventID""#,
            false,
            "told once more",
        ),
        (
            r#""eventID""#,
            r#""addendum":null,"eventID""#,
            true,
            "not told once more",
        ),
    ] {
        let text = usual.replace(from, to);
        assert!(from.is_empty() || text != usual, "{why}");
        let record = Record::of_text(&text).unwrap();
        assert_eq!(is_expected(&record), expected, "{why}");
        assert_eq!(!see(ALL, &text).is_empty(), expected, "{why}");
    }
    let long = format!(r#","errorMessage":"{}""#, "x".repeat(LARGEST));
    let long = record(1, at("2026-11-27T08:17:00Z"), "eu-west-1", &long);
    assert!(see(ALL, &long).is_empty(), "EventBridge does not bring it");
}

#[test]
fn a_place_is_an_account_and_a_region_and_nothing_that_somebody_has_made_up() {
    let time = at("2026-11-27T08:17:00Z");
    for (region, fits) in [
        ("eu-west-1", true),
        ("us-gov-west-1", true),
        ("eu", false),
        ("EU-WEST-1", false),
        ("eu/../west", false),
        ("a-region-of-which-nobody-has-heard-yet", false),
    ] {
        assert_eq!(
            !see(ALL, &record(1, time, region, "")).is_empty(),
            fits,
            "{region}"
        );
    }
    let other = record(1, time, "eu-west-1", "").replace("111122223333", "11112222333x");
    assert!(see(ALL, &other).is_empty());
}

#[test]
fn one_in_so_many_is_sampled_the_same_at_both_doors() {
    let time = at("2026-11-27T08:17:00Z");
    let sampled = |many: u32| {
        let mut seen = Seen::default();
        for id in 0..20_000 {
            seen.merge(see(Rate::one_in(many), &record(id, time, "eu-west-1", "")));
        }
        seen.0.values().map(Sample::len).sum::<usize>()
    };
    assert_eq!(sampled(0), 0);
    let some = sampled(64);
    assert!((250..=375).contains(&some), "{some} of 20,000");
}

#[test]
fn what_was_withheld_is_missed_and_where_nothing_was_forwarded_is_said() {
    let stage = Stage::new();
    stage.both(0, "eu-west-1", 0..5);
    stage.both(1, "eu-west-1", 5..20);
    stage.brings(Door::LogFiles, 1, "eu-west-1", 20..21);
    stage.brings(Door::LogFiles, 1, "eu-west-3", 21..30);
    let look = stage.look(4).unwrap();
    assert_eq!(look.hour, Hour::of(stage.time(1)));
    assert_eq!(
        look.events,
        share(1, 16),
        "of the first hour of a place nothing is missed"
    );
    assert_eq!(
        look.not_forwarded,
        BTreeSet::from(["111122223333/eu-west-3".to_owned()])
    );
    assert!(look.events_lost.is_empty(), "one of sixteen: {look:?}");
    assert_eq!(stage.look(4), None, "an hour is compared once");
    // What comes after all, or once more, changes nothing that was said.
    stage.brings(Door::Events, 1, "eu-west-1", 5..21);
    assert_eq!(stage.look(5).unwrap().events, Share::default());
}

#[test]
fn a_place_that_falls_silent_at_the_fast_door_is_a_loss_until_it_speaks_again() {
    let stage = Stage::new();
    for hour in 0..4 {
        stage.both(hour, "eu-west-1", hour as u64 * 100..hour as u64 * 100 + 50);
        stage.both(
            hour,
            "eu-west-3",
            hour as u64 * 100 + 50..hour as u64 * 100 + 52,
        );
    }
    assert!(stage.look(6).unwrap().events_lost.is_empty());
    let mut lost = Vec::new();
    for hour in 4..10 {
        stage.both(hour, "eu-west-1", hour as u64 * 100..hour as u64 * 100 + 50);
        let (of, speaks) = (hour as u64 * 100 + 50..hour as u64 * 100 + 52, hour >= 8);
        stage.brings(Door::LogFiles, hour, "eu-west-3", of.clone());
        if speaks {
            stage.brings(Door::Events, hour, "eu-west-3", of);
        }
        let look = stage.look(hour + 3).unwrap();
        assert_eq!(look.events, share(if speaks { 0 } else { 2 }, 52));
        lost.push(look.events_lost);
    }
    assert_eq!(lost[0], [], "two of two, and two of eight");
    let place = Some("111122223333/eu-west-3".to_owned());
    for (at, missed) in [(2, 6), (3, 8)] {
        let found = lost[at].iter().find(|loss| loss.place == place).unwrap();
        assert_eq!(found.share.missed, missed, "{at}");
        assert!(found.hours <= 6, "{found:?}");
    }
    assert_eq!(lost[4..], [vec![], vec![]], "it is over");
}

#[test]
fn log_files_that_do_not_come_for_hours_are_missed_too() {
    let stage = Stage::new();
    stage.both(0, "eu-west-1", 0..10);
    stage.both(1, "eu-west-1", 10..20);
    stage.brings(Door::Events, 1, "eu-west-1", 20..24);
    stage.brings(Door::Events, 1, "eu-west-3", 30..33);
    let early = stage.look(7).unwrap();
    assert_eq!(
        (early.logs, early.logs_lost.len()),
        (share(0, 0), 0),
        "they may be late"
    );
    let look = stage.look(8).unwrap();
    assert_eq!(look.logs, share(4, 14));
    assert_eq!(look.logs_lost[0].share, share(4, 14));
    assert_eq!(
        look.not_logged,
        BTreeSet::from(["111122223333/eu-west-3".to_owned()])
    );
    assert_eq!(look.events, Share::default());
}

#[test]
fn a_clock_that_steps_neither_repeats_an_hour_nor_stops() {
    let stage = Stage::new();
    (0..8).for_each(|hour| stage.both(hour, "eu-west-1", hour as u64 * 10..hour as u64 * 10 + 3));
    assert_eq!(stage.look(8).unwrap().events, share(0, 15));
    assert_eq!(stage.look(7), None, "back by an hour");
    assert_eq!(stage.look(9).unwrap().events, share(0, 3));
    assert_eq!(
        stage.look(900).unwrap().events,
        Share::default(),
        "a month ahead"
    );
    assert!(stage.look(10).is_some(), "and back again");
}

#[test]
fn switched_off_it_forgets_from_where_anything_came() {
    let stage = Stage::new();
    stage.both(0, "eu-west-1", 0..9);
    stage.look(3).unwrap();
    let off = now(look(&stage.states, Rate::default(), stage.time(4))).unwrap();
    assert_eq!(off, None);
    // Switched on again in the middle of hour 5, of which log files bring the beginning too.
    stage.brings(Door::LogFiles, 5, "eu-west-1", 50..60);
    stage.brings(Door::Events, 5, "eu-west-1", 56..60);
    let look = stage.look(8).unwrap();
    assert!(look.events_lost.is_empty(), "{look:?}");
}

#[test]
fn an_hour_that_is_full_is_compared_as_far_as_both_know_it_and_hardly_written() {
    let stage = Stage::new();
    stage.both(0, "eu-west-1", 0..1);
    let hour = Hour::of(stage.time(1));
    let (mut writes, mut batch) = (0, Seen::default());
    for id in 0..6_000 {
        batch.merge(see(ALL, &record(id, stage.time(1), "eu-west-1", "")));
        if id % 10 == 9 {
            writes += now(note(
                &stage.states,
                Door::LogFiles,
                &std::mem::take(&mut batch),
            ))
            .unwrap();
        }
    }
    // The fast door loses every tenth.
    for id in (0..6_000).filter(|id| id % 10 != 3) {
        batch.merge(see(ALL, &record(id, stage.time(1), "eu-west-1", "")));
    }
    now(note(&stage.states, Door::Events, &batch)).unwrap();
    let mut memo = memo::Memo::default();
    now(memo.recall(&stage.states, std::iter::once(key(hour, Door::LogFiles)))).unwrap();
    let kept: Sample = memo.get(&key(hour, Door::LogFiles)).unwrap().unwrap();
    assert_eq!(kept.len(), MOST);
    assert!(writes < 600, "of 600 batches: {writes}");
    let look = stage.look(4).unwrap();
    assert!(look.events.of > 800, "{look:?}");
    let lost = look.events.missed as f64 / look.events.of as f64;
    assert!((0.07..0.13).contains(&lost), "{lost}");
    assert_eq!(look.events_lost.len(), 2, "the place, and all");
}

#[test]
fn what_pretends_to_be_a_log_file_does_not_have_us_write_for_every_hour() {
    let stage = Stage::new();
    let mut seen = Seen::default();
    for hour in 0..500 {
        seen.merge(see(
            ALL,
            &record(hour, stage.time(hour as i64), "eu-west-1", ""),
        ));
    }
    assert_eq!(
        now(note(&stage.states, Door::LogFiles, &seen)).unwrap(),
        HOURS
    );
}

proptest! {
    /// Which events, in which order, how often, in which batches: the sample is that of the set.
    #[test]
    fn neither_order_nor_repeats_nor_batches_matter(
        ids in vec(0_u64..4_000, 1..3_000),
        cut in 1_usize..500,
        rates in vec(1_u32..4, 8),
    ) {
        let hashes: Vec<u64> = ids.iter().map(|id| digest::number(&[&id.to_string()])).collect();
        // Each batch is whole up to a limit of its own, as when the rate is being changed.
        let mut least = u64::MAX;
        let mut taken = BTreeSet::new();
        let mut parts: Vec<Sample> = Vec::new();
        for (at, chunk) in hashes.chunks(cut).enumerate() {
            let limit = u64::MAX / u64::from(rates[at % rates.len()]);
            let mut part = Sample::default();
            for hash in chunk.iter().filter(|hash| **hash <= limit) {
                part.merge(&one(limit, *hash));
                least = least.min(limit);
                taken.insert(*hash);
            }
            parts.push(part);
        }
        let mut whole = Sample::default();
        for hash in taken.range(..=least) {
            whole.merge(&one(least, *hash));
        }
        let mut merged = Sample::default();
        for part in parts.iter().rev().chain(&parts) {
            merged.merge(part);
        }
        prop_assert!(merged.len() <= MOST);
        prop_assert_eq!(merged, whole);
    }

    /// As long as an hour is not full, what is missed is what was withheld: whichever door is first.
    #[test]
    fn what_is_missed_is_what_was_withheld(
        all in proptest::collection::btree_set(0_u64..100_000, 1..200),
        withheld in proptest::collection::btree_set(0_usize..200, 0..50),
        unlogged in proptest::collection::btree_set(0_usize..200, 0..50),
        fast_first in any::<bool>(),
    ) {
        let (mut events, mut logs) = (Sample::default(), Sample::default());
        let (mut missed, mut absent) = (0, 0);
        for (at, id) in all.iter().enumerate() {
            let hash = digest::number(&[&id.to_string()]);
            let (fast, slow) = (!withheld.contains(&at), !unlogged.contains(&at));
            missed += u64::from(!fast && slow);
            absent += u64::from(fast && !slow);
            for is_fast in [fast_first, !fast_first] {
                match is_fast {
                    true if fast => events.merge(&one(u64::MAX, hash)),
                    false if slow => logs.merge(&one(u64::MAX, hash)),
                    _ => {}
                }
            }
        }
        let sum = |shares: BTreeMap<&str, Share>| shares.values().map(|share| share.missed).sum::<u64>();
        prop_assert_eq!(sum(compare(&logs, &events)), missed);
        prop_assert_eq!(sum(compare(&events, &logs)), absent);
    }
}

fn one(limit: u64, hash: u64) -> Sample {
    let mut sample = Sample::default();
    sample.add(limit, "111122223333/eu-west-1".to_owned(), hash);
    sample
}
