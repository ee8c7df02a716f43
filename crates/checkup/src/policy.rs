//! What the inspection must be allowed: to look, and nothing else.

use serde_json::json;

/// All that is asked, as IAM actions.
pub const ACTIONS: [&str; 16] = [
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "events:ListRules",
    "events:ListTargetsByRule",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "s3:GetBucketNotification",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
    "s3:GetLifecycleConfiguration",
    // Where a bucket lies.
    "s3:ListBucket",
    "sns:ListSubscriptionsByTopic",
    // Not needed by the inspection itself: for `history` and `verify`, which the same person runs.
    "cloudtrail:ListPublicKeys",
    "cloudtrail:LookupEvents",
];

/// The policy, to be attached to whoever inspects.
#[must_use]
pub fn document() -> String {
    let mut actions = ACTIONS;
    actions.sort_unstable();
    let statement = json!({
        "Sid": "TrailhoundLooks",
        "Effect": "Allow",
        "Action": actions,
        // Trails, buckets and rules are not known before they are asked for.
        "Resource": "*",
    });
    format!(
        "{:#}\n",
        json!({"Version": "2012-10-17", "Statement": [statement]})
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_changed_with_it() {
        for action in ACTIONS {
            let (_, verb) = action.split_once(':').unwrap();
            assert!(
                ["Describe", "Get", "List", "Lookup"]
                    .iter()
                    .any(|looks| verb.starts_with(looks)),
                "{action}"
            );
        }
    }
}
