use std::pin::pin;
use std::task::{Context, Poll, Waker};

use pipeline::memory::MemoryState;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// Runs to the end what never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the state in memory never waits"),
    }
}

fn begin() -> Timestamp {
    "2026-11-28T08:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    begin() + SignedDuration::from_secs(seconds)
}

fn launched(states: &MemoryState, seconds: i64) -> Option<Canary> {
    let nonce = format!("{:032x}", seconds.unsigned_abs());
    now(launch(states, QUARTER, after(seconds), &nonce)).unwrap()
}

fn pass(states: &MemoryState, stop: Stop, canary: Canary, seconds: i64) -> (Verdict, Canary) {
    let verdict = now(judge(states, stop, &canary)).unwrap();
    if verdict == Verdict::Ours {
        now(passed(states, stop, &canary)).unwrap();
    }
    (verdict, canary.stamped(stop, after(seconds)))
}

fn landed(states: &MemoryState, arrivals: &[Arrival], seconds: i64) -> Landing {
    now(land(states, arrivals, after(seconds), QUARTER)).unwrap()
}

#[test]
fn it_goes_all_the_way_once_and_each_hop_is_timed() {
    let states = MemoryState::default();
    let canary = launched(&states, 0).unwrap();
    assert_eq!(launched(&states, 600), None, "one in a slot");
    let (verdict, canary) = pass(&states, Stop::Events, canary, 2);
    assert_eq!(verdict, Verdict::Ours);
    assert_eq!(
        pass(&states, Stop::Events, canary.clone(), 3).0,
        Verdict::Again
    );
    let canary = Canary::of(&canary.text()).unwrap();
    let (verdict, canary) = pass(&states, Stop::Alerts, canary, 5);
    assert_eq!(verdict, Verdict::Ours);
    let arrival = Arrival {
        canary,
        topic: after(6),
        // The clock of the queue is behind.
        queue: after(4),
    };
    let landing = landed(&states, &[arrival.clone(), arrival.clone()], 900);
    assert_eq!(landing.arrived, [[2.0, 3.0, 1.0, 0.0]]);
    assert_eq!(
        (landing.lost.len(), landing.strangers),
        (0, 1),
        "it came twice"
    );
    assert_eq!(landed(&states, &[arrival], 1_800).strangers, 1);
}

#[test]
fn one_that_does_not_arrive_is_missed_once_and_may_still_come() {
    let states = MemoryState::default();
    let first = launched(&states, 0).unwrap();
    assert_eq!(landed(&states, &[], 899).lost, [] as [i64; 0]);
    assert_eq!(landed(&states, &[], 900).lost, [first.slot()]);
    assert_eq!(landed(&states, &[], 901).lost, [] as [i64; 0], "told once");
    let late = first
        .stamped(Stop::Events, after(1))
        .stamped(Stop::Alerts, after(2));
    let arrival = Arrival {
        canary: late,
        topic: after(950),
        queue: after(951),
    };
    assert_eq!(
        landed(&states, &[arrival], 960).arrived,
        [[1.0, 1.0, 948.0, 1.0]]
    );
}

#[test]
fn what_only_looks_like_one_goes_nowhere() {
    let states = MemoryState::default();
    let canary = launched(&states, 0).unwrap();
    let guessed = Canary {
        nonce: NONCE.to_owned(),
        ..canary.clone()
    };
    let other_slot = Canary {
        slot: canary.slot + 1,
        ..canary.clone()
    };
    for forged in [guessed, other_slot] {
        for stop in [Stop::Events, Stop::Alerts] {
            assert_eq!(
                now(judge(&states, stop, &forged)).unwrap(),
                Verdict::Foreign
            );
        }
        let arrival = Arrival {
            canary: forged
                .stamped(Stop::Events, begin())
                .stamped(Stop::Alerts, begin()),
            topic: begin(),
            queue: begin(),
        };
        let landing = landed(&states, &[arrival], 1);
        assert_eq!((landing.arrived.len(), landing.strangers), (0, 1));
    }
    assert_eq!(
        pass(&states, Stop::Events, canary, 2).0,
        Verdict::Ours,
        "the true one flies on"
    );
}

