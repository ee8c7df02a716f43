//! Reads correlation documents, and refuses what could never match or means nothing.

use jiff::SignedDuration;
use rsigma_parser::{ConditionExpr, Timespan, parse_condition};
use yaml_tree::{Kind, Node};

use super::{
    Alias, Correlation, CorrelationCondition, CorrelationKind, CountBound, KINDS, RuleExpression,
};
use crate::condition;
use crate::error::Problem;
use crate::event::FieldPath;
use crate::header::{self, required_text};
use crate::location::Mark;
use crate::report::Report;
use crate::story_test;
use crate::suggest::nearest;

const KEYS: [&str; 12] = [
    "type",
    "rules",
    "group-by",
    "timespan",
    "timeframe",
    "condition",
    "aliases",
    "generate",
    "definition",
    "half-life",
    "tactics",
    "points",
];

/// Reads a correlation; `None` if anything in it is wrong, and then the report says what.
pub(crate) fn read(root: &Node, report: &mut Report) -> Option<Correlation> {
    let before = report.len();
    let header = header::read(root, report);
    let node = root.get("correlation")?;
    if node.map().is_none() {
        report.wrong_type(node, "correlation", "a mapping");
        return None;
    }
    let mut reader = Reader { node, report };
    reader.check_keys(node, &KEYS, "correlation");
    let kind = reader.kind();
    let (mut rules, mut rule_marks): (Vec<_>, Vec<_>) = reader.rules(kind).into_iter().unzip();
    let timespan = reader.timespan();
    let risk = match kind {
        Some(CorrelationKind::RiskScore) => reader.risk(),
        _ => {
            reader.refuse_risk();
            None
        }
    };
    let condition = kind.and_then(|kind| reader.condition(kind, &rules));
    let group_by: Vec<_> = header::texts(node, "group-by", reader.report)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let own = rules.len();
    for (name, mark) in header::texts(root, "unless-followed-by", reader.report) {
        rules.push(name);
        rule_marks.push(mark);
    }
    let aliases = reader.aliases(&rules, &group_by);
    // What only adds up still speaks for itself, as long as the sum is small.
    let generate = reader.generate(root) || risk.is_some();
    let tests = story_test::read(root, reader.report);
    if report.len() > before {
        return None;
    }
    Some(Correlation {
        header: header?,
        kind: kind?,
        rules,
        own,
        rule_marks,
        group_by,
        timespan: timespan?,
        condition: condition?,
        aliases,
        generate,
        risk,
        tests,
    })
}

pub(super) struct Reader<'r> {
    /// The section `correlation`.
    pub(super) node: &'r Node,
    pub(super) report: &'r mut Report,
}

