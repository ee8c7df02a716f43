//! The one road from records to alerts: async, but no runtime and no AWS.
//!
//! ```text
//! screen → load → judge → publish → save
//! ```
//!
//! Records are screened by [`detect::Screener`], each by itself, wherever they come from and on as
//! many threads as there are. What was found then walks the rest of the road here, once for a batch:
//! what is remembered about the same alerts is loaded and merged, what is new is published, and what
//! was published is saved. **Publishing comes before saving**: a crash between them repeats an alert
//! under the same id, which the receiver knows how to pass over; the other way round would lose it.
//!
//! Many may walk the road at once. Whoever finds on saving that another was quicker begins again from
//! loading: what was found merges into what is remembered in any order, so nothing is lost and nothing
//! is counted twice.
//!
//! The road is pure but for its two [`ports`]; [`memory`] has both for tests and for a command line
//! that shall remember nothing.

pub mod activity;
mod agenda;
pub mod ledger;
pub mod memo;
pub mod memory;
pub mod once;
pub mod ports;
pub mod post;

use detect::alert::Alert;
use detect::case::{Case, Cases};
use detect::correlation::{Correlator, Findings, Waiting, Windows};
use detect::{Detector, Screened};
use jiff::Timestamp;

use self::memo::Memo;
use self::ports::{AlertSink, SinkError, StateError, StateKey, StateStore};

/// How many times a batch walks the road, if others are quicker each time.
const ATTEMPTS: u32 = 10;

/// The road, with what stands at its sides.
#[derive(Debug)]
pub struct Pipeline<S, A> {
    states: S,
    alerts: A,
}

/// Why a batch did not reach the end of the road; it may be sent again as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// What is remembered could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// What is remembered is not what this program writes.
    #[error("the state has `{key}` in a form that this version does not know")]
    Unreadable {
        /// Which item.
        key: String,
        /// What is wrong with it.
        #[source]
        cause: serde_json::Error,
    },
    /// Others wrote the same items each time.
    #[error("the state of {0} items was written by others again and again; send the batch again")]
    Contended(usize),
    /// The alerts could not be handed on.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// What became of a batch's findings.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Alerts that were published, new or with more events than before.
    pub published: usize,
    /// Alerts that were published before, about which nothing is new.
    pub known: usize,
    /// Items of state that were written.
    pub writes: usize,
    /// Items of state that another had written meanwhile.
    pub conflicts: usize,
    /// Windows that are waited for no more, for too many wait; the latest of their correlation.
    pub forgotten: usize,
}

impl Settled {
    /// Adds what one more try of the same did: what it found is what there is, what it did was done too.
    pub fn again(&mut self, walked: &Self) {
        self.published += walked.published;
        self.known = walked.known;
        self.writes += walked.writes;
        self.conflicts += walked.conflicts;
        self.forgotten = walked.forgotten;
    }
}

impl<S: StateStore, A: AlertSink> Pipeline<S, A> {
    /// Builds the road.
    pub fn new(states: S, alerts: A) -> Self {
        Self { states, alerts }
    }

    /// Walks the rest of the road with what `detector` found.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if the same findings are sent again.
    pub async fn settle(
        &mut self,
        detector: &Detector,
        screened: Screened,
    ) -> Result<Settled, PipelineError> {
        if !self.states.remembers() {
            return self.tell(detector, screened).await;
        }
        let Screened { cases, windows, .. } = screened;
        self.settle_at(detector, &cases, windows, None).await
    }

    /// Lets time pass up to `now`: asks the correlations about all that was waited for until then.
    ///
    /// For whoever has a [detector that does not wait](Detector::without_waiting) and a clock; `now` should
    /// lie so far back that records of that time have arrived.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if time passes again.
    pub async fn tick(
        &mut self,
        detector: &Detector,
        now: Timestamp,
    ) -> Result<Settled, PipelineError> {
        self.settle_at(detector, &Cases::default(), Windows::default(), Some(now))
            .await
    }

    async fn settle_at(
        &mut self,
        detector: &Detector,
        cases: &Cases,
        windows: Windows,
        clock: Option<Timestamp>,
    ) -> Result<Settled, PipelineError> {
        let mut sum = Settled::default();
        for attempt in 1..=ATTEMPTS {
            let walked = self
                .walk(detector, cases, windows.clone(), clock, attempt)
                .await?;
            sum.again(&walked);
            if walked.conflicts == 0 {
                return Ok(sum);
            }
            self.states.pause(attempt).await;
        }
        Err(PipelineError::Contended(sum.conflicts))
    }

    /// Tells all that was found, where nothing was and nothing will be remembered: it meets no conflict,
    /// and need not be copied for another try.
    async fn tell(
        &mut self,
        detector: &Detector,
        screened: Screened,
    ) -> Result<Settled, PipelineError> {
        let mut found = screened.cases;
        let mut correlator = detector.correlate(screened.windows);
        while correlator.judge() {}
        found.merge(correlator.into_cases());
        let alerts: Vec<Alert> = found.into_iter().map(Case::into_alert).collect();
        let published = alerts.len();
        self.alerts.publish(alerts).await?;
        Ok(Settled {
            published,
            ..Settled::default()
        })
    }

