//! What is recorded, and which rules are blind for it.

use std::collections::{BTreeMap, BTreeSet};

use sigma::Level;

use super::logging;
use crate::finding::Finding;
use crate::needs::{Need, Wanted};
use crate::setup::{Recorded, Selectors, Setup, Trail};

/// Rules that are named in a finding.
const NAMED: usize = 5;

/// What all trails that record, together, leave out.
pub(super) fn recorded(setup: &Setup, needs: &[Need]) -> Vec<Finding> {
    let known: Vec<(&Trail, &Selectors)> = logging(setup)
        .filter_map(|trail| Some((trail, trail.selectors.as_ref()?)))
        .collect();
    let Some((trail, _)) = known.first() else {
        return Vec::new();
    };
    let all = known
        .iter()
        .fold(Recorded::Nothing, |sum, (_, one)| sum.and(one.management));
    let mut findings: Vec<Finding> = management(trail, all, needs).into_iter().collect();
    let full: Vec<_> = known
        .iter()
        .filter(|(_, one)| one.management != Recorded::Nothing)
        .collect();
    findings.extend(excluded(&full, needs));
    let data: BTreeSet<&str> = known
        .iter()
        .flat_map(|(_, one)| &one.data)
        .map(String::as_str)
        .collect();
    findings.extend(data_events(trail, &data, needs));
    findings
}

fn management(trail: &Trail, all: Recorded, needs: &[Need]) -> Option<Finding> {
    let blind = blind(needs, |wanted| wanted == Wanted::Reads);
    let (id, level, what) = match all {
        Recorded::All => return None,
        Recorded::Nothing => (
            "no-management-events",
            Level::Critical,
            "no trail records management events".to_owned(),
        ),
        Recorded::Reads => (
            "reads-only",
            Level::Critical,
            "trails record only calls that look, none that changes anything".to_owned(),
        ),
        Recorded::Writes => (
            "writes-only",
            Level::Medium,
            format!("trails record only calls that change something{blind}"),
        ),
    };
    let why = "Whoever has stolen credentials looks around first, and looking around is what these calls are. The first copy of management events is free. The command replaces all selectors: add those of data events, if there are any.";
    Some(Finding::new(id, level, &trail.name, what, why).mended_by(
        "aws cloudtrail put-event-selectors --trail-name {} --region {} --event-selectors '[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]'",
        &[&trail.arn, &trail.home],
    ))
}

/// A service is unseen only if every trail leaves it out.
fn excluded(full: &[&(&Trail, &Selectors)], needs: &[Need]) -> Vec<Finding> {
    let Some((trail, first)) = full.first() else {
        return Vec::new();
    };
    let everywhere = first
        .excluded
        .iter()
        .filter(|service| full.iter().all(|(_, one)| one.excluded.contains(service)));
    everywhere
        .map(|service| {
            let blind = blind(needs, |wanted| matches!(wanted, Wanted::Service(wanted) if wanted == service));
            Finding::new(
                "service-left-out",
                Level::Medium,
                &trail.name,
                format!("trails leave out the events of `{service}`{blind}"),
                "To decrypt with a key, to disable or to delete it, leaves no trace then. The command replaces all selectors.",
            )
            .mended_by(
                "aws cloudtrail put-event-selectors --trail-name {} --region {} --event-selectors '[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true,\"ExcludeManagementEventSources\":[]}]'",
                &[&trail.arn, &trail.home],
            )
        })
        .collect()
}

/// Only what a rule would look at is worth a word: data events cost money.
fn data_events(trail: &Trail, recorded: &BTreeSet<&str>, needs: &[Need]) -> Vec<Finding> {
    let mut kinds: BTreeMap<&str, Wanted> = BTreeMap::new();
    for need in needs {
        if let Wanted::Data(kind) = need.wanted {
            kinds.insert(kind, need.wanted);
        }
    }
    kinds
        .into_iter()
        .filter(|(kind, _)| !recorded.contains(kind))
        .map(|(kind, wanted)| {
            let blind = blind(needs, |other| other == wanted);
            Finding::new(
                "no-data-events",
                Level::Informational,
                &trail.name,
                format!("no trail records data events of `{kind}`{blind}"),
                "Data events cost $0.10 for 100,000. Record those of the buckets, tables and functions that matter, rather than all.",
            )
            .mended_by(
                "aws cloudtrail put-event-selectors --trail-name {} --region {} --advanced-event-selectors <selectors, the present ones and a new one>",
                &[&trail.arn, &trail.home],
            )
        })
        .collect()
}

/// `; 3 rules are tested on such calls alone, and may never match: A, B, C`, or nothing.
fn blind(needs: &[Need], is_meant: impl Fn(Wanted) -> bool) -> String {
    let titles: Vec<_> = needs
        .iter()
        .filter(|need| is_meant(need.wanted))
        .map(|need| need.title.as_str())
        .collect();
    match titles.len() {
        0 => String::new(),
        1 => format!(
            "; one rule is tested on such calls alone, and may never match: {}",
            titles[0]
        ),
        count => {
            let named = titles[..count.min(NAMED)].join(", ");
            let more = if count > NAMED { ", …" } else { "" };
            format!(
                "; {count} rules are tested on such calls alone, and may never match: {named}{more}"
            )
        }
    }
}
