//! Correlations as data: what is written is what is read.

use jiff::SignedDuration;
use sigma::{
    Correlation, CorrelationCondition, CorrelationKind, CountBound, FieldPath, RuleExpression,
};

use crate::load;

fn read(correlation: &str) -> Correlation {
    let rule = |name: &str| {
        format!(
            "title: {name}\nname: {name}\nlogsource: {{ product: aws }}\ndetection: {{ s: {{ a: 1 }}, condition: s }}\n---\n"
        )
    };
    let loaded = load(&format!(
        "{}{}title: c\nname: c\ncorrelation:\n{correlation}",
        rule("one"),
        rule("two")
    ));
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.rules.correlations()[0].clone()
}

#[test]
fn a_count_has_bounds_and_groups() {
    let correlation = read(
        "  type: value_count\n  rules: [one, two]\n  group-by: [user, region]\n  timespan: 1h\n  \
         condition: { gte: 5, lt: 100, field: bucket }\n  generate: true\n  \
         aliases: { user: { one: userIdentity.arn, two: principal } }\n",
    );
    assert_eq!(correlation.kind(), CorrelationKind::ValueCount);
    assert_eq!(correlation.rules(), ["one", "two"]);
    assert_eq!(correlation.group_by(), ["user", "region"]);
    assert_eq!(correlation.timespan(), SignedDuration::from_hours(1));
    assert!(correlation.generate());
    let expected = CorrelationCondition::Bounds {
        bounds: vec![CountBound::Gte(5), CountBound::Lt(100)],
        fields: vec![FieldPath::new("bucket")],
        percentile: None,
    };
    assert_eq!(correlation.condition(), &expected);
    assert_eq!(correlation.group_field("user", 1).as_str(), "principal");
    assert_eq!(correlation.group_field("region", 1).as_str(), "region");
}

#[test]
fn rules_in_time_all_match_unless_the_condition_says_otherwise() {
    let temporal = |more: &str| {
        read(&format!(
            "  type: temporal\n  rules: [one, two]\n  timespan: 5m\n{more}"
        ))
    };
    assert_eq!(temporal("").condition(), &CorrelationCondition::AllRules);
    let but_not = temporal("  condition: one and not two\n");
    let CorrelationCondition::Rules(expression) = but_not.condition() else {
        panic!("{but_not:?}");
    };
    let two = Box::new(RuleExpression::Rule(1));
    assert_eq!(
        expression,
        &RuleExpression::All(vec![RuleExpression::Rule(0), RuleExpression::Not(two)])
    );
    assert!(expression.holds(&|rule| rule == 0));
    assert!(!expression.holds(&|_| true));
}

#[test]
fn correlations_may_count_correlations() {
    let chain = "title: A\nname: a\ncorrelation: { type: temporal, rules: [b, r], timespan: 1m }\n---\n\
                 title: B\nname: b\ncorrelation: { type: event_count, rules: [r], timespan: 1m, condition: { gte: 2 } }\n---\n\
                 title: R\nname: r\nlogsource: { product: aws }\ndetection: { s: { a: 1 }, condition: s }\n";
    let loaded = load(chain);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    assert_eq!(loaded.rules.correlations().len(), 2);
}

#[test]
fn what_counts_a_missing_rule_is_dropped_with_all_that_counts_it() {
    let chain = "title: A\nname: a\ncorrelation: { type: temporal, rules: [b, r], timespan: 1m }\n---\n\
                 title: B\nname: b\ncorrelation: { type: event_count, rules: [gone], timespan: 1m, condition: { gte: 2 } }\n---\n\
                 title: R\nname: r\nlogsource: { product: aws }\ndetection: { s: { a: 1 }, condition: s }\n";
    let loaded = load(chain);
    assert!(loaded.rules.correlations().is_empty());
    assert_eq!((loaded.rules.rules().len(), loaded.problems.len()), (1, 2));
}

#[test]
fn singles_are_the_rules_that_report_for_themselves_with_their_filters() {
    let rule = |name: &str| {
        format!(
            "title: {name}\nname: {name}\nlogsource: {{ product: aws }}\ndetection: {{ s: {{ a: 1 }}, condition: s }}\n---\n"
        )
    };
    let over = |name: &str, generate: bool| {
        format!(
            "title: over {name}\ncorrelation: {{ type: event_count, rules: [{name}], timespan: 1h, \
             condition: {{ gte: 2 }}, generate: {generate} }}\n---\n"
        )
    };
    let filter = "title: f\nlogsource: { product: aws }\nfilter: { rules: [told], s: { b: 1 }, condition: not s }\n";
    let loaded = load(&format!(
        "{}{}{}{}{}{filter}",
        rule("counted"),
        rule("told"),
        rule("both"),
        over("counted", false),
        over("both", true),
    ));
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let singles = loaded.rules.singles();
    let titles: Vec<_> = singles.rules().iter().map(sigma::Rule::title).collect();
    assert_eq!(titles, ["told", "both"]);
    assert!(singles.correlations().is_empty());
    let event = serde_json::json!({"a": 1, "b": 1});
    let suppressed = |rule| singles.suppressed_by(rule, &event).is_some();
    assert_eq!([suppressed(0), suppressed(1)], [true, false]);
}
