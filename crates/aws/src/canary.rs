//! How a canary is passed on at the doors that it comes by.
//!
//! The same at each: judged, handed on, and then noted, in this order, for one that comes twice is better than none.

use jiff::Timestamp;
use pipeline::ports::{AlertSink, SinkError, StateStore};
use pipeline::post::{MailSink, PostOffice};
use pipeline::{Pipeline, PipelineError};
use watch::canary::{self, Canary, Stop, Verdict};

use crate::words::chain;

/// What stands behind a door.
pub(crate) trait Way {
    /// Where it is, of the two.
    const STOP: Stop;

    /// What it remembers.
    fn states(&self) -> &impl StateStore;

    /// Hands a message on.
    async fn hand_on(&mut self, message: &str) -> Result<(), SinkError>;
}

impl<S: StateStore, A: AlertSink> Way for Pipeline<S, A> {
    const STOP: Stop = Stop::Events;

    fn states(&self) -> &impl StateStore {
        self.states()
    }

    async fn hand_on(&mut self, message: &str) -> Result<(), SinkError> {
        self.pass_on(canary::KIND, message).await
    }
}

impl<S: StateStore, M: MailSink> Way for &PostOffice<S, M> {
    const STOP: Stop = Stop::Alerts;

    fn states(&self) -> &impl StateStore {
        PostOffice::states(self)
    }

    async fn hand_on(&mut self, message: &str) -> Result<(), SinkError> {
        PostOffice::pass_on(self, canary::KIND, message).await
    }
}

/// Passes a canary on, and says what became of it. One that cannot be passed on is lost, which is what it is for.
pub(crate) async fn pass_on<W: Way>(way: &mut W, canary: Canary, now: Timestamp) {
    match pass(way, canary.stamped(W::STOP, now)).await {
        Ok(Verdict::Ours) => tracing::info!("a canary flies on"),
        Ok(Verdict::Again) => {}
        Ok(Verdict::Foreign) => tracing::warn!("somebody has sent what looks like a canary"),
        Err(error) => tracing::warn!(error = chain(&error), "a canary is lost"),
    }
}

async fn pass<W: Way>(way: &mut W, canary: Canary) -> Result<Verdict, PipelineError> {
    let verdict = canary::judge(way.states(), W::STOP, &canary).await?;
    if verdict == Verdict::Ours {
        way.hand_on(&canary.text()).await?;
        canary::passed(way.states(), W::STOP, &canary).await?;
    }
    Ok(verdict)
}
