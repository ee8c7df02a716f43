//! How long an invocation may still take.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The part of what is left that is kept for settling and for leaving word.
const RESERVE: f64 = 0.25;

/// By how much the clocks of two machines may differ, and Lambda be late in ending what has run out of time.
const CLOCKS: SignedDuration = SignedDuration::from_secs(5);

/// From when on an invocation is surely over, by whatever clock, that Lambda ends at `milliseconds` since 1970.
#[must_use]
pub fn surely_over(milliseconds: u64) -> Timestamp {
    end(milliseconds)
        .saturating_add(CLOCKS)
        .unwrap_or(Timestamp::MAX)
}

/// When Lambda ends an invocation, from its milliseconds since 1970.
fn end(milliseconds: u64) -> Timestamp {
    let milliseconds = i64::try_from(milliseconds).ok();
    milliseconds
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .unwrap_or(Timestamp::MAX)
}

/// When to stop taking on work.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    stop: Instant,
}

impl Deadline {
    /// Stops when three quarters of `left` are over.
    #[must_use]
    pub fn within(left: Duration) -> Self {
        Self {
            stop: Instant::now() + left.mul_f64(1.0 - RESERVE),
        }
    }

    /// The same of an invocation that Lambda ends at `ends`, in milliseconds since 1970.
    #[must_use]
    pub fn at(ends: u64) -> Self {
        let left = end(ends).duration_since(Timestamp::now());
        Self::within(left.try_into().unwrap_or(Duration::ZERO))
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_over(self) -> bool {
        Instant::now() >= self.stop
    }
}
