//! The law in process: the doors' own code over ports in memory that fail, copies that die, in random orders.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

use aws::batch::{Call, Message};
use aws::deadline::Deadline;
use aws::events::Events;
use aws::findings::Findings;
use aws::log_files::LogFiles;
use aws::metrics::Tally;
use detect::alert::{Alert, AlertId};
use detect::language::Language;
use detect::render::mail::{Accounts, Letter};
use jiff::{SignedDuration, Timestamp};
use pipeline::Pipeline;
use pipeline::post::{Ladder, Manner, PostOffice, Routes};
use serde_json::json;
use tokio::task::JoinHandle;
use watch::reconcile::Rate;

use crate::chaos::{Copy, Dice, Died, MemoryBucket, World};
use crate::corpus::{CORPUS, DETECTOR, DOOMSDAY, block_on, told_as_new};

/// How many invocations run at once.
const COPIES: usize = 20;

/// How many random orders.
const ORDERS: usize = 5;

/// How long an invocation lives at most.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Some alerts go to one, some to several, some where all go without a table.
const TABLE: &str = "level = high, topic = high; rule = *snapshot*|*trail*, topic = defences;
    level = critical, topic = mail; rule = *, level = medium, topic = all";

/// Which doors the records come through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Doors {
    LogFiles,
    Events,
    Both,
}

/// Something to deliver until it is done.
#[derive(Debug, Clone)]
pub(crate) enum Delivery {
    /// Log files by their keys, or words of ours where to go on.
    LogFiles(Vec<String>),
    Event(String),
    Findings(Vec<String>),
}

/// One run of the law.
pub(crate) struct Run {
    pub(crate) world: Rc<World>,
    bucket: MemoryBucket,
    pub(crate) queue: Vec<Delivery>,
    findings: usize,
    now: Timestamp,
    invocations: u64,
    routes: Routes,
    /// How many events are noted, to be compared with those of the other door.
    pub(crate) rate: Rate,
}

fn routes() -> Routes {
    let topics = ["high", "defences", "all"]
        .map(|name| format!("arn:aws:sns:us-east-1:111122223333:{name}"));
    Routes::parse(TABLE, &topics, &Accounts::default(), &[Language::En]).unwrap()
}

fn manner(routes: Routes) -> Manner {
    Manner {
        ladder: Ladder::AT_ONCE,
        routes,
        ..Manner::new(Letter::new(&[Language::En]))
    }
}

impl Run {
    /// Each object and event comes one to three times, in an order of this seed.
    pub(crate) fn new(seed: u64, doors: &Doors, odds: u64) -> Self {
        let world = World::new(seed, odds);
        let mut queue = Vec::new();
        let mut push = |delivery: Delivery| {
            for _ in 0..=world.dice.below(3) {
                queue.push(delivery.clone());
            }
        };
        if *doors != Doors::Events {
            let mut keys: Vec<String> = CORPUS.objects.keys().cloned().collect();
            world.dice.shuffle(&mut keys);
            let mut keys = keys.into_iter();
            while keys.len() > 0 {
                let some = world.dice.below(4) as usize + 1;
                push(Delivery::LogFiles(keys.by_ref().take(some).collect()));
            }
        }
        if *doors != Doors::LogFiles {
            CORPUS
                .events
                .iter()
                .for_each(|event| push(Delivery::Event(event.clone())));
        }
        world.dice.shuffle(&mut queue);
        let bucket = MemoryBucket {
            objects: Arc::clone(&CORPUS.objects),
            dice: Arc::new(Mutex::new(seed)),
            odds: odds * 2,
        };
        let now = "2026-11-27T12:00:00Z".parse().unwrap();
        Self {
            world,
            bucket,
            queue,
            findings: 0,
            now,
            invocations: 0,
            routes: Routes::default(),
            rate: Rate::one_in(64),
        }
    }

