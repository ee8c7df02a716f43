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

fn grants_of_document(name: &str, document: &str) -> Vec<String> {
    let request = format!(r#""requestParameters":{{"policyDocument":{document}}}"#);
    tags(&record("iam", name, &request), "grants")
}

#[test]
fn policy_documents_grant_what_their_allow_statements_say() {
    for (statement, expected, why) in [
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            &["admin", "iam-admin", "pass-role", "wildcard-action"][..],
            "everything",
        ),
        (
            r#"{"Effect":"Allow","Action":["*:*"],"Resource":["arn:aws:*"]}"#,
            &["admin", "iam-admin", "pass-role", "wildcard-action"],
            "in other words",
        ),
        (
            r#"{"effect":"Allow","action":["a*","b*","c*","d*","e*","i*","k*","l*","o*","s*"],"resource":"*"}"#,
            &["admin", "iam-admin", "pass-role"],
            "letter by letter",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"aws-portal:*","Resource":"*"}"#,
            &["admin", "iam-admin", "pass-role", "wildcard-action"],
            "all but next to nothing",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
            &["wildcard-action"],
            "a power user",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#,
            &["iam-admin", "pass-role", "wildcard-action"],
            "may make itself administrator",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/*"}"#,
            &["wildcard-action"],
            "everything on one bucket",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}"#,
            &["pass-role"],
            "any role",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::999900001111:role/*"}"#,
            &["pass-role"],
            "any role of an account",
        ),
        (
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/Deploy"}"#,
            &[],
            "one role",
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#,
            &[],
            "ordinary",
        ),
        (
            r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
            &[],
            "a prohibition",
        ),
        (
            r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::secret"}"#,
            &["admin", "iam-admin", "pass-role", "wildcard-action"],
            "everywhere but one bucket",
        ),
        (
            r#"{"Effect":7,"Action":{},"Resource":null}"#,
            &[],
            "ill-typed",
        ),
    ] {
        let found = grants_of_document(
            "PutUserPolicy",
            &format!(r#"{{"Statement":[{statement}]}}"#),
        );
        assert_eq!(found, expected, "{why}: {statement}");
    }
}

#[test]
fn admin_may_be_spread_over_statements() {
    let document = r#"{"Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}"#;
    assert!(grants_of_document("CreatePolicy", document).contains(&"admin".to_owned()));
}

#[test]
fn documents_count_in_every_spelling() {
    let plain = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}"#;
    let quoted = serde_json::to_string(plain).unwrap();
    let encoded = format!(
        "\"{}\"",
        plain
            .replace('{', "%7B")
            .replace('"', "%22")
            .replace(' ', "+")
    );
    for (document, why) in [
        (plain, "an object"),
        (&*quoted, "text"),
        (&*encoded, "percent-encoded"),
    ] {
        for place in ["policyDocument", "bucketPolicy", "policy", "attributes"] {
            let request = format!(r#""requestParameters":{{"x":{{"{place}":{document}}}}}"#);
            let found = tags(&record("s3", "PutBucketPolicy", &request), "grants");
            assert_eq!(found, ["public"], "{why} in {place}");
        }
    }
}

#[test]
fn principals_of_a_resource_policy() {
    let outsider = "account:444455556666";
    for (statement, expected) in [
        (r#""Principal":"*""#, &["public"][..]),
        (
            r#""Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]}"#,
            &["public"],
        ),
        (r#""Principal":{"*":"*"}"#, &["public"]),
        (
            r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
            &["not-principal", "public"],
        ),
        (
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/Own"}"#,
            &[],
        ),
        (r#""Principal":{"AWS":["444455556666"]}"#, &[outsider]),
        (
            r#""Principal":{"AWS":"arn:aws-cn:iam::444455556666:user/x"}"#,
            &[outsider],
        ),
        (r#""Principal":{"Service":"lambda.amazonaws.com"}"#, &[]),
        (
            r#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#,
            &["public"],
        ),
        (
            r#""Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
            &[],
        ),
        (
            r#""Principal":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}"#,
            &[outsider],
        ),
        (
            r#""Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
            &["public"],
        ),
        (r#""Principal":{"CanonicalUser":"79a59df9"}"#, &[]),
        (r#""Principal":[7,{}]"#, &[]),
    ] {
        let document = format!(
            r#"{{"Statement":[{{"Effect":"Allow",{statement},"Action":"sts:AssumeRole"}}]}}"#
        );
        let found = grants_of_document("UpdateAssumeRolePolicy", &document);
        assert_eq!(found, expected, "{statement}");
    }
}

#[test]
fn calls_that_give_nothing_grant_nothing() {
    let admin = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    for (source, name, grants, why) in [
        ("iam", "PutRolePolicy", true, "a policy"),
        ("sts", "GetFederationToken", true, "what the token may do"),
        ("sts", "AssumeRole", false, "a session policy narrows"),
        ("iam", "SimulateCustomPolicy", false, "a trial"),
        ("access-analyzer", "ValidatePolicy", false, "a check"),
        (
            "organizations",
            "CreatePolicy",
            false,
            "a service control policy narrows",
        ),
        (
            "ec2",
            "CreateVpcEndpoint",
            false,
            "an endpoint policy narrows",
        ),
        ("s3", "GetBucketPolicy", false, "it only reads"),
    ] {
        let request = format!(r#""requestParameters":{{"policy":{admin}}}"#);
        let found = tags(&record(source, name, &request), "grants");
        assert_eq!(!found.is_empty(), grants, "{name}: {why}");
    }
}

#[test]
fn grants_without_a_document() {
    let all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
    for (source, name, request, expected) in [
        (
            "iam",
            "AttachUserPolicy",
            r#"{"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
            &["admin", "iam-admin"][..],
        ),
        (
            "iam",
            "AttachRolePolicy",
            r#"{"policyArn":"arn:aws-cn:iam::aws:policy/AdministratorAccess"}"#,
            &["admin", "iam-admin"],
        ),
        (
            "iam",
            "AttachRolePolicy",
            r#"{"policyArn":"arn:aws:iam::111122223333:policy/AdministratorAccess"}"#,
            &[],
        ),
        (
            "iam",
            "DetachUserPolicy",
            r#"{"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
            &[],
        ),
        (
            "iam",
            "PutUserPermissionsBoundary",
            r#"{"permissionsBoundary":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
            &[],
        ),
        (
            "sso",
            "AttachManagedPolicyToPermissionSet",
            r#"{"managedPolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
            &["admin", "iam-admin"],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"*","action":"lambda:InvokeFunction"}"#,
            &["public"],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"*","principalOrgID":"o-abc"}"#,
            &[],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"*","sourceAccount":"111122223333"}"#,
            &[],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"*","sourceArn":"arn:aws:sns:eu-west-1:444455556666:t"}"#,
            &["account:444455556666"],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"444455556666"}"#,
            &["account:444455556666"],
        ),
        (
            "lambda",
            "AddPermission20150331v2",
            r#"{"principal":"s3.amazonaws.com"}"#,
            &[],
        ),
        (
            "events",
            "PutPermission",
            r#"{"principal":"*","condition":{"type":"StringEquals","key":"aws:PrincipalOrgID","value":"o-abc"}}"#,
            &[],
        ),
        (
            "sqs",
            "AddPermission",
            r#"{"awsAccountIds":["444455556666","111122223333"]}"#,
            &["account:444455556666"],
        ),
        (
            "kms",
            "CreateGrant",
            r#"{"granteePrincipal":"arn:aws:iam::444455556666:role/x"}"#,
            &["account:444455556666"],
        ),
        (
            "s3",
            "PutBucketAcl",
            r#"{"x-amz-acl":["public-read"]}"#,
            &["public"],
        ),
        (
            "s3",
            "PutObject",
            r#"{"x-amz-acl":"bucket-owner-full-control"}"#,
            &[],
        ),
        ("s3", "PutObject", r#"{"key":"public-read"}"#, &[]),
        (
            "s3",
            "PutBucketAcl",
            &format!(
                r#"{{"AccessControlPolicy":{{"AccessControlList":{{"Grant":[{{"Grantee":{{"URI":"{all_users}"}}}}]}}}}}}"#
            ),
            &["public"],
        ),
        (
            "s3",
            "PutObjectAcl",
            &format!(r#"{{"x-amz-grant-read":"uri=\"{all_users}\""}}"#),
            &["public"],
        ),
    ] {
        let text = record(source, name, &format!(r#""requestParameters":{request}"#));
        assert_eq!(tags(&text, "grants"), expected, "{name} {request}");
    }
}

#[test]
fn openings_to_the_world() {
    let world = r#""ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"},{"cidrIp":"0.0.0.0/0"}]}"#;
    let ingress = "AuthorizeSecurityGroupIngress";
    let rule = |fields: &str, ranges: &str| {
        format!(r#"{{"groupId":"sg-1","ipPermissions":{{"items":[{{{fields},{ranges}}}]}}}}"#)
    };
    for (name, request, expected, why) in [
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &["world", "world:22"][..], "SSH"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":443,"toPort":443"#, world), &["world"], "a web server"),
        (ingress, rule(r#""ipProtocol":"6","fromPort":"3300","toPort":"3400""#, world), &["world", "world:3306", "world:3389"], "a range, as text"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipRanges":{"items":[{"cidrIp":"203.0.113.0/24"}]}"#), &[], "one network"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}"#), &["world", "world:22"], "IPv6"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipRanges":{"items":[{"cidrIp":"128.0.0.0/1"}]}"#), &["world", "world:22"], "half of it"),
        (ingress, rule(r#""ipProtocol":"icmp","fromPort":22,"toPort":-1"#, world), &["world"], "ICMP has types, not ports"),
        (ingress, r#"{"ipProtocol":"tcp","fromPort":3389,"toPort":3389,"cidrIp":"0.0.0.0/0","ipPermissions":{}}"#.into(), &["world", "world:3389"], "the old form"),
        ("RevokeSecurityGroupIngress", rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &[], "closed, not opened"),
        ("AuthorizeSecurityGroupEgress", rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &[], "outwards"),
        ("ModifySecurityGroupRules", r#"{"ModifySecurityGroupRulesRequest":{"SecurityGroupRule":{"SecurityGroupRule":{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"CidrIpv4":"0.0.0.0/0"}}}}"#.into(), &["world", "world:5432"], "capitalised"),
        ("CreateNetworkAclEntry", r#"{"egress":false,"ruleAction":"allow","aclProtocol":"6","portRange":{"from":22,"to":23},"cidrBlock":"0.0.0.0/0"}"#.into(), &["world", "world:22", "world:23"], "an ACL"),
        ("CreateNetworkAclEntry", r#"{"egress":true,"ruleAction":"allow","aclProtocol":"-1","cidrBlock":"0.0.0.0/0"}"#.into(), &[], "an ACL, outwards"),
        ("CreateNetworkAclEntry", r#"{"cidrBlock":"0.0.0.0/0","egress":false,"ruleAction":"deny","aclProtocol":"-1"}"#.into(), &[], "an ACL that denies"),
        ("AuthorizeDBSecurityGroupIngress", r#"{"dBSecurityGroupName":"x","cIDRIP":"0.0.0.0/0"}"#.into(), &["world"], "a database's own group"),
        (ingress, r#"{"ipPermissions":{"items":[7,null,{"ipRanges":"0.0.0.0/0"}]}}"#.into(), &[], "ill-typed"),
    ] {
        let text = record("ec2", name, &format!(r#""requestParameters":{request}"#));
        assert_eq!(tags(&text, "opens"), expected, "{why}");
    }
}

#[test]
fn all_ports_are_every_port() {
    let ranges = r#""ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}"#;
    for ports in [
        r#""ipProtocol":"-1""#,
        r#""ipProtocol":"tcp","fromPort":0,"toPort":65535"#,
    ] {
        let request = format!(
            r#""requestParameters":{{"ipPermissions":{{"items":[{{{ports},{ranges}}}]}}}}"#
        );
        let found = tags(
            &record("ec2", "AuthorizeSecurityGroupIngress", &request),
            "opens",
        );
        assert_eq!(found.len(), 2 + opens::SENSITIVE_PORTS.len());
        assert!(found.contains(&"world:all".to_owned()));
    }
}

#[test]
fn an_answer_tells_what_the_request_did_not() {
    let fields = r#""requestParameters":{"groupId":"sg-1"},"responseElements":{"securityGroupRuleSet":{"items":[
        {"isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"},
        {"isEgress":true,"ipProtocol":"tcp","fromPort":25,"toPort":25,"cidrIpv4":"0.0.0.0/0"}]}}"#;
    let text = record("ec2", "AuthorizeSecurityGroupIngress", fields);
    assert_eq!(tags(&text, "opens"), ["world", "world:22"]);
}

#[test]
fn shares_with_others() {
    for (name, request, expected) in [
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"add":{"items":[{"group":"all"}]}}}"#,
            &["public"][..],
        ),
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"add":{"items":[{"userId":"444455556666"},{"userId":"111122223333"}]}}}"#,
            &["account:444455556666"],
        ),
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"remove":{"items":[{"group":"all"}]}}}"#,
            &[],
        ),
        (
            "ModifyImageAttribute",
            r#"{"launchPermission":{"add":{"items":[{"organizationArn":"arn:aws:organizations::444455556666:organization/o-abc"}]}}}"#,
            &[],
        ),
        (
            "ModifyImageAttribute",
            r#"{"launchPermission":{"add":{"items":[{"group":"all"}]}}}"#,
            &["public"],
        ),
        (
            "ModifyDBSnapshotAttribute",
            r#"{"attributeName":"restore","valuesToAdd":["all","444455556666"]}"#,
            &["account:444455556666", "public"],
        ),
        (
            "ModifyDBClusterSnapshotAttribute",
            r#"{"valuesToRemove":["all"]}"#,
            &[],
        ),
        (
            "ModifyDocumentPermission",
            r#"{"accountIdsToAdd":["All"]}"#,
            &["public"],
        ),
        (
            "CreateResourceShare",
            r#"{"principals":["444455556666"]}"#,
            &["account:444455556666"],
        ),
        ("DescribeSnapshots", r#"{"valuesToAdd":["all"]}"#, &[]),
    ] {
        let text = record("ec2", name, &format!(r#""requestParameters":{request}"#));
        assert_eq!(tags(&text, "shares"), expected, "{name} {request}");
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
        let found = [&everything, &ingress].map(|text| value_of(text, field.name));
        assert!(found.iter().any(Option::is_some), "{}", field.name);
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
            value_of(&text, field.name);
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
