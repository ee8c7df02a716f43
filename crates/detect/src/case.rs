//! Alerts that are still being put together.
//!
//! A [`Case`] is what is known so far about one alert. **The law: order and repeats do not matter.**
//! Cases of the same alert merge into the same case whichever came first, from whichever thread, and
//! an event that comes twice counts once. So a case is a set of events, and everything else about the
//! alert comes from the first of them by time and id.

use std::cmp::Ordering;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;

use hashbrown::HashSet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sigma::Rule;
use uuid::Uuid;

use crate::alert::{Alert, AlertId, EventRef};
use crate::cloudtrail::Record;
use crate::guidance::Guidance;

/// How many events an alert lists.
pub const LISTED: usize = 100;

/// One alert and the events that it was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    alert: Alert,
    /// Which event decided.
    first: Moment,
    /// The first [`LISTED`] events.
    #[serde(with = "pairs")]
    listed: BTreeMap<Moment, EventRef>,
    /// All events, 8 bytes each.
    #[serde(with = "sorted")]
    seen: HashSet<EventHash>,
    last_time: Timestamp,
}

/// Pairs instead of a map, for JSON takes only text as keys.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{EventRef, Moment};

    pub(super) fn serialize<S: Serializer>(
        listed: &BTreeMap<Moment, EventRef>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(listed)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Moment, EventRef>, D::Error> {
        let pairs = Vec::<(Moment, EventRef)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}

/// In order, so that the same case is written as the same text.
mod sorted {
    use hashbrown::HashSet;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::EventHash;

    pub(super) fn serialize<S: Serializer>(
        seen: &HashSet<EventHash>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut events: Vec<_> = seen.iter().collect();
        events.sort_unstable();
        serializer.collect_seq(events)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<HashSet<EventHash>, D::Error> {
        let events = Vec::<EventHash>::deserialize(deserializer)?;
        Ok(events.into_iter().collect())
    }
}

/// The order of events: by time, then by what names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Moment(pub(crate) Timestamp, pub(crate) EventHash);

/// Stands for an event within its account: for its id, or for the record's text if it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct EventHash(u64);

impl EventHash {
    /// AWS chooses event ids at random, so half of one is as good as a hash of it. Whatever else
    /// stands in its place may have been chosen to collide, and is hashed.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let id = record.event_id();
        if let Some(uuid) = id.as_deref().and_then(|id| Uuid::try_parse(id).ok()) {
            let (high, low) = uuid.as_u64_pair();
            return Self(high ^ low);
        }
        let digest = Sha256::digest(id.as_deref().unwrap_or(record.text()));
        Self(
            digest
                .first_chunk()
                .map_or(0, |bytes| u64::from_le_bytes(*bytes)),
        )
    }
}

impl EventHash {
    /// The number.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

impl Case {
    /// What was found of several events together: told by `alert`, which the event `first` decided.
    pub(crate) fn gathered(
        first: Moment,
        alert: Alert,
        events: Vec<(Moment, EventRef)>,
        _seen: &crate::sketch::Sketch,
        last_time: Timestamp,
    ) -> Self {
        let seen = events.iter().map(|(moment, _)| moment.1).collect();
        let mut case = Self {
            seen,
            listed: BTreeMap::new(),
            last_time,
            first,
            alert,
        };
        for (moment, event) in events {
            case.list(moment, || event);
        }
        case
    }

    fn new(moment: Moment, alert: Alert) -> Self {
        let event = alert.events.first().cloned();
        Self {
            seen: HashSet::from_iter([moment.1]),
            listed: event.map(|event| (moment, event)).into_iter().collect(),
            last_time: alert.last_time,
            first: moment,
            alert,
        }
    }

    /// The name of the alert.
    #[must_use]
    pub fn id(&self) -> AlertId {
        self.alert.id
    }

    /// How bad its alert is.
    #[must_use]
    pub fn level(&self) -> sigma::Level {
        self.alert.level
    }

    /// Adds what another case knows about the same alert.
    pub fn merge(&mut self, other: Self) {
        debug_assert_eq!(self.id(), other.id());
        if other.tells_before(self) {
            self.first = other.first;
            self.alert = other.alert;
        }
        self.seen.extend(other.seen);
        self.last_time = self.last_time.max(other.last_time);
        for (moment, event) in other.listed {
            self.list(moment, || event);
        }
    }

    /// Whether the alert is told by this case's first event rather than by that of `known`.
    ///
    /// It may be one event in two copies, which need not agree in every word; then which of them is
    /// told must not depend on chance either.
    fn tells_before(&self, known: &Self) -> bool {
        let words = |case: &Self| serde_json::to_string(&case.alert).unwrap_or_default();
        match self.first.cmp(&known.first) {
            Ordering::Less => true,
            Ordering::Equal => self.alert != known.alert && words(self) < words(known),
            Ordering::Greater => false,
        }
    }

    fn add(&mut self, moment: Moment, event: impl FnOnce() -> EventRef) {
        self.seen.insert(moment.1);
        self.last_time = self.last_time.max(moment.0);
        self.list(moment, event);
    }

    /// Lists the event, if it is among the first [`LISTED`].
    fn list(&mut self, moment: Moment, event: impl FnOnce() -> EventRef) {
        if self.listed.len() >= LISTED
            && self
                .listed
                .last_key_value()
                .is_some_and(|(last, _)| *last < moment)
        {
            return;
        }
        match self.listed.entry(moment) {
            Entry::Occupied(mut known) => {
                // The same event read in two files: which of them is named must not depend on chance.
                let event = event();
                if event < *known.get() {
                    known.insert(event);
                }
            }
            Entry::Vacant(place) => {
                place.insert(event());
            }
        }
        if self.listed.len() > LISTED {
            self.listed.pop_last();
        }
    }

    /// The alert as it stands.
    #[must_use]
    pub fn alert(&self) -> Alert {
        Alert {
            event_count: self.seen.len() as u64,
            last_time: self.last_time,
            events: self.listed.values().cloned().collect(),
            ..self.alert.clone()
        }
    }
}

/// Cases by the name of their alert.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cases {
    cases: BTreeMap<AlertId, Case>,
}

impl Cases {
    /// Adds a record that `rule` has matched, to the alert `id`.
    pub(crate) fn add(
        &mut self,
        id: AlertId,
        rule: &Rule,
        guidance: &Guidance,
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
    ) {
        let moment = Moment(record.event_time(), EventHash::of(record));
        match self.cases.get_mut(&id) {
            // The many events of a noisy case cost no more than their mention.
            Some(case) if case.first < moment => {
                case.add(moment, || EventRef::of(record, log_file));
            }
            _ => self.merge_one(Case::new(
                moment,
                Alert::in_group(id, rule, guidance, record, log_file),
            )),
        }
    }

    /// Adds all that `other` knows.
    pub fn merge(&mut self, other: Self) {
        for (_, case) in other.cases {
            self.merge_one(case);
        }
    }

    /// Adds what one case knows.
    pub fn merge_one(&mut self, case: Case) {
        match self.cases.entry(case.id()) {
            Entry::Occupied(mut known) => known.get_mut().merge(case),
            Entry::Vacant(place) => {
                place.insert(case);
            }
        }
    }

    /// What is known about the alert of this name.
    #[must_use]
    pub fn get(&self, id: AlertId) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// Takes the cases of `other` in place of those of the same name.
    pub fn replace(&mut self, other: Self) {
        self.cases.extend(other.cases);
    }

    /// How many alerts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The cases, by the name of their alert.
    pub fn iter(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }
}

impl IntoIterator for Cases {
    type Item = Case;
    type IntoIter = std::collections::btree_map::IntoValues<AlertId, Case>;

    fn into_iter(self) -> Self::IntoIter {
        self.cases.into_values()
    }
}