    /// Delivers until nothing is left: what fails comes back.
    async fn run(&mut self) {
        while !self.queue.is_empty() {
            let batch = self
                .queue
                .split_off(self.queue.len().saturating_sub(COPIES));
            self.invocations += batch.len() as u64;
            let running: Vec<_> = batch
                .into_iter()
                .map(|delivery| (delivery.clone(), self.invoke(delivery)))
                .collect();
            for (delivery, running) in running {
                if !matches!(running.await, Ok(true)) {
                    self.queue.insert(0, delivery);
                }
            }
            self.hand_over();
            self.now += SignedDuration::from_secs(5);
        }
    }

    /// What was published becomes messages of the findings' queue, in batches, some of them twice; word that
    /// was left becomes a message of the logs' queue.
    fn hand_over(&mut self) {
        let dice = &self.world.dice;
        let published = self.world.published.borrow();
        let mut messages: Vec<String> = Vec::new();
        for alert in &published[self.findings..] {
            for _ in 0..=dice.below(2) {
                messages.push(serde_json::to_string(alert).unwrap());
            }
        }
        self.findings = published.len();
        drop(published);
        dice.shuffle(&mut messages);
        for batch in messages.chunks(10) {
            let at = dice.below(self.queue.len() as u64 + 1) as usize;
            self.queue.insert(at, Delivery::Findings(batch.to_vec()));
        }
        for task in self.world.left.take() {
            self.queue
                .insert(0, Delivery::LogFiles(vec![task.to_message()]));
        }
    }

    /// One invocation by a new copy; `true` if all was done.
    fn invoke(&self, delivery: Delivery) -> JoinHandle<bool> {
        let (copy, bucket, now) = (Copy::of(&self.world), self.bucket.clone(), self.now);
        let late = self.world.dice.below(4) == 0;
        let (routes, rate) = (self.routes.clone(), self.rate);
        tokio::task::spawn_local(async move {
            let mut tally = Tally::default();
            match delivery {
                Delivery::LogFiles(keys) => {
                    let road = Pipeline::new(copy.clone(), copy.clone());
                    let door = LogFiles::new(&DETECTOR, None, bucket, copy, road);
                    let mut door = door.sampling(rate);
                    let deadline = if late {
                        Duration::from_millis(40)
                    } else {
                        Duration::from_secs(60)
                    };
                    let call = notices(&keys);
                    let done = door
                        .handle(&call, Deadline::within(deadline), &mut tally)
                        .await;
                    done.is_ok_and(|response| response.failures.is_empty())
                }
                Delivery::Event(event) => {
                    let road = Pipeline::new(copy.clone(), copy);
                    Events::new(&DETECTOR, None, road)
                        .sampling(rate)
                        .handle(&event, &mut tally)
                        .await
                        .is_ok()
                }
                Delivery::Findings(messages) => {
                    let door = Findings::new(PostOffice::new(copy.clone(), copy, manner(routes)));
                    let done = door
                        .handle(&batch(messages), now, now + MINUTE, &mut tally)
                        .await;
                    done.is_ok_and(|response| response.failures.is_empty())
                }
            }
        })
    }

    /// The clock ticks at the door for events, thrice at once as SQS may have it, until that has worked.
    async fn let_time_pass(&mut self) {
        let tick = json!({"detail-type": "Scheduled Event", "time": DOOMSDAY, "detail": {}});
        for _ in 0..3 {
            self.queue.push(Delivery::Event(tick.to_string()));
        }
        self.run().await;
    }

    /// The clock ticks until no mail waits any more.
    async fn tick(&mut self) {
        for _ in 0..200 {
            self.now += SignedDuration::from_hours(1);
            let copy = Copy::of(&self.world);
            let (now, routes) = (self.now, self.routes.clone());
            let _ = tokio::task::spawn_local(async move {
                let door = Findings::new(PostOffice::new(copy.clone(), copy, manner(routes)));
                let tick = Call::Direct("{}".to_owned());
                let _ = door
                    .handle(&tick, now, now + MINUTE, &mut Tally::default())
                    .await;
            })
            .await;
        }
    }

