//! The door for a trail's log files: complete, some minutes after the call.
//!
//! The objects that the messages of a call tell of are read and judged one by one; what was found in all of
//! them is settled at once, for a call brings the files of the same minutes, and one write does for them all;
//! and only then is any of the messages done. What was read of an object that is broken further on is settled
//! all the same; its message then comes back, and ends alone in front of a person. An object that takes longer
//! than an invocation may is left in the middle, with word to ourselves where to go on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use baseline::Journal;
use detect::activity::Activity;
use detect::cloudtrail::inflate::InflateError;
use detect::cloudtrail::kind;
use detect::{Detector, Screened};
use pipeline::ledger::Traffic;
use pipeline::ports::{AlertSink, StateStore};
use pipeline::{Pipeline, PipelineError};
use watch::reconcile::{Door, Rate, Seen};

use crate::batch::{Call, Response};
use crate::deadline::Deadline;
use crate::habits::Habits;
use crate::log_bucket::{Chunks, FetchError, LogBucket};
use crate::metrics::Tally;
use crate::own::Own;
use crate::own_queue::{LeaveError, LeaveWord};
use crate::reading::{Judge, Part, count, note, remember};
use crate::trigger::{self, LogObject, Task, TriggerError};
use crate::words::chain;

/// Why a message is not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// It is no message for this door.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// An object cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An object is damaged; what could be read of it was judged.
    #[error("{object} cannot be read to its end: {problem}")]
    Damaged {
        /// Which.
        object: LogObject,
        /// What is wrong with it.
        problem: InflateError,
    },
    /// What was found could not be settled.
    #[error(transparent)]
    Settle(#[from] PipelineError),
    /// Nobody was told where to go on.
    #[error(transparent)]
    Leave(#[from] LeaveError),
    /// There was no time to begin.
    #[error("the invocation is almost over; the message is for the next one")]
    Late,
    /// The thread that judges has died.
    #[error("the reader of {0} has panicked; this is a mistake in the program")]
    Panicked(LogObject),
}

/// The door, with what stands at its sides.
pub struct LogFiles<B, Q, S, A> {
    detector: &'static Detector,
    bucket: B,
    queue: Q,
    judge: Arc<Mutex<Judge>>,
    habits: Option<Habits>,
    pipeline: Pipeline<S, A>,
    /// Whether what was done is counted for summaries.
    counts: bool,
}

impl<B: LogBucket, Q: LeaveWord, S: StateStore, A: AlertSink> LogFiles<B, Q, S, A> {
    /// Opens the door.
    pub fn new(
        detector: &'static Detector,
        own: Option<Own>,
        bucket: B,
        queue: Q,
        pipeline: Pipeline<S, A>,
    ) -> Self {
        Self {
            detector,
            bucket,
            queue,
            judge: Arc::new(Mutex::new(Judge::new(detector, own))),
            habits: None,
            pipeline,
            counts: false,
        }
    }

    /// The same, which also counts for summaries.
    #[must_use]
    pub fn counting(self) -> Self {
        Self {
            counts: true,
            ..self
        }
    }

    /// The same, and learns what is usual for whom.
    #[must_use]
    pub fn with_habits(mut self, habits: Habits) -> Self {
        self.habits = Some(habits);
        self.judging(Judge::observing)
    }

    /// The same, and notes such a share of what the other door should see too.
    #[must_use]
    pub fn sampling(self, rate: Rate) -> Self {
        self.judging(|judge| judge.sampling(rate))
    }

    /// The same, with another way of judging.
    fn judging(mut self, change: impl FnOnce(Judge) -> Judge) -> Self {
        let judge = Arc::into_inner(self.judge).map(Mutex::into_inner);
        let judge = judge.map(|judge| judge.unwrap_or_else(PoisonError::into_inner));
        let judge = judge.unwrap_or_else(|| Judge::new(self.detector, None));
        self.judge = Arc::new(Mutex::new(change(judge)));
        self
    }

    /// Does what the call asks for, until `deadline`.
    ///
    /// # Errors
    /// [`DoorError`] if the call is no batch and could not be carried out.
    pub async fn handle(
        &mut self,
        call: &Call,
        deadline: Deadline,
        tally: &mut Tally,
    ) -> Result<Response, DoorError> {
        let messages = match call {
            Call::Direct(message) => vec![(None, message.as_str())],
            Call::Queue(messages) => {
                let messages = messages.iter();
                messages
                    .map(|message| (Some(&message.id), message.body.as_str()))
                    .collect()
            }
        };
        let mut heard = Vec::new();
        for (id, message) in messages {
            let mut parts = Vec::new();
            let read = self.message(message, deadline, tally, &mut parts).await;
            heard.push((id, parts, read));
        }
        let mut activity = Activity::default();
        for (_, part) in heard.iter_mut().flat_map(|(_, parts, _)| parts) {
            activity.merge(std::mem::take(&mut part.activity));
        }
        remember(&self.pipeline, activity, tally).await;
        let mut observed = Journal::default();
        for (_, part) in heard.iter_mut().flat_map(|(_, parts, _)| parts) {
            observed.merge(&std::mem::take(&mut part.journal));
        }
        let mut seen = Seen::default();
        for (_, part) in heard.iter_mut().flat_map(|(_, parts, _)| parts) {
            seen.merge(std::mem::take(&mut part.seen));
        }
        let parts = heard.iter_mut().flat_map(|(_, parts, _)| parts);
        // In order: what is settled together leaves nothing behind.
        let suppressed = parts.map(|(_, part)| std::mem::take(&mut part.screened.suppressed));
        let mut suppressed = suppressed.collect::<Vec<_>>().into_iter();
        let parts = heard.iter_mut().flat_map(|(_, parts, _)| parts);
        self.settle_together(parts.map(|(_, part)| part).collect(), tally)
            .await;
        let mut response = Response::default();
        let mut traffic = Traffic::default();
        for (id, parts, read) in heard {
            let of_these = traffic_of(&parts, &mut suppressed);
            let done = self.finish(parts, tally).await.and(read);
            match (done, id) {
                (Ok(()), _) => traffic.add(&of_these),
                (Err(error), None) => return Err(error),
                (Err(error), Some(id)) => {
                    let error = chain(&error);
                    tracing::warn!(message = id, error, "the message comes back");
                    response.fail(id);
                }
            }
        }
        let learned = match self.learn(&observed, tally).await {
            Ok(()) => note(&self.pipeline, Door::LogFiles, &seen, tally).await,
            Err(error) => Err(error),
        };
        if let Err(error) = learned {
            let Call::Queue(messages) = call else {
                return Err(error.into());
            };
            let error = chain(&error);
            tracing::warn!(
                error,
                "what was observed is not learned; all messages come back"
            );
            response = Response::default();
            messages
                .iter()
                .for_each(|message| response.fail(&message.id));
        } else if self.counts {
            // What comes back is counted when it is done with.
            count(&self.pipeline, &traffic, tally).await;
        }
        Ok(response)
    }

    /// Learns what is usual: after the rules were settled, which do not wait for it.
    async fn learn(&mut self, observed: &Journal, tally: &mut Tally) -> Result<(), PipelineError> {
        let Some(habits) = &mut self.habits else {
            return Ok(());
        };
        let learned = habits
            .learn(self.detector, &mut self.pipeline, observed)
            .await?;
        tally.learned(&learned);
        Ok(())
    }

    /// Settles what all `parts` have found, if that works: what is left in them is still to be settled.
    async fn settle_together(&mut self, parts: Vec<&mut Part>, tally: &mut Tally) {
        let mut parts: Vec<_> = parts.into_iter().map(|part| &mut part.screened).collect();
        parts.retain(|screened| !screened.cases.is_empty() || !screened.windows.is_empty());
        if parts.len() < 2 {
            return;
        }
        let mut together = Screened::default();
        for screened in &parts {
            self.detector.join(&mut together, (*screened).clone());
        }
        match self.pipeline.settle(self.detector, together).await {
            Ok(settled) => {
                tally.settled(&settled);
                parts
                    .into_iter()
                    .for_each(|screened| *screened = Screened::default());
            }
            // Whatever one of them has that cannot be settled, the others shall not wait for it.
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "log files are settled one by one");
            }
        }
    }

    /// Settles what is left to be settled, and leaves word of what was not read to its end.
    async fn finish(
        &mut self,
        parts: Vec<(Task, Part)>,
        tally: &mut Tally,
    ) -> Result<(), DoorError> {
        let mut done = Ok(());
        for (task, part) in parts {
            done = done.and(self.settle(&task, part, tally).await);
        }
        done
    }

    /// Reads the log files that a message tells of into `parts`.
    async fn message(
        &mut self,
        message: &str,
        deadline: Deadline,
        tally: &mut Tally,
        parts: &mut Vec<(Task, Part)>,
    ) -> Result<(), DoorError> {
        if deadline.is_over() {
            return Err(DoorError::Late);
        }
        let notice = trigger::log_files(message)?;
        tally.neighbours(&notice.neighbours);
        tally.heard(&notice.regions);
        // Whatever one of them is, the others are read.
        let mut done = Ok(());
        for task in notice.tasks {
            match self.task(&task, deadline, tally).await {
                Ok(part) => parts.extend(part.map(|part| (task, part))),
                Err(error) => done = done.and(Err(error)),
            }
        }
        done
    }

    async fn task(
        &mut self,
        task: &Task,
        deadline: Deadline,
        tally: &mut Tally,
    ) -> Result<Option<Part>, DoorError> {
        let chunks = match self.bucket.open(&task.object).await {
            Ok(chunks) => chunks,
            Err(error) => {
                tally.unread(error.metric());
                if error.is_final() {
                    tracing::warn!(error = chain(&error), "a log file is passed over");
                    return Ok(None);
                }
                return Err(error.into());
            }
        };
        let judge = Arc::clone(&self.judge);
        let (name, done) = (Arc::<str>::from(task.object.to_string()), task.done);
        let reading = tokio::task::spawn_blocking(move || {
            // Between two files a judge is whole; one that has panicked lost only what it had found.
            let mut judge = judge.lock().unwrap_or_else(PoisonError::into_inner);
            judge.read(Some(&name), Chunks::new(chunks), done, deadline)
        });
        let part = reading
            .await
            .map_err(|_| DoorError::Panicked(task.object.clone()))?;
        tally.file(&part);
        tally.found(&part.screened);
        Ok(Some(part))
    }

    /// Settles what was found, and leaves word if it was not all.
    async fn settle(
        &mut self,
        task: &Task,
        part: Part,
        tally: &mut Tally,
    ) -> Result<(), DoorError> {
        if !part.screened.cases.is_empty() || !part.screened.windows.is_empty() {
            let settled = self.pipeline.settle(self.detector, part.screened).await?;
            tally.settled(&settled);
        }
        if let Some(done) = part.stopped {
            let task = Task {
                object: task.object.clone(),
                done,
            };
            self.queue.leave(&task).await?;
            tally.continued();
            return Ok(());
        }
        match part.report.problem {
            None => Ok(()),
            Some(problem) => Err(DoorError::Damaged {
                object: task.object.clone(),
                problem,
            }),
        }
    }
}

/// What the parts of one message add to the day, with what exclusions have silenced in each of them.
fn traffic_of(
    parts: &[(Task, Part)],
    suppressed: &mut impl Iterator<Item = BTreeMap<String, u64>>,
) -> Traffic {
    let mut traffic = Traffic::default();
    for (task, part) in parts {
        let mut one = Traffic {
            records: part.counts.judged,
            silenced: suppressed.next().unwrap_or_default(),
            ..Traffic::default()
        };
        // A file that is gone on with counts when it ends.
        if part.stopped.is_none() {
            (one.files, one.bytes) = (1, part.report.bytes_read);
            let account = kind::account(Path::new(&task.object.key));
            one.accounts
                .extend(account.map(|account| (account.to_owned(), 1)));
        }
        traffic.add(&one);
    }
    traffic
}
