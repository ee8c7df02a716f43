//! What kind of call an API is: whether it only reads, how much it matters, what it touches.
//!
//! Five classes divide all calls, for a first call of one says something else than of another: a person
//! reads something new every day and hands out a key once a year. [`Class`] and [`Touch`] are decided by
//! the names of service and API alone, so they are found once for each API.
//!
//! Source: the APIs' own references; the tactics under which the built-in rules name them.

use serde::{Deserialize, Serialize};

use crate::dimension::Dimension;

/// How much a call of an API matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Looks at the set-up.
    Read,
    /// Looks at what an attacker wants: secrets, passwords, data, who may do what.
    SensitiveRead,
    /// Changes something.
    Write,
    /// Changes who may do what, what is watched, what can be restored; or costs dearly.
    SensitiveWrite,
    /// Blinds, lets out, hands over an identity, or cannot be taken back.
    GraveWrite,
}

impl Class {
    /// The class of a call of `name` (without version) of `service` (without `.amazonaws.com`).
    #[must_use]
    pub fn of(service: &str, name: &str, reads: bool) -> Self {
        // Services ask for it, and it gives nobody anything.
        if name == "CreateServiceLinkedRole" {
            return Self::Write;
        }
        let is_any = |rows: &[Row]| rows.iter().any(|row| is_in(row, service, name));
        if is_any(GRAVE_WRITES) {
            Self::GraveWrite
        } else if is_any(SENSITIVE_WRITES) {
            Self::SensitiveWrite
        } else if is_any(SENSITIVE_READS) {
            Self::SensitiveRead
        } else if reads {
            Self::Read
        } else {
            Self::Write
        }
    }

    /// The dimension in which first calls of this class are counted.
    #[must_use]
    pub fn dimension(self) -> Dimension {
        match self {
            Self::Read => Dimension::Read,
            Self::SensitiveRead => Dimension::SensitiveRead,
            Self::Write => Dimension::Write,
            Self::SensitiveWrite => Dimension::SensitiveWrite,
            Self::GraveWrite => Dimension::GraveWrite,
        }
    }
}

