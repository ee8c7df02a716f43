//! From findings to mails: each alert claimed once, grouped with its like, and sent.
//!
//! ```text
//! remember → enter the desk → take what is due → write → send → remember as told → done
//! ```
//!
//! A mail goes to everybody whom the [table of routes](routes) names for one of its alerts, to each with their
//! alerts in their language.
//!
//! **The outbox.** What is to be told is saved before it is sent, and struck off after: a crash between
//! any two steps leaves it where the next one finds it. What was told of an alert is remembered for 45
//! days, so a finding that comes again is passed over; one that has grown is told as an update. The one
//! step that cannot be made safe is the sending itself: whoever dies after the mail was accepted and
//! before that was saved leaves a mail that goes out twice, because a repeated mail is better than a lost
//! one. Of a mail to several each is noted as soon as it has gone, so no more than one is doubled.
//!
//! Three kinds of items: the [`desk`] (one), a [`Claim`] for each alert, a [`Thread`] for each
//! conversation. The desk is loaded first and saved on condition, so no two copies can decide on the same
//! alert without one of them noticing.

mod beginning;
mod claim;
pub mod desk;
mod guard;
pub mod history;
mod ladder;
mod readers;
pub mod routes;
mod sending;
#[cfg(test)]
pub(crate) mod stage;
mod summary;
mod thread;

use std::cell::Cell;
use std::collections::BTreeMap;

use detect::alert::{Alert, AlertId};
use detect::language::Language;
use detect::render::mail::{Accounts, Letter, Mail};
use jiff::{SignedDuration, Timestamp};

pub use self::claim::Claim;
use self::desk::{Desk, Full, Order};
pub use self::guard::Rate;
pub use self::ladder::Ladder;
pub use self::readers::{Look, Readers};
pub use self::routes::{Addressee, RouteError, Routes};
pub use self::summary::Habit;
pub use self::thread::{Thread, ThreadId};
use crate::PipelineError;
use crate::ledger;
use crate::memo::{self, Memo, Tries};
use crate::ports::{SinkError, StateKey, StateStore};

/// How many times something is tried whose items others write.
const ATTEMPTS: u32 = 20;

/// How long the desk is kept after it was last used.
const DESK: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Takes mails to whoever reads them.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait MailSink {
    /// Sends one mail to this address; to where all mails go if none is given.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted, or nobody knows whether it was.
    async fn send(&self, to: Option<&str>, mail: &Mail) -> Result<(), SinkError>;

    /// Tells a chat room, if there is one.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted.
    async fn notify(&self, notification: &str) -> Result<(), SinkError> {
        let _ = notification;
        Ok(())
    }

    /// Hands a mail over to whoever brings it to rooms and people besides, if anybody does.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted, or nobody knows whether it was; it is then handed over again.
    async fn hand_over(&self, handed: &Handed<'_>) -> Result<(), SinkError> {
        let _ = handed;
        Ok(())
    }

    /// Hands on what is no mail and for no person, by the way of mails but to an address of its own, if it has one.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted.
    async fn pass_on(&self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        let _ = (kind, message);
        Ok(())
    }

    /// Who is subscribed to where mails go, place by place, where that can be asked at all: where all go without a
    /// table, and then where some do.
    ///
    /// # Errors
    /// [`SinkError`] if it is not said of the first.
    async fn readers(&self) -> Result<Vec<Readers>, SinkError> {
        Ok(Vec::new())
    }

    /// Whether CloudTrail can be asked what happened in this account.
    fn has_history(&self, account: &str) -> bool {
        let _ = account;
        false
    }

    /// The records that CloudTrail has, asked when `wait` is over, by [`history::REQUESTS`] at most.
    ///
    /// # Errors
    /// [`SinkError`] if it does not say.
    async fn history(
        &self,
        question: &history::Question,
        wait: SignedDuration,
    ) -> Result<Vec<String>, SinkError> {
        let _ = (question, wait);
        Ok(Vec::new())
    }
}

/// A mail that is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Handed<'a> {
    /// Names it: the same whenever the same is handed over again.
    pub id: &'a str,
    /// The same for all mails about one alert.
    pub thread: &'a str,
    /// The mail.
    pub mail: &'a Mail,
}

/// How mails are written and how many.
#[derive(Debug, Clone)]
pub struct Manner {
    /// How a mail reads.
    pub letter: Letter,
    /// How many go out.
    pub rate: Rate,
    /// How long the first update of a thread waits for others.
    pub update_after: SignedDuration,
    /// How long alerts of each level may wait for company.
    pub ladder: Ladder,
    /// Who is told of what.
    pub routes: Routes,
    /// When summaries go out, if they do.
    pub summary: Option<Habit>,
    /// In which languages mails are handed over for rooms, each by itself; in none if nobody takes them.
    pub rooms: Vec<Vec<Language>>,
}

