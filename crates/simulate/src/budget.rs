//! How many records everyday life may make by when, so that the scenario's total comes out exactly.

use crate::calendar::{busy, busy_day};
use crate::clock::{DAY, SLOT, Second};

/// Records of an ordinary working day when nobody asks for a certain number.
const NATURAL_WORKDAY: u64 = 2_900;
/// Weight of a working day in the measure of [`busy`], for the natural number.
const WORKDAY_WEIGHT: u64 = 161_800 * 12;

/// The plan for everyday records, and how far it is fulfilled.
#[derive(Debug)]
pub(crate) struct Budget {
    first: Second,
    total: u64,
    /// Weight of all days before each day, and of the whole scenario at the end.
    before: Vec<u64>,
    made: u64,
}

impl Budget {
    /// A plan for `days` days from midnight `first`: `wanted` records or the natural number, of
    /// which `reserved` are not everyday life's.
    pub(crate) fn new(first: Second, days: u32, wanted: Option<u64>, reserved: u64) -> Self {
        let mut before = vec![0];
        for day in 0..Second::from(days) {
            before.push(before[day as usize] + busy_day(first + day * DAY));
        }
        let weight = before[days as usize];
        let total = wanted.unwrap_or(weight * NATURAL_WORKDAY / WORKDAY_WEIGHT);
        Self {
            first,
            total: total.saturating_sub(reserved),
            before,
            made: 0,
        }
    }

    /// Records that everyday life may have made by the end of the slot beginning at `slot`.
    fn by_end_of(&self, slot: Second) -> u64 {
        let (day, into) = ((slot - self.first) / DAY, (slot - self.first) % DAY);
        let midnight = self.first + day * DAY;
        let today: u64 = (0..=into / SLOT).map(|n| busy(midnight + n * SLOT)).sum();
        self.share_of(self.before[day as usize] + today)
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
        let natural = self.before[self.before.len() - 1] * NATURAL_WORKDAY / WORKDAY_WEIGHT;
        (self.total * 1000 / natural.max(1)).min(1000)
    }

    /// Counts `records` more.
    pub(crate) fn spend(&mut self, records: u64) {
        self.made += records;
    }
}
