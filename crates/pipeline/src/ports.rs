//! All that the road needs of the world.

use detect::alert::{Alert, AlertId};
use detect::case::Cases;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Remembers alerts from one run to the next.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait StateStore {
    /// What is remembered under `ids`; an alert never saved is absent, which is no error.
    ///
    /// # Errors
    /// [`StateError`] if what is remembered cannot be read.
    async fn load(&mut self, ids: &[AlertId]) -> Result<Cases, StateError>;

    /// Remembers `cases` in place of what was remembered of them, all or nothing.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be written; then none is.
    async fn save(&mut self, cases: Cases) -> Result<(), StateError>;
}

/// Takes alerts to whoever waits for them.
#[expect(
    async_fn_in_trait,
    reason = "the road is generic over its ports, no bound on them is missing"
)]
pub trait AlertSink {
    /// Hands on `alerts`; an id that was handed on before has more events now.
    ///
    /// # Errors
    /// [`SinkError`] if any could not be handed on; all may then come again.
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError>;
}

/// What is remembered could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the state {place} cannot be {action}")]
pub struct StateError {
    /// Where it is kept.
    pub place: String,
    /// What failed: `read` or `written`.
    pub action: &'static str,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Alerts could not be handed on.
#[derive(Debug, thiserror::Error)]
#[error("alerts cannot be written to {place}")]
pub struct SinkError {
    /// Where they were to go.
    pub place: String,
    /// Why.
    #[source]
    pub cause: Cause,
}
