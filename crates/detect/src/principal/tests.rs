use proptest::prelude::*;

use super::*;
use crate::cloudtrail::layout;

fn principal(identity: &str) -> Principal {
    principal_in("us-east-1", "sts.amazonaws.com", identity)
}

fn principal_in(region: &str, source: &str, identity: &str) -> Principal {
    let text = format!(
        r#"{{"eventSource":"{source}","eventName":"X","eventTime":"2026-11-22T14:02:11Z",
        "awsRegion":"{region}","recipientAccountId":"999900001111","userIdentity":{identity}}}"#
    );
    let layout = layout::of(&text).expect("an object");
    Principal::of(&Record::new(&text, layout).expect("a record"))
}

/// Identity, then kind, key, name.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn check(rows: &[Row]) {
    for (identity, kind, key, name) in rows {
        let principal = principal(identity);
        let found = (principal.kind.as_str(), &*principal.key, &*principal.name);
        assert_eq!(found, (*kind, *key, *name), "{identity}");
    }
}

#[test]
fn users_and_root() {
    check(&[
        (
            r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ops/maria","accountId":"111122223333","userName":"maria"}"#,
            "iam-user",
            "arn:aws:iam::111122223333:user/ops/maria",
            "maria",
        ),
        (
            r#"{"type":"IAMUser","accountId":"111122223333","userName":"maria"}"#,
            "iam-user",
            "arn:aws:iam::111122223333:user/maria",
            "maria",
        ),
        (
            r#"{"type":"IAMUser","principalId":"AIDAEXAMPLE"}"#,
            "iam-user",
            "AIDAEXAMPLE",
            "AIDAEXAMPLE",
        ),
        (
            r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","userName":"company-alias"}"#,
            "root",
            "arn:aws:iam::111122223333:root",
            "root",
        ),
        (
            r#"{"type":"Root","accountId":"111122223333"}"#,
            "root",
            "arn:aws:iam::111122223333:root",
            "root",
        ),
        (r#"{"type":"Root"}"#, "root", "root", "root"),
    ]);
}

#[test]
fn role_sessions_are_the_role() {
    check(&[
        (
            r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run-17","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/ci/Deploy"}}}"#,
            "assumed-role",
            "arn:aws:iam::111122223333:role/ci/Deploy",
            "Deploy",
        ),
        (
            r#"{"type":"AssumedRole","arn":"arn:aws-cn:sts::111122223333:assumed-role/Deploy/run-17"}"#,
            "assumed-role",
            "arn:aws-cn:iam::111122223333:role/Deploy",
            "Deploy",
        ),
        (
            r#"{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE12:run-17"}"#,
            "assumed-role",
            "AROAEXAMPLEEXAMPLE12",
            "AROAEXAMPLEEXAMPLE12",
        ),
        (
            r#"{"type":"Role","arn":"arn:aws:iam::111122223333:role/Deploy"}"#,
            "assumed-role",
            "arn:aws:iam::111122223333:role/Deploy",
            "Deploy",
        ),
        (
            r#"{"arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run-17"}"#,
            "assumed-role",
            "arn:aws:iam::111122223333:role/Deploy",
            "Deploy",
        ),
        (
            r#"{"type":"AssumedRole","accountId":"111122223333"}"#,
            "assumed-role",
            "unknown:111122223333",
            "unknown:111122223333",
        ),
    ]);
    let identity = r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run-17","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sourceIdentity":"maria"}}"#;
    let role = principal(identity);
    assert_eq!(role.session.as_deref(), Some("run-17"));
    assert_eq!(role.access_key_id.as_deref(), Some("ASIAEXAMPLE"));
    assert_eq!(role.account.as_deref(), Some("111122223333"));
    assert_eq!(role.source_identity.as_deref(), Some("maria"));
}

#[test]
fn people_of_identity_center_are_permission_set_and_user() {
    let set = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_Access/maria@example.com";
    check(&[
        (
            r#"{"type":"AssumedRole","accountId":"111122223333","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_Access_0123456789abcdef/maria@example.com","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_Access_0123456789abcdef"}}}"#,
            "identity-center",
            set,
            "maria@example.com",
        ),
        (
            r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_Access_fedcba9876543210/maria@example.com"}"#,
            "identity-center",
            set,
            "maria@example.com",
        ),
        (
            r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Fake_0123456789abcdef/any","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/AWSReservedSSO_Fake_0123456789abcdef"}}}"#,
            "assumed-role",
            "arn:aws:iam::111122223333:role/AWSReservedSSO_Fake_0123456789abcdef",
            "AWSReservedSSO_Fake_0123456789abcdef",
        ),
        (
            r#"{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"544894e8-80c1","identityStoreArn":"arn:aws:identitystore::111122223333:identitystore/d-1234567890"}}"#,
            "identity-center",
            "arn:aws:identitystore::111122223333:identitystore/d-1234567890/user/544894e8-80c1",
            "544894e8-80c1",
        ),
    ]);
    let old = r#"{"type":"Unknown","principalId":"111122223333","accountId":"111122223333","userName":"maria@example.com"}"#;
    let old = principal_in("us-east-1", "sso.amazonaws.com", old);
    assert_eq!(old.key, "identity-center:111122223333:maria@example.com");

    let maria = principal(
        r#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/m"}"#,
    );
    assert_eq!(maria.permission_set(), Some("Ops"));
    assert_eq!(principal("{}").permission_set(), None);
}

#[test]
fn federated_subjects() {
    check(&[
        (
            r#"{"type":"WebIdentityUser","principalId":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:org/app:ref:refs/heads/main","userName":"repo:org/app:ref:refs/heads/main","identityProvider":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#,
            "federated",
            "federated:token.actions.githubusercontent.com:repo:org/app",
            "repo:org/app:ref:refs/heads/main",
        ),
        (
            r#"{"type":"WebIdentityUser","userName":"organization:o:project:p:workspace:w:run_phase:apply","identityProvider":"app.terraform.io"}"#,
            "federated",
            "federated:app.terraform.io:organization:o:project:p:workspace:w",
            "organization:o:project:p:workspace:w:run_phase:apply",
        ),
        (
            r#"{"type":"SAMLUser","principalId":"Uk1=:maria@example.com","userName":"maria@example.com","identityProvider":"Uk1="}"#,
            "federated",
            "federated:Uk1=:maria@example.com",
            "maria@example.com",
        ),
        (
            r#"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/chosen","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/broker"}}}"#,
            "federated",
            "arn:aws:iam::111122223333:user/broker",
            "chosen",
        ),
        (
            r#"{"type":"Directory","accountId":"111122223333","userName":"maria"}"#,
            "federated",
            "directory:111122223333:maria",
            "maria",
        ),
    ]);
}

#[test]
fn services_strangers_and_nobody() {
    check(&[
        (
            r#"{"type":"AWSService","invokedBy":"cloudtrail.amazonaws.com"}"#,
            "service",
            "cloudtrail.amazonaws.com",
            "cloudtrail.amazonaws.com",
        ),
        (
            r#"{"accountId":"111122223333","invokedBy":"kms.amazonaws.com"}"#,
            "service",
            "kms.amazonaws.com",
            "kms.amazonaws.com",
        ),
        (
            r#"{"type":"AWSService"}"#,
            "service",
            "sts.amazonaws.com",
            "sts.amazonaws.com",
        ),
        (
            r#"{"type":"AWSAccount","principalId":"AROAEXAMPLEEXAMPLE12:chosen","accountId":"444455556666"}"#,
            "account",
            "account:444455556666:AROAEXAMPLEEXAMPLE12",
            "444455556666",
        ),
        (
            r#"{"type":"AWSAccount","principalId":"","accountId":"444455556666"}"#,
            "account",
            "account:444455556666",
            "444455556666",
        ),
        (
            r#"{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}"#,
            "anonymous",
            "anonymous",
            "anonymous",
        ),
        (
            r#"{"type":"Unknown","principalId":"Anonymous"}"#,
            "anonymous",
            "anonymous",
            "anonymous",
        ),
    ]);
}

#[test]
fn missing_and_ill_typed_identities_are_unknown() {
    let nobody = ("unknown", "unknown:999900001111", "unknown:999900001111");
    for identity in [
        "null",
        "{}",
        "7",
        r#""x""#,
        "[]",
        r#"{"type":{},"arn":7}"#,
        r#"{"type":"Martian"}"#,
    ] {
        check(&[(identity, nobody.0, nobody.1, nobody.2)]);
    }
}

#[test]
fn partitions_follow_the_arn_and_else_the_region() {
    for (region, identity, key) in [
        (
            "cn-north-1",
            r#"{"type":"IAMUser","accountId":"111122223333","userName":"li"}"#,
            "arn:aws-cn:iam::111122223333:user/li",
        ),
        (
            "us-gov-west-1",
            r#"{"type":"Root","accountId":"111122223333"}"#,
            "arn:aws-us-gov:iam::111122223333:root",
        ),
    ] {
        assert_eq!(principal_in(region, "x.amazonaws.com", identity).key, key);
    }
}

#[test]
fn serialises_in_the_order_of_the_alert_schema() {
    let maria = principal(
        r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","userName":"maria"}"#,
    );
    let json = serde_json::to_string(&maria).unwrap();
    assert_eq!(
        json,
        r#"{"key":"arn:aws:iam::111122223333:user/maria","kind":"iam-user","arn":"arn:aws:iam::111122223333:user/maria","name":"maria","session":null,"access_key_id":null,"account":"111122223333","source_identity":null}"#
    );
    assert_eq!(serde_json::from_str::<Principal>(&json).unwrap(), maria);
}

#[test]
fn kinds_serialise_under_their_names() {
    use PrincipalKind::*;
    for kind in [
        IamUser,
        AssumedRole,
        Root,
        Service,
        Federated,
        IdentityCenter,
        Anonymous,
        Account,
        Unknown,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.to_string());
    }
}

