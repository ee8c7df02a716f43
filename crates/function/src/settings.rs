//! What a function is told by its environment: each variable read once, what is wrong with all of them told together.
//!
//! Each problem names the variable, its value and the form that would be accepted, so that a deployment is mended
//! in one go.

use std::fmt;

/// A variable, and what it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it accepts, as a person would say it.
    pub accepts: &'static str,
}

/// The variable of this name.
#[must_use]
pub const fn variable(name: &'static str, accepts: &'static str) -> Variable {
    Variable { name, accepts }
}

/// The table that remembers.
pub const STATE_TABLE: Variable =
    variable("TRAILHOUND_STATE_TABLE", "the name of a DynamoDB table");
/// Where alerts are published.
pub const FINDINGS_TOPIC: Variable =
    variable("TRAILHOUND_FINDINGS_TOPIC_ARN", "the ARN of an SNS topic");
/// How many events both doors note, to be compared.
pub const RECONCILE: Variable = variable(
    "TRAILHOUND_RECONCILE_ONE_IN",
    "a whole number: one in so many events is compared, and none for 0",
);

/// What is wrong with one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    variable: Variable,
    value: Option<String>,
    /// Where in the value, if it is a table, and what.
    cell: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Variable { name, accepts } = self.variable;
        match (&self.cell, &self.value) {
            (Some(cell), _) => write!(f, "`{name}`, {cell}"),
            (None, Some(value)) => write!(f, "`{name}` is `{value}`; it must be {accepts}"),
            (None, None) => write!(f, "`{name}` is not set; it must be {accepts}"),
        }
    }
}

/// All that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the settings cannot be used: {}", .0.len(), list(.0))]
pub struct SettingsError(pub Vec<Problem>);

fn list(problems: &[Problem]) -> String {
    let each: Vec<_> = problems.iter().map(ToString::to_string).collect();
    each.join("; ")
}

/// Reads variables, and gathers what is wrong with them.
pub struct Reader<'v> {
    value: &'v dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

impl<'v> Reader<'v> {
    /// Reads what `value` says of each variable.
    #[must_use]
    pub fn new(value: &'v dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            value,
            problems: Vec::new(),
        }
    }

    /// Something is wrong in a part of the value.
    pub fn complain(&mut self, variable: Variable, cell: &dyn fmt::Display) {
        self.problems.push(Problem {
            variable,
            value: None,
            cell: Some(cell.to_string()),
        });
    }

    /// The value of a variable that must be set.
    pub fn required<T>(
        &mut self,
        variable: Variable,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = (self.value)(variable.name).filter(|value| !value.is_empty());
        let read = value.as_deref().and_then(read);
        if read.is_none() {
            self.problems.push(Problem {
                variable,
                value,
                cell: None,
            });
        }
        read
    }

    /// The value of a variable that may be missing or empty.
    pub fn optional<T>(
        &mut self,
        variable: Variable,
        otherwise: T,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        match (self.value)(variable.name).filter(|value| !value.is_empty()) {
            None => otherwise,
            Some(_) => self.required(variable, read).unwrap_or(otherwise),
        }
    }

    /// The settings, if nothing is wrong.
    ///
    /// # Errors
    /// [`SettingsError`] with everything that is wrong.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, SettingsError> {
        match settings {
            Some(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(SettingsError(self.problems)),
        }
    }
}

/// Any text.
#[must_use]
pub fn any(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The URL of a queue.
#[must_use]
pub fn url(text: &str) -> Option<String> {
    text.starts_with("http").then(|| text.to_owned())
}

/// The ARN of a topic.
#[must_use]
pub fn topic(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let is_topic = parts.next() == Some("arn") && parts.nth(1) == Some("sns");
    (is_topic && parts.count() == 3).then(|| text.to_owned())
}
