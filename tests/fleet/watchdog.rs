//! What the watchdog is told by the doors: the fleet's law with samples on, and a canary among all else.

use std::collections::{BTreeMap, BTreeSet};

use aws::batch::{Call, Message};
use aws::events::Events;
use aws::findings::Findings;
use aws::metrics::Tally;
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::render::mail::Letter;
use jiff::{SignedDuration, Timestamp};
use pipeline::Pipeline;
use pipeline::post::{Manner, PostOffice};
use serde_json::{Value, json};
use watch::canary::{self, Canary};
use watch::reconcile::{Hour, Look, Rate, Share, is_expected, look};

use crate::chaos::{Copy, Dice, World};
use crate::corpus::{CORPUS, DETECTOR, block_on, now};
use crate::law::{Delivery, Doors, Run, die_quietly};

/// How often the law is tried.
const ORDERS: usize = 2;

/// An event that is compared.
struct Compared {
    hour: Hour,
    place: String,
    is_withheld: bool,
}

/// The event's record, if both doors should see it.
fn compared(event: &str, is_withheld: bool) -> Option<Compared> {
    let event: Value = serde_json::from_str(event).unwrap();
    let detail = event["detail"].to_string();
    let record = Record::of_text(&detail)?;
    is_expected(&record).then(|| Compared {
        hour: Hour::of(record.event_time()),
        place: format!("{}/{}", record.account().unwrap(), record.region().unwrap()),
        is_withheld,
    })
}

/// What should be said of each hour: of a place from the hour on after the first of which anything has come.
fn expected(all: &[Compared]) -> BTreeMap<Hour, Share> {
    let mut since = BTreeMap::<&str, Hour>::new();
    for one in all.iter().filter(|one| !one.is_withheld) {
        let first = since.entry(&one.place).or_insert(one.hour);
        *first = one.hour.min(*first);
    }
    let mut hours = BTreeMap::<Hour, Share>::new();
    for one in all {
        if since
            .get(&*one.place)
            .is_some_and(|since| *since < one.hour)
        {
            hours.entry(one.hour).or_default().add(Share {
                of: 1,
                missed: one.is_withheld.into(),
            });
        }
    }
    hours
}

/// What is said hour by hour.
fn told(run: &Run, first: Hour, last: Hour) -> Vec<Look> {
    let hours = (0..=last.since(first)).map(|hours| first.plus(hours));
    let look_at = |hour: Hour| {
        let later = hour.to_string() + ":30:00Z";
        let clock = later.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(3);
        now(look(&run.world.state, run.rate, clock)).unwrap()
    };
    hours.filter_map(look_at).collect()
}

#[test]
fn what_is_missed_is_what_was_withheld_in_any_order_under_faults() {
    die_quietly();
    let dice = Dice::new(2028);
    for _ in 0..ORDERS {
        let seed = dice.roll();
        let mut run = Run::new(seed, &Doors::Both, 30);
        run.rate = Rate::one_in(1);
        let events: BTreeSet<&String> = CORPUS.events.iter().collect();
        let withheld: BTreeSet<&String> = events
            .iter()
            .filter(|_| dice.below(20) == 0)
            .copied()
            .collect();
        run.queue.retain(
            |delivery| !matches!(delivery, Delivery::Event(event) if withheld.contains(event)),
        );
        run.holds(&Doors::Both, &format!("seed {seed}, some withheld"));
        let all: Vec<_> = events
            .iter()
            .filter_map(|event| compared(event, withheld.contains(event)))
            .collect();
        let mut wanted = expected(&all);
        let (first, last) = (
            *wanted.keys().next().unwrap(),
            *wanted.keys().last().unwrap(),
        );
        let mut missed = 0;
        for look in told(&run, first, last) {
            let share = wanted.remove(&look.hour).unwrap_or_default();
            assert_eq!(look.events, share, "seed {seed}, hour {}", look.hour);
            assert_eq!(
                look.logs,
                Share {
                    missed: 0,
                    ..look.logs
                },
                "a trail is complete"
            );
            assert_eq!(look.logs_lost, [], "{}", look.hour);
            missed += share.missed;
        }
        assert_eq!(wanted, BTreeMap::new(), "every hour was told");
        assert!(missed > 20, "{missed} of {} withheld", withheld.len());
        println!("seed {seed}: {missed} missed of {}", all.len());
    }
}

/// What a stop is given, and what it has passed on to the next.
fn carried(world: &World) -> Vec<String> {
    let passed = world.passed.take();
    let passed = passed.into_iter();
    passed
        .map(|message| message.strip_prefix("canary ").unwrap().to_owned())
        .collect()
}

fn on_the_bus(canary: &str) -> String {
    json!({
        "version": "0", "detail-type": canary::DETAIL_TYPE, "source": canary::SOURCE,
        "account": "111122223333", "time": "2026-11-28T08:00:01Z", "detail": serde_json::from_str::<Value>(canary).unwrap(),
    })
    .to_string()
}

