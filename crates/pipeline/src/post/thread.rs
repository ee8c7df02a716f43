//! Alerts that belong into one conversation: the same rule about the same principal within the rule's
//! period.

use detect::Alert;
use detect::digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The period of a rule that does not say.
const PERIOD: i64 = 86_400;

/// The longest pause between updates, as a multiple of the first.
const LONGEST: i64 = 64;

/// Names a thread: a hash, for half of what it is made of is chosen by whoever is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThreadId(u64);

impl ThreadId {
    /// The thread of all that agrees in these parts.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        Self(digest::number(parts))
    }

    /// The thread that `alert` belongs to.
    #[must_use]
    pub fn of_alert(alert: &Alert) -> Self {
        let period = alert
            .rule
            .period_seconds
            .map_or(PERIOD, |seconds| seconds.max(1) as i64);
        let start = alert.first_time.as_second().div_euclid(period);
        Self::of(&[
            &alert.rule.id,
            alert.account.id.as_deref().unwrap_or_default(),
            &alert.principal.key,
            &start.to_string(),
        ])
    }
}

impl std::fmt::Display for ThreadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(id) = self;
        write!(f, "{id:016x}")
    }
}

/// What was mailed of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// How many mails.
    pub mails: u32,
    /// When the last one went out.
    pub last: Timestamp,
}

impl Thread {
    /// One more mail.
    #[must_use]
    pub fn with_mail(known: Option<Self>, now: Timestamp) -> Self {
        Self {
            mails: known.map_or(0, |thread| thread.mails).saturating_add(1),
            last: known.map_or(now, |thread| thread.last.max(now)),
        }
    }

    /// When the next update is due: each pause is four times the one before, up to [`LONGEST`].
    #[must_use]
    pub fn update_due(self, first_pause: SignedDuration) -> Timestamp {
        let times = 4_i64
            .saturating_pow(self.mails.saturating_sub(1))
            .min(LONGEST);
        let pause = SignedDuration::from_secs(first_pause.as_secs().saturating_mul(times));
        self.last.saturating_add(pause).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_update_waits_longer_than_the_one_before() {
        let quarter = SignedDuration::from_mins(15);
        let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap();
        let mut thread = None;
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let next = Thread::with_mail(thread, at(0));
            pauses.push(next.update_due(quarter).duration_since(at(0)).as_mins());
            thread = Some(next);
        }
        assert_eq!(pauses, [15, 60, 240, 960, 960, 960]);
    }

    #[test]
    fn parts_cannot_flow_into_one_another() {
        assert_ne!(ThreadId::of(&["ab", "c"]), ThreadId::of(&["a", "bc"]));
    }
}
