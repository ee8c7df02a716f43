//! Word to ourselves: the next invocation goes on with a large object where this one had to stop.

use aws_sdk_sqs::Client;

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
#[derive(Debug, Clone)]
pub struct OwnQueue {
    client: Client,
    url: String,
}

impl OwnQueue {
    /// Leaves messages in the queue at `url`.
    #[must_use]
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }
}

impl LeaveWord for OwnQueue {
    async fn leave(&self, task: &Task) -> Result<(), LeaveError> {
        let message = self.client.send_message().queue_url(&self.url);
        let sent = Box::pin(message.message_body(task.to_message()).send()).await;
        sent.map(drop).map_err(|error| LeaveError {
            queue: self.url.clone(),
            cause: error.into(),
        })
    }
}
