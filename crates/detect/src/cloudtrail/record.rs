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
use uuid::Uuid;

use super::json::Json;
use super::layout::{self, Field, Kept, Layout};
use super::tail::Tail;
use super::time;

/// A CloudTrail record, borrowed from the log file's text.
///
/// The fields that every rule asks for first are known from the start; the first question about
/// another one has the rest of the record read, once.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    text: &'a str,
    layout: Kept<'a>,
    /// The last members, from `eventID` on.
    tail: OnceCell<Tail>,
    /// Where `requestParameters` lie, if right behind the first fields.
    parameters: OnceCell<Span>,
    /// Whether nothing behind the first fields has to do with an error.
    sound: OnceCell<bool>,
    /// Whether it is plain that there are no `serviceEventDetails`.
    no_service_event: OnceCell<bool>,
    whole: OnceCell<Box<Layout>>,
    time: Timestamp,
}

/// A record that stays when the text is gone that it was read in.
#[derive(Debug)]
pub(crate) struct KeptRecord {
    text: Box<str>,
    layout: Layout,
    time: Timestamp,
}

impl KeptRecord {
    /// A copy of `record`.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        Self {
            text: record.text.into(),
            layout: (*record.layout).clone(),
            time: record.time,
        }
    }

    /// The record.
    pub(crate) fn record(&self) -> Record<'_> {
        Record::at(&self.text, Kept::Lent(&self.layout), self.time)
    }
}

/// Where a value lies, if it was found.
type Span = Option<(usize, usize)>;

/// The longest text with source and name of an event in it that counts as short, in bytes.
const CALL: usize = 256;

