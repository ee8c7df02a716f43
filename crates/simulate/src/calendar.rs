//! When people work and how busy the shop is: the rhythm of days and weeks.

use crate::cast::Person;
use crate::clock::{DAY, HOUR, MINUTE, SLOT, Second, weekday};
use crate::rng::{Rng, number_of};

/// How busy the shop is in each hour of the day (UTC), in parts of its best hour.
const BUSY: [u64; 24] = [
    30, 25, 22, 20, 22, 30, 45, 65, 85, 95, 100, 100, 98, 96, 95, 95, 97, 100, 100, 95, 85, 70, 55,
    40,
];

/// Traffic of a Saturday or Sunday in percent of a working day's.
const WEEKEND: u64 = 62;

/// How much happens in the slot beginning at `at`, relative to other slots.
pub(crate) fn busy(at: Second) -> u64 {
    let hour = at.rem_euclid(DAY) / HOUR;
    let day = if is_weekend(at) { WEEKEND } else { 100 };
    BUSY[hour as usize] * day
}

/// How much happens in the whole day beginning at `midnight`, in the measure of [`busy`].
pub(crate) fn busy_day(midnight: Second) -> u64 {
    (0..24)
        .map(|hour| busy(midnight + hour * HOUR))
        .sum::<u64>()
        * (HOUR / SLOT) as u64
}

/// True on Saturdays and Sundays.
pub(crate) fn is_weekend(at: Second) -> bool {
    weekday(at) >= 5
}

/// One person's working day, in the person's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Workday {
    pub(crate) start: Second,
    pub(crate) lunch: Second,
    pub(crate) back: Second,
    pub(crate) end: Second,
    /// Works from home today.
    pub(crate) at_home: bool,
}

impl Workday {
    /// The working day of `person` on the local day beginning at `midnight`; none at weekends, on
    /// holiday, when ill, or before the first day at work. `first` is the scenario's first midnight.
    pub(crate) fn of(seed: u64, person: &Person, midnight: Second, first: Second) -> Option<Self> {
        let who = number_of(person.name);
        let joined = midnight >= first + person.joins * DAY;
        if !joined || is_weekend(midnight) || on_holiday(seed, who, midnight) {
            return None;
        }
        let mut rng = Rng::about(seed, &[who, midnight as u64]);
        if rng.chance(20) {
            return None;
        }
        let mut minutes = |from: u64, to: u64| rng.between(from, to) as Second * MINUTE;
        let start = midnight + minutes(8 * 60, 9 * 60 + 45);
        let lunch = midnight + minutes(12 * 60, 13 * 60 + 15);
        let back = lunch + minutes(30, 60);
        let end = midnight + minutes(16 * 60 + 30, 18 * 60 + 30);
        Some(Self {
            start,
            lunch,
            back,
            end,
            at_home: rng.chance(400),
        })
    }

    /// True if the person is at the keyboard at the local time `at`.
    pub(crate) fn works_at(&self, at: Second) -> bool {
        (self.start..self.end).contains(&at) && !(self.lunch..self.back).contains(&at)
    }
}

/// Takes one week off in about every third month.
fn on_holiday(seed: u64, who: u64, midnight: Second) -> bool {
    let week = (midnight.div_euclid(DAY) + 3).div_euclid(7);
    let mut rng = Rng::about(seed, &[who, week.div_euclid(4) as u64, u64::MAX]);
    rng.chance(330) && rng.below(4) == week.rem_euclid(4) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::PEOPLE;

    const MONDAY: Second = 20_514 * DAY; // 2026-03-02

    #[test]
    fn nobody_works_at_weekends() {
        for person in PEOPLE {
            assert_eq!(Workday::of(1, person, MONDAY + 5 * DAY, 0), None);
        }
        assert!(
            PEOPLE
                .iter()
                .any(|person| Workday::of(1, person, MONDAY, 0).is_some())
        );
    }

    #[test]
    fn nobody_works_before_the_first_day() {
        let hire = PEOPLE.iter().find(|person| person.joins > 0).unwrap();
        assert_eq!(Workday::of(1, hire, MONDAY, MONDAY), None);
    }

    #[test]
    fn lunch_is_not_work() {
        let day = PEOPLE
            .iter()
            .find_map(|person| Workday::of(1, person, MONDAY, 0))
            .unwrap();
        assert!(day.works_at(day.start) && day.works_at(day.back));
        assert!(!day.works_at(day.lunch) && !day.works_at(day.end) && !day.works_at(day.start - 1));
    }

    #[test]
    fn people_take_holidays_now_and_then() {
        let days = (0..365)
            .filter(|day| on_holiday(1, 7, MONDAY + day * DAY))
            .count();
        assert!((7..120).contains(&days), "{days}");
    }

    #[test]
    fn a_day_is_the_sum_of_its_slots() {
        let slots = (0..DAY / SLOT)
            .map(|slot| busy(MONDAY + slot * SLOT))
            .sum::<u64>();
        assert_eq!(busy_day(MONDAY), slots);
    }
}
