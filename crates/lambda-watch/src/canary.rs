//! The canary: takes in those that have arrived, and lets the next one fly.
//!
//! Before one flies it is looked who is subscribed to findings. A person who is would be told of every canary, so
//! none flies then: the task fails and says why, and as nothing arrives an alarm follows.

use cloud::signed::{Call, Caller, Service, all_between, between};
use detect::digest;
use function::words::chain;
use jiff::{SignedDuration, Timestamp};
use pipeline::ports::StateStore;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Deserialize;
use serde_json::{Value, json};
use watch::canary::{self, Arrival, Canary, Landing};

use crate::round::Cause;

/// How often at most the queue is asked for messages, ten at a time.
const ASKS: usize = 5;

/// How many seconds the queue looks for messages; in none it looks at some of its servers only.
const LOOK: u32 = 1;

/// How many pages of subscriptions are looked at, a hundred on each.
const PAGES: usize = 10;

/// So much earlier than the next one flies a canary should have arrived.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// By what persons are told.
const PERSONS: [&str; 3] = ["email", "email-json", "sms"];

/// What is asked of AWS for canaries.
#[derive(Debug)]
pub struct Canaries {
    caller: Caller,
    queue: String,
    findings: String,
    every: SignedDuration,
}

/// A message of the queue.
#[derive(Deserialize)]
struct Message {
    #[serde(rename = "Body")]
    body: String,
    #[serde(rename = "ReceiptHandle")]
    receipt: String,
    #[serde(rename = "Attributes", default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
struct Attributes {
    /// Milliseconds since 1970.
    #[serde(rename = "SentTimestamp", default)]
    sent: String,
}

/// What SNS wraps around a message.
#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Message")]
    message: String,
    #[serde(rename = "Timestamp")]
    time: Timestamp,
}

impl Canaries {
    /// They arrive in this queue, one each `every`; on the way they are findings of this topic.
    #[must_use]
    pub fn new(caller: Caller, queue: String, findings: String, every: SignedDuration) -> Self {
        Self {
            caller,
            queue,
            findings,
            every,
        }
    }

    /// Takes in those that have arrived.
    ///
    /// # Errors
    /// Why that could not be; they are taken in by the next round.
    pub async fn land(&self, states: &impl StateStore, now: Timestamp) -> Result<Landing, Cause> {
        let messages = self.receive().await?;
        let arrivals: Vec<_> = messages.iter().filter_map(arrival).collect();
        let mut landing = canary::land(states, &arrivals, now, self.every - MARGIN).await?;
        landing.strangers += messages.len() - arrivals.len();
        if let Err(error) = self.delete(&messages).await {
            // They come again, and are known.
            tracing::warn!(error = chain(&*error), "canaries stay in their queue");
        }
        Ok(landing)
    }

    /// Lets one fly, if it is time.
    ///
    /// # Errors
    /// Why it could not; then it is missed.
    pub async fn fly(&self, states: &impl StateStore, now: Timestamp) -> Result<(), Cause> {
        let persons = self.persons().await?;
        if persons > 0 {
            let findings = &self.findings;
            return Err(format!(
                "{persons} of the subscriptions to {findings} are of persons, who would be told of each canary: \
                 none flies; subscribe them to mails instead"
            )
            .into());
        }
        let Some(canary) = canary::launch(states, self.every, now, &nonce()?).await? else {
            return Ok(());
        };
        let entry = json!({
            "Source": canary::SOURCE, "DetailType": canary::DETAIL_TYPE, "Detail": canary.text(),
        });
        let call = Call::json(
            Service::EVENTS,
            self.caller.region(),
            "AWSEvents.PutEvents",
            &json!({ "Entries": [entry] }),
        );
        let answer: Value = serde_json::from_slice(&self.caller.once(&call).await?.body)?;
        match answer["FailedEntryCount"].as_u64() {
            Some(0) => Ok(()),
            _ => Err(format!(
                "the bus does not take it: {}",
                answer["Entries"][0]["ErrorCode"]
            )
            .into()),
        }
    }

    async fn receive(&self) -> Result<Vec<Message>, Cause> {
        #[derive(Deserialize)]
        struct Received {
            #[serde(rename = "Messages", default)]
            messages: Option<Vec<Message>>,
        }
        let call = self.of_queue(
            "ReceiveMessage",
            &json!({
                "MaxNumberOfMessages": 10, "WaitTimeSeconds": LOOK,
                "MessageSystemAttributeNames": ["SentTimestamp"],
            }),
        );
        let mut all = Vec::new();
        for _ in 0..ASKS {
            let answer = self.caller.once(&call).await?;
            let Received { messages } = serde_json::from_slice(&answer.body)?;
            let some = messages.unwrap_or_default();
            if some.is_empty() {
                break;
            }
            all.extend(some);
        }
        Ok(all)
    }

