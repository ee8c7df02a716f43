//! Which mail goes out when: a state machine without clock or network.
//!
//! Alerts wait on the desk until they are due; [`Desk::take`] makes mails of those that are, as many as
//! the storm guard lets pass, and keeps each until it is [`done`](Desk::done). Whoever takes a mail says
//! until when it lives; after that another may take it, because the first has died with it.
//!
//! Invariants: an alert that was entered waits, or is in a mail, until that mail is done; no thread is in
//! two mails that are out at once, so no update overtakes what it adds to; more mails than the guard allows
//! never go out, for what is left over is folded into one.
//!
//! Source for the guard: SNS developer guide, *Amazon SNS endpoints and quotas*: ten mails a second to
//! one subscription suspend it.

mod order;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use detect::alert::AlertId;
use detect::render::mail::Kind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sigma::Level;

pub use self::order::{Order, Reached};
use self::shown::Shown;
use super::guard::{Guard, Rate};
use super::ladder::is_gathered;
use super::routes::To;
use super::thread::ThreadId;

/// How many alerts may wait at once. Beyond, findings stay in their queue, and what could wait longer goes out
/// at once, to make room; what is bad finds twice as much, so that nobody can keep it out with trifles.
pub const ROOM: usize = 2_000;

/// How many events of incidents are remembered; the oldest are forgotten first.
const SPOKEN: usize = 500;

/// How many alerts a mail accounts for, at most.
pub const DIGEST: usize = 500;

/// What waits, and what is on its way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    guard: Guard,
    waiting: BTreeMap<AlertId, Waiting>,
    out: BTreeMap<u64, Out>,
    next: u64,
    /// Alerts of which it is told later what followed.
    #[serde(default)]
    follow: BTreeMap<AlertId, Follow>,
    /// Events that incidents tell, for which findings, and when that was noted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    spoken: BTreeMap<u64, Spoken>,
    /// Calls that several accounts see, and which alert tells of them.
    #[serde(default, skip_serializing_if = "Shown::is_empty")]
    shown: Shown,
}

/// That an incident tells an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Spoken {
    /// Findings up to this level are told with it.
    level: Level,
    since: Timestamp,
    /// Those who hear of the incident.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    to: BTreeSet<To>,
}

/// An alert that was told, and of which it is still to be told what followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Follow {
    thread: ThreadId,
    due: Timestamp,
}

/// An alert that waits to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    thread: ThreadId,
    level: Level,
    due: Timestamp,
    /// Whether its thread has had a mail.
    update: bool,
    /// The event that an incident would have to tell to speak for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<u64>,
    /// Those who hear of it, where there are several to tell apart.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    to: BTreeSet<To>,
}

/// A mail that was taken and is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Out {
    until: Timestamp,
    mail: Order,
}

/// An alert on its way to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The alert.
    pub alert: AlertId,
    /// What it belongs to.
    pub thread: ThreadId,
    /// How bad it is.
    pub level: Level,
    /// Whether it cannot wait for an update: what was told of it is no longer so.
    pub is_urgent: bool,
    /// When it is due, if its thread has had no mail.
    pub first_due: Timestamp,
    /// When an update of its thread is due; `None` if the thread has had no mail.
    pub update_due: Option<Timestamp>,
    /// The event that an incident would have to tell to speak for it, if it is a single finding.
    pub event: Option<u64>,
    /// Those who hear of it, where there are several to tell apart.
    pub to: BTreeSet<To>,
}

/// There is no room for more alerts to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{ROOM} alerts wait to be mailed: the finding stays in its queue until there is room")]
pub struct Full;

impl Desk {
    /// Puts an alert on the desk; one that waits there already stays as it is, unless it has become urgent.
    ///
    /// `later` is when an update is due of a thread whose first mail is out at this moment.
    ///
    /// # Errors
    /// [`Full`]
    pub fn enter(&mut self, entry: Entry, now: Timestamp, later: Timestamp) -> Result<(), Full> {
        if let Some(waiting) = self.waiting.get_mut(&entry.alert) {
            if entry.is_urgent {
                waiting.due = waiting.due.min(now);
            }
            return Ok(());
        }
        if self.waiting.len() >= ROOM {
            for waiting in self.waiting.values_mut() {
                waiting.due = waiting.due.min(now);
            }
            let room = match entry.level {
                Level::High | Level::Critical => 2 * ROOM,
                Level::Informational | Level::Low | Level::Medium => ROOM,
            };
            if self.waiting.len() >= room {
                return Err(Full);
            }
        }
        let first_due = if entry.is_urgent {
            now
        } else {
            entry.first_due
        };
        let is_out = self
            .out
            .values()
            .any(|out| out.mail.threads.contains(&entry.thread));
        let update_due = entry.update_due.or(is_out.then_some(later));
        self.waiting.insert(
            entry.alert,
            Waiting {
                thread: entry.thread,
                level: entry.level,
                due: update_due.filter(|_| !entry.is_urgent).unwrap_or(first_due),
                update: update_due.is_some(),
                event: entry.event,
                to: entry.to,
            },
        );
        Ok(())
    }