proptest! {
    #[test]
    fn the_session_name_never_reaches_the_key(session in "[a-z0-9+=,.@-]{2,64}", path in "([a-z]{1,5}/){0,2}", issuer: bool) {
        let context = format!(r#","sessionContext":{{"sessionIssuer":{{"arn":"arn:aws:iam::111122223333:role/{path}R0LE"}}}}"#);
        let context = if issuer { &context } else { "" };
        let identity = |session: &str| format!(r#"{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/R0LE/{session}"{context}}}"#);
        let role = principal(&identity(&session));
        prop_assert_eq!(&role.key, &principal(&identity("other")).key);
        prop_assert_eq!(role.session, Some(session));
    }

    #[test]
    fn any_identity_has_an_answer(
        kind in "IAMUser|AssumedRole|Role|Root|FederatedUser|WebIdentityUser|SAMLUser|Directory|AWSService|AWSAccount|IdentityCenterUser|Unknown|[A-Z]{0,3}",
        arn in r#""(arn:aws:)?[a-z:/_A-Z0-9-]{0,40}"|null|7|\{\}"#,
        name in r#""[a-zé:/]{0,12}"|null|\[\]"#,
        id in r#""[A-Z:/é]{0,24}"|false"#,
    ) {
        let identity = format!(r#"{{"type":"{kind}","arn":{arn},"userName":{name},"principalId":{id},"accountId":{id},"invokedBy":{name},"sessionContext":{{"sessionIssuer":{{"arn":{arn}}}}}}}"#);
        let principal = principal(&identity);
        prop_assert!(!principal.key.is_empty());
        prop_assert!(!principal.name.is_empty());
    }
}
