//! The law once more, with whole functions on the local AWS: real processes that are killed, a real table and
//! real topics behind a proxy that refuses requests and loses answers.
//!
//! These tests need the local AWS, which `make fleet` installs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ::cloud::sdk;
use aws::state_table::StateTable;
use detect::alert::{Alert, AlertId};
use detect::cloudtrail::LogFileReader;
use detect::{Detector, Screened};
use pipeline::ports::{AlertSink, SinkError};
use pipeline::{Pipeline, PipelineError};
use serde_json::{Value, json};
use sigma::{RuleSet, SourceFile};
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::chaos::Dice;
use crate::cloud::{BUCKET, Parts, TABLE, cloud, table};
use crate::conformance::conforms;
use crate::corpus::{CORPUS, DETECTOR, DOOMSDAY, told_as_new};
use crate::function::{Function, Outcome};
use crate::stage::{Emulator, Struck, built, proxy};

/// How many copies of each function run at once: 20 in all.
const LOG_COPIES: usize = 9;
const EVENT_COPIES: usize = 6;
const ALERT_COPIES: usize = 5;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
#[ignore = "needs the local AWS: make fleet"]
fn state_in_a_table_keeps_every_promise() {
    let emulator = Emulator::start();
    runtime().block_on(async {
        let sdk = sdk(&cloud(emulator.port));
        let client = aws_sdk_dynamodb::Client::new(&sdk);
        table(&client, TABLE).await;
        conforms(&StateTable::new(client, TABLE.to_owned())).await;
    });
}

/// Twenty wrong passwords from one address.
const HOT: &str = "\
title: Wrong password
id: 11111111-1111-4111-8111-111111111111
name: wrong
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: ConsoleLogin }, condition: s }
level: informational
---
title: Many wrong passwords
id: 22222222-2222-4222-8222-222222222222
correlation:
  type: event_count
  rules: [wrong]
  group-by: [sourceIPAddress]
  timespan: 1h
  condition: { gte: 20 }
level: high
";

/// Publishes into a list that all share.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<Alert>>>);

impl AlertSink for Shared {
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError> {
        self.0.borrow_mut().extend(alerts);
        Ok(())
    }
}

fn wrong_password(detector: &Detector, number: u64) -> Screened {
    let mut screener = detector.screener();
    let record = json!({
        "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
        "eventTime": format!("2026-11-22T14:02:{number:02}Z"),
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "sourceIPAddress": "203.0.113.7", "recipientAccountId": "111122223333",
    });
    LogFileReader::default().read(record.to_string().as_bytes(), |record| {
        screener.screen(record, None);
    });
    screener.take()
}

