//! An account, asked from outside by a person at a terminal: one question after the other.
//!
//! The program has no runtime of its own. Each [`Account`] brings a small one and waits on it, so that
//! the rest of the program need not know that networks are slow; a thread that asks has an account of
//! its own. Credentials come from the environment, as the functions have them.
//!
//! Invariant: nothing here changes anything in an account; one can only ask the fleet's responder to.

mod bucket;
pub mod history;
mod pace;
mod responder;
mod setup;
mod trail;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_types::SdkConfig;
use aws_types::region::Region;
use cloud::Cloud;
use tokio::runtime::{self, Runtime};

pub use self::bucket::{Fetched, Listed};
pub use self::trail::PublicKey;

/// The services that may have an address of their own, by the names that variables have for them.
const SERVICES: [&str; 6] = ["CLOUDTRAIL", "EVENTBRIDGE", "KMS", "S3", "SNS", "STS"];

/// An account, and a way to wait for its answers.
pub struct Account {
    runtime: Runtime,
    sdk: SdkConfig,
    region: String,
    /// Other addresses, by service.
    endpoints: BTreeMap<&'static str, String>,
    /// The regions of buckets that were asked for.
    buckets: RefCell<BTreeMap<String, String>>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// Nobody says who asks.
    #[error("there are no AWS credentials in the environment")]
    NoCredentials,
    /// Nothing can be waited for.
    #[error("the program cannot wait for the network")]
    Runtime(#[source] std::io::Error),
    /// The account does not let us.
    #[error("access denied to {what}: {message}")]
    Denied {
        /// What was asked, as an IAM action.
        what: &'static str,
        /// What AWS says about it.
        message: String,
    },
    /// The credentials are no longer good, or never were.
    #[error("AWS does not accept the credentials: {0}")]
    BadCredentials(String),
    /// It was asked too often.
    #[error("{0} was asked too often, by others too")]
    TooMany(&'static str),
    /// What was asked about is not there.
    #[error("{what}: there is no such thing: {message}")]
    Gone {
        /// What was asked, as an IAM action.
        what: &'static str,
        /// What AWS says about it.
        message: String,
    },
    /// AWS does not answer as it should.
    #[error("{what} failed")]
    Failed {
        /// What was asked, as an IAM action.
        what: &'static str,
        /// Why.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl AskError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::BadCredentials(_) => {
                "get new ones; or leave this region out, if the account has not switched it on"
            }
            Self::NoCredentials => {
                "set AWS_ACCESS_KEY_ID and its companions; for any profile of the AWS CLI: \
                 eval \"$(aws configure export-credentials --format env)\""
            }
            Self::Denied { .. } => "ask for a policy that allows it, or use other credentials",
            Self::Gone { .. } => "check the name, and AWS_REGION",
            Self::TooMany(_) => "wait a minute, and see who else asks",
            Self::Runtime(_) | Self::Failed { .. } => {
                "check the network, AWS_REGION and AWS_ENDPOINT_URL, and try again"
            }
        }
    }

    /// What the answer of a service means.
    fn of<E>(what: &'static str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let metadata = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = metadata
            .and_then(|metadata| metadata.code())
            .unwrap_or_default()
            .to_owned();
        let message = metadata
            .and_then(|metadata| metadata.message())
            .unwrap_or(&code)
            .to_owned();
        Self::of_code(what, &code, message, error.into())
    }

    /// What an error of this name means.
    fn of_code(
        what: &'static str,
        code: &str,
        message: String,
        cause: Box<dyn Error + Send + Sync>,
    ) -> Self {
        match code {
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException" => Self::BadCredentials(message),
            "ThrottlingException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded" => Self::TooMany(what),
            _ if code.starts_with("NoSuch")
                || code.ends_with("NotFoundException")
                || code == "NotFound" =>
            {
                Self::Gone { what, message }
            }
            _ if code.starts_with("AccessDenied") || code == "Forbidden" => {
                Self::Denied { what, message }
            }
            _ => Self::Failed { what, cause },
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// The account whose credentials are in the environment.
    ///
    /// # Errors
    /// [`AskError::NoCredentials`] if there are none.
    pub fn from_environment() -> Result<Self, AskError> {
        let reached = Cloud::of(&cloud::environment);
        if reached.access_key.is_empty() || reached.secret.is_empty() {
            return Err(AskError::NoCredentials);
        }
        let own = |service| cloud::environment(&format!("AWS_ENDPOINT_URL_{service}"));
        let endpoints = SERVICES
            .iter()
            .filter_map(|&service| Some((service, own(service)?)));
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            runtime: runtime.map_err(AskError::Runtime)?,
            sdk: cloud::sdk(&reached),
            region: reached.region,
            endpoints: endpoints.collect(),
            buckets: RefCell::default(),
        })
    }

    /// The region that the environment names.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// How a service is reached in a region.
    fn sdk(&self, service: &str, region: &str) -> SdkConfig {
        let mut sdk = self.sdk.to_builder().region(Region::new(region.to_owned()));
        if let Some(endpoint) = self.endpoints.get(service) {
            sdk.set_endpoint_url(Some(endpoint.clone()));
        }
        sdk.build()
    }

    /// Whether a service is reached at another address than AWS's own.
    fn is_elsewhere(&self, service: &str) -> bool {
        self.sdk(service, &self.region).endpoint_url().is_some()
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }
}
