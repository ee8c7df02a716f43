use sigma::{RuleSet, SourceFile};

use super::*;
use crate::cloudtrail::LogFileReader;
use crate::detector::Detector;

const RULE: &str = "
title: Any call
id: 5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be002
logsource: { product: aws, service: cloudtrail }
detection: { selection: { eventName: '*' }, condition: selection }
level: high
";

/// The alert about a call of this identity.
fn alert(identity: &str, region: &str, name: &str, fields: &str) -> Alert {
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: RULE,
    }]);
    let (detector, problems) = Detector::new(loaded.rules);
    assert!(problems.is_empty());
    let record = format!(
        r#"{{"eventSource":"iam.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z",
        "awsRegion":"{region}","recipientAccountId":"111122223333","userIdentity":{identity}{fields}}}"#
    );
    let mut screener = detector.screener();
    LogFileReader::default().read(record.as_bytes(), |record| {
        screener.screen(record, None);
    });
    screener.take().cases.iter().next().unwrap().alert()
}

const USER: &str = r#"{"type":"IAMUser","userName":"maria","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/maria","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#;
const SESSION: &str = r#"{"type":"IAMUser","userName":"maria","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/maria","accessKeyId":"ASIAIOSFODNN7EXAMPLE"}"#;
const ROOT: &str =
    r#"{"type":"Root","accountId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#;

fn role(role: &str, session: &str) -> String {
    format!(
        r#"{{"type":"AssumedRole","accountId":"111122223333","principalId":"AROAEXAMPLE:{session}","arn":"arn:aws:sts::111122223333:assumed-role/{role}/{session}","accessKeyId":"ASIAIOSFODNN7EXAMPLE",
        "sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::111122223333:role/{role}","accountId":"111122223333","userName":"{role}"}}}}}}"#
    )
}

fn commands(alert: &Alert) -> String {
    let commands: Vec<_> = alert.response.iter().map(|r| r.command.as_str()).collect();
    commands.join("\n")
}

#[test]
fn the_book_can_be_read_and_every_step_of_it_says_both_languages() {
    let book: Book = yaml_serde::from_str(include_str!("../../data/containment.yml")).unwrap();
    let steps = book.principals.values().flatten();
    for step in steps.chain(book.calls.iter().flat_map(|chapter| &chapter.steps)) {
        let texts = [Some(&step.title), step.limits.as_ref()];
        for text in texts.into_iter().flatten() {
            assert!(!text.en.is_empty() && !text.zh_cn.is_ascii(), "{text:?}");
        }
        assert!(step.command.starts_with("aws "), "{}", step.command);
        assert!(!step.command.contains(" delete-trail"));
    }
    assert_eq!(book.principals.len(), 8);
    assert!(book.calls.len() >= 20);
}

#[test]
fn each_kind_of_principal_is_stopped_in_its_own_way() {
    let person = role("AWSReservedSSO_Admin_0123456789abcdef", "maria@example.com");
    let person = person.replace(":role/AWS", ":role/aws-reserved/sso.amazonaws.com/AWS");
    let everybody = person.replace("maria@example.com", "*");
    let token = r#"{"type":"FederatedUser","accountId":"111122223333","principalId":"111122223333:x","arn":"arn:aws:sts::111122223333:federated-user/x","accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","accountId":"111122223333","userName":"maria"}}}"#;
    for (identity, expected) in [
        (USER.to_owned(), "update-access-key --user-name maria --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive"),
        (SESSION.to_owned(), "put-user-policy --user-name maria"),
        (role("Deploy", "ci-1"), "put-role-policy --role-name Deploy"),
        (role("web", "i-0123456789abcdef0"), "Values=i-0123456789abcdef0"),
        (person, r#""aws:userid":"*:'maria@example.com'""#),
        (everybody, r#""aws:userid":"*:''<session>''""#),
        (ROOT.to_owned(), r#""aws:PrincipalArn":"arn:aws:iam::*:root""#),
        (token.to_owned(), "put-user-policy --user-name maria"),
        (r#"{"type":"WebIdentityUser","userName":"repo:a/b","identityProvider":"token.example"}"#.to_owned(), "list-open-id-connect-providers"),
    ] {
        let alert = alert(&identity, "eu-west-1", "GetUser", "");
        let commands = commands(&alert);
        assert!(commands.contains(expected), "{expected} is not in\n{commands}");
        // A key that lives for hours only cannot be switched off.
        assert!(identity == USER || !commands.contains("update-access-key"), "{commands}");
        assert!(alert.response.iter().any(|step| step.limits.is_some()));
    }
}

#[test]
fn nobody_is_stopped_who_cannot_be() {
    for identity in [
        r#"{"type":"AWSService","invokedBy":"config.amazonaws.com"}"#,
        r#"{"type":"AWSAccount","accountId":"444455556666","principalId":"AIDAEXAMPLE"}"#,
        &role("AWSServiceRoleForConfig", "x"),
    ] {
        let alert = alert(identity, "eu-west-1", "GetUser", "");
        assert_eq!(commands(&alert), "", "{identity}");
    }
}

#[test]
fn arns_are_those_of_the_partition() {
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
        let commands = commands(&alert(ROOT, region, "GetUser", ""));
        assert!(
            commands.contains(&format!("arn:{partition}:iam::*:root")),
            "{commands}"
        );
        assert!(!commands.contains("arn:aws:"), "{commands}");
    }
}

#[test]
fn a_rule_without_steps_gets_those_of_the_call() {
    let fields = r#","requestParameters":{"userName":"eve","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    let alert = alert(USER, "eu-west-1", "AttachUserPolicy", fields);
    let first = &alert.response[0];
    assert!(
        first
            .command
            .starts_with("aws iam detach-user-policy --user-name eve")
    );
    assert!(
        first
            .undo
            .as_deref()
            .unwrap()
            .starts_with("aws iam attach-user-policy")
    );
}

#[test]
fn completing_twice_is_completing_once() {
    let once = alert(USER, "eu-west-1", "GetUser", "");
    let mut twice = once.clone();
    complete(&mut twice);
    assert_eq!(once, twice);
}
