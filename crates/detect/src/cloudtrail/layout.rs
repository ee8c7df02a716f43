//! Where the fields that we know lie in an object's text.

use std::ops::Deref;

use memchr::memmem::Finder;

use super::scan::{self, Fields, Scan, Usual, Visit};

/// The top-level keys that are noted while an object is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// `eventSource`
    EventSource,
    /// `eventName`
    EventName,
    /// `eventTime`
    EventTime,
    /// `userIdentity`
    UserIdentity,
    /// `awsRegion`
    AwsRegion,
    /// `sourceIPAddress`
    SourceIpAddress,
    /// `userAgent`
    UserAgent,
    /// `errorCode`
    ErrorCode,
    /// `errorMessage`
    ErrorMessage,
    /// `requestParameters`
    RequestParameters,
    /// `responseElements`
    ResponseElements,
    /// `additionalEventData`
    AdditionalEventData,
    /// `resources`
    Resources,
    /// `eventID`
    EventId,
    /// `sharedEventID`
    SharedEventId,
    /// `readOnly`
    ReadOnly,
    /// `eventType`
    EventType,
    /// `eventCategory`
    EventCategory,
    /// `recipientAccountId`
    RecipientAccountId,
    /// `insightDetails`, in Insights records only
    InsightDetails,
    /// `detail`, the record inside an EventBridge envelope
    Detail,
    /// `detail-type`, which only the envelope has
    DetailType,
    /// `CloudTrailEvent`, the record as a string inside a LookupEvents answer
    CloudTrailEvent,
    /// `message`, the record as a string inside a CloudWatch Logs delivery
    Message,
    /// `digestS3Object`, in digest files only
    DigestS3Object,
    /// `s3`, in S3 event notifications only
    S3,
}

const FIELDS: usize = Field::S3 as usize + 1;

impl Field {
    /// The field with this key.
    #[must_use]
    pub fn of(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"eventSource" => Self::EventSource,
            b"eventName" => Self::EventName,
            b"eventTime" => Self::EventTime,
            b"userIdentity" => Self::UserIdentity,
            b"awsRegion" => Self::AwsRegion,
            b"sourceIPAddress" => Self::SourceIpAddress,
            b"userAgent" => Self::UserAgent,
            b"errorCode" => Self::ErrorCode,
            b"errorMessage" => Self::ErrorMessage,
            b"requestParameters" => Self::RequestParameters,
            b"responseElements" => Self::ResponseElements,
            b"additionalEventData" => Self::AdditionalEventData,
            b"resources" => Self::Resources,
            b"eventID" => Self::EventId,
            b"sharedEventID" => Self::SharedEventId,
            b"readOnly" => Self::ReadOnly,
            b"eventType" => Self::EventType,
            b"eventCategory" => Self::EventCategory,
            b"recipientAccountId" => Self::RecipientAccountId,
            b"insightDetails" => Self::InsightDetails,
            b"detail" => Self::Detail,
            b"detail-type" => Self::DetailType,
            b"CloudTrailEvent" => Self::CloudTrailEvent,
            b"message" => Self::Message,
            b"digestS3Object" => Self::DigestS3Object,
            b"s3" => Self::S3,
            _ => return None,
        })
    }
}

/// The spans of an object's known fields, in bytes from its opening brace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    spans: [(u32, u32); FIELDS],
    /// One bit for each field that was found.
    found: u32,
    /// Where the last value ends that was looked at.
    read_to: u32,
    whole: bool,
}

/// A layout that somebody else keeps, mostly, or one of a record's own: that one is out of the way, so that
/// records are small.
#[derive(Debug, Clone)]
pub enum Kept<'a> {
    /// Somebody else's.
    Lent(&'a Layout),
    /// The record's own.
    Own(Box<Layout>),
}

impl Deref for Kept<'_> {
    type Target = Layout;

    #[inline]
    fn deref(&self) -> &Layout {
        match self {
            Self::Lent(layout) => layout,
            Self::Own(layout) => layout,
        }
    }
}

impl From<Layout> for Kept<'_> {
    fn from(layout: Layout) -> Self {
        Self::Own(Box::new(layout))
    }
}

impl<'a> From<&'a Layout> for Kept<'a> {
    fn from(layout: &'a Layout) -> Self {
        Self::Lent(layout)
    }
}

impl From<Usual> for Layout {
    fn from(first: Usual) -> Self {
        let mut layout = Self::EMPTY;
        layout.note(Field::UserIdentity, first.user_identity);
        layout.note(Field::EventTime, first.event_time);
        layout.note(Field::EventSource, first.event_source);
        layout.note(Field::EventName, first.event_name);
        layout.note(Field::AwsRegion, first.aws_region);
        layout.note(Field::SourceIpAddress, first.source_ip_address);
        layout.note(Field::UserAgent, first.user_agent);
        layout
    }
}

impl Layout {
    const EMPTY: Self = Self {
        spans: [(0, 0); FIELDS],
        found: 0,
        read_to: 0,
        whole: false,
    };

