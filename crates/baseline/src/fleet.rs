//! What is known of everybody together: who shares what, how much is new for whom, what is rare.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dimension::{CIRCLES, Circle, DIMENSIONS, Dimension};
use crate::names::Mark;
use crate::profile::Day;
use crate::rates::{Calibration, METRICS, Moments};

/// Days of everybody's from which it is learned before anything is told.
pub const WARM_UP: Day = 5;

/// Who does something: so many in each circle, by the circle's mark.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    counts: BTreeMap<(Mark, Dimension, Mark), u32>,
    members: BTreeMap<Mark, u32>,
}

impl Shared {
    /// How many of `circle` do it.
    #[must_use]
    pub fn with(&self, circle: Mark, dimension: Dimension, value: Mark) -> u32 {
        self.counts
            .get(&(circle, dimension, value))
            .copied()
            .unwrap_or(0)
    }

    /// One more does it.
    pub fn join(&mut self, circle: Mark, dimension: Dimension, value: Mark) {
        *self.counts.entry((circle, dimension, value)).or_default() += 1;
    }

    /// One more belongs to `circle`.
    pub fn enter(&mut self, circle: Mark) {
        *self.members.entry(circle).or_default() += 1;
    }

    /// How many belong to `circle`.
    #[must_use]
    pub fn members(&self, circle: Mark) -> u32 {
        self.members.get(&circle).copied().unwrap_or(0)
    }

    /// How many counts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether nobody shares anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// New values on the first, second, … day of a principal's own; later days share a place.
const AGES: usize = 8;

/// The place of the `n`-th day.
fn age(n: u16) -> usize {
    match n {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4..=5 => 3,
        6..=8 => 4,
        9..=13 => 5,
        14..=21 => 6,
        _ => 7,
    }
}

/// What is learned of all principals of one kind: of people, or of programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    people: bool,
    /// New values and days, by the day's number and by dimension.
    news: Vec<[(f64, f64); AGES]>,
    /// Of values that were new, how many each circle knew.
    circles: Vec<[f64; CIRCLES]>,
    /// How much is usual.
    pub moments: [Moments; METRICS],
    /// How often scores come about.
    pub calibrations: Vec<Calibration>,
}

impl Kind {
    /// Nothing learned yet.
    #[must_use]
    pub fn new(people: bool) -> Self {
        Self {
            people,
            news: vec![[(0.0, 0.0); AGES]; DIMENSIONS],
            circles: vec![[0.0; CIRCLES]; DIMENSIONS],
            moments: [Moments::default(); METRICS],
            calibrations: vec![Calibration::default(); METRICS],
        }
    }

    /// Learns how much was new on somebody's `n`-th day.
    pub fn learn_day(&mut self, n: u16, today: &[u16; DIMENSIONS]) {
        for (news, count) in self.news.iter_mut().zip(today) {
            let (sum, days) = &mut news[age(n)];
            *sum += f64::from(*count);
            *days += 1.0;
        }
    }

    /// New values of `dimension` on somebody's `n`-th day. What was learned counts for more the more of it
    /// there is; the start is a guess worth four days.
    #[must_use]
    pub fn news(&self, dimension: Dimension, n: u16) -> f64 {
        const WORTH: f64 = 4.0;
        let (sum, days) = self.news[dimension.index()][age(n)];
        let (first, later) = match (self.people, dimension) {
            (true, Dimension::Read) => (10.0, 0.8),
            (true, Dimension::Write | Dimension::Service) => (4.0, 0.3),
            (true, _) => (2.0, 0.1),
            (false, _) => (3.0, 0.01),
        };
        let guess = first / f64::from(n.max(1)) + later;
        (sum + WORTH * guess) / (days + WORTH)
    }

    /// Learns that a new value was known to `circle`.
    pub fn learn_circle(&mut self, dimension: Dimension, circle: Circle) {
        self.circles[dimension.index()][circle as usize] += 1.0;
    }

    /// Of values that are new in everyday life, the share that `circle` knows.
    #[must_use]
    pub fn circle(&self, dimension: Dimension, circle: Circle) -> f64 {
        let learned = &self.circles[dimension.index()];
        let sum: f64 = learned.iter().sum();
        (learned[circle as usize] + usual(dimension, circle)) / (sum + 8.0)
    }
}

/// How many of eight new values each circle is thought to know before anything is learned.
fn usual(dimension: Dimension, circle: Circle) -> f64 {
    match (dimension.is_origin(), circle) {
        (_, Circle::Same) => 2.0,
        (_, Circle::Peers) => 2.5,
        (true, Circle::Home) => 1.5,
        (_, Circle::Account | Circle::Organisation | Circle::Nobody) => 1.0,
        (_, Circle::Abroad) | (true, Circle::Hosting | Circle::Aws) => 0.4,
        (false, _) => 0.1,
    }
}

/// The highest scores of each account and day, from which the threshold is found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// By day: the highest scores, and whose they are.
    maxima: BTreeMap<Day, BTreeMap<Mark, f64>>,
    /// By day, the accounts that were seen.
    accounts: BTreeMap<Day, u32>,
    /// By account and day, how many were told at once.
    told: BTreeMap<(Mark, Day), u32>,
    /// From where on it is told.
    threshold: Option<f64>,
}

/// Days from which the threshold is found.
const LOOK_BACK: Day = 28;

/// Scores below this are not remembered.
const LEAST: f64 = 0.8;

/// So many days of one principal count, so that one who is always unusual, or under attack, does not decide
/// for all.
const SHARE: usize = 2;

impl Budget {
    /// Notes the highest score of one principal on a day.
    pub fn learn(&mut self, day: Day, who: Mark, highest: f64) {
        if highest >= LEAST {
            let known = self.maxima.entry(day).or_default().entry(who).or_default();
            *known = known.max(highest);
        }
    }

