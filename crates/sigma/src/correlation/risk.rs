//! How much weak findings weigh together: an extension, correlations of the type `risk_score`.
//!
//! Each rule that has matched counts its points once, by its newest match; they fade by half in each
//! half-life. The condition bounds the sum. What the sum is of, must come from so many tactics, or one busy
//! tool would be an incident.

use jiff::SignedDuration;
use yaml_tree::Node;

use super::read::Reader;
use crate::error::Problem;
use crate::header::{self, Header};
use crate::level::{LEVELS, Level};

/// What stands before a level in place of the name of a rule.
const OF_LEVEL: &str = "level:";

/// What a match of each level is worth, the lowest first, unless the document says otherwise.
const POINTS: [u64; 5] = [1, 10, 20, 40, 80];

const HALF_LIFE: SignedDuration = SignedDuration::from_hours(6);

/// How matches add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risk {
    half_life: SignedDuration,
    tactics: usize,
    /// By level, the lowest first.
    points: [u64; 5],
}

impl Risk {
    /// In what time points fade by half; more than zero.
    #[must_use]
    pub fn half_life(&self) -> SignedDuration {
        self.half_life
    }

    /// How many tactics of ATT&CK the matches must come from, at least.
    #[must_use]
    pub fn tactics(&self) -> usize {
        self.tactics
    }

    /// What a fresh match of a rule of this level is worth.
    #[must_use]
    pub fn points(&self, level: Level) -> u64 {
        self.points[level as usize]
    }
}

/// The first tactic among the tags, which is what a rule is mainly about: `persistence`.
#[must_use]
pub fn tactic(header: &Header) -> Option<String> {
    let mut names = header.tags().iter().filter_map(|tag| {
        let name = tag.strip_prefix("attack.")?;
        let mut letters = name.chars();
        // Techniques, groups and software are a letter and a number.
        let is_number = letters.next().is_some() && letters.next()?.is_ascii_digit();
        (!is_number).then(|| name.replace('_', "-"))
    });
    names.next()
}

/// The level that stands for all of its rules in `reference`.
pub(crate) fn level_meant(reference: &str) -> Option<Level> {
    reference.strip_prefix(OF_LEVEL)?.trim().parse().ok()
}

impl Reader<'_> {
    /// How matches add up; `None` if something in it is wrong.
    pub(super) fn risk(&mut self) -> Option<Risk> {
        let half_life = match self.node.get("half-life") {
            Some(_) => self.span("half-life")?,
            None => HALF_LIFE,
        };
        let tactics = match self.node.get("tactics") {
            Some(node) => self.number(node, "tactics")? as usize,
            None => 1,
        };
        Some(Risk {
            half_life,
            tactics,
            points: self.points()?,
        })
    }

    fn points(&mut self) -> Option<[u64; 5]> {
        let mut points = POINTS;
        let Some(node) = self.node.get("points") else {
            return Some(points);
        };
        self.check_keys(node, &LEVELS.map(Level::as_str), "points");
        for (points, level) in points.iter_mut().zip(LEVELS) {
            if let Some(node) = node.get(level.as_str()) {
                *points = self.number(node, level.as_str())?;
            }
        }
        Some(points)
    }

    fn number(&mut self, node: &Node, key: &'static str) -> Option<u64> {
        let number = node.to_value().as_u64();
        number.or_else(|| self.refuse(node.at, Problem::BadBound(key)))
    }

    /// Keys that only correlations of this type have.
    pub(super) fn refuse_risk(&mut self) {
        for key in ["half-life", "tactics", "points"] {
            if let Some(node) = self.node.get(key) {
                let at = node.at;
                self.report.add(at, Problem::OnlyOfRisk(key));
            }
        }
        for (name, mark) in header::texts(self.node, "rules", self.report) {
            if level_meant(&name).is_some() {
                self.report.add(mark, Problem::OnlyOfRisk("level:"));
            }
        }
    }
}
