//! From the envelopes in which AWS tells of new objects to the log files to read.
//!
//! A notice of S3 comes by itself, by way of SNS, of SQS, of SNS and then SQS, or as EventBridge's
//! `Object Created`; CloudTrail can send one of its own by SNS. What is inside is the same: a bucket
//! and a key. Anything else in the bucket is told apart by its name and never opened.
//!
//! Source: S3 user guide, *Event message structure* (keys are URL-encoded, a blank is `+`) and
//! *EventBridge event message structure* (keys are not); CloudTrail user guide, *Configuring Amazon SNS
//! notifications for CloudTrail*.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use detect::cloudtrail::kind::{Neighbour, neighbour, region};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many envelopes may lie in one another: S3 in SNS in SQS, and one to spare.
const NESTING: u8 = 4;

/// The name of the message in which we tell ourselves where to go on.
const CONTINUE: &str = "trailhound.continue/1";

/// One object of a trail's bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogObject {
    /// The bucket's name.
    pub bucket: String,
    /// The key, decoded.
    pub key: String,
    /// Which version of it, in a bucket that keeps several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
}

impl fmt::Display for LogObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// How far an object has been read: what lies before was judged, and counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Records judged.
    pub records: u64,
    /// Objects skipped.
    pub skipped: u64,
    /// Records that could not be read.
    pub failed: u64,
}

impl Progress {
    /// How many objects were come past.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.records + self.skipped + self.failed
    }
}

/// An object to read, from its beginning or from where an earlier invocation has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What to read.
    #[serde(flatten)]
    pub object: LogObject,
    /// How far it was read.
    pub done: Progress,
}

impl Task {
    /// The message that makes another invocation go on here.
    #[must_use]
    pub fn to_message(&self) -> String {
        serde_json::json!({ "schema": CONTINUE, "task": self }).to_string()
    }
}

/// What a message says has arrived.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Log files to read.
    pub tasks: Vec<Task>,
    /// Objects that are none, by what they are.
    pub neighbours: BTreeMap<Neighbour, u64>,
    /// From how many log files and digests each region was heard.
    pub regions: BTreeMap<String, u64>,
    /// Notices that ask for nothing: S3's test when a notification is set up, removed objects.
    pub empty: u64,
}

/// A message that is no notice of objects.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TriggerError {
    /// No JSON, or a shape that is not known.
    #[error("the message is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// JSON of a shape that is not known.
    #[error("the message is not a notice of S3: {0}")]
    Foreign(&'static str),
    /// A key that cannot be decoded.
    #[error("the object's key is not URL-encoded UTF-8")]
    Key,
}

/// The log files that `message` tells of.
///
/// # Errors
/// [`TriggerError`] if it is none of the known forms; it then belongs in front of a person.
pub fn log_files(message: &str) -> Result<Notice, TriggerError> {
    let mut notice = Notice::default();
    notice.open(message, NESTING)?;
    Ok(notice)
}

impl Notice {
    fn open(&mut self, message: &str, nesting: u8) -> Result<(), TriggerError> {
        let Some(nesting) = nesting.checked_sub(1) else {
            return Err(TriggerError::Foreign("too many envelopes in one another"));
        };
        let message: Value = serde_json::from_str(message)?;
        if let Some(records) = message["Records"].as_array() {
            return records
                .iter()
                .try_for_each(|record| self.record(record, nesting));
        }
        if message["schema"] == CONTINUE {
            let task = Task::deserialize(&message["task"])?;
            self.tasks.push(task);
            return Ok(());
        }
        if message["Event"] == "s3:TestEvent" {
            self.empty += 1;
            return Ok(());
        }
        if let Some(inner) = message["Message"].as_str() {
            return self.open(inner, nesting);
        }
        if message["detail-type"] == "Object Created" {
            return self.bridged(&message["detail"]);
        }
        if let (Some(bucket), Some(keys)) = (
            message["s3Bucket"].as_str(),
            message["s3ObjectKey"].as_array(),
        ) {
            let keys = keys.iter().filter_map(Value::as_str);
            keys.for_each(|key| self.object(bucket, key.to_owned(), None));
            return Ok(());
        }
        Err(TriggerError::Foreign("no known envelope"))
    }

    /// One of the `Records` of an envelope.
    fn record(&mut self, record: &Value, nesting: u8) -> Result<(), TriggerError> {
        let inner = record["body"]
            .as_str()
            .or_else(|| record["Sns"]["Message"].as_str());
        if let Some(inner) = inner {
            return self.open(inner, nesting);
        }
        let s3 = &record["s3"];
        let (Some(bucket), Some(key)) =
            (s3["bucket"]["name"].as_str(), s3["object"]["key"].as_str())
        else {
            return Err(TriggerError::Foreign("a record without bucket and key"));
        };
        let created = record["eventName"]
            .as_str()
            .is_none_or(|name| name.contains("ObjectCreated"));
        if !created {
            self.empty += 1;
            return Ok(());
        }
        let version = s3["object"]["versionId"].as_str();
        self.object(bucket, decoded(key)?, version);
        Ok(())
    }

    /// The detail of EventBridge's `Object Created`.
    fn bridged(&mut self, detail: &Value) -> Result<(), TriggerError> {
        let (Some(bucket), Some(key)) = (
            detail["bucket"]["name"].as_str(),
            detail["object"]["key"].as_str(),
        ) else {
            return Err(TriggerError::Foreign("an object without bucket and key"));
        };
        let version = detail["object"]["version-id"].as_str();
        self.object(bucket, key.to_owned(), version);
        Ok(())
    }