fn launched(world: &World) -> Canary {
    let (every, time) = (SignedDuration::from_mins(15), Timestamp::now());
    let nonce = "00112233445566778899aabbccddeeff";
    now(canary::launch(&world.state, every, time, nonce))
        .unwrap()
        .unwrap()
}

fn at_events(world: &std::rc::Rc<World>, event: &str) -> Tally {
    let copy = Copy::of(world);
    let mut tally = Tally::default();
    let mut door = Events::new(&DETECTOR, None, Pipeline::new(copy.clone(), copy));
    block_on(door.handle(event, &mut tally)).unwrap();
    tally
}

fn at_findings(world: &std::rc::Rc<World>, message: &str) -> usize {
    let copy = Copy::of(world);
    let office = PostOffice::new(
        copy.clone(),
        copy,
        Manner::new(Letter::new(&[Language::En])),
    );
    let call = Call::Queue(vec![Message {
        id: "1".to_owned(),
        body: message.to_owned(),
        ..Message::default()
    }]);
    let time = Timestamp::now();
    let dead = time + SignedDuration::from_mins(1);
    let door = Findings::new(office);
    let done = block_on(door.handle(&call, time, dead, &mut Tally::default()));
    done.unwrap().failures.len()
}

#[test]
fn a_canary_passes_both_functions_once_and_counts_for_nothing() {
    let world = World::new(1, 0);
    let canary = launched(&world);
    let items = world.state.len();
    let event = on_the_bus(&canary.text());
    let tally = at_events(&world, &event);
    assert_eq!(
        tally,
        Tally::default(),
        "no record, no alert, no write that is counted"
    );
    let [passed] = <[String; 1]>::try_from(carried(&world)).unwrap();
    at_events(&world, &event);
    assert_eq!(carried(&world), [] as [String; 0], "SQS brings it twice");
    assert_eq!(at_findings(&world, &passed), 0);
    let [arrived] = <[String; 1]>::try_from(carried(&world)).unwrap();
    assert_eq!(at_findings(&world, &passed), 0);
    assert_eq!(carried(&world), [] as [String; 0]);
    assert_eq!(Canary::of(&arrived).unwrap().slot(), canary.slot());
    assert!(
        arrived.contains("\"events\":") && arrived.contains("\"alerts\":"),
        "{arrived}"
    );
    assert!(world.mails.borrow().is_empty() && world.published.borrow().is_empty());
    let desk = |key: &str| key.starts_with("canary#") || key.starts_with("mail#");
    let kept = world.state.all();
    assert!(
        kept.keys().all(|key| desk(key.as_str())) && kept.len() <= items + 1,
        "{kept:?}"
    );
}

#[test]
fn a_forged_canary_goes_no_further_and_fails_nothing() {
    let world = World::new(1, 0);
    let canary = launched(&world).text();
    let guessed = canary.replace("00112233445566778899aabbccddeeff", &"0".repeat(32));
    assert_ne!(guessed, canary);
    let alert = json!({"schema": "trailhound.alert/1", "level": "critical"}).to_string();
    let stop = json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
        "eventTime": "2026-11-28T08:00:00Z"});
    let as_call = on_the_bus(&canary).replace(canary::DETAIL_TYPE, "AWS API Call via CloudTrail");
    for event in [
        on_the_bus(&guessed),
        on_the_bus(&alert),
        on_the_bus(&stop.to_string()),
        on_the_bus(&stop.to_string()).replace(canary::DETAIL_TYPE, "AWS API Call via CloudTrail"),
        as_call,
        on_the_bus("7"),
    ] {
        assert_eq!(at_events(&world, &event), Tally::default(), "{event}");
    }
    assert_eq!(
        at_findings(&world, &guessed),
        0,
        "nor does it lie among the dead letters"
    );
    assert!(world.passed.borrow().is_empty() && world.published.borrow().is_empty());
    assert_eq!(
        at_findings(&world, &alert),
        1,
        "what claims to be an alert is one, or fails"
    );
    at_events(&world, &on_the_bus(&canary));
    assert_eq!(carried(&world).len(), 1, "the true one flies on");
}

#[test]
fn a_canary_that_cannot_fly_on_is_lost_and_fails_nothing_either() {
    die_quietly();
    let world = World::new(7, 0);
    let canary = launched(&world).text();
    // Each call fails now, one in two as a death.
    world.odds.set(1);
    let mut struck = 0;
    for _ in 0..20 {
        let copy = Copy::of(&world);
        let event = on_the_bus(&canary);
        let done = block_on(async {
            tokio::task::spawn_local(async move {
                let mut door = Events::new(&DETECTOR, None, Pipeline::new(copy.clone(), copy));
                door.handle(&event, &mut Tally::default()).await
            })
            .await
        });
        // Dead, and SQS brings it again; or it says that it is done.
        struck += usize::from(done.is_ok_and(|done| done.is_ok()));
    }
    assert!(struck > 3, "{struck}");
    assert!(world.passed.borrow().is_empty());
}
