//! What was made that lasts, less what was taken away again.

use std::collections::{BTreeMap, BTreeSet};

use detect::cloudtrail::Record;
use detect::outcome::Outcome;
use jiff::Timestamp;
use sigma::{Event as _, FieldPath, Value};

use crate::pairs::{Lasting, PAIRS, Pair};

/// Something that was made and lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub lasting: Lasting,
    /// The record of the call that made it.
    pub text: String,
    /// What it is called: the values that name it, an instance by itself.
    pub name: Vec<String>,
    /// Whether the logs could tell that it was taken away; if not, only a look at the account can.
    pub can_tell: bool,
}

/// What was made by some, and what was taken away by anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// By pair and name; the first call that made each.
    made: BTreeMap<(usize, Vec<String>), (Timestamp, String)>,
    /// By service, call and name; the last.
    unmade: BTreeMap<(usize, Vec<String>), Timestamp>,
}

impl Changes {
    /// Notes what `record` takes away, and if it is one of `theirs`, what it makes.
    pub fn add(&mut self, record: &Record<'_>, theirs: bool) {
        let source = record.event_source();
        let service = source.split('.').next().unwrap_or_default();
        let call = record.plain_event_name();
        let pairs = PAIRS
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.service == service);
        for (at, pair) in pairs {
            let made = theirs && pair.made == call;
            let unmade = !pair.unmade.is_empty() && pair.unmade == call;
            if (made || unmade) && Outcome::of(record).is_success() {
                for name in names(pair, record, unmade) {
                    self.note(at, name, record, unmade);
                }
            }
        }
    }

    fn note(&mut self, pair: usize, name: Vec<String>, record: &Record<'_>, unmade: bool) {
        let time = record.event_time();
        if unmade {
            let last = self.unmade.entry((pair, name)).or_insert(time);
            *last = time.max(*last);
            return;
        }
        let told = (time, record.text().to_owned());
        let last = self
            .made
            .entry((pair, name))
            .or_insert_with(|| told.clone());
        // Made, taken away and made again is there.
        if told.0 > last.0 || (told.0 == last.0 && told.1 < last.1) {
            *last = told;
        }
    }

    /// Adds what others have noted.
    pub fn merge(&mut self, other: Self) {
        for (name, told) in other.made {
            let last = self.made.entry(name).or_insert_with(|| told.clone());
            if told.0 > last.0 || (told.0 == last.0 && told.1 < last.1) {
                *last = told;
            }
        }
        for (name, time) in other.unmade {
            let last = self.unmade.entry(name).or_insert(time);
            *last = time.max(*last);
        }
    }

    /// What is left: made, and not taken away since; by kind, then in order of time.
    #[must_use]
    pub fn left(&self) -> Vec<Change> {
        let mut left = BTreeSet::new();
        for ((at, name), (time, text)) in &self.made {
            let since = self.unmade.get(&(*at, name.clone()));
            if since.is_none_or(|since| since < time) {
                left.insert((PAIRS[*at].lasting, *time, *at, name, text));
            }
        }
        left.into_iter()
            .map(|(lasting, _, at, name, text)| Change {
                lasting,
                text: text.clone(),
                name: name.clone(),
                can_tell: !PAIRS[at].unmade.is_empty(),
            })
            .collect()
    }
}

/// What the call names: one list of values, or, where it is about several things, one for each.
fn names(pair: &Pair, record: &Record<'_>, unmade: bool) -> Vec<Vec<String>> {
    let path = |(made, taken): &(&str, &str)| FieldPath::new(if unmade { taken } else { made });
    let values: Vec<Vec<String>> = pair
        .of
        .iter()
        .map(|paths| texts(record.field(&path(paths))))
        .collect();
    match values.as_slice() {
        [several] if several.len() > 1 => several.iter().map(|one| vec![one.clone()]).collect(),
        _ => vec![values.into_iter().map(|one| one.join(",")).collect()],
    }
}

fn texts(value: Option<Value<'_>>) -> Vec<String> {
    match value {
        Some(Value::Str(text)) => vec![text.into_owned()],
        Some(Value::Int(whole)) => vec![whole.to_string()],
        Some(Value::List(members)) => members
            .into_iter()
            .flat_map(|one| texts(Some(one)))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use detect::cloudtrail::layout;

    use super::*;

    fn changes(calls: &[(&str, &str, &str, bool)]) -> Changes {
        let mut changes = Changes::default();
        for (call, hour, fields, theirs) in calls {
            let text = format!(
                r#"{{"eventSource":"iam.amazonaws.com","eventName":"{call}","eventTime":"2026-11-22T{hour}:00:00Z",{fields}}}"#
            );
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            changes.add(&record, *theirs);
        }
        changes
    }

    const EVE: &str = r#""requestParameters":{"userName":"eve"}"#;
    const DENIED: &str = r#""errorCode":"AccessDenied","requestParameters":{"userName":"eve"}"#;

    #[test]
    fn what_was_made_and_not_taken_away_is_left() {
        for (calls, expected, why) in [
            (vec![("CreateUser", "10", EVE, true)], 1, "made"),
            (
                vec![("CreateUser", "10", EVE, false)],
                0,
                "made by somebody else",
            ),
            (vec![("CreateUser", "10", DENIED, true)], 0, "only tried"),
            (
                vec![
                    ("CreateUser", "10", EVE, true),
                    ("DeleteUser", "11", EVE, false),
                ],
                0,
                "taken away, by whomever",
            ),
            (
                vec![
                    ("CreateUser", "10", EVE, true),
                    ("DeleteUser", "11", DENIED, false),
                ],
                1,
                "only tried to take away",
            ),
            (
                vec![
                    ("DeleteUser", "09", EVE, true),
                    ("CreateUser", "10", EVE, true),
                ],
                1,
                "taken away before",
            ),
            (
                vec![
                    ("CreateUser", "10", EVE, true),
                    ("DeleteUser", "11", EVE, true),
                    ("CreateUser", "12", EVE, true),
                ],
                1,
                "made again",
            ),
        ] {
            assert_eq!(changes(&calls).left().len(), expected, "{why}");
            let backwards: Vec<_> = calls.iter().rev().copied().collect();
            assert_eq!(changes(&backwards), changes(&calls), "in any order: {why}");
        }
    }

    #[test]
    fn instances_are_left_one_by_one() {
        let items = |block: &str, ids: &[&str]| {
            let ids: Vec<_> = ids
                .iter()
                .map(|id| format!(r#"{{"instanceId":"{id}"}}"#))
                .collect();
            format!(
                r#""{block}":{{"instancesSet":{{"items":[{}]}}}}"#,
                ids.join(",")
            )
        };
        let mut all = Changes::default();
        for (call, hour, fields) in [
            (
                "RunInstances",
                10,
                items("responseElements", &["i-1", "i-2", "i-3"]),
            ),
            (
                "TerminateInstances",
                11,
                items("requestParameters", &["i-1"]),
            ),
            (
                "TerminateInstances",
                12,
                items("requestParameters", &["i-3", "i-9"]),
            ),
        ] {
            let text = format!(
                r#"{{"eventSource":"ec2.amazonaws.com","eventName":"{call}","eventTime":"2026-11-22T{hour}:00:00Z",{fields}}}"#
            );
            let mut one = Changes::default();
            one.add(
                &Record::new(&text, layout::of(&text).unwrap()).unwrap(),
                true,
            );
            all.merge(one);
        }
        let left = all.left();
        assert_eq!(left.len(), 1);
        assert_eq!(
            (left[0].name.as_slice(), left[0].lasting),
            (&["i-2".to_owned()][..], Lasting::Running)
        );
    }
}
