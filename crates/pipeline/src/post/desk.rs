//! Which mail goes out when: a state machine without clock or network.
//!
//! Alerts wait on the desk until they are due; [`Desk::take`] makes mails of those that are, as many as
//! the storm guard lets pass, and keeps each until it is [`done`](Desk::done). Whoever takes a mail says
//! until when it lives; after that another may take it, because the first has died with it.
//!
//! Invariants: an alert that was entered waits, or is in a mail, until that mail is done; no alert is in
//! two mails that are out at once; more mails than the guard allows never go out, for what is left over
//! is folded into one.
//!
//! Source for the guard: SNS developer guide, *Amazon SNS endpoints and quotas*: ten mails a second to
//! one subscription suspend it.

use std::collections::{BTreeMap, BTreeSet};

use detect::alert::AlertId;
use detect::render::mail::Kind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sigma::Level;

use super::guard::{Guard, Rate};
use super::ladder::is_gathered;
use super::thread::ThreadId;

/// How many alerts may wait at once. Beyond, findings stay in their queue.
pub const ROOM: usize = 2_000;

/// How many alerts a digest accounts for.
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
}

/// A mail that was taken and is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Out {
    until: Timestamp,
    mail: Order,
}

/// A mail to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What kind of mail.
    pub kind: Kind,
    /// What it tells of, the worst first.
    pub alerts: Vec<AlertId>,
    /// The threads that it belongs to.
    pub threads: BTreeSet<ThreadId>,
    /// Whether it tells what followed, if anything did.
    #[serde(default)]
    pub is_follow_up: bool,
}

