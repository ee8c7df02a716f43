//! What answers of AWS mean: their types made into facts.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types as ct;
use checkup::setup::{LifecycleRule, Recorded, Selectors, Status, Trail};
use jiff::Timestamp;

/// What EventBridge calls the events that CloudTrail passes on.
const CALLS: &str = "AWS API Call via CloudTrail";
const SIGN_INS: &str = "AWS Console Sign In via CloudTrail";

fn time(at: Option<&aws_sdk_cloudtrail::primitives::DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(at?.secs()).ok()
}

pub(super) fn status_of(status: &GetTrailStatusOutput) -> Status {
    Status {
        is_logging: status.is_logging.unwrap_or_default(),
        delivered: time(status.latest_delivery_time.as_ref()),
        delivery_error: status.latest_delivery_error.clone(),
        digested: time(status.latest_digest_delivery_time.as_ref()),
        digest_error: status.latest_digest_delivery_error.clone(),
        notification_error: status.latest_notification_error.clone(),
    }
}

pub(super) fn lifecycle_of(rule: &aws_sdk_s3::types::LifecycleRule) -> LifecycleRule {
    let filter = rule.filter.as_ref();
    let both = filter.and_then(|filter| filter.and.as_ref());
    let prefix = filter.and_then(|filter| filter.prefix.clone());
    let prefix = prefix.or_else(|| both.and_then(|both| both.prefix.clone()));
    // Older configurations have it outside of the filter.
    #[expect(deprecated, reason = "S3 still answers with it")]
    let prefix = prefix.or_else(|| rule.prefix.clone());
    let expiration = rule.expiration.as_ref();
    LifecycleRule {
        is_enabled: rule.status.as_str() == "Enabled",
        prefix: prefix.unwrap_or_default(),
        wants_tags: filter.is_some_and(|filter| filter.tag.is_some())
            || both.is_some_and(|both| !both.tags().is_empty()),
        expires_after: expiration.and_then(|expiration| expiration.days),
        bounds_cost: expiration
            .is_some_and(|expiration| expiration.days.is_some() || expiration.date.is_some())
            || !rule.transitions().is_empty(),
    }
}

pub(super) fn trail_of(trail: ct::Trail, region: &str) -> Trail {
    let text = |value: Option<String>| value.filter(|value| !value.is_empty());
    Trail {
        name: trail.name.unwrap_or_default(),
        arn: trail.trail_arn.unwrap_or_default(),
        home: trail.home_region.unwrap_or_else(|| region.to_owned()),
        bucket: trail.s3_bucket_name.unwrap_or_default(),
        prefix: text(trail.s3_key_prefix),
        topic: text(trail.sns_topic_arn),
        key: text(trail.kms_key_id),
        is_multi_region: trail.is_multi_region_trail.unwrap_or_default(),
        has_global_events: trail.include_global_service_events.unwrap_or_default(),
        is_validated: trail.log_file_validation_enabled.unwrap_or_default(),
        is_organization: trail.is_organization_trail.unwrap_or_default(),
        has_insights: trail.has_insight_selectors.unwrap_or_default(),
        elsewhere: BTreeMap::new(),
        status: None,
        selectors: None,
    }
}

