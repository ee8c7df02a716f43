use proptest::prelude::*;

use super::*;
use crate::cloudtrail::layout;

const MARIA: &str = r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","accountId":"111122223333","userName":"maria"}"#;
const DEPLOY: &str = r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/run-17","accountId":"111122223333","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/Deploy"}}}"#;
const LI: &str = r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/li@example.com","accountId":"111122223333"}"#;
const ROOT: &str =
    r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"}"#;
const GITHUB: &str = r#"{"type":"WebIdentityUser","userName":"repo:org/app:ref:refs/heads/main","identityProvider":"token.actions.githubusercontent.com"}"#;
const CLOUDTRAIL: &str = r#"{"type":"AWSService","invokedBy":"cloudtrail.amazonaws.com"}"#;
const OUTSIDER: &str =
    r#"{"type":"AWSAccount","principalId":"AROAEXAMPLEEXAMPLE12:x","accountId":"444455556666"}"#;
const NOBODY: &str = r#"{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}"#;
const UNKNOWN: &str = "null";

const CLI: &str = r#""sourceIPAddress":"203.0.113.9","userAgent":"aws-cli/2.15.0 Python/3.11.6""#;
const KALI: &str =
    r#""sourceIPAddress":"203.0.113.9","userAgent":"aws-cli/2.15.0 md/distrib#kali.2024""#;
const CONSOLE: &str = r#""sourceIPAddress":"203.0.113.9","userAgent":"console.amazonaws.com""#;
const BROWSER: &str =
    r#""sourceIPAddress":"203.0.113.9","userAgent":"Mozilla/5.0","eventType":"AwsConsoleSignIn""#;
const TERRAFORM: &str =
    r#""sourceIPAddress":"2001:db8::1","userAgent":"HashiCorp/1.0 Terraform/1.5.7""#;
const STACK: &str = r#""sourceIPAddress":"cloudformation.amazonaws.com","userAgent":"cloudformation.amazonaws.com""#;
const SCRIPT: &str = r#""sourceIPAddress":"203.0.113.9","userAgent":"my-script/1.0""#;
const STRATUS: &str = r#""sourceIPAddress":"203.0.113.9","userAgent":"stratus-red-team_1""#;
const SILENT: &str = r#""sourceIPAddress":null"#;

fn text(source: &str, name: &str, who: &str, how: &str, fields: &str) -> String {
    let comma = if fields.is_empty() { "" } else { "," };
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z","recipientAccountId":"111122223333","awsRegion":"eu-west-1","userIdentity":{who},{how}{comma}{fields}}}"#
    )
}

