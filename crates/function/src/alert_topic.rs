//! Where alerts are published: a topic of SNS, for whoever subscribes.
//!
//! Each message is one `trailhound.alert/1` object with attributes to filter by. A message has at most
//! 256 KB, and so has a request of ten: an alert that is larger gives up its list of events first, then its
//! facts and commands, never who, what, where and how many.
//!
//! Source: SNS API reference, *PublishBatch*.

use std::collections::HashMap;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use detect::alert::Alert;
use detect::render::mail::{level_number, tactic};
use pipeline::ports::{AlertSink, SinkError};

/// How many messages one request takes.
const BATCH: usize = 10;

/// How many bytes one request takes: 262,144 less what attributes and envelopes need.
const BYTES: usize = 240_000;

/// How many events an alert that is too large lists.
const FEW: usize = 10;

/// How often messages that were refused are sent again.
const TRIES: u32 = 3;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Some messages were not taken.
#[derive(Debug, thiserror::Error)]
#[error("{count} of the messages were refused {TRIES} times, the first because: {why}")]
struct Refused {
    count: usize,
    why: String,
}

/// A topic for alerts.
#[derive(Debug, Clone)]
pub struct AlertTopic {
    client: Client,
    arn: String,
}

impl AlertTopic {
    /// Publishes to the topic with this ARN.
    #[must_use]
    pub fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    async fn publish_all(&self, alerts: Vec<Alert>) -> Result<(), Cause> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        for alert in alerts {
            let text = message(&alert)?;
            if batch.len() == BATCH || bytes + text.len() > BYTES {
                self.send(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += text.len();
            batch.push(entry(batch.len(), &alert, text)?);
        }
        self.send(batch).await
    }

    async fn send(&self, mut batch: Vec<PublishBatchRequestEntry>) -> Result<(), Cause> {
        let mut refused = None;
        for _ in 0..TRIES {
            if batch.is_empty() {
                return Ok(());
            }
            let request = self.client.publish_batch().topic_arn(&self.arn);
            let request = request.set_publish_batch_request_entries(Some(batch.clone()));
            let answer = request.send().await?;
            let failed = answer.failed();
            batch.retain(|entry| failed.iter().any(|failure| failure.id() == entry.id()));
            refused = failed.first().map(|failure| Refused {
                count: failed.len(),
                why: format!(
                    "{} {}",
                    failure.code(),
                    failure.message().unwrap_or_default()
                ),
            });
        }
        match refused {
            Some(refused) if !batch.is_empty() => Err(refused.into()),
            _ => Ok(()),
        }
    }
}

impl AlertSink for AlertTopic {
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError> {
        Box::pin(self.publish_all(alerts))
            .await
            .map_err(|cause| SinkError {
                place: self.arn.clone(),
                cause,
            })
    }

    async fn pass_on(&mut self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        let error = |cause: Cause| SinkError {
            place: self.arn.clone(),
            cause,
        };
        let attributes = attributes_of([("kind", kind.to_owned())]);
        let attributes = attributes.map_err(|cause| error(cause.into()))?;
        let entry = PublishBatchRequestEntry::builder()
            .id("0")
            .message(message)
            .set_message_attributes(Some(attributes))
            .build();
        let entry = entry.map_err(|cause| error(cause.into()))?;
        Box::pin(self.send(vec![entry])).await.map_err(error)
    }
}

/// The alert as one message, without what makes it too large.
fn message(alert: &Alert) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string(alert)?;
    if text.len() <= BYTES {
        return Ok(text);
    }
    let mut alert = alert.clone();
    alert.events.truncate(FEW);
    let text = serde_json::to_string(&alert)?;
    if text.len() <= BYTES {
        return Ok(text);
    }
    alert.events.truncate(1);
    alert.why.clear();
    alert.response.clear();
    serde_json::to_string(&alert)
}

fn entry(
    at: usize,
    alert: &Alert,
    text: String,
) -> Result<PublishBatchRequestEntry, aws_sdk_sns::error::BuildError> {
    PublishBatchRequestEntry::builder()
        .id(at.to_string())
        .message(text)
        .set_message_attributes(Some(attributes(alert)?))
        .build()
}

fn attributes(
    alert: &Alert,
) -> Result<HashMap<String, MessageAttributeValue>, aws_sdk_sns::error::BuildError> {
    let unknown = "unknown";
    attributes_of([
        ("kind", "alert".to_owned()),
        ("level", alert.level.to_string()),
        ("level_num", level_number(alert.level).to_string()),
        (
            "account",
            alert
                .account
                .id
                .clone()
                .unwrap_or_else(|| unknown.to_owned()),
        ),
        (
            "region",
            alert.region.clone().unwrap_or_else(|| unknown.to_owned()),
        ),
        ("rule", alert.rule.id.clone()),
        ("tactic", tactic(alert).unwrap_or(unknown).to_owned()),
    ])
}

/// What filters can ask of a message.
///
/// # Errors
/// None in practice: each attribute has its kind.
pub fn attributes_of(
    named: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<HashMap<String, MessageAttributeValue>, aws_sdk_sns::error::BuildError> {
    let named = named.into_iter().map(|(name, value)| {
        let kind = match name {
            "level_num" => "Number",
            _ => "String",
        };
        Ok((name.to_owned(), attribute(kind, &value)?))
    });
    named.collect()
}

/// A value that filters can ask for; what SNS would refuse is `unknown`.
fn attribute(
    kind: &str,
    value: &str,
) -> Result<MessageAttributeValue, aws_sdk_sns::error::BuildError> {
    let is_fit = !value.is_empty() && value.len() <= 256 && !value.chars().any(char::is_control);
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(if is_fit { value } else { "unknown" })
        .build()
}