    /// What was published in the end, by id: the one with the most events.
    fn published(&self) -> BTreeMap<AlertId, Alert> {
        let mut last = BTreeMap::<AlertId, Alert>::new();
        for alert in self.world.published.borrow().iter() {
            let known = last.entry(alert.id).or_insert_with(|| alert.clone());
            if known.event_count <= alert.event_count {
                *known = alert.clone();
            }
        }
        last
    }

    /// How often each alert was told as new to each address, and how often the teller was struck before it could
    /// note that.
    fn told(&self) -> BTreeMap<(String, Option<String>), (usize, usize)> {
        let mut told = BTreeMap::<_, (usize, usize)>::new();
        for mail in self.world.mails.borrow().iter() {
            for id in told_as_new(&mail.body) {
                let (times, blamed) = told.entry((id, mail.to.clone())).or_default();
                *times += 1;
                *blamed += usize::from(mail.blamed.get());
            }
        }
        told
    }
}

/// Keys as notices of S3 by way of SQS; or messages of ours as they are.
fn notices(keys: &[String]) -> Call {
    let bodies = keys.iter().map(|key| {
        if key.starts_with('{') {
            return key.to_owned();
        }
        json!({"Records": [{"eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": "trail"}, "object": {"key": key}}}]})
        .to_string()
    });
    batch(bodies.collect())
}

fn batch(bodies: Vec<String>) -> Call {
    let message = |(id, body): (usize, String)| Message {
        id: id.to_string(),
        body,
        ..Message::default()
    };
    Call::Queue(bodies.into_iter().enumerate().map(message).collect())
}

/// A copy that was made to die need not say so on the terminal.
pub(crate) fn die_quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload().downcast_ref::<Died>().is_none() {
                hook(panic);
            }
        }));
    });
}

/// What is compared of alerts: all but where records were read.
fn without_files(mut alerts: BTreeMap<AlertId, Alert>) -> BTreeMap<AlertId, Alert> {
    for event in alerts.values_mut().flat_map(|alert| &mut alert.events) {
        event.log_file = None;
    }
    alerts
}

fn holds(seed: u64, doors: &Doors, odds: u64, routes: Routes) -> (u64, u64, u64, u64) {
    let mut run = Run::new(seed, doors, odds);
    run.routes = routes;
    run.holds(doors, &format!("doors {doors:?}, seed {seed}"));
    let world = &run.world;
    (
        world.faults.get(),
        world.deaths.get(),
        run.invocations,
        world.writes.get(),
    )
}

impl Run {
    /// Delivers all, and looks what has become of it.
    pub(crate) fn holds(&mut self, doors: &Doors, why: &str) {
        block_on(async {
            self.run().await;
            self.let_time_pass().await;
            self.world.odds.set(0);
            self.tick().await;
            self.run().await;
        });
        let expected = if *doors == Doors::Events {
            &CORPUS.share
        } else {
            &CORPUS.all
        };
        let published = without_files(self.published());
        let expected = without_files(expected.clone());
        assert!(
            published.keys().eq(expected.keys()),
            "{why}: other alerts than those of a clean pass"
        );
        for (id, alert) in &expected {
            assert_eq!(published[id], *alert, "{why}: {id} is told differently");
        }
        let told = self.told();
        let wanted = expected.values().flat_map(|alert| {
            let to = self.routes.of(alert).into_iter();
            to.map(|to| (alert.id.to_string(), to.address.clone()))
        });
        let wanted: BTreeSet<_> = wanted.collect();
        assert!(
            told.keys().eq(wanted.iter()),
            "{why}: other alerts were mailed than published, or to others than the table names"
        );
        for ((id, to), (times, blamed)) in told {
            let id = format!("{id} to {to:?}");
            assert!(
                times <= 1 + blamed,
                "{why}: {id} was mailed {times} times, excused {blamed}"
            );
        }
    }
}

