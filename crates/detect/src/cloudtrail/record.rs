//! One line of a log file: the documented fields, found once and decoded when asked.
//!
//! The model is forgiving: `eventSource`, `eventName` and `eventTime` are needed, anything else may
//! be absent, null, or of an unexpected type. `requestParameters` and its like stay text until a
//! rule asks for a path inside them.
//!
//! Source: CloudTrail user guide, *CloudTrail record contents for management, data, and network
//! activity events* and *CloudTrail record contents for Insights events for trails*.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::LazyLock;

use jiff::Timestamp;
use memchr::memmem::Finder;

use super::json::Json;
use super::layout::{Field, Layout, Tail};
use super::time;

/// A CloudTrail record, borrowed from the log file's text.
///
/// The fields that every rule asks for first are known from the start; the first question about
/// another one has the rest of the record read, once.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    text: &'a str,
    layout: Cow<'a, Layout>,
    tail: OnceCell<Tail>,
    whole: OnceCell<Box<Layout>>,
    time: Timestamp,
}

/// Most calls work, and then these stand nowhere in the record, which is seen at a glance.
static ERROR_CODE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"errorCode\""));
static ERROR_MESSAGE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"errorMessage\""));

/// Why an object in a log file is no record that can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum NotARecord {
    /// Part of the digest chain.
    #[error("a CloudTrail digest, which holds no records")]
    Digest,
    /// A notice that S3 has stored an object.
    #[error("an S3 event notification, not a CloudTrail record")]
    S3Notification,
    /// An object that lacks a field that every record has, or has it as something other than text.
    #[error("not a CloudTrail record: no `{0}`")]
    Without(&'static str),
    /// A record whose time cannot be read, so that no window could hold it.
    #[error("`eventTime` is not a time such as 2026-11-22T14:02:11Z")]
    Time,
}

impl<'a> Record<'a> {
    /// Takes the object `text`, whose fields lie as `layout` says, for a record.
    ///
    /// # Errors
    /// [`NotARecord`] says what else it is, or what is missing.
    pub fn new(text: &'a str, layout: impl Into<Cow<'a, Layout>>) -> Result<Self, NotARecord> {
        let mut record = Self {
            text,
            layout: layout.into(),
            tail: OnceCell::new(),
            whole: OnceCell::new(),
            time: Timestamp::UNIX_EPOCH,
        };
        if record.layout.has(Field::DigestS3Object) {
            return Err(NotARecord::Digest);
        }
        record.require("eventSource", record.event_source_field())?;
        record.require("eventName", record.event_name_field())?;
        let time = record.field(Field::EventTime).and_then(Json::raw_str);
        record.time =
            time::parse(time.ok_or(NotARecord::Without("eventTime"))?).ok_or(NotARecord::Time)?;
        if record.event_source().starts_with("aws:") && record.has(Field::S3) {
            return Err(NotARecord::S3Notification);
        }
        Ok(record)
    }

    fn require(&self, name: &'static str, field: Option<Json<'a>>) -> Result<(), NotARecord> {
        field
            .and_then(Json::raw_str)
            .map(|_| ())
            .ok_or(NotARecord::Without(name))
    }

