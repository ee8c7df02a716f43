//! What is known of an alert on its way to the reader, and how much of it was told.
//!
//! Merging claims is commutative and idempotent: of two findings of one alert the one with more events
//! is kept, and what was told once stays told.

use detect::alert::{Alert, AlertId};
use detect::render::mail::{Told, brief};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desk::Entry;
use super::thread::ThreadId;

/// One alert, claimed for the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The alert with the most events so far, cut to what a mail shows.
    alert: Alert,
    /// How many of its events were told; 0 if the alert was not told at all.
    told: u64,
}

impl Claim {
    /// Nothing was told of `alert` yet.
    #[must_use]
    pub fn of(alert: Alert) -> Self {
        Self {
            alert: brief(alert),
            told: 0,
        }
    }

    /// The alert's name.
    #[must_use]
    pub fn id(&self) -> AlertId {
        self.alert.id
    }

    /// What it belongs to.
    #[must_use]
    pub fn thread(&self) -> ThreadId {
        ThreadId::of_alert(&self.alert)
    }

    /// How many events the alert has.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.alert.event_count.max(1)
    }

    /// Whether there is more to tell than was told.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.events() > self.told
    }

    /// Whether nothing was told at all.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.told == 0
    }

    /// How long ago its event was, in seconds.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> i64 {
        now.duration_since(self.alert.time).as_secs()
    }

    /// Adds what another knows of the same alert.
    pub fn merge(&mut self, other: Self) {
        self.told = self.told.max(other.told);
        let rank = |claim: &Self| (claim.events(), std::cmp::Reverse(claim.alert.first_time));
        if rank(&other) > rank(self) {
            self.alert = other.alert;
        }
    }

    /// So many of its events were told; returns whether that was not known.
    pub fn tell(&mut self, events: u64) -> bool {
        let is_more = events > self.told;
        self.told = self.told.max(events);
        is_more
    }

    /// What a mail tells of it.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            alert: &self.alert,
            before: self.told,
        }
    }

    /// As it enters the desk.
    #[must_use]
    pub fn entry(&self, update_due: Option<Timestamp>) -> Entry {
        Entry {
            alert: self.id(),
            thread: self.thread(),
            level: self.alert.level,
            update_due,
        }
    }
}
