//! `history`: LookupEvents, told and saved, at its pace.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::cloud::{Answer, Cloud, Request};
use crate::shop::{Shop, record, story};

/// A region with 120 events of a minute each, and one with the story of a blinded trail.
fn serve() -> Cloud {
    Cloud::start(answers(false))
}

/// The same; `always` the same, whatever time is asked for.
pub(crate) fn answers(always: bool) -> impl Fn(&Request) -> Answer + Send + Sync {
    let many: Vec<String> = (0..120_i64)
        .map(|n| {
            record(
                "DescribeTrails",
                &format!("2026-11-22T{:02}:{:02}:00Z", 12 - n / 60, 59 - n % 60),
            )
        })
        .collect();
    let few: Value = serde_json::from_str(&story("trail-blinded")).expect("a sound test");
    let few: Vec<_> = few["Records"]
        .as_array()
        .expect("a sound test")
        .iter()
        .rev()
        .map(Value::to_string)
        .collect();
    move |request: &Request| match request.scope().0.as_str() {
        "eu-west-1" => page(&many, request, always),
        "us-east-1" => page(&few, request, always),
        "ap-east-1" => Answer::error(
            400,
            "UnrecognizedClientException",
            "this region is not switched on",
        ),
        _ => page(&[], request, always),
    }
}

/// As LookupEvents answers: from StartTime to EndTime, both included, fifty a page, by token.
fn page(records: &[String], request: &Request, always: bool) -> Answer {
    assert_eq!(request.operation(), "LookupEvents");
    let asked: Value = serde_json::from_str(&request.body).expect("a sound test");
    let bound = |name: &str, otherwise: f64| asked[name].as_f64().unwrap_or(otherwise);
    let (start, end) = (bound("StartTime", f64::MIN), bound("EndTime", f64::MAX));
    let matching: Vec<&String> = records
        .iter()
        .filter(|text| {
            let record: Value = serde_json::from_str(text).expect("a sound test");
            let time: jiff::Timestamp = record["eventTime"]
                .as_str()
                .expect("a sound test")
                .parse()
                .expect("a sound test");
            let second = time.as_second() as f64;
            (always || start <= second && second <= end)
                && has(&record, &asked["LookupAttributes"][0])
        })
        .collect();
    let from: usize = asked["NextToken"]
        .as_str()
        .map_or(0, |token| token.parse().expect("a sound test"));
    let events: Vec<_> = matching
        .iter()
        .skip(from)
        .take(50)
        .map(|text| json!({"CloudTrailEvent": text}))
        .collect();
    let next = (matching.len() > from + 50).then(|| (from + 50).to_string());
    Answer::ok(json!({"Events": events, "NextToken": next}).to_string())
}

fn has(record: &Value, attribute: &Value) -> bool {
    match attribute["AttributeKey"].as_str() {
        None => true,
        Some("EventName") => record["eventName"] == attribute["AttributeValue"],
        Some("EventSource") => record["eventSource"] == attribute["AttributeValue"],
        Some(_) => false,
    }
}

#[test]
fn events_are_told_as_sentences() {
    let cloud = serve();
    let shop = Shop::new();
    assert_snapshot!(
        shop.run_in("history --region us-east-1", &cloud.environment())
            .ends(0)
    );
    let chinese = shop.run_in(
        "history --last 1 --region us-east-1 --language zh-CN -q",
        &cloud.environment(),
    );
    assert_snapshot!("chinese", chinese.ends(0));
}

#[test]
fn the_last_of_each_region_and_by_attribute() {
    let cloud = serve();
    let shop = Shop::new();
    let run = shop
        .run_in("history --last 3 --format jsonl -q", &cloud.environment())
        .ends(0);
    assert_eq!(run.stdout.lines().count(), 6, "{run}");
    let run = shop
        .run_in(
            "history --by event-name=StopLogging --format jsonl -q",
            &cloud.environment(),
        )
        .ends(0);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    // What a pipe brings, scan takes.
    assert!(
        shop.run_on("scan - -q", run.stdout)
            .ends(0)
            .stdout
            .contains("hugo.martins")
    );
}

