//! What is known of a record before any rule is asked about it.

use std::sync::Arc;

use sigma::{FieldPath, Known, Partial, Rule, Value};

use super::GATES;
use crate::cloudtrail::event::value as value_of;
use crate::cloudtrail::record::without_version;
use crate::cloudtrail::{Json, Record};
use crate::derived;
use crate::gate::{Gate, Strange};
use crate::outcome::Outcome;

/// The fields that are known of a record which plainly has no error.
const OF_ERRORS: [&str; 4] = [
    "errorCode",
    "errorMessage",
    "trailhound.denial",
    "trailhound.outcome",
];

pub(super) fn is_of_errors(path: &FieldPath) -> bool {
    OF_ERRORS.contains(&path.as_str())
}

pub(super) const EVENT_SOURCE: &str = "eventSource";
pub(super) const EVENT_NAME: &str = "eventName";
const PLAIN_EVENT_NAME: &str = "trailhound.eventName";

/// What is known of a record at first sight.
pub(super) struct Glance<'a> {
    event_source: Option<Json<'a>>,
    event_name: Option<Json<'a>>,
    /// Whether more is known than the service.
    knows_api: bool,
    /// Whether it is plain at first sight that there is no error.
    worked: bool,
    gates: &'a [Gate],
    classes: [Option<u32>; GATES],
}

impl<'a> Glance<'a> {
    pub(super) fn at(record: &Record<'a>, worked: bool) -> Self {
        Self {
            event_source: record.get(EVENT_SOURCE),
            event_name: record.get(EVENT_NAME),
            knows_api: true,
            worked,
            gates: &[],
            classes: [None; GATES],
        }
    }

    /// The service alone.
    pub(super) fn at_service(record: &Record<'a>) -> Self {
        Self {
            knows_api: false,
            ..Self::at(record, false)
        }
    }

    /// The same, and what the classes tell.
    pub(super) fn with_gates(
        record: &Record<'a>,
        worked: bool,
        gates: &'a [Gate],
        classes: [Option<u32>; GATES],
    ) -> Self {
        Self {
            gates,
            classes,
            ..Self::at(record, worked)
        }
    }

    /// Those of `rules` at these places that may match a record of which only this much is known.
    pub(super) fn candidates(&self, places: &[u32], rules: &[Rule]) -> Arc<[u32]> {
        let places = places.iter().copied();
        places
            .filter(|at| rules[*at as usize].could_match(self))
            .collect()
    }

    /// What the gates tell of the field at `path`.
    fn told(&self, path: &str) -> Known<'_> {
        let classes = self.gates.iter().zip(self.classes);
        let mut told = classes.filter_map(|(gate, class)| gate.told(class?, path));
        if let Some(known) = told.clone().find(|known| **known != Known::Unknown) {
            return known.clone();
        }
        // Of those that could tell that AWS called, none does.
        if path == derived::CALLED_BY_AWS && told.nth(1).is_some() {
            return Known::Value(Value::Bool(false));
        }
        Known::Unknown
    }
}

impl Partial for Glance<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        let value = match path.as_str() {
            EVENT_SOURCE => self.event_source,
            EVENT_NAME | PLAIN_EVENT_NAME if !self.knows_api => return Known::Unknown,
            EVENT_NAME => self.event_name,
            PLAIN_EVENT_NAME => {
                let name = self.event_name.and_then(Json::as_str);
                return name.map_or(Known::Unknown, |name| {
                    Known::Value(Value::Str(without_version(&name).to_owned().into()))
                });
            }
            "trailhound.outcome" if self.worked => {
                return Known::Value(Value::Str(Outcome::Success.as_str().into()));
            }
            field if self.worked && OF_ERRORS.contains(&field) => return Known::Absent,
            field => return self.told(field),
        };
        value.map_or(Known::Absent, |json| Known::Value(value_of(json)))
    }
}

/// A call of a strange API of a strange service.
pub(super) const STRANGE_CALL: Strange = Strange(&[EVENT_SOURCE, EVENT_NAME, PLAIN_EVENT_NAME]);
