//! Correlations made ready: which rule feeds which, by what fields, and how much a window must keep.
//!
//! **How much is enough.** Time is cut into stretches as long as the correlation's timespan, and each
//! group has a window for each stretch. Whatever span ends in a stretch begins in it or in the one
//! before. So to tell whether a bound of N is reached, the first N entries of a window and the last N
//! are enough: entries between them lie in spans that hold N already. For different values the same
//! holds of the first N by their first entry, and of the last N by their last.

use sigma::{Correlation, CorrelationCondition, CorrelationKind, CountBound, FieldPath, RuleSet};

use super::risk::Weights;
use super::window::{By, Limit};
use crate::derived;

/// How many entries of each rule are kept on either side, where it matters which came before which.
/// Of two rules any number would do; of more, a chain is missed if it needs an entry between them.
const LINKS: usize = 32;

/// How many entries are kept on either side where values are added up. What lies between them is not
/// in the sum.
const SUMMANDS: usize = 512;

/// How many entries are kept for the story, at least.
pub(crate) const TOLD: usize = 32;

/// The largest bound that is counted up to.
const LARGEST: usize = 10_000;

/// What a match of a rule, or of a correlation, goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feed {
    /// By its place in the rule set.
    pub(super) correlation: u32,
    /// What has matched, by its position among the correlation's rules; behind them those that must
    /// not follow.
    pub(super) position: u16,
}

/// A correlation made ready.
#[derive(Debug)]
pub(super) struct Planned {
    /// For each position the fields whose values tell groups apart.
    pub(super) group_by: Vec<Vec<FieldPath>>,
    /// The fields that are counted or computed with.
    pub(super) fields: Vec<FieldPath>,
    pub(super) limit: Limit,
    /// Seconds.
    pub(super) timespan: i64,
    /// Correlations over this one.
    pub(super) parents: Vec<Feed>,
    /// How many correlations lie below it; those with fewer are judged first.
    pub(super) height: usize,
    /// Whether what its rules did is kept in words.
    pub(super) is_told: bool,
    /// Which of the group's values is the actor, if one is.
    pub(super) actor: Option<usize>,
    /// How many of the positions are the correlation's own rules.
    pub(super) own: u16,
    /// How matches add up, where that is what it asks.
    pub(super) weights: Option<Weights>,
    /// How many positions there are.
    positions: usize,
}

impl Planned {
    /// Whether it matches when something did not follow.
    pub(super) fn wants_absence(&self) -> bool {
        self.positions > usize::from(self.own)
    }
}

/// All correlations of a rule set, made ready.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(super) correlations: Vec<Planned>,
    /// For each rule, what its matches go into.
    feeds: Vec<Vec<Feed>>,
    /// For each rule, the correlations that it has points for.
    weighs: Vec<Vec<Feed>>,
    /// For each rule, whether its own matches are not reported.
    silent: Vec<bool>,
}

impl Plan {
    /// Makes the correlations of `rules` ready.
    pub(crate) fn of(rules: &RuleSet) -> Self {
        let mut plan = Self {
            correlations: rules
                .correlations()
                .iter()
                .map(|correlation| planned(correlation, rules))
                .collect(),
            feeds: vec![Vec::new(); rules.rules().len()],
            weighs: vec![Vec::new(); rules.rules().len()],
            silent: rules.only_counted(),
        };
        for (at, correlation) in rules.correlations().iter().enumerate() {
            plan.connect(at, correlation, rules);
        }
        for at in 0..plan.correlations.len() {
            plan.raise(at, 1);
        }
        plan
    }

