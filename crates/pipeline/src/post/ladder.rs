//! How long alerts may wait for company: the worst go out at once, the others are gathered.
//!
//! What is gathered goes out at fixed times, counted from midnight UTC, so that every copy of us waits for the
//! same moment and all that waits for it fits one mail.

use jiff::{SignedDuration, Timestamp};
use sigma::Level;

/// How often what is not urgent is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Alerts of level medium; zero for at once.
    pub medium: SignedDuration,
    /// Alerts of level low and informational; zero for at once.
    pub low: SignedDuration,
}

impl Default for Ladder {
    /// Medium each quarter of an hour, low once a day.
    fn default() -> Self {
        Self {
            medium: SignedDuration::from_mins(15),
            low: SignedDuration::from_hours(24),
        }
    }
}

impl Ladder {
    /// Everything at once.
    pub const AT_ONCE: Self = Self {
        medium: SignedDuration::ZERO,
        low: SignedDuration::ZERO,
    };

    /// When an alert of this level that has come at `now` is due.
    #[must_use]
    pub fn due(self, level: Level, now: Timestamp) -> Timestamp {
        let period = match level {
            Level::High | Level::Critical => SignedDuration::ZERO,
            Level::Medium => self.medium,
            Level::Low | Level::Informational => self.low,
        };
        let period = period.as_secs();
        if period <= 0 {
            return now;
        }
        let next = now.as_second().div_euclid(period).saturating_add(1);
        Timestamp::from_second(next.saturating_mul(period)).unwrap_or(now)
    }
}

/// Whether alerts of this level are gathered into one mail when several are due.
pub(super) fn is_gathered(level: Level) -> bool {
    level < Level::High
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_urgent_waits_for_a_common_moment() {
        let ladder = Ladder::default();
        for (level, now, due) in [
            (
                Level::Critical,
                "2026-11-22T14:02:11Z",
                "2026-11-22T14:02:11Z",
            ),
            (Level::High, "2026-11-22T14:02:11Z", "2026-11-22T14:02:11Z"),
            (
                Level::Medium,
                "2026-11-22T14:02:11Z",
                "2026-11-22T14:15:00Z",
            ),
            (
                Level::Medium,
                "2026-11-22T14:15:00Z",
                "2026-11-22T14:30:00Z",
            ),
            (Level::Low, "2026-11-22T14:02:11Z", "2026-11-23T00:00:00Z"),
            (
                Level::Informational,
                "2026-11-22T23:59:59Z",
                "2026-11-23T00:00:00Z",
            ),
        ] {
            assert_eq!(
                ladder.due(level, now.parse().unwrap()),
                due.parse().unwrap()
            );
            let now = now.parse().unwrap();
            assert_eq!(Ladder::AT_ONCE.due(level, now), now);
        }
    }
}
