//! How AWS is reached, by functions and by the program at a terminal: who asks, where, and by which TLS.
//!
//! What Lambda says in the environment is all there is; no configuration is loaded. One pool of connections
//! serves all clients.

#[cfg(test)]
mod loopback;
pub mod objects;
mod patience;
pub mod signed;

use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::{RetryConfig, TimeoutConfig};

pub use self::patience::{NotDone, Patience};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// How long to wait for one answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How often a call is tried in all.
const TRIES: u32 = 4;

/// Where AWS is, and who we are there: what Lambda says in the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Cloud {
    /// The region, such as `eu-west-1`.
    pub region: String,
    /// The access key of the function's role.
    pub access_key: String,
    /// Its secret.
    pub secret: String,
    /// Its session.
    pub session: Option<String>,
    /// Another address for all services; for tests.
    pub endpoint: Option<String>,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Cloud {
    /// Reads what Lambda says; what it does not say is empty, and the first call will tell.
    #[must_use]
    pub fn of(value: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = |name| value(name).unwrap_or_default();
        Self {
            region: value("AWS_REGION")
                .or_else(|| value("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
            access_key: text("AWS_ACCESS_KEY_ID"),
            secret: text("AWS_SECRET_ACCESS_KEY"),
            session: value("AWS_SESSION_TOKEN").filter(|token| !token.is_empty()),
            endpoint: value("AWS_ENDPOINT_URL").filter(|url| !url.is_empty()),
        }
    }
}

/// A variable of this process.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What all clients share: one pool of connections, one TLS.
#[must_use]
pub fn sdk(cloud: &Cloud) -> SdkConfig {
    let is_plain = cloud
        .endpoint
        .as_ref()
        .is_some_and(|url| url.starts_with("http://"));
    let http = if is_plain {
        Builder::new().build_http()
    } else {
        Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https()
    };
    let credentials = Credentials::new(
        &cloud.access_key,
        &cloud.secret,
        cloud.session.clone(),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(ANSWER)
        .build();
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(cloud.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
        .timeout_config(timeouts)
        .http_client(http);
    sdk.set_endpoint_url(cloud.endpoint.clone());
    sdk.build()
}
