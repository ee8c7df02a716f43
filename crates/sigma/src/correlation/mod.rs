//! A correlation: what several matches mean together. Data only; whoever has the past evaluates it.
//!
//! Invariant: a correlation in a [`RuleSet`](crate::RuleSet) is complete: its rules are loaded, its
//! bounds can be met, its aliases fit, and it does not wait for itself.
//!
//! Source: Sigma specification 2.1, "Sigma correlation rules".

use jiff::SignedDuration;
use serde::Serialize;

use crate::event::FieldPath;
use crate::header::Header;
use crate::level::Level;
use crate::location::{Location, Mark};
use crate::story_test::StoryTest;

mod read;
mod risk;

pub(crate) use self::read::read;
pub(crate) use self::risk::level_meant;
pub use self::risk::{Risk, tactic};

/// A correlation over rules, or over other correlations.
#[derive(Debug, Clone)]
pub struct Correlation {
    header: Header,
    kind: CorrelationKind,
    /// Its own, and behind them those that must not follow.
    rules: Vec<String>,
    own: usize,
    pub(crate) rule_marks: Vec<Mark>,
    group_by: Vec<String>,
    timespan: SignedDuration,
    condition: CorrelationCondition,
    aliases: Vec<Alias>,
    generate: bool,
    risk: Option<Risk>,
    tests: Vec<StoryTest>,
}

/// How matches are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrelationKind {
    /// How many matches there are.
    EventCount,
    /// How many different values a field has.
    ValueCount,
    /// Matches of all rules, in any order.
    Temporal,
    /// Matches of all rules, in this order.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// A percentile of a field.
    ValuePercentile,
    /// The median of a field.
    ValueMedian,
    /// What matches weigh together; an extension, see [`Risk`].
    RiskScore,
}

const KINDS: [CorrelationKind; 9] = [
    CorrelationKind::EventCount,
    CorrelationKind::ValueCount,
    CorrelationKind::Temporal,
    CorrelationKind::TemporalOrdered,
    CorrelationKind::ValueSum,
    CorrelationKind::ValueAvg,
    CorrelationKind::ValuePercentile,
    CorrelationKind::ValueMedian,
    CorrelationKind::RiskScore,
];

impl CorrelationKind {
    /// As rules write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CorrelationKind::EventCount => "event_count",
            CorrelationKind::ValueCount => "value_count",
            CorrelationKind::Temporal => "temporal",
            CorrelationKind::TemporalOrdered => "temporal_ordered",
            CorrelationKind::ValueSum => "value_sum",
            CorrelationKind::ValueAvg => "value_avg",
            CorrelationKind::ValuePercentile => "value_percentile",
            CorrelationKind::ValueMedian => "value_median",
            CorrelationKind::RiskScore => "risk_score",
        }
    }

    /// Whether it relates matches of different rules in time.
    #[must_use]
    pub fn is_temporal(self) -> bool {
        matches!(
            self,
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered
        )
    }

    /// Whether it reads a field of each match.
    #[must_use]
    pub fn reads_field(self) -> bool {
        let counts = matches!(
            self,
            CorrelationKind::EventCount | CorrelationKind::RiskScore
        );
        !self.is_temporal() && !counts
    }
}

/// When a correlation matches.
#[derive(Debug, Clone, PartialEq)]
pub enum CorrelationCondition {
    /// When a count, or what is computed of a field, lies within all bounds.
    Bounds {
        /// Never empty; can be met together.
        bounds: Vec<CountBound>,
        /// What is read of each match; empty if nothing is. Of several, the combination counts.
        fields: Vec<FieldPath>,
        /// From 1 to 99; only for [`CorrelationKind::ValuePercentile`], 50 if the author did not say.
        percentile: Option<u8>,
    },
    /// When all rules have matched within the timespan.
    AllRules,
    /// When this holds of the rules that have matched within the timespan.
    Rules(RuleExpression),
}

/// A relation between a number and a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountBound {
    /// More than.
    Gt(u64),
    /// At least.
    Gte(u64),
    /// Less than.
    Lt(u64),
    /// At most.
    Lte(u64),
    /// Exactly.
    Eq(u64),
    /// Anything but.
    Neq(u64),
}

impl CountBound {
    /// Whether `number` lies within.
    #[must_use]
    pub fn holds(self, number: u64) -> bool {
        match self {
            CountBound::Gt(bound) => number > bound,
            CountBound::Gte(bound) => number >= bound,
            CountBound::Lt(bound) => number < bound,
            CountBound::Lte(bound) => number <= bound,
            CountBound::Eq(bound) => number == bound,
            CountBound::Neq(bound) => number != bound,
        }
    }

    /// The same of a number that need not be whole.
    #[must_use]
    pub fn holds_real(self, number: f64) -> bool {
        let bound = self.value() as f64;
        match self {
            CountBound::Gt(_) => number > bound,
            CountBound::Gte(_) => number >= bound,
            CountBound::Lt(_) => number < bound,
            CountBound::Lte(_) => number <= bound,
            CountBound::Eq(_) => (number - bound).abs() < f64::EPSILON,
            CountBound::Neq(_) => (number - bound).abs() >= f64::EPSILON,
        }
    }

