//! The door for single records, moments after the call.
//!
//! EventBridge wraps a record of CloudTrail into an event: `AWS API Call via CloudTrail`, both spellings
//! of a console sign-in, service events, Insights, console actions, network activity. What is judged is
//! the record inside; it names the account and the region in which the call was made, also when another
//! account or region has forwarded the event.
//!
//! A schedule is the clock of this door: each of its events lets time pass, so that what was waited for and
//! has not followed is told. The time is that of the event, less what records may be late.
//!
//! One more comes by here that is no record: the [canary], which shows that the way of an alert is open.
//!
//! Source: CloudTrail user guide, *Amazon EventBridge events for CloudTrail*; EventBridge user guide,
//! *AWS service events delivered via AWS CloudTrail*.

use std::time::Duration;

use detect::Detector;
use jiff::{SignedDuration, Timestamp};
use pipeline::ports::{AlertSink, StateStore};
use pipeline::{Pipeline, PipelineError};
use serde::Deserialize;
use serde_json::value::RawValue;
use watch::canary::{self, Canary};
use watch::reconcile::{Door, Rate};

use crate::deadline::Deadline;
use crate::habits::Habits;
use crate::metrics::Tally;
use crate::own::Own;
use crate::reading::{Judge, note, remember};
use crate::trigger::Progress;

/// How the types of such events end.
const VIA: &str = "via CloudTrail";

/// The type of a schedule's events.
const TICK: &str = "Scheduled Event";

/// How late records may be before they are taken for missing.
///
/// Source: CloudTrail user guide, *How CloudTrail works*: within about five minutes on average, which is not
/// guaranteed.
pub const LATENESS: SignedDuration = SignedDuration::from_mins(30);

/// Why an event was not dealt with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// It is no event of EventBridge.
    #[error("the event is not one of EventBridge")]
    Foreign(#[from] serde_json::Error),
    /// Something that no rule of ours should have sent here.
    #[error(
        "the event has the type `{0}`, which is none of CloudTrail: mend the rule that sends it"
    )]
    OtherType(String),
    /// What is inside is no record.
    #[error("the event's detail is no record of CloudTrail")]
    NoRecord,
    /// A clock that does not say what time it is.
    #[error("the event of the schedule has no time")]
    NoTime,
    /// What was found could not be settled.
    #[error(transparent)]
    Settle(#[from] PipelineError),
}

/// The door, with what stands at its sides.
pub struct Events<S, A> {
    detector: &'static Detector,
    judge: Judge,
    habits: Option<Habits>,
    pipeline: Pipeline<S, A>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "detail-type")]
    detail_type: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    time: Option<Timestamp>,
}

impl<S: StateStore, A: AlertSink> Events<S, A> {
    /// Opens the door.
    pub fn new(detector: &'static Detector, own: Option<Own>, pipeline: Pipeline<S, A>) -> Self {
        Self {
            detector,
            judge: Judge::new(detector, own),
            habits: None,
            pipeline,
        }
    }

    /// The same, and judges by what is usual for whom.
    #[must_use]
    pub fn with_habits(self, habits: Habits) -> Self {
        Self {
            judge: self.judge.observing(),
            habits: Some(habits),
            ..self
        }
    }

    /// The same, and notes such a share of what the other door should see too.
    #[must_use]
    pub fn sampling(self, rate: Rate) -> Self {
        Self {
            judge: self.judge.sampling(rate),
            ..self
        }
    }

    /// Judges one event.
    ///
    /// # Errors
    /// [`EventError`]; Lambda then tries again, and at last hands the event to a person.
    pub async fn handle(&mut self, event: &str, tally: &mut Tally) -> Result<(), EventError> {
        let envelope: Envelope = serde_json::from_str(event)?;
        if envelope.source == canary::SOURCE {
            self.pass_on(&envelope.detail_type, event).await;
            return Ok(());
        }
        if envelope.detail_type == TICK {
            return self.tick(envelope.time, tally).await;
        }
        if !envelope.detail_type.ends_with(VIA) {
            return Err(EventError::OtherType(envelope.detail_type));
        }
        let part = self.judge.read(
            None,
            event.as_bytes(),
            Progress::default(),
            // One record is never too many.
            Deadline::within(Duration::from_secs(3_600)),
        );
        tally.records(&part.counts);
        if part.counts.judged == 0 && part.counts.skipped.is_empty() {
            return Err(EventError::NoRecord);
        }
        tally.found(&part.screened);
        remember(&self.pipeline, part.activity, tally).await;
        let settled = self.pipeline.settle(self.detector, part.screened).await?;
        tally.settled(&settled);
        if let Some(habits) = &mut self.habits {
            let unusual = habits.look(self.detector, &mut self.pipeline, &part.journal);
            tally.settled(&unusual.await?);
        }
        note(&self.pipeline, Door::Events, &part.seen, tally).await?;
        Ok(())
    }

    /// Passes a canary on. Anybody can send what only looks like one, so that is no error, and nothing comes of it.
    async fn pass_on(&mut self, kind: &str, event: &str) {
        #[derive(Deserialize)]
        struct Cage<'e> {
            #[serde(borrow)]
            detail: &'e RawValue,
        }
        let canary = serde_json::from_str(event).ok();
        let canary = canary.and_then(|Cage { detail }| Canary::of(detail.get()));
        let canary = canary.filter(|_| kind == canary::DETAIL_TYPE);
        match canary {
            Some(canary) => {
                crate::canary::pass_on(&mut self.pipeline, canary, Timestamp::now()).await;
            }
            None => tracing::debug!("no canary of ours"),
        }
    }

    /// Lets time pass.
    async fn tick(&mut self, time: Option<Timestamp>, tally: &mut Tally) -> Result<(), EventError> {
        let now = time.ok_or(EventError::NoTime)? - LATENESS;
        let settled = self.pipeline.tick(self.detector, now).await?;
        tally.settled(&settled);
        if let Some(habits) = &mut self.habits {
            tally.learned(&habits.close(self.pipeline.states()).await?);
        }
        Ok(())
    }
}
