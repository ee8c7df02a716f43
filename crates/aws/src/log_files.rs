//! The door for a trail's log files: complete, some minutes after the call.
//!
//! Message by message: the objects it tells of are read, judged and settled, and only then is the message
//! done. What was read of an object that is broken further on is settled all the same; the message then
//! comes back, and ends alone in front of a person. An object that takes longer than an invocation may
//! is left in the middle, with word to ourselves where to go on.

use std::sync::{Arc, Mutex, PoisonError};

use detect::Detector;
use detect::cloudtrail::inflate::InflateError;
use pipeline::ports::{AlertSink, StateStore};
use pipeline::{Pipeline, PipelineError};

use crate::batch::{self, Call, Response};
use crate::deadline::Deadline;
use crate::log_bucket::{Chunks, FetchError, LogBucket};
use crate::metrics::Tally;
use crate::own::Own;
use crate::own_queue::{LeaveError, LeaveWord};
use crate::reading::{Judge, Part, remember};
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
    pipeline: Pipeline<S, A>,
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
            pipeline,
        }
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
        batch::each_message(call, async |message| {
            self.message(message, deadline, tally).await
        })
        .await
    }

    async fn message(
        &mut self,
        message: &str,
        deadline: Deadline,
        tally: &mut Tally,
    ) -> Result<(), DoorError> {
        if deadline.is_over() {
            return Err(DoorError::Late);
        }
        let notice = trigger::log_files(message)?;
        tally.neighbours(&notice.neighbours);
        tally.heard(&notice.regions);
        for task in notice.tasks {
            self.task(&task, deadline, tally).await?;
        }
        Ok(())
    }

    async fn task(
        &mut self,
        task: &Task,
        deadline: Deadline,
        tally: &mut Tally,
    ) -> Result<(), DoorError> {
        let chunks = match self.bucket.open(&task.object).await {
            Ok(chunks) => chunks,
            Err(error) => {
                tally.unread(error.reason());
                if error.is_final() {
                    tracing::warn!(error = chain(&error), "a log file is passed over");
                    return Ok(());
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
        self.settle(task, part, tally).await
    }

    /// Settles what was found, and leaves word if it was not all.
    async fn settle(
        &mut self,
        task: &Task,
        part: Part,
        tally: &mut Tally,
    ) -> Result<(), DoorError> {
        tally.file(&part);
        tally.found(&part.screened);
        remember(&self.pipeline, part.activity, tally).await;
        let settled = self.pipeline.settle(self.detector, part.screened).await?;
        tally.settled(&settled);
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