/// Both kinds of selectors, of which a trail has one, as what they record.
pub(super) fn selectors_of(
    simple: &[ct::EventSelector],
    advanced: &[ct::AdvancedEventSelector],
) -> Selectors {
    let mut sum = Selectors::default();
    for one in simple {
        if one.include_management_events.unwrap_or(true) {
            let kind = one
                .read_write_type
                .as_ref()
                .map_or("All", |kind| kind.as_str());
            sum.management = sum.management.and(match kind {
                "ReadOnly" => Recorded::Reads,
                "WriteOnly" => Recorded::Writes,
                _ => Recorded::All,
            });
            sum.excluded
                .extend(one.exclude_management_event_sources().iter().cloned());
        }
        sum.data.extend(
            one.data_resources()
                .iter()
                .filter_map(|data| data.r#type.clone()),
        );
    }
    for one in advanced {
        let field = |name: &str| {
            one.field_selectors()
                .iter()
                .find(|field| field.field == name)
        };
        let equals = |name: &str| {
            field(name)
                .map(|field| field.equals().to_vec())
                .unwrap_or_default()
        };
        match equals("eventCategory").first().map(String::as_str) {
            Some("Management") => {
                let kind = equals("readOnly");
                sum.management = sum.management.and(match kind.first().map(String::as_str) {
                    Some("true") => Recorded::Reads,
                    Some("false") => Recorded::Writes,
                    _ => Recorded::All,
                });
                let left_out = field("eventSource").map(|field| field.not_equals().to_vec());
                sum.excluded.extend(left_out.unwrap_or_default());
            }
            Some("Data") => sum.data.extend(equals("resources.type")),
            _ => {}
        }
    }
    sum
}

/// Whether a rule with this pattern hears of calls, and of people who sign in.
pub(super) fn heard(pattern: &str) -> (bool, bool) {
    let Ok(pattern) = serde_json::from_str::<serde_json::Value>(pattern) else {
        return (false, false);
    };
    (hears(&pattern, CALLS), hears(&pattern, SIGN_INS))
}

/// Whether a pattern, or one of those that it is made of, takes events of this type.
fn hears(pattern: &serde_json::Value, name: &str) -> bool {
    if let Some(ways) = pattern["$or"].as_array() {
        return ways.iter().any(|way| hears(way, name));
    }
    match pattern["detail-type"].as_array() {
        Some(kinds) => kinds.iter().any(|kind| fits(kind, name)),
        // Everything that AWS sends.
        None => pattern["source"].to_string().contains("\"prefix\":\"aws"),
    }
}

/// Whether one value of a pattern, which may be a text or what a text must be like, fits a name.
fn fits(kind: &serde_json::Value, name: &str) -> bool {
    let like = |how: &str| kind[how].as_str();
    kind == name
        || like("prefix").is_some_and(|start| name.starts_with(start))
        || like("suffix").is_some_and(|end| name.ends_with(end))
        || like("equals-ignore-case").is_some_and(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_hears_what_its_pattern_names() {
        for (pattern, expected) in [
            (
                r#"{"detail-type":["AWS API Call via CloudTrail"]}"#,
                (true, false),
            ),
            (r#"{"source":[{"prefix":"aws."}]}"#, (true, true)),
            (
                r#"{"source":["aws.s3"],"detail-type":["Object Created"]}"#,
                (false, false),
            ),
            (
                r#"{"detail-type":[{"suffix":" via CloudTrail"}]}"#,
                (true, true),
            ),
            (
                r#"{"$or":[{"source":["x"],"detail-type":["y"]},{"source":[{"prefix":"aws."}],"detail-type":[{"suffix":" via CloudTrail"}]}]}"#,
                (true, true),
            ),
            (
                r#"{"$or":[{"source":["x"],"detail-type":["y"]},{"detail-type":["AWS API Call via CloudTrail"]}]}"#,
                (true, false),
            ),
            ("none", (false, false)),
        ] {
            assert_eq!(heard(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn simple_and_advanced_selectors_are_told_alike() {
        let simple = ct::EventSelector::builder()
            .read_write_type(ct::ReadWriteType::WriteOnly)
            .include_management_events(true)
            .exclude_management_event_sources("kms.amazonaws.com")
            .build();
        let field = |name: &str| ct::AdvancedFieldSelector::builder().field(name);
        let advanced = ct::AdvancedEventSelector::builder()
            .field_selectors(field("eventCategory").equals("Management").build().unwrap())
            .field_selectors(field("readOnly").equals("false").build().unwrap())
            .field_selectors(
                field("eventSource")
                    .not_equals("kms.amazonaws.com")
                    .build()
                    .unwrap(),
            )
            .build()
            .unwrap();
        for sum in [selectors_of(&[simple], &[]), selectors_of(&[], &[advanced])] {
            assert_eq!(sum.management, Recorded::Writes);
            assert_eq!(sum.excluded, ["kms.amazonaws.com"]);
        }
    }
}
