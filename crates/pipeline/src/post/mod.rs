//! From findings to mails: each alert claimed once, grouped with its like, and sent.
//!
//! ```text
//! remember → enter the desk → take what is due → write → send → remember as told → done
//! ```
//!
//! **The outbox.** What is to be told is saved before it is sent, and struck off after: a crash between
//! any two steps leaves it where the next one finds it. What was told of an alert is remembered for 45
//! days, so a finding that comes again is passed over; one that has grown is told as an update. The one
//! step that cannot be made safe is the sending itself: whoever dies after the mail was accepted and
//! before that was saved leaves a mail that goes out twice, because a repeated mail is better than a lost
//! one.
//!
//! Three kinds of items: the [`desk`] (one), a [`Claim`] for each alert, a [`Thread`] for each
//! conversation. The desk is loaded first and saved on condition, so no two copies can decide on the same
//! alert without one of them noticing.

mod beginning;
mod claim;
pub mod desk;
mod guard;
mod ladder;
mod thread;

use std::collections::BTreeMap;

use detect::activity::{Around, Ring, SPAN};
use detect::alert::{Alert, AlertId};
use detect::render::mail::{Kind, Letter, Mail, Told};
use jiff::{SignedDuration, Timestamp};

pub use self::claim::Claim;
use self::desk::{Desk, Full, Order};
pub use self::guard::Rate;
pub use self::ladder::Ladder;
pub use self::thread::{Thread, ThreadId};
use crate::PipelineError;
use crate::activity;
use crate::memo::{self, Memo};
use crate::ports::{SinkError, StateKey, StateStore};

/// How many times something is tried whose items others write.
const ATTEMPTS: u32 = 20;

/// Of how many alerts of a mail it is told what was done around them.
const IN_CONTEXT: usize = 3;

