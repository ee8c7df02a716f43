//! The one way out: a mail is carried to a room, whatever the room is.

use cloud::signed::Caller;
use jiff::Timestamp;

use crate::answer::{self, Verdict};
use crate::mail;
use crate::message::request;
use crate::parcel::Delivery;
use crate::rooms::{Address, Room};

/// Carries mails to rooms.
#[expect(
    async_fn_in_trait,
    reason = "the office is generic over its ports, no bound on them is missing"
)]
pub trait Carrier {
    /// Carries a mail to a room, once.
    async fn carry(&self, room: &Room, delivery: &Delivery, now: Timestamp) -> Verdict;
}

/// Carries by HTTP: posts to webhooks, and asks SES to send mails.
#[derive(Debug)]
pub struct Web {
    caller: Caller,
    /// Whom mails are from.
    from: Option<String>,
}

impl Web {
    /// Posts by this caller, and sends mails from this address.
    #[must_use]
    pub fn new(caller: Caller, from: Option<String>) -> Self {
        Self { caller, from }
    }

    async fn send(&self, to: &[String], delivery: &Delivery) -> Verdict {
        let Some(from) = &self.from else {
            return Verdict::Never("it is not said whom mails are from: SesFrom".to_owned());
        };
        let call = mail::call(self.caller.region(), from, to, delivery);
        match self.caller.call(&call).await {
            Ok(answer) => answer::of_mail(&answer),
            Err(error) => answer::of_error(&error),
        }
    }
}

impl Carrier for Web {
    async fn carry(&self, room: &Room, delivery: &Delivery, now: Timestamp) -> Verdict {
        let (url, key) = match &room.address {
            Address::Mail(to) => return self.send(to, delivery).await,
            Address::Webhook { url, key } => (url, key.as_ref()),
        };
        let request = request(room.kind, url, key, &delivery.room, now);
        let headers = [("content-type", "application/json; charset=utf-8")];
        let body = request.body.to_string();
        let posted = self
            .caller
            .post(request.url.reveal(), &headers, body.as_bytes())
            .await;
        match posted {
            Ok(answer) => answer::of_room(room.kind, &answer),
            Err(error) => answer::of_error(&error),
        }
    }
}

#[cfg(test)]
mod tests;
