//! Whether CloudTrail can write into the buckets and with the keys, and nobody else can get at them.

use forecast::prices::Prices;
use serde_json::json;
use sigma::Level;

use crate::cost::{Volume, told};
use crate::document::Document;
use crate::finding::Finding;
use crate::setup::{Answer, Bucket, Key, LifecycleRule, Setup, Trail};

/// Standards ask for a year of logs at least, in days.
const YEAR: i32 = 365;

/// For how many days log files are kept by the rule that we propose: a year and a month.
const KEPT: i32 = 400;

/// What is wrong with the trails' buckets.
pub(super) fn buckets(setup: &Setup, volume: Option<&Volume>, prices: &Prices) -> Vec<Finding> {
    let mut findings = Vec::new();
    let cost = volume.and_then(|volume| volume.kept_for_a_year(prices));
    let cost = told(cost, prices);
    for (name, bucket) in &setup.buckets {
        findings.extend(one(name, bucket));
        let trails = setup.trails.iter().filter(|trail| trail.bucket == *name);
        let mut roots: Vec<String> = trails.map(root).collect();
        if roots.is_empty() {
            roots.push("AWSLogs/".to_owned());
        }
        // Of several trails the one that is worst off.
        let found = roots
            .iter()
            .filter_map(|root| lifecycle(name, &bucket.lifecycle, root, &cost));
        findings.extend(found.max_by_key(|finding| finding.level));
    }
    findings
}

/// Where a trail's log files begin.
fn root(trail: &Trail) -> String {
    match &trail.prefix {
        Some(prefix) => format!("{}/AWSLogs/", prefix.trim_end_matches('/')),
        None => "AWSLogs/".to_owned(),
    }
}

/// What becomes of log files in time: too little is kept, or everything for ever.
fn lifecycle(
    name: &str,
    rules: &Answer<Vec<LifecycleRule>>,
    root: &str,
    cost: &str,
) -> Option<Finding> {
    let rules: &[LifecycleRule] = match rules {
        Answer::Refused => return None,
        Answer::Gone => &[],
        Answer::Known(rules) => rules.as_slice(),
    };
    let edit = "aws s3api get-bucket-lifecycle-configuration --bucket {} > lifecycle.json && ${EDITOR:-vi} lifecycle.json && aws s3api put-bucket-lifecycle-configuration --bucket {} --lifecycle-configuration file://lifecycle.json";
    let about_logs: Vec<_> = rules.iter().filter(|rule| rule.is_about(root)).collect();
    let first = about_logs
        .iter()
        .filter_map(|rule| rule.expires_after)
        .min();
    if let Some(days) = first.filter(|days| *days < YEAR) {
        let finding = Finding::new(
            "bucket-expires-early",
            Level::High,
            name,
            format!("log files are deleted after {days} days"),
            "Many intrusions are noticed months later, and then what would show how they began is gone; PCI DSS and others ask for a year.",
        );
        return Some(finding.mended_by(edit, &[name, name]));
    }
    if about_logs.iter().any(|rule| rule.bounds_cost) {
        return None;
    }
    let after = if cost.is_empty() {
        ""
    } else {
        ", after a year"
    };
    let finding = Finding::new(
        "bucket-keeps-for-ever",
        Level::Low,
        name,
        format!(
            "no rule ever deletes or moves log files: what they cost grows for ever{after}{cost}"
        ),
        "Each month costs as much more as the month before. A rule that deletes after a year and a month bounds that; so does one that moves to a colder class of storage.",
    );
    if !rules.is_empty() {
        return Some(finding.mended_by(edit, &[name, name]));
    }
    let rule = json!({"Rules": [{
        "ID": "log-files", "Status": "Enabled", "Filter": {"Prefix": root},
        "Expiration": {"Days": KEPT}, "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT},
    }]});
    Some(finding.mended_by(
        "aws s3api put-bucket-lifecycle-configuration --bucket {} --lifecycle-configuration {}",
        &[name, &rule.to_string()],
    ))
}

impl LifecycleRule {
    /// Whether it can touch log files.
    fn is_about(&self, root: &str) -> bool {
        let overlaps = root.starts_with(&self.prefix) || self.prefix.starts_with(root);
        self.is_enabled && !self.wants_tags && overlaps
    }
}

