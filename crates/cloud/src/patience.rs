//! What passes by itself is tried again.

use std::time::Duration;

use crate::TRIES;
use crate::signed::{CallError, Fault};

/// How long to wait before the second try; twice as long before each that follows.
const PAUSE: Duration = Duration::from_millis(200);

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

/// Lets what passes be tried four times in all, as the clients of services do.
#[derive(Debug)]
pub(crate) struct Patience {
    left: u32,
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            left: TRIES - 1,
            pause: PAUSE,
        }
    }
}

impl Patience {
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