/// An alert on its way to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            return Err(Full);
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
            },
        );
        Ok(())
    }

    /// The mails that go out now, by number; each is ours `until` we are surely dead.
    #[must_use]
    pub fn take(&mut self, now: Timestamp, until: Timestamp, rate: Rate) -> BTreeMap<u64, Order> {
        let mut taken = BTreeMap::new();
        for (number, out) in &mut self.out {
            if out.until <= now {
                out.until = until;
                taken.insert(*number, out.mail.clone());
            }
        }
        for mail in self.orders(now, rate) {
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

    /// It is to be told at `due` what followed on `alert`; asked again, that changes nothing.
    pub fn follow_up(&mut self, alert: AlertId, thread: ThreadId, due: Timestamp) {
        if self.follow.len() < ROOM {
            self.follow.entry(alert).or_insert(Follow { thread, due });
        }
    }

    /// The mails that tell what followed: with an update of the thread that goes out now, or alone.
    fn with_follow_ups(&mut self, mut orders: Vec<Order>, now: Timestamp) -> Vec<Order> {
        let is_due = |follow: &Follow| follow.due <= now;
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

    /// The threads of which something is due, the worst first.
    fn due(&self, now: Timestamp) -> Vec<Order> {
        let due: BTreeSet<ThreadId> = self
            .waiting
            .values()
            .filter(|waiting| waiting.due <= now)
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
            })
            .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::per_second(1.0);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn id(number: u32) -> AlertId {
        AlertId::try_from(format!("th-{number:024x}")).unwrap()
    }

    fn entry(alert: u32, thread: &str, level: Level) -> Entry {
        Entry {
            alert: id(alert),
            thread: ThreadId::of(&[thread]),
            level,
            is_urgent: false,
            first_due: at(0),
            update_due: None,
        }
    }

    fn enter(desk: &mut Desk, alert: u32, thread: &str, second: i64) {
        let entry = entry(alert, thread, Level::High);
        desk.enter(entry, at(second), at(second + 900)).unwrap();
    }

    fn take(desk: &mut Desk, second: i64, rate: Rate) -> BTreeMap<u64, Order> {
        desk.take(at(second), at(second + 60), rate)
    }

    fn kinds(taken: &BTreeMap<u64, Order>) -> Vec<(Kind, usize)> {
        taken
            .values()
            .map(|order| (order.kind, order.alerts.len()))
            .collect()
    }

    #[test]
    fn the_first_of_a_thread_goes_out_at_once_and_later_ones_together() {
        let mut desk = Desk::default();
        enter(&mut desk, 1, "maria", 0);
        let first = take(&mut desk, 0, RATE);
        assert_eq!(kinds(&first), [(Kind::Alert, 1)]);
        enter(&mut desk, 2, "maria", 1);
        enter(&mut desk, 3, "maria", 2);
        desk.done(*first.keys().next().unwrap());
        assert!(take(&mut desk, 600, RATE).is_empty(), "not due yet");
        assert_eq!(kinds(&take(&mut desk, 901, RATE)), [(Kind::Update, 2)]);
    }

    #[test]
    fn what_is_not_urgent_goes_out_in_one_mail() {
        let mut desk = Desk::default();
        for number in 0..3 {
            let medium = Entry {
                first_due: at(900),
                ..entry(number, &number.to_string(), Level::Medium)
            };
            desk.enter(medium, at(0), at(900)).unwrap();
        }
        enter(&mut desk, 9, "maria", 10);
        assert_eq!(
            kinds(&take(&mut desk, 10, RATE)),
            [(Kind::Alert, 1)],
            "only what is high"
        );
        desk.done(0);
        assert_eq!(kinds(&take(&mut desk, 900, RATE)), [(Kind::Digest, 3)]);
    }

    #[test]
    fn what_followed_is_told_once_alone_or_with_an_update() {
        let thread = ThreadId::of(&["maria"]);
        let mut desk = Desk::default();
        desk.follow_up(id(1), thread, at(900));
        desk.follow_up(id(1), thread, at(5_000));
        assert!(take(&mut desk, 899, RATE).is_empty());
        let alone = take(&mut desk, 900, RATE);
        assert_eq!(kinds(&alone), [(Kind::Update, 1)]);
        assert!(alone.values().all(|order| order.is_follow_up));
        desk.done(0);
        assert!(desk.is_empty());

        desk.follow_up(id(1), thread, at(2_000));
        let update = Entry {
            update_due: Some(at(2_000)),
            ..entry(2, "maria", Level::High)
        };
        desk.enter(update, at(1_000), at(2_000)).unwrap();
        let both = take(&mut desk, 2_001, RATE);
        assert_eq!(kinds(&both), [(Kind::Update, 1)]);
        assert!(both.values().all(|order| order.is_follow_up));
        desk.done(1);
        assert!(desk.is_empty());
    }

    #[test]
    fn what_is_no_longer_so_is_told_at_once() {
        let mut desk = Desk::default();
        enter(&mut desk, 1, "maria", 0);
        let first = take(&mut desk, 0, RATE);
        desk.done(*first.keys().next().unwrap());
        let update = Entry {
            update_due: Some(at(900)),
            ..entry(1, "maria", Level::High)
        };
        desk.enter(update, at(10), at(910)).unwrap();
        assert!(take(&mut desk, 20, RATE).is_empty(), "an update waits");
        let urgent = Entry {
            is_urgent: true,
            ..update
        };
        desk.enter(urgent, at(30), at(930)).unwrap();
        assert_eq!(kinds(&take(&mut desk, 30, RATE)), [(Kind::Update, 1)]);
        desk.done(1);
        desk.enter(urgent, at(40), at(940)).unwrap();
        assert_eq!(kinds(&take(&mut desk, 40, RATE)), [(Kind::Update, 1)]);
    }

    #[test]
    fn what_is_over_the_rate_is_folded_into_one_that_accounts_for_each() {
        let mut desk = Desk::default();
        for number in 0..40 {
            enter(&mut desk, number, &number.to_string(), 0);
        }
        let taken = take(&mut desk, 0, RATE);
        let told: usize = taken.values().map(|order| order.alerts.len()).sum();
        assert_eq!(taken.len(), RATE.burst() as usize);
        assert_eq!(told, 40);
        assert_eq!(
            taken
                .values()
                .filter(|order| order.kind == Kind::Digest)
                .count(),
            1
        );
    }

    #[test]
    fn the_worst_is_told_by_itself() {
        let mut desk = Desk::default();
        for number in 0..40 {
            enter(&mut desk, number, &number.to_string(), 0);
        }
        let critical = entry(99, "worst", Level::Critical);
        desk.enter(critical, at(0), at(0)).unwrap();
        let taken = take(&mut desk, 0, RATE);
        let alone = taken.values().find(|order| order.alerts == [id(99)]);
        assert_eq!(alone.map(|order| order.kind), Some(Kind::Alert));
    }

    #[test]
    fn a_mail_whose_taker_died_is_taken_again_and_pays_nothing() {
        let mut desk = Desk::default();
        enter(&mut desk, 1, "maria", 0);
        let first = take(&mut desk, 0, RATE);
        assert!(take(&mut desk, 30, RATE).is_empty(), "held");
        assert_eq!(take(&mut desk, 60, RATE), first, "taken again");
        desk.give_back(0, at(61));
        assert_eq!(take(&mut desk, 61, RATE), first, "given back");
        desk.done(0);
        assert!(desk.is_empty() && take(&mut desk, 600, RATE).is_empty());
    }

    #[test]
    fn without_tokens_everything_waits() {
        let mut desk = Desk::default();
        let never = Rate::per_second(0.001);
        enter(&mut desk, 1, "a", 0);
        assert_eq!(take(&mut desk, 0, never).len(), 1);
        desk.done(0);
        enter(&mut desk, 2, "b", 1);
        assert!(take(&mut desk, 1, never).is_empty());
        assert!(desk.waits(id(2)));
        assert_eq!(take(&mut desk, 1_001, never).len(), 1);
    }

    #[test]
    fn there_is_an_end_to_the_room() {
        let mut desk = Desk::default();
        for number in 0..ROOM as u32 {
            enter(&mut desk, number, &number.to_string(), 0);
        }
        let one_more = entry(9_999, "x", Level::Low);
        assert_eq!(desk.enter(one_more, at(0), at(0)), Err(Full));
        let mut told = 0;
        for second in 0..10 {
            for (number, order) in take(&mut desk, second * 2, RATE) {
                told += order.alerts.len();
                desk.done(number);
            }
        }
        assert_eq!(told, ROOM, "digests empty it soon");
    }
}