impl Manner {
    /// The usual way: a mail a second, updates after a quarter of an hour, all of it to one addressee.
    #[must_use]
    pub fn new(letter: Letter) -> Self {
        Self {
            letter,
            rate: Rate::per_second(1.0),
            update_after: SignedDuration::from_mins(15),
            ladder: Ladder::default(),
            routes: Routes::default(),
            summary: None,
            rooms: Vec::new(),
        }
    }
}

/// Why findings were not dealt with; they may be sent again as they are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// The state failed us.
    #[error(transparent)]
    State(#[from] PipelineError),
    /// A mail was not accepted.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// All findings are on the desk, but of the mails not all could be sent; they are tried again.
    #[error("{unsent} mails could not be sent, and are tried again")]
    Unsent {
        /// How many.
        unsent: usize,
        /// What was done.
        posted: Box<Posted>,
        /// Why the last of them was not.
        #[source]
        why: Box<Self>,
    },
    /// Too many wait already.
    #[error(transparent)]
    Full(#[from] Full),
}

impl From<crate::ports::StateError> for PostError {
    fn from(error: crate::ports::StateError) -> Self {
        Self::State(error.into())
    }
}

/// What became of some findings.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Mails that went out.
    pub mails: usize,
    /// Mails that were handed over for rooms.
    pub handed: usize,
    /// Alerts that were told for the first time.
    pub told: usize,
    /// For each of them, how long after its event, in seconds.
    pub seconds: Vec<i64>,
    /// Findings about which nothing is new.
    pub known: usize,
    /// Findings about calls that another account's alert tells.
    pub copies: usize,
    /// Alerts that wait for their time.
    pub waiting: usize,
    /// Questions that were put to CloudTrail.
    pub questions: usize,
    /// Items of state that were written.
    pub writes: usize,
    /// Items of state that another had written meanwhile.
    pub conflicts: usize,
}

/// The room between findings and mails.
#[derive(Debug)]
pub struct PostOffice<S, M> {
    states: S,
    mails: M,
    manner: Manner,
    /// What was said of accounts before anything was learned.
    given: Accounts,
}

fn desk_key() -> StateKey {
    StateKey::new("mail", "desk")
}

fn claim_key(alert: AlertId) -> StateKey {
    StateKey::new("claim", alert)
}

fn thread_key(thread: ThreadId) -> StateKey {
    StateKey::new("thread", thread)
}

impl<S: StateStore, M: MailSink> PostOffice<S, M> {
    /// Opens the office.
    pub fn new(states: S, mails: M, manner: Manner) -> Self {
        Self {
            states,
            mails,
            given: manner.letter.accounts().clone(),
            manner,
        }
    }

    /// Hands on what is no mail by the way of mails.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted.
    pub async fn pass_on(&self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        self.mails.pass_on(kind, message).await
    }

    /// Learns the accounts of the organization: by id, name and path of units.
    ///
    /// What was said of an account stands above. Routes learn the units alone: an account's name its owner chooses,
    /// and so could take its alerts from one reader to another.
    pub fn learn<'m>(
        &mut self,
        members: impl Iterator<Item = (&'m str, &'m str, Option<&'m str>)> + Clone,
    ) {
        let named = self.given.with_members(members.clone());
        self.manner.letter = self.manner.letter.clone().with_accounts(named);
        self.manner.routes.know(self.given.with_units(members));
    }

    /// The state that it keeps.
    pub fn states(&self) -> &S {
        &self.states
    }

    /// Deals with `findings`, and with whatever else is due at `now`.
    ///
    /// From `dead` on we are surely no longer at work on it: then others take up what we had begun.
    ///
    /// # Errors
    /// [`PostError`]; nothing is lost if the same findings are sent again. After [`PostError::Unsent`] nothing is
    /// lost if they are not.
    pub async fn deliver(
        &self,
        findings: Vec<Alert>,
        now: Timestamp,
        dead: Timestamp,
    ) -> Result<Posted, PostError> {
        let mut posted = Posted::default();
        let claims = self.claim(findings, now, &mut posted).await?;
        let (orders, full) = self.decide(&claims, now, dead, &mut posted).await?;
        let (mut unsent, mut last) = (0, None);
        for (number, order) in orders {
            if let Err(error) = self.send(number, &order, now, &mut posted).await {
                self.give_back(number, now, &mut posted).await?;
                unsent += 1;
                last = Some(Box::new(error));
            }
        }
        // Those that found no room come back; what was due has gone out all the same, which makes room.
        match (full, last) {
            (Some(full), _) => Err(full.into()),
            (None, Some(why)) => Err(PostError::Unsent {
                unsent,
                posted: Box::new(posted),
                why,
            }),
            (None, None) => Ok(posted),
        }
    }

