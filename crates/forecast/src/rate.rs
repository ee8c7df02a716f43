//! How many alerts a week, with a range.
//!
//! Alerts come in bursts, so the spread is taken from the days themselves and not from the mean alone: a week
//! is seven days like those seen, and the mean itself is uncertain by what few days can tell. Where none was
//! seen at all, the most that is still likely is three in the whole time.
//!
//! Source: the interval of a sum of seven further draws, `7m ± 1.645 √(7v (1 + 7/n))`, with the variance never
//! below the mean as in a Poisson process; J. Hanley and A. Lippman-Hand, *If nothing goes wrong, is
//! everything all right?*, 1983, for the rule of three.

use serde::Serialize;

/// How many standard deviations hold nine tenths of a normal distribution.
const NINE_TENTHS: f64 = 1.645;

/// Alerts in a week to come.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// What is expected.
    pub expected: f64,
    /// In nine weeks of ten there are at least so many,
    pub low: f64,
    /// and at most so many.
    pub high: f64,
}

/// The forecast for a week from how many alerts there were on each day, quiet days included; `None` without
/// a day.
///
/// ```
/// # use forecast::rate::a_week;
/// let quiet = a_week(&[0; 30]).unwrap();
/// assert_eq!((quiet.expected, quiet.low), (0.0, 0.0));
/// assert!((quiet.high - 0.7).abs() < 1e-9);
/// ```
#[must_use]
pub fn a_week(days: &[u64]) -> Option<Rate> {
    if days.is_empty() {
        return None;
    }
    let n = days.len() as f64;
    let mean = days.iter().sum::<u64>() as f64 / n;
    if mean == 0.0 {
        return Some(Rate {
            expected: 0.0,
            low: 0.0,
            high: 7.0 * 3.0 / n,
        });
    }
    let squares: f64 = days.iter().map(|&day| (day as f64 - mean).powi(2)).sum();
    let variance = (squares / (n - 1.0).max(1.0)).max(mean);
    let spread = NINE_TENTHS * (7.0 * variance * (1.0 + 7.0 / n)).sqrt();
    let expected = 7.0 * mean;
    Some(Rate {
        expected,
        low: (expected - spread).max(0.0),
        high: expected + spread,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn more_days_say_more() {
        let wide = a_week(&[1; 3]).unwrap();
        let narrow = a_week(&[1; 300]).unwrap();
        assert_eq!(wide.expected, narrow.expected);
        assert!(narrow.high < wide.high && narrow.low > wide.low);
        assert_eq!(a_week(&[]), None);
    }

    #[test]
    fn bursts_widen_the_range() {
        let even = a_week(&[2, 2, 2, 2, 2, 2, 2, 2, 2, 2]).unwrap();
        let bursts = a_week(&[0, 0, 0, 0, 20, 0, 0, 0, 0, 0]).unwrap();
        assert_eq!(even.expected, bursts.expected);
        assert!(bursts.high > even.high);
    }

    /// A generator of its own, so that the test is the same everywhere.
    fn draw(state: &mut u64) -> f64 {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A day of a Poisson process, by inversion.
    fn day(mean: f64, state: &mut u64) -> u64 {
        let (mut count, mut product, limit) = (0, draw(state), (-mean).exp());
        while product > limit {
            product *= draw(state);
            count += 1;
        }
        count
    }

    #[test]
    fn about_nine_weeks_of_ten_lie_in_the_range() {
        let mut state = 7;
        for mean in [0.3, 1.0, 5.0] {
            let weeks = 2_000;
            let inside = (0..weeks).filter(|_| {
                let seen: Vec<_> = (0..30).map(|_| day(mean, &mut state)).collect();
                let rate = a_week(&seen).unwrap();
                let next: u64 = (0..7).map(|_| day(mean, &mut state)).sum();
                (rate.low..=rate.high).contains(&(next as f64))
            });
            let share = inside.count() as f64 / f64::from(weeks);
            assert!((0.85..0.97).contains(&share), "{mean} a day: {share}");
        }
    }

    proptest! {
        #[test]
        fn the_expectation_lies_in_the_range(days in prop::collection::vec(0_u64..100, 1..60)) {
            let rate = a_week(&days).unwrap();
            prop_assert!(rate.low >= 0.0 && rate.low <= rate.expected && rate.expected <= rate.high);
        }
    }
}
