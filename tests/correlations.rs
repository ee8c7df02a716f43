//! Correlations: the verdicts of another implementation, and the law that order and repeats do not
//! matter.
//!
//! `rsigma-eval` sees events one after the other and says at which of them a correlation matches; we
//! have a set of events. On events in order both must say the same: in which stretches of time, as long
//! as the timespan, a group matches, and at which event first. And in whatever order, pieces and
//! repetitions the same events come to us, we must say what we say of all of them at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use detect::alert::{Alert, AlertId};
use detect::{Detector, Screened};
use jiff::Timestamp;
use pipeline::Pipeline;
use pipeline::memory::{MemorySink, MemoryState};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent};
use serde_json::{Value as Json, json};
use sigma::{RuleSet, SourceFile};

use crate::corpus::record;
use crate::now;

/// When the events begin: not at the beginning of any stretch.
const BEGINNING: i64 = 1_767_225_600 + 1_234;

/// The longest timespan, in seconds.
const LONGEST: i64 = 100;

#[derive(Debug, Clone)]
struct Event {
    /// Seconds after the beginning.
    time: i64,
    rule: u8,
    group: u8,
    value: u8,
}

impl Event {
    fn json(&self, number: usize) -> Json {
        let time = Timestamp::from_second(BEGINNING + self.time).unwrap();
        json!({
            "eventTime": time.to_string(),
            "eventID": format!("00000000-0000-4000-8000-{number:012x}"),
            "eventSource": "test.amazonaws.com",
            "eventName": format!("R{}", self.rule),
            "sourceIPAddress": format!("g{}", self.group),
            "requestParameters": { "value": self.value },
        })
    }
}

/// A correlation, and the rules and correlations that it is about.
#[derive(Debug, Clone)]
struct Case {
    kind: &'static str,
    condition: String,
    rules: usize,
    timespan: i64,
    grouped: bool,
}

impl Case {
    /// The documents. Alerts are cut where stretches are, so that each stretch has its own.
    fn text(&self) -> String {
        let mut text = String::new();
        for rule in 0..3 {
            let _ = write!(
                text,
                "title: r{rule}\nid: 00000000-0000-4000-8000-00000000000{rule}\nname: r{rule}\nlogsource: {{ product: aws }}\n\
                 detection: {{ s: {{ eventName: R{rule} }}, condition: s }}\n---\n"
            );
        }
        let rules: Vec<_> = (0..self.rules).map(|rule| format!("r{rule}")).collect();
        let group = if self.grouped {
            "  group-by: [sourceIPAddress]\n"
        } else {
            ""
        };
        let _ = write!(
            text,
            "title: c\nname: c\ncorrelation:\n  type: {}\n  rules: [{}]\n{group}  \
             timespan: {}s\n{}trailhound: {{ period: {}s }}\n",
            self.kind,
            rules.join(", "),
            self.timespan,
            self.condition,
            self.timespan,
        );
        text
    }

    fn detector(&self) -> Detector {
        let text = self.text();
        let file = SourceFile {
            name: "c.yml",
            text: &text,
        };
        let loaded = RuleSet::load([file]);
        assert!(
            loaded.problems.iter().all(sigma::RuleError::is_warning),
            "{:?}\n{text}",
            loaded.problems
        );
        Detector::new(loaded.rules).0
    }
}

/// For each group and stretch, when the correlation first matches in it.
type Matches = BTreeMap<(String, i64), i64>;

fn by_oracle(case: &Case, events: &[Event]) -> Matches {
    let collection = rsigma_parser::parse_sigma_yaml(&case.text()).unwrap();
    assert!(collection.errors.is_empty(), "{:?}", collection.errors);
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(&collection).unwrap();
    let mut matches = Matches::new();
    for (number, event) in events.iter().enumerate() {
        let time = BEGINNING + event.time;
        let found = engine.process_event_at(&JsonEvent::owned(event.json(number)), time);
        if found
            .iter()
            .any(rsigma_eval::EvaluationResult::is_correlation)
        {
            let group = if case.grouped {
                format!("g{}", event.group)
            } else {
                String::new()
            };
            matches.entry((group, time / case.timespan)).or_insert(time);
        }
    }
    matches
}

fn screen(detector: &Detector, events: impl Iterator<Item = (usize, Event)>) -> Screened {
    let mut screener = detector.screener();
    for (number, event) in events {
        let text = event.json(number).to_string();
        screener.screen(&record(&text), None);
    }
    screener.take()
}

