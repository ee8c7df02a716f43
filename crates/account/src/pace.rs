//! So many requests a second and no more, whoever asks: CloudTrail counts by account and region.
//!
//! When AWS says that it is too much all the same, because others ask too, the next request waits twice as
//! long; when all is well again the pace comes back step by step.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Two requests a second, and a little less, for clocks differ.
const USUAL: Duration = Duration::from_millis(510);

/// The slowest that is still asked.
const SLOWEST: Duration = Duration::from_secs(16);

/// When each region may be asked next.
static REGIONS: Mutex<BTreeMap<String, Turn>> = Mutex::new(BTreeMap::new());

/// The pace of one region.
#[derive(Debug, Clone, Copy)]
struct Turn {
    next: Instant,
    between: Duration,
}

impl Turn {
    /// Takes the next turn; returns how long it is until then.
    fn take(&mut self, now: Instant) -> Duration {
        let at = self.next.max(now);
        self.next = at + self.between;
        at - now
    }

    fn refused(&mut self, now: Instant) {
        self.between = (self.between * 2).min(SLOWEST);
        self.next = self.next.max(now + self.between);
    }

    fn answered(&mut self) {
        self.between = (self.between * 3 / 4).max(USUAL);
    }
}

/// Waits until the region may be asked.
pub(super) fn wait(region: &str) {
    thread::sleep(turn(region, |turn| turn.take(Instant::now())));
}

/// Notes how that went.
pub(super) fn note(region: &str, refused: bool) {
    turn(region, |turn| {
        if refused {
            turn.refused(Instant::now());
        } else {
            turn.answered();
        }
    });
}

fn turn<T>(region: &str, change: impl FnOnce(&mut Turn) -> T) -> T {
    // Times stay sound whatever happened to who held them.
    let mut regions = REGIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let turn = regions.entry(region.to_owned()).or_insert(Turn {
        next: Instant::now(),
        between: USUAL,
    });
    change(turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_requests_take_four_and_a_half_seconds() {
        let now = Instant::now();
        let mut turn = Turn {
            next: now,
            between: USUAL,
        };
        let waits: Vec<_> = (0..10).map(|_| turn.take(now)).collect();
        assert_eq!(waits[0], Duration::ZERO);
        assert_eq!(waits[9], USUAL * 9);
    }

    #[test]
    fn a_refusal_halves_the_pace_and_answers_bring_it_back() {
        let now = Instant::now();
        let mut turn = Turn {
            next: now,
            between: USUAL,
        };
        turn.refused(now);
        assert_eq!(turn.take(now), USUAL * 2);
        (0..20).for_each(|_| turn.refused(now));
        assert_eq!(turn.between, SLOWEST);
        (0..20).for_each(|_| turn.answered());
        assert_eq!(turn.between, USUAL);
    }
}