#[test]
#[ignore = "needs the local AWS: make fleet"]
fn twenty_writers_of_one_window_lose_no_member_and_fire_once() {
    let loaded = RuleSet::load([SourceFile {
        name: "hot.yml",
        text: HOT,
    }]);
    let detector: &'static Detector =
        Box::leak(Box::new(Detector::new(loaded.rules).0.without_waiting()));
    let emulator = Emulator::start();
    let told = Shared::default();
    let (mut conflicts, mut given_back) = (0, 0);
    LocalSet::new().block_on(&runtime(), async {
        let client = aws_sdk_dynamodb::Client::new(&sdk(&cloud(emulator.port)));
        table(&client, TABLE).await;
        let writers: Vec<_> = (0..20)
            .map(|number| {
                let states = StateTable::new(client.clone(), TABLE.to_owned());
                let mut road = Pipeline::new(states, told.clone());
                tokio::task::spawn_local(async move {
                    // A message that fails comes back.
                    for given_back in 0.. {
                        let found = wrong_password(detector, number);
                        match road.settle(detector, found).await {
                            Ok(settled) => return (settled.conflicts, given_back),
                            Err(PipelineError::Contended(_)) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    unreachable!("it tries until it is done")
                })
            })
            .collect();
        for writer in writers {
            let (late, times) = writer.await.unwrap();
            conflicts += late;
            given_back += times;
        }
    });
    println!(
        "a hot window: 20 writers, {conflicts} conflicts counted, {given_back} times given back"
    );
    assert!(conflicts > 0, "they were in each other's way");
    let told = told.0.borrow();
    assert_eq!(told.len(), 1, "it fires once");
    assert_eq!(told[0].event_count, 20, "and no member is lost");
}

/// Work for the copies of one function, and what was done of it.
struct Work {
    events: Mutex<Vec<String>>,
    kills: AtomicU64,
    invocations: AtomicU64,
    /// Whether no more will come.
    closed: AtomicBool,
}

impl Work {
    fn new(events: Vec<String>) -> Self {
        Self {
            events: Mutex::new(events),
            kills: AtomicU64::new(0),
            invocations: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// One copy: takes events until there are none; what fails, or dies, comes back.
    fn copy(&self, program: &Path, environment: &BTreeMap<String, String>, struck: &Struck) {
        let mut function = Function::new(program, environment.clone());
        loop {
            let event = self.events.lock().unwrap().pop();
            let Some(event) = event else {
                if self.closed.load(Relaxed) {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            self.invocations.fetch_add(1, Relaxed);
            let is_killed = struck.odds.load(Relaxed) > 0 && struck.roll(40) == 0;
            let kill = is_killed.then(|| Duration::from_micros(struck.roll(25_000)));
            let session = function.session();
            let mails = struck.mails_of(&session);
            let is_done = match function.invoke(&event, kill) {
                Outcome::Answered(answer) => !answer.contains("itemIdentifier"),
                Outcome::Failed(_) => false,
                // Killed by us, or because it took too long.
                Outcome::Died => {
                    self.kills.fetch_add(1, Relaxed);
                    struck.killed(&session, mails);
                    false
                }
            };
            if !is_done {
                let mut events = self.events.lock().unwrap();
                let at = struck.roll(events.len() as u64 + 1) as usize;
                events.insert(at, event);
            }
        }
    }
}

fn batch(bodies: &[&str]) -> String {
    let messages = bodies.iter().enumerate();
    let messages: Vec<Value> = messages
        .map(|(at, body)| json!({"messageId": at.to_string(), "body": body}))
        .collect();
    json!({ "Records": messages }).to_string()
}

fn notice(key: &str) -> String {
    let notice = json!({"Records": [{"eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": BUCKET}, "object": {"key": key}}}]});
    batch(&[&notice.to_string()])
}

/// Each one to three times, in random order.
fn repeated(dice: &Dice, events: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for event in events {
        all.extend(std::iter::repeat_n(event, 1 + dice.below(3) as usize));
    }
    dice.shuffle(&mut all);
    all
}

/// What `trailhound scan` says of the same log files.
fn scanned() -> BTreeMap<AlertId, Alert> {
    let folder = outside::repository().join("target/fleet-scan");
    let _ = std::fs::remove_dir_all(&folder);
    for (key, bytes) in &*CORPUS.objects {
        let path = folder.join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let output = Command::new(built("trailhound"))
        .args(["scan", "--format", "jsonl"])
        .arg(&folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let alerts = text
        .lines()
        .map(|line| serde_json::from_str::<Alert>(line).unwrap());
    // Up to when a scan waits is another matter: to the end of the log, and not to that of the world.
    alerts
        .filter(|alert| !waits(&alert.rule.id))
        .map(|alert| (alert.id, without_files(alert)))
        .collect()
}

/// Whether the rule of this id is a correlation that waits for what does not follow.
fn waits(id: &str) -> bool {
    let rules = DETECTOR.rules();
    let found = rules.correlation_position(id);
    found.is_some_and(|at| !rules.correlations()[at].unless_followed_by().is_empty())
}

fn without_files(mut alert: Alert) -> Alert {
    alert
        .events
        .iter_mut()
        .for_each(|event| event.log_file = None);
    alert
}

/// What has come out of the fleet.
#[derive(Default)]
struct Heard {
    published: BTreeMap<AlertId, Alert>,
    mails: Vec<String>,
}

impl Heard {
    /// How often each alert was told as new.
    fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for id in self.mails.iter().flat_map(|mail| told_as_new(mail)) {
            *told.entry(id).or_default() += 1;
        }
        told
    }

    fn publish(&mut self, body: &str) {
        let alert = without_files(serde_json::from_str(body).unwrap());
        let known = self
            .published
            .entry(alert.id)
            .or_insert_with(|| alert.clone());
        if known.event_count <= alert.event_count {
            *known = alert;
        }
    }
}

#[test]
#[ignore = "needs the local AWS: make fleet"]
fn the_law_holds_for_whole_functions_on_a_failing_aws() {
    let started = Instant::now();
    let programs = ["lambda-s3-logs", "lambda-eventbridge", "lambda-alerts"].map(built);
    let mut expected = scanned();
    let (missing, found): (Vec<_>, Vec<_>) = CORPUS
        .all
        .iter()
        .partition(|(_, alert)| waits(&alert.rule.id));
    assert!(
        expected.keys().eq(found.into_iter().map(|(id, _)| id)),
        "scan and the clean pass agree"
    );
    let missing = missing.into_iter();
    expected.extend(missing.map(|(id, alert)| (*id, without_files(alert.clone()))));

    let emulator = Emulator::start();
    let struck = Arc::new(Struck::default());
    let port = proxy(emulator.port, &struck);
    let runtime = runtime();
    let parts = runtime.block_on(Parts::make(emulator.port));
    runtime.block_on(async {
        for (key, bytes) in &*CORPUS.objects {
            let put = parts.s3.put_object().bucket(BUCKET).key(key);
            put.body(bytes.clone().into()).send().await.unwrap();
        }
    });
    let ready = started.elapsed();
    struck.odds.store(12, Relaxed);
    let dice = Dice::new(7);
    let logs = Work::new(repeated(
        &dice,
        CORPUS.objects.keys().map(|key| notice(key)),
    ));
    let events = Work::new(repeated(&dice, CORPUS.events.iter().cloned()));
    let alerts = Work::new(Vec::new());
    let environment = parts.environment(port);
    let mut heard = Heard::default();
    thread::scope(|scope| {
        let crews = [
            (&logs, LOG_COPIES),
            (&events, EVENT_COPIES),
            (&alerts, ALERT_COPIES),
        ];
        for ((work, copies), program) in crews.into_iter().zip(&programs) {
            for _ in 0..copies {
                scope.spawn(|| work.copy(program, &environment, &struck));
            }
        }
        logs.closed.store(true, Relaxed);
        runtime.block_on(deliver(
            &parts,
            &alerts,
            &mut heard,
            expected.len(),
            [&logs, &events],
            &struck,
        ));
        events.closed.store(true, Relaxed);
        alerts.closed.store(true, Relaxed);
    });

    let why = "compare target/fleet.log";
    assert!(
        heard.published.keys().eq(expected.keys()),
        "other alerts than a scan's; {why}"
    );
    for (id, alert) in &expected {
        assert_eq!(
            heard.published[id], *alert,
            "{id} is told differently than by a scan"
        );
    }
    let told = heard.told();
    let wanted: BTreeSet<String> = expected.keys().map(ToString::to_string).collect();
    assert!(
        told.keys().eq(wanted.iter()),
        "other alerts were mailed than published; {why}"
    );
    let unsaved = struck.unsaved_mails();
    let twice = told.iter().filter(|(_, times)| **times > 1);
    for (id, times) in twice.clone() {
        let excused = unsaved.iter().filter(|mail| mail.contains(id)).count();
        assert!(
            *times <= 1 + excused,
            "{id} was mailed {times} times, of which {excused} times nobody could save that it was; {why}: {}",
            struck.account(id)
        );
    }
    let kills = [&logs, &events, &alerts].map(|work| work.kills.load(Relaxed));
    let invocations: u64 = [&logs, &events, &alerts]
        .iter()
        .map(|work| work.invocations.load(Relaxed))
        .sum();
    println!(
        "the law, whole functions: {} records, {} events, {} alerts, {} mails, {invocations} invocations; \
         survived {} refused requests, {} lost answers, {} kills; {} alerts mailed twice, each by a sender that \
         was killed or never heard the answer; {:.1} s and {:.1} s to prepare",
        CORPUS.records,
        CORPUS.events.len(),
        expected.len(),
        heard.mails.len(),
        struck.refused.load(Relaxed),
        struck.lost.load(Relaxed),
        kills.iter().sum::<u64>(),
        twice.count(),
        (started.elapsed() - ready).as_secs_f64(),
        ready.as_secs_f64()
    );
}

/// Carries findings from their queue to the function, and mails from the inbox, until all is told.
async fn deliver(
    parts: &Parts,
    alerts: &Work,
    heard: &mut Heard,
    expected: usize,
    doors: [&Work; 2],
    struck: &Struck,
) {
    let started = Instant::now();
    let mut quiet = 0;
    let mut is_over = false;
    while started.elapsed() < Duration::from_secs(240) {
        let findings = parts.receive(&parts.findings_queue).await;
        let bodies: Vec<&str> = findings.iter().map(|(_, body)| body.as_str()).collect();
        bodies.iter().for_each(|body| heard.publish(body));
        if !bodies.is_empty() {
            let mut events = alerts.events.lock().unwrap();
            let times = 1 + struck.roll(2);
            events.extend((0..times).map(|_| batch(&bodies)));
        }
        let receipts: Vec<&str> = findings
            .iter()
            .map(|(receipt, _)| receipt.as_str())
            .collect();
        // Taken over by the work list, which gives back what fails.
        parts.delete(&parts.findings_queue, &receipts).await;
        let mails = parts.receive(&parts.inbox).await;
        let receipts: Vec<&str> = mails.iter().map(|(receipt, _)| receipt.as_str()).collect();
        parts.delete(&parts.inbox, &receipts).await;
        quiet = if findings.is_empty() && mails.is_empty() {
            quiet + 1
        } else {
            0
        };
        heard.mails.extend(mails.into_iter().map(|(_, body)| body));
        let is_empty = |work: &Work| work.events.lock().unwrap().is_empty();
        let all_is_judged = doors.iter().all(|work| is_empty(work));
        let is_idle = all_is_judged && is_empty(alerts);
        if all_is_judged && quiet >= 15 && !is_over {
            // All records have been judged, and time passes for what did not follow.
            is_over = true;
            let tick = json!({"detail-type": "Scheduled Event", "time": DOOMSDAY, "detail": {}});
            let mut events = doors[1].events.lock().unwrap();
            events.push(batch(&[&tick.to_string()]));
        }
        if is_idle && quiet > 3 {
            // The clock's tick, for mails that wait, or whose sender has died.
            struck.odds.store(0, Relaxed);
            alerts.events.lock().unwrap().push("{}".to_owned());
            if heard.told().len() == expected && quiet > 20 {
                return;
            }
        }
        if quiet > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
