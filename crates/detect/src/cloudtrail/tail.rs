//! The members that CloudTrail writes last, read without reading what lies before them.
//!
//! A record names itself, its kind and its account behind all that is long, from `eventID` on. That word
//! is looked for near the end, and from there on the members are walked. **Invariant: what is found is a
//! member of the record itself.** In a string the quotes around the word would be escaped, and from within
//! a nested object the walk leads to the end of that one, not of the record.

use memchr::memmem::Finder;
use std::sync::LazyLock;

use super::layout::Field;
use super::scan::{self, Fields, Scan, Visit};

/// Within how many bytes from its end a record names itself: mostly, and nearly always, resources and the
/// details of TLS included.
const NEAR: [usize; 2] = [640, 1024];

/// The first of the last members.
static FIRST: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(",\"eventID\":"));

/// How many members are noted.
const NOTED: usize = 6;

/// Where the values of a record's last members lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// By [`place`]; empty where there is none.
    spans: [(u32, u32); NOTED],
}

/// Where a member is noted, if it is one of the last.
const fn place(field: Field) -> Option<usize> {
    Some(match field {
        Field::EventId => 0,
        Field::ReadOnly => 1,
        Field::Resources => 2,
        Field::EventType => 3,
        Field::RecipientAccountId => 4,
        Field::EventCategory => 5,
        _ => return None,
    })
}

impl Tail {
    /// Whether `field` is one of those that are noted.
    pub(super) const fn notes(field: Field) -> bool {
        place(field).is_some()
    }

    /// Reads the end of the record `text`, of which the first `read_to` bytes are known; empty if it does
    /// not end as CloudTrail lets records end.
    pub(super) fn of(text: &str, read_to: usize) -> Self {
        Self::find(text.as_bytes(), read_to).unwrap_or_default()
    }

    fn find(bytes: &[u8], read_to: usize) -> Option<Self> {
        let mut comma = None;
        for near in NEAR {
            let from = read_to.max(bytes.len().saturating_sub(near));
            comma = FIRST.find(bytes.get(from..)?).map(|at| from + at);
            if comma.is_some() {
                break;
            }
        }
        let comma = comma?;
        Self::usual(bytes, comma).or_else(|| Self::walked(bytes, comma))
    }

    /// The last members as CloudTrail writes them of nearly all calls, without a blank between them: the words
    /// between the values are compared, not looked up. What comes behind `eventCategory` is TLS and the console,
    /// which are not noted. Finds what [`walked`](Self::walked) finds, or nothing.
    fn usual(bytes: &[u8], comma: usize) -> Option<Self> {
        let mut steps = Steps { bytes, at: comma };
        let event_id = steps.text::<36>(b",\"eventID\":\"")?;
        let read_only = steps.truth(b",\"readOnly\":")?;
        let resources = steps.array(b",\"resources\":[")?;
        let event_type = steps.text::<10>(b",\"eventType\":\"")?;
        steps.truth(b",\"managementEvent\":")?;
        let account = steps.text::<12>(b",\"recipientAccountId\":\"")?;
        for not_noted in [
            &b",\"sharedEventID\":\""[..],
            b",\"vpcEndpointId\":\"",
            b",\"vpcEndpointAccountId\":\"",
        ] {
            if steps.comes(not_noted) {
                steps.text::<36>(not_noted)?;
            }
        }
        let category = steps.text::<10>(b",\"eventCategory\":\"")?;
        if !steps.ends() && scan::end(bytes, steps.at) != Scan::Complete(bytes.len()) {
            return None;
        }
        let mut tail = Self::default();
        for (field, (start, end)) in [
            (Field::EventId, event_id),
            (Field::ReadOnly, read_only),
            (Field::Resources, resources.unwrap_or_default()),
            (Field::EventType, event_type),
            (Field::RecipientAccountId, account),
            (Field::EventCategory, category),
        ] {
            tail.spans[place(field)?] = (start as u32, end as u32);
        }
        Some(tail)
    }

    /// The last members, one by one.
    fn walked(bytes: &[u8], comma: usize) -> Option<Self> {
        let mut walk = Walk {
            tail: Self::default(),
            at: None,
        };
        let scan = scan::rest(bytes, comma, &mut walk);
        (scan == Scan::Complete(bytes.len())).then_some(walk.tail)
    }

