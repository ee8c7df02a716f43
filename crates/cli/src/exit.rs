//! How a run ended, for scripts: the exit codes, documented in `docs/cli.md`.

use std::process::ExitCode;

/// The way a run ended. Where several apply the greatest in this order counts: an incomplete answer
/// outranks a complete one, for who acts on an answer must know that it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Exit {
    /// Nothing to report; code 0.
    #[default]
    Quiet,
    /// Alerts at or above `--fail-on`, or rule tests that failed; code 1.
    Alerts,
    /// Input that could not be read, in whole or in part; code 4.
    Unreadable,
    /// A bad rule or setting; code 2.
    BadRule,
    /// A call that makes no sense, such as an unknown flag; nothing was done; code 3.
    BadCall,
    /// Stopped by the user before the end; code 130, as shells have it.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Quiet => 0,
            Self::Alerts => 1,
            Self::BadRule => 2,
            Self::BadCall => 3,
            Self::Unreadable => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn trouble_outranks_alerts() {
        assert_eq!(Exit::Alerts.max(Exit::Unreadable).code(), 4);
        assert_eq!(Exit::Unreadable.max(Exit::BadRule).code(), 2);
        assert_eq!(Exit::Quiet.max(Exit::Alerts).code(), 1);
    }
}
