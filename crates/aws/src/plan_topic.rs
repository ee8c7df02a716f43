//! Where people are told of plans: the topic of mails.

use aws_sdk_sns::Client;
use pipeline::ports::SinkError;
use response::letter::Letter;
use response::ports::Voice;

use crate::alert_topic::attributes_of;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A topic for letters about plans.
#[derive(Debug, Clone)]
pub struct PlanTopic {
    client: Client,
    arn: String,
}

impl PlanTopic {
    /// Publishes to the topic with this ARN.
    #[must_use]
    pub fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    async fn publish(&self, letter: &Letter) -> Result<(), Cause> {
        let attributes = attributes_of(letter.attributes.clone())?;
        let message = self.client.publish().topic_arn(&self.arn);
        let message = message.subject(&letter.subject).message(&letter.body);
        message
            .set_message_attributes(Some(attributes))
            .send()
            .await?;
        Ok(())
    }
}

impl Voice for PlanTopic {
    async fn tell(&self, letter: &Letter) -> Result<(), SinkError> {
        let told = Box::pin(self.publish(letter)).await;
        told.map_err(|cause| SinkError {
            place: self.arn.clone(),
            cause,
        })
    }
}
