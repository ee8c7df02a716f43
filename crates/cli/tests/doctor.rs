//! `doctor`: a sound account, and accounts in which something is wrong.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::cloud::{Answer, Cloud, Request};
use crate::shop::{Run, Shop};

const ACCOUNT: &str = "111122223333";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:mail";

/// An account, as what its services answer.
#[derive(Clone)]
struct World {
    trails: Value,
    status: Value,
    /// How the trail is in other regions than its own, where that is not the same.
    elsewhere: Value,
    selectors: Value,
    bucket_policy: Option<Value>,
    private: bool,
    notice: &'static str,
    versioning: &'static str,
    lifecycle: &'static str,
    key: Value,
    key_policy: Value,
    /// Rules by region.
    rules: fn(&str) -> Value,
    targets: Value,
    subscription: &'static str,
    /// Operations that are denied.
    denied: &'static [&'static str],
}

/// An account in which nothing is wrong.
fn sound() -> World {
    let now = jiff::Timestamp::now().as_second() - 600;
    // Three hours ago, however slow the machine is.
    let delivered = now - 12_000;
    let cloudtrail = |action: &str| {
        json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action,
               "Resource": "*", "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}}})
    };
    let data = [
        "AWS::S3::Object",
        "AWS::Lambda::Function",
        "AWS::DynamoDB::Table",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::Cognito::IdentityPool",
    ]
    .map(|kind| json!({"Type": kind, "Values": ["arn"]}));
    World {
        trails: json!([{
            "Name": "main", "TrailARN": TRAIL, "HomeRegion": "eu-west-1", "S3BucketName": "acme-trail",
            "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/k", "IsMultiRegionTrail": true,
            "IncludeGlobalServiceEvents": true, "LogFileValidationEnabled": true, "HasInsightSelectors": true,
            "S3KeyPrefix": "org",
        }]),
        status: json!({"IsLogging": true, "LatestDeliveryTime": delivered, "LatestDigestDeliveryTime": now}),
        elsewhere: Value::Null,
        selectors: json!({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true,
            "DataResources": data,
        }]}),
        bucket_policy: Some(json!({"Statement": [
            cloudtrail("s3:GetBucketAcl"), cloudtrail("s3:PutObject"),
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ]})),
        private: true,
        notice: "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
        versioning: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        lifecycle: "<LifecycleConfiguration>\
            <Rule><ID>logs</ID><Status>Enabled</Status><Filter><Prefix>org/AWSLogs/</Prefix></Filter>\
            <Expiration><Days>400</Days></Expiration></Rule>\
            <Rule><ID>others</ID><Status>Enabled</Status><Filter><Prefix>tmp/</Prefix></Filter>\
            <Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>",
        key: json!({"KeyMetadata": {"KeyId": "k", "KeyState": "Enabled"}}),
        key_policy: json!({"Statement": [cloudtrail("kms:GenerateDataKey*")]}),
        rules: |_| {
            json!([{"Name": "trailhound-events", "State": "ENABLED",
            "EventPattern": r#"{"source":[{"prefix":"aws."}],"detail-type":[{"suffix":" via CloudTrail"}]}"#}])
        },
        targets: json!([{"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:111122223333:events"}]),
        subscription: "arn:aws:sns:eu-west-1:111122223333:mail:1",
        denied: &[],
    }
}

impl World {
    fn answer(&self, request: &Request) -> Answer {
        let (region, service) = request.scope();
        let operation = match (service.as_str(), request.operation()) {
            ("s3", _) => return self.s3(request),
            ("sts" | "sns", _) => request
                .body
                .split('&')
                .find_map(|pair| pair.strip_prefix("Action="))
                .unwrap_or_default(),
            (_, operation) => operation,
        };
        if self.denied.contains(&operation) {
            return Answer::error(400, "AccessDeniedException", "not for you");
        }
        match operation {
            "GetCallerIdentity" => xml(
                operation,
                &format!(
                    "<Arn>arn:aws:iam::{ACCOUNT}:user/audit</Arn><UserId>A</UserId><Account>{ACCOUNT}</Account>"
                ),
            ),
            "DescribeTrails" => {
                let trails = self.trails.as_array().expect("a list");
                let here: Vec<_> = trails
                    .iter()
                    .filter(|trail| trail["HomeRegion"] == *region)
                    .collect();
                Answer::ok(json!({"trailList": here}).to_string())
            }
            "GetTrailStatus" if region != "eu-west-1" && !self.elsewhere.is_null() => {
                Answer::ok(self.elsewhere.to_string())
            }
            "GetTrailStatus" => Answer::ok(self.status.to_string()),
            "GetEventSelectors" => Answer::ok(self.selectors.to_string()),
            "ListRules" => Answer::ok(json!({"Rules": (self.rules)(&region)}).to_string()),
            "ListTargetsByRule" => Answer::ok(json!({"Targets": self.targets}).to_string()),
            "DescribeKey" => Answer::ok(self.key.to_string()),
            "GetKeyPolicy" => {
                Answer::ok(json!({"Policy": self.key_policy.to_string()}).to_string())
            }
            "ListSubscriptionsByTopic" => xml(
                operation,
                &format!(
                    "<Subscriptions><member><TopicArn>{TOPIC}</TopicArn><Protocol>email</Protocol>\
                 <SubscriptionArn>{}</SubscriptionArn><Endpoint>ops@example.com</Endpoint></member></Subscriptions>",
                    self.subscription
                ),
            ),
            other => panic!("{other} was asked for"),
        }
    }

    fn s3(&self, request: &Request) -> Answer {
        let missing = |code: &str| {
            Answer::status(
                404,
                format!("<Error><Code>{code}</Code><Message>none</Message></Error>"),
            )
        };
        match request.path.split_once('?').map_or("", |(_, query)| query) {
            "policy" => match &self.bucket_policy {
                Some(policy) => Answer::ok(policy.to_string()),
                None => missing("NoSuchBucketPolicy"),
            },
            "publicAccessBlock" if !self.private => missing("NoSuchPublicAccessBlockConfiguration"),
            "publicAccessBlock" => Answer::ok(
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
                 <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
            ),
            "notification" => Answer::ok(self.notice),
            "versioning" => Answer::ok(self.versioning),
            "lifecycle" if self.lifecycle.is_empty() => missing("NoSuchLifecycleConfiguration"),
            "lifecycle" => Answer::ok(self.lifecycle),
            other => panic!("{other} was asked for"),
        }
    }
}

fn xml(operation: &str, result: &str) -> Answer {
    Answer::ok(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

/// An account for the examples.
pub(crate) fn in_order(request: &Request) -> Answer {
    sound().answer(request)
}

fn doctor(world: &World, args: &str) -> (Run, Cloud) {
    let world = world.clone();
    let cloud = Cloud::start(move |request| world.answer(request));
    let run = Shop::furnished().run_in(&format!("doctor {args}"), &cloud.environment());
    (run, cloud)
}

/// What is found in two regions, as words for programs.
fn found(world: &World) -> BTreeSet<String> {
    let (run, _) = doctor(
        world,
        &format!("--format json --region us-east-1 --region eu-west-1 --topic {TOPIC}"),
    );
    let report: Value = serde_json::from_str(&run.ends(0).stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let id = |finding: &Value| finding["id"].as_str().expect("an id").to_owned();
    findings.iter().map(id).collect()
}

#[test]
fn nothing_is_wrong_with_a_sound_account() {
    let (run, cloud) = doctor(&sound(), &format!("--topic {TOPIC}"));
    assert_snapshot!(run.ends(0));
    // Only to look: each call is in the policy, and none changes anything.
    let policy = Shop::new().run("doctor --policy").ends(0).stdout;
    for request in cloud.asked() {
        let operation = request.operation().to_owned();
        assert!(["GET", "HEAD", "POST"].contains(&request.method.as_str()));
        if request.scope().1 == "s3" {
            assert_ne!(request.method, "POST");
        } else if !operation.is_empty() {
            assert!(policy.contains(&format!(":{operation}\"")), "{operation}");
        }
    }
}

#[test]
fn each_broken_setup_is_found_and_nothing_else() {
    type Break = fn(&mut World);
    let broken: [(&str, Break); 29] = [
        ("no-trail", |world| {
            world.trails = json!([]);
        }),
        ("not-logging", |world| {
            world.status["IsLogging"] = false.into();
        }),
        ("one-region", |world| {
            world.trails[0]["IsMultiRegionTrail"] = false.into();
        }),
        ("no-global-events", |world| {
            world.trails[0]["IncludeGlobalServiceEvents"] = false.into();
        }),
        ("no-validation", |world| {
            world.trails[0]["LogFileValidationEnabled"] = false.into();
        }),
        ("no-key", |world| {
            world.trails[0]["KmsKeyId"] = Value::Null;
        }),
        ("delivery-fails", |world| {
            world.status["LatestDeliveryError"] = "AccessDenied".into();
        }),
        ("no-log-files", |world| {
            world.status["LatestDeliveryTime"] = 1_700_000_000.into();
        }),
        ("no-digests", |world| {
            world.status["LatestDigestDeliveryTime"] = 1_700_000_000.into();
        }),
        ("region-delivery-fails", |world| {
            world.elsewhere = world.status.clone();
            world.elsewhere["LatestDeliveryError"] = "AccessDenied".into();
        }),
        ("region-without-digests", |world| {
            world.elsewhere = world.status.clone();
            world.elsewhere["LatestDigestDeliveryTime"] = 1_700_000_000.into();
        }),
        ("insights-off", |world| {
            world.trails[0]["HasInsightSelectors"] = false.into();
        }),
        ("bucket-keeps-for-ever", |world| {
            world.lifecycle = "";
        }),
        // A rule about something else, one that is off, and one about tags, which log files do not have.
        ("bucket-keeps-for-ever", |world| {
            world.lifecycle = "<LifecycleConfiguration>\
                <Rule><Status>Enabled</Status><Filter><Prefix>org/tmp/</Prefix></Filter><Expiration><Days>3</Days></Expiration></Rule>\
                <Rule><Status>Disabled</Status><Filter/><Expiration><Days>400</Days></Expiration></Rule>\
                <Rule><Status>Enabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter><Expiration><Days>3</Days></Expiration></Rule>\
                </LifecycleConfiguration>";
        }),
        ("bucket-expires-early", |world| {
            world.lifecycle = "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/>\
                <Expiration><Days>90</Days></Expiration></Rule></LifecycleConfiguration>";
        }),
        ("regional-sign-ins-unheard", |world| {
            world.rules = |region| match region {
                "us-east-1" => (sound().rules)(region),
                _ => {
                    json!([{"Name": "calls", "State": "ENABLED", "EventPattern": r#"{"detail-type":["AWS API Call via CloudTrail"]}"#}])
                }
            };
        }),
        ("writes-only", |world| {
            world.selectors["EventSelectors"][0]["ReadWriteType"] = "WriteOnly".into();
        }),
        ("no-management-events", |world| {
            world.selectors["EventSelectors"][0]["IncludeManagementEvents"] = false.into();
        }),
        ("service-left-out", |world| {
            world.selectors["EventSelectors"][0]["ExcludeManagementEventSources"] =
                json!(["kms.amazonaws.com"]);
        }),
        ("bucket-shuts-cloudtrail-out", |world| {
            world.bucket_policy = None;
        }),
        ("bucket-takes-any-trail", |world| {
            world.bucket_policy.as_mut().expect("one")["Statement"][1]["Condition"] = json!({});
        }),
        ("bucket-without-tls", |world| {
            drop(
                world.bucket_policy.as_mut().expect("one")["Statement"]
                    .as_array_mut()
                    .expect("a list")
                    .pop(),
            );
        }),
        ("bucket-may-be-public", |world| {
            world.private = false;
        }),
        ("bucket-is-silent", |world| {
            world.notice = "<NotificationConfiguration/>";
        }),
        ("bucket-forgets", |world| {
            world.versioning = "<VersioningConfiguration/>";
        }),
        ("key-unusable", |world| {
            world.key["KeyMetadata"]["KeyState"] = "PendingDeletion".into();
        }),
        ("key-shuts-cloudtrail-out", |world| {
            world.key_policy = json!({"Statement": []});
        }),
        ("unconfirmed", |world| {
            world.subscription = "PendingConfirmation";
        }),
        ("not-heard-at-once", |world| {
            world.rules = |_| json!([]);
        }),
    ];
    for (expected, breaks) in broken {
        let mut world = sound();
        breaks(&mut world);
        assert_eq!(
            found(&world),
            BTreeSet::from([expected.to_owned()]),
            "{expected}"
        );
    }
    assert_eq!(found(&sound()), BTreeSet::new());
}

#[test]
fn of_two_trails_in_one_bucket_the_one_that_is_worse_off_is_told() {
    let mut world = sound();
    let mut other = world.trails[0].clone();
    other["Name"] = "other".into();
    other["TrailARN"] = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/other".into();
    other["S3KeyPrefix"] = "other".into();
    world.trails.as_array_mut().expect("a list").push(other);
    let told = |world: &World| found(world).contains("bucket-expires-early");
    assert!(!told(&world));
    world.lifecycle = "<LifecycleConfiguration>\
        <Rule><Status>Enabled</Status><Filter><Prefix>org/</Prefix></Filter><Expiration><Days>400</Days></Expiration></Rule>\
        <Rule><Status>Enabled</Status><Filter><Prefix>other/</Prefix></Filter><Expiration><Days>3</Days></Expiration></Rule>\
        </LifecycleConfiguration>";
    assert!(told(&world));
}

#[test]
fn rules_of_eventbridge_are_looked_at_in_each_region() {
    let mut world = sound();
    world.rules = |region| match region {
        "eu-west-1" => {
            json!([{"Name": "calls", "State": "ENABLED", "EventPattern": r#"{"detail-type":["AWS API Call via CloudTrail"]}"#}])
        }
        _ => json!([]),
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let expected: BTreeSet<String> = words(&["region-unheard", "regional-sign-ins-unheard"]);
    assert_eq!(found(&world), expected);
    // The other way round: calls are heard in both regions, sign-ins not where global services are.
    let mut deaf = sound();
    deaf.rules = |region| match region {
        "eu-west-1" => (sound().rules)(region),
        _ => {
            json!([{"Name": "calls", "State": "ENABLED", "EventPattern": r#"{"detail-type":["AWS API Call via CloudTrail"]}"#}])
        }
    };
    assert_eq!(found(&deaf), words(&["sign-ins-unheard"]));
    world.targets = json!([]);
    assert!(found(&world).contains("rule-without-target"));
    world.rules = |_| json!([{"Name": "calls", "State": "DISABLED", "EventPattern": r#"{"detail-type":["AWS API Call via CloudTrail"]}"#}]);
    assert!(found(&world).contains("rule-disabled"));
}

#[test]
fn a_neglected_account_is_told_what_to_do() {
    let mut world = sound();
    world.trails[0]["IsMultiRegionTrail"] = false.into();
    world.trails[0]["LogFileValidationEnabled"] = false.into();
    world.selectors["EventSelectors"][0]["ReadWriteType"] = "WriteOnly".into();
    world.selectors["EventSelectors"][0]["DataResources"] = json!([]);
    world.status["LatestDeliveryError"] = "NoSuchBucket\u{1b}[2J".into();
    world.private = false;
    let (run, _) = doctor(&world, "--region eu-west-1 --fail-on high");
    assert_snapshot!(run.ends(1));
}

#[test]
fn a_second_copy_is_told_with_what_it_costs() {
    let mut world = sound();
    let mut other = world.trails[0].clone();
    other["Name"] = "spare; reboot".into();
    other["TrailARN"] = format!("{TRAIL}; reboot").into();
    world.trails.as_array_mut().expect("a list").push(other);
    let (run, _) = doctor(&world, "--region eu-west-1 --logs logs -q");
    assert_snapshot!(run.ends(0));
}

#[test]
fn what_recording_more_would_bring_and_cost_is_told() {
    let mut world = sound();
    world.trails[0]["HasInsightSelectors"] = false.into();
    world.selectors["EventSelectors"][0]["DataResources"] = json!([]);
    world.lifecycle = "";
    let many: String = (0..2_000)
        .map(|n| {
            let (name, source) = match n % 4 {
                0 => ("GetObject", "s3.amazonaws.com"),
                1 => ("DescribeTrails", "cloudtrail.amazonaws.com"),
                _ => ("CreateUser", "iam.amazonaws.com"),
            };
            let category = if n % 4 == 0 { "Data" } else { "Management" };
            let time = format!("2026-11-{:02}T{:02}:{:02}:00Z", 1 + n % 10, n / 60 % 24, n % 60);
            format!(
                r#"{{"eventSource":"{source}","eventName":"{name}","eventTime":"{time}","eventCategory":"{category}","readOnly":{},"eventID":"{n}"}}"#,
                n % 4 < 2
            ) + "\n"
        })
        .collect();
    let cloud = Cloud::start(move |request| world.answer(request));
    let shop = Shop::new();
    shop.write("logs/a.json", many);
    let flags = "--region eu-west-1 --logs logs -q";
    assert_snapshot!(
        shop.run_in(&format!("doctor {flags}"), &cloud.environment())
            .ends(0)
    );
    let json = shop.run_in(&format!("doctor {flags} -f json"), &cloud.environment());
    let report: Value = serde_json::from_str(&json.ends(0).stdout).expect("JSON");
    assert_eq!(report["deliveries"][0]["region"], "eu-west-1");
    assert_eq!(report["deliveries"][0]["trail"], "main");
    let findings = report["findings"].as_array().expect("findings");
    let objects = findings
        .iter()
        .find(|finding| finding["what"].to_string().contains("AWS::S3::Object"));
    let rules = objects
        .and_then(|finding| finding["rules"].as_array())
        .expect("rules");
    assert!(
        !rules.is_empty(),
        "all rules that are blind, by their titles"
    );
}

#[test]
fn what_may_not_be_asked_is_told_and_not_taken_for_wrong() {
    let mut world = sound();
    world.denied = &["ListRules", "GetTrailStatus", "GetKeyPolicy"];
    let (run, _) = doctor(&world, "--region us-east-1 --region eu-west-1");
    assert_snapshot!(run.ends(4));
    assert_snapshot!("no_credentials", Shop::new().run("doctor").ends(4));
}
