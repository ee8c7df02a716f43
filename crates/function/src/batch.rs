//! Messages taken one by one, so that one that fails comes back alone.
//!
//! Invariant: a message is left out of the answer's failures only if all that it asks for was done.
//!
//! Source: Lambda developer guide, *Reporting batch item failures* (`ReportBatchItemFailures`).

use serde::{Deserialize, Serialize};

/// A message of a queue.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// Names it within its batch.
    #[serde(rename = "messageId")]
    pub id: String,
    /// What it says.
    pub body: String,
    /// Names it to the queue, for as long as it is hidden.
    #[serde(rename = "receiptHandle", default)]
    pub handle: String,
    /// What the queue knows of it.
    #[serde(default)]
    pub attributes: Attributes,
}

/// What a queue knows of a message.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
pub struct Attributes {
    /// How often it was handed out, this time included.
    #[serde(rename = "ApproximateReceiveCount", default)]
    pub receives: String,
}

impl Message {
    /// How often it was handed out, this time included; 1 if the queue does not say.
    #[must_use]
    pub fn receives(&self) -> u32 {
        self.attributes.receives.parse().unwrap_or(1)
    }
}

/// What a function is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Messages of a queue; each can fail by itself.
    Queue(Vec<Message>),
    /// Anything else, as it came; it fails as a whole.
    Direct(String),
}

impl Call {
    /// Sorts what Lambda has called us with.
    #[must_use]
    pub fn of(payload: &str) -> Self {
        #[derive(Deserialize)]
        struct Batch {
            #[serde(rename = "Records")]
            messages: Vec<Message>,
        }
        match serde_json::from_str::<Batch>(payload) {
            Ok(batch) => Self::Queue(batch.messages),
            Err(_) => Self::Direct(payload.to_owned()),
        }
    }

    /// Its messages; of anything else none.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        match self {
            Self::Queue(messages) => messages,
            Self::Direct(_) => &[],
        }
    }
}

/// The messages that come back.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// One for each.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failure>,
}

/// A message that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its name.
    #[serde(rename = "itemIdentifier")]
    pub id: String,
}

impl Response {
    /// Sends a message back.
    pub fn fail(&mut self, id: &str) {
        self.failures.push(Failure { id: id.to_owned() });
    }
}

/// Does `each` for every message of the call, and gathers which of them come back.
///
/// # Errors
/// That of `each` for a call that is no batch, whose sender must be told so by failing.
pub async fn each_message<E: std::error::Error>(
    call: &Call,
    mut each: impl AsyncFnMut(&str) -> Result<(), E>,
) -> Result<Response, E> {
    let mut response = Response::default();
    match call {
        Call::Direct(payload) => each(payload).await?,
        Call::Queue(messages) => {
            for message in messages {
                if let Err(error) = each(&message.body).await {
                    let error = crate::words::chain(&error);
                    tracing::warn!(message = message.id, error, "the message comes back");
                    response.fail(&message.id);
                }
            }
        }
    }
    Ok(response)
}
