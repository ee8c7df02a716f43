//! What is recorded, and which rules are blind for it.

use std::collections::{BTreeMap, BTreeSet};

use forecast::prices::Prices;
use sigma::Level;

use super::logging;
use crate::cost::{Volume, price, told};
use crate::finding::Finding;
use crate::needs::{Need, Wanted};
use crate::setup::{Recorded, Selectors, Setup, Trail};

/// Rules that are named in a finding.
const NAMED: usize = 5;

/// What all trails that record, together, leave out.
pub(super) fn recorded(
    setup: &Setup,
    needs: &[Need],
    volume: Option<&Volume>,
    prices: &Prices,
) -> Vec<Finding> {
    let known: Vec<(&Trail, &Selectors)> = logging(setup)
        .filter_map(|trail| Some((trail, trail.selectors.as_ref()?)))
        .collect();
    let Some((trail, _)) = known.first() else {
        return Vec::new();
    };
    let all = known
        .iter()
        .fold(Recorded::Nothing, |sum, (_, one)| sum.and(one.management));
    let mut findings: Vec<Finding> = management(trail, all, needs, volume).into_iter().collect();
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
    findings.extend(data_events(trail, &data, needs, volume, prices));
    let tells = logging(setup).any(|trail| trail.has_insights);
    if let Some((trail, _)) = full.first().filter(|_| !tells) {
        findings.push(insights(trail, volume, prices));
    }
    findings
}

/// Insights find what rules cannot name: more calls than usual, more errors than usual.
fn insights(trail: &Trail, volume: Option<&Volume>, prices: &Prices) -> Finding {
    let cost = volume.and_then(|volume| volume.insights(prices));
    let each = price("cloudtrail.insight_events", 100_000.0, prices);
    Finding::new(
        "insights-off",
        Level::Informational,
        &trail.name,
        format!(
            "CloudTrail Insights are off: AWS itself does not tell of unusual rates of calls that change something, nor of errors{}",
            told(cost, prices)
        ),
        format!("`trailhound scan --behaviour` finds unusual rates in the log files, for each principal; Insights find them for each API without a scan. They cost {each} for 100,000 events analysed, of which calls that change something count twice."),
    )
    .mended_by(
        "aws cloudtrail put-insight-selectors --trail-name {} --region {} --insight-selectors '[{\"InsightType\":\"ApiCallRateInsight\"},{\"InsightType\":\"ApiErrorRateInsight\"}]'",
        &[&trail.arn, &trail.home],
    )
}

fn management(
    trail: &Trail,
    all: Recorded,
    needs: &[Need],
    volume: Option<&Volume>,
) -> Option<Finding> {
    let (blind, rules) = blind(needs, |wanted| wanted == Wanted::Reads);
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
    let room = volume.and_then(Volume::megabytes_a_million);
    let room = room.map_or_else(String::new, |megabytes| {
        format!(", {megabytes:.0} MB for a million by your logs")
    });
    let why = format!(
        "Whoever has stolen credentials looks around first, and looking around is what these calls are. The first copy of management events is free, but for the room in the bucket{room}; `trailhound history --by read-only=true --since 24h` shows how many there are. The command replaces all selectors: add those of data events, if there are any."
    );
    let finding = Finding::new(id, level, &trail.name, what, why).blinding(&rules);
    Some(finding.mended_by(
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
            let (blind, rules) = blind(needs, |wanted| matches!(wanted, Wanted::Service(wanted) if wanted == service));
            Finding::new(
                "service-left-out",
                Level::Medium,
                &trail.name,
                format!("trails leave out the events of `{service}`{blind}"),
                "To decrypt with a key, to disable or to delete it, leaves no trace then. The command replaces all selectors.",
            )
            .blinding(&rules)
            .mended_by(
                "aws cloudtrail put-event-selectors --trail-name {} --region {} --event-selectors '[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true,\"ExcludeManagementEventSources\":[]}]'",
                &[&trail.arn, &trail.home],
            )
        })
        .collect()
}

/// Only what a rule would look at is worth a word: data events cost money.
fn data_events(
    trail: &Trail,
    recorded: &BTreeSet<&str>,
    needs: &[Need],
    volume: Option<&Volume>,
    prices: &Prices,
) -> Vec<Finding> {
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
            let (blind, rules) = blind(needs, |other| other == wanted);
            let cost = volume.and_then(|volume| volume.data_events(kind, prices));
            let million = price("cloudtrail.data_events", 1_000_000.0, prices);
            let many = match cost {
                Some(_) => "That is what your logs hold of them; there may be more.".to_owned(),
                None => format!("How many there would be no log tells: {}.", counted_by(kind)),
            };
            Finding::new(
                "no-data-events",
                Level::Informational,
                &trail.name,
                format!("no trail records data events of `{kind}`{blind}{}", told(cost, prices)),
                format!("A million data events cost {million}. {many} Record those of the buckets, tables and functions that matter, rather than all."),
            )
            .blinding(&rules)
            .mended_by(
                "aws cloudtrail put-event-selectors --trail-name {} --region {} --advanced-event-selectors <selectors, the present ones and a new one>",
                &[&trail.arn, &trail.home],
            )
        })
        .collect()
}

/// Who knows how many data events of a kind there would be.
///
/// Source: the lists of metrics in the guides of the services.
fn counted_by(kind: &str) -> &'static str {
    match kind {
        "AWS::S3::Object" => {
            "the metric `AllRequests` of a bucket does, once request metrics are switched on for it"
        }
        "AWS::Lambda::Function" => "the metric `Invocations` of functions does",
        "AWS::DynamoDB::Table" => {
            "the number of samples of the metric `SuccessfulRequestLatency` of tables does"
        }
        "AWS::SNS::Topic" => "the metric `NumberOfMessagesPublished` of topics does, nearly",
        "AWS::SQS::Queue" => {
            "the metrics `NumberOfMessagesSent`, `NumberOfMessagesReceived` and `NumberOfMessagesDeleted` of queues do, nearly"
        }
        _ => "record them for a day and count",
    }
}

/// `; 3 rules are tested on such calls alone, and may never match: A, B, C`, or nothing.
fn blind(needs: &[Need], is_meant: impl Fn(Wanted) -> bool) -> (String, Vec<&str>) {
    let titles: Vec<_> = needs
        .iter()
        .filter(|need| is_meant(need.wanted))
        .map(|need| need.title.as_str())
        .collect();
    let words = match titles.len() {
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
    };
    (words, titles)
}
