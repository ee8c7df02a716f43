//! The door for mails that were handed over: each message by itself, and back into the queue for a while if a room
//! could not be told.
//!
//! A room that asks for patience is given it, and others are tried again after 30 seconds, 1, 2, 4, 8 and then 15
//! minutes. How often in all, the queue decides: what it hands out ten times in vain it lays among the dead letters.

use std::time::Duration;

use function::batch::{Call, Message, Response};
use function::metrics::{self, Line};
use function::words::chain;
use jiff::Timestamp;
use pipeline::ports::StateStore;

use crate::answer::LONGEST_WAIT;
use crate::carrier::Carrier;
use crate::office::{Office, Outcome};
use crate::parcel::Delivery;
use crate::queue::Queue;
use crate::source::Rooms;

/// The wait before the second try; it doubles each time.
const FIRST: Duration = Duration::from_secs(30);

/// The longest wait before another try that nobody has asked for.
const LONGEST: Duration = Duration::from_secs(900);

/// What an invocation did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Mails that came.
    pub mails: u64,
    /// Messages that are none.
    pub strangers: u64,
    /// Rooms that were told.
    pub told: u64,
    /// Rooms that had been told before.
    pub known: u64,
    /// Rooms that will be tried again.
    pub again: u64,
    /// Rooms that cannot be told.
    pub refused: u64,
    /// Mails that could not be dealt with, for want of state or of the secret.
    pub failed: u64,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        self.told += outcome.told as u64;
        self.known += outcome.known as u64;
        self.again += outcome.again as u64;
        self.refused += outcome.refused as u64;
    }

    /// Writes the line for CloudWatch.
    pub fn emit(&self, function: &str, now: Timestamp) {
        let mut line = Line::of(function);
        for (name, count) in [
            ("DeliveriesIn", self.mails),
            ("DeliveriesForeign", self.strangers),
            ("RoomsTold", self.told),
            ("RoomsKnown", self.known),
            ("RoomsAgain", self.again),
            ("RoomsRefused", self.refused),
            ("DeliveriesFailed", self.failed),
        ] {
            line.add(name, "Count", count.into());
        }
        metrics::write(std::iter::once(line.at(now)));
    }
}

/// The door, with what stands behind it.
#[derive(Debug)]
pub struct Door<S, R, C, Q> {
    office: Office<S, R, C, Q>,
}

impl<S: StateStore, R: Rooms, C: Carrier, Q: Queue> Door<S, R, C, Q> {
    /// The door of this office.
    pub fn new(office: Office<S, R, C, Q>) -> Self {
        Self { office }
    }

    /// Prepares for the first mail.
    pub async fn open(&self, now: Timestamp) {
        match self.office.open(now).await {
            Ok(rooms) => tracing::info!(rooms, "rooms known"),
            Err(error) => tracing::error!(error = chain(&error), "nobody knows who is told"),
        }
    }

    /// Deals with what has come at `now`; at `dead` the invocation is surely over.
    pub async fn handle(&self, call: &Call, now: Timestamp, dead: Timestamp) -> (Response, Tally) {
        let (mut response, mut tally) = (Response::default(), Tally::default());
        for message in call.messages() {
            if let Some(wait) = self.deal_with(message, now, dead, &mut tally).await {
                response.fail(&message.id);
                if let Err(error) = self.office.queue().hide(message, wait).await {
                    tracing::warn!(error = chain(&error), "a mail comes back sooner or later");
                }
            }
        }
        (response, tally)
    }

    /// Deals with a message; returns how long it has to wait if it is to come back.
    async fn deal_with(
        &self,
        message: &Message,
        now: Timestamp,
        dead: Timestamp,
        tally: &mut Tally,
    ) -> Option<Duration> {
        let usual = pause(message.receives());
        let delivery = match Delivery::decode(&message.body) {
            Ok(delivery) => delivery,
            Err(error) => {
                tracing::error!(
                    message = message.id,
                    error = chain(&error),
                    "no mail of ours"
                );
                tally.strangers += 1;
                return Some(usual);
            }
        };
        tally.mails += 1;
        match self.office.deliver(&delivery, now, dead).await {
            Ok(outcome) => {
                tally.add(&outcome);
                let asked = outcome.wait.unwrap_or_default().min(LONGEST_WAIT);
                (!outcome.is_done()).then(|| usual.max(asked))
            }
            Err(error) => {
                tracing::error!(
                    mail = delivery.id,
                    error = chain(&error),
                    "a mail comes back"
                );
                tally.failed += 1;
                Some(usual)
            }
        }
    }
}

/// How long to wait before the next try, after so many.
fn pause(receives: u32) -> Duration {
    let doubled = 1 << receives.saturating_sub(1).min(10);
    FIRST.saturating_mul(doubled).min(LONGEST)
}

#[cfg(test)]
mod tests;
