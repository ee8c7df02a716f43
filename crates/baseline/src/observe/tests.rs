//! Tests of observations.

use detect::cloudtrail::LogFileReader;

use super::*;

fn observe(records: &[&str]) -> Journal {
    let mut observer = Observer::default();
    let text = format!("[{}]", records.join(","));
    LogFileReader::default().read(text.as_bytes(), |record| observer.observe(record, None));
    let mut journal = observer.into_journal();
    journal.settle();
    journal
}

fn record(id: &str, call: &str, more: &str) -> String {
    let (source, name) = call.split_once(':').expect("a service and an API");
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.12 lang/python#3.13.7","eventID":"{id}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","userName":"maria","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}{more}}}"#
    )
}

const ID: &str = "3038ebd2-c98a-4c65-9b6e-e22506292313";

#[test]
fn a_record_is_who_did_what_from_where_with_what() {
    let text = record(
        ID,
        "secretsmanager:GetSecretValue",
        r#","requestParameters":{"secretId":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-a1B2c3"},"errorCode":"AccessDenied","errorMessage":"no identity-based policy allows it""#,
    );
    let journal = observe(&[&text]);
    let [entry] = journal.entries[..] else {
        panic!("{journal:?}")
    };
    let pattern = journal.patterns[entry.pattern];
    let api = &journal.apis[pattern.api];
    let name = |id| journal.names.text(id);
    assert_eq!(
        name(journal.who[journal.sessions[pattern.session].who].name),
        "maria"
    );
    assert_eq!(
        (name(api.name), api.class),
        ("GetSecretValue", Class::SensitiveRead)
    );
    assert_eq!(
        (name(pattern.tool), pattern.by_hand),
        ("aws-cli on Linux", true)
    );
    assert_eq!(
        (pattern.touches, name(pattern.touched)),
        (Some(Dimension::Secret), "prod/db")
    );
    assert!(pattern.denied);
    assert_eq!(journal.event_id(&entry).as_deref(), Some(ID));
}

#[test]
fn what_a_call_touches_is_found_where_the_api_names_it() {
    for (call, parameters, expected) in [
        (
            "s3:GetObject",
            r#"{"bucketName":"logs","key":"a"}"#,
            Some((Dimension::Bucket, "logs")),
        ),
        (
            "ec2:RunInstances",
            r#"{"instanceType":"p4d.24xlarge"}"#,
            Some((Dimension::Make, "p4d")),
        ),
        (
            "bedrock:InvokeModel",
            r#"{"modelId":"arn:aws:bedrock:us-east-1::foundation-model/maker.model-v2:0"}"#,
            Some((Dimension::Make, "maker.model-v2:0")),
        ),
        (
            "ssm:GetParameters",
            r#"{"names":["/prod/db","/prod/mail"]}"#,
            Some((Dimension::Parameter, "/prod/db")),
        ),
        (
            "ec2:ModifySnapshotAttribute",
            r#"{"snapshotId":"snap-1","createVolumePermission":{"add":{"items":[{"userId":"999888777666"}]}}}"#,
            Some((Dimension::Share, "account:999888777666")),
        ),
        (
            "iam:CreateAccessKey",
            r#"{"userName":"ops"}"#,
            Some((Dimension::Target, "ops")),
        ),
        ("iam:ListAccessKeys", r#"{"userName":"ops"}"#, None),
        ("s3:GetObject", r#"{"bucketName":7}"#, None),
        ("s3:ListBuckets", "null", None),
    ] {
        let journal = observe(&[&record(
            ID,
            call,
            &format!(r#","requestParameters":{parameters}"#),
        )]);
        let pattern = journal.patterns[journal.entries[0].pattern];
        let found = pattern
            .touches
            .map(|dimension| (dimension, journal.names.text(pattern.touched)));
        assert_eq!(found, expected, "{call} {parameters}");
    }
}

#[test]
fn calls_of_aws_are_nobodys_behaviour() {
    let passed_on = record(ID, "kms:Decrypt", "").replace(
        r#""userName""#,
        r#""invokedBy":"athena.amazonaws.com","userName""#,
    );
    let from_a_service =
        record(ID, "kms:Decrypt", "").replace("203.0.113.7", "athena.amazonaws.com");
    let by_aws = record(ID, "kms:Decrypt", "")
        .replace("IAMUser", "AWSService")
        .replace(r#""arn""#, r#""invokedBy":"x.amazonaws.com","arn""#);
    assert!(
        observe(&[&passed_on, &from_a_service, &by_aws])
            .entries
            .is_empty()
    );
}

#[test]
fn an_event_counts_once_whatever_its_id_looks_like() {
    for (id, why) in [
        (ID, "as AWS writes it"),
        ("3038EBD2-C98A-4C65-9B6E-E22506292313", "in capitals"),
        ("odd", "no UUID"),
    ] {
        let text = record(id, "s3:ListBuckets", "");
        let journal = observe(&[&text, &text]);
        assert_eq!(journal.entries.len(), 1, "{why}");
        assert_eq!(
            journal.event_id(&journal.entries[0]).as_deref(),
            Some(id),
            "{why}"
        );
    }
    let without = record(ID, "s3:ListBuckets", "").replace(&format!(r#""eventID":"{ID}","#), "");
    let journal = observe(&[&without, &without]);
    assert_eq!(
        (journal.entries.len(), journal.event_id(&journal.entries[0])),
        (1, None)
    );
}

#[test]
fn a_copy_that_differs_does_not_depend_on_which_came_first() {
    let one = record(ID, "s3:ListBuckets", "");
    let other = one.replace("203.0.113.7", "203.0.113.9");
    let address = |records: &[&str]| {
        let journal = observe(records);
        assert_eq!(journal.entries.len(), 1);
        journal
            .names
            .text(journal.patterns[journal.entries[0].pattern].address)
            .to_owned()
    };
    assert_eq!(address(&[&one, &other]), address(&[&other, &one]));
}
