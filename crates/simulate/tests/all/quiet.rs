//! Everyday life gives a sane detector nothing to report, apart from what is stated in `BENIGN`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;
use simulate::{NETWORKS, Scenario};

use crate::{all_records, scenario, text};

/// What these tests look at; the rest of a record would only take memory.
const LOOKED_AT: [&str; 11] = [
    "additionalEventData",
    "errorCode",
    "eventName",
    "eventTime",
    "managementEvent",
    "readOnly",
    "requestParameters",
    "responseElements",
    "sourceIPAddress",
    "userIdentity",
    "vpcEndpointId",
];

/// Two and a half weeks without stories: long enough for everything that `BENIGN` states.
static EVERYDAY: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut records: Vec<_> = all_records(&Scenario {
        stories: false,
        ..scenario(18, None)
    })
    .collect();
    for record in records.iter_mut().filter_map(Value::as_object_mut) {
        record.retain(|field, _| LOOKED_AT.contains(&field.as_str()));
    }
    records
});

fn everyday() -> impl Iterator<Item = &'static Value> {
    EVERYDAY.iter()
}

fn who(record: &Value) -> String {
    let identity = &record["userIdentity"];
    let arn = identity["sessionContext"]["sessionIssuer"]["arn"]
        .as_str()
        .or(identity["arn"].as_str());
    arn.or(identity["invokedBy"].as_str())
        .unwrap_or("somebody")
        .into()
}

/// Every writing call of everyday life, so that a new one is a decision.
#[test]
fn people_pipelines_and_machines_change_only_this() {
    let made: BTreeSet<String> = everyday()
        .filter(|record| record["readOnly"] == false && record["managementEvent"] == true)
        .map(|record| text(record, "eventName").to_owned())
        .collect();
    let expected: BTreeSet<String> = [
        "AuthorizeSecurityGroupIngress",
        "CheckMfa",
        "ConsoleLogin",
        "CreateAccessKey",
        "CreateAccountAssignment",
        "CreateChangeSet",
        "CreateLogGroup",
        "CreateLogStream",
        "CreateRepository",
        "CreateRole",
        "CreateSecret",
        "CreateSecurityGroup",
        "CreateService",
        "CreateSnapshot",
        "CreateTable",
        "CreateTags",
        "CreateTargetGroup",
        "CreateUser",
        "DeleteAccessKey",
        "DeleteSnapshot",
        "ExecuteChangeSet",
        "PutMetricAlarm",
        "PutRolePolicy",
        "RegisterTargets",
        "RegisterTaskDefinition",
        "RunInstances",
        "StartBackupJob",
        "StartInstances",
        "StartQueryExecution",
        "StopInstances",
        "SubmitTaskStateChange",
        "TerminateInstances",
        "UpdateAccessKey",
        "UpdateFunctionCode20150331v2",
        "UpdateInstanceInformation",
        "UpdateService",
    ]
    .map(String::from)
    .into();
    assert_eq!(made, expected);
}

#[test]
fn nobody_calls_from_a_strangers_network() {
    let strange: Vec<_> = NETWORKS
        .iter()
        .filter(|network| network.stranger)
        .map(|network| network.cidr)
        .collect();
    assert!(strange.iter().all(|cidr| cidr.starts_with("203.0.113.")));
    for record in everyday() {
        assert!(
            !text(record, "sourceIPAddress").starts_with("203.0.113."),
            "{record}"
        );
    }
}

#[test]
fn root_signs_in_once_with_its_second_factor() {
    let root: Vec<_> = everyday()
        .filter(|record| record["userIdentity"]["type"] == "Root")
        .collect();
    let logins: Vec<_> = root
        .iter()
        .filter(|record| text(record, "eventName") == "ConsoleLogin")
        .collect();
    assert_eq!(logins.len(), 1);
    assert_eq!(logins[0]["additionalEventData"]["MFAUsed"], "Yes");
    assert!(root.iter().all(|record| record["readOnly"] == true || text(record, "eventName") == "ConsoleLogin"));
}

#[test]
fn iam_users_never_sign_in_without_a_second_factor() {
    for record in everyday() {
        let success = record["responseElements"]["ConsoleLogin"] == "Success";
        if success && record["userIdentity"]["type"] == "IAMUser" {
            assert_eq!(record["additionalEventData"]["MFAUsed"], "Yes", "{record}");
        }
    }
}

#[test]
fn denied_calls_stay_a_dribble() {
    let mut hours: BTreeMap<(String, String), usize> = BTreeMap::new();
    for record in everyday() {
        if record.get("errorCode").is_some() && record["userIdentity"]["type"] != "AWSService" {
            *hours
                .entry((who(record), text(record, "eventTime")[..13].into()))
                .or_default() += 1;
        }
    }
    assert!(hours.len() > 100, "a real trail has some");
    assert!(
        hours.values().all(|&count| count <= 4),
        "{:?}",
        hours.iter().max_by_key(|hour| hour.1)
    );
}

#[test]
fn nobody_reads_more_than_a_handful_of_secrets() {
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in everyday() {
        if text(record, "eventName") == "GetSecretValue" {
            let secret = record["requestParameters"]["secretId"].as_str().unwrap();
            read.entry(who(record)).or_default().insert(secret.into());
        }
    }
    assert!(
        !read.is_empty() && read.values().all(|secrets| secrets.len() <= 4),
        "{read:?}"
    );
}

#[test]
fn instances_call_from_inside_their_network() {
    for record in everyday() {
        let session = record["userIdentity"]["principalId"]
            .as_str()
            .unwrap_or_default();
        if session.contains(":i-") {
            assert!(
                text(record, "sourceIPAddress").starts_with("10."),
                "{record}"
            );
            assert!(
                text(record, "vpcEndpointId").starts_with("vpce-"),
                "{record}"
            );
        }
    }
}

#[test]
fn each_machine_session_stays_at_one_address() {
    let mut seats: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in everyday() {
        let key = record["userIdentity"]["accessKeyId"]
            .as_str()
            .unwrap_or_default();
        let machine = text(record, "sourceIPAddress").starts_with("10.");
        if machine && key.starts_with("ASIA") {
            seats
                .entry(key.into())
                .or_default()
                .insert(text(record, "sourceIPAddress").into());
        }
    }
    assert!(seats.values().all(|addresses| addresses.len() == 1));
}
