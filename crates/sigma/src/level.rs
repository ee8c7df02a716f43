//! How bad, and how mature.
//!
//! Source: Sigma specification 2.1, fields `level` and `status`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad it is when a rule matches; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For the record.
    Informational,
    /// Seldom of interest by itself.
    Low,
    /// To be looked at in time.
    Medium,
    /// To be looked at now.
    High,
    /// An attack, almost surely.
    Critical,
}

/// Every level, lowest first.
pub(crate) const LEVELS: [Level; 5] = [
    Level::Informational,
    Level::Low,
    Level::Medium,
    Level::High,
    Level::Critical,
];

impl Level {
    /// As rules write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no level or status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known")]
pub struct UnknownWord(String);

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = LEVELS.into_iter().find(|level| level.as_str() == word);
        known.ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

/// How mature a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Proven in production.
    Stable,
    /// Tried, with few false alarms.
    Test,
    /// New.
    Experimental,
    /// Replaced by another.
    Deprecated,
    /// Not usable as it is.
    Unsupported,
}

/// Every status, most mature first.
pub(crate) const STATUSES: [Status; 5] = [
    Status::Stable,
    Status::Test,
    Status::Experimental,
    Status::Deprecated,
    Status::Unsupported,
];

impl Status {
    /// As rules write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Stable => "stable",
            Status::Test => "test",
            Status::Experimental => "experimental",
            Status::Deprecated => "deprecated",
            Status::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = STATUSES.into_iter().find(|status| status.as_str() == word);
        known.ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_read_as_they_are_written() {
        assert!(LEVELS.is_sorted());
        for level in LEVELS {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        for status in STATUSES {
            assert_eq!(status.to_string().parse(), Ok(status));
        }
        assert!("High".parse::<Level>().is_err());
    }
}
