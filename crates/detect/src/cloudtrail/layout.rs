//! Where the fields that we know lie in an object's text.

use super::scan::{self, Fields, Scan, Visit};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    spans: [(u32, u32); FIELDS],
}

impl Layout {
    const EMPTY: Self = Self {
        spans: [(0, 0); FIELDS],
    };

    /// Where the value of `field` lies; the last one if there are several.
    #[must_use]
    pub fn span(&self, field: Field) -> Option<(usize, usize)> {
        let (start, end) = self.spans[field as usize];
        (end != 0).then_some((start as usize, end as usize))
    }

    /// Whether the object has `field`, null or not.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.span(field).is_some()
    }
}

/// The layout of `text`, if it is one whole object and nothing else.
#[must_use]
pub fn of(text: &str) -> Option<Layout> {
    let object = text.starts_with('{').then_some(text.as_bytes())?;
    match read(object, |_, _| Visit::Continue) {
        (Scan::Complete(end), layout) => text[end..].trim_ascii().is_empty().then_some(layout),
        _ => None,
    }
}

/// Scans the object at the start of `bytes` and notes its fields.
///
/// `visit` is shown each key, as written, with the offset of its colon, and may stop the scan.
pub fn read(bytes: &[u8], visit: impl FnMut(&[u8], usize) -> Visit) -> (Scan, Layout) {
    let mut notes = Notes {
        layout: Layout::EMPTY,
        current: None,
        visit,
    };
    // Offsets are 32 bits wide; nothing that long is handed in, see `log_file::MAX_RECORD`.
    let bounded = &bytes[..bytes.len().min(u32::MAX as usize)];
    let scan = scan::object(bounded, &mut notes);
    (scan, notes.layout)
}

struct Notes<V> {
    layout: Layout,
    current: Option<Field>,
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

    #[inline(always)]
    fn value(&mut self, start: usize, end: usize) {
        if let Some(field) = self.current {
            self.layout.spans[field as usize] = (start as u32, end as u32);
        }
    }
}

impl<V: FnMut(&[u8], usize) -> Visit> Notes<V> {
    #[cold]
    fn escaped(key: &[u8]) -> Option<Field> {
        let key = std::str::from_utf8(key).ok()?;
        Field::of(super::json::unescape(key).as_bytes())
    }

    fn unknown(&mut self, key: &[u8], colon: usize) -> Visit {
        if key.contains(&b'\\') {
            self.current = Self::escaped(key);
        }
        (self.visit)(key, colon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_known_fields_and_shows_the_others() {
        let text = br#"{"x":1, "eventName" : "A" ,"event\u004eame":"B","Records":[]}"#;
        let mut others = Vec::new();
        let (scan, layout) = read(text, |key, _| {
            others.push(String::from_utf8_lossy(key).into_owned());
            Visit::Continue
        });
        assert_eq!(scan, Scan::Complete(text.len()));
        assert_eq!(others, ["x", r"event\u004eame", "Records"]);
        let (start, end) = layout.span(Field::EventName).unwrap();
        assert_eq!(
            &text[start..end],
            b"\"B\"",
            "an escaped key is the same key"
        );
        assert!(!layout.has(Field::EventTime));
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
