//! What all evidence about a principal says together.
//!
//! Evidence of one family is about one thing, seen from several sides, so it adds up slowly and only so
//! far; families add up in full. All of it fades by half in twelve hours.

use serde::{Deserialize, Serialize};

use crate::dimension::{FAMILIES, Family};

/// Seconds in which what is known is worth half.
const HALF: f64 = 12.0 * 3600.0;

/// How much of the weaker of two pieces of evidence of one family counts.
const WEAKER: f64 = 0.35;

/// Evidence by family, as logarithms of likelihoods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    by_family: [f64; FAMILIES],
    at: u32,
}

/// What is left of evidence after so many seconds.
#[must_use]
pub fn faded(evidence: f64, passed: u32) -> f64 {
    evidence * 0.5_f64.powf(f64::from(passed) / HALF)
}

impl Risk {
    /// Lets time pass up to `now`; evidence may come late, then nothing fades.
    pub fn fade(&mut self, now: u32) {
        if now > self.at {
            let passed = now - self.at;
            self.by_family
                .iter_mut()
                .for_each(|value| *value = faded(*value, passed));
            self.at = now;
        }
    }

    /// Adds evidence of `family`.
    pub fn add(&mut self, family: Family, evidence: f64) {
        let known = &mut self.by_family[family as usize];
        let sum = known.max(evidence) + WEAKER * known.min(evidence);
        *known = sum.min(family.cap()).max(*known);
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.by_family.iter().sum()
    }

    /// What one family says.
    #[must_use]
    pub fn of(&self, family: Family) -> f64 {
        self.by_family[family as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_add_up_and_their_members_hardly() {
        let mut risk = Risk::default();
        risk.add(Family::Change, 1.0);
        risk.add(Family::Origin, 1.0);
        assert_eq!(risk.total(), 2.0);
        risk.add(Family::Change, 1.0);
        assert_eq!(risk.of(Family::Change), 1.35);
        for _ in 0..100 {
            risk.add(Family::Change, 1.0);
        }
        assert_eq!(risk.of(Family::Change), Family::Change.cap());
    }

    #[test]
    fn half_is_left_after_half_a_day() {
        let mut risk = Risk::default();
        risk.fade(1_000_000);
        risk.add(Family::Access, 2.0);
        risk.fade(1_000_000 + 12 * 3600);
        assert!((risk.total() - 1.0).abs() < 1e-9);
        risk.fade(999_999);
        assert!(
            (risk.total() - 1.0).abs() < 1e-9,
            "late evidence lets no time pass"
        );
    }
}
