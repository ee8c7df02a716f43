//! Verdicts compared with those of another implementation, `rsigma-eval`.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rsigma_eval::{Engine, JsonEvent};
use serde_json::Value as Json;
use sigma::{Event, ExplainedBody, FieldPath, Known, Partial};

use crate::generate::{PATHS, case, filter, rule};
use crate::load;

/// The other implementation, with all that is in `text`.
pub(crate) fn oracle(text: &str) -> Engine {
    let collection = rsigma_parser::parse_sigma_yaml(text).expect("YAML");
    assert!(collection.errors.is_empty(), "{:?}", collection.errors);
    let mut engine = Engine::new();
    engine
        .add_collection(&collection)
        .expect("a rule the oracle takes");
    engine
}

pub(crate) fn oracle_matches(engine: &Engine, event: &Json) -> bool {
    !engine.evaluate(&JsonEvent::borrow(event)).is_empty()
}

/// An event of which only some fields are told.
struct Told<'a> {
    event: &'a Json,
    paths: &'a [&'a str],
}

impl Partial for Told<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if !self.paths.contains(&path.as_str()) {
            return Known::Unknown;
        }
        self.event.field(path).map_or(Known::Absent, Known::Value)
    }
}

proptest! {
    #[test]
    fn verdicts_agree((text, events) in case(8)) {
        let loaded = load(&text);
        prop_assert!(loaded.problems.is_empty(), "{text}\n{:?}", loaded.problems);
        let rule = &loaded.rules.rules()[0];
        let engine = oracle(&text);
        for event in &events {
            prop_assert_eq!(rule.matches(event), oracle_matches(&engine, event), "{}\n{}", text, event);
        }
    }

    #[test]
    fn an_explanation_has_the_verdict_it_explains((text, events) in case(1)) {
        let event = &events[0];
        let loaded = load(&text);
        let rule = &loaded.rules.rules()[0];
        let explanation = rule.explain(event);
        prop_assert_eq!(explanation.matched, rule.matches(event));
        prop_assert!(serde_json::to_string(&explanation).is_ok());
    }

    #[test]
    fn a_rule_that_matches_could_match(
        (text, events) in case(1), paths in subsequence(PATHS.to_vec(), 0..=PATHS.len())
    ) {
        let loaded = load(&text);
        let rule = &loaded.rules.rules()[0];
        let could = rule.could_match(&Told { event: &events[0], paths: &paths });
        prop_assert!(could || !rule.matches(&events[0]), "{text}\n{events:?} {paths:?}");
    }

    #[test]
    fn what_is_left_of_a_rule_answers_for_the_whole(
        (text, events) in case(1), paths in subsequence(PATHS.to_vec(), 0..=PATHS.len())
    ) {
        let (loaded, event) = (load(&text), &events[0]);
        let rule = &loaded.rules.rules()[0];
        let told = Told { event, paths: &paths };
        let rest = rule.rest(&told);
        prop_assert_eq!(rest.verdict(), rule.verdict(&told), "{}\n{:?}", text, paths);
        prop_assert_eq!(rest.matches(event), rule.matches(event), "{}\n{} {:?}", text, event, paths);
    }

    #[test]
    fn nothing_is_left_open_once_every_field_is_told((text, events) in case(1)) {
        let event = &events[0];
        let loaded = load(&text);
        let rule = &loaded.rules.rules()[0];
        let has_keywords = serde_json::to_string(&rule.explain(event)).expect("JSON").contains("all_text");
        prop_assume!(!has_keywords);
        prop_assert_eq!(rule.could_match(&Told { event, paths: &PATHS }), rule.matches(event));
    }

    #[test]
    fn what_filters_leave_is_what_the_oracle_finds(
        (rule, events) in case(4), filters in vec(filter(), 1..3)
    ) {
        let text = [vec![rule], filters].concat().join("\n---\n");
        // The oracle hides the selections of filters from `them`, but not from a bare star.
        prop_assume!(!text.contains("of *"));
        let loaded = load(&text);
        prop_assert!(loaded.problems.is_empty(), "{text}\n{:?}", loaded.problems);
        let engine = oracle(&text);
        for event in &events {
            let found = loaded.rules.rules()[0].matches(event);
            let kept = found && loaded.rules.suppressed_by(0, event).is_none();
            prop_assert_eq!(kept, oracle_matches(&engine, event), "{}\n{}", text, event);
        }
    }

    #[test]
    fn lints_of_any_rule_come_to_an_end(text in rule()) {
        let loaded = load(&text);
        let _ = loaded.rules.lint();
    }

    #[test]
    fn a_rule_said_never_to_match_does_not((text, events) in case(8)) {
        let loaded = load(&text);
        let rule = &loaded.rules.rules()[0];
        for lint in rule.lint() {
            for event in &events {
                match lint.code {
                    sigma::LintCode::NeverMatches if lint.message.starts_with("no event") => {
                        prop_assert!(!rule.matches(event), "{text}\n{event}");
                    }
                    sigma::LintCode::AlwaysMatches => prop_assert!(rule.matches(event), "{text}\n{event}"),
                    _ => {}
                }
            }
        }
    }
}

/// Laws over rules that never match would hold without being true.
#[test]
fn generated_rules_meet_their_events() {
    let mut runner = TestRunner::deterministic();
    let (mut lines, mut matched) = (HashMap::<String, u32>::new(), HashMap::<String, u32>::new());
    for _ in 0..3_000 {
        let (text, events) = case(1).new_tree(&mut runner).expect("a case").current();
        let loaded = load(&text);
        let explanation = loaded.rules.rules()[0].explain(&events[0]);
        for selection in &explanation.selections {
            count(&selection.body, &mut lines, &mut matched);
        }
    }
    for (chain, lines) in lines {
        let matched = matched.get(&chain).copied().unwrap_or_default();
        assert!(
            matched > 0 && matched < lines,
            "`{chain}` matched {matched} of {lines}"
        );
    }
}

fn count(
    body: &ExplainedBody,
    lines: &mut HashMap<String, u32>,
    matched: &mut HashMap<String, u32>,
) {
    match body {
        ExplainedBody::Any { parts, .. } => {
            parts.iter().for_each(|part| count(part, lines, matched));
        }
        ExplainedBody::All { items, .. } => {
            for item in items {
                let chain = item.modifiers.join("|");
                *lines.entry(chain.clone()).or_default() += 1;
                *matched.entry(chain).or_default() += u32::from(item.matched);
            }
        }
    }
}
