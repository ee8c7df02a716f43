//! The door for findings: from alerts of both other doors to mails.
//!
//! A batch of messages is one delivery: its alerts are claimed, grouped and mailed together. Anything that
//! is no batch is the clock's tick, at which mails go out that have waited for their time. A [canary] among the
//! findings goes on to where canaries go, and is none of them.

use detect::Alert;
use jiff::{SignedDuration, Timestamp};
use pipeline::ports::StateStore;
use pipeline::post::{MailSink, PostError, PostOffice};
use serde::Deserialize;
use tokio::sync::Mutex;
use watch::canary::{self, Canary};
use watch::directory;

use crate::batch::{Call, Response};
use crate::metrics::Tally;
use crate::words::chain;

/// So often the directory of accounts is read again.
const LEARN_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// The door, with what stands behind it.
#[derive(Debug)]
pub struct Findings<S, M> {
    /// One call at a time: what is learned of accounts is learned between two of them.
    room: Mutex<Room<S, M>>,
}

#[derive(Debug)]
struct Room<S, M> {
    office: PostOffice<S, M>,
    learned: Option<Timestamp>,
}

impl<S: StateStore, M: MailSink> Room<S, M> {
    /// Learns what accounts are called, if that was some time ago; if it cannot, they go by what was known.
    async fn learn(&mut self, now: Timestamp) {
        let is_fresh = |learned: Timestamp| now.duration_since(learned) < LEARN_EVERY;
        if self.learned.is_some_and(is_fresh) {
            return;
        }
        match directory::recall(self.office.states()).await {
            Ok(Some(directory)) => self.office.learn(directory.members()),
            Ok(None) => return,
            Err(error) => tracing::warn!(error = chain(&error), "accounts go by their numbers"),
        }
        self.learned = Some(now);
    }
}

/// What SNS wraps around an alert, unless it was told to deliver it raw.
#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Message")]
    message: String,
}

impl<S: StateStore, M: MailSink> Findings<S, M> {
    /// Opens the door.
    pub fn new(office: PostOffice<S, M>) -> Self {
        let learned = None;
        Self {
            room: Mutex::new(Room { office, learned }),
        }
    }

    /// Deals with what has come at `now`; at `dead` the invocation is over, whatever happens.
    ///
    /// # Errors
    /// [`PostError`] at a tick; of a batch all messages come back instead.
    pub async fn handle(
        &self,
        call: &Call,
        now: Timestamp,
        dead: Timestamp,
        tally: &mut Tally,
    ) -> Result<Response, PostError> {
        let mut response = Response::default();
        let (mut alerts, mut ids, mut canaries) = (Vec::new(), Vec::new(), 0);
        for message in call.messages() {
            if canary::claims_to_be_one(&message.body) {
                self.pass_on(&message.body, now).await;
                canaries += 1;
                continue;
            }
            match alert(&message.body) {
                Ok(alert) => {
                    alerts.push(alert);
                    ids.push(&message.id);
                }
                Err(error) => {
                    let error = chain(&error);
                    tracing::error!(message = message.id, error, "not an alert of ours");
                    response.fail(&message.id);
                }
            }
        }
        if canaries > 0 && canaries == call.messages().len() {
            return Ok(response);
        }
        tally.findings(alerts.len(), response.failures.len());
        let mut room = self.room.lock().await;
        room.learn(now).await;
        let office = &room.office;
        match office.deliver(alerts, now, dead).await {
            Ok(posted) => tally.posted(&posted),
            Err(error) if ids.is_empty() => return Err(error),
            // The clock's next tick tries again, and fails if it cannot either: nobody must send these again.
            Err(PostError::Unsent { posted, why, .. }) => {
                tally.posted(&posted);
                tracing::error!(error = chain(&why), "mails wait until they can be sent");
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, messages = ids.len(), "the findings come back");
                ids.iter().for_each(|id| response.fail(id));
            }
        }
        if let Call::Direct(_) = call {
            summarise(office, now, dead, tally).await;
            look_at_readers(office, now, tally).await;
        }
        Ok(response)
    }

    async fn pass_on(&self, message: &str, now: Timestamp) {
        match Canary::of(message) {
            Some(canary) => {
                let room = self.room.lock().await;
                crate::canary::pass_on(&mut &room.office, canary, now).await;
            }
            None => tracing::warn!("what claims to be a canary is none"),
        }
    }
}

/// Sends the summaries that are due; if that fails, the next tick does.
async fn summarise<S: StateStore, M: MailSink>(
    office: &PostOffice<S, M>,
    now: Timestamp,
    dead: Timestamp,
    tally: &mut Tally,
) {
    match office.summarise(now, dead).await {
        Ok(sent) => tally.summaries(sent.into()),
        Err(error) => {
            let error = chain(&error);
            tracing::error!(error, "a summary was not sent");
        }
    }
}

/// Looks whether anybody reads the mails; that this cannot be seen keeps no mail back.
async fn look_at_readers<S: StateStore, M: MailSink>(
    office: &PostOffice<S, M>,
    now: Timestamp,
    tally: &mut Tally,
) {
    match office.look_at_readers(now).await {
        Ok(look) => look.iter().for_each(|look| tally.readers(look)),
        Err(error) => {
            let error = chain(&error);
            tracing::error!(error, "nobody knows whether anybody reads the mails");
        }
    }
}

/// The alert in a message.
pub(crate) fn alert(body: &str) -> Result<Alert, serde_json::Error> {
    match serde_json::from_str::<Notification>(body) {
        Ok(notification) => serde_json::from_str(&notification.message),
        Err(_) => serde_json::from_str(body),
    }
}