/// Most calls work, and then this stands nowhere in the record, which is seen at a glance: neither
/// `errorCode` nor `errorMessage`.
static ERROR: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"error"));
static SHARED_EVENT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"sharedEventID\""));
static SERVICE_EVENT: LazyLock<Finder<'_>> =
    LazyLock::new(|| Finder::new("\"serviceEventDetails\""));

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
    #[inline]
    pub fn new(text: &'a str, layout: impl Into<Kept<'a>>) -> Result<Self, NotARecord> {
        let mut record = Self::at(text, layout.into(), Timestamp::UNIX_EPOCH);
        if record.layout.has(Field::DigestS3Object) {
            return Err(NotARecord::Digest);
        }
        record.require("eventSource", record.event_source_field())?;
        record.require("eventName", record.event_name_field())?;
        let time = record.field(Field::EventTime);
        let time = time.ok_or(NotARecord::Without("eventTime"))?.raw_str();
        record.time = time.and_then(time::parse).ok_or(NotARecord::Time)?;
        if record.is_of_s3_notification() {
            return Err(NotARecord::S3Notification);
        }
        Ok(record)
    }

    fn at(text: &'a str, layout: Kept<'a>, time: Timestamp) -> Self {
        Self {
            text,
            layout,
            tail: OnceCell::new(),
            parameters: OnceCell::new(),
            sound: OnceCell::new(),
            no_service_event: OnceCell::new(),
            whole: OnceCell::new(),
            time,
        }
    }

    /// Takes `text` for a record; `None` if it is no object, or something else.
    #[must_use]
    pub fn of_text(text: &'a str) -> Option<Self> {
        Self::new(text, layout::of(text)?).ok()
    }

    /// Whether this is what S3 sends about an object: from `aws:s3`, with that in `s3`.
    fn is_of_s3_notification(&self) -> bool {
        let source = self.event_source_field().and_then(Json::raw_str);
        // At first sight, for its first letter may be written as an escape.
        source.is_some_and(|source| source.starts_with(['a', '\\']))
            && self.event_source().starts_with("aws:")
            && self.has(Field::S3)
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
        // A layout notes where values begin and end, and nothing around them.
        self.text.get(start..end).map(Json::bare)
    }

    /// Where `field` lies behind the first fields.
    fn span_behind(&self, field: Field) -> Option<(usize, usize)> {
        if let Some(whole) = self.whole.get().filter(|whole| whole.is_whole()) {
            return whole.span(field);
        }
        let in_tail = match field {
            _ if Tail::notes(field) => self.tail().span(field),
            Field::RequestParameters => self.parameters_at_once(),
            Field::ErrorCode | Field::ErrorMessage if self.rest_is_sound() => return None,
            Field::SharedEventId if self.layout.rest_lacks(self.text, &SHARED_EVENT) => {
                return None;
            }
            _ => None,
        };
        in_tail.or_else(|| self.whole().span(field))
    }

    /// The last members.
    fn tail(&self) -> &Tail {
        self.tail
            .get_or_init(|| Tail::of(self.text, self.layout.read_to()))
    }

    /// `requestParameters`, where they stand as CloudTrail writes them: right behind the first fields,
    /// which is much nearer than by way of all that follows.
    fn parameters_at_once(&self) -> Span {
        let find = || {
            self.layout
                .value_behind(self.text, ",\"requestParameters\":")
        };
        *self.parameters.get_or_init(find)
    }

    fn rest_is_sound(&self) -> bool {
        let look = || self.layout.rest_lacks(self.text, &ERROR);
        *self.sound.get_or_init(look)
    }

    /// Whether it is plain at first sight that there are no `serviceEventDetails`.
    pub(crate) fn is_no_service_event(&self) -> bool {
        let look = || !self.layout.is_whole() && self.layout.rest_lacks(self.text, &SERVICE_EVENT);
        *self.no_service_event.get_or_init(look)
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

    /// Source and name of the event with what stands between them, where nothing long does: the same
    /// text, the same source and name.
    #[must_use]
    pub fn source_to_name(&self) -> Option<&'a str> {
        let (start, source_end) = self.layout.span(Field::EventSource)?;
        let (name_start, end) = self.layout.span(Field::EventName)?;
        let together = source_end <= name_start && end - start <= CALL;
        self.text.get(start..end).filter(|_| together)
    }

    /// Names this record within its account; absent in old or foreign records.
    #[must_use]
    pub fn event_id(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::EventId)
    }

    /// The same as a number, if it is written as AWS writes it: a UUID of 36 characters, in lower case, and so
    /// without escapes.
    #[must_use]
    pub fn event_uuid(&self) -> Option<Uuid> {
        let text = self.field(Field::EventId)?.raw_str()?;
        let is_usual = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Uuid::try_parse(text).ok().filter(|_| is_usual)
    }

    /// Links the copies of one call that two accounts see, and the start and end of one Insight.
    #[must_use]
    pub fn shared_event_id(&self) -> Option<Cow<'a, str>> {
        self.str_field(Field::SharedEventId)
    }

    /// The account whose trail this is; for old records that of the caller.
    #[must_use]
    pub fn account(&self) -> Option<Cow<'a, str>> {
        self.account_field(Json::as_str)
    }

    /// The same, escapes as written.
    #[must_use]
    pub fn raw_account(&self) -> Option<&'a str> {
        self.account_field(Json::raw_str)
    }

    fn account_field<T>(&self, read: impl Fn(Json<'a>) -> Option<T>) -> Option<T> {
        self.field(Field::RecipientAccountId)
            .and_then(&read)
            .or_else(|| read(self.user_identity()?.get("accountId")?))
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

    /// The source address as written.
    #[must_use]
    pub fn source_ip_field(&self) -> Option<Json<'a>> {
        self.field(Field::SourceIpAddress)
    }

    /// The user agent as written.
    #[must_use]
    pub fn user_agent_field(&self) -> Option<Json<'a>> {
        self.field(Field::UserAgent)
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

    /// Whether it is plain at first sight that there is neither `errorCode` nor `errorMessage`; if not,
    /// there may be.
    #[must_use]
    pub fn is_without_error(&self) -> bool {
        !self.layout.has(Field::ErrorCode)
            && !self.layout.has(Field::ErrorMessage)
            && (self.layout.is_whole() || self.rest_is_sound())
    }

    /// Whether it is plain at first sight that the object in `field` has no member of the name that
    /// `words` look for. AWS writes the names of parameters without escapes.
    pub(crate) fn lacks_parameter(&self, field: &str, words: &Finder<'_>) -> bool {
        !self.layout.is_whole()
            && self.whole.get().is_none()
            && !Field::of(field.as_bytes()).is_some_and(|field| self.layout.has(field))
            && self.layout.rest_lacks(self.text, words)
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
mod tests;