    /// Whether an alert about these calls, which other accounts see too, is a copy of others that are told to
    /// all who would hear of it.
    #[must_use]
    pub fn is_copy(&self, alert: AlertId, calls: &BTreeSet<u64>, to: &BTreeSet<To>) -> bool {
        self.shown.by_others(alert, calls, to)
    }

    /// The alert tells those of these calls, which other accounts see too.
    pub fn show(
        &mut self,
        alert: AlertId,
        calls: BTreeSet<u64>,
        to: &BTreeSet<To>,
        now: Timestamp,
    ) {
        self.shown.add(alert, calls, to, now);
    }

    /// An incident tells these events to those: findings about them, up to the level, are not told to them by
    /// themselves.
    pub fn speak_for(
        &mut self,
        events: impl Iterator<Item = (u64, Level)>,
        to: &BTreeSet<To>,
        now: Timestamp,
    ) {
        for (event, level) in events {
            let known = self.spoken.entry(event).or_insert_with(|| Spoken {
                level,
                since: now,
                to: to.clone(),
            });
            if known.to == *to {
                known.level = known.level.max(level);
            } else {
                // All of them hear of findings up to the lower level.
                known.level = known.level.min(level);
                known.to.extend(to);
            }
        }
        forget_oldest(&mut self.spoken, SPOKEN, |spoken| spoken.since);
    }

    /// Takes from the desk what an incident tells to all who would hear of it.
    fn leave_to_incidents(&mut self) {
        let spoken = &self.spoken;
        self.waiting.retain(|_, waiting| {
            let told = waiting.event.and_then(|event| spoken.get(&event));
            told.is_none_or(|told| waiting.level > told.level || !waiting.to.is_subset(&told.to))
        });
    }

    /// The mails that go out now, by number; each is ours `until` we are surely dead.
    #[must_use]
    pub fn take(&mut self, now: Timestamp, until: Timestamp, rate: Rate) -> BTreeMap<u64, Order> {
        self.leave_to_incidents();
        let mut taken = BTreeMap::new();
        // One that was tried before has its turn even in a storm; the others take what new ones leave over.
        let again = self.to_try_again(now);
        let first = self.guard.pass(again.len().min(1), now, rate);
        let fresh = self.orders(now, rate);
        let more = self.guard.pass(again.len() - first, now, rate);
        for number in again.into_iter().take(first + more) {
            if let Some(out) = self.out.get_mut(&number) {
                out.until = until;
                taken.insert(number, out.mail.clone());
            }
        }
        for mail in fresh {
            for alert in &mail.alerts {
                self.waiting.remove(alert);
            }
            if mail.is_follow_up || mail.kind == Kind::Digest {
                let is_told = |follow: &mut Follow| {
                    mail.threads.contains(&follow.thread) && follow.due <= now
                };
                self.follow.retain(|_, follow| !is_told(follow));
            }
            self.out.insert(
                self.next,
                Out {
                    until,
                    mail: mail.clone(),
                },
            );
            taken.insert(self.next, mail);
            self.next += 1;
        }
        taken
    }

    /// The mails that were taken and not sent; those first that were tried longest ago, so that one that never
    /// goes out keeps no other from its turn.
    fn to_try_again(&self, now: Timestamp) -> Vec<u64> {
        let over = self.out.iter().filter(|(_, out)| out.until <= now);
        let mut over: Vec<_> = over.map(|(number, out)| (out.until, *number)).collect();
        over.sort_unstable();
        over.into_iter().map(|(_, number)| number).collect()
    }

    /// It is to be told at `due` what followed on `alert`; asked again, that changes nothing.
    pub fn follow_up(&mut self, alert: AlertId, thread: ThreadId, due: Timestamp) {
        if self.follow.len() < ROOM {
            self.follow.entry(alert).or_insert(Follow { thread, due });
        }
    }

    /// The mails that tell what followed: with an update of the thread that goes out now, or alone.
    fn with_follow_ups(&mut self, mut orders: Vec<Order>, now: Timestamp) -> Vec<Order> {
        let out = self.threads_out();
        let is_due = |follow: &Follow| follow.due <= now && !out.contains(&follow.thread);
        let due: Vec<_> = self
            .follow
            .iter()
            .filter(|(_, follow)| is_due(follow))
            .collect();
        for (alert, Follow { thread, .. }) in due {
            let of_thread = |order: &&mut Order| order.threads.contains(thread);
            match orders.iter_mut().find(of_thread) {
                Some(order) => order.is_follow_up = true,
                None => orders.push(Order {
                    kind: Kind::Update,
                    alerts: vec![*alert],
                    threads: [*thread].into(),
                    is_follow_up: true,
                    reached: Reached::default(),
                }),
            }
        }
        orders
    }

    /// One mail for each thread that is due; those that the guard holds back, in one for all.
    fn orders(&mut self, now: Timestamp, rate: Rate) -> Vec<Order> {
        let due = self.gathered(self.due(now));
        let mut due = self.with_follow_ups(due, now);
        let passed = self.guard.pass(due.len(), now, rate);
        if passed >= due.len() || passed == 0 {
            due.truncate(passed);
            return due;
        }
        let rest = due.split_off(passed - 1);
        due.push(digest(rest));
        due
    }