    /// The number that it bounds by.
    #[must_use]
    pub fn value(self) -> u64 {
        match self {
            CountBound::Gt(bound)
            | CountBound::Gte(bound)
            | CountBound::Lt(bound)
            | CountBound::Lte(bound)
            | CountBound::Eq(bound)
            | CountBound::Neq(bound) => bound,
        }
    }
}

/// Which rules must have matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleExpression {
    /// The rule at this position of [`Correlation::rules`].
    Rule(usize),
    /// All of these.
    All(Vec<RuleExpression>),
    /// Any of these.
    Any(Vec<RuleExpression>),
    /// Not this.
    Not(Box<RuleExpression>),
}

impl RuleExpression {
    /// Whether the expression holds, given which rules have matched.
    #[must_use]
    pub fn holds(&self, matched: &impl Fn(usize) -> bool) -> bool {
        match self {
            RuleExpression::Rule(position) => matched(*position),
            RuleExpression::All(parts) => parts.iter().all(|part| part.holds(matched)),
            RuleExpression::Any(parts) => parts.iter().any(|part| part.holds(matched)),
            RuleExpression::Not(inner) => !inner.holds(matched),
        }
    }
}

/// One name for fields that are called differently in each rule's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name, one of [`Correlation::group_by`].
    pub name: String,
    /// For each rule, by its position in [`Correlation::rules`], the field that is meant.
    pub fields: Vec<(usize, FieldPath)>,
}

impl Correlation {
    /// What every document says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its globally unique id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.header.id()
    }

    /// The name by which other correlations may refer to it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.header.name()
    }

    /// What it detects, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        self.header.title()
    }

    /// Where the document begins.
    #[must_use]
    pub fn location(&self) -> &Location {
        self.header.location()
    }

    /// How matches are put together.
    #[must_use]
    pub fn kind(&self) -> CorrelationKind {
        self.kind
    }

    /// The ids or names of the rules and correlations whose matches are counted.
    #[must_use]
    pub fn rules(&self) -> &[String] {
        &self.rules[..self.own]
    }

    /// The rules that must not match in the same group within the timespan behind a match.
    ///
    /// An extension, written as `unless-followed-by:` beside `correlation:`: other tools pass over it,
    /// and match in more cases.
    #[must_use]
    pub fn unless_followed_by(&self) -> &[String] {
        &self.rules[self.own..]
    }

    /// [`rules`](Self::rules), and behind them [`unless_followed_by`](Self::unless_followed_by); what
    /// is said of positions holds of both.
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.rules
    }

    /// The examples that the correlation carries under `tests`.
    #[must_use]
    pub fn tests(&self) -> &[StoryTest] {
        &self.tests
    }

    /// What tells it from others: its id, or its title if it has none.
    #[must_use]
    pub fn id_or_title(&self) -> &str {
        self.id().unwrap_or_else(|| self.title())
    }

    /// How bad it is when it matches.
    #[must_use]
    pub fn level(&self) -> Level {
        self.header.level()
    }

    /// Fields, or aliases, whose values must be the same in all matches that are put together.
    #[must_use]
    pub fn group_by(&self) -> &[String] {
        &self.group_by
    }

    /// The window, by event time; more than zero.
    #[must_use]
    pub fn timespan(&self) -> SignedDuration {
        self.timespan
    }

    /// When it matches.
    #[must_use]
    pub fn condition(&self) -> &CorrelationCondition {
        &self.condition
    }

    /// Names for fields that differ from rule to rule.
    #[must_use]
    pub fn aliases(&self) -> &[Alias] {
        &self.aliases
    }

    /// The field that `name`, from [`group_by`](Self::group_by), means in matches of the rule at
    /// `position`: the alias's if there is one, else the field of that name.
    #[must_use]
    pub fn group_field(&self, name: &str, position: usize) -> FieldPath {
        let alias = self.aliases.iter().find(|alias| alias.name == name);
        let mapped =
            alias.and_then(|alias| alias.fields.iter().find(|(rule, _)| *rule == position));
        mapped.map_or_else(|| FieldPath::new(name), |(_, field)| field.clone())
    }

    /// How matches add up; of correlations of the type [`CorrelationKind::RiskScore`] only.
    #[must_use]
    pub fn risk(&self) -> Option<&Risk> {
        self.risk.as_ref()
    }

    /// Puts in place of each level that stands among the rules all that `of_level` says it means.
    pub(crate) fn expand(&mut self, of_level: impl Fn(Level) -> Vec<String>) {
        if self.risk.is_none() {
            return;
        }
        let rules = std::mem::take(&mut self.rules).into_iter();
        let rules: Vec<_> = rules.zip(std::mem::take(&mut self.rule_marks)).collect();
        let own = std::mem::take(&mut self.own);
        for (at, (name, mark)) in rules.into_iter().enumerate() {
            let meant = level_meant(&name).map_or_else(|| vec![name], &of_level);
            self.own += if at < own { meant.len() } else { 0 };
            self.rule_marks.extend(meant.iter().map(|_| mark));
            self.rules.extend(meant);
        }
    }

    /// Whether the rules it counts also report their own matches.
    #[must_use]
    pub fn generate(&self) -> bool {
        self.generate
    }
}