    async fn delete(&self, messages: &[Message]) -> Result<(), Cause> {
        for message in messages {
            let receipt = json!({ "ReceiptHandle": message.receipt });
            self.caller
                .once(&self.of_queue("DeleteMessage", &receipt))
                .await?;
        }
        Ok(())
    }

    fn of_queue(&self, action: &str, parameters: &Value) -> Call {
        let mut body = parameters.clone();
        body["QueueUrl"] = self.queue.as_str().into();
        let target = format!("AmazonSQS.{action}");
        Call::json_1_0(Service::SQS, self.caller.region(), &target, &body)
    }

    /// How many persons are subscribed to findings.
    async fn persons(&self) -> Result<usize, Cause> {
        let (mut persons, mut token) = (0, None::<String>);
        for _ in 0..PAGES {
            let mut parameters = vec![("TopicArn", self.findings.as_str())];
            parameters.extend(token.iter().map(|token| ("NextToken", token.as_str())));
            let (action, version) = ("ListSubscriptionsByTopic", "2010-03-31");
            let region = self.caller.region();
            let call = Call::query(Service::SNS, region, version, action, parameters);
            let page = self.caller.once(&call).await?.text();
            persons += of_persons(&page);
            token = between(&page, "NextToken").map(str::to_owned);
            if token.as_ref().is_none_or(String::is_empty) {
                break;
            }
        }
        Ok(persons)
    }
}

/// How many subscriptions on a page are of persons.
fn of_persons(page: &str) -> usize {
    let protocols = all_between(page, "Protocol");
    protocols
        .filter(|protocol| PERSONS.contains(protocol))
        .count()
}

/// The canary in a message; none if there is something else in it.
fn arrival(message: &Message) -> Option<Arrival> {
    let notification: Notification = serde_json::from_str(&message.body).ok()?;
    let sent = message.attributes.sent.parse().ok()?;
    Some(Arrival {
        canary: Canary::of(&notification.message)?,
        topic: notification.time,
        queue: Timestamp::from_millisecond(sent).ok()?,
    })
}

/// Thirty-two digits that nobody can guess.
fn nonce() -> Result<String, Cause> {
    let mut bytes = [0; 16];
    let drawn = SystemRandom::new().fill(&mut bytes);
    drawn.map_err(|_| "the system has no random numbers")?;
    Ok(digest::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_machines() {
        let page = |protocols: &[&str]| {
            let members = protocols.iter().map(|protocol| {
                format!(
                    "<member><Protocol>{protocol}</Protocol><Endpoint>email</Endpoint></member>"
                )
            });
            format!(
                "<Subscriptions>{}</Subscriptions>",
                members.collect::<String>()
            )
        };
        for (protocols, expected) in [
            (&["sqs", "lambda", "https", "firehose"][..], 0),
            (&["sqs", "email"], 1),
            (&["email-json", "sms", "sqs"], 2),
            (&[], 0),
        ] {
            assert_eq!(of_persons(&page(protocols)), expected, "{protocols:?}");
        }
    }

    #[test]
    fn what_the_queue_holds_is_a_canary_with_its_times_or_a_stranger() {
        let canary = format!(
            r#"{{"schema":"trailhound.canary/1","slot":7,"nonce":"{}","sent":"2026-11-28T08:00:00Z"}}"#,
            nonce().unwrap()
        );
        let message = |body: &str| Message {
            body: json!({ "Message": body, "Timestamp": "2026-11-28T08:00:03.250Z" }).to_string(),
            receipt: "r".to_owned(),
            attributes: Attributes {
                sent: "1795852803500".to_owned(),
            },
        };
        let arrived = arrival(&message(&canary)).unwrap();
        assert_eq!(arrived.canary.slot(), 7);
        assert_eq!(
            arrived.queue.duration_since(arrived.topic),
            SignedDuration::from_millis(250)
        );
        assert_eq!(arrival(&message("{}")), None);
        let bare = Message {
            body: canary,
            ..message("{}")
        };
        assert_eq!(arrival(&bare), None, "it has come by no topic");
    }

    #[test]
    fn no_two_numbers_are_alike() {
        let (one, other) = (nonce().unwrap(), nonce().unwrap());
        assert!(one != other && one.len() == 32, "{one} {other}");
    }
}