    /// The record as it was written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The whole record as a value.
    #[must_use]
    pub fn json(&self) -> Json<'a> {
        Json::new(self.text)
    }

    /// A top-level field by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        match Field::of(name.as_bytes()) {
            Some(field) => self.field(field),
            None => self.json().get(name),
        }
    }

    fn field(&self, field: Field) -> Option<Json<'a>> {
        let span = match self.layout.span(field) {
            None if !self.layout.is_whole() => self.span_behind(field),
            span => span,
        };
        let (start, end) = span?;
        self.text.get(start..end).map(Json::new)
    }

    /// Where `field` lies behind the first fields.
    fn span_behind(&self, field: Field) -> Option<(usize, usize)> {
        let in_tail = match field {
            Field::EventId => self.tail().event_id,
            Field::EventType => self.tail().event_type,
            Field::RecipientAccountId => self.tail().account,
            Field::ErrorCode if self.layout.rest_lacks(self.text, &ERROR_CODE) => return None,
            Field::ErrorMessage if self.layout.rest_lacks(self.text, &ERROR_MESSAGE) => {
                return None;
            }
            _ => None,
        };
        in_tail.or_else(|| self.whole().span(field))
    }

    fn tail(&self) -> Tail {
        let tail = || self.layout.tail_of(self.text).unwrap_or_default();
        *self.tail.get_or_init(tail)
    }

    fn has(&self, field: Field) -> bool {
        self.field(field).is_some()
    }

    /// The layout of all fields; that of the first ones, where the rest turns out to be broken.
    #[cold]
    fn whole(&self) -> &Layout {
        self.whole
            .get_or_init(|| Box::new(self.layout.of_the_whole(self.text)))
    }

    fn str_field(&self, field: Field) -> Option<Cow<'a, str>> {
        self.field(field)?.as_str()
    }

    fn event_source_field(&self) -> Option<Json<'a>> {
        self.field(Field::EventSource)
            .or_else(|| self.insight("eventSource"))
    }

    fn event_name_field(&self) -> Option<Json<'a>> {
        self.field(Field::EventName)
            .or_else(|| self.insight("eventName"))
    }

    /// Insights records name source and event only in their details.
    fn insight(&self, name: &str) -> Option<Json<'a>> {
        self.field(Field::InsightDetails)?.get(name)
    }

    /// When the call was made, `eventTime`.
    #[must_use]
    pub fn event_time(&self) -> Timestamp {
        self.time
    }

    /// The service called, such as `iam.amazonaws.com`; of an Insights record the service it is about.
    #[must_use]
    pub fn event_source(&self) -> Cow<'a, str> {
        self.event_source_field()
            .and_then(Json::as_str)
            .unwrap_or_default()
    }

    /// The API called, such as `CreateUser`, version suffix included.
    #[must_use]
    pub fn event_name(&self) -> Cow<'a, str> {
        self.event_name_field()
            .and_then(Json::as_str)
            .unwrap_or_default()
    }

    /// The name of the API as the service documents it: `CreateFunction20150331` and
    /// `AddPermission20150331v2` are `CreateFunction` and `AddPermission`.
    #[must_use]
    pub fn plain_event_name(&self) -> Cow<'a, str> {
        match self.event_name() {
            Cow::Borrowed(name) => Cow::Borrowed(without_version(name)),
            Cow::Owned(name) => Cow::Owned(without_version(&name).to_owned()),
        }
    }

    /// The identity block as written.
    #[must_use]
    pub fn user_identity(&self) -> Option<Json<'a>> {
        self.field(Field::UserIdentity)
    }

    /// `userIdentity.type` where that is the first thing in the identity, as CloudTrail writes it.
    #[must_use]
    pub fn identity_type(&self) -> Option<Json<'a>> {
        let identity = self.user_identity()?;
        let short = || {
            // As CloudTrail writes it; what has escapes takes the way of all members.
            let word = identity.raw().strip_prefix("{\"type\":\"")?;
            let end = memchr::memchr2(b'"', b'\\', word.as_bytes())?;
            let value = identity.raw().get(8..8 + 2 + end)?;
            value.ends_with('"').then(|| Json::new(value))
        };
        short().or_else(|| {
            let (key, value) = identity.entries().next()?;
            key.is("type").then_some(value)
        })
    }

    /// Names this record within its account; absent in old or foreign records.
    #[must_use]
    pub fn event_id(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::EventId)
    }

    /// Links the copies of one call that two accounts see, and the start and end of one Insight.
    #[must_use]
    pub fn shared_event_id(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::SharedEventId)
    }

    /// The account whose trail this is; for old records that of the caller.
    #[must_use]
    pub fn account(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::RecipientAccountId)
            .or_else(|| self.user_identity()?.get("accountId")?.as_str())
    }

    /// Where the call was made to, such as `eu-west-1`.
    #[must_use]
    pub fn region(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::AwsRegion)
    }

    /// Where the call came from: an address, or the name of an AWS service.
    #[must_use]
    pub fn source_ip(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::SourceIpAddress)
    }

    /// What the caller says it is; anyone can write anything here.
    #[must_use]
    pub fn user_agent(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::UserAgent)
    }

    /// Why the call failed; absent if it did not.
    #[must_use]
    pub fn error_code(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::ErrorCode)
    }

    /// Why the call failed, in the service's words.
    #[must_use]
    pub fn error_message(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::ErrorMessage)
    }

    /// `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, …
    #[must_use]
    pub fn event_type(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::EventType)
    }

    /// `Management`, `Data`, `NetworkActivity` or `Insight`.
    #[must_use]
    pub fn event_category(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::EventCategory)
    }

    /// Whether the call only reads; `None` where the record does not say.
    #[must_use]
    pub fn read_only(&self) -> Option<bool> {
        let field = self.field(Field::ReadOnly)?;
        field.as_bool().or_else(|| Some(field.raw_str()? == "true"))
    }

    /// What was asked for; absent where null.
    #[must_use]
    pub fn request_parameters(&self) -> Option<Json<'a>> {
        self.field(Field::RequestParameters)
            .filter(|value| !value.is_null())
    }

    /// What changed, as the service answered; absent where null.
    #[must_use]
    pub fn response_elements(&self) -> Option<Json<'a>> {
        self.field(Field::ResponseElements)
            .filter(|value| !value.is_null())
    }

    /// What fits nowhere else; absent where null.
    #[must_use]
    pub fn additional_event_data(&self) -> Option<Json<'a>> {
        self.field(Field::AdditionalEventData)
            .filter(|value| !value.is_null())
    }

    /// The resources named by the record; absent where null.
    #[must_use]
    pub fn resources(&self) -> Option<Json<'a>> {
        self.field(Field::Resources)
            .filter(|value| !value.is_null())
    }
}

