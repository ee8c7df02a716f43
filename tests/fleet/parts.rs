//! What the doors promise one by one: a poison object fails alone, a large one is read in parts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::batch::{Call, Message};
use aws::deadline::Deadline;
use aws::events::Events;
use aws::log_files::LogFiles;
use aws::metrics::Tally;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use sigma::Level;
use simulate::gzip;

use crate::chaos::{Copy, MemoryBucket, World};
use crate::conformance::conforms;
use crate::corpus::{CORPUS, DETECTOR, DOOMSDAY, block_on, enveloped};

fn bucket(objects: BTreeMap<String, Vec<u8>>) -> MemoryBucket {
    MemoryBucket {
        objects: Arc::new(objects),
        dice: Arc::new(Mutex::new(0)),
        odds: 0,
    }
}

fn call(keys: &[&str]) -> Call {
    let message = |(at, key): (usize, &&str)| Message {
        id: at.to_string(),
        body: format!(r#"{{"s3Bucket":"trail","s3ObjectKey":["{key}"]}}"#),
        ..Message::default()
    };
    Call::Queue(keys.iter().enumerate().map(message).collect())
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn a_poison_object_comes_back_alone_and_its_neighbours_are_judged() {
    let good = CORPUS
        .objects
        .values()
        .max_by_key(|bytes| bytes.len())
        .unwrap();
    let objects = BTreeMap::from([
        ("1.json.gz".to_owned(), good.clone()),
        ("cut.json.gz".to_owned(), good[..good.len() / 2].to_vec()),
        ("noise.json.gz".to_owned(), b"\x00\x01\x02".to_vec()),
        ("2.json.gz".to_owned(), good.clone()),
    ]);
    let world = World::new(0, 0);
    let copy = Copy::of(&world);
    let road = Pipeline::new(MemoryState::default(), MemorySink::default());
    let mut door = LogFiles::new(&DETECTOR, None, bucket(objects), copy, road);
    let keys = [
        "1.json.gz",
        "cut.json.gz",
        "noise.json.gz",
        "gone.json.gz",
        "2.json.gz",
    ];
    let mut tally = Tally::default();
    let deadline = Deadline::within(HOUR);
    let response = block_on(door.handle(&call(&keys), deadline, &mut tally)).unwrap();
    let back: Vec<_> = response
        .failures
        .iter()
        .map(|failure| failure.id.as_str())
        .collect();
    assert_eq!(
        back,
        ["1", "2"],
        "the damaged ones; what is gone cannot come back"
    );
    assert_eq!(
        (tally.sum("LogFilesDamaged"), tally.sum("LogFilesGone")),
        (2, 1)
    );
    assert!(tally.counts().judged > 2 * 10);
}

#[test]
fn a_large_object_is_judged_in_parts_and_gives_the_alerts_of_the_whole() {
    let mut lines = Vec::new();
    let mut reader = detect::cloudtrail::LogFileReader::default();
    for bytes in CORPUS.objects.values() {
        reader.read(&**bytes, |record| {
            lines.extend(record.text().as_bytes());
            lines.push(b'\n');
        });
    }
    assert!(
        lines.len() > 20 << 20,
        "large enough to be streamed: {}",
        lines.len()
    );
    let objects = BTreeMap::from([("all.json.gz".to_owned(), gzip(&lines))]);
    let world = World::new(0, 0);
    let copy = Copy::of(&world);
    let road = Pipeline::new(copy.clone(), copy.clone());
    let mut clock = Pipeline::new(copy.clone(), copy.clone());
    let mut door = LogFiles::new(&DETECTOR, None, bucket(objects), copy, road);
    let mut tally = Tally::default();
    let mut next = Some(call(&["all.json.gz"]));
    let mut parts = 0;
    while let Some(now) = next {
        // Three quarters of it, in which no build judges 20,000 records.
        let deadline = Deadline::within(Duration::from_millis(100));
        let response = block_on(door.handle(&now, deadline, &mut tally)).unwrap();
        assert!(response.failures.is_empty());
        parts += 1;
        let left = world.left.borrow_mut().pop();
        next = left.map(|task| {
            Call::Queue(vec![Message {
                id: "0".to_owned(),
                body: task.to_message(),
                ..Message::default()
            }])
        });
    }
    println!(
        "a large object: {} records in {parts} parts",
        tally.counts().judged
    );
    assert!(parts > 2, "{parts}");
    assert_eq!(tally.counts().judged, CORPUS.records);
    block_on(clock.tick(&DETECTOR, DOOMSDAY.parse().unwrap())).unwrap();
    let published = world.published.borrow();
    let ids: std::collections::BTreeSet<_> = published.iter().map(|alert| alert.id).collect();
    assert!(ids.iter().eq(CORPUS.all.keys()));
}

/// The alerts that were published in the end.
fn published(world: &World) -> BTreeMap<String, Alert> {
    let published = world.published.borrow();
    let by_id = published
        .iter()
        .map(|alert| (alert.id.to_string(), alert.clone()));
    by_id.collect()
}

#[test]
fn what_insights_notice_is_told_at_both_doors_with_its_figures() {
    let path = outside::repository().join("events/shapes/insight-attack.json");
    let file = std::fs::read(path).unwrap();
    let key = "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/11/111122223333_CloudTrail-Insight_eu-west-1_20260311T1225Z_a.json.gz";
    let objects = BTreeMap::from([(key.to_owned(), gzip(&file))]);
    let by_files = World::new(0, 0);
    let copy = Copy::of(&by_files);
    let road = Pipeline::new(copy.clone(), copy.clone());
    let mut door = LogFiles::new(&DETECTOR, None, bucket(objects), copy, road);
    let deadline = Deadline::within(HOUR);
    let response = block_on(door.handle(&call(&[key]), deadline, &mut Tally::default())).unwrap();
    assert!(response.failures.is_empty());

    let mut events = Vec::new();
    LogFileReader::default().read(&*file, |record| events.push(enveloped(record)));
    assert_eq!(events.len(), 4, "two bursts, each with a start and an end");
    // The ends come before their starts: EventBridge knows no order.
    events.reverse();
    let by_events = World::new(0, 0);
    for event in &events {
        assert!(event.contains("AWS Insight via CloudTrail"), "{event}");
        let copy = Copy::of(&by_events);
        let mut door = Events::new(&DETECTOR, None, Pipeline::new(copy.clone(), copy));
        block_on(door.handle(event, &mut Tally::default())).unwrap();
    }

    let (files, events) = (published(&by_files), published(&by_events));
    assert!(files.keys().eq(events.keys()), "other alerts at one door");
    let told: Vec<_> = files.values().map(|alert| &alert.rule.title).collect();
    assert_eq!(files.len(), 2, "{told:?}");
    for (alert, other) in files.values().zip(events.values()) {
        assert_eq!((&alert.why, &alert.summary), (&other.why, &other.summary));
        assert_eq!((alert.level, alert.event_count), (Level::Medium, 2));
        assert_eq!(other.event_count, 2);
        let why = alert.why.join("\n");
        for figure in match why.contains("none are usual") {
            true => [
                "6.25 a minute",
                "for 4 minutes",
                "`Client.UnauthorizedOperation`",
            ],
            false => [
                "8.55 a minute, where 0.0004 are",
                "for 11 minutes",
                "21535 times",
            ],
        } {
            assert!(why.contains(figure), "{figure}: {why}");
        }
        assert!(why.contains("by `arn:aws:iam::111122223333:user/metrics-exporter`"));
    }
}

#[test]
fn state_in_memory_keeps_every_promise() {
    block_on(conforms(&MemoryState::default()));
}
