//! What the fleet itself does every minute, and what would be no alert but noise.
//!
//! Only the calls that our functions make, only when they succeed, only from roles of our account whose
//! names begin as ours do. Anything else that such a role does is judged like everybody's doings: it would
//! be somebody who has taken one of our functions over.

use detect::cloudtrail::Record;
use sigma::event::Event as _;
use sigma::{FieldPath, Value};

/// Service and call, as our functions make them.
const ORDINARY: [(&str, &str); 16] = [
    ("cloudtrail.amazonaws.com", "LookupEvents"),
    ("dynamodb.amazonaws.com", "BatchGetItem"),
    ("dynamodb.amazonaws.com", "PutItem"),
    ("kms.amazonaws.com", "Decrypt"),
    ("kms.amazonaws.com", "GenerateDataKey"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("s3.amazonaws.com", "GetObject"),
    ("sns.amazonaws.com", "ListSubscriptionsByTopic"),
    ("sns.amazonaws.com", "Publish"),
    ("sns.amazonaws.com", "PublishBatch"),
    ("sqs.amazonaws.com", "ChangeMessageVisibility"),
    ("sqs.amazonaws.com", "DeleteMessage"),
    ("sqs.amazonaws.com", "DeleteMessageBatch"),
    ("sqs.amazonaws.com", "GetQueueAttributes"),
    ("sqs.amazonaws.com", "ReceiveMessage"),
    ("sqs.amazonaws.com", "SendMessage"),
];

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    account: String,
    prefix: String,
    role: FieldPath,
    role_account: FieldPath,
}

impl Own {
    /// Roles of `account` whose names begin with `prefix`.
    #[must_use]
    pub fn new(account: &str, prefix: &str) -> Self {
        let issuer = "userIdentity.sessionContext.sessionIssuer";
        Self {
            account: account.to_owned(),
            prefix: prefix.to_owned(),
            role: FieldPath::new(&format!("{issuer}.userName")),
            role_account: FieldPath::new(&format!("{issuer}.accountId")),
        }
    }

    /// Whether `record` is one of our ordinary calls.
    #[must_use]
    pub fn calls(&self, record: &Record<'_>) -> bool {
        let (source, name) = (record.event_source(), record.event_name());
        ORDINARY.iter().any(|(s, n)| *s == source && *n == name)
            && record.error_code().is_none()
            && text(record, &self.role).is_some_and(|role| role.starts_with(&self.prefix))
            && text(record, &self.role_account).as_deref() == Some(&self.account)
    }
}

fn text(record: &Record<'_>, path: &FieldPath) -> Option<String> {
    match record.field(path)? {
        Value::Str(text) => Some(text.into_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use detect::cloudtrail::LogFileReader;

    use super::*;

    fn is_own(role: &str, account: &str, call: &str, error: &str) -> bool {
        let text = format!(
            r#"{{"eventSource":"kms.amazonaws.com","eventName":"{call}","eventTime":"2026-11-22T14:02:11Z",{error}
            "userIdentity":{{"type":"AssumedRole","sessionContext":{{"sessionIssuer":{{"userName":"{role}","accountId":"{account}"}}}}}}}}"#
        );
        let mut own = None;
        LogFileReader::default().read(text.as_bytes(), |record| {
            own = Some(Own::new("111122223333", "trailhound-").calls(record));
        });
        own.unwrap()
    }

    #[test]
    fn only_what_our_functions_do_is_ours() {
        for (role, account, call, error, expected, why) in [
            (
                "trailhound-logs",
                "111122223333",
                "Decrypt",
                "",
                true,
                "the queue's key",
            ),
            (
                "trailhound-logs",
                "111122223333",
                "ScheduleKeyDeletion",
                "",
                false,
                "not our work",
            ),
            (
                "trailhound-logs",
                "444455556666",
                "Decrypt",
                "",
                false,
                "another account's role",
            ),
            (
                "admin",
                "111122223333",
                "Decrypt",
                "",
                false,
                "another role",
            ),
            (
                "trailhound-logs",
                "111122223333",
                "Decrypt",
                r#""errorCode":"AccessDenied","#,
                false,
                "somebody cuts us off",
            ),
        ] {
            assert_eq!(is_own(role, account, call, error), expected, "{why}");
        }
    }
}