impl Reader<'_> {
    pub(super) fn check_keys(
        &mut self,
        node: &Node,
        known: &[&'static str],
        section: &'static str,
    ) {
        for (key, _) in node.map().unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            if !known.contains(&name) {
                let suggestion = nearest(name, known.iter().copied()).map(str::to_owned);
                let (name, known) = (name.to_owned(), known.to_vec());
                self.report.add(
                    key.at,
                    Problem::UnknownKey {
                        key: name,
                        section,
                        known,
                        suggestion,
                    },
                );
            }
        }
    }

    fn kind(&mut self) -> Option<CorrelationKind> {
        let found = required_text(self.node, "type", "`type: event_count`", self.report)?;
        if let Some(kind) = KINDS.into_iter().find(|kind| kind.as_str() == found) {
            return Some(kind);
        }
        let known: Vec<_> = KINDS.into_iter().map(CorrelationKind::as_str).collect();
        let suggestion = nearest(&found, known.iter().copied()).map(str::to_owned);
        let problem = Problem::NotOneOf {
            what: "correlation type",
            found,
            known,
            suggestion,
        };
        self.refuse(self.at("type"), problem)
    }

    fn rules(&mut self, kind: Option<CorrelationKind>) -> Vec<(String, Mark)> {
        let rules = header::texts(self.node, "rules", self.report);
        if rules.is_empty() {
            let (key, example) = (
                "correlation.rules",
                "`rules:` with the ids or names of the rules to count",
            );
            self.report
                .add(self.node.at, Problem::Missing { key, example });
        } else if let Some(kind) = kind
            && kind.is_temporal()
            && rules.len() < 2
        {
            self.report
                .add(self.at("rules"), Problem::NeedsTwoRules(kind.as_str()));
        }
        rules
    }

    fn timespan(&mut self) -> Option<SignedDuration> {
        // Some tools write `timeframe`, the word of Sigma 1.
        let key = if self.node.get("timespan").is_some() {
            "timespan"
        } else {
            "timeframe"
        };
        if self.node.get(key).is_none() {
            let (key, example) = ("correlation.timespan", "`timespan: 10m`");
            return self.refuse(self.node.at, Problem::Missing { key, example });
        }
        self.span(key)
    }

    /// The span of time under this key, which is there.
    pub(super) fn span(&mut self, key: &'static str) -> Option<SignedDuration> {
        let text = header::text(self.node, key, self.report)?;
        let seconds = Timespan::parse(&text).ok().map(|parsed| parsed.seconds);
        let duration = seconds
            .filter(|seconds| *seconds > 0)
            .and_then(|seconds| i64::try_from(seconds).ok());
        match duration {
            Some(seconds) => Some(SignedDuration::from_secs(seconds)),
            None => self.refuse(self.at(key), Problem::BadTimespan(text)),
        }
    }

    fn generate(&mut self, root: &Node) -> bool {
        let Some(node) = root.get("generate").or_else(|| self.node.get("generate")) else {
            return false;
        };
        node.to_value().as_bool().unwrap_or_else(|| {
            self.report.wrong_type(node, "generate", "true or false");
            false
        })
    }

    fn condition(
        &mut self,
        kind: CorrelationKind,
        rules: &[String],
    ) -> Option<CorrelationCondition> {
        let node = self.node;
        match node.get("condition") {
            None if kind.is_temporal() => Some(CorrelationCondition::AllRules),
            None => {
                let (key, example) = ("correlation.condition", "`condition: { gte: 10 }`");
                self.refuse(node.at, Problem::Missing { key, example })
            }
            Some(condition) => match &condition.kind {
                Kind::Map(_) => self.bounds(condition, kind),
                Kind::Scalar { text, .. } if kind.is_temporal() => self
                    .expression(condition, text, rules)
                    .map(CorrelationCondition::Rules),
                _ => {
                    let expected = "a mapping such as { gte: 10 }";
                    self.report.wrong_type(condition, "condition", expected);
                    None
                }
            },
        }
    }

    fn bounds(&mut self, node: &Node, kind: CorrelationKind) -> Option<CorrelationCondition> {
        const KEYS: [&str; 8] = ["gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"];
        self.check_keys(node, &KEYS, "condition");
        let bounds = self.each_bound(node)?;
        if bounds.is_empty() {
            return self.refuse(node.at, Problem::NoBound);
        }
        if !can_be_met(&bounds) {
            return self.refuse(node.at, Problem::EmptyBounds);
        }
        let fields: Vec<_> = header::texts(node, "field", self.report)
            .into_iter()
            .map(|(field, _)| FieldPath::new(&field))
            .collect();
        if kind.reads_field() && fields.is_empty() {
            return self.refuse(node.at, Problem::NeedsField(kind.as_str()));
        }
        if !kind.reads_field() && !fields.is_empty() {
            return self.refuse(node.at, Problem::NeedsNoField(kind.as_str()));
        }
        let percentile = self.percentile(node, kind)?;
        Some(CorrelationCondition::Bounds {
            bounds,
            fields,
            percentile,
        })
    }

    fn each_bound(&mut self, node: &Node) -> Option<Vec<CountBound>> {
        type Make = fn(u64) -> CountBound;
        const BOUNDS: [(&str, Make); 6] = [
            ("gt", CountBound::Gt),
            ("gte", CountBound::Gte),
            ("lt", CountBound::Lt),
            ("lte", CountBound::Lte),
            ("eq", CountBound::Eq),
            ("neq", CountBound::Neq),
        ];
        let mut bounds = Vec::new();
        for (key, make) in BOUNDS {
            let Some(value) = node.get(key) else { continue };
            match value.to_value().as_u64() {
                Some(bound) => bounds.push(make(bound)),
                None => return self.refuse(value.at, Problem::BadBound(key)),
            }
        }
        Some(bounds)
    }

    /// The percentile, if this kind has one; the outer `None` if it is wrong.
    #[expect(
        clippy::option_option,
        reason = "the inner says whether there is one, the outer whether it is good"
    )]
    fn percentile(&mut self, node: &Node, kind: CorrelationKind) -> Option<Option<u8>> {
        let value = node.get("percentile");
        if kind != CorrelationKind::ValuePercentile {
            return match value {
                Some(value) => self.refuse(value.at, Problem::BadPercentile),
                None => Some(None),
            };
        }
        let Some(value) = value else {
            return Some(Some(50));
        };
        let percentile = value
            .to_value()
            .as_u64()
            .and_then(|number| u8::try_from(number).ok());
        match percentile.filter(|number| (1..=99).contains(number)) {
            Some(percentile) => Some(Some(percentile)),
            None => self.refuse(value.at, Problem::BadPercentile),
        }
    }

    fn expression(&mut self, node: &Node, text: &str, rules: &[String]) -> Option<RuleExpression> {
        if let Some(problem) = condition::too_big(text) {
            return self.refuse(node.at, problem);
        }
        match parse_condition(text) {
            Ok(expression) => match resolve(&expression, rules) {
                Ok(resolved) => Some(resolved),
                Err(problem) => self.refuse(node.at, problem),
            },
            Err(error) => {
                let (at, problem) = condition::unreadable(node, text, &error);
                self.refuse(at, problem)
            }
        }
    }

    fn aliases(&mut self, rules: &[String], group_by: &[String]) -> Vec<Alias> {
        let Some(node) = self.node.get("aliases").filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        let Some(pairs) = node.map() else {
            self.report
                .wrong_type(node, "aliases", "a mapping of names to mappings");
            return Vec::new();
        };
        pairs
            .iter()
            .filter_map(|(key, value)| self.alias(key, value, rules, group_by))
            .collect()
    }

    fn alias(
        &mut self,
        key: &Node,
        node: &Node,
        rules: &[String],
        group_by: &[String],
    ) -> Option<Alias> {
        let name = key.text()?.to_owned();
        if !group_by.contains(&name) {
            return self.refuse(key.at, Problem::AliasUnused(name));
        }
        let Some(pairs) = node.map().filter(|pairs| !pairs.is_empty()) else {
            self.report
                .wrong_type(node, &name, "a mapping of rules to fields");
            return None;
        };
        let mut fields = Vec::with_capacity(pairs.len());
        for (rule, field) in pairs {
            let rule_name = rule.text().unwrap_or_default();
            let Some(position) = rules.iter().position(|known| known == rule_name) else {
                let problem = Problem::AliasOfStranger(rule_name.to_owned(), rules.to_vec());
                return self.refuse(rule.at, problem);
            };
            let Some(path) = field.text().filter(|path| !path.is_empty()) else {
                self.report
                    .wrong_type(field, rule_name, "the name of a field");
                return None;
            };
            fields.push((position, FieldPath::new(path)));
        }
        Some(Alias { name, fields })
    }

    fn at(&self, key: &str) -> Mark {
        self.node.get(key).map_or(self.node.at, |value| value.at)
    }

    pub(super) fn refuse<T>(&mut self, at: Mark, problem: Problem) -> Option<T> {
        self.report.add(at, problem);
        None
    }
}

