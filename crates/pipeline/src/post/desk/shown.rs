//! Calls that several accounts see: which alert has told of each.

use std::collections::{BTreeMap, BTreeSet};

use detect::alert::AlertId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::forget_oldest;
use crate::post::routes::To;

/// How many calls are remembered; the oldest are forgotten first, and may then be told twice.
const REMEMBERED: usize = 500;

/// Calls by what stands for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Shown(BTreeMap<u64, By>);

/// Who tells of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct By {
    alert: AlertId,
    since: Timestamp,
    /// To whom.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    to: BTreeSet<To>,
}

impl Shown {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether others than this alert tell of all these calls to all of those.
    pub(super) fn by_others(
        &self,
        alert: AlertId,
        calls: &BTreeSet<u64>,
        to: &BTreeSet<To>,
    ) -> bool {
        let by_another = |by: &By| by.alert != alert && to.is_subset(&by.to);
        let told = |call| self.0.get(call).is_some_and(by_another);
        !calls.is_empty() && calls.iter().all(told)
    }

    /// The alert tells of these calls to those, unless another does.
    pub(super) fn add(
        &mut self,
        alert: AlertId,
        calls: BTreeSet<u64>,
        to: &BTreeSet<To>,
        now: Timestamp,
    ) {
        for call in calls {
            self.0.entry(call).or_insert_with(|| By {
                alert,
                since: now,
                to: to.clone(),
            });
        }
        forget_oldest(&mut self.0, REMEMBERED, |by| by.since);
    }
}
