//! Whether there is a trail that records everywhere, delivers, and can be proven.

use std::collections::BTreeMap;

use forecast::prices::Prices;
use jiff::{SignedDuration, Timestamp};
use sigma::Level;

use super::{is_logging, logging};
use crate::cost::{Volume, price, told};
use crate::finding::Finding;
use crate::setup::{Recorded, Setup, Status, Trail};

/// A trail that validates delivers a digest an hour, whatever happens; some minutes late.
const DIGESTS: SignedDuration = SignedDuration::from_hours(3);

/// Nearly every account does something in a day.
const LOG_FILES: SignedDuration = SignedDuration::from_hours(24);

/// What is wrong with all trails together.
pub(super) fn account(setup: &Setup, volume: Option<&Volume>, prices: &Prices) -> Vec<Finding> {
    let about = &setup.account;
    let home = setup.regions.first().map_or("us-east-1", String::as_str);
    if setup.trails.is_empty() {
        let was_asked = !setup
            .unasked
            .iter()
            .any(|one| one.action == "cloudtrail:DescribeTrails");
        let finding = Finding::new(
            "no-trail",
            Level::Critical,
            about,
            "there is no trail",
            "Only the last 90 days of management events are kept, without proof, and nobody is told.",
        );
        let command = "aws cloudtrail create-trail --name main --s3-bucket-name <bucket> --is-multi-region-trail --enable-log-file-validation --region {} && aws cloudtrail start-logging --name main --region {}";
        return was_asked
            .then(|| finding.mended_by(command, &[home, home]))
            .into_iter()
            .collect();
    }
    let mut findings = Vec::new();
    if !logging(setup).any(|trail| trail.is_multi_region) {
        findings.extend(one_region(setup));
    }
    if !logging(setup).any(|trail| trail.has_global_events)
        && let Some(trail) = logging(setup).next()
    {
        findings.push(
            Finding::new(
                "no-global-events",
                Level::High,
                &trail.name,
                "no trail records the events of global services",
                "Users, roles and keys are made in IAM, which is a global service: none of that is seen.",
            )
            .mended_by(
                "aws cloudtrail update-trail --name {} --region {} --include-global-service-events",
                &[&trail.arn, &trail.home],
            ),
        );
    }
    findings.extend(duplicates(setup, volume, prices));
    findings
}

fn one_region(setup: &Setup) -> Option<Finding> {
    let trail = logging(setup).next()?;
    let finding = Finding::new(
        "one-region",
        Level::High,
        &trail.name,
        "no trail records all regions",
        "Who has stolen credentials works where nobody looks: other regions are not recorded at all.",
    );
    Some(finding.mended_by(
        "aws cloudtrail update-trail --name {} --region {} --is-multi-region-trail",
        &[&trail.arn, &trail.home],
    ))
}

/// The first copy of management events is free, and each further one is not.
fn duplicates(setup: &Setup, volume: Option<&Volume>, prices: &Prices) -> Vec<Finding> {
    let mut copies: Vec<_> = logging(setup)
        .filter(|trail| trail.is_multi_region && records_all(trail))
        .collect();
    // An organisation's trail is kept by others.
    copies.sort_by_key(|trail| !trail.is_organization);
    let spare = copies.into_iter().skip(1);
    spare
        .map(|trail| {
            let cost = volume.and_then(|volume| volume.second_copy(prices));
            let cost = told(cost, prices);
            let each = price("cloudtrail.management_copies", 100_000.0, prices);
            Finding::new(
                "second-copy",
                Level::Low,
                &trail.name,
                format!("this trail records the same management events as another one, and that is paid for{cost}"),
                format!("The first copy of management events in a region is free; each further one costs {each} for 100,000 events."),
            )
            .mended_by(
                "aws cloudtrail stop-logging --name {} --region {}",
                &[&trail.arn, &trail.home],
            )
        })
        .collect()
}

fn records_all(trail: &Trail) -> bool {
    let selectors = trail.selectors.as_ref();
    selectors.is_some_and(|selectors| selectors.management == Recorded::All)
}

/// What is wrong with one trail.
pub(super) fn one(trail: &Trail, now: Timestamp) -> Vec<Finding> {
    if !is_logging(trail) {
        return vec![not_logging(trail)];
    }
    let mut findings = Vec::new();
    if let Some(status) = &trail.status {
        findings.extend(delivery(trail, status, now));
        findings.extend(elsewhere(trail, status, now));
    }
    if !trail.is_validated {
        findings.push(
            Finding::new(
                "no-validation",
                Level::High,
                &trail.name,
                "log file validation is off",
                "Whoever reaches the bucket can change or remove log files, and nobody can tell; `trailhound verify` has nothing to go by.",
            )
            .mended_by(
                "aws cloudtrail update-trail --name {} --region {} --enable-log-file-validation",
                &[&trail.arn, &trail.home],
            ),
        );
    }
    if trail.key.is_none() {
        findings.push(
            Finding::new(
                "no-key",
                Level::Low,
                &trail.name,
                "log files are not encrypted with a KMS key of yours",
                "Who may read the bucket may read the logs; a key is a second lock, and CIS and other benchmarks ask for it.",
            )
            .mended_by(
                "aws cloudtrail update-trail --name {} --region {} --kms-key-id <key>",
                &[&trail.arn, &trail.home],
            ),
        );
    }
    findings
}

