//! Whether so many losses can be chance.
//!
//! EventBridge promises no event of CloudTrail, so that some are lost is no finding. The question is whether more
//! are lost than a share that is put up with would explain. If each event were lost by itself with the probability
//! `p`, then of `n` events `m` or more would be lost with a probability of at most `exp(-n · KL(m/n ‖ p))`, where
//! `KL` is how far a coin of bias `m/n` is from one of bias `p`. Below a probability that is set beforehand it is
//! no chance any more, whatever the numbers are: 4 of 4, or 70 of 1,000.
//!
//! Source: Hoeffding, *Probability inequalities for sums of bounded random variables*, theorem 1 (JASA 1963).

use super::sample::Share;

/// How likely so many losses, or more, would be at most, if one in `1/put_up_with` events were lost.
pub(super) fn chance(share: Share, put_up_with: f64) -> f64 {
    let (n, m) = (share.of as f64, share.missed as f64);
    let (p, q) = (put_up_with, m / n);
    if share.of == 0 || q <= p {
        return 1.0;
    }
    let distance = |q: f64, p: f64| if q > 0.0 { q * (q / p).ln() } else { 0.0 };
    (-n * (distance(q, p) + distance(1.0 - q, 1.0 - p))).exp()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(missed: u64, of: u64) -> f64 {
        chance(Share { of, missed }, 0.02)
    }

    #[test]
    fn a_few_may_be_lost_by_chance_and_many_not() {
        for (missed, all, likely, why) in [
            (0, 0, true, "nothing is expected"),
            (1, 3, true, "one of three"),
            (2, 3, true, "two of three may still be"),
            (20, 1_000, true, "what is put up with"),
            (30, 1_000, true, "a bad hour"),
            (4, 4, false, "all of four"),
            (70, 1_000, false, "seven in a hundred"),
            (1_000, 1_000, false, "all"),
        ] {
            assert_eq!(of(missed, all) > 1e-6, likely, "{why}: {}", of(missed, all));
        }
        assert!(
            (of(4, 4) - 0.02_f64.powi(4)).abs() < 1e-12,
            "then it is exact"
        );
    }

    /// The probability itself, summed term by term.
    fn exact(missed: u64, all: u64, p: f64) -> f64 {
        let mut sum = 0.0;
        for m in missed..=all {
            let choices: f64 = (0..m).map(|i| (all - i) as f64 / (m - i) as f64).product();
            sum += choices * p.powi(m as i32) * (1.0 - p).powi((all - m) as i32);
        }
        sum
    }

    proptest! {
        #[test]
        fn it_is_never_less_than_the_true_probability(all in 1_u64..60, missed in 0_u64..60, p in 0.001_f64..0.2) {
            let missed = missed.min(all);
            let bound = chance(Share { of: all, missed }, p);
            prop_assert!(bound >= exact(missed, all, p) * (1.0 - 1e-9), "{bound}");
        }

        #[test]
        fn more_losses_are_less_likely(all in 1_u64..500, missed in 0_u64..499) {
            let missed = missed.min(all - 1);
            prop_assert!(of(missed + 1, all) <= of(missed, all));
        }
    }
}