    /// Notes where the value of `field` lies, the last one looked at.
    #[inline(always)]
    fn note(&mut self, field: Field, (start, end): (usize, usize)) {
        self.spans[field as usize] = (start as u32, end as u32);
        self.found |= 1 << field as u32;
        self.read_to = end as u32;
    }

    /// Where the value of `field` lies.
    #[must_use]
    #[inline]
    pub fn span(&self, field: Field) -> Option<(usize, usize)> {
        let (start, end) = self.spans[field as usize];
        self.has(field).then_some((start as usize, end as usize))
    }

    /// Whether the object has `field`, null or not.
    #[must_use]
    #[inline]
    pub fn has(&self, field: Field) -> bool {
        self.found >> field as u32 & 1 == 1
    }

    /// Whether the object was read to its end, so that what was not found is not there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Where the last value ends that was looked at.
    pub(super) fn read_to(&self) -> usize {
        self.read_to as usize
    }

    /// Whether what lies behind this layout in `text` does not even hold these words.
    #[must_use]
    pub fn rest_lacks(&self, text: &str, words: &Finder<'_>) -> bool {
        let rest = text.as_bytes().get(self.read_to as usize..);
        rest.is_some_and(|rest| words.find(rest).is_none())
    }

    /// Where the object lies that follows this layout in `text` behind the words `before`; `None` if they
    /// do not follow, or something else does.
    #[must_use]
    pub fn value_behind(&self, text: &str, before: &str) -> Option<(usize, usize)> {
        let rest = text.get(self.read_to as usize..)?.strip_prefix(before)?;
        let start = text.len() - rest.len();
        match scan::end_of_object(text.as_bytes(), start) {
            Some(end) if rest.starts_with('{') => Some((start, end)),
            _ => None,
        }
    }

    /// The layout of all fields of `text`, which is one object of sound shape and has this layout as
    /// far as it was read; this one if a member behind that is broken.
    #[must_use]
    pub fn of_the_whole(&self, text: &str) -> Self {
        let mut notes = Notes {
            layout: self.clone(),
            current: None,
            glance: false,
            visit: |_: &[u8], _| Visit::Continue,
        };
        let scan = scan::rest(text.as_bytes(), self.read_to as usize, &mut notes);
        if scan != Scan::Complete(text.len()) {
            return self.clone();
        }
        notes.layout.whole = true;
        notes.layout
    }

    /// Whether what a first look is for has been found.
    #[inline]
    fn shows_the_first_fields(&self) -> bool {
        self.found & FIRST == FIRST
    }
}

/// What every rule's first question is about. CloudTrail writes these before anything long, but for
/// the identity.
const FIRST: u32 = 1 << Field::EventSource as u32
    | 1 << Field::EventName as u32
    | 1 << Field::EventTime as u32
    | 1 << Field::UserIdentity as u32
    | 1 << Field::SourceIpAddress as u32
    | 1 << Field::UserAgent as u32;

/// The layout of `text`, if it is one whole object and nothing else.
#[must_use]
pub fn of(text: &str) -> Option<Layout> {
    let object = text.starts_with('{').then_some(text.as_bytes())?;
    match read(object, false, |_, _| Visit::Continue) {
        (Scan::Complete(end), layout) => text[end..].trim_ascii().is_empty().then_some(layout),
        _ => None,
    }
}

/// Scans the object at the start of `bytes` until the first fields of a record are found; where they
/// are not, to its end.
///
/// `visit` is shown each key that is not known, with the offset of its colon, and may stop the scan.
/// What lies behind the first fields is passed over by [`scan::end`].
pub fn glance(bytes: &[u8], visit: impl FnMut(&[u8], usize) -> Visit) -> (Scan, Layout) {
    if let Some((first, scan)) = scan::usual(bounded(bytes)) {
        return (scan, Layout::from(first));
    }
    glance_at_members(bytes, visit)
}

/// [`glance`] for objects that may begin in any way.
fn glance_at_members(bytes: &[u8], visit: impl FnMut(&[u8], usize) -> Visit) -> (Scan, Layout) {
    let (scan, layout) = read(bytes, true, visit);
    match scan {
        Scan::Stopped(at) if layout.shows_the_first_fields() => (scan::end(bytes, at), layout),
        scan => (scan, layout),
    }
}

fn read(bytes: &[u8], glance: bool, visit: impl FnMut(&[u8], usize) -> Visit) -> (Scan, Layout) {
    let mut notes = Notes {
        layout: Layout::EMPTY,
        current: None,
        glance,
        visit,
    };
    let scan = scan::object(bounded(bytes), &mut notes);
    notes.layout.whole = matches!(scan, Scan::Complete(_));
    (scan, notes.layout)
}

/// Offsets are 32 bits wide; nothing that long is handed in, see `split::MAX_RECORD`.
fn bounded(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(u32::MAX as usize)]
}

struct Notes<V> {
    layout: Layout,
    current: Option<Field>,
    /// Whether the first fields are enough.
    glance: bool,
    visit: V,
}