/// A service and the beginnings of API names.
type Row = (&'static str, &'static [&'static str]);

fn is_in((service, names): &Row, of: &str, name: &str) -> bool {
    *service == of && names.iter().any(|start| name.starts_with(start))
}

const SENSITIVE_READS: &[Row] = &[
    ("secretsmanager", &["GetSecretValue", "BatchGetSecretValue"]),
    ("ssm", &["GetParameter"]),
    ("kms", &["Decrypt"]),
    (
        "ec2",
        &[
            "GetPasswordData",
            "GetConsoleScreenshot",
            "GetConsoleOutput",
            "DescribeInstanceAttribute",
        ],
    ),
    (
        "ec2",
        &["GetLaunchTemplateData", "DescribeLaunchTemplateVersions"],
    ),
    (
        "iam",
        &[
            "GetAccountAuthorizationDetails",
            "GetCredentialReport",
            "GenerateCredentialReport",
            "SimulatePrincipalPolicy",
        ],
    ),
    (
        "iam",
        &[
            "ListAccessKeys",
            "ListUsers",
            "ListAttachedUserPolicies",
            "ListUserPolicies",
            "GetUserPolicy",
        ],
    ),
    ("sts", &["GetSessionToken", "GetFederationToken"]),
    ("lambda", &["GetFunction"]),
    ("ecr", &["GetAuthorizationToken"]),
    ("codeartifact", &["GetAuthorizationToken"]),
    (
        "rds",
        &["DownloadDBLogFilePortion", "DownloadCompleteDBLogFile"],
    ),
    ("redshift", &["GetClusterCredentials"]),
    ("organizations", &["ListAccounts", "DescribeOrganization"]),
    ("ses", &["GetSendQuota", "GetAccount", "ListIdentities"]),
    (
        "bedrock",
        &[
            "InvokeModel",
            "Converse",
            "GetFoundationModelAvailability",
            "GetUseCaseForModelAccess",
        ],
    ),
];

const GRAVE_WRITES: &[Row] = &[
    (
        "cloudtrail",
        &[
            "StopLogging",
            "DeleteTrail",
            "UpdateTrail",
            "PutEventSelectors",
            "PutInsightSelectors",
            "DeleteEventDataStore",
            "StopEventDataStore",
        ],
    ),
    (
        "guardduty",
        &[
            "Delete",
            "Disassociate",
            "UpdateDetector",
            "StopMonitoringMembers",
        ],
    ),
    (
        "securityhub",
        &["Disable", "Delete", "BatchDisable", "Disassociate"],
    ),
    ("access-analyzer", &["DeleteAnalyzer"]),
    (
        "config",
        &[
            "DeleteConfigurationRecorder",
            "DeleteDeliveryChannel",
            "StopConfigurationRecorder",
        ],
    ),
    ("macie2", &["Disable"]),
    ("inspector2", &["Disable"]),
    ("logs", &["DeleteLogGroup"]),
    (
        "route53resolver",
        &[
            "DeleteResolverQueryLogConfig",
            "DisassociateResolverQueryLogConfig",
        ],
    ),
    (
        "ec2",
        &[
            "DeleteFlowLogs",
            "ModifySnapshotAttribute",
            "ModifyImageAttribute",
            "CreateInstanceExportTask",
            "CreateStoreImageTask",
            "CreateTrafficMirror",
            "EnableSerialConsoleAccess",
            "DisableSnapshotBlockPublicAccess",
            "DisableImageBlockPublicAccess",
        ],
    ),
    (
        "rds",
        &[
            "ModifyDBSnapshotAttribute",
            "ModifyDBClusterSnapshotAttribute",
            "StartExportTask",
        ],
    ),
    (
        "iam",
        &[
            "CreateUser",
            "CreateLoginProfile",
            "UpdateLoginProfile",
            "CreateAccessKey",
            "AttachUserPolicy",
            "PutUserPolicy",
            "AddUserToGroup",
            "SetDefaultPolicyVersion",
            "UpdateAssumeRolePolicy",
            "DeactivateMFADevice",
            "DeleteVirtualMFADevice",
            "CreateSAMLProvider",
            "CreateOpenIDConnectProvider",
            "DeleteAccountPasswordPolicy",
        ],
    ),
    ("rolesanywhere", &["CreateTrustAnchor", "EnableTrustAnchor"]),
    (
        "kms",
        &[
            "ScheduleKeyDeletion",
            "DisableKey",
            "PutKeyPolicy",
            "DeleteImportedKeyMaterial",
        ],
    ),
    (
        "s3",
        &[
            "DeletePublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "DeleteAccountPublicAccessBlock",
        ],
    ),
    ("s3control", &["DeletePublicAccessBlock"]),
    ("backup", &["DeleteBackupVault", "DeleteRecoveryPoint"]),
    (
        "organizations",
        &[
            "LeaveOrganization",
            "DisablePolicyType",
            "RegisterDelegatedAdministrator",
        ],
    ),
    ("account", &["EnableRegion"]),
    ("sts", &["AssumeRoot"]),
    (
        "bedrock",
        &[
            "DeleteModelInvocationLogging",
            "PutUseCaseForModelAccess",
            "PutFoundationModelEntitlement",
        ],
    ),
];

const SENSITIVE_WRITES: &[Row] = &[
    (
        "iam",
        &[
            "Create",
            "Attach",
            "Put",
            "Add",
            "UpdateAssumeRolePolicy",
            "UpdateAccessKey",
            "UpdateLoginProfile",
            "SetDefaultPolicyVersion",
            "DeactivateMFADevice",
            "DeleteVirtualMFADevice",
            "DeleteRolePermissionsBoundary",
            "DeleteUserPermissionsBoundary",
            "UpdateAccountPasswordPolicy",
            "DeleteAccountPasswordPolicy",
            "UploadS",
        ],
    ),
    (
        "sso",
        &[
            "CreateAccountAssignment",
            "CreatePermissionSet",
            "AttachManagedPolicy",
            "PutInlinePolicy",
        ],
    ),
    (
        "sso-directory",
        &["CreateUser", "AddMemberToGroup", "UpdatePassword"],
    ),
    ("identitystore", &["CreateUser", "CreateGroupMembership"]),
    ("rolesanywhere", &["Create", "Enable", "Put"]),
    (
        "cloudtrail",
        &[
            "StopLogging",
            "DeleteTrail",
            "UpdateTrail",
            "PutEventSelectors",
            "PutInsightSelectors",
            "DeleteEventDataStore",
            "StopEventDataStore",
        ],
    ),
    (
        "guardduty",
        &[
            "Delete",
            "Disassociate",
            "UpdateDetector",
            "CreateFilter",
            "CreateIPSet",
            "UpdateIPSet",
            "StopMonitoringMembers",
            "ArchiveFindings",
        ],
    ),
    (
        "securityhub",
        &["Disable", "Delete", "BatchDisable", "Disassociate"],
    ),
    ("access-analyzer", &["DeleteAnalyzer"]),
    ("config", &["Delete", "StopConfigurationRecorder"]),
    ("macie2", &["Disable"]),
    ("inspector2", &["Disable"]),
    ("wafv2", &["DeleteWebACL", "DisassociateWebACL"]),
    (
        "logs",
        &[
            "DeleteLogGroup",
            "DeleteLogStream",
            "DeleteSubscriptionFilter",
            "PutSubscriptionFilter",
        ],
    ),
    ("monitoring", &["DeleteAlarms", "DisableAlarmActions"]),
    ("events", &["DisableRule", "DeleteRule"]),
    (
        "route53resolver",
        &[
            "DeleteResolverQueryLogConfig",
            "DisassociateResolverQueryLogConfig",
        ],
    ),
    (
        "ec2",
        &[
            "DeleteFlowLogs",
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "CreateKeyPair",
            "ImportKeyPair",
            "ModifySnapshotAttribute",
            "ModifyImageAttribute",
            "CreateSnapshot",
            "CopySnapshot",
            "CreateImage",
            "RunInstances",
            "RequestSpotInstances",
            "CreateFleet",
            "ModifyInstanceAttribute",
            "AssociateIamInstanceProfile",
            "ReplaceIamInstanceProfile",
            "DisableEbsEncryptionByDefault",
            "CreateInstanceExportTask",
            "CreateStoreImageTask",
            "DeleteSnapshot",
            "SendSerialConsole",
            "EnableSerialConsoleAccess",
            "CreateTrafficMirror",
            "DisableSnapshotBlockPublicAccess",
            "DisableImageBlockPublicAccess",
            "ModifyInstanceMetadataOptions",
            "CreateNetworkAclEntry",
            "ReplaceNetworkAclEntry",
        ],
    ),
    ("ec2-instance-connect", &["Send"]),
    (
        "ssm",
        &[
            "SendCommand",
            "StartSession",
            "CreateAssociation",
            "ResumeSession",
            "StartAutomationExecution",
            "ModifyDocumentPermission",
        ],
    ),
    (
        "s3",
        &[
            "PutBucketPolicy",
            "PutBucketAcl",
            "PutObjectAcl",
            "DeleteBucket",
            "PutBucketVersioning",
            "PutBucketLifecycle",
            "PutLifecycle",
            "PutBucketReplication",
            "PutReplication",
            "DeletePublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutBucketPublicAccessBlock",
            "PutPublicAccessBlock",
            "DeleteBucketPolicy",
            "PutBucketLogging",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutAccountPublicAccessBlock",
        ],
    ),
    (
        "s3control",
        &["DeletePublicAccessBlock", "PutPublicAccessBlock"],
    ),
    (
        "kms",
        &[
            "ScheduleKeyDeletion",
            "DisableKey",
            "PutKeyPolicy",
            "ImportKeyMaterial",
            "DeleteImportedKeyMaterial",
        ],
    ),
    (
        "secretsmanager",
        &["DeleteSecret", "PutResourcePolicy", "UpdateSecret"],
    ),
    (
        "lambda",
        &[
            "AddPermission",
            "AddLayerVersionPermission",
            "CreateFunctionUrlConfig",
            "PublishLayerVersion",
        ],
    ),
    (
        "rds",
        &[
            "ModifyDBSnapshotAttribute",
            "ModifyDBClusterSnapshotAttribute",
            "CreateDBSnapshot",
            "CopyDBSnapshot",
            "DeleteDBInstance",
            "DeleteDBCluster",
            "StartExportTask",
            "RestoreDB",
        ],
    ),
    ("dynamodb", &["DeleteTable", "ExportTable", "DeleteBackup"]),
    ("backup", &["Delete", "PutBackupVaultAccessPolicy"]),
    (
        "eks",
        &[
            "CreateAccessEntry",
            "AssociateAccessPolicy",
            "UpdateClusterConfig",
        ],
    ),
    ("ecr", &["SetRepositoryPolicy"]),
    (
        "organizations",
        &[
            "LeaveOrganization",
            "DetachPolicy",
            "DeletePolicy",
            "DisablePolicyType",
            "InviteAccount",
            "CreateAccount",
            "RegisterDelegatedAdministrator",
        ],
    ),
    (
        "account",
        &["EnableRegion", "DisableRegion", "PutAlternateContact"],
    ),
    ("sts", &["AssumeRoleWith", "AssumeRoot"]),
    (
        "ses",
        &[
            "VerifyEmailIdentity",
            "CreateEmailIdentity",
            "PutAccountDetails",
            "UpdateAccountSendingEnabled",
        ],
    ),
    (
        "sagemaker",
        &[
            "CreateNotebookInstance",
            "CreatePresignedNotebookInstanceUrl",
            "CreatePresignedDomainUrl",
        ],
    ),
    ("glue", &["CreateDevEndpoint", "UpdateDevEndpoint"]),
    (
        "bedrock",
        &[
            "PutFoundationModelEntitlement",
            "CreateFoundationModelAgreement",
            "PutUseCaseForModelAccess",
            "DeleteModelInvocationLogging",
            "PutModelInvocationLogging",
        ],
    ),
    ("servicequotas", &["RequestServiceQuotaIncrease"]),
    (
        "transfer",
        &["CreateUser", "CreateServer", "ImportSshPublicKey"],
    ),
    ("codebuild", &["ImportSourceCredentials"]),
    ("appstream", &["CreateStreamingURL"]),
    (
        "lightsail",
        &[
            "CreateInstances",
            "DownloadDefaultKeyPair",
            "GetInstanceAccessDetails",
        ],
    ),
];

/// What a call of an API touches, and where in `requestParameters` that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// What kind of thing it is.
    pub dimension: Dimension,
    /// The path; of a list its first member is taken.
    pub path: &'static [&'static str],
}

