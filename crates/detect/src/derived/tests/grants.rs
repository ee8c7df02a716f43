use super::*;

pub(super) fn grants_of_document(name: &str, document: &str) -> Vec<String> {
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
    let escaped = serde_json::to_string(&plain.replace("Statement", r"\u0053tatement")).unwrap();
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
        (&*escaped, "text with an escaped key"),
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
        ("sns", "Publish", false, "it hands on what others wrote"),
        ("dynamodb", "PutItem", false, "it keeps what others wrote"),
        (
            "sns",
            "SetTopicAttributes",
            true,
            "an attribute is a policy",
        ),
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
            "sqs",
            "AddPermission",
            r#"{"aWSAccountIds":["444455556666","*"],"actions":["SendMessage"]}"#,
            &["account:444455556666", "public"],
        ),
        (
            "sns",
            "AddPermission",
            r#"{"aWSAccountId":["*"],"actionName":["Publish"]}"#,
            &["public"],
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
