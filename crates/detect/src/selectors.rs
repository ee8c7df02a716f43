//! What a trail must record for a rule to fire.
//!
//! A rule proves it itself: its tests that expect a match are records, and each record says which kind of
//! event it is. A rule without tests does not tell.
//!
//! Source: CloudTrail user guide, *Logging management events*, *Logging data events*, *Logging Insights
//! events*, *Logging network activity events*.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sigma::Rule;

/// A kind of event that a trail records if it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selector {
    /// Calls that change something; every trail has them unless told otherwise.
    ManagementWrite,
    /// Calls that look at something; often left out to save money.
    ManagementRead,
    /// Calls about what is stored, such as `GetObject`; only where asked for.
    Data,
    /// What CloudTrail itself found unusual; only where asked for.
    Insights,
    /// Calls through VPC endpoints; only where asked for.
    NetworkActivity,
}

impl Selector {
    /// The name, as in lists: `management-write`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManagementWrite => "management-write",
            Self::ManagementRead => "management-read",
            Self::Data => "data",
            Self::Insights => "insights",
            Self::NetworkActivity => "network-activity",
        }
    }

    /// The kind of the event in `record`; absent fields mean what most records are, a change.
    fn of(record: &Value) -> Self {
        match record["eventCategory"].as_str() {
            Some("Data") => Self::Data,
            Some("Insight") => Self::Insights,
            Some("NetworkActivity") => Self::NetworkActivity,
            _ if record["managementEvent"] == false => Self::Data,
            _ if record["readOnly"] == true || record["readOnly"] == "true" => Self::ManagementRead,
            _ => Self::ManagementWrite,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kinds of events that `rule` fires on; one of them is enough. Empty if it carries no test that
/// expects a match.
#[must_use]
pub fn selectors(rule: &Rule) -> BTreeSet<Selector> {
    let matches = rule.tests().iter().filter(|test| test.expects_match());
    matches.map(|test| Selector::of(test.event())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_says_what_kind_it_is() {
        for (record, expected) in [
            (json!({}), Selector::ManagementWrite),
            (json!({"readOnly": true}), Selector::ManagementRead),
            (json!({"readOnly": "true"}), Selector::ManagementRead),
            (
                json!({"managementEvent": false, "readOnly": true}),
                Selector::Data,
            ),
            (json!({"eventCategory": "Data"}), Selector::Data),
            (json!({"eventCategory": "Insight"}), Selector::Insights),
            (
                json!({"eventCategory": "NetworkActivity"}),
                Selector::NetworkActivity,
            ),
        ] {
            assert_eq!(Selector::of(&record), expected, "{record}");
        }
    }
}
