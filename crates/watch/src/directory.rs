//! The accounts of the organization: what they are called, whether they are active, in which units they stand.
//!
//! Names are chosen by whoever has an account, so they are hostile text: kept as they are, neutralised where they
//! are shown, and no ground for any decision.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use pipeline::PipelineError;
use pipeline::memo::Memo;
use pipeline::ports::{StateKey, StateStore};
use serde::{Deserialize, Serialize};

/// How long the directory is kept if nobody renews it.
const KEEP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The accounts of an organization, at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// When it was asked for.
    pub at: Timestamp,
    /// By account.
    pub accounts: BTreeMap<String, Member>,
}

/// An account of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// As its owner calls it.
    #[serde(rename = "n")]
    pub name: String,
    /// Whether it is active; else it is suspended, or being closed.
    #[serde(rename = "a")]
    pub is_active: bool,
    /// The names of its units, from below the root, with `/` between; nothing for the root itself.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
}

impl Directory {
    /// Each account with its name and its path of units.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str, Option<&str>)> + Clone {
        let accounts = self.accounts.iter();
        accounts.map(|(id, member)| (id.as_str(), member.name.as_str(), member.unit.as_deref()))
    }

    /// Each account with whether it is active.
    pub fn listed(&self) -> impl Iterator<Item = (&str, bool)> {
        let accounts = self.accounts.iter();
        accounts.map(|(id, member)| (id.as_str(), member.is_active))
    }

    /// What an account is called.
    #[must_use]
    pub fn name(&self, account: &str) -> Option<&str> {
        let member = self.accounts.get(account)?;
        Some(member.name.as_str()).filter(|name| !name.is_empty())
    }
}

/// The name of the path of a unit below another: a `/` in a unit's own name would make two of one.
#[must_use]
pub fn below(path: Option<&str>, unit: &str) -> String {
    let unit = unit.replace('/', "∕");
    path.map_or(unit.clone(), |path| format!("{path}/{unit}"))
}

fn key() -> StateKey {
    StateKey::new("watch", "directory")
}

/// The directory that was last kept, if any was.
///
/// # Errors
/// [`PipelineError`] if it cannot be read.
pub async fn recall(states: &impl StateStore) -> Result<Option<Directory>, PipelineError> {
    let mut memo = Memo::default();
    memo.recall(states, std::iter::once(key())).await?;
    memo.get(&key())
}

/// Keeps it in place of the one before. Whoever was quicker has asked as lately.
///
/// # Errors
/// [`PipelineError`] if the state fails us.
pub async fn keep(states: &impl StateStore, directory: &Directory) -> Result<(), PipelineError> {
    let mut memo = Memo::default();
    memo.recall(states, std::iter::once(key())).await?;
    memo.change(key(), directory, KEEP)?;
    memo.save(states).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_cannot_seem_to_stand_below_another() {
        assert_eq!(below(None, "Workloads"), "Workloads");
        assert_eq!(below(Some("Workloads"), "Prod"), "Workloads/Prod");
        assert_eq!(below(None, "Workloads/Prod"), "Workloads∕Prod");
    }

    #[test]
    fn ten_thousand_accounts_fit_a_few_items() {
        let member = |number: u64| {
            let member = Member {
                name: format!("Workload account number {number}"),
                is_active: true,
                unit: Some("Workloads/Production/Europe".to_owned()),
            };
            (format!("{number:012}"), member)
        };
        let directory = Directory {
            at: Timestamp::UNIX_EPOCH,
            accounts: (0..10_000).map(member).collect(),
        };
        let bytes = serde_json::to_vec(&directory).unwrap().len();
        assert!(bytes < 4 * 380_000, "{bytes}");
    }
}
