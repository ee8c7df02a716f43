//! The checks, in the order of what hurts most.

mod bucket;
mod listeners;
mod selectors;
mod trail;

use forecast::prices::Prices;
use jiff::Timestamp;

use crate::cost::Volume;
use crate::finding::Finding;
use crate::needs::Need;
use crate::setup::{Setup, Trail};

/// What is wrong with a setup; the worst first, else in the order of the checks.
///
/// `needs` is what rules want recorded, `volume` what the account's own logs hold, if that is known, and
/// `prices` what that costs.
#[must_use]
pub fn check(
    setup: &Setup,
    needs: &[Need],
    volume: Option<&Volume>,
    prices: &Prices,
    now: Timestamp,
) -> Vec<Finding> {
    let mut findings = trail::account(setup, volume, prices);
    for one in &setup.trails {
        findings.extend(trail::one(one, now));
    }
    findings.extend(selectors::recorded(setup, needs, volume, prices));
    findings.extend(bucket::buckets(setup, volume, prices));
    findings.extend(bucket::keys(setup));
    findings.extend(listeners::rules(setup));
    findings.extend(listeners::topics(setup));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    findings
}

/// Whether a trail records at this moment; a trail that did not say is given the benefit of the doubt.
fn is_logging(trail: &Trail) -> bool {
    trail.status.as_ref().is_none_or(|status| status.is_logging)
}

/// The trails that record.
fn logging(setup: &Setup) -> impl Iterator<Item = &Trail> {
    setup.trails.iter().filter(|trail| is_logging(trail))
}
