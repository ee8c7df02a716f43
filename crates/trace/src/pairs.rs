//! Calls that make something that lasts, and those that take it away again.
//!
//! Source: the API references of the services; which parameters name the thing is told by real records.

use serde::Serialize;

/// What of an intruder lasts when the session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lasting {
    /// A way to come back: users, keys, passwords, trusts, permissions.
    WayIn,
    /// Data that others can reach.
    Exposure,
    /// Something that watched, and does no more.
    Blindness,
    /// Something that runs, and costs.
    Running,
}

impl Lasting {
    /// All of them, in the order of urgency.
    pub const ALL: [Self; 4] = [Self::WayIn, Self::Exposure, Self::Blindness, Self::Running];
}

/// A call that makes, and what takes it away.
pub(crate) struct Pair {
    pub(crate) service: &'static str,
    pub(crate) made: &'static str,
    /// Empty where only a person can tell whether it was taken back.
    pub(crate) unmade: &'static str,
    /// Where the first names the thing, and the second: the paths stand in the same order.
    pub(crate) of: &'static [(&'static str, &'static str)],
    pub(crate) lasting: Lasting,
}

const fn pair(
    lasting: Lasting,
    service: &'static str,
    made: &'static str,
    unmade: &'static str,
    of: &'static [(&'static str, &'static str)],
) -> Pair {
    Pair {
        service,
        made,
        unmade,
        of,
        lasting,
    }
}

macro_rules! same {
    ($($name:literal),+) => {
        &[$((concat!("requestParameters.", $name), concat!("requestParameters.", $name))),+]
    };
}

use Lasting::{Blindness, Exposure, Running, WayIn};

