//! One example of every shape in which CloudTrail's records reach a program.
//!
//! Sources: AWS CloudTrail User Guide (*CloudTrail log file examples*, *Network activity events*), the
//! CloudTrail API Reference (*LookupEvents*), the EventBridge User Guide (*AWS service events
//! delivered via CloudTrail*).

use jiff::Timestamp;
use serde_json::Value;

use super::pretty::pretty;
use crate::SimulatedFile;
use crate::cast::{HOME, SECURITY};
use crate::clock::{DAY, HOUR};
use crate::delivery::DigestChain;
use crate::delivery::insight;
use crate::stories::Story;

/// File name and content of each shape; the records are those of `story`, begun at `start`.
pub(crate) fn all(story: &Story, start: Timestamp) -> Vec<(&'static str, String)> {
    let records = story.record_texts(start);
    let Some(last) = records.last() else {
        return Vec::new();
    };
    vec![
        (
            "bare-array.json",
            pretty(&format!("[{}]", records.join(","))),
        ),
        ("digest.json", pretty(&digest(story, start))),
        ("eventbridge-envelope.json", pretty(&envelope(last))),
        ("insight.json", pretty(&insights(start))),
        ("insight-attack.json", pretty(&insights_of_an_attack(start))),
        ("json-lines.jsonl", records.join("\n") + "\n"),
        ("lookup-events.json", pretty(&lookup(&records))),
        ("network-activity.json", pretty(NETWORK_ACTIVITY)),
    ]
}

/// What EventBridge hands over for one call.
fn envelope(record: &str) -> String {
    let field = |name| text_of(record, name);
    let (account, time, region) = (
        field("recipientAccountId"),
        field("eventTime"),
        field("awsRegion"),
    );
    let source = field("eventSource").replace(".amazonaws.com", "");
    format!(
        r#"{{"version":"0","id":"7bf73129-1428-4cd3-a780-95db273d1602","detail-type":"AWS API Call via CloudTrail","source":"aws.{source}","account":"{account}","time":"{time}","region":"{region}","resources":[],"detail":{record}}}"#
    )
}

/// What `aws cloudtrail lookup-events` prints: each record as a string inside a summary.
fn lookup(records: &[String]) -> String {
    let events: Vec<_> = records.iter().rev().map(|record| summary(record)).collect();
    format!(r#"{{"Events":[{}]}}"#, events.join(","))
}

fn summary(record: &str) -> String {
    let field = |name| text_of(record, name);
    let read_only = record.contains(r#""readOnly":true"#);
    let quoted = Value::from(record);
    let identity = serde_json::from_str::<Value>(record).unwrap_or_default();
    let identity = &identity["userIdentity"];
    let key = identity["accessKeyId"].as_str().unwrap_or_default();
    let user = identity["arn"]
        .as_str()
        .and_then(|arn| arn.rsplit('/').next())
        .unwrap_or_default();
    format!(
        r#"{{"EventId":"{}","EventName":"{}","ReadOnly":"{read_only}","AccessKeyId":"{key}","EventTime":"{}","EventSource":"{}","Username":"{user}","Resources":[],"CloudTrailEvent":{quoted}}}"#,
        field("eventID"),
        field("eventName"),
        field("eventTime").replace('Z', "+00:00"),
        field("eventSource"),
    )
}

/// A text field at the top of a record.
fn text_of(record: &str, name: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    record[name].as_str().unwrap_or_default().to_owned()
}

/// Both ends of an unusual burst.
fn insights(start: Timestamp) -> String {
    let records: Vec<_> = insight::files(0, start.as_second(), start.as_second(), 30 * DAY)
        .into_iter()
        .take(2)
        .map(|file| {
            let body = String::from_utf8_lossy(&file.body).into_owned();
            body[crate::OPENING.len()..body.len() - crate::CLOSING.len()].to_owned()
        })
        .collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

/// Both ends of two bursts of which somebody should hear.
fn insights_of_an_attack(start: Timestamp) -> String {
    let records = insight::attack(0, start.as_second());
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn digest(story: &Story, start: Timestamp) -> String {
    let (account, second) = (SECURITY.id, start.as_second());
    let path = format!(
        "AWSLogs/{account}/CloudTrail/{HOME}/2026/03/03/{account}_CloudTrail_{HOME}_20260303T0905Z_Ab12Cd34Ef56Gh78.json.gz"
    );
    let log = SimulatedFile {
        path,
        body: story.log_file(start),
        records: 1,
    };
    let mut chain = DigestChain::default();
    chain.close(second);
    chain.list(&log, second, second + 500);
    String::from_utf8_lossy(&chain.close(second + HOUR).body).into_owned()
}

/// A call that a VPC endpoint's policy stopped.
const NETWORK_ACTIVITY: &str = r#"{"Records":[{"eventVersion":"1.09","userIdentity":{"type":"AWSAccount","principalId":"AROAOUTSIDEREXAMPLE12:i-0f1e2d3c4b5a69788","accountId":"999988887777"},"eventTime":"2026-03-03T09:00:41Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"eu-west-1","sourceIPAddress":"10.20.4.17","errorCode":"VpceAccessDenied","errorMessage":"The request was denied due to a VPC endpoint policy","requestParameters":null,"responseElements":null,"requestID":"5f0c6f1e-1d7b-4f6a-9c52-0c8c5b3e7a10","eventID":"a1f6c2be-0d7e-4f37-8a54-2f9f0f4f7b11","eventType":"AwsVpceEvent","recipientAccountId":"111122223333","sharedEventID":"c9c3d1d6-7d7b-46f2-8d0c-4a4e6d6d5c55","vpcEndpointId":"vpce-0b6a3c8d1e5f29470","vpcEndpointAccountId":"111122223333","eventCategory":"NetworkActivity"}]}"#;
