//! The queue that mails come from, and the one where those lie that cannot be brought.

use std::time::Duration;

use aws_sdk_sqs::Client;
use function::batch::Message;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What is asked of the queues.
#[expect(
    async_fn_in_trait,
    reason = "the office is generic over its ports, no bound on them is missing"
)]
pub trait Queue {
    /// Lets a message come back after a while, and not before.
    ///
    /// # Errors
    /// [`QueueError`]; then it comes back when the queue pleases.
    async fn hide(&self, message: &Message, wait: Duration) -> Result<(), QueueError>;

    /// Lays a mail among the dead letters.
    ///
    /// # Errors
    /// [`QueueError`] if it was not accepted.
    async fn bury(&self, mail: &str) -> Result<(), QueueError>;
}

/// A queue refuses.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} refuses")]
pub struct QueueError {
    /// The queue.
    pub queue: String,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Queues of SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
    dead_letters: String,
}

impl SqsQueue {
    /// The queue at `url`, and that of its dead letters.
    #[must_use]
    pub fn new(client: Client, url: String, dead_letters: String) -> Self {
        Self {
            client,
            url,
            dead_letters,
        }
    }
}

impl Queue for SqsQueue {
    async fn hide(&self, message: &Message, wait: Duration) -> Result<(), QueueError> {
        let change = self.client.change_message_visibility();
        let change = change
            .queue_url(&self.url)
            .receipt_handle(&message.handle)
            .visibility_timeout(i32::try_from(wait.as_secs()).unwrap_or(i32::MAX));
        let changed = Box::pin(change.send()).await;
        changed.map(drop).map_err(|error| QueueError {
            queue: self.url.clone(),
            cause: error.into(),
        })
    }

    async fn bury(&self, mail: &str) -> Result<(), QueueError> {
        let message = self.client.send_message().queue_url(&self.dead_letters);
        let sent = Box::pin(message.message_body(mail).send()).await;
        sent.map(drop).map_err(|error| QueueError {
            queue: self.dead_letters.clone(),
            cause: error.into(),
        })
    }
}
