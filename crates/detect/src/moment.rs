//! When an event was, and what stands for it: the order of events, whatever their copies and pieces.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::cloudtrail::Record;

/// The order of events: by time, then by what names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Moment(pub(crate) Timestamp, pub(crate) EventHash);

/// Stands for an event within its account: for its id, or for the record's text if it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct EventHash(u64);

impl Moment {
    /// That of `record`.
    #[inline]
    pub(crate) fn of(record: &Record<'_>) -> Self {
        Self(record.event_time(), EventHash::of(record))
    }
}

impl EventHash {
    /// AWS chooses event ids at random, so half of one is as good as a hash of it. Whatever else
    /// stands in its place may have been chosen to collide, and is hashed.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        if let Some(uuid) = record.event_uuid() {
            return Self::of_uuid(uuid);
        }
        match record.event_id() {
            Some(id) => Self::of_id(&id),
            None => Self::of_text(record.text()),
        }
    }

    /// The same, where only the id is at hand.
    pub(crate) fn of_id(id: &str) -> Self {
        match Uuid::try_parse(id) {
            Ok(uuid) => Self::of_uuid(uuid),
            Err(_) => Self::of_text(id),
        }
    }

    fn of_text(text: &str) -> Self {
        let digest = Sha256::digest(text);
        Self(
            digest
                .first_chunk()
                .map_or(0, |bytes| u64::from_le_bytes(*bytes)),
        )
    }

    /// That of an event with this id.
    pub(crate) fn of_uuid(uuid: Uuid) -> Self {
        let (high, low) = uuid.as_u64_pair();
        Self(high ^ low)
    }

    /// The number.
    #[inline]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}
