//! What a user is told when something is wrong: where, what, what to do.

use std::fmt;

use detect::render::sentence;

use crate::exit::Exit;

/// One thing that is wrong, said once and in full.
///
/// ```
/// # use cli::complaint::Complaint;
/// let complaint = Complaint::unreadable("logs/x.json.gz", "permission denied")
///     .help("run as a user who may read it");
/// assert_eq!(
///     complaint.to_string(),
///     "logs/x.json.gz: permission denied\n  help: run as a user who may read it"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    at: String,
    what: String,
    help: Option<String>,
    exit: Exit,
}

impl Complaint {
    fn new(exit: Exit, at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self {
            at: sentence(&at.to_string()),
            what: plain(&what.to_string()),
            help: None,
            exit,
        }
    }

    /// Input that cannot be read: the path `at`, and `what` is wrong with it.
    pub fn unreadable(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(Exit::Unreadable, at, what)
    }

    /// A call that cannot be carried out: the flag or argument `at`, and `what` is wrong with it.
    pub fn bad_call(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(Exit::BadCall, at, what)
    }

    /// A rule or a setting that cannot be used.
    pub fn bad_rule(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(Exit::BadRule, at, what)
    }

    /// What the user has stopped: the argument `at`, and `what` became of it.
    pub fn interrupted(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(Exit::Interrupted, at, what)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(plain(&help.to_string()));
        self
    }

    /// How a run that met this ends.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Complaint {}

/// An error with its causes, in the order from what failed to why.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Paths and rule texts come from strangers too; line breaks of ours stay.
fn plain(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(sentence).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_drive_the_terminal() {
        let complaint = Complaint::unreadable("a\x1b[2J\nb", "gone");
        assert_eq!(complaint.to_string(), "a␛[2J␊b: gone");
    }
}