impl Touch {
    /// What a call of `name` of `service` touches, if that is kept.
    #[must_use]
    pub fn of(service: &str, name: &str) -> Option<Self> {
        let touch = |dimension, path| Some(Self { dimension, path });
        match (service, name) {
            ("secretsmanager", "BatchGetSecretValue") => {
                touch(Dimension::Secret, &["secretIdList"])
            }
            ("secretsmanager", _) => touch(Dimension::Secret, &["secretId"]),
            ("ssm", "GetParameter") => touch(Dimension::Parameter, &["name"]),
            ("ssm", "GetParameters") => touch(Dimension::Parameter, &["names"]),
            ("ssm", "GetParametersByPath") => touch(Dimension::Parameter, &["path"]),
            ("s3", _) => touch(Dimension::Bucket, &["bucketName"]),
            ("sts", "AssumeRole") => touch(Dimension::Role, &["roleArn"]),
            ("ec2", "RunInstances" | "ModifyInstanceAttribute") => {
                touch(Dimension::Make, &["instanceType"])
            }
            ("bedrock", _) => touch(Dimension::Make, &["modelId"]),
            ("iam", "GetUser" | "ListAccessKeys") => None,
            ("iam", _) if !name.starts_with("List") && !name.starts_with("Get") => {
                touch(Dimension::Target, &["userName"])
            }
            _ => None,
        }
    }
}

