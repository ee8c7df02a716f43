//! Who stands behind a session: roles assumed by roles, followed to whoever began.
//!
//! A session of a role is known by its access key, and the record in which that key was handed out says whose
//! session, or which user, asked for it: a *link*. A match by a session goes into the windows of its key, which
//! are not judged; once all links are known they are moved to the actor at the chain's beginning.
//!
//! **Order does not matter.** A link that comes after records of its session finds where their windows lie,
//! for that is noted under the key. Both are saved in one item on condition, so of two who come at the same
//! time one finds the other.
//!
//! Source: AWS STS API reference, *AssumeRole* (`Credentials.AccessKeyId`); IAM user guide, *Role chaining*.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::following::hashed;
use super::windows::Spot;
use crate::cloudtrail::Record;
use crate::facts::words;
use crate::principal::{Principal, PrincipalKind};
use sigma::FieldPath;
use sigma::event::Event as _;

/// What an actor begins with that is only known by a key.
const KEY: &str = "key:";

/// How many roles are followed one after the other. AWS ends chained sessions after an hour.
const HOPS: usize = 16;

/// How many windows of one session are kept until it is known who stands behind it.
const HOMELESS: usize = 64;

/// How many links one batch has at most.
const LINKS: usize = 1 << 16;

/// The format that is written and read.
const VERSION: u8 = 1;

/// The actor of a record, as far as it tells: the access key of a role's session, or the principal.
pub(crate) fn actor(record: &Record<'_>) -> String {
    let principal = Principal::of(record);
    match (principal.kind, &principal.access_key_id) {
        (PrincipalKind::AssumedRole, Some(key)) => format!("{KEY}{key}"),
        _ => principal.key,
    }
}

/// Whether it must yet be told who stands behind.
pub(super) fn is_open(actor: &str) -> bool {
    actor.starts_with(KEY)
}

/// Who stands behind which key, as one batch tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Links(BTreeMap<String, String>);

impl Links {
    /// Notes the key that `record` has handed out, if it has.
    pub(super) fn read(&mut self, record: &Record<'_>) {
        if record.event_source() != "sts.amazonaws.com" || self.0.len() >= LINKS {
            return;
        }
        let text = |path| words(&record.field(&FieldPath::new(path))?);
        let Some(key) = text("responseElements.credentials.accessKeyId") else {
            return;
        };
        // A service begins nothing by itself: what it lets run acts as its role.
        let behind = match Principal::of(record).kind {
            PrincipalKind::Service => text("requestParameters.roleArn"),
            _ => Some(actor(record)),
        };
        if let Some(behind) = behind {
            self.add(format!("{KEY}{key}"), behind);
        }
    }

    fn add(&mut self, key: String, behind: String) {
        let known = self.0.entry(key).or_insert_with(|| behind.clone());
        if behind < *known {
            *known = behind;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (key, behind) in other.0 {
            self.add(key, behind);
        }
    }
}

/// What is remembered of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredActor {
    /// The format.
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    behind: Option<String>,
    /// Windows that came before it was known who stands behind it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    homeless: BTreeSet<Home>,
}

impl Default for StoredActor {
    fn default() -> Self {
        Self {
            v: VERSION,
            behind: None,
            homeless: BTreeSet::new(),
        }
    }
}

/// A walk from a session back to whoever began it, key by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    actor: String,
    sessions: usize,
    is_lost: bool,
}

impl Beginning {
    /// From the session of this principal; `None` if it is no session of a role.
    #[must_use]
    pub fn of(principal: &Principal) -> Option<Self> {
        let key = principal.access_key_id.as_ref()?;
        (principal.kind == PrincipalKind::AssumedRole).then(|| Self {
            actor: format!("{KEY}{key}"),
            sessions: 0,
            is_lost: false,
        })
    }

    /// The name of the item that is to be looked at next; `None` at the end.
    #[must_use]
    pub fn wanted(&self) -> Option<String> {
        let goes_on = is_open(&self.actor) && !self.is_lost && self.sessions < HOPS;
        goes_on.then(|| hashed(&self.actor))
    }

