//! How many records everyday life may make by when, so that the scenario's total comes out exactly.

use crate::calendar::{busy, busy_day};
use crate::clock::{self, DAY, SLOT, Second};
use crate::rng::Rng;
use crate::scenario::Scenario;

const MOODS: u64 = 0x300d;

/// Records of an ordinary working day when nobody asks for a certain number.
const NATURAL_WORKDAY: u64 = 2_900;
/// Weight of a working day in the measure of [`busy`], for the natural number.
const WORKDAY_WEIGHT: u64 = 161_800 * 12;

/// The plan for everyday records, and how far it is fulfilled.
#[derive(Debug)]
pub(crate) struct Budget {
    first: Second,
    total: u64,
    natural: u64,
    seed: u64,
    /// Weight of all days before each day, and of the whole scenario at the end.
    before: Vec<u64>,
    made: u64,
}

impl Budget {
    /// The plan for `scenario`, of whose records `reserved` are not everyday life's.
    pub(crate) fn new(scenario: &Scenario, reserved: u64) -> Self {
        let (seed, first) = (scenario.seed, clock::midnight(scenario.start));
        let mut before = vec![0];
        let mut weight = 0;
        for midnight in (0..Second::from(scenario.days)).map(|day| first + day * DAY) {
            weight += busy_day(midnight) * mood(seed, midnight);
            before.push(weight);
        }
        let natural = weight / 100 * NATURAL_WORKDAY / WORKDAY_WEIGHT;
        let total = scenario.records.unwrap_or(natural).saturating_sub(reserved);
        Self {
            first,
            seed,
            total,
            natural,
            before,
            made: 0,
        }
    }

    /// Records that everyday life may have made by the end of the slot beginning at `slot`.
    fn by_end_of(&self, slot: Second) -> u64 {
        let (day, into) = ((slot - self.first) / DAY, (slot - self.first) % DAY);
        let midnight = self.first + day * DAY;
        let today: u64 = (0..=into / SLOT).map(|n| busy(midnight + n * SLOT)).sum();
        self.share_of(self.before[day as usize] + today * mood(self.seed, midnight))
    }

    /// Records that everyday life may have made by the end of the day that `at` is in.
    fn by_end_of_day(&self, at: Second) -> u64 {
        self.share_of(self.before[self.day(at) + 1])
    }

    /// The number of the day that `at` is in; what runs past the end belongs to the last.
    fn day(&self, at: Second) -> usize {
        let last = self.before.len() as Second - 2;
        ((at - self.first) / DAY).clamp(0, last) as usize
    }

    fn share_of(&self, weight: u64) -> u64 {
        let whole = self.before[self.before.len() - 1].max(1);
        (u128::from(self.total) * u128::from(weight) / u128::from(whole)) as u64
    }

    /// How many records the machines still have to make in the slot beginning at `slot`.
    pub(crate) fn left_in(&self, slot: Second) -> u64 {
        self.by_end_of(slot).saturating_sub(self.made)
    }

    /// How many records the day of `at` still has room for: people and schedules make as many as
    /// come about, but no day takes from the next.
    pub(crate) fn left_today(&self, at: Second) -> u64 {
        self.by_end_of_day(at).saturating_sub(self.made)
    }

    /// How many people's doings of the natural number there is room for, in 1,000.
    pub(crate) fn thinning(&self) -> u64 {
        (self.total * 1000 / self.natural.max(1)).min(1000)
    }

    /// Counts `records` more.
    pub(crate) fn spend(&mut self, records: u64) {
        self.made += records;
    }
}

/// No two days are alike: how busy this one is in percent.
fn mood(seed: u64, midnight: Second) -> u64 {
    Rng::about(seed, &[MOODS, midnight as u64]).between(88, 112)
}
