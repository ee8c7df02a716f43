//! What kind of call an API is: whether it only reads, how much it matters, what it touches.
//!
//! Five classes divide all calls, for a first call of one says something else than of another: a person
//! reads something new every day and hands out a key once a year. [`Class`] and [`Touch`] are decided by
//! the names of service and API alone, so they are found once for each API.
//!
//! Source: the APIs' own references; the tactics under which the built-in rules name them.

mod tables;

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
        let is_any = |rows: &[tables::Row]| rows.iter().any(|row| is_in(row, service, name));
        if is_any(tables::GRAVE_WRITES) {
            Self::GraveWrite
        } else if is_any(tables::SENSITIVE_WRITES) {
            Self::SensitiveWrite
        } else if is_any(tables::SENSITIVE_READS) {
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

fn is_in((service, names): &tables::Row, of: &str, name: &str) -> bool {
    *service == of && names.iter().any(|start| name.starts_with(start))
}

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
    /// It works with data, and changes nothing of the set-up.
    pub data: bool,
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
            data: is_data(service, name),
        }
    }
}

/// Whether a call is one of those that trails record as data events: work, of which there may be any amount.
///
/// Source: CloudTrail user guide, *Logging data events*.
fn is_data(service: &str, name: &str) -> bool {
    let any = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    match service {
        "s3" => {
            name.contains("Object") || name.contains("Part") || name.contains("MultipartUpload")
        }
        "dynamodb" => name.contains("Item") || name.contains("Statement"),
        "sqs" => name.contains("Message"),
        "sns" => any(&["Publish"]),
        "lambda" => any(&["Invoke"]),
        "bedrock" => any(&["Invoke", "Converse"]),
        "kinesis" => any(&["Put"]),
        "kms" => any(&[
            "Encrypt",
            "Decrypt",
            "GenerateDataKey",
            "ReEncrypt",
            "Sign",
            "Verify",
        ]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fall_into_five_classes() {
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
                Class::GraveWrite,
                "a way in",
            ),
            ("iam", "CreateRole", false, Class::SensitiveWrite, "a role"),
            (
                "iam",
                "CreateUser",
                true,
                Class::GraveWrite,
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
