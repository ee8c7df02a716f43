use super::super::{layout, scan};
use super::*;
use crate::outcome::Outcome;
use sigma::event::Event;

fn record(text: &str) -> Result<Record<'_>, NotARecord> {
    Record::new(text, layout::of(text).expect("an object"))
}

const MINIMAL: &str = r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-22T14:02:11Z"}"#;

#[test]
fn three_fields_make_a_record() {
    let record = record(MINIMAL).unwrap();
    assert_eq!(record.event_source(), "s3.amazonaws.com");
    assert_eq!(record.event_time().to_string(), "2026-11-22T14:02:11Z");
    assert_eq!(record.event_id(), None);
    assert_eq!(record.account(), None);
}

#[test]
fn unexpected_types_are_absent_not_fatal() {
    let text = MINIMAL.replace(
        '}',
        r#","eventID":7,"userIdentity":"x","readOnly":"true","awsRegion":null}"#,
    );
    let record = record(&text).unwrap();
    assert_eq!(record.event_id(), None);
    assert_eq!(record.region(), None);
    assert_eq!(record.read_only(), Some(true));
    assert_eq!(record.account(), None);
}

#[test]
fn a_field_is_the_same_by_every_way_to_it() {
    let first = r#""userIdentity":{"type":"Root","accountId":"000000000000","invokedByDelegate":"x"},"eventTime":"2026-11-22T14:02:11Z","eventSource":"a","eventName":"b","sourceIPAddress":"c","userAgent":"d""#;
    let id = r#","eventID":"1-2","readOnly":true"#;
    let account = r#","recipientAccountId":"111122223333""#;
    let nested = r#","requestParameters":{"x-amz-server-side-encryption":1,"eventID":"no","recipientAccountId":"no"}"#;
    let nothing = r#","requestParameters":null"#;
    let quoted = r#","errorMessage":",\"eventID\":\"no\"""#;
    for (rest, why) in [
        (format!("{id}{account}"), "as CloudTrail writes it"),
        (format!("{account}{id}"), "the other way round"),
        (
            format!("{nested}{id}{account}"),
            "a nested key of that name before",
        ),
        (format!("{id}{account}{nested}"), "and behind"),
        (
            format!("{quoted}{id}{account}"),
            "a text that looks like it",
        ),
        (format!("{id}{quoted}"), "no account"),
        (
            format!(r#"{nested}{id},"eventType":"AwsApiCall"{account}"#),
            "with a type",
        ),
        (
            format!(r#","errorCode":"AccessDenied"{id}{account}"#),
            "refused",
        ),
        (format!("{account}{nested}"), "no id but a nested one"),
        (
            r#", "eventID" : "1-2" , "recipientAccountId" : 7 "#.to_owned(),
            "spaces, no text",
        ),
        (format!("{nested}{nothing}{id}"), "parameters twice"),
        (format!("{nothing}{nested}{id}"), "first null"),
        (format!(r#","requestParameters":[{{"a":1}}]{id}"#), "a list"),
        (format!(r#","requestParameters":"{{"{id}"#), "a text"),
        (format!(r#", "requestParameters": {{}}{id}"#), "a blank"),
        (format!(r#","errors":[1]{id}"#), "no error, but nearly"),
        (
            r#","eventType":"AwsServiceEvent","serviceEventDetails":{"b":"Failed"}"#.to_owned(),
            "a failure told by a service",
        ),
    ] {
        let text = format!("{{{first}{rest}}}");
        let (scan, glance) = layout::glance(text.as_bytes(), |_, _| scan::Visit::Continue);
        assert_eq!(scan, scan::Scan::Complete(text.len()), "{text}");
        assert!(!glance.is_whole());
        let glanced = Record::new(&text, &glance).unwrap();
        let whole = record(&text).unwrap();
        assert_eq!(glanced.event_id(), whole.event_id(), "{why}");
        assert_eq!(glanced.account(), whole.account(), "{why}");
        assert_eq!(glanced.event_type(), whole.event_type(), "{why}");
        assert_eq!(glanced.error_code(), whole.error_code(), "{why}");
        assert_eq!(glanced.error_message(), whole.error_message(), "{why}");
        let parameters = glanced.request_parameters();
        assert_eq!(parameters, whole.request_parameters(), "{why}");
        assert_eq!(Outcome::of(&glanced), Outcome::of(&whole), "{why}");
        assert_eq!(glanced.event_id(), whole.event_id(), "{why}, asked again");
        for path in [
            "userIdentity.invokedByDelegate",
            "requestParameters.x-amz-server-side-encryption",
            "requestParameters.configurationOverrides",
        ] {
            let path = sigma::FieldPath::new(path);
            let afresh = Record::new(&text, glance.clone()).unwrap();
            assert_eq!(
                Event::field(&afresh, &path),
                Event::field(&whole, &path),
                "{why}: {path:?}"
            );
        }
    }
}

#[test]
fn strangers_are_told_apart() {
    for (text, expected) in [
        (r"{}", NotARecord::Without("eventSource")),
        (
            r#"{"eventSource":"a","eventTime":"2026-11-22T14:02:11Z"}"#,
            NotARecord::Without("eventName"),
        ),
        (
            r#"{"eventSource":"a","eventName":7,"eventTime":"x"}"#,
            NotARecord::Without("eventName"),
        ),
        (
            r#"{"eventSource":"a","eventName":"b","eventTime":"noon"}"#,
            NotARecord::Time,
        ),
        (
            r#"{"awsAccountId":"1","digestS3Object":"x"}"#,
            NotARecord::Digest,
        ),
        (
            r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","eventTime":"2026-11-22T14:02:11Z","s3":{}}"#,
            NotARecord::S3Notification,
        ),
    ] {
        assert_eq!(record(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn an_insight_is_a_record_about_its_api() {
    let text = r#"{"eventTime":"2026-11-22T14:02:11Z","eventCategory":"Insight","insightDetails":{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}}"#;
    assert_eq!(record(text).unwrap().event_name(), "RunInstances");
}

#[test]
fn version_suffixes_are_cut() {
    for (name, plain) in [
        ("CreateFunction20150331", "CreateFunction"),
        ("AddPermission20150331v2", "AddPermission"),
        ("UpdateDistribution2020_05_31", "UpdateDistribution"),
        ("ListBuckets", "ListBuckets"),
        ("ListObjectsV2", "ListObjectsV2"),
        ("GetFoo12345678", "GetFoo12345678"),
        ("20150331", "20150331"),
        ("", ""),
    ] {
        assert_eq!(without_version(name), plain);
    }
}
