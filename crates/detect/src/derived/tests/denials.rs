use super::grants::grants_of_document;
use super::*;

#[test]
fn an_unconditional_denial_takes_back() {
    let everything = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let admin = &["admin", "iam-admin", "pass-role", "wildcard-action"][..];
    for (allow, deny, expected, why) in [
        (
            everything,
            r#""Action":"iam:*","Resource":"*""#,
            &["wildcard-action"][..],
            "a power user",
        ),
        (
            everything,
            r#""NotAction":["s3:*","ec2:*"],"Resource":"*""#,
            &["wildcard-action"],
            "only two services are left",
        ),
        (
            everything,
            r#""Action":"*","Resource":"*""#,
            &[],
            "nothing is left",
        ),
        (
            everything,
            r#""Action":"iam:PassRole","Resource":"*""#,
            &["admin", "iam-admin", "wildcard-action"],
            "all but one right",
        ),
        (
            everything,
            r#""Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/Own""#,
            admin,
            "one role is safe",
        ),
        (
            everything,
            r#""Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
            admin,
            "there is a way around it",
        ),
        (
            everything,
            r#""Action":["s3:*","organizations:*","iam:CreateUser"],"Resource":"*""#,
            admin,
            "the rest of IAM is enough",
        ),
        (
            everything,
            r#""Effect":"Allow","Action":"iam:*","Resource":"*""#,
            admin,
            "a denial that also allows",
        ),
        (
            r#"{"Effect":"Allow","Action":["iam:*","s3:*"],"Resource":"*"}"#,
            r#""Action":["iam:*"],"Resource":"*""#,
            &["wildcard-action"],
            "a part of it",
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::own/*"}"#,
            r#""Action":"S3:*","Resource":"arn:aws:s3:::*""#,
            &[],
            "in wider words",
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}"#,
            r#""Action":"s3:*","Resource":"arn:aws:s3:::own/*""#,
            &["wildcard-action"],
            "only one bucket",
        ),
    ] {
        let document = format!(r#"{{"Statement":[{{"Effect":"Deny",{deny}}},{allow}]}}"#);
        let found = grants_of_document("PutRolePolicy", &document);
        assert_eq!(found, expected, "{why}: {deny}");
    }
}

#[test]
fn a_denial_closes_a_resource_policy() {
    let own =
        r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:*","Resource":"*""#;
    for (deny, expected, why) in [
        (
            r#""Principal":"*","Action":"s3:*","Resource":"*""#,
            &[][..],
            "to everybody",
        ),
        (own, &[], "to everybody but the owner"),
        (
            &own.replace("111122223333", "444455556666"),
            &["account:444455556666"],
            "to everybody but an outsider",
        ),
        (
            &own.replace(":root", ":role/*"),
            &["public"],
            "a pattern names nobody there",
        ),
        (
            r#""Principal":"*","Action":"s3:PutObject","Resource":"*""#,
            &["public"],
            "of something else",
        ),
        (
            r#""Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"*""#,
            &["public"],
            "to somebody",
        ),
        (
            r#""Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/secret/*""#,
            &["public"],
            "of a part",
        ),
        (
            r#""Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#,
            &["public"],
            "in some circumstances",
        ),
    ] {
        let document = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}},{{"Effect":"Deny",{deny}}}]}}"#
        );
        let request = format!(r#""requestParameters":{{"bucketPolicy":{document}}}"#);
        let found = tags(&record("s3", "PutBucketPolicy", &request), "grants");
        assert_eq!(found, expected, "{why}: {deny}");
    }
}

#[test]
fn what_is_written_twice_counts_to_the_worse() {
    let everything = r#""Action":"*","Resource":"*""#;
    for (document, why) in [
        (
            format!(r#"{{"Statement":[],"Statement":{{"Effect":"Allow",{everything}}}}}"#),
            "statements",
        ),
        (
            format!(r#"{{"Statement":{{"Effect":"Deny","effect":"Allow",{everything}}}}}"#),
            "effects",
        ),
        (
            format!(r#"{{"Statement":{{"Effect":"Allow","Effect":"Deny",{everything}}}}}"#),
            "effects, the other way round",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:List*","Resource":"*","Action":"*"}}"#.to_owned(),
            "actions",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Resource":"arn:aws:s3:::b"}}"#.to_owned(),
            "resources",
        ),
        (
            format!(r#"{{"Statement":[{{"Effect":"Allow",{everything}}},{{"Effect":"Deny",{everything},"Action":"s3:x"}}]}}"#),
            "what a denial is about",
        ),
    ] {
        let found = grants_of_document("PutUserPolicy", &document);
        assert!(found.contains(&"admin".to_owned()), "{why}: {found:?}");
    }
    let closed = r#""StringEquals":{"aws:PrincipalOrgID":"o-abc"}"#;
    for (statement, why) in [
        (
            format!(r#""Principal":"*","Condition":{{{closed}}},"Condition":{{}}"#),
            "conditions",
        ),
        (
            format!(r#""Principal":"*","Condition":{{{closed},"StringEquals":{{}}}}"#),
            "operators",
        ),
        (
            r#""Principal":{"AWS":"111122223333","AWS":"*"}"#.to_owned(),
            "principals of a kind",
        ),
        (
            r#""Principal":"111122223333","Principal":"*""#.to_owned(),
            "principals",
        ),
    ] {
        let document = format!(
            r#"{{"Statement":[{{"Effect":"Allow",{statement},"Action":"sts:AssumeRole"}}]}}"#
        );
        let found = grants_of_document("UpdateAssumeRolePolicy", &document);
        assert_eq!(found, ["public"], "{why}: {statement}");
    }
}
