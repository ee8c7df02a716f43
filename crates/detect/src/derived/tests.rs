mod denials;
mod doors;
mod grants;

use proptest::prelude::*;

use super::*;
use crate::cloudtrail::layout;

fn value_of(text: &str, name: &str) -> Option<Value<'static>> {
    let record = Record::new(text, layout::of(text).expect("an object")).expect("a record");
    field(&record, name).map(owned)
}

fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Str(text) => Value::Str(text.into_owned().into()),
        Value::Bool(flag) => Value::Bool(flag),
        Value::List(members) => Value::List(members.into_iter().map(owned).collect()),
        other => panic!("no derived field is {other:?}"),
    }
}

fn record(source: &str, name: &str, fields: &str) -> String {
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z","recipientAccountId":"111122223333",{fields}}}"#
    )
}

fn tags(text: &str, field: &str) -> Vec<String> {
    match value_of(text, field) {
        None => Vec::new(),
        Some(Value::List(members)) => members
            .into_iter()
            .map(|member| match member {
                Value::Str(text) => text.into_owned(),
                other => panic!("{other:?}"),
            })
            .collect(),
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_second_factor_is_told_where_aws_can_know() {
    let user = r#""userIdentity":{"type":"IAMUser","userName":"maria"}"#;
    let session = |kind: &str, arn: &str, mfa: &str| {
        format!(
            r#""userIdentity":{{"type":"{kind}","arn":"{arn}","sessionContext":{{"attributes":{{"mfaAuthenticated":{mfa}}}}}}}"#
        )
    };
    let role = "arn:aws:sts::111122223333:assumed-role/Admin/x";
    let sso = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/maria";
    for (fields, expected, why) in [
        (
            format!(r#"{user},"additionalEventData":{{"MFAUsed":"Yes"}}"#),
            Some(true),
            "a sign-in with",
        ),
        (
            format!(r#"{user},"additionalEventData":{{"MFAUsed":"No"}}"#),
            Some(false),
            "a sign-in without",
        ),
        (
            format!(r#"{user},"additionalEventData":{{"MFAUsed":"No","SamlProviderArn":"arn"}}"#),
            None,
            "by SAML",
        ),
        (user.to_owned(), None, "an access key"),
        (
            session("AssumedRole", role, r#""true""#),
            Some(true),
            "a role with",
        ),
        (
            session("AssumedRole", role, r#""false""#),
            Some(false),
            "a role without",
        ),
        (
            session("Root", "arn:aws:iam::111122223333:root", "true"),
            Some(true),
            "as truth value",
        ),
        (
            session("AssumedRole", sso, r#""false""#),
            None,
            "Identity Center asks for it itself",
        ),
        (
            session("AssumedRole", role, r#""false""#)
                + r#","additionalEventData":{"MFAUsed":"No"}"#,
            None,
            "a role signs in with a token",
        ),
        (
            session("IAMUser", "a", "7") + r#","additionalEventData":[1]"#,
            None,
            "ill-typed",
        ),
    ] {
        let found = value_of(&record("signin", "ConsoleLogin", &fields), "mfa");
        assert_eq!(found, expected.map(Value::Bool), "{why}");
    }
}

#[test]
fn aws_itself_calls() {
    for (fields, expected, why) in [
        (
            r#""userIdentity":{"type":"AWSService","invokedBy":"kms.amazonaws.com"}"#,
            true,
            "for itself",
        ),
        (
            r#""userIdentity":{"type":"IAMUser","invokedBy":"AWS Internal"}"#,
            true,
            "for somebody",
        ),
        (
            r#""sourceIPAddress":"cloudformation.amazonaws.com""#,
            true,
            "by its address",
        ),
        (
            r#""sourceIPAddress":"203.0.113.9","userAgent":"cloudformation.amazonaws.com""#,
            false,
            "a user agent proves nothing",
        ),
        (r#""userIdentity":null"#, false, "nothing said"),
    ] {
        let found = value_of(&record("s3", "PutObject", fields), "calledByAws");
        assert_eq!(found, Some(Value::Bool(expected)), "{why}");
    }
}

#[test]
fn reading_is_told_by_the_record_or_the_verb() {
    for (name, fields, expected) in [
        ("PutObject", r#""readOnly":true"#, true),
        ("GetObject", r#""readOnly":false"#, false),
        ("GetObject", r#""x":1"#, true),
        ("DescribeInstances", r#""readOnly":null"#, true),
        ("GetFederationToken", r#""x":1"#, false),
        ("CreateUser", r#""x":1"#, false),
    ] {
        let found = value_of(&record("s3", name, fields), "readOnly");
        assert_eq!(found, Some(Value::Bool(expected)), "{name} {fields}");
    }
}

#[test]
fn plain_fields() {
    let text = record(
        "lambda",
        "CreateFunction20150331",
        r#""userAgent":"aws-cli/2.9 os/linux md/distrib#kali.2024","errorCode":"AccessDenied","errorMessage":"x with an explicit deny in a service control policy",
        "userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run"}"#,
    );
    for (name, expected) in [
        ("principal.key", "arn:aws:iam::111122223333:role/Deploy"),
        ("principal.kind", "assumed-role"),
        ("principal.name", "Deploy"),
        ("outcome", "failure"),
        ("denial", "scp"),
        ("eventName", "CreateFunction"),
        ("tool", "aws-cli"),
        ("tool.class", "unusual-os"),
    ] {
        assert_eq!(
            value_of(&text, name),
            Some(Value::Str(expected.into())),
            "{name}"
        );
    }
    assert_eq!(value_of(&text, "unheard-of"), None);
}

#[test]
fn every_documented_field_can_be_had() {
    let everything = record(
        "s3",
        "ModifySnapshotAttribute",
        r#""errorCode":"x","userAgent":"pacu","additionalEventData":{"MFAUsed":"Yes"},
        "requestParameters":{"principal":"*","createVolumePermission":{"add":{"items":[{"group":"all"}]}}}"#,
    );
    let ingress = record(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        r#""requestParameters":{"cidrIp":"0.0.0.0/0"}"#,
    );
    for field in FIELDS {
        let found = [&everything, &ingress].map(|text| value_of(text, field.name()));
        assert!(found.iter().any(Option::is_some), "{}", field.name());
        assert!(field.meaning.ends_with('.') && !field.values.is_empty());
    }
}

proptest! {
    #[test]
    fn junk_derives_without_panic(
        name in "AuthorizeSecurityGroupIngress|PutBucketPolicy|ModifySnapshotAttribute|AttachUserPolicy|AddPermission|ConsoleLogin",
        request in junk(),
        identity in junk(),
    ) {
        let text = record("s3", &name, &format!(r#""requestParameters":{request},"additionalEventData":{identity},"userIdentity":{identity}"#));
        for field in FIELDS {
            value_of(&text, field.name());
        }
    }
}

/// Values that have the keys of real requests, and anything under them.
fn junk() -> impl Strategy<Value = serde_json::Value> {
    let word = prop_oneof![
        "Statement|Effect|Allow|Principal|AWS|Action|Resource|Condition|StringEquals|aws:SourceIp|\\*|arn:aws:iam::\\*",
        "cidrIp|fromPort|0.0.0.0/0|::/0|policyArn|principal|type|IAMUser|AssumedRole|sessionContext|arn|add|items|group|all",
        "%7B%22|\\{\"Statement\":\\[|[\\[\\]{}\":,%*é ]{0,9}",
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::hash_map(word.clone(), inner.clone(), 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            inner.prop_map(|value| value.to_string().into()),
        ]
    })
}

#[test]
fn listed_values_are_the_only_ones() {
    let field = |path| {
        FIELDS
            .iter()
            .find(|derived| derived.path == path)
            .expect("listed")
    };
    assert!(field("trailhound.grants").can_be("account:444455556666"));
    assert!(field("trailhound.outcome").can_be("Success"));
    assert!(!field("trailhound.outcome").can_be("succeeded"));
    assert!(field("trailhound.tool").can_be("anything"));
}
