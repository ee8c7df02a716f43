//! The door of the responder: findings from their queue, and what people want of plans.
//!
//! Each finding fails alone. A person is always answered: what is wrong stands in the answer, and the invocation
//! does not fail, so that Lambda does not hide it.

use jiff::Timestamp;
use pipeline::ports::StateStore;
use response::docket::Docket;
use response::door::{Reply, Request, Wish};
use response::ports::{Hands, Voice};
use response::responder::{Heard, Responder, ResponseError};
use serde_json::{Value, json};
use watch::canary;

use crate::batch::{Call, Message, Response};
use crate::findings;
use crate::metrics::Tally;
use crate::proof::{NoProof, Prover};
use crate::words::chain;

/// The door, with what stands behind it.
#[derive(Debug)]
pub struct Responses<S, H, V, P> {
    responder: Responder<S, H, V>,
    prover: P,
}

/// Why a person gets no more than an answer.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the request is none of ours: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    NoProof(#[from] NoProof),
    #[error(transparent)]
    Response(#[from] ResponseError),
}

impl<S: StateStore, H: Hands, V: Voice, P: Prover> Responses<S, H, V, P> {
    /// Opens the door.
    pub fn new(responder: Responder<S, H, V>, prover: P) -> Self {
        Self { responder, prover }
    }

    /// Deals with what has come at `now`.
    pub async fn handle(&self, call: &Call, now: Timestamp, tally: &mut Tally) -> Value {
        match call {
            Call::Queue(messages) => {
                let mut response = Response::default();
                for message in messages {
                    if !self.hear(message, now, tally).await {
                        response.fail(&message.id);
                    }
                }
                json!(response)
            }
            Call::Direct(payload) => {
                let mut reply = self.answer(payload, now).await.unwrap_or_else(|refusal| {
                    tracing::warn!(refused = chain(&refusal), "somebody was refused");
                    Reply {
                        problem: Some(chain(&refusal)),
                        ..Reply::default()
                    }
                });
                self.responder
                    .manner()
                    .mode
                    .as_str()
                    .clone_into(&mut reply.mode);
                json!(reply)
            }
        }
    }

    /// Answers a finding; whether it is done with.
    async fn hear(&self, message: &Message, now: Timestamp, tally: &mut Tally) -> bool {
        // It has come by our way to be seen elsewhere.
        if canary::claims_to_be_one(&message.body) {
            return true;
        }
        let alert = match findings::alert(&message.body) {
            Ok(alert) => alert,
            Err(error) => {
                let error = chain(&error);
                tracing::error!(message = message.id, error, "not an alert of ours");
                tally.findings(0, 1);
                return false;
            }
        };
        tally.findings(1, 0);
        match self.responder.hear(&alert, now).await {
            Ok(heard) => {
                tally.heard_by_responder(&heard);
                if let Heard::Planned {
                    plan,
                    status,
                    steps,
                    refusals,
                    is_new: true,
                } = heard
                {
                    let status = status.as_str();
                    tracing::info!(%plan, alert = %alert.id, status, steps, refusals, "a plan");
                }
                true
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(alert = %alert.id, error, "the finding comes back");
                false
            }
        }
    }

    async fn answer(&self, payload: &str, now: Timestamp) -> Result<Reply, Refusal> {
        let Request { wish, proof } = serde_json::from_str(payload)?;
        let who = match wish.purpose() {
            Some(purpose) => {
                let who = self.prover.who(&proof, &purpose).await?;
                tracing::info!(who, purpose, "somebody wants something");
                who
            }
            None => String::new(),
        };
        let responder = &self.responder;
        let plan = |docket: Docket| Reply {
            plan: Some(docket),
            ..Reply::default()
        };
        Ok(match &wish {
            Wish::List => Reply {
                plans: responder.list().await?.iter().map(Docket::line).collect(),
                switch: Some(responder.switch().await?),
                ..Reply::default()
            },
            Wish::Show { plan: id } => plan(responder.show(id).await?),
            Wish::Approve { plan: id } => plan(responder.approve(id, &who, now).await?),
            Wish::Reject { plan: id } => plan(responder.reject(id, &who, now).await?),
            Wish::Undo { plan: id } => plan(responder.undo(id, &who, now).await?),
            Wish::Stop { reason } => Reply {
                switch: Some(responder.stop(&who, reason.as_deref(), now).await?),
                ..Reply::default()
            },
            Wish::Start => Reply {
                switch: Some(responder.start(&who).await?),
                ..Reply::default()
            },
        })
    }
}
