//! What the responder needs of the world, beside a memory ([`pipeline::ports::StateStore`]): hands and a voice.

use pipeline::ports::SinkError;

use crate::call::{Call, Service};
use crate::letter::Letter;

/// Makes calls.
#[expect(
    async_fn_in_trait,
    reason = "the responder is generic over its ports, no bound on them is missing"
)]
pub trait Hands {
    /// Makes the call once, and returns what the service answers.
    ///
    /// # Errors
    /// [`Refused`] if it does not say that it was done.
    async fn make(&self, call: &Call) -> Result<String, Refused>;
}

/// Tells people.
#[expect(
    async_fn_in_trait,
    reason = "the responder is generic over its ports, no bound on them is missing"
)]
pub trait Voice {
    /// Sends a letter to whoever reads about plans.
    ///
    /// # Errors
    /// [`SinkError`] if it is not known to have gone out.
    async fn tell(&self, letter: &Letter) -> Result<(), SinkError>;
}

/// A call that was not done, as far as one knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not now, or nobody knows: it is to be made again.
    #[error("not now: {0}")]
    Later(String),
    /// What it is about is not there.
    #[error("it is not there: {0}")]
    Gone(String),
    /// It is so already.
    #[error("it is so already: {0}")]
    Already(String),
    /// We may not do it.
    #[error("we may not do it: {0}")]
    Denied(String),
    /// It cannot be done, now or later.
    #[error("it is refused: {0}")]
    Never(String),
}

/// What each service calls its refusals, beside what all call alike.
const LATER: [&str; 12] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "RequestThrottled",
    "ServiceUnavailable",
    "ServiceFailure",
    "Unavailable",
    "InternalError",
    "InternalFailure",
    "RequestTimeout",
];
const LATER_OF_IAM: [&str; 2] = ["EntityTemporarilyUnmodifiable", "ConcurrentModification"];
const LATER_OF_CLOUDTRAIL: [&str; 1] = ["ConflictException"];

impl Refused {
    /// What a service means by an answer with this status and error.
    ///
    /// Source: IAM, EC2 and CloudTrail API references, *Common errors* and those of each action.
    #[must_use]
    pub fn of(service: Service, status: u16, code: &str, message: &str) -> Self {
        let said = match (code, message) {
            ("", "") => format!("status {status}"),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}: {message}"),
        };
        let own: &[&str] = match service {
            Service::Iam => &LATER_OF_IAM,
            Service::CloudTrail => &LATER_OF_CLOUDTRAIL,
            Service::Ec2 => &[],
        };
        let is_gone = match service {
            Service::Iam => code == "NoSuchEntity",
            Service::CloudTrail => code == "TrailNotFoundException",
            Service::Ec2 => code.ends_with(".NotFound"),
        };
        let denied = ["AccessDenied", "UnauthorizedOperation", "NotAuthorized"];
        if is_gone {
            Self::Gone(said)
        } else if denied.iter().any(|name| code.starts_with(name)) {
            Self::Denied(said)
        } else if service == Service::Ec2 && code == "InvalidPermission.Duplicate" {
            Self::Already(said)
        } else if status >= 500 || status == 429 || LATER.contains(&code) || own.contains(&code) {
            Self::Later(said)
        } else {
            Self::Never(said)
        }
    }
}
