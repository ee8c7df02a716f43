//! Word to ourselves: the next invocation goes on with a large object where this one had to stop.

use cloud::signed::{Call, Caller, Service};
use serde_json::json;

use crate::trigger::Task;

/// Takes word to the next invocation.
#[expect(
    async_fn_in_trait,
    reason = "the doors are generic over their ports, no bound on them is missing"
)]
pub trait LeaveWord {
    /// Leaves word that `task` is to be gone on with.
    ///
    /// # Errors
    /// [`LeaveError`]; then the message that asked for the object must come back.
    async fn leave(&self, task: &Task) -> Result<(), LeaveError>;
}

/// Nobody was told where to go on.
#[derive(Debug, thiserror::Error)]
#[error("no message could be left in {queue} to go on with a large object")]
pub struct LeaveError {
    /// The queue.
    pub queue: String,
    /// Why.
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

/// The queue that our own messages come from.
///
/// One call, which few invocations make: signed by ourselves, where a client of SQS would be a part of each.
#[derive(Debug)]
pub struct OwnQueue {
    caller: Caller,
    url: String,
}

impl OwnQueue {
    /// Leaves messages in the queue at `url`.
    #[must_use]
    pub fn new(caller: Caller, url: String) -> Self {
        Self { caller, url }
    }
}

impl LeaveWord for OwnQueue {
    async fn leave(&self, task: &Task) -> Result<(), LeaveError> {
        let body = json!({ "QueueUrl": self.url, "MessageBody": task.to_message() });
        let region = self.caller.region();
        let call = Call::json_1_0(Service::SQS, region, "AmazonSQS.SendMessage", &body);
        let sent = Box::pin(self.caller.done(&call)).await;
        sent.map(drop).map_err(|error| LeaveError {
            queue: self.url.clone(),
            cause: error.into(),
        })
    }
}