    fn object(&mut self, bucket: &str, key: String, version: Option<&str>) {
        if let Some(region) = region(Path::new(&key)) {
            *self.regions.entry(region.to_owned()).or_default() += 1;
        }
        if let Some(neighbour) = neighbour(Path::new(&key)) {
            *self.neighbours.entry(neighbour).or_default() += 1;
            return;
        }
        self.tasks.push(Task {
            object: LogObject {
                bucket: bucket.to_owned(),
                key,
                version: version.filter(|v| !v.is_empty()).map(Into::into),
            },
            done: Progress::default(),
        });
    }
}

/// A key as notices write it: `%` and two digits for a byte, `+` for a blank.
fn decoded(key: &str) -> Result<String, TriggerError> {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || Some((rest.next()? as char).to_digit(16)? as u8);
                let (high, low) = (digit(), digit());
                high.zip(low)
                    .map(|(high, low)| high << 4 | low)
                    .ok_or(TriggerError::Key)?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| TriggerError::Key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/22/111122223333_CloudTrail_eu-west-1_20261122T1405Z_a.json.gz";

    fn direct(key: &str) -> Value {
        json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": "logs"}, "object": {"key": key, "versionId": "v1"}}}]})
    }

    fn keys(message: &Value) -> Vec<String> {
        let notice = log_files(&message.to_string()).unwrap();
        notice
            .tasks
            .into_iter()
            .map(|task| task.object.key)
            .collect()
    }

    #[test]
    fn every_envelope_is_opened() {
        let in_sns = json!({"Records": [{"EventSource": "aws:sns",
            "Sns": {"Message": direct(KEY).to_string()}}]});
        let sns_body = json!({"Type": "Notification", "Message": direct(KEY).to_string()});
        let bridge = json!({"source": "aws.s3", "detail-type": "Object Created", "detail":
            {"bucket": {"name": "logs"}, "object": {"key": KEY, "version-id": "v1"}}});
        let trail = json!({"s3Bucket": "logs", "s3ObjectKey": [KEY]});
        for (message, why) in [
            (direct(KEY), "S3 itself"),
            (in_sns, "by way of SNS"),
            (
                json!({"Records": [{"messageId": "1", "body": direct(KEY).to_string()}]}),
                "by way of SQS",
            ),
            (
                json!({"Records": [{"messageId": "1", "body": sns_body.to_string()}]}),
                "by way of SNS and SQS",
            ),
            (bridge, "EventBridge"),
            (
                json!({"Type": "Notification", "Message": trail.to_string()}),
                "CloudTrail itself",
            ),
        ] {
            assert_eq!(keys(&message), [KEY], "{why}");
        }
    }

    #[test]
    fn keys_are_decoded_where_they_are_encoded() {
        let key = "AWSLogs/a+b%2Bc%E4%BD%A0.json.gz";
        assert_eq!(keys(&direct(key)), ["AWSLogs/a b+c你.json.gz"]);
        let bridged = json!({"detail-type": "Object Created",
            "detail": {"bucket": {"name": "logs"}, "object": {"key": "a+b%20.json"}}});
        assert_eq!(keys(&bridged), ["a+b%20.json"]);
        for broken in ["a%2.json", "a%zz.json", "%ff.json", "%+1.json"] {
            let message = direct(broken).to_string();
            assert!(
                matches!(log_files(&message), Err(TriggerError::Key)),
                "{broken}"
            );
        }
    }

    #[test]
    fn what_is_no_log_file_is_counted_and_not_read() {
        let digest = KEY.replace("CloudTrail", "CloudTrail-Digest");
        let config = KEY.replace("CloudTrail", "Config");
        for (key, neighbour) in [
            (digest, Neighbour::Digest),
            (config, Neighbour::OtherService("Config".to_owned())),
            ("AWSLogs/".to_owned(), Neighbour::NotALogFile),
        ] {
            let notice = log_files(&direct(&key).to_string()).unwrap();
            assert!(notice.tasks.is_empty(), "{key}");
            assert_eq!(notice.neighbours, BTreeMap::from([(neighbour, 1)]));
        }
        let insight = KEY.replace("CloudTrail", "CloudTrail-Insight");
        assert_eq!(keys(&direct(&insight)), [insight]);
    }

    #[test]
    fn a_test_and_a_removal_ask_for_nothing() {
        let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"});
        let mut removed = direct(KEY);
        removed["Records"][0]["eventName"] = "ObjectRemoved:Delete".into();
        for message in [test, removed] {
            let notice = log_files(&message.to_string()).unwrap();
            assert_eq!((notice.tasks.len(), notice.empty), (0, 1));
        }
    }

    #[test]
    fn the_version_is_kept_and_the_way_back_is_the_same() {
        let task = log_files(&direct(KEY).to_string()).unwrap().tasks.remove(0);
        assert_eq!(task.object.version.as_deref(), Some("v1"));
        let done = Progress {
            records: 7,
            skipped: 1,
            failed: 2,
        };
        let task = Task { done, ..task };
        assert_eq!(log_files(&task.to_message()).unwrap().tasks, [task]);
    }

    #[test]
    fn strangers_are_refused() {
        let mut deep = direct(KEY).to_string();
        for _ in 0..5 {
            deep = json!({"Type": "Notification", "Message": deep}).to_string();
        }
        for message in ["", "[]", "{}", "null", r#"{"Records":[{}]}"#, &deep] {
            assert!(log_files(message).is_err(), "{message:.60}");
        }
    }
}
