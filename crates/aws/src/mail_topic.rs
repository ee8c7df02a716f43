//! Where mails are published: a topic of SNS, whose subscribers read them.

use std::collections::HashMap;

use aws_sdk_sns::Client;
use detect::render::mail::Mail;
use pipeline::ports::SinkError;
use pipeline::post::MailSink;

use crate::alert_topic::attribute;
use crate::words::chain;

/// A topic for mails.
#[derive(Debug, Clone)]
pub struct MailTopic {
    client: Client,
    arn: String,
    /// Where notifications for chat rooms go, if anywhere.
    chat: Option<String>,
}

impl MailTopic {
    /// Publishes to the topic with this ARN, and to that of chat rooms.
    #[must_use]
    pub fn new(client: Client, arn: String, chat: Option<String>) -> Self {
        Self { client, arn, chat }
    }

    /// Tells the chat room. It is told as well, not instead: if it cannot be, the mail has gone out all the same.
    async fn notify(&self, mail: &Mail) {
        let (Some(topic), Some(notification)) = (&self.chat, &mail.notification) else {
            return;
        };
        let message = self.client.publish().topic_arn(topic).message(notification);
        if let Err(error) = Box::pin(message.send()).await {
            tracing::warn!(error = chain(&error), "the chat room was not told");
        }
    }

    async fn publish(&self, mail: &Mail) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut attributes = HashMap::new();
        for (name, value) in &mail.attributes {
            let kind = if *name == "level_num" {
                "Number"
            } else {
                "String"
            };
            attributes.insert((*name).to_owned(), attribute(kind, value)?);
        }
        let message = self.client.publish().topic_arn(&self.arn);
        let message = message.subject(&mail.subject).message(&mail.body);
        message
            .set_message_attributes(Some(attributes))
            .send()
            .await?;
        Ok(())
    }
}

impl MailSink for MailTopic {
    async fn send(&self, mail: &Mail) -> Result<(), SinkError> {
        Box::pin(self.publish(mail))
            .await
            .map_err(|cause| SinkError {
                place: self.arn.clone(),
                cause,
            })?;
        self.notify(mail).await;
        Ok(())
    }
}
