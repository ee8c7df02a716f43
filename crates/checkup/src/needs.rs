//! What must be recorded for a rule to match, as far as its tests tell.
//!
//! Told by the events that the rule itself says it matches: its tests. If each of them is a data event,
//! the rule is blind without data events; if each of them only looks, it is blind where only changes are
//! recorded.

use std::collections::BTreeSet;

use crate::setup::{Recorded, Setup};

/// What a rule wants recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Management events that only look.
    Reads,
    /// Data events of a kind of resource.
    Data(&'static str),
    /// Management events of a service that can be left out.
    Service(&'static str),
}

/// A rule that wants something special.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The rule's title.
    pub title: String,
    /// What it wants.
    pub wanted: Wanted,
}

/// An event, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Its `eventSource`.
    pub source: &'a str,
    /// Its `eventName`.
    pub name: &'a str,
    /// What the record says of itself, if it does.
    pub read_only: Option<bool>,
}

/// Calls that are data events: service, names, and the kind of resource that selects them.
///
/// Source: AWS CloudTrail User Guide, *Logging data events*, tables of supported resource types.
const DATA: &[(&str, &[&str], &str)] = &[
    (
        "s3.amazonaws.com",
        &[
            "GetObject",
            "PutObject",
            "DeleteObject",
            "DeleteObjects",
            "CopyObject",
            "HeadObject",
            "ListObjects",
            "ListObjectsV2",
            "ListObjectVersions",
            "GetObjectAcl",
            "PutObjectAcl",
            "GetObjectTagging",
            "PutObjectTagging",
            "RestoreObject",
            "SelectObjectContent",
            "CreateMultipartUpload",
            "CompleteMultipartUpload",
            "UploadPart",
            "UploadPartCopy",
            "AbortMultipartUpload",
            "PutObjectRetention",
            "PutObjectLegalHold",
            "HeadBucket",
        ],
        "AWS::S3::Object",
    ),
    (
        "lambda.amazonaws.com",
        &["Invoke", "InvokeWithResponseStream"],
        "AWS::Lambda::Function",
    ),
    (
        "dynamodb.amazonaws.com",
        &[
            "GetItem",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "Query",
            "Scan",
            "BatchGetItem",
            "BatchWriteItem",
            "TransactGetItems",
            "TransactWriteItems",
            "ExecuteStatement",
        ],
        "AWS::DynamoDB::Table",
    ),
    (
        "sns.amazonaws.com",
        &["Publish", "PublishBatch"],
        "AWS::SNS::Topic",
    ),
    (
        "sqs.amazonaws.com",
        &["SendMessage", "ReceiveMessage", "DeleteMessage"],
        "AWS::SQS::Queue",
    ),
    (
        "cognito-identity.amazonaws.com",
        &["GetId", "GetCredentialsForIdentity"],
        "AWS::Cognito::IdentityPool",
    ),
];

/// Services whose management events a trail may leave out.
const EXCLUDABLE: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// The kind of resource that selects this call, if it is a data event of a kind that we know.
#[must_use]
pub fn data_kind(source: &str, name: &str) -> Option<&'static str> {
    let data = DATA
        .iter()
        .find(|(known, names, _)| *known == source && names.contains(&name));
    data.map(|(_, _, kind)| *kind)
}

/// Whether it matters what rules want: whether anything is left unrecorded that one may want.
#[must_use]
pub fn matter(setup: &Setup) -> bool {
    let mut recorded = Recorded::Nothing;
    let (mut data, mut is_partial) = (BTreeSet::new(), false);
    for selectors in setup
        .trails
        .iter()
        .filter_map(|trail| trail.selectors.as_ref())
    {
        recorded = recorded.and(selectors.management);
        is_partial |= !selectors.excluded.is_empty();
        data.extend(selectors.data.iter().map(String::as_str));
    }
    let has_all_data = DATA.iter().all(|(_, _, kind)| data.contains(kind));
    recorded != Recorded::Nothing && (recorded != Recorded::All || is_partial || !has_all_data)
}

/// What a rule wants that matches these calls, and says so by its tests; nothing special if `None`.
#[must_use]
pub fn wanted(calls: &[Call<'_>]) -> Option<Wanted> {
    let (first, rest) = calls.split_first()?;
    let wanted = first.wanted()?;
    rest.iter()
        .all(|call| call.wanted() == Some(wanted))
        .then_some(wanted)
}

impl Call<'_> {
    fn wanted(&self) -> Option<Wanted> {
        if let Some(kind) = data_kind(self.source, self.name) {
            return Some(Wanted::Data(kind));
        }
        if let Some(source) = EXCLUDABLE.iter().find(|source| **source == self.source) {
            return Some(Wanted::Service(source));
        }
        let only_looks = self.read_only.unwrap_or_else(|| {
            ["Get", "List", "Describe", "Lookup", "Search", "BatchGet"]
                .iter()
                .any(|verb| self.name.starts_with(verb))
        });
        only_looks.then_some(Wanted::Reads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rule_wants_is_what_all_its_events_are() {
        let call = |source, name| Call {
            source,
            name,
            read_only: None,
        };
        let get = call("s3.amazonaws.com", "GetObject");
        let list = call("iam.amazonaws.com", "ListUsers");
        let make = call("iam.amazonaws.com", "CreateUser");
        assert_eq!(wanted(&[get, get]), Some(Wanted::Data("AWS::S3::Object")));
        assert_eq!(wanted(&[list]), Some(Wanted::Reads));
        for calls in [&[][..], &[make], &[list, make], &[get, list]] {
            assert_eq!(wanted(calls), None, "{calls:?}");
        }
        let decrypt = call("kms.amazonaws.com", "Decrypt");
        assert_eq!(
            wanted(&[decrypt]),
            Some(Wanted::Service("kms.amazonaws.com"))
        );
    }
}