/// What a call counts towards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// It reads an object's content.
    pub object_read: bool,
    /// It deletes or ends something.
    pub deletes: bool,
    /// It asks a model.
    pub model: bool,
}

impl Counts {
    /// What a call of `name` of `service` counts towards.
    #[must_use]
    pub fn of(service: &str, name: &str) -> Self {
        const ENDS: [&str; 6] = [
            "Delete",
            "Terminate",
            "Remove",
            "Detach",
            "Deregister",
            "ScheduleKeyDeletion",
        ];
        Self {
            object_read: service == "s3"
                && matches!(name, "GetObject" | "SelectObjectContent" | "CopyObject"),
            deletes: ENDS.iter().any(|start| name.starts_with(start)),
            model: service == "bedrock"
                && (name.starts_with("InvokeModel") || name.starts_with("Converse")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fall_into_four_classes() {
        for (service, name, reads, expected, why) in [
            (
                "ec2",
                "DescribeInstances",
                true,
                Class::Read,
                "looks around",
            ),
            (
                "secretsmanager",
                "GetSecretValue",
                true,
                Class::SensitiveRead,
                "a secret",
            ),
            ("sqs", "SendMessage", false, Class::Write, "work"),
            (
                "iam",
                "CreateAccessKey",
                false,
                Class::SensitiveWrite,
                "a way in",
            ),
            (
                "iam",
                "CreateUser",
                true,
                Class::SensitiveWrite,
                "whatever the record says",
            ),
        ] {
            assert_eq!(Class::of(service, name, reads), expected, "{why}");
        }
    }

    #[test]
    fn what_is_touched_is_told_by_the_api() {
        let touched = |service, name| Touch::of(service, name).map(|touch| touch.dimension);
        assert_eq!(touched("s3", "GetObject"), Some(Dimension::Bucket));
        assert_eq!(touched("sts", "AssumeRole"), Some(Dimension::Role));
        assert_eq!(touched("iam", "CreateAccessKey"), Some(Dimension::Target));
        assert_eq!(touched("iam", "ListUsers"), None);
        assert!(Counts::of("kms", "ScheduleKeyDeletion").deletes);
        assert!(
            Counts::of("s3", "GetObject").object_read && !Counts::of("s3", "PutObject").object_read
        );
    }
}
