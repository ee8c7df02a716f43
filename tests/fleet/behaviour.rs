//! The fleet learns what is usual: the law for what both doors know of behaviour.
//!
//! The same log files, each once to three times, in any order within their days, with copies dying and the
//! store failing, leave the memory of one clean pass, to the byte; and tell what that pass tells.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws::batch::{Call, Message};
use aws::deadline::Deadline;
use aws::events::Events;
use aws::habits::Habits;
use aws::log_files::LogFiles;
use aws::metrics::Tally;
use detect::Detector;
use detect::cloudtrail::{LogFileReader, Record};
use pipeline::memory::{MemorySink, MemoryState};
use pipeline::ports::{Change, Kept, StateError, StateKey, StateStore};
use pipeline::{Pipeline, Settled};
use sigma::{Level, RuleSet};
use simulate::gzip;
use simulate::months::{MonthPlan, month};

use crate::chaos::{Copy, Dice, MemoryBucket, World};
use crate::corpus::{block_on, enveloped};

const DAY: u32 = 86_400;

/// Behaviour alone: what rules find has tests of its own.
static NO_RULES: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::default()).0);

/// One in so many records of the month is taken, so that the test takes seconds.
const ONE_IN: usize = 12;

/// How many records a log file holds.
const RECORDS: usize = 40;

/// A short month in log files, by the day on which they come.
struct Days {
    objects: Arc<BTreeMap<String, Vec<u8>>>,
    by_day: BTreeMap<u32, Vec<String>>,
    records: u64,
    /// The events of attacks, by the day.
    attacks: BTreeMap<u32, Vec<String>>,
}

static DAYS: LazyLock<Days> = LazyLock::new(|| {
    let plan = MonthPlan {
        days: 11,
        quiet: 8,
        ..MonthPlan::new(21)
    };
    days(plan, ONE_IN, |number, _| (number / RECORDS) as i64)
});

