//! What the doors promise one by one: a poison object fails alone, a large one is read in parts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::batch::{Call, Message};
use aws::deadline::Deadline;
use aws::log_files::LogFiles;
use aws::metrics::Tally;
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use simulate::gzip;

use crate::chaos::{Copy, MemoryBucket, World};
use crate::conformance::conforms;
use crate::corpus::{CORPUS, DETECTOR, DOOMSDAY};

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
    };
    Call::Queue(keys.iter().enumerate().map(message).collect())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
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

#[test]
fn state_in_memory_keeps_every_promise() {
    block_on(conforms(&MemoryState::default()));
}