/// How long the desk is kept after it was last used.
const DESK: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Takes mails to whoever reads them.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait MailSink {
    /// Sends one mail.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted, or nobody knows whether it was.
    async fn send(&self, mail: &Mail) -> Result<(), SinkError>;
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
    /// Alerts that were told for the first time.
    pub told: usize,
    /// For each of them, how long after its event, in seconds.
    pub seconds: Vec<i64>,
    /// Findings about which nothing is new.
    pub known: usize,
    /// Alerts that wait for their time.
    pub waiting: usize,
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
            manner,
        }
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
    /// [`PostError`]; nothing is lost if the same findings are sent again.
    pub async fn deliver(
        &self,
        findings: Vec<Alert>,
        now: Timestamp,
        dead: Timestamp,
    ) -> Result<Posted, PostError> {
        let mut posted = Posted::default();
        let claims = self.claim(findings, &mut posted).await?;
        let (orders, full) = self.decide(&claims, now, dead, &mut posted).await?;
        // Those that found no room come back; what is due goes out all the same, which makes room.
        let mut result = full.map_or(Ok(()), |full| Err(full.into()));
        for (number, order) in orders {
            if let Err(error) = self.send(number, &order, now, &mut posted).await {
                self.give_back(number, now, &mut posted).await?;
                result = Err(error);
            }
        }
        result.map(|()| posted)
    }

    /// Remembers the findings, so that whoever mails them later knows what to say.
    ///
    /// Returns the claims of which something is still to be told.
    async fn claim(
        &self,
        findings: Vec<Alert>,
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
        self.change(posted, async |memo| {
            let mut open = Vec::new();
            memo.recall(&self.states, found.keys().copied().map(claim_key))
                .await?;
            for (id, new) in &found {
                let known: Option<Claim> = memo.get(&claim_key(*id))?;
                let mut claim = known.clone().unwrap_or_else(|| new.clone());
                claim.merge(new.clone());
                if known.as_ref() != Some(&claim) {
                    memo.change(claim_key(*id), &claim, memo::CASES)?;
                }
                open.extend(claim.has_news().then_some(claim));
            }
            Ok(open)
        })
        .await
        .inspect(|open| posted.known += found.len() - open.len())
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
        let (orders, full, waiting) = self
            .change(posted, async |memo| {
                // The desk before all else: whoever strikes a mail off it has saved what was told.
                memo.recall(&self.states, [desk_key()].into_iter()).await?;
                let before: Option<Desk> = memo.get(&desk_key())?;
                let mut desk = before.clone().unwrap_or_default();
                let keys = claims.iter().map(|claim| claim_key(claim.id()));
                let threads = claims.iter().map(|claim| thread_key(claim.thread()));
                memo.recall(&self.states, keys.chain(threads)).await?;
                let mut full = None;
                for claim in claims {
                    let told: Option<Claim> = memo.get(&claim_key(claim.id()))?;
                    if told.is_some_and(|told| !told.has_news()) {
                        continue;
                    }
                    let thread: Option<Thread> = memo.get(&thread_key(claim.thread()))?;
                    let update_due =
                        thread.map(|thread| thread.update_due(self.manner.update_after));
                    let entered =
                        desk.enter(claim.entry(update_due, now, self.manner.ladder), now, later);
                    full = full.or(entered.err());
                    desk.speak_for(claim.spoken_for(), now);
                }
                let orders = desk.take(now, dead, self.manner.rate);
                if before.as_ref() != Some(&desk) {
                    memo.change(desk_key(), &desk, DESK)?;
                }
                Ok((orders, full, desk.len()))
            })
            .await?;
        posted.waiting = waiting;
        Ok((orders, full))
    }

    /// Writes and sends a mail, and remembers what it told.
    async fn send(
        &self,
        number: u64,
        order: &Order,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let claims = self.recall(order).await?;
        let mut news: Vec<&Claim> = claims.values().filter(|claim| claim.has_news()).collect();
        let is_follow_up = order.is_follow_up && news.is_empty();
        if is_follow_up {
            news.extend(claims.values());
        }
        let rings = self.rings(order, &news).await?;
        let mut around: Vec<Around<'_>> = news
            .iter()
            .zip(&rings)
            .map(|(claim, ring)| claim.around(ring))
            .collect();
        for (around, claim) in around.iter_mut().zip(&news) {
            around.began_by = claim.began_by(&self.states).await;
        }
        // That nothing followed is no news.
        let is_quiet = is_follow_up && around.iter().all(|around| around.after.is_empty());
        if !news.is_empty() && !is_quiet {
            let mut told: Vec<Told<'_>> = news.iter().map(|claim| claim.told()).collect();
            for (told, around) in told.iter_mut().zip(&around) {
                told.around = Some(around);
            }
            let mail = self.manner.letter.write(order.kind, &told, now);
            self.mails.send(&mail).await?;
            posted.mails += 1;
            let first = news.iter().filter(|claim| claim.is_new());
            posted
                .seconds
                .extend(first.clone().map(|claim| claim.age(now)));
            posted.told += first.count();
            self.remember(&news, order, now, posted).await?;
        }
        let follow = news
            .iter()
            .filter(|claim| claim.is_new() && claim.is_followed_up());
        let follow: Vec<_> = follow.map(|claim| (claim.id(), claim.thread())).collect();
        let due = now.saturating_add(SPAN).unwrap_or(Timestamp::MAX);
        self.on_desk(posted, |desk| {
            desk.done(number);
            if order.kind == Kind::Alert {
                for (alert, thread) in &follow {
                    desk.follow_up(*alert, *thread, due);
                }
            }
        })
        .await
    }

    /// What the principals of `claims` did lately, of those that a mail has room for. A mail without that
    /// is better than none, so what cannot be read is left out.
    async fn rings(&self, order: &Order, claims: &[&Claim]) -> Result<Vec<Ring>, PostError> {
        if order.kind == Kind::Digest {
            return Ok(Vec::new());
        }
        let whose: Vec<_> = claims
            .iter()
            .take(IN_CONTEXT)
            .map(|claim| claim.whose())
            .collect();
        Ok(activity::recall(&self.states, &whose)
            .await
            .unwrap_or_default())
    }

    /// What the mail is about.
    async fn recall(&self, order: &Order) -> Result<BTreeMap<AlertId, Claim>, PostError> {
        let mut memo = Memo::default();
        memo.recall(&self.states, order.alerts.iter().copied().map(claim_key))
            .await?;
        let mut claims = BTreeMap::new();
        for id in &order.alerts {
            if let Some(claim) = memo.get::<Claim>(&claim_key(*id))? {
                claims.insert(*id, claim);
            }
        }
        Ok(claims)
    }

    /// Saves that `news` were told, and gives up only when the state stays away: whatever is not saved now
    /// is told twice.
    async fn remember(
        &self,
        news: &[&Claim],
        order: &Order,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.note(news, order, now, posted).await {
                Err(PostError::State(PipelineError::State(_))) if attempt < ATTEMPTS => {
                    self.states.pause(attempt).await;
                }
                result => return result,
            }
        }
    }

    /// Saves that `news` were told.
    async fn note(
        &self,
        news: &[&Claim],
        order: &Order,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        self.change(posted, async |memo| {
            let threads = order.threads.iter().copied().map(thread_key);
            let claims = news.iter().map(|claim| claim_key(claim.id()));
            memo.recall(&self.states, claims.chain(threads)).await?;
            for claim in news {
                let key = claim_key(claim.id());
                let mut known = memo.get(&key)?.unwrap_or_else(|| (*claim).clone());
                if known.tell(claim) {
                    memo.change(key, &known, memo::CASES)?;
                }
            }
            for thread in &order.threads {
                let key = thread_key(*thread);
                let known: Option<Thread> = memo.get(&key)?;
                let changed = Thread::with_mail(known, now);
                if known.is_none_or(|known| known.last < now) {
                    memo.change(key, &changed, memo::CASES)?;
                }
            }
            Ok(())
        })
        .await
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
        for attempt in 1..=ATTEMPTS {
            let mut memo = Memo::default();
            let done = act(&mut memo).await?;
            let (writes, conflicts) = memo.save(&self.states).await?;
            posted.writes += writes;
            posted.conflicts += conflicts;
            if conflicts == 0 {
                return Ok(done);
            }
            self.states.pause(attempt).await;
        }
        Err(PipelineError::Contended(1).into())
    }
}
