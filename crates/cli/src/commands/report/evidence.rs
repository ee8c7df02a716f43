//! The records that decided, read again from the files that alerts name.

use std::collections::{HashMap, HashSet};

use detect::alert::{Alert, EventRef};
use detect::render::{sentence, unsecret};
use serde_json::Value;

use crate::commands::fetch;
use crate::commands::gather::Gathering;

/// Longer records are left out, in bytes.
const LONGEST: usize = 64 << 10;

/// How much all together may take, in bytes: a page should open at once.
const ALL: usize = 2_500_000;

/// Records by event id.
pub(super) type Records = HashMap<String, Value>;

/// The event that an alert is told by.
pub(super) fn decided(alert: &Alert) -> Option<&EventRef> {
    alert.decided().or(alert.events.first())
}

/// The records that decided `alerts`, the first of them first; secrets are masked, and what cannot be seen
/// is made visible.
pub(super) fn fetch(alerts: &[Alert], gathering: Gathering) -> Records {
    let events: Vec<_> = alerts.iter().filter_map(decided).collect();
    let wanted: HashSet<&str> = events
        .iter()
        .filter_map(|event| event.event_id.as_deref())
        .collect();
    let files = fetch::named(events.iter().copied());
    let texts = fetch::texts(&wanted, &files, gathering, LONGEST);
    within_bounds(&events, &texts)
}

fn within_bounds(events: &[&EventRef], texts: &HashMap<String, String>) -> Records {
    let mut records = Records::new();
    let mut room = ALL;
    for id in events.iter().filter_map(|event| event.event_id.as_deref()) {
        let Some(text) = texts.get(id).filter(|text| text.len() <= LONGEST.min(room)) else {
            continue;
        };
        if let Ok(value) = serde_json::from_str(text)
            && !records.contains_key(id)
        {
            room -= text.len();
            records.insert(id.to_owned(), shown(&mut String::new(), value));
        }
    }
    records
}

/// A record that may be shown to anybody who gets the report.
fn shown(path: &mut String, value: Value) -> Value {
    match value {
        Value::String(text) => sentence(&unsecret(path, &text)).into(),
        Value::Array(members) => members.into_iter().map(|one| shown(path, one)).collect(),
        Value::Object(members) => {
            let mut safe = serde_json::Map::new();
            for (key, value) in members {
                let length = path.len();
                path.push('.');
                path.push_str(&key);
                safe.insert(sentence(&key), shown(path, value));
                path.truncate(length);
            }
            Value::Object(safe)
        }
        other => other,
    }
}

/// Any value, with what cannot be seen in its texts made visible.
pub(in crate::commands) fn visible(value: Value) -> Value {
    match value {
        Value::String(text) => sentence(&text).into(),
        Value::Array(members) => members.into_iter().map(visible).collect(),
        Value::Object(members) => {
            let members = members
                .into_iter()
                .map(|(key, value)| (key, visible(value)));
            Value::Object(members.collect())
        }
        other => other,
    }
}
