//! Weak findings that add up: in whatever order, pieces and repetitions they come, and only if they should.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use detect::alert::{Alert, AlertId};
use detect::{Detector, incident};
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sigma::{Level, RuleSet, SourceFile};

use crate::corpus::record;
use crate::now;

const LEVELS: [&str; 6] = ["low", "low", "medium", "low", "medium", "low"];
const TACTICS: [&str; 6] = [
    "discovery",
    "persistence",
    "impact",
    "impact",
    "discovery",
    "exfiltration",
];

/// A rule for each number that an event may have among its values, and what they weigh together. Alerts
/// are cut where stretches of time are, so that each has its own.
fn detector(risk: &str) -> Detector {
    let timespan = risk.split_once("timespan: ").unwrap().1;
    let period = timespan.split_once('\n').unwrap().0;
    let mut text = String::new();
    for (rule, (level, tactic)) in LEVELS.iter().zip(TACTICS).enumerate() {
        let _ = write!(
            text,
            "title: r{rule}\nid: 00000000-0000-4000-8000-00000000000{rule}\nlevel: {level}\n\
             tags: [attack.t1078, attack.{tactic}]\nlogsource: {{ product: aws }}\n\
             detection: {{ s: {{ 'requestParameters.values|contains': 'v{rule}.' }}, condition: s }}\n\
             trailhound: {{ period: 1h }}\n---\n"
        );
    }
    let _ = write!(
        text,
        "title: incident\nlevel: high\ncorrelation:\n  type: risk_score\n  rules: ['level:low', 'level:medium']\n  \
         group-by: [sourceIPAddress]\n{risk}trailhound: {{ period: {period} }}\n"
    );
    let file = SourceFile {
        name: "risk.yml",
        text: &text,
    };
    let loaded = RuleSet::load([file]);
    let problems: Vec<_> = loaded.problems.iter().filter(|p| !p.is_warning()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    Detector::new(loaded.rules).0
}

/// An event: when, in minutes; of whom; and which rules match it.
type Event = (i64, u8, Vec<usize>);

fn text((minute, group, rules): &Event, number: usize) -> String {
    let values: String = rules.iter().map(|rule| format!("v{rule}.")).collect();
    let time = jiff::Timestamp::from_second(1_795_000_000 + minute * 60).unwrap();
    format!(
        r#"{{"eventTime":"{time}","eventSource":"t.amazonaws.com","eventName":"E","sourceIPAddress":"g{group}","userIdentity":{{"type":"IAMUser","userName":"g{group}","accountId":"111122223333"}},"requestParameters":{{"values":"{values}"}},"eventID":"00000000-0000-4000-8000-{number:012x}","recipientAccountId":"111122223333"}}"#
    )
}

fn standing<'a>(
    detector: &Detector,
    batches: impl Iterator<Item = Vec<(usize, &'a Event)>>,
) -> BTreeMap<AlertId, Alert> {
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    for batch in batches {
        let mut screener = detector.screener();
        for (number, event) in batch {
            screener.screen(&record(&text(event, number)), None);
        }
        now(pipeline.settle(detector, screener.take())).unwrap();
    }
    let alerts = pipeline.into_parts().1.alerts.into_iter();
    alerts.map(|alert| (alert.id, alert)).collect()
}

fn told(risk: &str, events: &[Event]) -> Vec<Alert> {
    let alerts = standing(
        &detector(risk),
        std::iter::once(events.iter().enumerate().collect()),
    );
    alerts
        .into_values()
        .filter(|alert| alert.rule.title == "incident")
        .collect()
}

const RISK: &str = "  timespan: 1d\n  half-life: 6h\n  tactics: 3\n  condition: { gte: 25 }\n";

#[test]
fn weak_findings_of_three_tactics_are_one_incident_that_tells_how_it_adds_up() {
    let events = [(0, 0, vec![0]), (20, 0, vec![1]), (40, 0, vec![3])];
    let found = told(RISK, &events);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].level, Level::High);
    assert_eq!(found[0].replaces, Some(Level::Low));
    let why = found[0].why.join("\n");
    let sum = "together 30.0 points from 3 tactics, where points fade by half in 6 h; the correlation asks for at least 25 points";
    assert!(why.contains(sum), "{why}");
}