    /// Takes a step by what that item says.
    pub fn go_on(&mut self, stored: Option<&StoredActor>) {
        let known = stored.filter(|stored| stored.v == VERSION);
        match known.and_then(|known| known.behind.clone()) {
            Some(behind) => {
                self.actor = behind;
                self.sessions += 1;
            }
            None => self.is_lost = true,
        }
    }

    /// The key of the principal at the beginning, and through how many sessions the walk led.
    #[must_use]
    pub fn found(self) -> Option<(String, usize)> {
        (!is_open(&self.actor)).then_some((self.actor, self.sessions))
    }
}

/// A window of a key: its correlation, values and stretch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Home {
    pub(super) correlation: String,
    pub(super) group: Vec<Option<String>>,
    pub(super) stretch: u32,
}

/// All that is known of keys.
#[derive(Debug, Default)]
pub(super) struct Actors {
    links: Links,
    known: BTreeMap<String, StoredActor>,
    recalled: BTreeMap<String, Option<StoredActor>>,
}

impl Actors {
    /// What one batch tells.
    pub(super) fn of(links: Links) -> Self {
        Self {
            links,
            ..Self::default()
        }
    }

    /// The keys on the way from `actor` to its beginning, and the beginning, as far as it is known.
    fn way(&self, actor: &str) -> Vec<String> {
        let mut way = vec![actor.to_owned()];
        while let Some(last) = way.last().filter(|last| is_open(last)) {
            let known = self.known.get(last).and_then(|known| known.behind.clone());
            let Some(behind) = known.or_else(|| self.links.0.get(last).cloned()) else {
                break;
            };
            if way.contains(&behind) || way.len() > HOPS {
                break;
            }
            way.push(behind);
        }
        way
    }

    /// Who stands behind `actor`, as far as it is known.
    pub(super) fn behind(&self, actor: &str) -> String {
        self.way(actor).pop().unwrap_or_default()
    }

    /// The keys of which must be known what is remembered, to follow `actors`.
    pub(super) fn wanted<'a>(&self, actors: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let links = self.links.0.keys().cloned();
        let all = actors.map(str::to_owned).chain(links);
        let ways = all.flat_map(|actor| self.way(&actor));
        ways.filter(|key| is_open(key) && !self.recalled.contains_key(key))
            .collect()
    }

    /// Adds what is remembered of a key. Returns whether it could be read.
    pub(super) fn recall(&mut self, key: String, stored: Option<StoredActor>) -> bool {
        let is_readable = stored.as_ref().is_none_or(|stored| stored.v == VERSION);
        self.known
            .insert(key.clone(), stored.clone().unwrap_or_default());
        self.recalled.insert(key, stored);
        is_readable
    }

    /// Takes the links of this batch for known; returns the windows that have waited for them.
    pub(super) fn connect(&mut self) -> Vec<Home> {
        let mut found = Vec::new();
        for (key, behind) in &self.links.0 {
            let known = self.known.entry(key.clone()).or_default();
            let behind = known
                .behind
                .take()
                .map_or(behind.clone(), |known| known.min(behind.clone()));
            known.behind = Some(behind);
            found.extend(std::mem::take(&mut known.homeless));
        }
        found
    }

    /// Notes a window of a key of which nothing is known.
    pub(super) fn wait(&mut self, key: &str, home: Home) {
        let known = self.known.entry(key.to_owned()).or_default();
        known.homeless.insert(home);
        if known.homeless.len() > HOMELESS {
            known.homeless.pop_first();
        }
    }

    /// What is to be remembered of keys otherwise than before.
    pub(super) fn changed(self) -> impl Iterator<Item = (String, StoredActor)> {
        let recalled = self.recalled;
        self.known.into_iter().filter(move |(key, known)| {
            let was = recalled.get(key).cloned().flatten().unwrap_or_default();
            was != *known
        })
    }
}

/// A window that moves to whoever stands behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) from: Spot,
    pub(super) to: Spot,
}
