//! What weak findings of one group weigh together.
//!
//! ```text
//! risk at an event = Σ over rules of  points(level) · 2^(−age / half-life)
//! ```
//!
//! A rule counts once, by its newest match within the timespan, and its age goes by the hour; an event
//! counts once, for the rule with the most points. **So more events never weigh less**, which is what lets
//! parts of the log, in whatever order, add up to what the whole says: of each rule and hour the first
//! match is all that is needed, and that is all that is kept.
//!
//! Source for adding up findings of one entity with points that fade: the idea is that of risk-based alerting;
//! the formula is ours.

use sigma::{Correlation, CorrelationCondition, CountBound, RuleSet};

use super::entry::Entry;
use super::plan::Feed;
use super::words::{duration, in_words};
use crate::language::Language;

/// How exactly ages are told, in seconds.
pub(super) const HOUR: i64 = 3_600;

/// A correlation's weights, made ready.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    /// Seconds.
    half_life: i64,
    /// From how many tactics matches must come.
    tactics: usize,
    /// By the rule's position.
    rules: Vec<RuleWeight>,
}

#[derive(Debug, Clone, Copy)]
struct RuleWeight {
    points: u64,
    /// Stands for the rule's tactic.
    tactic: Option<u16>,
}

/// How much a group's matches weigh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Risk {
    pub(super) points: f64,
    pub(super) tactics: usize,
}

/// The one rule for which a record counts in a correlation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heaviest {
    points: u64,
    pub(crate) feed: Feed,
}

impl Heaviest {
    /// Adds a rule that matches the record too: the heavier one counts, of equal ones the first.
    pub(crate) fn add(known: &mut Vec<Self>, points: u64, feed: Feed) {
        let new = Self { points, feed };
        let of_same = |one: &&mut Self| one.feed.correlation == feed.correlation;
        match known.iter_mut().find(of_same) {
            None => known.push(new),
            Some(one) if new.points > one.points => *one = new,
            Some(_) => {}
        }
    }
}

impl Weights {
    /// Those of a correlation that weighs.
    pub(super) fn of(correlation: &Correlation, rules: &RuleSet) -> Option<Self> {
        let risk = correlation.risk()?;
        let mut tactics: Vec<String> = Vec::new();
        let mut number = |tactic: String| {
            let known = tactics.iter().position(|known| *known == tactic);
            let at = known.unwrap_or(tactics.len());
            if known.is_none() {
                tactics.push(tactic);
            }
            at as u16
        };
        let weight = |name: &String| {
            let header = rules.position(name).map(|at| rules.rules()[at].header());
            RuleWeight {
                points: header.map_or(0, |header| risk.points(header.level())),
                tactic: header.and_then(sigma::tactic).map(&mut number),
            }
        };
        Some(Self {
            half_life: risk.half_life().as_secs().max(1),
            tactics: risk.tactics(),
            rules: correlation.rules().iter().map(weight).collect(),
        })
    }

    /// What a fresh match of the rule at this position is worth.
    pub(super) fn points(&self, position: u16) -> u64 {
        let weight = self.rules.get(usize::from(position));
        weight.map_or(0, |weight| weight.points)
    }

    /// How much these entries weigh, the last of which is now; oldest first.
    pub(super) fn weigh(&self, entries: &[Entry]) -> Risk {
        let now = entries.last().map_or(0, |entry| entry.time);
        let (mut points, mut counted, mut tactics) = (0.0, Vec::new(), Vec::new());
        for entry in entries.iter().rev() {
            let Some(weight) = self.rules.get(usize::from(entry.of)) else {
                continue;
            };
            if counted.contains(&entry.of) {
                continue;
            }
            counted.push(entry.of);
            points += weight.points as f64 * self.left_after(now, entry.time);
            if let Some(tactic) = weight.tactic
                && !tactics.contains(&tactic)
            {
                tactics.push(tactic);
            }
        }
        Risk {
            points,
            tactics: tactics.len(),
        }
    }

    /// How much of its points is left of what happened at `then`.
    fn left_after(&self, now: i64, then: i64) -> f64 {
        let hours = now.div_euclid(HOUR) - then.div_euclid(HOUR);
        (-(hours * HOUR) as f64 / self.half_life as f64).exp2()
    }

    /// What these entries weigh, and what `correlation` asks for.
    pub(super) fn in_words(
        &self,
        entries: &[Entry],
        correlation: &Correlation,
        span: &str,
    ) -> String {
        let risk = self.weigh(entries);
        let bounds = match correlation.condition() {
            CorrelationCondition::Bounds { bounds, .. } => bounds.as_slice(),
            CorrelationCondition::AllRules | CorrelationCondition::Rules(_) => &[],
        };
        let bounds: Vec<String> = bounds.iter().map(|bound| in_words(*bound)).collect();
        format!(
            "together {:.1} points from {} tactics, where points fade by half in {}; the correlation asks for {} points from at least {} tactics within {span}",
            risk.points,
            risk.tactics,
            duration(self.half_life, Language::En),
            bounds.join(" and "),
            self.tactics,
        )
    }

    /// Whether a risk is one that the correlation asks for.
    pub(super) fn holds(&self, risk: Risk, bounds: &[CountBound]) -> bool {
        // Half a thousandth of a point is nobody's reason, and machines may differ by less.
        let points = (risk.points * 1_000.0).round() / 1_000.0;
        risk.tactics >= self.tactics && bounds.iter().all(|bound| bound.holds_real(points))
    }
}