#[test]
fn a_message_of_another_form_is_none() {
    let states = MemoryState::default();
    let text = launched(&states, 0).unwrap().text();
    assert!(Canary::of(&text).is_some() && claims_to_be_one(&text));
    for (from, to, claims, why) in [
        ("canary/1", "canary/2", false, "another schema"),
        ("\"slot\"", "\"more\":1,\"slot\"", true, "a field more"),
        (
            "\"slot\"",
            "\"level\":\"critical\",\"slot\"",
            true,
            "a field of an alert",
        ),
        ("0000000000", "000000000", true, "a number too short"),
        (
            "0000000000",
            "00000<b>00",
            true,
            "a number with something in it",
        ),
        ("\"sent\":\"2", "\"sent\":\"x", true, "no time"),
        ("{", "[", false, "no object"),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{why}");
        assert_eq!(Canary::of(&other), None, "{why}");
        assert_eq!(claims_to_be_one(&other), claims, "{why}");
    }
    let long = text.replacen('{', &format!("{{{}", " ".repeat(LONGEST)), 1);
    assert!(Canary::of(&long).is_none() && !claims_to_be_one(&long));
    assert!(!claims_to_be_one("{}") && !claims_to_be_one(""));
}

#[test]
fn a_clock_that_was_ahead_stops_no_canary() {
    let states = MemoryState::default();
    assert!(launched(&states, 0).is_some());
    assert!(
        launched(&states, -900).is_none(),
        "a step back: the slot was before the last one"
    );
    assert!(launched(&states, 40 * 86_400).is_some(), "a month ahead");
    assert!(launched(&states, 1_800).is_some(), "and back");
    assert!(launched(&states, 1_801).is_none());
}

proptest! {
    /// Whatever comes in whatever order at whichever clock: of each slot one is launched, each stop passes on one,
    /// and one is either taken in, or missed once.
    #[test]
    fn of_each_slot_one_flies(steps in vec((0_i64..5_000, 0_usize..4, 0_usize..9), 1..120)) {
        let states = MemoryState::default();
        let mut flying: Vec<Canary> = Vec::new();
        let (mut slots, mut ours, mut landings) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lost, mut clock) = (Vec::new(), 0);
        for (seconds, what, which) in steps {
            // Now and then it steps back.
            clock = (clock + seconds / 4 - 300).max(0);
            let canary = (!flying.is_empty()).then(|| flying[which % flying.len()].clone());
            match (what, canary) {
                (0, _) => {
                    let new = launched(&states, clock);
                    slots.extend(new.iter().map(Canary::slot));
                    flying.extend(new);
                }
                (1 | 2, Some(canary)) => {
                    let stop = if what == 1 { Stop::Events } else { Stop::Alerts };
                    let slot = canary.slot();
                    let (verdict, stamped) = pass(&states, stop, canary, clock);
                    if verdict == Verdict::Ours {
                        ours.push((slot, what));
                    }
                    let at = which % flying.len();
                    flying[at] = stamped;
                }
                (_, canary) => {
                    let arrivals: Vec<_> = canary
                        .map(|canary| Arrival { canary, topic: after(clock), queue: after(clock) })
                        .into_iter()
                        .collect();
                    let landing = landed(&states, &arrivals, clock);
                    prop_assert!(landing.arrived.iter().flatten().all(|hop| *hop >= 0.0));
                    if !landing.arrived.is_empty() {
                        landings.push(arrivals[0].canary.slot());
                    }
                    lost.extend(landing.lost);
                }
            }
        }
        for once in [&slots, &landings, &lost] {
            let mut different = (*once).clone();
            different.sort_unstable();
            different.dedup();
            prop_assert_eq!(different.len(), once.len());
        }
        let count = ours.len();
        ours.sort_unstable();
        ours.dedup();
        prop_assert_eq!(ours.len(), count);
    }
}