    /// Notes how many accounts were seen on a day.
    pub fn note_accounts(&mut self, day: Day, accounts: u32) {
        self.accounts.insert(day, accounts);
    }

    /// Finds the threshold anew for `a_day` alerts in an account and day, and forgets what is old.
    pub fn fit(&mut self, today: Day, first: Day, a_day: f64, floor: f64) {
        let since = today
            .saturating_sub(LOOK_BACK)
            .max(first.saturating_add(WARM_UP));
        self.maxima = self.maxima.split_off(&today.saturating_sub(LOOK_BACK));
        self.accounts = self.accounts.split_off(&today.saturating_sub(LOOK_BACK));
        self.told = self
            .told
            .iter()
            .filter(|((_, day), _)| today.saturating_sub(*day) <= 2)
            .map(|(k, v)| (*k, *v))
            .collect();
        let scores = self.scores(since);
        let days = self.account_days(since);
        let allowed = (a_day * days).floor() as usize;
        let quantile = scores.get(allowed).copied().unwrap_or(0.0);
        self.threshold = (days > 0.0).then_some(quantile.max(floor));
    }

    /// The highest first.
    fn scores(&self, since: Day) -> Vec<f64> {
        let mut by_who: BTreeMap<Mark, Vec<f64>> = BTreeMap::new();
        for maxima in self.maxima.range(since..).map(|(_, maxima)| maxima) {
            for (who, score) in maxima {
                by_who.entry(*who).or_default().push(*score);
            }
        }
        let mut scores = Vec::new();
        for mut own in by_who.into_values() {
            // Its lower days: an episode of attack is told by its peaks.
            own.sort_by(f64::total_cmp);
            scores.extend(own.into_iter().take(SHARE));
        }
        scores.sort_by(|a, b| b.total_cmp(a));
        scores
    }

    fn account_days(&self, since: Day) -> f64 {
        self.accounts
            .range(since..)
            .map(|(_, accounts)| f64::from(*accounts))
            .sum()
    }

    /// From where on it is told, at least `floor`.
    #[must_use]
    pub fn threshold(&self, floor: f64) -> f64 {
        self.threshold.unwrap_or(floor).max(floor)
    }

    /// About once in how many account-days somebody scores as much.
    #[must_use]
    pub fn once_in(&self, score: f64) -> f64 {
        let all = self.maxima.values().flat_map(BTreeMap::values);
        let as_high = all.filter(|known| **known >= score).count();
        self.account_days(0).max(1.0) / (as_high as f64).max(1.0)
    }

    /// The threshold for one more alert of an account and day: each further one must say more, for on days
    /// on which everything is unusual for everybody, less is.
    #[must_use]
    pub fn raised(&self, threshold: f64, account: Mark, day: Day) -> f64 {
        const STEP: f64 = 0.5;
        let of = |day| f64::from(self.told.get(&(account, day)).copied().unwrap_or(0));
        threshold + STEP * of(day).min(4.0)
    }

    /// Whether there is room for one more among the `most` that are told at once of an account and day.
    pub fn take(&mut self, account: Mark, day: Day, most: u32) -> bool {
        let told = self.told.entry((account, day)).or_default();
        *told += 1;
        *told <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_on_a_first_day_says_little_and_later_much() {
        let kind = Kind::new(true);
        assert!(kind.news(Dimension::Write, 1) > 10.0 * kind.news(Dimension::Write, 40));
        let mut learned = Kind::new(false);
        for _ in 0..500 {
            learned.learn_day(30, &[0; DIMENSIONS]);
        }
        assert!(learned.news(Dimension::Write, 30) < kind.news(Dimension::Write, 30) / 5.0);
    }

    #[test]
    fn circles_are_learned() {
        let mut kind = Kind::new(true);
        let before = kind.circle(Dimension::Network, Circle::Abroad);
        for _ in 0..100 {
            kind.learn_circle(Dimension::Network, Circle::Home);
        }
        assert!(kind.circle(Dimension::Network, Circle::Abroad) < before / 5.0);
        assert!(kind.circle(Dimension::Network, Circle::Home) > 0.8);
    }

    #[test]
    fn the_threshold_lets_through_what_the_budget_allows() {
        let mut budget = Budget::default();
        for day in 10..20 {
            budget.note_accounts(day, 2);
            for who in 0..10 {
                let who = Mark(u64::from(day) * 100 + who);
                budget.learn(day, who, 1.0 + who.0 as f64 % 100.0);
            }
        }
        budget.fit(20, 0, 1.0, 2.0);
        // Twenty account-days, ten scores of 1 to 10 each day: two a day are above 8.
        assert_eq!(budget.threshold(2.0), 8.0);
        budget.fit(20, 0, 100.0, 2.0);
        assert_eq!(budget.threshold(2.0), 2.0, "never below the floor");
        assert_eq!(budget.once_in(10.0), 2.0);
    }

    #[test]
    fn one_who_is_always_unusual_does_not_decide_for_all() {
        let mut budget = Budget::default();
        for day in 10..30 {
            budget.note_accounts(day, 1);
            budget.learn(day, Mark(7), 9.0);
        }
        budget.fit(30, 0, 0.5, 2.0);
        assert_eq!(budget.threshold(2.0), 2.0);
    }

    #[test]
    fn no_more_are_told_at_once_than_were_allowed() {
        let mut budget = Budget::default();
        let told = (0..5).filter(|_| budget.take(Mark(1), 9, 3)).count();
        assert_eq!(told, 3);
        assert!(budget.take(Mark(1), 10, 3) && budget.take(Mark(2), 9, 3));
    }
}
