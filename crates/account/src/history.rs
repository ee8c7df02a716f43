//! The history of events that CloudTrail keeps for ninety days, trail or no trail.
//!
//! Source: AWS CloudTrail API Reference, *LookupEvents*: newest first, fifty a page, one attribute, two
//! requests a second for an account in a region.

use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use jiff::Timestamp;

use super::{Account, AskError, pace};

/// Events of a page at most.
pub const PAGE: i32 = 50;

/// How often a page that is refused for being one too many is asked for again.
const TRIES: usize = 8;

/// What events are looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// The id of one event.
    EventId,
    /// The name of an API.
    EventName,
    /// A service, such as `iam.amazonaws.com`.
    EventSource,
    /// The name of a user, a role's session, or `root`.
    Username,
    /// An access key.
    AccessKeyId,
    /// The name or ARN of something that was touched.
    ResourceName,
    /// Its kind, such as `AWS::S3::Bucket`.
    ResourceType,
    /// `true` or `false`.
    ReadOnly,
}

impl Attribute {
    fn key(self) -> LookupAttributeKey {
        match self {
            Self::EventId => LookupAttributeKey::EventId,
            Self::EventName => LookupAttributeKey::EventName,
            Self::EventSource => LookupAttributeKey::EventSource,
            Self::Username => LookupAttributeKey::Username,
            Self::AccessKeyId => LookupAttributeKey::AccessKeyId,
            Self::ResourceName => LookupAttributeKey::ResourceName,
            Self::ResourceType => LookupAttributeKey::ResourceType,
            Self::ReadOnly => LookupAttributeKey::ReadOnly,
        }
    }
}

/// What is asked of one region.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// By what, and its value; everything if not given.
    pub by: Option<(Attribute, String)>,
    /// From when on.
    pub since: Option<Timestamp>,
    /// Until when, this second included.
    pub until: Option<Timestamp>,
}

/// Some events, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The records, as a trail would write them.
    pub records: Vec<String>,
    /// By what the next page is asked for; `None` at the end.
    pub next: Option<String>,
}

impl Account {
    /// A page of the history of a region; waits for its turn.
    ///
    /// # Errors
    /// [`AskError`] if CloudTrail does not say.
    pub fn lookup(
        &self,
        region: &str,
        lookup: &Lookup,
        token: Option<&str>,
    ) -> Result<Page, AskError> {
        let mut tries = 0;
        loop {
            pace::wait(region);
            let answer = self.lookup_once(region, lookup, token);
            let refused = matches!(answer, Err(AskError::TooMany(_)));
            pace::note(region, refused);
            tries += 1;
            if !refused || tries == TRIES {
                return answer;
            }
        }
    }

    fn lookup_once(
        &self,
        region: &str,
        lookup: &Lookup,
        token: Option<&str>,
    ) -> Result<Page, AskError> {
        let what = "cloudtrail:LookupEvents";
        let time = |at: Timestamp| DateTime::from_secs(at.as_second());
        let mut request = self
            .cloudtrail(region)
            .lookup_events()
            .set_start_time(lookup.since.map(time))
            .set_end_time(lookup.until.map(time))
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned));
        if let Some((attribute, value)) = &lookup.by {
            let wanted = LookupAttribute::builder()
                .attribute_key(attribute.key())
                .attribute_value(value)
                .build()
                .map_err(|cause| AskError::Failed {
                    what,
                    cause: cause.into(),
                })?;
            request = request.lookup_attributes(wanted);
        }
        let page = self
            .wait(Box::pin(request.send()))
            .map_err(|error| AskError::of(what, error))?;
        let events = page.events.unwrap_or_default();
        Ok(Page {
            records: events
                .into_iter()
                .filter_map(|event| event.cloud_trail_event)
                .collect(),
            next: page.next_token.filter(|token| !token.is_empty()),
        })
    }
}
