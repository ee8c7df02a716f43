//! What a window keeps of one match: when, which event, and what it takes to tell of it.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::strings::{Strings, Sym};
use crate::alert::EventRef;
use crate::cloudtrail::Record;
use crate::moment::EventHash;
use crate::principal::Principal;

/// Names the event within its account, as the record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EventId {
    /// As AWS writes it.
    Uuid(Uuid),
    /// As somebody else does.
    Other(Sym),
}

/// A match, in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) time: i64,
    /// Stands for the event.
    pub(super) event: EventHash,
    pub(super) id: EventId,
    /// Which of the correlation's rules has matched, by its position there.
    pub(super) of: u16,
    /// What the field that the correlation counts or computes with held.
    pub(super) value: Sym,
    pub(super) source: Sym,
    pub(super) name: Sym,
    pub(super) error: Sym,
    pub(super) region: Sym,
    pub(super) account: Sym,
    pub(super) ip: Sym,
    pub(super) agent: Sym,
    pub(super) tool: Sym,
    pub(super) file: Sym,
    /// The [`Principal`] as JSON.
    pub(super) principal: Sym,
    /// What was done, in words; only of rules that match seldom.
    pub(super) action: Sym,
}

/// The order of entries: by time, then by what names the event, then by rule.
pub(super) type Place = (i64, EventHash, u16);

impl Entry {
    /// What is kept of `record`, read in `log_file`; the rest is for the caller to fill in.
    pub(super) fn of(
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        principal: Sym,
        strings: &mut Strings,
    ) -> Self {
        let id = record.event_id();
        let id = match id.as_deref().map(Uuid::try_parse) {
            Some(Ok(uuid)) => EventId::Uuid(uuid),
            _ => EventId::Other(strings.of(id)),
        };
        Self {
            source: strings.number(record.event_source().as_bytes()),
            name: strings.number(record.event_name().as_bytes()),
            error: strings.of(record.error_code()),
            region: strings.of(record.region()),
            account: strings.of(record.account()),
            ip: strings.of(record.source_ip()),
            agent: strings.of(record.user_agent()),
            tool: strings.of(crate::tool::Tool::of(record).map(|tool| tool.name)),
            file: strings.of(log_file),
            principal,
            ..Self::nothing(
                record.event_time().as_second(),
                EventHash::of(record),
                id,
                0,
            )
        }
    }

    /// An entry without any text.
    pub(super) fn nothing(time: i64, event: EventHash, id: EventId, of: u16) -> Self {
        let none = Sym::NONE;
        Self {
            time,
            event,
            id,
            of,
            value: none,
            source: none,
            name: none,
            error: none,
            region: none,
            account: none,
            ip: none,
            agent: none,
            tool: none,
            file: none,
            principal: none,
            action: none,
        }
    }

    pub(super) fn place(&self) -> Place {
        (self.time, self.event, self.of)
    }

    pub(super) fn timestamp(&self) -> Timestamp {
        Timestamp::from_second(self.time).unwrap_or_default()
    }

    /// The texts, in a fixed order.
    pub(super) fn syms(&mut self) -> [&mut Sym; 12] {
        [
            &mut self.value,
            &mut self.source,
            &mut self.name,
            &mut self.error,
            &mut self.region,
            &mut self.account,
            &mut self.ip,
            &mut self.agent,
            &mut self.tool,
            &mut self.file,
            &mut self.principal,
            &mut self.action,
        ]
    }

    /// The texts that most entries of a window share, in a fixed order.
    pub(super) fn face(&mut self) -> [&mut Sym; 9] {
        [
            &mut self.source,
            &mut self.name,
            &mut self.error,
            &mut self.region,
            &mut self.account,
            &mut self.ip,
            &mut self.agent,
            &mut self.tool,
            &mut self.principal,
        ]
    }

    /// The same entry, with what `adopt` says for each number.
    pub(super) fn adopted(mut self, adopt: &mut impl FnMut(Sym) -> Sym) -> Self {
        for sym in self.syms() {
            *sym = adopt(*sym);
        }
        if let EventId::Other(sym) = &mut self.id {
            *sym = adopt(*sym);
        }
        self
    }

    /// Of two copies of one event, whether this one is told rather than `other`: it must not depend on
    /// which came first.
    pub(super) fn goes_before(mut self, mut other: Self, strings: &Strings) -> bool {
        let mine = self.syms().map(|sym| strings.bytes(*sym));
        mine < other.syms().map(|sym| strings.bytes(*sym))
    }

    pub(super) fn event_ref(&self, strings: &Strings) -> EventRef {
        let text = |sym| strings.text(sym).map(Into::into);
        EventRef {
            shared_event_id: None,
            event_time: self.timestamp(),
            event_id: match self.id {
                EventId::Uuid(uuid) => Some(uuid.hyphenated().to_string().into()),
                EventId::Other(sym) => strings.text(sym).map(Into::into),
            },
            event_source: text(self.source).unwrap_or_default(),
            event_name: text(self.name).unwrap_or_default(),
            error_code: text(self.error),
            log_file: strings.text(self.file).map(Into::into),
        }
    }

    pub(super) fn principal(&self, strings: &Strings) -> Option<Principal> {
        serde_json::from_slice(strings.bytes(self.principal)).ok()
    }
}