    /// Where the value of `field` lies, if it was found.
    pub(super) fn span(&self, field: Field) -> Option<(usize, usize)> {
        let (start, end) = self.spans[place(field)?];
        (end > 0).then_some((start as usize, end as usize))
    }
}

/// A place among the last members, moved forward by each.
struct Steps<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Steps<'_> {
    /// Whether what comes next is `before`.
    #[inline(always)]
    fn comes(&self, before: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(before)
    }

    /// An array, if what comes next is `before`, which ends in its opening bracket; nothing if something else
    /// comes.
    #[inline(always)]
    fn array(&mut self, before: &[u8]) -> Option<Option<(usize, usize)>> {
        if !self.comes(before) {
            return Some(None);
        }
        let start = self.at + before.len() - 1;
        let end = scan::end_of_array(self.bytes, start)?;
        self.at = end;
        Some(Some((start, end)))
    }

    /// A string without escapes, if what comes next is `before`, which ends in its opening quote; mostly it
    /// has `USUAL` bytes, which is seen at once.
    #[inline(always)]
    fn text<const USUAL: usize>(&mut self, before: &[u8]) -> Option<(usize, usize)> {
        let rest = self.bytes.get(self.at..)?.strip_prefix(before)?;
        let is_usual = rest.get(USUAL) == Some(&b'"')
            && rest
                .first_chunk::<USUAL>()
                .is_some_and(|text| is_plain(text));
        let length = match is_usual {
            true => USUAL,
            false => memchr::memchr2(b'"', b'\\', rest).filter(|at| rest[*at] == b'"')?,
        };
        let start = self.at + before.len() - 1;
        self.at = start + length + 2;
        Some((start, self.at))
    }

    /// Whether the record ends here, or behind what it says of TLS and of the console; that it does not is not
    /// said.
    fn ends(&self) -> bool {
        let mut steps = Steps { ..*self };
        let tls = b",\"tlsDetails\":{\"tlsVersion\":\"";
        if steps.comes(tls) {
            let host = b",\"clientProvidedHostHeader\":\"";
            let version = steps.text::<7>(tls);
            let suite = version.and_then(|_| steps.text::<22>(b",\"cipherSuite\":\""));
            if steps.comes(host) {
                steps.text::<16>(host);
            }
            if suite.is_none() || !steps.comes(b"}") {
                return false;
            }
            steps.at += 1;
        }
        let console = b",\"sessionCredentialFromConsole\":\"";
        if steps.comes(console) {
            steps.text::<4>(console);
        }
        &steps.bytes[steps.at..] == b"}"
    }

    /// `true` or `false`, if what comes next is `before`.
    #[inline(always)]
    fn truth(&mut self, before: &[u8]) -> Option<(usize, usize)> {
        let rest = self.bytes.get(self.at..)?.strip_prefix(before)?;
        let word: &[u8] = match rest.first()? {
            b't' => b"true",
            _ => b"false",
        };
        rest.strip_prefix(word)?;
        let start = self.at + before.len();
        self.at = start + word.len();
        Some((start, self.at))
    }
}

/// Whether a string may hold these bytes as they are; without a way out in between, so that many are looked at
/// in one step.
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    let plain = |sum: bool, byte: &u8| sum & (*byte != b'"') & (*byte != b'\\');
    text.iter().fold(true, plain)
}

/// Notes members one by one.
struct Walk {
    tail: Tail,
    at: Option<usize>,
}

impl Fields for Walk {
    #[inline(always)]
    fn key(&mut self, key: &[u8], _colon: usize) -> Visit {
        // What is written with escapes is not how CloudTrail writes it.
        if memchr::memchr(b'\\', key).is_some() {
            return Visit::Stop;
        }
        self.at = Field::of(key).and_then(place);
        Visit::Continue
    }

    /// Of a member that is there twice the first counts, as in a [layout](super::layout).
    #[inline(always)]
    fn value(&mut self, start: usize, end: usize) -> Visit {
        if let Some(span) = self.at.map(|at| &mut self.tail.spans[at])
            && span.1 == 0
        {
            *span = (start as u32, end as u32);
        }
        Visit::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, field: Field) -> Option<&str> {
        let (start, end) = Tail::of(text, 0).span(field)?;
        Some(&text[start..end])
    }

