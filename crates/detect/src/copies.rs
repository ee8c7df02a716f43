//! One call that two accounts see, told once.
//!
//! A call from one account on what belongs to another is recorded in both: two records, each with an `eventID`
//! of its own, and one `sharedEventID` in both. Where both accounts are watched a rule finds both, and the
//! reader would read one thing twice. Only alerts of single rules all of whose events are listed can be
//! copies: of others nobody knows whether they tell more.
//!
//! Source: CloudTrail user guide, *CloudTrail record contents*, `sharedEventID`.

use std::collections::{BTreeSet, HashMap};

use crate::alert::{Alert, Kind};
use crate::digest;

/// What stands for the events of `alert` in every account that sees them; nothing if any is not shared.
#[must_use]
pub fn shared(alert: &Alert) -> BTreeSet<u64> {
    let is_whole = alert.event_count == alert.events.len() as u64;
    if alert.rule.kind != Kind::Rule || !is_whole {
        return BTreeSet::new();
    }
    let ids = alert.events.iter();
    let ids: Option<BTreeSet<u64>> = ids
        .map(|event| {
            let id = event.shared_event_id.as_deref()?;
            // Both records of a call have its time.
            Some(digest::number(&[
                &alert.rule.id,
                id,
                &event.event_time.to_string(),
            ]))
        })
        .collect();
    ids.unwrap_or_default()
}

/// Leaves out of `alerts` those that are copies of others; returns how many those were. What the caller's own
/// account says stays, for there the caller is named in full.
pub fn fold(alerts: &mut Vec<Alert>) -> usize {
    let mut first: HashMap<u64, (bool, usize)> = HashMap::new();
    let shared: Vec<_> = alerts.iter().map(shared).collect();
    for (at, (alert, shared)) in alerts.iter().zip(&shared).enumerate() {
        let rank = (!is_of_caller(alert), at);
        for number in shared {
            let known = first.entry(*number).or_insert(rank);
            *known = rank.min(*known);
        }
    }
    let before = alerts.len();
    let mut at = 0;
    alerts.retain(|_| {
        let shared = &shared[at];
        let is_copy = !shared.is_empty() && shared.iter().all(|number| first[number].1 != at);
        at += 1;
        !is_copy
    });
    before - alerts.len()
}

/// Whether the account that tells is the caller's own.
fn is_of_caller(alert: &Alert) -> bool {
    alert.principal.account == alert.account.id
}
