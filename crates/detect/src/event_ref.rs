//! What an alert keeps of a record: little, for an alert lists a hundred of them.
//!
//! Most events of an alert call the same API and end the same way, so texts are shared between
//! neighbours, and an id as AWS writes it takes no room but its own.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::cloudtrail::Record;
use crate::moment::EventHash;

/// A record that belongs to an alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventRef {
    /// When the call was made.
    pub event_time: Timestamp,
    /// Names the record within its account.
    pub event_id: Option<EventId>,
    /// Names the call in all accounts that see it, if those are several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shared_event_id: Option<Box<str>>,
    /// The service called.
    pub event_source: Arc<str>,
    /// The API called.
    pub event_name: Arc<str>,
    /// Why it failed, if it did.
    pub error_code: Option<Arc<str>>,
    /// Where the record was read.
    pub log_file: Option<Arc<str>>,
}

impl EventRef {
    /// What is kept of `record`, read in `log_file`.
    #[must_use]
    pub fn of(record: &Record<'_>, log_file: Option<&Arc<str>>) -> Self {
        Self::beside(None, record, log_file)
    }

    /// The same; what it has in common with `other` is shared with it.
    pub(crate) fn beside(
        other: Option<&Self>,
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
    ) -> Self {
        let shared = |text: &str, theirs: Option<&Arc<str>>| match theirs {
            Some(theirs) if **theirs == *text => Arc::clone(theirs),
            _ => text.into(),
        };
        Self {
            event_time: record.event_time(),
            event_id: record.event_id().map(|id| EventId::from(&*id)),
            shared_event_id: record.shared_event_id().map(Into::into),
            event_source: shared(
                &record.event_source(),
                other.map(|other| &other.event_source),
            ),
            event_name: shared(&record.event_name(), other.map(|other| &other.event_name)),
            error_code: record
                .error_code()
                .map(|code| shared(&code, other.and_then(|other| other.error_code.as_ref()))),
            log_file: log_file.cloned(),
        }
    }

    /// What names the event elsewhere, if it has an id.
    pub(crate) fn hash(&self) -> Option<EventHash> {
        self.event_id.as_deref().map(EventHash::of_id)
    }
}

/// How long the ids are that AWS gives: `4f6c1a2e-0000-4000-8000-00000000beef`.
const USUAL: usize = 36;

/// The id of an event, as it was written.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct EventId(Kept);

/// **Invariant: the length decides which.**
#[derive(Clone, PartialEq, Eq)]
enum Kept {
    /// The bytes of a text of usual length.
    Usual([u8; USUAL]),
    Other(Box<str>),
}

impl Deref for EventId {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            // They were a text, so they are one.
            Kept::Usual(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
            Kept::Other(text) => text,
        }
    }
}

impl From<&str> for EventId {
    fn from(text: &str) -> Self {
        Self(match text.as_bytes().try_into() {
            Ok(bytes) => Kept::Usual(bytes),
            Err(_) => Kept::Other(text.into()),
        })
    }
}

impl From<String> for EventId {
    fn from(text: String) -> Self {
        Self::from(&*text)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialOrd for EventId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EventId {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    #[test]
    fn an_id_stays_as_it_was_written() {
        for text in [
            "4f6c1a2e-0000-4000-8000-00000000beef",
            "4F6C1A2E-0000-4000-8000-00000000BEEF",
            "éééééééééééééééééé",
            "",
            "7",
            &"x".repeat(400),
        ] {
            let id = EventId::from(text);
            assert_eq!(&*id, text);
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(json, serde_json::to_string(text).unwrap());
            assert_eq!(serde_json::from_str::<EventId>(&json).unwrap(), id);
        }
        assert!(EventId::from("a") < EventId::from("b"));
    }

    #[test]
    fn neighbours_share_what_they_have_in_common() {
        let of = |name: &str, error: &str| {
            format!(
                r#"{{"eventSource":"s3.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z","errorCode":"{error}"}}"#
            )
        };
        let texts = [
            of("GetObject", "AccessDenied"),
            of("PutObject", "NoSuchKey"),
        ];
        let [one, other] = texts
            .each_ref()
            .map(|text| Record::new(text, layout::of(text).unwrap()).unwrap());
        let first = EventRef::of(&one, None);
        let again = EventRef::beside(Some(&first), &one, None);
        assert_eq!(first, again);
        assert!(Arc::ptr_eq(&first.event_name, &again.event_name));
        let second = EventRef::beside(Some(&first), &other, None);
        assert_eq!(second, EventRef::of(&other, None));
        assert!(Arc::ptr_eq(&first.event_source, &second.event_source));
    }
}
