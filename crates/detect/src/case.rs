//! Alerts that are still being put together.
//!
//! A [`Case`] is what is known so far about one alert. **The law: order and repeats do not matter.**
//! Cases of the same alert merge into the same case whichever came first, from whichever thread, and
//! an event that comes twice counts once. So a case is a set of events, and everything else about the
//! alert comes from the one that decides: of those with the most [`Weight`] the first by time and id.
//!
//! A case is bounded, however many events it has: it lists the first by time, and beyond
//! [`EXACT`](crate::sketch::EXACT) it [estimates](crate::sketch) how many there are.

use std::cmp::Ordering;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::alert::{Alert, AlertId, EventRef, Kind};
use crate::cloudtrail::Record;
use crate::containment;
use crate::correlation::TOLD;
use crate::moment::Moment;
use crate::sketch::Sketch;
use crate::weight::Weight;

/// How many events an alert lists.
pub const LISTED: usize = 100;

/// One alert and the events that it was made from; `A` is the alert, or what it will be made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case<A = Alert> {
    pub(crate) alert: A,
    /// How much the event that decided weighs.
    #[serde(default)]
    pub(crate) weight: Weight,
    /// Which event decided.
    pub(crate) first: Moment,
    /// The first [`LISTED`] events, in their order.
    #[serde(deserialize_with = "in_order")]
    listed: Vec<(Moment, EventRef)>,
    /// All events.
    seen: Sketch,
    last_time: Timestamp,
}

/// Reads events, in whatever order they were written.
fn in_order<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(Moment, EventRef)>, D::Error> {
    let mut listed = Vec::<(Moment, EventRef)>::deserialize(deserializer)?;
    listed.sort_unstable();
    listed.dedup_by_key(|(moment, _)| *moment);
    Ok(listed)
}

impl Case {
    /// What was found of several events together: told by `alert`, which the event `first` decided. Its
    /// `event_count` is how much was known when it was told.
    pub(crate) fn gathered(
        first: Moment,
        alert: Alert,
        events: Vec<(Moment, EventRef)>,
        seen: Sketch,
        last_time: Timestamp,
    ) -> Self {
        let mut case = Self {
            alert,
            seen,
            listed: Vec::new(),
            last_time,
            weight: Weight::default(),
            first,
        };
        let most = case.most_listed();
        for (moment, event) in events {
            case.list(most, moment, |_| event);
        }
        case
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
            self.weight = other.weight;
            self.first = other.first;
            self.alert = other.alert;
        }
        self.seen.merge(&other.seen);
        self.last_time = self.last_time.max(other.last_time);
        let most = self.most_listed();
        for (moment, event) in other.listed {
            self.list(most, moment, |_| event);
        }
    }

    /// Whether the alert is told by this case's event rather than by that of `known`: what was done
    /// rather than what was only tried, then what came first.
    ///
    /// It may be one event in two copies, which need not agree in every word; then which of them is
    /// told must not depend on chance either. Of a correlation it may be the same event with more or
    /// fewer before it; then the one that has seen more tells.
    fn tells_before(&self, known: &Self) -> bool {
        let words = |case: &Self| serde_json::to_string(&case.alert).unwrap_or_default();
        let more = self
            .alert
            .event_count
            .cmp(&known.alert.event_count)
            .reverse();
        let heavier = known.weight.cmp(&self.weight);
        match heavier.then(self.first.cmp(&known.first)).then(more) {
            Ordering::Less => true,
            Ordering::Equal => self.alert != known.alert && words(self) < words(known),
            Ordering::Greater => false,
        }
    }

    /// How many events are listed: of a correlation as many as each of its windows is sure to keep.
    fn most_listed(&self) -> usize {
        match self.alert.rule.kind {
            Kind::Correlation => TOLD,
            Kind::Rule | Kind::Anomaly | Kind::Watch => LISTED,
        }
    }

    /// The alert as it stands.
    #[must_use]
    pub fn alert(&self) -> Alert {
        self.clone().into_alert()
    }

    /// The same, of a case that is needed no more.
    #[must_use]
    pub fn into_alert(mut self) -> Alert {
        let (event_count, event_count_is_estimate) = self.seen.count_in_place();
        let most = self.most_listed();
        let Self {
            mut alert,
            first,
            mut listed,
            last_time,
            ..
        } = self;
        if let (Kind::Rule, Some((earliest, _))) = (alert.rule.kind, listed.first()) {
            alert.first_time = earliest.0;
        }
        // Those that are listed are the first; the one that decided is always among them.
        let is_behind = listed.last().is_some_and(|(last, _)| *last < first);
        if is_behind && !alert.events.is_empty() {
            listed.truncate(most - 1);
            listed.push((first, alert.events.swap_remove(0)));
        }
        alert.events = listed.into_iter().map(|(_, event)| event).collect();
        alert.event_count = event_count;
        alert.event_count_is_estimate = event_count_is_estimate;
        alert.last_time = last_time;
        containment::complete(&mut alert);
        alert
    }
}

