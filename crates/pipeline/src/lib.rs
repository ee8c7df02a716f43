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
//! The road is pure but for its two [`ports`]; [`memory`] has both for tests and for a command line
//! that shall remember nothing.

pub mod memory;
pub mod ports;

use detect::Screened;
use detect::alert::Alert;
use detect::case::Cases;

use self::ports::{AlertSink, SinkError, StateError, StateStore};

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
    /// The alerts could not be handed on.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// What became of a batch's findings.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Settled {
    /// Alerts that were published, new or with more events than before.
    pub published: usize,
    /// Alerts that were published before, about which nothing is new.
    pub known: usize,
}

impl<S: StateStore, A: AlertSink> Pipeline<S, A> {
    /// Builds the road.
    pub fn new(states: S, alerts: A) -> Self {
        Self { states, alerts }
    }

    /// Walks the rest of the road with what was found.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if the same findings are sent again.
    pub async fn settle(&mut self, screened: Screened) -> Result<Settled, PipelineError> {
        let found = screened.cases;
        let ids: Vec<_> = found.iter().map(detect::case::Case::id).collect();
        let before = self.states.load(&ids).await?;
        let news = news(&before, found);
        let settled = Settled {
            published: news.len(),
            known: ids.len() - news.len(),
        };
        let alerts: Vec<Alert> = news.iter().map(detect::case::Case::alert).collect();
        self.alerts.publish(alerts).await?;
        self.states.save(news).await?;
        Ok(settled)
    }

    /// Gives back what stood at the sides of the road.
    pub fn into_parts(self) -> (S, A) {
        (self.states, self.alerts)
    }
}

/// The cases that say more than `before` did of the same alerts, merged with it.
fn news(before: &Cases, found: Cases) -> Cases {
    let mut news = Cases::default();
    for case in found {
        match before.get(case.id()) {
            None => news.merge_one(case),
            Some(known) => {
                let mut merged = known.clone();
                merged.merge(case);
                if merged != *known {
                    news.merge_one(merged);
                }
            }
        }
    }
    news
}