/// Whether some number lies within all bounds: if any does, one next to a bound does.
fn can_be_met(bounds: &[CountBound]) -> bool {
    let near = bounds.iter().flat_map(|bound| {
        let value = bound.value();
        [value.saturating_sub(1), value, value.saturating_add(1)]
    });
    // Every `neq` can push the number one further.
    let further = bounds.len() as u64;
    near.flat_map(|value| {
        [
            value,
            value.saturating_add(further),
            value.saturating_sub(further),
        ]
    })
    .any(|number| bounds.iter().all(|bound| bound.holds(number)))
}

fn resolve(expression: &ConditionExpr, rules: &[String]) -> Result<RuleExpression, Problem> {
    let all = |parts: &[ConditionExpr]| -> Result<Vec<_>, _> {
        parts.iter().map(|part| resolve(part, rules)).collect()
    };
    Ok(match expression {
        ConditionExpr::And(parts) => RuleExpression::All(all(parts)?),
        ConditionExpr::Or(parts) => RuleExpression::Any(all(parts)?),
        ConditionExpr::Not(inner) => RuleExpression::Not(Box::new(resolve(inner, rules)?)),
        ConditionExpr::Identifier(name) => match rules.iter().position(|rule| rule == name) {
            Some(position) => RuleExpression::Rule(position),
            None => {
                let suggestion = nearest(name, rules.iter().map(String::as_str)).map(str::to_owned);
                let (name, known) = (name.clone(), rules.to_vec());
                return Err(Problem::UnknownSelection {
                    name,
                    known,
                    suggestion,
                });
            }
        },
        ConditionExpr::Selector { .. } => {
            return Err(Problem::Condition(
                "at `of`, which has no meaning between rules".to_owned(),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bound() -> impl Strategy<Value = CountBound> {
        (0..6_usize, 0..6_u64).prop_map(|(kind, value)| {
            [
                CountBound::Gt,
                CountBound::Gte,
                CountBound::Lt,
                CountBound::Lte,
                CountBound::Eq,
                CountBound::Neq,
            ][kind](value)
        })
    }

    proptest! {
        #[test]
        fn bounds_can_be_met_if_any_number_meets_them(bounds in prop::collection::vec(bound(), 1..6)) {
            let expected = (0..100).any(|number| bounds.iter().all(|bound| bound.holds(number)));
            prop_assert_eq!(can_be_met(&bounds), expected);
        }
    }
}