fn one(name: &str, bucket: &Bucket) -> Vec<Finding> {
    let mut findings = policy(name, &bucket.policy);
    if matches!(bucket.is_private, Answer::Known(false) | Answer::Gone) {
        findings.push(
            Finding::new(
                "bucket-may-be-public",
                Level::High,
                name,
                "public access to the bucket is not blocked",
                "One wrong policy or ACL, and everybody reads who does what in the account.",
            )
            .mended_by(
                "aws s3api put-public-access-block --bucket {} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
                &[name],
            ),
        );
    }
    if matches!(bucket.notifies, Answer::Known(false) | Answer::Gone) {
        findings.push(
            Finding::new(
                "bucket-is-silent",
                Level::Medium,
                name,
                "the bucket tells nobody of new log files",
                "The fleet hears of log files from the bucket: without a notification none is judged. For a scan now and then it is not needed.",
            )
            .mended_by(
                "aws s3api put-bucket-notification-configuration --bucket {} --notification-configuration '{\"EventBridgeConfiguration\":{}}'",
                &[name],
            ),
        );
    }
    if matches!(bucket.is_versioned, Answer::Known(false) | Answer::Gone) {
        findings.push(
            Finding::new(
                "bucket-forgets",
                Level::Low,
                name,
                "the bucket keeps no old versions",
                "A log file that was overwritten or deleted cannot be brought back; `trailhound verify` can only say that it is missing.",
            )
            .mended_by(
                "aws s3api put-bucket-versioning --bucket {} --versioning-configuration Status=Enabled",
                &[name],
            ),
        );
    }
    findings
}

const EDIT: &str = "aws s3api get-bucket-policy --bucket {} --query Policy --output text > policy.json && ${EDITOR:-vi} policy.json && aws s3api put-bucket-policy --bucket {} --policy file://policy.json";

fn policy(name: &str, policy: &Answer<String>) -> Vec<Finding> {
    let document = match policy {
        Answer::Refused => return Vec::new(),
        Answer::Gone => None,
        Answer::Known(text) => Document::parse(text),
    };
    let may_write = document.as_ref().is_some_and(|document| {
        document.lets_cloudtrail("s3:PutObject") && document.lets_cloudtrail("s3:GetBucketAcl")
    });
    let finding = |id, level, what: &str, why| {
        Finding::new(id, level, name, what, why).mended_by(EDIT, &[name, name])
    };
    if !may_write {
        return vec![finding(
            "bucket-shuts-cloudtrail-out",
            Level::Critical,
            "the policy of the bucket does not let CloudTrail in: it needs s3:GetBucketAcl and s3:PutObject",
            "Log files cannot be delivered, or soon cannot be.",
        )];
    }
    let document = document.as_ref();
    let says = |question: fn(&Document) -> bool| document.is_some_and(question);
    let mut findings = Vec::new();
    if says(Document::lets_everybody) {
        findings.push(finding(
            "bucket-is-public",
            Level::Critical,
            "the policy of the bucket lets everybody in",
            "Everybody reads who does what in the account, or lays log files there.",
        ));
    }
    if says(|document| document.lets_any_trail("s3:PutObject")) {
        findings.push(finding(
            "bucket-takes-any-trail",
            Level::Medium,
            "the policy of the bucket lets CloudTrail write for anybody: it has no aws:SourceArn",
            "Who knows the bucket's name can point a trail of another account at it.",
        ));
    }
    if !says(Document::demands_tls) {
        findings.push(finding(
            "bucket-without-tls",
            Level::Low,
            "the policy of the bucket does not demand TLS",
            "Log files may be read over a connection that others can listen to.",
        ));
    }
    findings
}

/// What is wrong with the trails' keys.
pub(super) fn keys(setup: &Setup) -> Vec<Finding> {
    setup
        .keys
        .iter()
        .flat_map(|(name, key)| key_of(name, key))
        .collect()
}

fn key_of(name: &str, key: &Key) -> Option<Finding> {
    let state = key.state.known().filter(|state| *state != "Enabled");
    if key.state == Answer::Gone || state.is_some() {
        let state = state.map_or("gone", String::as_str);
        let why = "CloudTrail cannot deliver with it, and what it has delivered cannot be read.";
        let command = if state == "PendingDeletion" {
            "aws kms cancel-key-deletion --key-id {}"
        } else {
            "aws kms enable-key --key-id {}"
        };
        let finding = Finding::new(
            "key-unusable",
            Level::Critical,
            name,
            format!("the key of a trail is `{state}`"),
            why,
        );
        return Some(finding.mended_by(command, &[name]));
    }
    let document = Document::parse(key.policy.known()?)?;
    let may = document.lets_cloudtrail("kms:GenerateDataKey");
    (!may).then(|| {
        Finding::new(
            "key-shuts-cloudtrail-out",
            Level::Critical,
            name,
            "the policy of the key does not let CloudTrail encrypt with it: it needs kms:GenerateDataKey*",
            "Log files cannot be delivered, or soon cannot be.",
        )
        .mended_by("aws kms get-key-policy --key-id {} --policy-name default --query Policy --output text > policy.json && ${EDITOR:-vi} policy.json && aws kms put-key-policy --key-id {} --policy-name default --policy file://policy.json", &[name, name])
    })
}
