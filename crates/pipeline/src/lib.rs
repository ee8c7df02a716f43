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
mod memo;
pub mod memory;
pub mod ports;
pub mod post;

use detect::alert::Alert;
use detect::case::{Case, Cases};
use detect::correlation::{Changed, Windows};
use detect::{Detector, Screened};

use self::memo::Memo;
use self::ports::{AlertSink, SinkError, StateError, StateStore};

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
    #[error(
        "the state of {0} items was written by others {ATTEMPTS} times in a row; send the batch again"
    )]
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
        let mut sum = Settled::default();
        for attempt in 1..=ATTEMPTS {
            let walked = self.walk(detector, &cases, windows.clone()).await?;
            sum.published += walked.published;
            sum.known = walked.known;
            sum.writes += walked.writes;
            sum.conflicts += walked.conflicts;
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
    ) -> Result<Settled, PipelineError> {
        let mut settled = Settled::default();
        let mut memo = Memo::default();
        let (together, changed) = self.correlate(detector, windows, &mut memo).await?;
        let found: Vec<&Case> = found.iter().chain(together.iter()).collect();
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
        for window in changed {
            memo.change(
                memo::window_key(&window.name),
                &window.window,
                memo::WINDOWS,
            )?;
        }
        (settled.writes, settled.conflicts) = memo.save(&self.states).await?;
        Ok(settled)
    }

    /// Asks the correlations about what was found and what is remembered: the cases that they make, and
    /// the windows that are not as they were.
    async fn correlate(
        &self,
        detector: &Detector,
        windows: Windows,
        memo: &mut Memo,
    ) -> Result<(Cases, Vec<Changed>), PipelineError> {
        let mut correlator = detector.correlate(windows);
        loop {
            let wanted = correlator.wanted();
            let keys = wanted.iter().map(|window| memo::window_key(window.name()));
            memo.recall(&self.states, keys).await?;
            for window in wanted {
                let key = memo::window_key(window.name());
                if !correlator.recall(&window, memo.get(&key)?) {
                    let cause = serde::de::Error::custom("written by another version");
                    let key = key.to_string();
                    return Err(PipelineError::Unreadable { key, cause });
                }
            }
            if !correlator.judge() {
                return Ok(correlator.finish());
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

    /// Gives back what stood at the sides of the road.
    pub fn into_parts(self) -> (S, A) {
        (self.states, self.alerts)
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