#[test]
fn two_requests_a_second_and_no_more() {
    let cloud = serve();
    let began = Instant::now();
    let run = Shop::new().run_in(
        "history --region eu-west-1 --since 2026-11-01",
        &cloud.environment(),
    );
    assert!(
        run.ends(0)
            .stderr
            .contains("Read 120 events of 1 region in 3 requests")
    );
    assert!(
        began.elapsed() >= Duration::from_millis(1000),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(cloud.asked().len(), 3);
}

#[test]
fn a_saved_history_is_taken_up_where_it_stopped_and_scanned() {
    let cloud = serve();
    let shop = Shop::new();
    let history = "history --region eu-west-1 --region us-east-1 --save saved -q";
    shop.run_in(&format!("{history} --last 60"), &cloud.environment())
        .ends(0);
    // The rest of the first region, back to its beginning.
    shop.run_in(
        &format!("{history} --since 2026-01-01"),
        &cloud.environment(),
    )
    .ends(0);
    let scan = shop.run("scan saved --level high");
    assert_snapshot!(scan.ends(0).stderr);
    // Nothing is newer.
    let third = shop
        .run_in(
            &format!("{history} --since 2026-01-01 -f jsonl"),
            &cloud.environment(),
        )
        .ends(0);
    assert_eq!(
        third.stdout.lines().count(),
        2,
        "the last second of each region: {third}"
    );
    let other = shop.run_in("history --by user=maria --save saved", &cloud.environment());
    assert_snapshot!("another_question", other.ends(2));
}

#[test]
fn a_baseline_learns_from_the_history_as_from_the_files_of_it() {
    let cloud = serve();
    let shop = Shop::new();
    let history = "history --region eu-west-1 --region us-east-1 --since 2026-01-01";
    let run = |rest: &str| {
        shop.run_in(&format!("{history} {rest}"), &cloud.environment())
            .ends(0)
    };
    let at_once = run("--baseline at-once.redb");
    assert!(
        at_once.stderr.contains("Behaviour: 1") && at_once.stdout.lines().count() > 200,
        "{at_once}"
    );
    run("--save saved -q");
    let seeded = shop.run("baseline seed seeded.redb saved").ends(0);
    let lesson = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Behaviour"));
        line.map(str::to_owned)
    };
    assert_eq!(lesson(&at_once.stderr), lesson(&seeded.stderr));
    let export = |file: &str| shop.run(&format!("baseline export {file}")).ends(0).stdout;
    assert!(export("at-once.redb").contains("hugo.martins"));
    assert_eq!(export("at-once.redb"), export("seeded.redb"));
}

#[test]
fn of_half_an_answer_nothing_is_learned() {
    let cloud = serve();
    let shop = Shop::new();
    let history = "history --region us-east-1 --region ap-east-1 --since 2026-01-01";
    let run = shop.run_in(
        &format!("{history} --baseline usual.redb"),
        &cloud.environment(),
    );
    assert!(run.ends(4).stderr.contains("Learned nothing"));
    assert_eq!(shop.run("baseline export usual.redb -q").ends(0).stdout, "");
    for rest in [
        "--last 5 --since 7d",
        "--by user=maria --since 7d",
        "",
        "--save saved --since 7d",
    ] {
        shop.run(&format!("history --baseline usual.redb {rest}"))
            .ends(3);
    }
}

#[test]
fn throttling_is_waited_for() {
    let patience = std::sync::atomic::AtomicU32::new(0);
    let cloud =
        Cloud::start(
            move |_| match patience.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0..2 => Answer::error(400, "ThrottlingException", "Rate exceeded"),
                _ => Answer::ok(r#"{"Events":[]}"#),
            },
        );
    let run = Shop::new().run_in("history --region eu-west-1", &cloud.environment());
    assert!(run.ends(0).stderr.contains("Read 0 events"));
}

#[test]
fn a_region_that_does_not_answer_does_not_stop_the_others() {
    let cloud = serve();
    let run = Shop::new().run_in(
        "history --region ap-east-1 --region us-east-1 --last 1",
        &cloud.environment(),
    );
    assert_snapshot!(run.ends(4));
}

#[test]
fn hostile_records_reach_the_terminal_as_text() {
    let evil = record("DescribeTrails", "2026-11-22T12:00:00Z")
        .replace("maria", "ma\\u001b[2Jria\u{202e}");
    let cloud = Cloud::start(move |_| {
        Answer::ok(
            json!({"Events": [{"CloudTrailEvent": evil}, {"CloudTrailEvent": "no record"}]})
                .to_string(),
        )
    });
    for format in ["table", "jsonl"] {
        let run = Shop::new()
            .run_in(
                &format!("history --region eu-west-1 -f {format}"),
                &cloud.environment(),
            )
            .ends(4);
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{run}");
        assert!(run.stderr.contains("what is no record"), "{run}");
    }
}

#[test]
fn bad_calls_are_refused() {
    let shop = Shop::new();
    assert_snapshot!("bad_attribute", shop.run("history --by colour=red").ends(3));
    assert_snapshot!("bad_region", shop.run("history --region https://x").ends(3));
    assert_snapshot!("no_credentials", shop.run("history").ends(4));
}