fn not_logging(trail: &Trail) -> Finding {
    Finding::new(
        "not-logging",
        Level::Critical,
        &trail.name,
        "the trail is switched off",
        "Nothing is recorded by it. To switch it off is what an attacker does first.",
    )
    .mended_by(
        "aws cloudtrail start-logging --name {} --region {}",
        &[&trail.arn, &trail.home],
    )
}

fn is_older(at: Option<Timestamp>, than: SignedDuration, now: Timestamp) -> bool {
    at.is_some_and(|at| now.duration_since(at) > than)
}

/// Each region delivers by itself, and can fail by itself; what fails at home is told once.
fn elsewhere(trail: &Trail, home: &Status, now: Timestamp) -> Vec<Finding> {
    let mut failing: BTreeMap<(&'static str, &str), Vec<&str>> = BTreeMap::new();
    let mut late = Vec::new();
    for (region, status) in &trail.elsewhere {
        let errors = [
            ("log files", &status.delivery_error, &home.delivery_error),
            ("digests", &status.digest_error, &home.digest_error),
        ];
        for (things, error, at_home) in errors {
            let known = error.as_deref().filter(|error| !error.is_empty());
            if let Some(error) = known.filter(|_| error != at_home) {
                failing.entry((things, error)).or_default().push(region);
            }
        }
        let is_late = |status: &Status| is_older(status.digested, DIGESTS, now);
        if trail.is_validated && is_late(status) && !is_late(home) {
            late.push(region.as_str());
        }
    }
    let look = |finding: Finding, region: &str| {
        finding.mended_by(
            "aws cloudtrail get-trail-status --name {} --region {}",
            &[&trail.arn, region],
        )
    };
    let mut findings: Vec<Finding> = failing
        .into_iter()
        .map(|((things, error), regions)| {
            let what = format!("{things} of {} cannot be delivered: `{error}`", regions.join(", "));
            let why = "What is not delivered is not seen, though other regions deliver: look at conditions on the region in the policy of the bucket, topic or key.";
            look(Finding::new("region-delivery-fails", Level::Critical, &trail.name, what, why), regions[0])
        })
        .collect();
    if let Some(first) = late.first() {
        let what = format!("no digest of {} was delivered for hours", late.join(", "));
        let why = "A digest of each region comes every hour, whether or not anything has happened there: without it the log files of that time cannot be proven, and perhaps there are none.";
        findings.push(look(
            Finding::new(
                "region-without-digests",
                Level::High,
                &trail.name,
                what,
                why,
            ),
            first,
        ));
    }
    findings
}

fn delivery(trail: &Trail, status: &Status, now: Timestamp) -> Vec<Finding> {
    let look = "aws cloudtrail get-trail-status --name {} --region {}";
    let values = [trail.arn.as_str(), trail.home.as_str()];
    let mut findings = Vec::new();
    let errors = [
        (
            "delivery-fails",
            Level::Critical,
            "log files",
            &status.delivery_error,
        ),
        ("digests-fail", Level::High, "digests", &status.digest_error),
        (
            "notification-fails",
            Level::High,
            "notices of new log files",
            &status.notification_error,
        ),
    ];
    for (id, level, things, error) in errors {
        if let Some(error) = error.as_ref().filter(|error| !error.is_empty()) {
            let what = format!("{things} cannot be delivered: `{error}`");
            let why = "What is not delivered is not seen, and CloudTrail does not try for ever: mend the policy of the bucket, topic or key that it names.";
            findings.push(Finding::new(id, level, &trail.name, what, why).mended_by(look, &values));
        }
    }
    if is_older(status.delivered, LOG_FILES, now) {
        findings.push(
            Finding::new(
                "no-log-files",
                Level::High,
                &trail.name,
                format!(
                    "no log file was delivered since {}",
                    status
                        .delivered
                        .map(|at| at.to_string())
                        .unwrap_or_default()
                ),
                "A trail that delivers nothing for a day is broken, or its account is asleep.",
            )
            .mended_by(look, &values),
        );
    }
    if trail.is_validated && is_older(status.digested, DIGESTS, now) {
        findings.push(
            Finding::new(
                "no-digests",
                Level::High,
                &trail.name,
                format!("no digest was delivered since {}", status.digested.map(|at| at.to_string()).unwrap_or_default()),
                "A digest comes every hour, whether or not anything has happened: without it the log files of that time cannot be proven.",
            )
            .mended_by(look, &values),
        );
    }
    findings
}