    /// The same, but what is not urgent in one mail, if there are several of it.
    fn gathered(&self, orders: Vec<Order>) -> Vec<Order> {
        let level = |alert: &AlertId| self.waiting.get(alert).map(|waiting| waiting.level);
        let is_gathered = |order: &Order| {
            let worst = order.alerts.iter().filter_map(level).max();
            worst.is_some_and(is_gathered)
        };
        let (quiet, mut loud): (Vec<_>, Vec<_>) = orders.into_iter().partition(is_gathered);
        if quiet.len() > 1 {
            loud.push(digest(quiet));
        } else {
            loud.extend(quiet);
        }
        loud
    }

    /// The threads of which a mail is out: until it is done, nobody knows what it told.
    fn threads_out(&self) -> BTreeSet<ThreadId> {
        let out = self.out.values();
        out.flat_map(|out| out.mail.threads.iter().copied())
            .collect()
    }

    /// The threads of which something is due, the worst first.
    fn due(&self, now: Timestamp) -> Vec<Order> {
        let out = self.threads_out();
        let due: BTreeSet<ThreadId> = self
            .waiting
            .values()
            .filter(|waiting| waiting.due <= now && !out.contains(&waiting.thread))
            .map(|waiting| waiting.thread)
            .collect();
        let mut threads = BTreeMap::<ThreadId, Vec<(&AlertId, &Waiting)>>::new();
        for (alert, waiting) in &self.waiting {
            if due.contains(&waiting.thread) {
                threads
                    .entry(waiting.thread)
                    .or_default()
                    .push((alert, waiting));
            }
        }
        let mut due: Vec<_> = threads.into_iter().collect();
        let worst = |thread: &[(&AlertId, &Waiting)]| thread.iter().map(|(_, w)| w.level).max();
        let first = |thread: &[(&AlertId, &Waiting)]| thread.iter().map(|(_, w)| w.due).min();
        due.sort_by_key(|(_, thread)| (std::cmp::Reverse(worst(thread)), first(thread)));
        for (_, alerts) in &mut due {
            // The others go out when this mail has.
            alerts.sort_by_key(|(_, waiting)| (std::cmp::Reverse(waiting.level), waiting.due));
            alerts.truncate(DIGEST);
        }
        due.into_iter()
            .map(|(thread, alerts)| Order {
                kind: if alerts.iter().all(|(_, waiting)| waiting.update) {
                    Kind::Update
                } else {
                    Kind::Alert
                },
                alerts: alerts.into_iter().map(|(alert, _)| *alert).collect(),
                threads: [thread].into(),
                is_follow_up: false,
                reached: Reached::default(),
            })
            .collect()
    }

    /// The mail of this number has reached one of several, who was told so much of these alerts.
    pub fn reached(&mut self, number: u64, to: To, told: &BTreeMap<AlertId, (u64, bool)>) {
        if let Some(out) = self.out.get_mut(&number) {
            out.mail.reached.add(to, told);
        }
    }

    /// The mail of this number has gone out, and is remembered as told.
    pub fn done(&mut self, number: u64) {
        self.out.remove(&number);
    }

    /// The mail of this number could not be sent: whoever comes next may take it.
    pub fn give_back(&mut self, number: u64, now: Timestamp) {
        if let Some(out) = self.out.get_mut(&number) {
            out.until = now;
        }
    }

    /// Whether this alert waits, or is in a mail that is out.
    #[must_use]
    pub fn has(&self, alert: AlertId) -> bool {
        self.waits(alert)
            || self
                .out
                .values()
                .any(|out| out.mail.alerts.contains(&alert))
    }

    /// Whether this alert waits.
    #[must_use]
    pub fn waits(&self, alert: AlertId) -> bool {
        self.waiting.contains_key(&alert)
    }

    /// How many alerts wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits and nothing is out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.out.is_empty() && self.follow.is_empty()
    }
}

/// One mail for many threads; what it cannot account for waits on.
fn digest(orders: Vec<Order>) -> Order {
    let mut digest = Order {
        kind: Kind::Digest,
        alerts: Vec::new(),
        threads: BTreeSet::new(),
        is_follow_up: false,
        reached: Reached::default(),
    };
    for order in orders {
        if !digest.alerts.is_empty() && digest.alerts.len() + order.alerts.len() > DIGEST {
            break;
        }
        digest.alerts.extend(order.alerts);
        digest.threads.extend(order.threads);
    }
    digest
}

/// Forgets the oldest until there are no more than `most`.
fn forget_oldest<T>(known: &mut BTreeMap<u64, T>, most: usize, since: impl Fn(&T) -> Timestamp) {
    while known.len() > most {
        let oldest = known.iter().min_by_key(|(_, one)| since(one));
        let Some(oldest) = oldest.map(|(name, _)| *name) else {
            return;
        };
        known.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;
