//! Asks Organizations for its accounts, unit by unit, and keeps what it says.
//!
//! One question for each page of twenty accounts and one or two for each unit: those of the accounts of a unit say
//! all that is needed, so nobody is asked twice. Patience is asked for often: Organizations answers a few questions
//! a second.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use cloud::signed::{Call, CallError, Caller, Fault, Service};
use cloud::{NotDone, Patience};
use function::deadline::Deadline;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use watch::directory::{self, Directory, Member, below};
use watch::place;

use crate::round::{Cause, Counts};
use crate::watchdog::Watchdog;

/// How many accounts are kept at most.
const MOST: usize = 10_000;

/// How many units are asked about at most.
const UNITS: usize = 5_000;

/// How patiently: seven tries, and twenty-five seconds between the first and the last.
const PATIENCE: Patience = Patience::new(7, Duration::from_millis(400));

/// Why the organization is not known.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No answer came.
    #[error("Organizations cannot be asked")]
    Call(#[from] CallError),
    /// It says no.
    #[error("Organizations does not answer `{0}`: {1}")]
    Refused(&'static str, Fault),
    /// What it says is not what it documents.
    #[error("Organizations answers `{0}` otherwise than documented")]
    Strange(&'static str, #[source] serde_json::Error),
    /// There is more than is kept.
    #[error("there are more than {MOST} accounts or {UNITS} units")]
    TooMany,
    /// Time is up.
    #[error("the organization was not asked to its end in time")]
    TooSlow,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "Accounts", alias = "OrganizationalUnits", alias = "Roots")]
    all: Vec<T>,
    #[serde(rename = "NextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unit {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Account {
    id: String,
    #[serde(default)]
    name: String,
    status: Option<String>,
    state: Option<String>,
}

impl Account {
    /// Organizations says so by `State`, and by `Status` before that.
    fn is_active(&self) -> bool {
        let said = self.state.as_ref().or(self.status.as_ref());
        said.is_none_or(|said| said == "ACTIVE")
    }
}

/// Asks, and keeps the answer in place of the one before.
///
/// # Errors
/// Whatever keeps it from knowing all; then the answer before stays.
pub async fn run(dog: &Watchdog, now: Timestamp, deadline: Deadline) -> Result<Counts, Cause> {
    let Some(caller) = &dog.organizations else {
        return Ok(Vec::new());
    };
    let directory = Directory {
        at: now,
        accounts: accounts(caller, deadline).await?,
    };
    directory::keep(&dog.table, &directory).await?;
    Ok(vec![("AccountsListed", directory.accounts.len() as u64)])
}

async fn accounts(
    caller: &Caller,
    deadline: Deadline,
) -> Result<BTreeMap<String, Member>, AskError> {
    let mut found = BTreeMap::new();
    let mut open = VecDeque::new();
    for root in all::<Unit>(caller, "ListRoots", json!({}), deadline).await? {
        open.push_back((root.id, None));
    }
    let mut units = 0;
    while let Some((parent, path)) = open.pop_front() {
        let of = json!({ "ParentId": parent });
        let accounts =
            all::<Account>(caller, "ListAccountsForParent", of.clone(), deadline).await?;
        for account in accounts {
            if place::is_account(&account.id) {
                let member = Member {
                    is_active: account.is_active(),
                    name: account.name,
                    unit: path.clone(),
                };
                found.insert(account.id, member);
            }
        }
        for unit in all::<Unit>(caller, "ListOrganizationalUnitsForParent", of, deadline).await? {
            open.push_back((unit.id, Some(below(path.as_deref(), &unit.name))));
        }
        units += 1;
        if found.len() > MOST || units > UNITS {
            return Err(AskError::TooMany);
        }
    }
    Ok(found)
}

/// All pages of an answer.
async fn all<T: for<'de> Deserialize<'de>>(
    caller: &Caller,
    action: &'static str,
    of: Value,
    deadline: Deadline,
) -> Result<Vec<T>, AskError> {
    let (mut found, mut body) = (Vec::new(), of);
    loop {
        if deadline.is_over() {
            return Err(AskError::TooSlow);
        }
        let text = ask(caller, action, &body).await?;
        let page: Page<T> =
            serde_json::from_str(&text).map_err(|error| AskError::Strange(action, error))?;
        found.extend(page.all);
        match page.next {
            Some(token) if found.len() <= MOST => body["NextToken"] = token.into(),
            Some(_) => return Err(AskError::TooMany),
            None => return Ok(found),
        }
    }
}

async fn ask(caller: &Caller, action: &'static str, body: &Value) -> Result<String, AskError> {
    let target = format!("AWSOrganizationsV20161128.{action}");
    let call = Call::json(Service::ORGANIZATIONS, caller.region(), &target, body);
    match caller.done_with(PATIENCE, &call).await {
        Ok(answer) => Ok(answer.text()),
        Err(NotDone::Refused(fault)) => Err(AskError::Refused(action, fault)),
        Err(NotDone::Unanswered(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