impl<A> Case<A> {
    /// A case of one event, not listed yet.
    pub(crate) fn new(alert: A, weight: Weight, moment: Moment) -> Self {
        let mut seen = Sketch::default();
        seen.add(moment.1.bits());
        Self {
            alert,
            weight,
            first: moment,
            listed: Vec::new(),
            seen,
            last_time: moment.0,
        }
    }

    /// The same case, told otherwise.
    pub(crate) fn map<B>(self, tell: impl FnOnce(A) -> B) -> Case<B> {
        Case {
            alert: tell(self.alert),
            weight: self.weight,
            first: self.first,
            listed: self.listed,
            seen: self.seen,
            last_time: self.last_time,
        }
    }

    /// Whether its event tells more than that of `record`, whatever else there is to know of the two.
    #[inline]
    pub(crate) fn outweighs(&self, moment: Moment, record: &Record<'_>) -> bool {
        match self.first.cmp(&moment) {
            Ordering::Less => !self.weight.is_exceeded_by(record),
            Ordering::Greater => !self.weight.is_reached_by(record),
            Ordering::Equal => false,
        }
    }

    /// Counts one more event.
    #[inline]
    pub(crate) fn count(&mut self, moment: Moment) {
        self.seen.add(moment.1.bits());
        self.last_time = self.last_time.max(moment.0);
    }

    /// The last event listed, if `most` are.
    #[inline]
    pub(crate) fn last_listed(&self, most: usize) -> Option<Moment> {
        let last = self.listed.get(most.checked_sub(1)?)?;
        Some(last.0)
    }

    /// Lists the event, if it is among the first; `event` is shown a neighbour.
    pub(crate) fn list(
        &mut self,
        most: usize,
        moment: Moment,
        event: impl FnOnce(Option<&EventRef>) -> EventRef,
    ) {
        let is_full = self.listed.len() >= most;
        if is_full && self.listed.last().is_some_and(|(last, _)| *last < moment) {
            return;
        }
        match self
            .listed
            .binary_search_by_key(&moment, |(known, _)| *known)
        {
            Ok(at) => {
                // The same event read in two files: which of them is named must not depend on chance.
                let known = &mut self.listed[at].1;
                let event = event(Some(known));
                if event < *known {
                    *known = event;
                }
            }
            Err(at) => {
                let neighbour = self.listed.get(at.saturating_sub(1));
                let event = event(neighbour.map(|(_, event)| event));
                self.listed.insert(at, (moment, event));
                self.listed.truncate(most);
            }
        }
    }
}

/// Cases by the name of their alert.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// In the order in which they came.
    cases: Vec<Case>,
    /// Where each is: this is asked once for each match, the order of names once for all.
    places: HashMap<AlertId, usize>,
}

impl Cases {
    /// Adds all that `other` knows.
    pub fn merge(&mut self, other: Self) {
        for case in other.cases {
            self.merge_one(case);
        }
    }

    /// Adds what one case knows.
    pub fn merge_one(&mut self, case: Case) {
        match self.places.entry(case.id()) {
            Entry::Occupied(known) => self.cases[*known.get()].merge(case),
            Entry::Vacant(place) => {
                place.insert(self.cases.len());
                self.cases.push(case);
            }
        }
    }

    /// What is known about the alert of this name.
    #[must_use]
    pub fn get(&self, id: AlertId) -> Option<&Case> {
        self.places.get(&id).map(|at| &self.cases[*at])
    }