/// Cuts the API version that Lambda and CloudFront append: eight digits or the like of
/// `2015_03_31`, then perhaps `v2`.
#[must_use]
pub fn without_version(name: &str) -> &str {
    let unversioned = name
        .rsplit_once('v')
        .filter(|(head, tail)| {
            head.ends_with(|c: char| c.is_ascii_digit())
                && !tail.is_empty()
                && tail.bytes().all(|b| b.is_ascii_digit())
        })
        .map_or(name, |(head, _)| head);
    let plain = unversioned.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let suffix = &unversioned[plain.len()..];
    let digits: String = suffix.chars().filter(char::is_ascii_digit).collect();
    let dated = digits.len() == 8 && (digits.starts_with("19") || digits.starts_with("20"));
    if dated && !plain.is_empty() {
        plain
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::super::{layout, scan};
    use super::*;

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
        let first = r#""userIdentity":{"type":"Root","accountId":"000000000000"},"eventTime":"2026-11-22T14:02:11Z","eventSource":"a","eventName":"b","sourceIPAddress":"c","userAgent":"d""#;
        let id = r#","eventID":"1-2","readOnly":true"#;
        let account = r#","recipientAccountId":"111122223333""#;
        let nested = r#","requestParameters":{"x":1,"eventID":"no","recipientAccountId":"no"}"#;
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
        ] {
            let text = format!("{{{first}{rest}}}");
            let (scan, glance) = layout::glance(text.as_bytes(), |_, _| scan::Visit::Continue);
            assert_eq!(scan, scan::Scan::Complete(text.len()), "{text}");
            assert!(!glance.is_whole());
            let glanced = Record::new(&text, glance).unwrap();
            let whole = record(&text).unwrap();
            assert_eq!(glanced.event_id(), whole.event_id(), "{why}");
            assert_eq!(glanced.account(), whole.account(), "{why}");
            assert_eq!(glanced.event_type(), whole.event_type(), "{why}");
            assert_eq!(glanced.error_code(), whole.error_code(), "{why}");
            assert_eq!(glanced.error_message(), whole.error_message(), "{why}");
            assert_eq!(glanced.event_id(), whole.event_id(), "{why}, asked again");
        }
    }

    #[test]
    fn the_type_of_an_identity_is_known_if_it_comes_first() {
        for (identity, expected) in [
            (r#"{"type":"Root"}"#, Some("Root")),
            (r#"{ "type" : "Root" }"#, Some("Root")),
            (r#"{"type":"Ro\u006ft"}"#, Some("Root")),
            (r#"{"type":null}"#, None),
            (r#"{"arn":"x","type":"Root"}"#, None),
            (r"{}", None),
            (r#""Root""#, None),
        ] {
            let text = MINIMAL.replace('}', &format!(r#","userIdentity":{identity}}}"#));
            let found = record(&text)
                .unwrap()
                .identity_type()
                .and_then(Json::as_str);
            assert_eq!(found.as_deref(), expected, "{identity}");
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
}
