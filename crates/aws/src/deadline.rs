//! How long an invocation may still take.

use std::time::{Duration, Instant};

/// The part of what is left that is kept for settling and for leaving word.
const RESERVE: f64 = 0.25;

/// When to stop taking on work.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    stop: Instant,
}

impl Deadline {
    /// Stops when three quarters of `left` are over.
    #[must_use]
    pub fn within(left: Duration) -> Self {
        Self { stop: Instant::now() + left.mul_f64(1.0 - RESERVE) }
    }

    /// The same of an invocation that Lambda ends at `ends`, in milliseconds since 1970.
    #[must_use]
    pub fn at(ends: u64) -> Self {
        let ends = i64::try_from(ends).unwrap_or(i64::MAX);
        let left = ends.saturating_sub(jiff::Timestamp::now().as_millisecond());
        Self::within(Duration::from_millis(left.try_into().unwrap_or(0)))
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_over(self) -> bool {
        Instant::now() >= self.stop
    }
}