#[test]
fn the_law_holds_through_every_door_in_any_order_under_faults() {
    die_quietly();
    let started = Instant::now();
    let dice = Dice::new(2026);
    let runs = [Doors::LogFiles, Doors::Events, Doors::Both].map(|doors| [doors; ORDERS]);
    let runs: Vec<_> = runs
        .as_flattened()
        .iter()
        .map(|d| (dice.roll(), *d))
        .collect();
    let next = AtomicUsize::new(0);
    let sums = Mutex::new([0; 3]);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some((seed, doors)) = runs.get(next.fetch_add(1, Relaxed)) {
                    let (faults, deaths, invocations, _) =
                        holds(*seed, doors, 30, Routes::default());
                    let mut sums = sums.lock().unwrap();
                    let run = [faults, deaths, invocations];
                    sums.iter_mut().zip(run).for_each(|(sum, of)| *sum += of);
                }
            });
        }
    });
    let [faults, deaths, invocations] = sums.into_inner().unwrap();
    println!(
        "the law: {} records, {} alerts, 3 ways x {ORDERS} orders, {invocations} invocations, \
         {faults} faults survived, {deaths} of them deaths, {:.1} s",
        CORPUS.records,
        CORPUS.all.len(),
        started.elapsed().as_secs_f64()
    );
    let missing = CORPUS.all.values();
    let missing = missing.filter(|alert| alert.rule.title == "Snapshot shared and not taken back");
    assert!(missing.count() > 0, "what did not follow is told");
    assert!(CORPUS.records >= 20_000 && CORPUS.all.len() > 30 && CORPUS.share.len() > 20);
    assert!(
        faults > 1_000 && deaths > 300,
        "{faults} faults, {deaths} deaths"
    );
}

#[test]
fn the_law_holds_for_each_of_several_readers() {
    die_quietly();
    let dice = Dice::new(2027);
    let mut deaths = 0;
    for _ in 0..ORDERS {
        deaths += holds(dice.roll(), &Doors::Both, 30, routes()).1;
    }
    let several = CORPUS
        .all
        .values()
        .filter(|alert| routes().of(alert).len() > 1);
    assert!(several.count() > 10 && deaths > 50, "{deaths} deaths");
}

#[test]
fn state_is_written_seldom() {
    let (_, _, _, repeated) = holds(1, &Doors::LogFiles, 0, Routes::default());
    let mut run = Run::new(1, &Doors::LogFiles, 0);
    // As CloudTrail delivers them: every few minutes those of all regions at once.
    let mut batches = BTreeMap::<_, Vec<_>>::new();
    for key in CORPUS.objects.keys() {
        let minute = key.rsplit('_').nth(1).unwrap();
        batches.entry(minute).or_default().push(key.clone());
    }
    for keys in batches.into_values() {
        let calls = keys.chunks(10);
        run.queue = calls
            .map(|keys| Delivery::LogFiles(keys.to_vec()))
            .collect();
        block_on(run.run());
    }
    let per_thousand = |count: u64| count as f64 * 1_000.0 / CORPUS.records as f64;
    let world = &run.world;
    let once = per_thousand(world.writes.get());
    println!(
        "state: {once:.1} writes per 1,000 records, mails included, {} of them too late; {:.1} units of 1 KB; \
         {:.1} writes if files come up to three times, in any order, twenty at once",
        world.conflicts.get(),
        per_thousand(world.units.get()),
        per_thousand(repeated)
    );
    // Most of it are windows of correlations over seconds. Every story is in these records, so there is an alert
    // for each 350 of them, with its mail and a look at what followed.
    println!("state: {:?}", world.kinds.borrow());
    let samples = per_thousand(world.kinds.borrow().get("bridge").copied().unwrap_or(0));
    assert!(samples > 0.0 && samples < 3.0, "{samples} of them samples");
    assert!(once < 112.0, "{once}");
}