/// What the alerts say that stand after these batches.
fn standing<'a>(
    detector: &Detector,
    batches: impl Iterator<Item = Vec<(usize, &'a Event)>>,
) -> BTreeMap<AlertId, Alert> {
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    for batch in batches {
        let events = batch
            .into_iter()
            .map(|(number, event)| (number, event.clone()));
        now(pipeline.settle(detector, screen(detector, events))).unwrap();
    }
    let alerts = pipeline.into_parts().1.alerts.into_iter();
    alerts
        .filter(|alert| alert.rule.title == "c")
        .map(|alert| (alert.id, alert))
        .collect()
}

fn by_us(case: &Case, detector: &Detector, events: &[Event]) -> Matches {
    let all = events.iter().enumerate().collect();
    let alerts = standing(detector, std::iter::once(all));
    let matches = alerts.into_values().map(|alert| {
        let time = alert.time.as_second();
        let group = if case.grouped {
            alert.source.ip.unwrap()
        } else {
            String::new()
        };
        ((group, time / case.timespan), time)
    });
    matches.collect()
}

/// Events in order, no two at once: so many seconds apart, of so many groups, so many.
fn events_of(
    steps: Range<i64>,
    groups: Range<u8>,
    count: Range<usize>,
) -> impl Strategy<Value = Vec<Event>> {
    vec((steps, 0..3_u8, groups, 0..6_u8), count).prop_map(|steps| {
        let mut time = 0;
        let event = |(step, rule, group, value)| {
            time += step;
            Event {
                time,
                rule,
                group,
                value,
            }
        };
        steps.into_iter().map(event).collect()
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    events_of(1..40, 0..3, 0..60)
}

fn bounds(field: &'static str) -> impl Strategy<Value = String> {
    let bound = (select(vec!["gt", "gte", "lt", "lte", "eq"]), 1..7_u64);
    bound.prop_map(move |(name, value)| format!("  condition: {{ {name}: {value}{field} }}\n"))
}

/// Correlations whose matches no later event takes back.
fn lasting() -> impl Strategy<Value = Case> {
    let count = (2..6_u64).prop_map(|n| ("event_count", format!("  condition: {{ gte: {n} }}\n")));
    let values = (2..5_u64).prop_map(|n| {
        let field = "field: requestParameters.value";
        (
            "value_count",
            format!("  condition: {{ gte: {n}, {field} }}\n"),
        )
    });
    let chain = select(vec!["temporal", "temporal_ordered"]).prop_map(|kind| (kind, String::new()));
    let kinds = prop_oneof![count, values, chain];
    with_rest(kinds)
}

fn any_case() -> impl Strategy<Value = Case> {
    const FIELD: &str = ", field: requestParameters.value";
    let count = bounds("").prop_map(|condition| ("event_count", condition));
    let kinds = vec!["value_count", "value_sum", "value_avg", "value_median"];
    let values = (select(kinds), bounds(FIELD));
    // Without a condition the oracle takes one rule for all of them; the specification wants all.
    let together = Just(("temporal", "  condition: { gte: 2 }\n".to_owned()));
    let chain = prop_oneof![together, Just(("temporal_ordered", String::new()))];
    let expression = select(vec!["r0 and not r1", "r0 or r1", "r0 and r1"])
        .prop_map(|text| ("temporal", format!("  condition: {text}\n")));
    with_rest(prop_oneof![count, values, chain, expression])
}

fn with_rest(kinds: impl Strategy<Value = (&'static str, String)>) -> impl Strategy<Value = Case> {
    (kinds, 2..4_usize, 1..LONGEST, any::<bool>()).prop_map(
        |((kind, condition), rules, timespan, grouped)| Case {
            rules: if condition.contains("r0") { 2 } else { rules },
            kind,
            condition,
            timespan,
            grouped,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn events_in_order_are_judged_as_the_oracle_judges_them(case in any_case(), events in events()) {
        let ours = by_us(&case, &case.detector(), &events);
        prop_assert_eq!(ours, by_oracle(&case, &events), "{}", case.text());
    }

    #[test]
    fn any_order_any_pieces_any_repeats_give_the_same_alerts(
        case in lasting(),
        events in events(),
        visits in vec(any::<Index>(), 0..40),
        piece in 1..20_usize,
    ) {
        let detector = case.detector();
        let all: Vec<(usize, &Event)> = events.iter().enumerate().collect();
        let clean = standing(&detector, std::iter::once(all.clone()));
        let told = visits.iter().filter(|_| !all.is_empty()).map(|visit| *visit.get(&all));
        let order: Vec<_> = told.chain(all.iter().rev().copied()).collect();
        let pieces = order.chunks(piece).map(<[_]>::to_vec);
        prop_assert_eq!(standing(&detector, pieces), clean, "{}", case.text());
    }
}

/// So many stretches that their windows do not all fit on one shelf.
fn many_events() -> impl Strategy<Value = Vec<Event>> {
    events_of(1..6, 0..2, 150..250)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn windows_that_find_no_room_on_their_shelf_are_forgotten_no_more_than_others(
        case in lasting(),
        timespan in 1..8_i64,
        events in many_events(),
        piece in 1..40_usize,
        seed in vec(any::<Index>(), 250),
    ) {
        let case = Case { timespan, ..case };
        let detector = case.detector();
        let mut order: Vec<(usize, &Event)> = events.iter().enumerate().collect();
        let clean = standing(&detector, std::iter::once(order.clone()));
        for at in (1..order.len()).rev() {
            order.swap(at, seed[at].index(at + 1));
        }
        let pieces = order.chunks(piece).map(<[_]>::to_vec);
        prop_assert_eq!(standing(&detector, pieces), clean, "{}", case.text());
    }
}

#[test]
fn a_shelf_takes_many_windows_and_a_full_one_no_more() {
    let case = Case {
        kind: "event_count",
        condition: "  condition: { gte: 3 }\n".to_owned(),
        rules: 1,
        timespan: 10,
        grouped: true,
    };
    let detector = case.detector();
    for (windows, items) in [(1, 1), (10, 1), (64, 1), (65, 2), (100, 37)] {
        let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
        for number in 0..windows {
            // From the beginning of a shelf on.
            let event = Event {
                time: 22_000 - (BEGINNING + 22_000) % 21_600 + 21_600 + 10 * number,
                rule: 0,
                group: 0,
                value: 0,
            };
            let found = screen(&detector, std::iter::once((number as usize, event)));
            now(pipeline.settle(&detector, found)).unwrap();
        }
        let (state, sink) = pipeline.into_parts();
        assert!(sink.alerts.is_empty());
        // And one for the time that has passed.
        assert_eq!(state.len(), items + 1, "{windows} windows");
    }
}

const CHAIN: &str = "\
title: s0
name: s0
logsource: { product: aws }
detection: { s: { eventName: S0 }, condition: s }
---
title: s1
name: s1
logsource: { product: aws }
detection: { s: { eventName: S1 }, condition: s }
---
title: assumed
name: assumed
logsource: { product: aws }
detection: { s: { eventName: AssumeRole }, condition: s }
---
title: c
correlation:
  type: temporal
  rules: [s0, s1, assumed]
  group-by: [trailhound.actor]
  timespan: 1h
  condition: s0 and s1
";

/// Somebody in a chain of roles: 0 is a user, each other a session that the one before has opened. `who`
/// tells chains apart.
fn link(who: u8, at: u8, what: &str, number: usize) -> String {
    let key = |at: u8| format!("ASIA{who}X{at}");
    let identity = match at {
        0 => json!({"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/u{who}"),
            "userName": format!("u{who}"), "accessKeyId": "AKIA1"}),
        // All sessions are of the same role, so that nothing but the key tells whose they are.
        _ => json!({"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/r/s",
            "accessKeyId": key(at), "sessionContext": {"sessionIssuer": {"type": "Role",
            "arn": "arn:aws:iam::111122223333:role/r", "userName": "r"}}}),
    };
    let mut record = json!({
        "eventTime": Timestamp::from_second(BEGINNING + number as i64).unwrap().to_string(),
        "eventID": format!("00000000-0000-4000-8000-{number:012x}"),
        "eventSource": "test.amazonaws.com", "eventName": what,
        "recipientAccountId": "111122223333", "userIdentity": identity,
    });
    if what == "AssumeRole" {
        record["eventSource"] = "sts.amazonaws.com".into();
        record["responseElements"] = json!({"credentials": {"accessKeyId": key(at + 1)}});
    }
    record.to_string()
}

/// What is told of these records in these batches, by who stands behind: how many of the group's matches.
fn told_of_actors(batches: &[Vec<&String>]) -> BTreeMap<AlertId, Alert> {
    let loaded = RuleSet::load([SourceFile {
        name: "c.yml",
        text: CHAIN,
    }]);
    let detector = Detector::new(loaded.rules).0;
    let mut pipeline = Pipeline::new(MemoryState::default(), MemorySink::default());
    for batch in batches {
        let mut screener = detector.screener();
        for text in batch {
            screener.screen(&record(text), None);
        }
        now(pipeline.settle(&detector, screener.take())).unwrap();
    }
    let alerts = pipeline.into_parts().1.alerts.into_iter();
    let alerts = alerts.filter(|alert| alert.rule.title == "c");
    alerts.map(|alert| (alert.id, alert)).collect()
}

#[test]
fn a_sequence_spans_the_sessions_of_one_actor_and_no_other() {
    let steps = |steps: &[(u8, u8, &str)]| -> usize {
        let texts: Vec<_> = (0..)
            .zip(steps)
            .map(|(n, (who, at, what))| link(*who, *at, what, n))
            .collect();
        told_of_actors(&[texts.iter().collect()]).len()
    };
    const ASSUME: &str = "AssumeRole";
    for (story, expected, why) in [
        (
            &[(1, 0, "S0"), (1, 0, ASSUME), (1, 1, "S1")][..],
            1,
            "a user, then a role",
        ),
        (
            &[
                (1, 0, "S0"),
                (1, 0, ASSUME),
                (1, 1, ASSUME),
                (1, 2, ASSUME),
                (1, 3, "S1"),
            ],
            1,
            "three roles on",
        ),
        (
            &[(1, 1, "S0"), (1, 0, ASSUME), (1, 1, ASSUME), (1, 2, "S1")],
            1,
            "session to session",
        ),
        (
            &[(1, 0, "S0"), (1, 0, ASSUME), (2, 0, ASSUME), (2, 1, "S1")],
            0,
            "the same role, assumed by somebody else",
        ),
        (
            &[(1, 0, "S0"), (1, 1, "S1")],
            0,
            "nobody knows whose session that is",
        ),
        (&[(1, 1, "S0"), (1, 1, "S1")], 0, "nor whose these are"),
    ] {
        assert_eq!(steps(story), expected, "{why}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn roles_are_followed_in_any_order_and_pieces(
        acts in vec((0..3_u8, 0..4_u8, 0..2_u8), 1..14),
        visits in vec(any::<Index>(), 0..20),
        seed in vec(any::<Index>(), 60),
        piece in 1..8_usize,
    ) {
        let links = (0..3_u8).flat_map(|who| (0..3_u8).map(move |at| (who, at, 2)));
        let all = links.chain(acts).enumerate();
        let name = |what| ["S0", "S1", "AssumeRole"][usize::from(what)];
        let texts: Vec<_> = all.map(|(n, (who, at, what))| link(who, at, name(what), n)).collect();
        let clean = told_of_actors(&[texts.iter().collect()]);
        let mut order: Vec<&String> = visits.iter().map(|visit| visit.get(&texts)).collect();
        order.extend(&texts);
        for at in (1..order.len()).rev() {
            order.swap(at, seed[at].index(at + 1));
        }
        let pieces: Vec<_> = order.chunks(piece).map(<[_]>::to_vec).collect();
        prop_assert_eq!(told_of_actors(&pieces), clean);
    }
}

/// A correlation over correlations counts as the oracle counts, in order.
#[test]
fn a_chain_of_correlations_matches_where_the_oracle_says() {
    let failures = "correlation: { type: event_count, rules: [r0], group-by: [sourceIPAddress], \
                    timespan: 60s, condition: { gte: 3 } }";
    let then = "correlation: { type: temporal_ordered, rules: [many, r1], \
                group-by: [sourceIPAddress], timespan: 60s }";
    let case = Case {
        kind: "temporal",
        condition: String::new(),
        rules: 2,
        timespan: 60,
        grouped: true,
    };
    let rules = case.text();
    let (rules, _) = rules.split_once("title: c").unwrap();
    let text =
        format!("{rules}title: many\nname: many\n{failures}\n---\ntitle: c\nname: c\n{then}\n");
    let loaded = RuleSet::load([SourceFile {
        name: "c.yml",
        text: &text,
    }]);
    let detector = Detector::new(loaded.rules).0;
    let event = |time, rule| Event {
        time,
        rule,
        group: 1,
        value: 0,
    };
    for (times, expected, why) in [
        (
            vec![(0, 0), (5, 0), (10, 0), (20, 1)],
            1,
            "three failures, then a success",
        ),
        (
            vec![(0, 0), (5, 0), (20, 1), (25, 0)],
            0,
            "the success came before the third",
        ),
        (vec![(0, 0), (5, 0), (10, 0), (90, 1)], 0, "too late"),
        (vec![(0, 0), (5, 0), (20, 1)], 0, "two failures"),
    ] {
        let events: Vec<_> = times
            .into_iter()
            .map(|(time, rule)| event(time, rule))
            .collect();
        let pieces = events.iter().enumerate().rev().map(|event| vec![event]);
        assert_eq!(standing(&detector, pieces).len(), expected, "{why}");
    }
}
