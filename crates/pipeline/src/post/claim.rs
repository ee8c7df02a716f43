//! What is known of an alert on its way to the reader, and how much of it was told.
//!
//! Merging claims is commutative and idempotent: of two findings of one alert the one with more events
//! is kept, and what was told once stays told.

use std::collections::BTreeSet;

use detect::activity::{Around, Ring, SPAN};
use detect::alert::{Alert, AlertId};
use detect::render::mail::{Told, brief};
use detect::{copies, incident};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sigma::Level;

use super::beginning;
use super::desk::Entry;
use super::history::Question;
use super::ladder::Ladder;
use super::routes::{Routes, To};
use super::thread::ThreadId;
use crate::ports::StateStore;

/// One alert, claimed for the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The alert with the most events so far, cut to what a mail shows.
    alert: Alert,
    /// How many of its events were told; 0 if the alert was not told at all.
    told: u64,
    /// Whether it was told that something worked.
    #[serde(default)]
    told_worked: bool,
}

impl Claim {
    /// Nothing was told of `alert` yet.
    #[must_use]
    pub fn of(alert: Alert) -> Self {
        Self {
            alert: brief(alert),
            told: 0,
            told_worked: false,
        }
    }

    /// The alert's name.
    #[must_use]
    pub fn id(&self) -> AlertId {
        self.alert.id
    }

    /// The alert.
    pub(super) fn alert(&self) -> &Alert {
        &self.alert
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
        self.told_worked |= other.told_worked;
        let rank = |claim: &Self| {
            let first_time = std::cmp::Reverse(claim.alert.first_time);
            (claim.events(), claim.worked(), first_time)
        };
        if rank(&other) > rank(self) {
            self.alert = other.alert;
        }
    }

    /// Whether what the alert tells worked, as far as it says.
    fn worked(&self) -> bool {
        has_worked(&self.alert)
    }

    /// Whether the reader believes that it failed, and it has worked since: that cannot wait.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        !self.is_new() && self.worked() && !self.told_worked
    }

    /// How much a mail tells of it: how many events, and whether that something worked.
    #[must_use]
    pub fn extent(&self) -> (u64, bool) {
        Self::extent_of(&self.alert)
    }

    /// The same of an alert.
    #[must_use]
    pub fn extent_of(alert: &Alert) -> (u64, bool) {
        (alert.event_count.max(1), has_worked(alert))
    }

    /// So much of it was told; returns whether that is more than was known.
    pub fn tell(&mut self, (events, worked): (u64, bool)) -> bool {
        let before = (self.told, self.told_worked);
        self.told = self.told.max(events);
        self.told_worked |= worked;
        (self.told, self.told_worked) != before
    }

    /// Those who hear of it.
    #[must_use]
    pub fn to(&self, routes: &Routes) -> BTreeSet<To> {
        routes.marks(&self.alert)
    }

    /// What a mail tells of it.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            alert: &self.alert,
            before: self.told,
            is_changed: self.is_urgent(),
            around: None,
        }
    }

    /// Whose activity belongs to it: the account, and the principal's key.
    #[must_use]
    pub fn whose(&self) -> (&str, &str) {
        let account = self.alert.account.id.as_deref().unwrap_or_default();
        (account, &self.alert.principal.key)
    }

    /// What is asked of CloudTrail about what followed; `None` if no key or no region is known.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        let until = self.alert.last_time.saturating_add(SPAN);
        let question = Question {
            account: self.alert.account.id.clone()?,
            region: self.alert.region.clone()?,
            key: self.alert.principal.access_key_id.clone()?,
            since: self.alert.time,
            until: until.unwrap_or(Timestamp::MAX),
        };
        Some(question).filter(Question::is_plain)
    }

    /// What was done around it, of what `ring` knows.
    #[must_use]
    pub fn around<'r>(&self, ring: &'r Ring) -> Around<'r> {
        ring.around(&self.alert)
    }

    /// Who stands behind its session, if that is known; a mail without that is better than none.
    pub(super) async fn began_by(&self, states: &impl StateStore) -> Option<(String, usize)> {
        beginning::of(states, &self.alert).await.ok().flatten()
    }

    /// Whether a look at what followed is worth a mail of its own.
    #[must_use]
    pub fn is_followed_up(&self) -> bool {
        self.alert.level >= Level::High
    }

    /// As it enters the desk.
    #[must_use]
    pub fn entry(
        &self,
        update_due: Option<Timestamp>,
        now: Timestamp,
        ladder: Ladder,
        routes: &Routes,
    ) -> Entry {
        Entry {
            alert: self.id(),
            thread: self.thread(),
            level: self.alert.level,
            is_urgent: self.is_urgent(),
            first_due: ladder.due(self.alert.level, now),
            update_due,
            event: incident::first_event(&self.alert),
            to: self.to(routes),
        }
    }

    /// What stands for its events in the other accounts that see them.
    #[must_use]
    pub fn shared(&self) -> BTreeSet<u64> {
        copies::shared(&self.alert)
    }

    /// The events that it tells for others, and up to which level.
    pub fn spoken_for(&self) -> impl Iterator<Item = (u64, Level)> {
        incident::spoken_for(&self.alert)
    }
}

/// Whether what an alert tells worked, as far as it says.
fn has_worked(alert: &Alert) -> bool {
    alert.deed.as_ref().is_some_and(|deed| deed.worked)
}