#[test]
fn what_does_not_add_up_is_no_incident() {
    for (why, events) in [
        (
            "of three",
            vec![(0, 0, vec![0]), (20, 1, vec![1]), (40, 2, vec![3])],
        ),
        ("of one end", vec![(0, 0, vec![2]), (20, 0, vec![3])]),
        (
            "again and again",
            (0..50).map(|at| (at, 0, vec![0])).collect(),
        ),
        (
            "one event is one thing",
            vec![(0, 0, vec![0, 1, 2, 3, 4, 5])],
        ),
        (
            "faded",
            vec![(0, 0, vec![0]), (360, 0, vec![1]), (720, 0, vec![3])],
        ),
        (
            "another day",
            vec![(0, 0, vec![2]), (1_441, 0, vec![0]), (1_441, 0, vec![1])],
        ),
    ] {
        assert!(told(RISK, &events).is_empty(), "{why}");
    }
    let twice = [
        (0, 0, vec![0]),
        (10, 0, vec![1]),
        (20, 0, vec![0]),
        (700, 0, vec![5]),
    ];
    assert!(told(RISK, &twice).is_empty());
}

#[test]
fn points_and_half_life_can_be_set() {
    let events = [(0, 0, vec![0]), (360, 0, vec![1]), (720, 0, vec![3])];
    let slow = "  timespan: 1d\n  half-life: 7d\n  tactics: 3\n  condition: { gte: 25 }\n";
    assert_eq!(told(slow, &events).len(), 1);
    let dear = "  timespan: 1d\n  half-life: 6h\n  points: { low: 20 }\n  tactics: 3\n  condition: { gte: 25 }\n";
    assert_eq!(told(dear, &events).len(), 1);
}

#[test]
fn an_incident_stands_in_for_the_low_alerts_that_it_adds_up() {
    let events = [
        (0, 0, vec![0]),
        (20, 0, vec![1]),
        (40, 0, vec![2]),
        (50, 1, vec![0]),
    ];
    let all = events.iter().enumerate().collect();
    let mut alerts: Vec<Alert> = standing(&detector(RISK), std::iter::once(all))
        .into_values()
        .collect();
    assert_eq!(alerts.len(), 5);
    assert_eq!(incident::fold(&mut alerts), 2);
    let mut left: Vec<_> = alerts
        .iter()
        .map(|alert| (alert.rule.title.as_str(), alert.source.ip.as_deref()))
        .collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [
            ("incident", Some("g0")),
            ("r0", Some("g1")),
            ("r2", Some("g0"))
        ],
        "medium ones speak for themselves, and so do those of others"
    );
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let rules = prop::collection::btree_set(0..LEVELS.len(), 1..3);
    let event = (0..4_000_i64, 0..2_u8, rules);
    let event = event.prop_map(|(at, group, rules)| (at, group, rules.into_iter().collect()));
    vec(event, 0..70)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_pieces_any_repeats_weigh_the_same(
        events in events(),
        visits in vec(any::<Index>(), 0..40),
        piece in 1..20_usize,
        bound in 15..60_u64,
        hours in select_timespan(),
    ) {
        let risk = format!(
            "  timespan: {hours}\n  half-life: 3h\n  tactics: 2\n  condition: {{ gte: {bound} }}\n"
        );
        let detector = detector(&risk);
        let all: Vec<(usize, &Event)> = events.iter().enumerate().collect();
        let clean = standing(&detector, std::iter::once(all.clone()));
        let told = visits.iter().filter(|_| !all.is_empty()).map(|visit| *visit.get(&all));
        let order: Vec<_> = told.chain(all.iter().rev().copied()).collect();
        let pieces = order.chunks(piece).map(<[_]>::to_vec);
        let pieced = standing(&detector, pieces);
        for (id, alert) in &clean {
            prop_assert_eq!(pieced.get(id), Some(alert));
        }
        prop_assert_eq!(pieced.len(), clean.len());
    }
}

fn select_timespan() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["45m", "5h", "1d"])
}
