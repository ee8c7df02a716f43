//! What is taken from the desk: a mail to write, and whom it has reached.

use std::collections::{BTreeMap, BTreeSet};

use detect::alert::AlertId;
use detect::render::mail::Kind;
use serde::{Deserialize, Serialize};

use crate::post::routes::To;
use crate::post::thread::ThreadId;

/// A mail to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What kind of mail.
    pub kind: Kind,
    /// What it tells of, the worst first.
    pub alerts: Vec<AlertId>,
    /// The threads that it belongs to.
    pub threads: BTreeSet<ThreadId>,
    /// Whether it tells what followed, if anything did.
    #[serde(default)]
    pub is_follow_up: bool,
    /// Whom it has reached already, if it goes to several.
    #[serde(default, skip_serializing_if = "Reached::is_empty")]
    pub reached: Reached,
}

/// Who has got a mail that goes to several, and how much of each alert all of them were told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    to: BTreeSet<To>,
    told: BTreeMap<AlertId, (u64, bool)>,
}

impl Reached {
    /// Whether it has reached nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_empty()
    }

    /// Whether it has reached this one.
    #[must_use]
    pub fn has(&self, to: To) -> bool {
        self.to.contains(&to)
    }

    /// It has reached one more, who was told so much of these alerts.
    pub fn add(&mut self, to: To, told: &BTreeMap<AlertId, (u64, bool)>) {
        self.to.insert(to);
        for (alert, extent) in told {
            let least = self.at_most(*alert, *extent);
            self.told.insert(*alert, least);
        }
    }

    /// What may be taken for told of an alert if a mail tells so much now: the least that anybody was told.
    #[must_use]
    pub fn at_most(&self, alert: AlertId, (events, worked): (u64, bool)) -> (u64, bool) {
        let before = self.told.get(&alert);
        before.map_or((events, worked), |told| {
            (told.0.min(events), told.1 && worked)
        })
    }
}
