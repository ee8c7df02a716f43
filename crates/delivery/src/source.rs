//! Where it is said who is told: a secret of Secrets Manager, read now and then.
//!
//! Source: Secrets Manager API reference, *GetSecretValue*.

use std::sync::{Arc, Mutex, PoisonError};

use cloud::signed::{Call, CallError, Caller, Service};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::rooms::{self, Room, RoomsError};

/// How long what was read is taken for true.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// After a refusal it is read again, but not if it was read as lately as this.
pub const JUST_READ: SignedDuration = SignedDuration::from_secs(30);

/// Knows the rooms.
#[expect(
    async_fn_in_trait,
    reason = "the office is generic over its ports, no bound on them is missing"
)]
pub trait Rooms {
    /// The rooms, as they were not longer than `age` ago.
    ///
    /// # Errors
    /// [`SourceError`] if nobody says, or not in the form that is known.
    async fn rooms(
        &self,
        now: Timestamp,
        age: SignedDuration,
    ) -> Result<Arc<Vec<Room>>, SourceError>;
}

/// Nobody knows who is told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No answer.
    #[error("the secret with the rooms cannot be read")]
    Call(#[from] CallError),
    /// The answer is no.
    #[error("the secret with the rooms cannot be read: {0}")]
    Refused(String),
    /// The answer is not of the form that is known.
    #[error("the secret with the rooms is no text")]
    NoText,
    /// The secret is not of the form that is known.
    #[error(transparent)]
    Rooms(#[from] RoomsError),
}

/// What was read, and when.
type Read = Option<(Timestamp, Arc<Vec<Room>>)>;

/// A secret of Secrets Manager.
#[derive(Debug)]
pub struct SecretRooms {
    caller: Caller,
    arn: String,
    read: Mutex<Read>,
}

impl SecretRooms {
    /// Reads the secret with this ARN, by its own region.
    #[must_use]
    pub fn new(caller: Caller, arn: String) -> Self {
        Self {
            caller,
            arn,
            read: Mutex::new(None),
        }
    }

    async fn read(&self) -> Result<Vec<Room>, SourceError> {
        let region = self.arn.split(':').nth(3).unwrap_or_default();
        let body = json!({ "SecretId": self.arn });
        let target = "secretsmanager.GetSecretValue";
        let call = Call::json(Service::SECRETS_MANAGER, region, target, &body);
        let answer = self.caller.call(&call).await?;
        if let Some(fault) = answer.fault() {
            // What it says may name the secret, which is none.
            return Err(SourceError::Refused(fault.to_string()));
        }
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = answer["SecretString"].as_str().ok_or(SourceError::NoText)?;
        Ok(rooms::parse(text)?)
    }
}

impl Rooms for SecretRooms {
    async fn rooms(
        &self,
        now: Timestamp,
        age: SignedDuration,
    ) -> Result<Arc<Vec<Room>>, SourceError> {
        let known = self
            .read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((at, rooms)) = known
            && now.duration_since(at) < age
        {
            return Ok(rooms);
        }
        let rooms = Arc::new(self.read().await?);
        let read = Some((now, Arc::clone(&rooms)));
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(rooms)
    }
}