    /// What matches of the rule at this place go into.
    #[inline]
    pub(crate) fn feeds(&self, rule: usize) -> &[Feed] {
        self.feeds.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The correlations that the rule at this place has points for, with how many.
    #[inline]
    pub(crate) fn weighs(&self, rule: usize) -> impl Iterator<Item = (Feed, u64)> {
        let feeds = self.weighs.get(rule).map_or(&[][..], Vec::as_slice);
        let points = |feed: &Feed| {
            let weights = self.correlations[feed.correlation as usize]
                .weights
                .as_ref();
            weights.map_or(0, |weights| weights.points(feed.position))
        };
        feeds.iter().map(move |feed| (*feed, points(feed)))
    }

    /// Whether the rule at this place is a part of correlations and reports nothing by itself.
    #[inline]
    pub(crate) fn is_silent(&self, rule: usize) -> bool {
        self.silent.get(rule).copied().unwrap_or(false)
    }

    fn connect(&mut self, at: usize, correlation: &Correlation, rules: &RuleSet) {
        for (name, position) in correlation.references().iter().zip(0..) {
            let feed = Feed {
                correlation: at as u32,
                position,
            };
            if let Some(rule) = rules.position(name) {
                let is_own = usize::from(position) < correlation.rules().len();
                let weighs = correlation.risk().is_some() && is_own;
                let feeds = if weighs {
                    &mut self.weighs
                } else {
                    &mut self.feeds
                };
                feeds[rule].push(feed);
            } else if let Some(child) = rules.correlation_position(name) {
                self.correlations[child].parents.push(feed);
            }
        }
    }

    /// Puts what stands over the correlation at this place above `height`. There are no circles.
    fn raise(&mut self, at: usize, height: usize) {
        for parent in self.correlations[at].parents.clone() {
            let parent = parent.correlation as usize;
            if self.correlations[parent].height < height {
                self.correlations[parent].height = height;
                self.raise(parent, height + 1);
            }
        }
    }
}

fn planned(correlation: &Correlation, rules: &RuleSet) -> Planned {
    let own = correlation.rules().len();
    let positions = correlation.references().len();
    let fields_at = |position: usize| {
        let names = correlation.group_by().iter();
        names
            .map(|name| correlation.group_field(name, position))
            .collect()
    };
    Planned {
        group_by: (0..positions).map(fields_at).collect(),
        fields: fields(correlation).to_vec(),
        limit: limit(correlation),
        timespan: correlation.timespan().as_secs().max(1),
        parents: Vec::new(),
        height: 0,
        is_told: correlation.kind().is_temporal()
            || positions > own
            || correlation.risk().is_some(),
        weights: Weights::of(correlation, rules),
        actor: correlation
            .group_by()
            .iter()
            .position(|name| name == derived::ACTOR),
        own: u16::try_from(own).unwrap_or(u16::MAX),
        positions,
    }
}

fn fields(correlation: &Correlation) -> &[FieldPath] {
    match correlation.condition() {
        CorrelationCondition::Bounds { fields, .. } => fields,
        CorrelationCondition::AllRules | CorrelationCondition::Rules(_) => &[],
    }
}

fn limit(correlation: &Correlation) -> Limit {
    let nothing_must_be_absent = correlation.unless_followed_by().is_empty();
    let bound = match correlation.condition() {
        // One event may come from several rules, and counts once.
        CorrelationCondition::Bounds { bounds, .. } => {
            largest(bounds).saturating_mul(correlation.rules().len())
        }
        CorrelationCondition::AllRules | CorrelationCondition::Rules(_) => LINKS,
    };
    let (by, keep) = match correlation.kind() {
        CorrelationKind::EventCount if nothing_must_be_absent => (By::Nothing, bound),
        CorrelationKind::ValueCount => (By::Value, bound),
        CorrelationKind::EventCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => (By::Rule, LINKS),
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile
        | CorrelationKind::ValueMedian => (By::Nothing, SUMMANDS),
        CorrelationKind::RiskScore => (By::RuleAndHour, 1),
    };
    let keep = match by {
        By::RuleAndHour => keep,
        By::Nothing | By::Rule | By::Value => keep.clamp(TOLD, LARGEST),
    };
    Limit { by, keep }
}

/// One more than the largest number that it matters to tell from those above it.
fn largest(bounds: &[CountBound]) -> usize {
    let bounds = bounds.iter().map(|bound| match *bound {
        CountBound::Gt(number)
        | CountBound::Gte(number)
        | CountBound::Lt(number)
        | CountBound::Lte(number)
        | CountBound::Eq(number)
        | CountBound::Neq(number) => number,
    });
    usize::try_from(bounds.max().unwrap_or(0).saturating_add(1)).unwrap_or(usize::MAX)
}