/// The days of a month of which one record in so many is taken; `file` tells, from its number on its day, in
/// which file of the day a record comes.
fn days(plan: MonthPlan, one_in: usize, file: impl Fn(usize, &Record<'_>) -> i64) -> Days {
    let mut month = month(plan);
    let hostile: BTreeSet<String> = month
        .attacks
        .iter()
        .flat_map(|attack| attack.event_ids.clone())
        .collect();
    let (mut lines, mut attacks) = (BTreeMap::<u32, Lines>::new(), BTreeMap::new());
    let (mut at, mut records) = (0_usize, 0);
    let mut reader = LogFileReader::default();
    for whole_day in std::mem::take(&mut month.files) {
        reader.read(&*whole_day, |record| {
            at += 1;
            let id = record.event_id().unwrap_or_default();
            let is_attack = hostile.contains(&*id);
            if !is_attack && !at.is_multiple_of(one_in) {
                return;
            }
            records += 1;
            let day = u32::try_from(record.event_time().as_second()).unwrap() / DAY;
            let Lines { count, of_files } = lines.entry(day).or_default();
            let name = file(*count, record);
            *count += 1;
            let of_file: &mut Vec<String> = of_files.entry(name).or_default();
            of_file.push(record.text().to_owned());
            if is_attack {
                let events: &mut Vec<String> = attacks.entry(day).or_default();
                events.push(enveloped(record));
            }
        });
    }
    let (mut objects, mut by_day) = (BTreeMap::new(), BTreeMap::new());
    for (day, Lines { of_files, .. }) in lines {
        for (name, lines) in of_files {
            let key = format!("{day}-{name:04}.json.gz");
            objects.insert(key.clone(), gzip(lines.join("\n").as_bytes()));
            by_day.entry(day).or_insert_with(Vec::new).push(key);
        }
    }
    Days {
        objects: Arc::new(objects),
        by_day,
        records,
        attacks,
    }
}

/// The records of a day, by file.
#[derive(Default)]
struct Lines {
    count: usize,
    of_files: BTreeMap<i64, Vec<String>>,
}

/// One invocation by a new copy; `true` if all was done.
fn invoke(
    world: &Rc<World>,
    bucket: MemoryBucket,
    keys: &[String],
    now: u32,
) -> tokio::task::JoinHandle<bool> {
    let copy = Copy::of(world);
    let message = |(at, key): (usize, &String)| Message {
        id: at.to_string(),
        body: format!(r#"{{"s3Bucket":"trail","s3ObjectKey":["{key}"]}}"#),
        ..Message::default()
    };
    let call = Call::Queue(keys.iter().enumerate().map(message).collect());
    tokio::task::spawn_local(async move {
        let road = Pipeline::new(copy.clone(), copy.clone());
        let habits = Habits::new(Level::Low).at(now);
        let door = LogFiles::new(&NO_RULES, None, bucket, copy, road);
        let deadline = Deadline::within(Duration::from_secs(600));
        let done = door
            .with_habits(habits)
            .handle(&call, deadline, &mut Tally::default())
            .await;
        done.is_ok_and(|response| response.failures.is_empty())
    })
}

/// Closes what can be closed, until that has worked thrice.
async fn close(world: &Rc<World>, now: u32) {
    let mut worked = 0;
    while worked < 3 {
        let copy = Copy::of(world);
        let done = tokio::task::spawn_local(async move {
            Habits::new(Level::Low).at(now).close(&copy).await.is_ok()
        });
        worked += u32::from(matches!(done.await, Ok(true)));
    }
}

/// How the objects of a day come.
#[derive(Clone, Copy)]
enum Coming {
    /// All in one call, each once.
    Together,
    /// In small calls, one after the other, each once.
    OneByOne,
    /// So many in a call, in their order, each once.
    InOrder(usize),
    /// In small calls, three at once, each up to three times, some of them a day late.
    Wildly,
}

/// All days, one after the other.
async fn run(world: &Rc<World>, seed: u64, coming: Coming) {
    run_through(&DAYS, world, seed, coming).await;
}

async fn run_through(days: &Days, world: &Rc<World>, seed: u64, coming: Coming) {
    let (times, at_once) = match coming {
        Coming::Wildly => (3, 3),
        _ => (1, 1),
    };
    let dice = Dice::new(seed);
    let bucket = MemoryBucket {
        objects: Arc::clone(&days.objects),
        dice: Arc::new(Mutex::new(seed)),
        odds: world.odds.get() * 2,
    };
    let mut late: Vec<String> = Vec::new();
    for (day, keys) in &days.by_day {
        let now = (day + 1) * DAY - 60;
        let mut queue: Vec<String> = std::mem::take(&mut late);
        for key in keys {
            for _ in 0..=dice.below(times) {
                queue.push(key.clone());
            }
            // One in nine is a day late, or comes again after a day.
            if times > 1 && dice.below(9) == 0 {
                late.push(key.clone());
            }
        }
        match coming {
            // The last of the queue comes first.
            Coming::Together | Coming::OneByOne | Coming::InOrder(_) => queue.reverse(),
            Coming::Wildly => dice.shuffle(&mut queue),
        }
        while !queue.is_empty() {
            let mut running = Vec::new();
            for _ in 0..at_once {
                let some = match coming {
                    Coming::Together => queue.len(),
                    Coming::InOrder(some) => some,
                    _ => dice.below(5) as usize + 1,
                };
                let batch = queue.split_off(queue.len().saturating_sub(some));
                running.push((invoke(world, bucket.clone(), &batch, now), batch));
            }
            for (done, batch) in running {
                if !matches!(done.await, Ok(true)) {
                    queue.splice(0..0, batch);
                }
            }
        }
        close(world, (day + 1) * DAY + 7_200).await;
    }
}

/// All that is remembered of behaviour: profiles, what everybody shares, and pages of days.
fn remembered(world: &World) -> Items {
    let of_behaviour = |key: &str| {
        ["usual#", "seen#", "roll#"]
            .iter()
            .any(|kind| key.starts_with(kind))
    };
    let all = world.state.all().into_iter();
    all.filter(|(key, _)| of_behaviour(key.as_str()))
        .map(|(key, kept)| (key.to_string(), kept.value))
        .collect()
}

fn told(world: &World) -> BTreeSet<String> {
    let published = world.published.borrow();
    published.iter().map(|alert| alert.id.to_string()).collect()
}

/// Items of state by their names.
type Items = BTreeMap<String, Vec<u8>>;

/// The memory and the alerts of one clean pass.
static CLEAN: LazyLock<(Items, BTreeSet<String>)> = LazyLock::new(|| {
    let world = World::new(1, 0);
    block_on(run(&world, 1, Coming::Together));
    (remembered(&world), told(&world))
});

/// Says how much was written on the way through `days`.
fn print_writes(world: &World, days: &Days, how: &str) {
    let per_thousand = |count: u64| count as f64 * 1_000.0 / days.records as f64;
    println!(
        "behaviour: {} records in {} log files, {how}: {:.0} writes per thousand, by kind:",
        days.records,
        days.objects.len(),
        per_thousand(world.writes.get())
    );
    for (kind, count) in &*world.kinds.borrow() {
        println!("  {kind}: {:.1}", per_thousand(*count));
    }
}

#[test]
fn what_it_costs_is_measured() {
    let world = World::new(1, 0);
    block_on(run(&world, 1, Coming::OneByOne));
    print_writes(&world, &DAYS, "in small calls");
    let kept = remembered(&world);
    for kind in ["seen#", "usual#"] {
        let mut sizes: Vec<usize> = kept
            .iter()
            .filter(|(key, _)| key.starts_with(kind) && *key != "usual#all")
            .map(|(_, value)| value.len())
            .collect();
        sizes.sort_unstable();
        println!(
            "  {kind} {} items, median {} bytes, largest {}",
            sizes.len(),
            sizes[sizes.len() / 2],
            sizes[sizes.len() - 1]
        );
    }
    println!("  usual#all: {} bytes", kept["usual#all"].len());
    assert!(kept == CLEAN.0, "other calls, another memory");
}

/// Whole days, as CloudTrail delivers them: a file for each account and five minutes. A quiet trail's files come
/// one by one, a busy one's in full calls.
#[test]
fn what_whole_days_cost_is_measured() {
    const ACCOUNTS: i64 = 1_000;
    let plan = MonthPlan {
        days: 3,
        quiet: 3,
        ..MonthPlan::new(22)
    };
    let days = days(plan.peaceful(), 1, |_, record| {
        let window = record.event_time().as_second().rem_euclid(i64::from(DAY)) / 300;
        let account = record.account().unwrap_or_default();
        let number: i64 = account.parse().unwrap_or_default();
        window * ACCOUNTS + number % ACCOUNTS
    });
    for files in [1, 10] {
        let world = World::new(1, 0);
        block_on(run_through(&days, &world, 1, Coming::InOrder(files)));
        print_writes(&world, &days, &format!("{files} in a call"));
        assert!(!remembered(&world).is_empty());
    }
}

#[test]
fn what_is_learned_does_not_depend_on_order_repeats_or_deaths() {
    let (kept, told_cleanly) = &*CLEAN;
    assert!(told_cleanly.len() > 3, "{told_cleanly:?}");
    crate::law::die_quietly();
    let seed = 2;
    let world = World::new(seed, 60);
    block_on(run(&world, seed, Coming::Wildly));
    assert!(world.deaths.get() > 3, "{} deaths", world.deaths.get());
    let found = remembered(&world);
    let differ: Vec<_> = kept
        .iter()
        .filter(|(key, value)| found.get(*key) != Some(value))
        .map(|(key, _)| key)
        .chain(found.keys().filter(|key| !kept.contains_key(*key)))
        .collect();
    assert!(differ.is_empty(), "seed {seed}: {differ:?}");
    let told = told(&world);
    let missing: Vec<_> = told_cleanly.difference(&told).collect();
    println!(
        "seed {seed}: {} alerts, {} of them not of the clean pass; {} faults",
        told.len(),
        told.difference(told_cleanly).count(),
        world.faults.get()
    );
    assert!(missing.is_empty(), "seed {seed}: not told {missing:?}");
    for (day, at_once) in told_at_once(&world) {
        assert!(at_once.len() <= 3, "{day:?} has {at_once:?}");
    }
}

/// The incidents that were told at once, by account and day.
fn told_at_once(world: &World) -> BTreeMap<(Option<String>, String), BTreeSet<String>> {
    let mut days = BTreeMap::<_, BTreeSet<String>>::new();
    for alert in world.published.borrow().iter() {
        if alert.level >= Level::Medium {
            let day = alert.time.strftime("%F").to_string();
            let day = days.entry((alert.account.id.clone(), day)).or_default();
            day.insert(alert.id.to_string());
        }
    }
    assert!(!days.is_empty(), "nothing is told at once");
    days
}

/// Counts what is asked of a store.
#[derive(Debug, Default, Clone)]
struct Counting {
    state: Rc<MemoryState>,
    loads: Rc<Cell<u32>>,
    asked: Rc<Cell<usize>>,
    saves: Rc<Cell<u32>>,
}

impl StateStore for Counting {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.loads.set(self.loads.get() + 1);
        self.asked.set(self.asked.get().max(keys.len()));
        self.state.load(keys).await
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        self.saves.set(self.saves.get() + 1);
        self.state.save(changes).await
    }
}

/// An attack that nobody's log files have brought yet is told by its events.
#[test]
fn the_door_for_events_judges_by_one_request_and_writes_nothing_but_alerts() {
    let (first, events) = DAYS.attacks.first_key_value().expect("an attack");
    let world = World::new(1, 0);
    block_on(async {
        let bucket = MemoryBucket {
            objects: Arc::clone(&DAYS.objects),
            dice: Arc::new(Mutex::new(1)),
            odds: 0,
        };
        for (day, keys) in DAYS.by_day.range(..first) {
            assert!(
                invoke(&world, bucket.clone(), keys, (day + 1) * DAY - 60)
                    .await
                    .unwrap()
            );
            close(&world, (day + 1) * DAY + 7_200).await;
        }
    });
    let state = MemoryState::default();
    for (key, kept) in world.state.all() {
        let change = Change {
            key,
            expected: None,
            value: kept.value,
            keep: jiff::SignedDuration::from_hours(1),
        };
        assert!(block_on(state.save(vec![change])).unwrap().is_empty());
    }
    let store = Counting {
        state: Rc::new(state),
        ..Counting::default()
    };
    let now = (first + 1) * DAY - 60;
    let mut habits = Habits::new(Level::Low).at(now);
    let mut road = Pipeline::new(store.clone(), MemorySink::default());
    let (mut quiet, mut most) = (0, 0);
    for event in events {
        let mut observer = baseline::Observer::default();
        LogFileReader::default().read(event.as_bytes(), |record| observer.observe(record, None));
        let mut journal = observer.into_journal();
        journal.settle();
        let (loads, saves) = (store.loads.get(), store.saves.get());
        let settled = block_on(habits.look(&NO_RULES, &mut road, &journal)).unwrap();
        if settled == Settled::default() {
            quiet += 1;
            // What everybody shares is asked for by the first, and then not for minutes.
            most = most.max(store.loads.get() - loads - u32::from(loads == 0));
            assert_eq!(
                store.saves.get(),
                saves,
                "nothing was told, and something saved"
            );
        }
    }
    let by_looking = road.into_parts().1.alerts.len();
    println!(
        "{} events of attacks: {by_looking} alerts; at most {most} requests of {} items for an event",
        events.len(),
        store.asked.get()
    );
    assert!(quiet > 0 && most <= 1, "{most} requests for one event");
    // The same through the door.
    let road = Pipeline::new(store, MemorySink::default());
    let mut door = Events::new(&NO_RULES, None, road).with_habits(Habits::new(Level::Low).at(now));
    let mut tally = Tally::default();
    for event in events {
        block_on(door.handle(event, &mut tally)).unwrap();
    }
    let known = tally.sum("AlertsPublished") + tally.sum("AlertsKnown");
    assert_eq!(known > 0, by_looking > 0, "{known} through the door");
    assert!(by_looking > 0, "no attack is heard");
}

/// What comes for a closed day, or from the future, teaches nothing and is counted.
#[test]
fn what_is_too_late_is_passed_over_and_counted() {
    let (day, keys) = DAYS.by_day.first_key_value().expect("a day");
    let world = World::new(1, 0);
    let bucket = MemoryBucket {
        objects: Arc::clone(&DAYS.objects),
        dice: Arc::new(Mutex::new(1)),
        odds: 0,
    };
    for now in [(day + 3) * DAY, (day - 2) * DAY] {
        assert!(block_on(async {
            invoke(&world, bucket.clone(), &keys[..1], now)
                .await
                .unwrap()
        }));
    }
    assert_eq!(remembered(&world).len(), 0);
    assert!(block_on(async {
        invoke(&world, bucket, &keys[..1], (day + 1) * DAY)
            .await
            .unwrap()
    }));
    assert!(remembered(&world).len() > 2);
}