    /// Walks once.
    async fn walk(
        &mut self,
        detector: &Detector,
        found: &Cases,
        windows: Windows,
        clock: Option<Timestamp>,
        attempt: u32,
    ) -> Result<Settled, PipelineError> {
        let mut settled = Settled::default();
        let mut memo = Memo::default();
        let (mut together, now) = self.correlate(detector, windows, clock, &mut memo).await?;
        let found: Vec<&Case> = found.iter().chain(together.cases.iter()).collect();
        let found = found.into_iter();
        memo.recall(&self.states, found.clone().map(memo::case_key))
            .await?;
        let mut news = Cases::default();
        for case in found {
            let before: Option<Case> = memo.get(&memo::case_key(case))?;
            match with_news(before, case) {
                Some(case) => news.merge_one(case),
                None => settled.known += 1,
            }
        }
        let alerts: Vec<Alert> = news.iter().map(Case::alert).collect();
        settled.published += alerts.len();
        self.alerts.publish(alerts).await?;
        for case in news.iter() {
            memo.change(memo::case_key(case), case, memo::CASES)?;
        }
        for item in together.changed {
            memo.change(memo::shelf_key(&item.name), &item.shelf, memo::WINDOWS)?;
        }
        for (name, actor) in &together.actors {
            memo.change(memo::actor_key(name), actor, memo::WINDOWS)?;
        }
        if attempt > 1 {
            // The windows may have been saved at the first try, and what waits in them not.
            let waiting = together.waiting.into_iter();
            together.waiting = waiting.map(Waiting::as_fresh).collect();
        }
        settled.forgotten = agenda::note(&self.states, &mut memo, now, &together.waiting).await?;
        (settled.writes, settled.conflicts) = memo.save(&self.states).await?;
        Ok(settled)
    }

    /// Asks the correlations about what was found and what is remembered; and says up to when what was
    /// waited for has been asked.
    async fn correlate(
        &self,
        detector: &Detector,
        mut windows: Windows,
        clock: Option<Timestamp>,
        memo: &mut Memo,
    ) -> Result<(Findings, Option<Timestamp>), PipelineError> {
        let now = match clock {
            Some(now) => Some(now),
            None if detector.waits() => Some(agenda::pass(&self.states, memo, &mut windows).await?),
            None => None,
        };
        let mut correlator = match now {
            Some(now) => detector.correlate_at(windows, now),
            None => detector.correlate(windows),
        };
        if let Some(now) = now {
            for waiting in agenda::due(&self.states, memo, now).await? {
                correlator.expect(&waiting);
            }
        }
        self.follow(&mut correlator, memo).await?;
        loop {
            self.remind(&mut correlator, memo).await?;
            if !correlator.judge() {
                return Ok((correlator.finish(), now));
            }
        }
    }

    /// Finds out who stands behind sessions.
    async fn follow(
        &self,
        correlator: &mut Correlator<'_>,
        memo: &mut Memo,
    ) -> Result<(), PipelineError> {
        loop {
            let wanted = correlator.wanted_actors();
            if wanted.is_empty() {
                correlator.follow();
                return Ok(());
            }
            let keys = wanted.iter().map(|actor| memo::actor_key(actor.name()));
            memo.recall(&self.states, keys).await?;
            for actor in wanted {
                let key = memo::actor_key(actor.name());
                if !correlator.recall_actor(&actor, memo.get(&key)?) {
                    return Err(unreadable(&key));
                }
            }
        }
    }

    /// Reminds the correlator of all that it wants.
    async fn remind(
        &self,
        correlator: &mut Correlator<'_>,
        memo: &mut Memo,
    ) -> Result<(), PipelineError> {
        loop {
            let wanted = correlator.wanted();
            if wanted.is_empty() {
                return Ok(());
            }
            let keys = wanted.iter().map(|item| memo::shelf_key(item.name()));
            memo.recall(&self.states, keys).await?;
            for item in wanted {
                let key = memo::shelf_key(item.name());
                if !correlator.recall(&item, memo.get(&key)?) {
                    return Err(unreadable(&key));
                }
            }
        }
    }

    /// Remembers what principals did lately; see [`activity`].
    ///
    /// # Errors
    /// [`PipelineError`]; nothing that is judged depends on it.
    pub async fn remember(
        &self,
        activity: detect::activity::Activity,
    ) -> Result<usize, PipelineError> {
        activity::remember(&self.states, activity).await
    }

    /// Counts for the summary of its day what is done with; see [`ledger`].
    ///
    /// # Errors
    /// [`PipelineError`]; nothing that is judged depends on it.
    pub async fn count(
        &self,
        now: Timestamp,
        traffic: &ledger::Traffic,
    ) -> Result<usize, PipelineError> {
        ledger::count(&self.states, now, traffic).await
    }

    /// Hands on what is no alert by the way of alerts.
    ///
    /// # Errors
    /// [`SinkError`] if it was not accepted.
    pub async fn pass_on(&mut self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        self.alerts.pass_on(kind, message).await
    }

    /// What remembers, for whoever remembers more beside the road.
    pub fn states(&self) -> &S {
        &self.states
    }

    /// Gives back what stood at the sides of the road.
    pub fn into_parts(self) -> (S, A) {
        (self.states, self.alerts)
    }
}

fn unreadable(key: &StateKey) -> PipelineError {
    PipelineError::Unreadable {
        key: key.to_string(),
        cause: serde::de::Error::custom("written by another version"),
    }
}

/// What `found` and `before` say together, if that is more than `before` said.
fn with_news(before: Option<Case>, found: &Case) -> Option<Case> {
    let Some(before) = before else {
        return Some(found.clone());
    };
    let mut merged = before.clone();
    merged.merge(found.clone());
    (merged != before).then_some(merged)
}