fn with_record<T>(text: &str, ask: impl FnOnce(&Record<'_>) -> T) -> T {
    let layout = layout::of(text).expect("an object");
    ask(&Record::new(text, layout).expect("a record"))
}

/// Source, name, who, from where and with what, other fields.
type Call = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const CALLS: &[Call] = &[
    ("iam", "CreateAccessKey", MARIA, CLI, r#""requestParameters":{"userName":"backup-svc"}"#),
    ("iam", "CreateAccessKey", MARIA, CLI, r#""requestParameters":null"#),
    ("iam", "CreateAccessKey", MARIA, CLI, r#""errorCode":"AccessDenied","errorMessage":"User: x is not authorized to perform: iam:CreateAccessKey on resource: user backup-svc with an explicit deny in a service control policy","requestParameters":{"userName":"backup-svc"}"#),
    ("iam", "AttachUserPolicy", MARIA, STRATUS, r#""requestParameters":{"userName":"eve","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#),
    ("iam", "PutRolePolicy", DEPLOY, TERRAFORM, r#""requestParameters":{"roleName":"App","policyName":"inline","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":\"*\"}]}"}"#),
    ("iam", "UpdateAssumeRolePolicy", MARIA, KALI, r#""requestParameters":{"roleName":"Admin","policyDocument":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"444455556666\",\"777788889999\"]},\"Action\":\"sts:AssumeRole\"}}"}"#),
    ("iam", "DeactivateMFADevice", MARIA, CONSOLE, r#""requestParameters":{"userName":"maria","serialNumber":"arn:aws:iam::111122223333:mfa/maria"}"#),
    ("iam", "DeleteUserPermissionsBoundary", LI, CONSOLE, r#""requestParameters":{"userName":"eve"}"#),
    ("sts", "GetCallerIdentity", MARIA, SCRIPT, ""),
    ("sts", "AssumeRole", OUTSIDER, CLI, r#""requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/Admin","roleSessionName":"s1"}"#),
    ("sts", "AssumeRole", MARIA, CLI, r#""requestParameters":{"roleArn":"arn:aws:iam::444455556666:role/Admin"},"errorCode":"AccessDenied","errorMessage":"User: x is not authorized to perform: sts:AssumeRole because no role trust policy allows the sts:AssumeRole action""#),
    ("sts", "AssumeRoleWithWebIdentity", GITHUB, CLI, r#""requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/Deploy"}"#),
    ("signin", "ConsoleLogin", ROOT, BROWSER, r#""responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"MFAUsed":"No"}"#),
    ("signin", "ConsoleLogin", MARIA, BROWSER, r#""errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"Yes"}"#),
    ("signin", "GetSigninToken", DEPLOY, SCRIPT, ""),
    ("organizations", "LeaveOrganization", ROOT, CONSOLE, ""),
    ("cloudtrail", "StopLogging", MARIA, CLI, r#""requestParameters":{"name":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"}"#),
    ("cloudtrail", "DeleteTrail", MARIA, CLI, r#""errorCode":"AccessDeniedException","errorMessage":"no, because no permissions boundary allows the cloudtrail:DeleteTrail action","requestParameters":{"name":"main"}"#),
    ("guardduty", "DeleteDetector", LI, CONSOLE, r#""requestParameters":{"detectorId":"12abc"}"#),
    ("config", "StopConfigurationRecorder", MARIA, CLI, r#""requestParameters":{"configurationRecorderName":"default"}"#),
    ("ec2", "RunInstances", DEPLOY, CLI, r#""requestParameters":{"instanceType":"p4d.24xlarge"},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#),
    ("ec2", "RunInstances", DEPLOY, CLI, r#""errorCode":"Client.DryRunOperation","errorMessage":"Request would have succeeded, but DryRun flag is set.","requestParameters":{"instanceType":"p4d.24xlarge"}"#),
    ("ec2", "TerminateInstances", MARIA, CLI, r#""requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"},{"instanceId":"i-3"},{"instanceId":"i-4"},{"instanceId":"i-5"}]}}"#),
    ("ec2", "AuthorizeSecurityGroupIngress", MARIA, CLI, r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":23,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#),
    ("ec2", "AuthorizeSecurityGroupIngress", DEPLOY, STACK, r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"-1","ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#),
    ("ec2", "ModifySnapshotAttribute", MARIA, CLI, r#""requestParameters":{"snapshotId":"snap-1","createVolumePermission":{"add":{"items":[{"group":"all"}]}}}"#),
    ("ec2", "GetPasswordData", DEPLOY, CLI, r#""errorCode":"Client.UnauthorizedOperation","errorMessage":"You are not authorized to perform this operation.","requestParameters":{"instanceId":"i-1"}"#),
    ("ec2", "DescribeInstances", MARIA, CLI, r#""errorCode":"Client.RequestLimitExceeded","errorMessage":"Request limit exceeded.""#),
    ("ec2", "DescribeVpcEndpoints", MARIA, CONSOLE, r#""requestParameters":{"vpcEndpointIds":["vpce-1"]}"#),
    ("s3", "PutBucketPolicy", MARIA, CONSOLE, r#""requestParameters":{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}}"#),
    ("s3", "GetObject", NOBODY, SCRIPT, r#""requestParameters":{"bucketName":"b","key":"a/b.txt"}"#),
    ("s3", "PutObject", CLOUDTRAIL, SILENT, r#""requestParameters":{"bucketName":"logs","key":"x.gz"}"#),
    ("s3", "DeleteBucket", MARIA, CLI, r#""errorCode":"NoSuchBucket","requestParameters":{"bucketName":"b"}"#),
    ("s3", "PutBucketVersioning", MARIA, CLI, r#""requestParameters":{"bucketName":"b","VersioningConfiguration":{"Status":"Suspended"}}"#),
    ("kms", "ScheduleKeyDeletion", MARIA, CLI, r#""requestParameters":{"keyId":"1234abcd","pendingWindowInDays":7}"#),
    ("secretsmanager", "GetSecretValue", DEPLOY, CLI, r#""requestParameters":{"secretId":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf"}"#),
    ("ssm", "SendCommand", MARIA, CLI, r#""requestParameters":{"documentName":"AWS-RunShellScript","instanceIds":["i-1"]}"#),
    ("lambda", "UpdateFunctionCode20150331v2", MARIA, CLI, r#""requestParameters":{"functionName":"pay"}"#),
    ("lambda", "AddPermission20150331v2", MARIA, CLI, r#""requestParameters":{"functionName":"pay","principal":"*"}"#),
    ("rds", "ModifyDBSnapshotAttribute", MARIA, CLI, r#""requestParameters":{"dBSnapshotIdentifier":"s","valuesToAdd":["444455556666"]}"#),
    ("bedrock", "InvokeModel", MARIA, CLI, r#""requestParameters":{"modelId":"m"}"#),
    ("brand-new", "FrobnicateGizmo", MARIA, CLI, r#""requestParameters":{"gizmoId":"g-1"}"#),
    ("brand-new", "FrobnicateGizmo", UNKNOWN, SILENT, r#""errorCode":"Teapot""#),
    ("kms", "RotateKey", UNKNOWN, SILENT, r#""eventType":"AwsServiceEvent","resources":[{"ARN":"arn:aws:kms:eu-west-1:111122223333:key/1"}]"#),
    ("ec2", "RunInstances", UNKNOWN, SILENT, r#""eventCategory":"Insight","insightDetails":{"state":"Start"}"#),
    ("ec2", "RunInstances", UNKNOWN, SILENT, r#""eventCategory":"Insight","insightDetails":{"state":"End"}"#),
    ("iam", "CreateUser", MARIA, r#""sourceIPAddress":"x` evil\n","userAgent":"a\u202eb\nSubject: hi""#, r#""requestParameters":{"userName":"eve` and it worked.\nroot"}"#),
];

#[test]
fn sentences_in_both_languages() {
    let mut lines = String::new();
    for (source, name, who, how, fields) in CALLS {
        let text = text(source, name, who, how, fields);
        for language in Language::ALL {
            lines += &with_record(&text, |record| sentence(record, language));
            lines.push('\n');
        }
        lines.push('\n');
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn facts_in_both_languages() {
    let fields = r#""eventID":"e-1","readOnly":false,"errorCode":"AccessDenied","errorMessage":"no\nnever","requestParameters":{"a":{"b":[1,"x",null]},"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\"}]}"},"additionalEventData":{"MFAUsed":"Yes"}"#;
    let text = text("s3", "PutBucketPolicy", LI, CLI, fields);
    let mut lines = String::new();
    for language in Language::ALL {
        for fact in with_record(&text, |record| facts(record, language)) {
            lines += &format!("{}: {}\n", fact.label, fact.value);
        }
        lines.push('\n');
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn an_action_is_the_middle_of_its_sentence() {
    for (source, name, who, how, fields) in CALLS {
        let text = text(source, name, who, how, fields);
        for language in Language::ALL {
            let (sentence, action) =
                with_record(&text, |r| (sentence(r, language), action(r, language)));
            assert!(
                is_insight_call(fields) || sentence.contains(&action),
                "{sentence}"
            );
        }
    }
}

fn is_insight_call(fields: &str) -> bool {
    fields.contains("Insight")
}

#[test]
fn an_attempt_is_never_told_as_a_deed() {
    for (source, name, who, how, fields) in CALLS.iter().filter(|c| c.4.contains("errorCode")) {
        let text = text(source, name, who, how, fields);
        let en = with_record(&text, |record| action(record, Language::En));
        let zh = with_record(&text, |record| action(record, Language::ZhCn));
        assert!(en.starts_with("tried to "), "{en}");
        assert!(zh.starts_with("尝试") && !zh.contains('了'), "{zh}");
    }
}

proptest! {
    #[test]
    fn any_record_is_told_on_one_bounded_line(
        (source, name) in known_or_junk(),
        who in junk(),
        request in junk(),
        words in ".{0,60}|[\u{0}-\u{20}`\u{200b}-\u{202f}]{0,60}",
        failed: bool,
    ) {
        let words = serde_json::Value::from(words);
        let error = if failed { "errorCode" } else { "x" };
        let fields = format!(r#""requestParameters":{request},"responseElements":{request},"{error}":{words}"#);
        let how = format!(r#""sourceIPAddress":{words},"userAgent":{words}"#);
        let text = text(&source, &name, &who.to_string(), &how, &fields);
        for language in Language::ALL {
            let told = with_record(&text, |record| sentence(record, language));
            prop_assert!(!told.chars().any(char::is_control), "{told}");
            prop_assert!(told.chars().count() < 3_000, "{told}");
            prop_assert!(told.ends_with(['.', '。']), "{told}");
            prop_assert_eq!(told.matches('`').count() % 2, 0, "{}", told);
            for fact in with_record(&text, |record| facts(record, language)) {
                prop_assert!(fact.value.chars().count() <= 200);
                prop_assert!(!(fact.label + &fact.value).chars().any(char::is_control));
            }
        }
    }
}

fn known_or_junk() -> impl Strategy<Value = (String, String)> {
    let known = proptest::sample::select(CALLS).prop_map(|(s, n, ..)| (s.to_owned(), n.to_owned()));
    prop_oneof![known, ("[a-zé-]{0,8}", "[A-Za-zé ]{0,12}")]
}

/// Values that have the keys phrases ask for, and hostile text under them.
fn junk() -> impl Strategy<Value = serde_json::Value> {
    let key = "userName|roleName|policyArn|groupId|bucketName|key|name|type|arn|instancesSet|items|instanceId|accountId|[a-zA-Z]{0,4}|.{0,3}";
    let leaf = prop_oneof![
        "IAMUser|AssumedRole|Root|AWSAccount|SAMLUser|.{0,200}|[\n`\u{202e}\u{200b}]{0,9}"
            .prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::hash_map(key, inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
