//! How many mails may go out: a token bucket.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Mails a second, on average and in a burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// So many mails a second.
    #[must_use]
    pub const fn per_second(mails: f64) -> Self {
        Self(mails)
    }

    /// How many may go out at once after a rest: those of five seconds, but one at least, and never as
    /// many as suspend a subscription.
    #[must_use]
    pub fn burst(self) -> f64 {
        let Self(rate) = self;
        (rate * 5.0).floor().clamp(1.0, 9.0)
    }
}

/// The bucket, as it was when somebody last looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Guard {
    /// Missing until the first mail: then it is full.
    looked: Option<Look>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Look {
    tokens: f64,
    at: Timestamp,
}

impl Guard {
    /// Lets as many of `wanted` mails pass as the rate allows, and says how many.
    pub(super) fn pass(&mut self, wanted: usize, now: Timestamp, rate: Rate) -> usize {
        if wanted == 0 {
            return 0;
        }
        let tokens = self.looked.map_or(rate.burst(), |look| {
            // Clocks of two copies may differ: time never runs backwards here.
            let since = now.duration_since(look.at).as_secs_f64().max(0.0);
            (look.tokens + since * rate.0).min(rate.burst())
        });
        let passed = (tokens.floor() as usize).min(wanted);
        let at = self.looked.map_or(now, |look| look.at.max(now));
        self.looked = Some(Look {
            tokens: tokens - passed as f64,
            at,
        });
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).unwrap()
    }

    #[test]
    fn a_full_bucket_lets_a_burst_pass_and_then_the_rate() {
        let (mut guard, rate) = (Guard::default(), Rate::per_second(1.0));
        assert_eq!(guard.pass(100, at(0), rate), 5);
        assert_eq!(guard.pass(100, at(900), rate), 0);
        assert_eq!(guard.pass(100, at(1_000), rate), 1);
        assert_eq!(guard.pass(100, at(500), rate), 0, "a clock that is behind");
        assert_eq!(guard.pass(3, at(60_000), rate), 3);
        assert_eq!(
            guard.pass(100, at(60_000), rate),
            2,
            "no more than a burst is kept"
        );
    }

    proptest! {
        #[test]
        fn no_second_sees_as_many_as_suspend_a_subscription(
            steps in proptest::collection::vec((0_i64..3_000, 0_usize..20), 1..60),
            rate in 0.01_f64..1.0,
        ) {
            let (mut guard, rate) = (Guard::default(), Rate::per_second(rate));
            let (mut now, mut sent) = (0, Vec::new());
            for (pause, wanted) in steps {
                now += pause;
                let passed = guard.pass(wanted, at(now), rate);
                sent.extend(std::iter::repeat_n(now, passed));
            }
            let crowd = |from: i64| sent.iter().filter(|t| (from..from + 1_000).contains(*t)).count();
            prop_assert!(sent.iter().all(|t| crowd(*t) < 10));
        }
    }
}
