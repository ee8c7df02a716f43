//! Which alerts an incident tells along with itself.
//!
//! What adds up weak findings tells the same events as those findings: told of both, the reader has read
//! one thing twice. So of the alerts at hand those are left out whose first event belongs to an incident
//! that speaks for their level. Nothing is lost: the incident lists the event.

use std::collections::HashMap;

use sigma::Level;

use crate::alert::{Alert, EventRef, Kind};
use crate::moment::EventHash;

/// The first event of a single finding: what an incident must list to speak for it.
#[must_use]
pub fn first_event(alert: &Alert) -> Option<u64> {
    let is_single = alert.rule.kind == Kind::Rule;
    alert.events.first().filter(|_| is_single).and_then(bits)
}

/// The events that `alert` tells for others, and up to which level those may be; nothing of most alerts.
pub fn spoken_for(alert: &Alert) -> impl Iterator<Item = (u64, Level)> {
    let events = alert.events.iter();
    let spoken = alert
        .replaces
        .map(|level| events.filter_map(bits).map(move |event| (event, level)));
    spoken.into_iter().flatten()
}

/// Leaves out of `alerts` what the incidents among them tell; returns how many those were.
pub fn fold(alerts: &mut Vec<Alert>) -> usize {
    let mut spoken: HashMap<u64, Level> = HashMap::new();
    for (event, level) in alerts.iter().flat_map(spoken_for) {
        let known = spoken.entry(event).or_insert(level);
        *known = level.max(*known);
    }
    let before = alerts.len();
    alerts.retain(|alert| {
        let level = first_event(alert).and_then(|event| spoken.get(&event));
        level.is_none_or(|level| alert.level > *level)
    });
    before - alerts.len()
}

fn bits(event: &EventRef) -> Option<u64> {
    event.hash().map(EventHash::bits)
}