/// All of them.
pub(crate) const PAIRS: &[Pair] = &[
    pair(WayIn, "iam", "CreateUser", "DeleteUser", same!("userName")),
    pair(
        WayIn,
        "iam",
        "CreateAccessKey",
        "DeleteAccessKey",
        &[(
            "responseElements.accessKey.accessKeyId",
            "requestParameters.accessKeyId",
        )],
    ),
    pair(
        WayIn,
        "iam",
        "CreateLoginProfile",
        "DeleteLoginProfile",
        same!("userName"),
    ),
    pair(WayIn, "iam", "UpdateLoginProfile", "", same!("userName")),
    pair(
        WayIn,
        "iam",
        "AttachUserPolicy",
        "DetachUserPolicy",
        same!("userName", "policyArn"),
    ),
    pair(
        WayIn,
        "iam",
        "AttachRolePolicy",
        "DetachRolePolicy",
        same!("roleName", "policyArn"),
    ),
    pair(
        WayIn,
        "iam",
        "AttachGroupPolicy",
        "DetachGroupPolicy",
        same!("groupName", "policyArn"),
    ),
    pair(
        WayIn,
        "iam",
        "PutUserPolicy",
        "DeleteUserPolicy",
        same!("userName", "policyName"),
    ),
    pair(
        WayIn,
        "iam",
        "PutRolePolicy",
        "DeleteRolePolicy",
        same!("roleName", "policyName"),
    ),
    pair(
        WayIn,
        "iam",
        "PutGroupPolicy",
        "DeleteGroupPolicy",
        same!("groupName", "policyName"),
    ),
    pair(
        WayIn,
        "iam",
        "AddUserToGroup",
        "RemoveUserFromGroup",
        same!("userName", "groupName"),
    ),
    pair(WayIn, "iam", "CreateRole", "DeleteRole", same!("roleName")),
    pair(
        WayIn,
        "iam",
        "UpdateAssumeRolePolicy",
        "",
        same!("roleName"),
    ),
    pair(WayIn, "iam", "CreatePolicyVersion", "", same!("policyArn")),
    pair(
        WayIn,
        "iam",
        "SetDefaultPolicyVersion",
        "",
        same!("policyArn"),
    ),
    pair(
        WayIn,
        "iam",
        "CreateSAMLProvider",
        "DeleteSAMLProvider",
        &[(
            "responseElements.sAMLProviderArn",
            "requestParameters.sAMLProviderArn",
        )],
    ),
    pair(
        WayIn,
        "iam",
        "CreateOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
        &[(
            "responseElements.openIDConnectProviderArn",
            "requestParameters.openIDConnectProviderArn",
        )],
    ),
    pair(
        WayIn,
        "iam",
        "DeactivateMFADevice",
        "EnableMFADevice",
        same!("userName"),
    ),
    pair(
        WayIn,
        "rolesanywhere",
        "CreateTrustAnchor",
        "DeleteTrustAnchor",
        &[(
            "responseElements.trustAnchor.trustAnchorId",
            "requestParameters.trustAnchorId",
        )],
    ),
    pair(
        WayIn,
        "sso",
        "CreateAccountAssignment",
        "DeleteAccountAssignment",
        same!("principalId", "permissionSetArn", "targetId"),
    ),
    pair(
        WayIn,
        "lambda",
        "AddPermission",
        "RemovePermission",
        same!("functionName", "statementId"),
    ),
    pair(
        WayIn,
        "lambda",
        "CreateFunctionUrlConfig",
        "DeleteFunctionUrlConfig",
        same!("functionName"),
    ),
    pair(
        WayIn,
        "lambda",
        "UpdateFunctionCode",
        "",
        same!("functionName"),
    ),
    pair(
        WayIn,
        "lambda",
        "UpdateFunctionConfiguration",
        "",
        same!("functionName"),
    ),
    pair(
        WayIn,
        "lambda",
        "CreateFunction",
        "DeleteFunction",
        same!("functionName"),
    ),
    pair(
        WayIn,
        "ec2",
        "CreateKeyPair",
        "DeleteKeyPair",
        same!("keyName"),
    ),
    pair(
        WayIn,
        "ec2",
        "ImportKeyPair",
        "DeleteKeyPair",
        same!("keyName"),
    ),
    pair(
        WayIn,
        "ec2",
        "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress",
        same!("groupId"),
    ),
    pair(WayIn, "kms", "CreateGrant", "RevokeGrant", same!("keyId")),
    pair(
        WayIn,
        "secretsmanager",
        "PutResourcePolicy",
        "DeleteResourcePolicy",
        same!("secretId"),
    ),
    pair(WayIn, "events", "PutRule", "DeleteRule", same!("name")),
    pair(
        Exposure,
        "s3",
        "PutBucketPolicy",
        "DeleteBucketPolicy",
        same!("bucketName"),
    ),
    pair(Exposure, "s3", "PutBucketAcl", "", same!("bucketName")),
    pair(
        Exposure,
        "s3",
        "DeleteBucketPublicAccessBlock",
        "PutBucketPublicAccessBlock",
        same!("bucketName"),
    ),
    pair(
        Exposure,
        "s3",
        "PutBucketReplication",
        "DeleteBucketReplication",
        same!("bucketName"),
    ),
    pair(
        Exposure,
        "ec2",
        "ModifySnapshotAttribute",
        "DeleteSnapshot",
        same!("snapshotId"),
    ),
    pair(
        Exposure,
        "ec2",
        "ModifyImageAttribute",
        "DeregisterImage",
        same!("imageId"),
    ),
    pair(
        Exposure,
        "rds",
        "ModifyDBSnapshotAttribute",
        "DeleteDBSnapshot",
        same!("dBSnapshotIdentifier"),
    ),
    pair(
        Blindness,
        "cloudtrail",
        "StopLogging",
        "StartLogging",
        same!("name"),
    ),
    pair(
        Blindness,
        "cloudtrail",
        "DeleteTrail",
        "CreateTrail",
        same!("name"),
    ),
    pair(
        Blindness,
        "cloudtrail",
        "PutEventSelectors",
        "",
        same!("trailName"),
    ),
    pair(Blindness, "cloudtrail", "UpdateTrail", "", same!("name")),
    pair(
        Blindness,
        "config",
        "StopConfigurationRecorder",
        "StartConfigurationRecorder",
        same!("configurationRecorderName"),
    ),
    pair(
        Blindness,
        "config",
        "DeleteConfigurationRecorder",
        "",
        same!("configurationRecorderName"),
    ),
    pair(
        Blindness,
        "guardduty",
        "DeleteDetector",
        "",
        same!("detectorId"),
    ),
    pair(
        Blindness,
        "guardduty",
        "UpdateDetector",
        "",
        same!("detectorId"),
    ),
    pair(Blindness, "ec2", "DeleteFlowLogs", "", &[]),
    pair(
        Blindness,
        "s3",
        "PutBucketLifecycle",
        "",
        same!("bucketName"),
    ),
    pair(
        Blindness,
        "s3",
        "PutBucketVersioning",
        "",
        same!("bucketName"),
    ),
    pair(
        Blindness,
        "kms",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
        same!("keyId"),
    ),
    pair(Blindness, "kms", "DisableKey", "EnableKey", same!("keyId")),
    pair(
        Running,
        "ec2",
        "RunInstances",
        "TerminateInstances",
        &[(
            "responseElements.instancesSet.items.instanceId",
            "requestParameters.instancesSet.items.instanceId",
        )],
    ),
    pair(
        Running,
        "ssm",
        "StartSession",
        "TerminateSession",
        &[("responseElements.sessionId", "requestParameters.sessionId")],
    ),
    pair(
        Running,
        "account",
        "EnableRegion",
        "DisableRegion",
        same!("RegionName"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_names_what_it_is_about_by_fields_that_records_can_have() {
        for pair in PAIRS {
            for (made, unmade) in pair.of {
                for path in [made, unmade] {
                    assert!(
                        path.starts_with("requestParameters.")
                            || path.starts_with("responseElements."),
                        "{path}"
                    );
                }
            }
            assert_ne!(pair.made, pair.unmade);
        }
        let mut made: Vec<_> = PAIRS.iter().map(|pair| (pair.service, pair.made)).collect();
        made.sort_unstable();
        let all = made.len();
        made.dedup();
        assert_eq!(made.len(), all, "each call is named once");
    }
}