    /// Takes the cases of `other` in place of those of the same name.
    pub fn replace(&mut self, other: Self) {
        for case in other.cases {
            match self.places.get(&case.id()) {
                Some(at) => self.cases[*at] = case,
                None => self.merge_one(case),
            }
        }
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
        let mut cases: Vec<_> = self.cases.iter().collect();
        cases.sort_unstable_by_key(|case| case.id());
        cases.into_iter()
    }
}

impl PartialEq for Cases {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl IntoIterator for Cases {
    type Item = Case;
    type IntoIter = std::vec::IntoIter<Case>;

    fn into_iter(mut self) -> Self::IntoIter {
        self.cases.sort_unstable_by_key(Case::id);
        self.cases.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sigma::{RuleSet, SourceFile};

    use super::*;
    use crate::cloudtrail::layout;
    use crate::detector::Detector;
    use crate::draft::Drafts;
    use crate::sketch::EXACT;

    const RULE: &str = "{title: T, logsource: {product: aws}, detection: {s: {eventName: GetObject}, condition: s}}";

    /// The case of calls at these seconds of a day, each read in a file whose name is as long as S3 lets
    /// it be.
    fn case_of(calls: impl IntoIterator<Item = u32>) -> Case {
        let loaded = RuleSet::load([SourceFile {
            name: "r",
            text: RULE,
        }]);
        let detector = Detector::new(loaded.rules).0;
        let log_file = format!("s3://bucket/{}", "k".repeat(1_024)).into();
        let mut drafts = Drafts::default();
        for call in calls {
            let text = call_at(call);
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            let id = AlertId::of(&[1; 12]);
            drafts.add((id, 0), &record, Some(&log_file), &detector);
        }
        let cases = drafts.finish(&detector);
        cases.into_iter().next().expect("at least one call")
    }

    fn call_at(second: u32) -> String {
        let (hour, minute) = (second / 3_600 % 24, second / 60 % 60);
        format!(
            r#"{{"eventSource":"s3.amazonaws.com","eventName":"GetObject","eventTime":"2026-11-22T{hour:02}:{minute:02}:{:02}Z","eventID":"{second:08x}-0000-4000-8000-{:012x}"}}"#,
            second % 60,
            u64::from(second) * 7_919,
        )
    }

    #[test]
    fn a_case_is_bounded_and_its_count_exact_as_long_as_it_can_be() {
        let exact = EXACT as u32;
        for (calls, is_estimate) in [
            (1, false),
            (exact, false),
            (exact + 1, true),
            (20_000, true),
        ] {
            let case = case_of(0..calls);
            let alert = case.alert();
            assert_eq!(alert.event_count_is_estimate, is_estimate, "{calls}");
            let error = (alert.event_count as f64 / f64::from(calls) - 1.0).abs();
            assert!(
                error <= if is_estimate { 0.07 } else { 0.0 },
                "{calls}: {error}"
            );
            assert_eq!(alert.events.len(), (calls as usize).min(LISTED));
            let kept = serde_json::to_string(&case).unwrap();
            assert!(kept.len() < 200_000, "{calls}: {} bytes", kept.len());
            assert_eq!(serde_json::from_str::<Case>(&kept).unwrap(), case);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Calls up to the limit and beyond it, some of them twice.
        #[test]
        fn order_repeats_and_parts_do_not_matter(
            calls in prop::collection::vec(0..400_u32, 1..300),
            many in prop::bool::weighted(0.2),
            at in 0..300_usize,
        ) {
            let many = if many { 0..5_000_u32 } else { 0..0 };
            let calls: Vec<_> = calls.into_iter().chain(many).collect();
            let whole = case_of(calls.iter().copied());
            prop_assert_eq!(&case_of(calls.iter().rev().copied()), &whole);
            let (left, right) = calls.split_at(at.clamp(1, calls.len().max(2) - 1).min(calls.len()));
            if !right.is_empty() {
                let mut merged = case_of(right.iter().copied());
                merged.merge(case_of(left.iter().copied()));
                merged.merge(case_of(right.iter().copied()));
                prop_assert_eq!(merged.alert(), whole.alert());
                prop_assert_eq!(merged, whole);
            }
        }
    }
}
