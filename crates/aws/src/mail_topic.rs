//! Where mails are published: a topic of SNS, whose subscribers read them.

use aws_sdk_sns::Client;
use aws_sdk_sns::error::SdkError;
use aws_sdk_sns::operation::publish::PublishError;
use delivery::parcel::{Delivery, SCHEMA};
use detect::render::mail::Mail;
use jiff::SignedDuration;
use pipeline::ports::SinkError;
use pipeline::post::history::Question;
use pipeline::post::{Handed, MailSink, Readers};

use crate::alert_topic::attributes_of;
use crate::event_history::EventHistory;
use crate::words::chain;

/// How many pages of subscriptions are asked for, a hundred on each.
const PAGES: usize = 50;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A topic for mails, and others that mails are routed to.
#[derive(Debug, Clone)]
pub struct MailTopic {
    client: Client,
    arn: String,
    /// Where notifications for chat rooms go, if anywhere.
    chat: Option<String>,
    /// Where mails are handed over for webhooks and HTML mail, if anywhere.
    delivery: Option<String>,
    /// Where canaries go, if anywhere: never to a person.
    canary: Option<String>,
    /// Where mails are routed to.
    routed: Vec<String>,
    /// What happened in this account.
    history: EventHistory,
}

impl MailTopic {
    /// Publishes to the topic with this ARN, and to that of chat rooms; knows the history of this account.
    #[must_use]
    pub fn new(client: Client, arn: String, chat: Option<String>, history: EventHistory) -> Self {
        Self {
            client,
            arn,
            chat,
            delivery: None,
            canary: None,
            routed: Vec::new(),
            history,
        }
    }

    /// The same, which hands mails over to this topic too.
    #[must_use]
    pub fn handing_over(self, delivery: Option<String>) -> Self {
        Self { delivery, ..self }
    }

    /// The same, which lets canaries fly to this topic.
    #[must_use]
    pub fn with_canaries(self, canary: Option<String>) -> Self {
        Self { canary, ..self }
    }

    /// The same, which looks who reads at these topics too.
    #[must_use]
    pub fn routed(self, routed: Vec<String>) -> Self {
        Self { routed, ..self }
    }

    /// Everybody who is subscribed to a topic, page by page.
    async fn subscribed(&self, topic: &str) -> Result<Readers, Cause> {
        let mut readers = Readers {
            place: topic.to_owned(),
            ..Readers::default()
        };
        let mut token = None;
        for _ in 0..PAGES {
            let page = self.client.list_subscriptions_by_topic().topic_arn(topic);
            let page = page.set_next_token(token).send().await?;
            for subscription in page.subscriptions() {
                match subscription.subscription_arn() {
                    Some("PendingConfirmation") => readers.pending += 1,
                    Some(name) if name.starts_with("arn:") => {
                        readers.confirmed.insert(name.to_owned());
                    }
                    // Those that are gone are listed as `Deleted` for some days.
                    _ => {}
                }
            }
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        Ok(readers)
    }

    /// Publishes to a topic of the table of routes; to ours if that one is gone or refuses us, for then it will
    /// refuse again, and somebody must be told.
    async fn publish_to(&self, topic: &str, mail: &Mail) -> Result<(), Cause> {
        let Err(error) = self.publish(topic, mail).await else {
            return Ok(());
        };
        let refused = error.downcast_ref::<SdkError<PublishError>>();
        let refused = refused.and_then(SdkError::as_service_error);
        if topic == self.arn || !refused.is_some_and(is_final) {
            return Err(error);
        }
        let why = chain(&*error);
        tracing::error!(topic, error = why, "a topic of the routes takes no mails");
        let mut mail = mail.clone();
        mail.body = format!(
            "Meant for the topic {topic}, which takes no mails.\n\n{}",
            mail.body
        );
        self.publish(&self.arn, &mail).await
    }

    async fn publish(&self, topic: &str, mail: &Mail) -> Result<(), Cause> {
        let attributes = attributes_of(mail.attributes.clone())?;
        let message = self.client.publish().topic_arn(topic);
        let message = message.subject(&mail.subject).message(&mail.body);
        message
            .set_message_attributes(Some(attributes))
            .send()
            .await?;
        Ok(())
    }
}

impl MailSink for MailTopic {
    async fn send(&self, to: Option<&str>, mail: &Mail) -> Result<(), SinkError> {
        let topic = to.unwrap_or(&self.arn);
        Box::pin(self.publish_to(topic, mail))
            .await
            .map_err(|cause| SinkError {
                place: topic.to_owned(),
                cause,
            })?;
        // The room is told as well, not instead: if it cannot be, the mail has gone out all the same.
        if let Some(notification) = &mail.notification
            && let Err(error) = self.notify(notification).await
        {
            tracing::warn!(error = chain(&error), "the chat room was not told");
        }
        Ok(())
    }

