//! What the fleet itself does every minute, and what would be no alert but noise.
//!
//! Only the calls that our functions make, only when they succeed, only from roles of our account whose
//! names begin as ours do; what the responder does to carry out a plan, only from its own role. Anything else that such a role does is judged like everybody's doings: it would
//! be somebody who has taken one of our functions over.

use detect::cloudtrail::Record;
use response::action::POLICY;
use sigma::event::Event as _;
use sigma::{FieldPath, Value};

/// Service and call, as our functions make them.
const ORDINARY: [(&str, &str); 21] = [
    ("cloudtrail.amazonaws.com", "LookupEvents"),
    ("dynamodb.amazonaws.com", "BatchGetItem"),
    ("dynamodb.amazonaws.com", "PutItem"),
    ("events.amazonaws.com", "PutEvents"),
    ("kms.amazonaws.com", "Decrypt"),
    ("kms.amazonaws.com", "GenerateDataKey"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("organizations.amazonaws.com", "ListAccountsForParent"),
    (
        "organizations.amazonaws.com",
        "ListOrganizationalUnitsForParent",
    ),
    ("organizations.amazonaws.com", "ListRoots"),
    ("s3.amazonaws.com", "GetObject"),
    ("s3.amazonaws.com", "ListObjects"),
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

/// What the responder does beside, where there is one. That it may stop no trail is on purpose; nor is that here.
const RESPONSES: [(&str, &str); 12] = [
    ("cloudtrail.amazonaws.com", "GetTrailStatus"),
    ("cloudtrail.amazonaws.com", "StartLogging"),
    ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress"),
    ("ec2.amazonaws.com", "RevokeSecurityGroupIngress"),
    ("iam.amazonaws.com", "DeleteRolePolicy"),
    ("iam.amazonaws.com", "DeleteUserPolicy"),
    ("iam.amazonaws.com", "GetRole"),
    ("iam.amazonaws.com", "GetUser"),
    ("iam.amazonaws.com", "ListAccessKeys"),
    ("iam.amazonaws.com", "PutRolePolicy"),
    ("iam.amazonaws.com", "PutUserPolicy"),
    ("iam.amazonaws.com", "UpdateAccessKey"),
];

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    account: String,
    prefix: String,
    role: FieldPath,
    role_account: FieldPath,
    policy: FieldPath,
    responder: Option<String>,
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
            policy: FieldPath::new("requestParameters.policyName"),
            responder: None,
        }
    }

    /// The same, with a responder whose role has this name.
    #[must_use]
    pub fn with_responder(self, role: Option<String>) -> Self {
        Self {
            responder: role,
            ..self
        }
    }

    /// Whether `record` is one of our ordinary calls.
    #[must_use]
    pub fn calls(&self, record: &Record<'_>) -> bool {
        let (source, name) = (record.event_source(), record.event_name());
        let is_in = |table: &[(&str, &str)]| table.iter().any(|(s, n)| *s == source && *n == name);
        // Asked of every record: nearly all end here.
        let is_ordinary = is_in(&ORDINARY);
        let is_response = self.responder.is_some() && is_in(&RESPONSES);
        if !(is_ordinary || is_response)
            || record.error_code().is_some()
            || text(record, &self.role_account).as_deref() != Some(&self.account)
        {
            return false;
        }
        let Some(role) = text(record, &self.role) else {
            return false;
        };
        let is_responder = self.responder.as_ref() == Some(&role);
        ((is_responder || role.starts_with(&self.prefix)) && is_ordinary)
            || (is_responder && is_response && self.is_of_a_plan(record))
    }

    /// Whether a policy, if the call is about one, has a name that plans give: others are none of our business.
    fn is_of_a_plan(&self, record: &Record<'_>) -> bool {
        text(record, &self.policy).is_none_or(|policy| policy.starts_with(POLICY))
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

    /// Whether a call of IAM by a role with a policy of this name is one of ours.
    fn is_response(role: &str, call: &str, policy: &str) -> bool {
        let text = format!(
            r#"{{"eventSource":"iam.amazonaws.com","eventName":"{call}","eventTime":"2026-11-22T14:02:11Z",
            "requestParameters":{{"userName":"maria"{policy}}},
            "userIdentity":{{"type":"AssumedRole","sessionContext":{{"sessionIssuer":{{"userName":"{role}","accountId":"111122223333"}}}}}}}}"#
        );
        let mut own = None;
        LogFileReader::default().read(text.as_bytes(), |record| {
            let responder = Some("trailhound-Response-1A2B-RespondRole-3C4D".to_owned());
            let us = Own::new("111122223333", "trailhound-").with_responder(responder);
            own = Some(us.calls(record));
        });
        own.unwrap()
    }

    #[test]
    fn what_carries_out_a_plan_is_ours_from_the_responder_alone() {
        let responder = "trailhound-Response-1A2B-RespondRole-3C4D";
        let of_plan = r#","policyName":"TrailhoundContain-0123""#;
        for (role, call, policy, expected, why) in [
            (
                responder,
                "UpdateAccessKey",
                "",
                true,
                "a key is switched off, or on again",
            ),
            (responder, "PutUserPolicy", of_plan, true, "a quarantine"),
            (responder, "DeleteUserPolicy", of_plan, true, "it is lifted"),
            (
                responder,
                "PutUserPolicy",
                r#","policyName":"Admin""#,
                false,
                "a policy of no plan",
            ),
            (
                responder,
                "CreateAccessKey",
                "",
                false,
                "no plan makes keys",
            ),
            (responder, "StopLogging", "", false, "no plan stops trails"),
            (
                "trailhound-AlertsRole-1",
                "UpdateAccessKey",
                "",
                false,
                "another function",
            ),
            (
                "Response-trailhound-",
                "UpdateAccessKey",
                "",
                false,
                "no role of ours",
            ),
        ] {
            assert_eq!(is_response(role, call, policy), expected, "{why}");
        }
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