impl<V: FnMut(&[u8], usize) -> Visit> Fields for Notes<V> {
    #[inline(always)]
    fn key(&mut self, key: &[u8], colon: usize) -> Visit {
        self.current = Field::of(key);
        if self.current.is_none() {
            self.unknown(key, colon)
        } else {
            Visit::Continue
        }
    }

    /// Of a field that is there twice the first counts: CloudTrail writes none twice, and so what a
    /// glance has found stays true.
    #[inline(always)]
    fn value(&mut self, start: usize, end: usize) -> Visit {
        if let Some(field) = self.current.filter(|field| !self.layout.has(*field)) {
            self.layout.note(field, (start, end));
        }
        self.layout.read_to = end as u32;
        if self.glance && self.layout.shows_the_first_fields() {
            Visit::Stop
        } else {
            Visit::Continue
        }
    }
}

impl<V: FnMut(&[u8], usize) -> Visit> Notes<V> {
    fn unknown(&mut self, key: &[u8], colon: usize) -> Visit {
        if key.contains(&b'\\') {
            let key = std::str::from_utf8(key).map(super::json::unescape);
            self.current = key.ok().and_then(|key| Field::of(key.as_bytes()));
        }
        (self.visit)(key, colon)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn notes_known_fields_and_shows_the_others() {
        let text = br#"{"x":1, "event\u004eame" : "A" ,"eventName":"B","Records":[]}"#;
        let mut others = Vec::new();
        let (scan, layout) = glance(text, |key, _| {
            others.push(String::from_utf8_lossy(key).into_owned());
            Visit::Continue
        });
        assert_eq!(scan, Scan::Complete(text.len()));
        assert_eq!(others, ["x", r"event\u004eame", "Records"]);
        let (start, end) = layout.span(Field::EventName).unwrap();
        assert_eq!(
            &text[start..end],
            b"\"A\"",
            "an escaped key is the same key; the first counts"
        );
        assert!(!layout.has(Field::EventTime));
        assert!(layout.is_whole());
    }

    #[test]
    fn a_glance_passes_over_what_comes_behind_the_first_fields() {
        let first = r#""userIdentity":{"a":[1]},"eventTime":1,"eventSource":2,"eventName":3,"sourceIPAddress":4,"userAgent":"}""#;
        let text = format!(r#"{{{first},"awsRegion":"[","x":{{"y":"\"}}"}}}},{{}}"#);
        let (scan, layout) = glance(text.as_bytes(), |_, _| Visit::Continue);
        assert_eq!(scan, Scan::Complete(text.len() - 3));
        assert!(
            layout.has(Field::UserAgent) && !layout.has(Field::AwsRegion) && !layout.is_whole()
        );
    }

    /// A record that begins in the usual way, but for one change somewhere.
    fn nearly_usual() -> impl Strategy<Value = Vec<u8>> {
        const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root","a":["}\""]},"eventTime":"2026-11-22T14:02:11Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"1.2.3.4","userAgent":"a \" b","requestParameters":{"key":"x"},"eventID":"1"},{"#;
        let changes = prop::sample::select(&b"\"\\{}[],:a \xff"[..]);
        // Whoever scans has seen the opening brace.
        (1..RECORD.len(), 0..3_usize, changes).prop_map(|(at, cut, put)| {
            let mut record = RECORD.as_bytes().to_vec();
            let place = at..(at + cut).min(RECORD.len());
            drop(record.splice(place, [put].into_iter().take(cut + at % 2)));
            record
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_usual_way_sees_what_the_walk_from_member_to_member_sees(record in nearly_usual()) {
            let members = glance_at_members(&record, |_, _| Visit::Continue);
            let usual = glance(&record, |_, _| Visit::Continue);
            prop_assert_eq!(usual.0, members.0);
            if matches!(usual.0, Scan::Complete(_)) {
                prop_assert_eq!(usual.1, members.1);
            }
        }

        #[test]
        fn every_machine_sees_the_usual_way_alike(record in nearly_usual()) {
            for found in scan::usual_on_each_machine(&record) {
                prop_assert_eq!(found, scan::usual(&record));
            }
        }
    }

    #[test]
    fn the_usual_way_is_taken() {
        let record = br#"{"eventVersion":"1.11","userIdentity":{},"eventTime":"","eventSource":"","eventName":"","awsRegion":"","sourceIPAddress":"","userAgent":"","eventID":""}"#;
        let (_, scan) = scan::usual(record).expect("nothing unusual");
        assert_eq!(scan, Scan::Complete(record.len()));
        assert!(scan::usual(&record[1..]).is_none());
    }

    #[test]
    fn only_one_whole_object_has_a_layout() {
        for (text, whole) in [
            ("{}", true),
            ("{} \n", true),
            ("{}{}", false),
            ("{", false),
            ("[]", false),
            ("", false),
        ] {
            assert_eq!(of(text).is_some(), whole, "{text}");
        }
    }
}