    async fn notify(&self, notification: &str) -> Result<(), SinkError> {
        let Some(topic) = &self.chat else {
            return Ok(());
        };
        let message = self.client.publish().topic_arn(topic).message(notification);
        let sent = Box::pin(message.send()).await;
        sent.map(drop).map_err(|error| SinkError {
            place: topic.clone(),
            cause: error.into(),
        })
    }

    async fn hand_over(&self, handed: &Handed<'_>) -> Result<(), SinkError> {
        let Some(topic) = &self.delivery else {
            return Ok(());
        };
        let parcel = parcel(handed).encode();
        let message = self.client.publish().topic_arn(topic).message(parcel);
        match Box::pin(message.send()).await {
            Ok(_) => Ok(()),
            // It would refuse again: the mail is not kept on the desk for that, but somebody must look.
            Err(error) if error.as_service_error().is_some_and(is_final) => {
                let why = chain(&error);
                tracing::error!(
                    topic,
                    error = why,
                    mail = handed.id,
                    "a mail reaches no room"
                );
                Ok(())
            }
            Err(error) => Err(SinkError {
                place: topic.clone(),
                cause: error.into(),
            }),
        }
    }

    async fn pass_on(&self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        let Some(topic) = &self.canary else {
            return Ok(());
        };
        let error = |cause: Cause| SinkError {
            place: topic.clone(),
            cause,
        };
        let attributes = attributes_of([("kind", kind.to_owned())]);
        let attributes = attributes.map_err(|cause| error(cause.into()))?;
        let message = self.client.publish().topic_arn(topic).message(message);
        let message = message.set_message_attributes(Some(attributes));
        let sent = Box::pin(message.send()).await;
        sent.map(drop).map_err(|cause| error(cause.into()))
    }

    async fn readers(&self) -> Result<Vec<Readers>, SinkError> {
        let own = Box::pin(self.subscribed(&self.arn)).await;
        let own = own.map_err(|cause| SinkError {
            place: self.arn.clone(),
            cause,
        })?;
        let mut all = vec![own];
        for topic in self.routed.iter().filter(|topic| **topic != self.arn) {
            match Box::pin(self.subscribed(topic)).await {
                Ok(readers) => all.push(readers),
                // Perhaps it is another account's, which need not let us look.
                Err(error) => {
                    let error = chain(&*error);
                    tracing::warn!(
                        topic,
                        error,
                        "nobody knows whether anybody reads at a topic"
                    );
                }
            }
        }
        Ok(all)
    }

    fn has_history(&self, account: &str) -> bool {
        self.history.is_of(account)
    }

    async fn history(
        &self,
        question: &Question,
        wait: SignedDuration,
    ) -> Result<Vec<String>, SinkError> {
        let asked = Box::pin(self.history.ask(question, wait)).await;
        asked.map_err(|cause| {
            tracing::warn!(
                error = chain(&*cause),
                "CloudTrail does not say what followed"
            );
            SinkError {
                place: question.account.clone(),
                cause,
            }
        })
    }
}

/// A mail as it is handed over.
fn parcel(handed: &Handed<'_>) -> Delivery {
    let mail = handed.mail;
    let attributes = mail.attributes.iter();
    Delivery {
        schema: SCHEMA.to_owned(),
        id: handed.id.to_owned(),
        thread: handed.thread.to_owned(),
        subject: mail.title.clone(),
        text: mail.body.clone(),
        html: mail.html.clone(),
        room: mail.room.clone(),
        attributes: attributes
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        ..Delivery::default()
    }
}

/// Whether a topic that answers so will answer so again.
fn is_final(error: &PublishError) -> bool {
    error.is_not_found_exception()
        || error.is_authorization_error_exception()
        || error.is_invalid_parameter_exception()
        || error.is_kms_access_denied_exception()
        || error.is_kms_disabled_exception()
        || error.is_kms_not_found_exception()
}