    /// Remembers the findings, so that whoever mails them later knows what to say.
    ///
    /// Returns the claims of which something is still to be told.
    async fn claim(
        &self,
        findings: Vec<Alert>,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<Vec<Claim>, PostError> {
        let mut found = BTreeMap::<AlertId, Claim>::new();
        for alert in findings {
            let claim = Claim::of(alert);
            match found.get_mut(&claim.id()) {
                Some(known) => known.merge(claim),
                None => drop(found.insert(claim.id(), claim)),
            }
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let noted = Cell::new(0);
        let claimed = self.change(posted, async |memo| {
            let (mut open, mut unknown) = (Vec::new(), Vec::new());
            memo.recall(&self.states, found.keys().copied().map(claim_key))
                .await?;
            for (id, new) in &found {
                let known: Option<Claim> = memo.get(&claim_key(*id))?;
                if known.is_none() {
                    unknown.push(new.alert());
                }
                let mut claim = known.clone().unwrap_or_else(|| new.clone());
                claim.merge(new.clone());
                if known.as_ref() != Some(&claim) {
                    memo.change(claim_key(*id), &claim, memo::CASES)?;
                }
                open.extend(claim.has_news().then_some(claim));
            }
            if self.manner.summary.is_some() {
                // Before it is claimed: a crash between the two notes it again, which changes nothing.
                let writes = ledger::note(&self.states, now, &unknown).await?;
                noted.set(noted.get() + writes);
            }
            Ok(open)
        });
        let open = claimed.await?;
        posted.writes += noted.get();
        posted.known += found.len() - open.len();
        Ok(open)
    }

    /// Puts `claims` on the desk, as many as have room, and takes what is due from it.
    async fn decide(
        &self,
        claims: &[Claim],
        now: Timestamp,
        dead: Timestamp,
        posted: &mut Posted,
    ) -> Result<(BTreeMap<u64, Order>, Option<Full>), PostError> {
        let later = now
            .saturating_add(self.manner.update_after)
            .unwrap_or(Timestamp::MAX);
        let (orders, full, waiting, copies) = self
            .change(posted, async |memo| {
                // The desk before all else: whoever strikes a mail off it has saved what was told.
                memo.recall(&self.states, [desk_key()].into_iter()).await?;
                let before: Option<Desk> = memo.get(&desk_key())?;
                let mut desk = before.clone().unwrap_or_default();
                let keys = claims.iter().map(|claim| claim_key(claim.id()));
                let threads = claims.iter().map(|claim| thread_key(claim.thread()));
                memo.recall(&self.states, keys.chain(threads)).await?;
                let (mut full, mut copies) = (None, 0);
                for claim in claims {
                    let told: Option<Claim> = memo.get(&claim_key(claim.id()))?;
                    if told.is_some_and(|told| !told.has_news()) {
                        continue;
                    }
                    let thread: Option<Thread> = memo.get(&thread_key(claim.thread()))?;
                    let update_due =
                        thread.map(|thread| thread.update_due(self.manner.update_after));
                    let Manner { ladder, routes, .. } = &self.manner;
                    let entry = claim.entry(update_due, now, *ladder, routes);
                    let to = entry.to.clone();
                    let shared = claim.shared();
                    if desk.is_copy(claim.id(), &shared, &to) {
                        copies += 1;
                        continue;
                    }
                    match desk.enter(entry, now, later) {
                        Ok(()) => {
                            desk.show(claim.id(), shared, &to, now);
                            desk.speak_for(claim.spoken_for(), &to, now);
                        }
                        // It speaks for nothing before it is sure to be told.
                        Err(error) => full = Some(error),
                    }
                }
                let orders = desk.take(now, dead, self.manner.rate);
                if before.as_ref() != Some(&desk) {
                    memo.change(desk_key(), &desk, DESK)?;
                }
                Ok((orders, full, desk.len(), copies))
            })
            .await?;
        posted.waiting = waiting;
        posted.copies += copies;
        Ok((orders, full))
    }

    async fn give_back(
        &self,
        number: u64,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        self.on_desk(posted, |desk| desk.give_back(number, now))
            .await
    }

    async fn on_desk(&self, posted: &mut Posted, act: impl Fn(&mut Desk)) -> Result<(), PostError> {
        self.change(posted, async |memo| {
            memo.recall(&self.states, [desk_key()].into_iter()).await?;
            let before: Desk = memo.get(&desk_key())?.unwrap_or_default();
            let mut desk = before.clone();
            act(&mut desk);
            if desk != before {
                memo.change(desk_key(), &desk, DESK)?;
            }
            Ok(())
        })
        .await
    }

    /// Does `act` with items as they are now, again and again until nobody else was quicker.
    async fn change<T>(
        &self,
        posted: &mut Posted,
        act: impl AsyncFn(&mut Memo) -> Result<T, PostError>,
    ) -> Result<T, PostError> {
        let mut tries = Tries::default();
        let done = memo::change(&self.states, ATTEMPTS, &mut tries, act).await;
        posted.writes += tries.writes;
        posted.conflicts += tries.conflicts;
        done
    }
}