    #[test]
    fn the_last_members_are_found_from_the_end() {
        let text = r#"{"a":{"eventID":"x"},"eventID":"id","readOnly":true,"resources":[{"ARN":"}"}],"eventType":"T","recipientAccountId":"1","eventID":"2","eventCategory":"Data"}"#;
        for (field, value) in [
            (Field::EventId, "\"id\""),
            (Field::ReadOnly, "true"),
            (Field::Resources, r#"[{"ARN":"}"}]"#),
            (Field::EventType, "\"T\""),
            (Field::RecipientAccountId, "\"1\""),
            (Field::EventCategory, "\"Data\""),
        ] {
            assert_eq!(of(text, field), Some(value), "{field:?}");
        }
        assert_eq!(of(text, Field::UserAgent), None);
    }

    #[test]
    fn what_is_compared_is_what_is_walked() {
        const USUAL: &str = r#"{"a":1,"eventID":"id","readOnly":true,"eventType":"T","managementEvent":false,"recipientAccountId":"1","eventCategory":"Management""#;
        for end in [
            "}",
            r#","tlsDetails":{"tlsVersion":"}"},"sessionCredentialFromConsole":"true"}"#,
            r#","tlsDetails":{"tlsVersion":"1","cipherSuite":"2","clientProvidedHostHeader":"3"}}"#,
            r#","tlsDetails":{"tlsVersion":"1","cipherSuite":"2"},"sessionCredentialFromConsole":"true"}"#,
            r#","tlsDetails":{"tlsVersion":"1","cipherSuite":"\"","clientProvidedHostHeader":"3"}}"#,
            r#","tlsDetails":{"tlsVersion":"1","cipherSuite":"2","clientProvidedHostHeader":{}},"x":1}"#,
            r#","eventID":"again"}"#,
        ] {
            let text = format!("{USUAL}{end}");
            let usual = Tail::usual(text.as_bytes(), 6);
            assert!(usual.is_some(), "{text}");
            assert_eq!(usual, Tail::walked(text.as_bytes(), 6), "{text}");
        }
        for (usual, other) in [
            (",\"eventType", ",\"resources\":[],\"eventType"),
            (
                ",\"eventType",
                r#","resources":[{"ARN":"]}\"["},[1]],"eventType"#,
            ),
            (",\"eventCat", r#","sharedEventID":"s","eventCat"#),
            (
                ",\"eventCat",
                r#","vpcEndpointId":"v","vpcEndpointAccountId":"1","eventCat"#,
            ),
        ] {
            let text = format!("{}}}", USUAL.replacen(usual, other, 1));
            let found = Tail::usual(text.as_bytes(), 6);
            assert!(found.is_some(), "{text}");
            assert_eq!(found, Tail::walked(text.as_bytes(), 6), "{text}");
        }
        for (usual, other) in [
            ("\"id\"", r#""i\u0064""#),
            ("\"id\"", "null"),
            ("true", "\"true\""),
            ("true,", "true ,"),
            ("false", "falsch"),
            (",\"eventType", ",\"resources\":{},\"eventType"),
            (",\"eventType", ",\"resources\":[{]},\"eventType"),
            (",\"eventType", ",\"resources\":[\"],\"eventType"),
            ("\"Management\"", "\"Management\"}"),
            ("\"Management\"", "\"Management"),
        ] {
            let text = format!("{}}}", USUAL.replacen(usual, other, 1));
            assert_eq!(Tail::usual(text.as_bytes(), 6), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_member_of_the_record_is_not_taken_for_one() {
        for text in [
            r#"{"a":{"b":1,"eventID":"nested"}}"#,
            r#"{"a":[{"b":1,"eventID":"nested"}],"c":2}"#,
            r#"{"a":"b,\"eventID\":\"text\""}"#,
            r#"{"a":1,"eventID":"id","read\u004fnly":true}"#,
            r#"{"a":1,"eventID":"id""#,
            r#"{"a":1,"eventID":}"#,
        ] {
            assert_eq!(Tail::of(text, 0), Tail::default(), "{text}");
        }
    }

    #[test]
    fn what_lies_far_from_the_end_or_is_known_already_is_not_looked_at() {
        let far = format!(r#"{{"a":1,"eventID":"id","x":"{}"}}"#, "y".repeat(NEAR[1]));
        assert_eq!(of(&far, Field::EventId), None);
        let text = r#"{"a":1,"eventID":"id","b":2}"#;
        assert_eq!(Tail::of(text, text.len() - 6), Tail::default());
    }
}
