//! What passes by itself is tried again.

use std::time::Duration;

use crate::TRIES;
use crate::signed::{CallError, Fault};

/// Why what was asked of AWS is not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// AWS says so.
    #[error("AWS answers {0}")]
    Refused(Fault),
    /// AWS did not answer.
    #[error(transparent)]
    Unanswered(#[from] CallError),
}

impl NotDone {
    /// Whether another try may have better luck.
    fn passes(&self) -> bool {
        match self {
            Self::Refused(fault) => fault.is_passing(),
            Self::Unanswered(error) => !matches!(error, CallError::Request(_)),
        }
    }
}

/// How often what passes is tried, and how long between. Unless something else is said, as the clients of services
/// do: four times in all.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    left: u32,
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new(TRIES, Duration::from_millis(200))
    }
}

impl Patience {
    /// So many tries in all; `pause` before the second, and twice as long before each that follows.
    #[must_use]
    pub const fn new(tries: u32, pause: Duration) -> Self {
        let left = tries.saturating_sub(1);
        Self { left, pause }
    }

    /// Whether it is to be tried again, after a while; then that while is over.
    pub(crate) async fn lasts<T>(&mut self, settled: &Result<T, NotDone>) -> bool {
        let passes = settled.as_ref().is_err_and(NotDone::passes);
        if !passes || self.left == 0 {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.left -= 1;
        self.pause *= 2;
        true
    }
}
