//! Whether there is a trail that records everywhere, delivers, and can be proven.

use jiff::{SignedDuration, Timestamp};
use sigma::Level;

use super::{is_logging, logging};
use crate::cost::{AS_OF, Volume, dollars};
use crate::finding::Finding;
use crate::setup::{Recorded, Setup, Status, Trail};

/// A trail that validates delivers a digest an hour, whatever happens; some minutes late.
const DIGESTS: SignedDuration = SignedDuration::from_hours(3);

/// Nearly every account does something in a day.
const LOG_FILES: SignedDuration = SignedDuration::from_hours(24);

/// What is wrong with all trails together.
pub(super) fn account(setup: &Setup, volume: Option<Volume>) -> Vec<Finding> {
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
    findings.extend(duplicates(setup, volume));
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
fn duplicates(setup: &Setup, volume: Option<Volume>) -> Vec<Finding> {
    let mut copies: Vec<_> = logging(setup)
        .filter(|trail| trail.is_multi_region && records_all(trail))
        .collect();
    // An organisation's trail is kept by others.
    copies.sort_by_key(|trail| !trail.is_organization);
    let spare = copies.into_iter().skip(1);
    spare
        .map(|trail| {
            let cost = volume.map_or_else(String::new, |volume| {
                format!(
                    ": by your logs about {} a month (prices of {AS_OF})",
                    dollars(volume.second_copy())
                )
            });
            Finding::new(
                "second-copy",
                Level::Low,
                &trail.name,
                format!("this trail records the same management events as another one, and that is paid for{cost}"),
                "The first copy of management events in a region is free; each further one costs $2.00 for 100,000 events.",
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

fn delivery(trail: &Trail, status: &Status, now: Timestamp) -> Vec<Finding> {
    let older = |at: Option<Timestamp>, than: SignedDuration| {
        at.is_some_and(|at| now.duration_since(at) > than)
    };
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
    if older(status.delivered, LOG_FILES) {
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
    if trail.is_validated && older(status.digested, DIGESTS) {
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
