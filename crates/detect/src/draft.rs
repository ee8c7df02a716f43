//! Alerts while records still come: told once, in the end, by the record that decides.
//!
//! To tell an alert takes a hundred times as long as to match a rule, and which event tells it changes
//! as often as an earlier one is read. So a draft keeps the record that decides so far, and makes the
//! alert when all are read.
//!
//! **Invariant: a draft becomes the case that its events, each made a case by itself, would merge into.**

use std::sync::Arc;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::alert::{Alert, AlertId, EventRef};
use crate::case::{Case, Cases, LISTED};
use crate::cloudtrail::Record;
use crate::cloudtrail::record::KeptRecord;
use crate::detector::Detector;
use crate::moment::Moment;
use crate::weight::Weight;

/// The longest record that is kept, in bytes: of a longer one the alert, which is bounded, takes less
/// room.
const KEPT: usize = 16 * 1024;

/// Drafts of alerts of single rules, by the name of the alert.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    /// In the order in which they came.
    drafts: Vec<Draft>,
    /// Where each is.
    places: HashMap<AlertId, usize>,
}

/// An alert and its events.
#[derive(Debug)]
struct Draft {
    id: AlertId,
    /// The place in the rule set of the rule that matched the record which tells. Nearly always it is the one
    /// that matches all, but rules without ids may share a title.
    rule: u32,
    case: Case<Teller>,
    /// The last event listed, if no more are: what comes behind it is only counted, without a look at the list.
    last: Option<Moment>,
}

/// What tells the alert.
#[derive(Debug)]
enum Teller {
    /// This record will.
    Record(Box<KeptRecord>, Option<Arc<str>>),
    /// It is told already.
    Alert(Box<Alert>),
}

impl Drafts {
    /// Adds to the alert `id` a record that the rule at this place has matched; returns where its draft is.
    pub(crate) fn add(
        &mut self,
        (id, rule): (AlertId, u32),
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        detector: &Detector,
    ) -> usize {
        let at = match self.places.entry(id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let at = *place.insert(self.drafts.len());
                let tells = Teller::of((id, rule), record, log_file, detector);
                let mut case = Case::new(tells, Weight::of(record), Moment::of(record));
                case.list(LISTED, case.first, |_| EventRef::of(record, log_file));
                self.drafts.push(Draft {
                    id,
                    rule,
                    case,
                    last: None,
                });
                return at;
            }
        };
        self.add_at((at, rule), record, log_file, detector);
        at
    }

    /// Adds a record to the draft that is here.
    #[inline]
    pub(crate) fn add_at(
        &mut self,
        (at, rule): (usize, u32),
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        detector: &Detector,
    ) {
        let draft = &mut self.drafts[at];
        let moment = Moment::of(record);
        // The many events of a noisy alert cost no more than their mention.
        if !draft.case.outweighs(moment, record) {
            draft.decide((moment, rule), record, log_file, detector);
        }
        draft.case.count(moment);
        if draft.last.is_none_or(|last| moment <= last) {
            draft.case.list(LISTED, moment, |beside| {
                EventRef::beside(beside, record, log_file)
            });
            draft.last = draft.case.last_listed(LISTED);
        }
    }

    /// The cases of all alerts.
    pub(crate) fn finish(self, detector: &Detector) -> Cases {
        let mut cases = Cases::default();
        for Draft { id, rule, case, .. } in self.drafts {
            cases.merge_one(case.map(|tells| tells.into_alert((id, rule), detector)));
        }
        cases
    }
}

impl Draft {
    /// Lets `record` tell, unless it is the event that tells already, read once more.
    #[cold]
    fn decide(
        &mut self,
        (moment, rule): (Moment, u32),
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        detector: &Detector,
    ) {
        let known = (self.id, std::mem::replace(&mut self.rule, rule));
        let of = (self.id, rule);
        let case = &mut self.case;
        if case.first != moment {
            case.first = moment;
            case.weight = Weight::of(record);
            case.alert = Teller::of(of, record, log_file, detector);
            return;
        }
        if known == of && case.alert.is(record, log_file) {
            return;
        }
        // Two copies of one event need not agree in every word. Which of them tells is decided as it is
        // for two cases that meet.
        let mut told = Case::new(case.alert.alert(known, detector), case.weight, moment);
        let alert = detector.tell(of, record, log_file);
        told.merge(Case::new(alert, Weight::of(record), moment));
        case.weight = told.weight;
        case.alert = Teller::Alert(Box::new(told.alert));
    }
}

impl Teller {
    fn of(
        of: (AlertId, u32),
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        detector: &Detector,
    ) -> Self {
        if record.text().len() > KEPT {
            return Self::Alert(Box::new(detector.tell(of, record, log_file)));
        }
        Self::Record(Box::new(KeptRecord::of(record)), log_file.cloned())
    }

    /// Whether it tells what this record would.
    fn is(&self, record: &Record<'_>, log_file: Option<&Arc<str>>) -> bool {
        match self {
            Self::Record(kept, file) => {
                kept.record().text() == record.text() && file.as_ref() == log_file
            }
            Self::Alert(_) => false,
        }
    }

    fn alert(&self, of: (AlertId, u32), detector: &Detector) -> Alert {
        match self {
            Self::Record(kept, file) => detector.tell(of, &kept.record(), file.as_ref()),
            Self::Alert(alert) => (**alert).clone(),
        }
    }

    fn into_alert(self, of: (AlertId, u32), detector: &Detector) -> Alert {
        match self {
            Self::Alert(alert) => *alert,
            Self::Record(..) => self.alert(of, detector),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sigma::{RuleSet, SourceFile};

    use super::*;
    use crate::cloudtrail::layout;

    /// Two of one title, and so of one alert, that tell it differently.
    const RULES: &str = "{title: T, level: low, logsource: {product: aws}, detection: {s: {eventName: PutBucketPolicy}, condition: s}}\n---\n{title: T, level: high, logsource: {product: aws}, detection: {s: {eventName: PutBucketPolicy}, condition: s}}";

    /// An event as it was delivered: its second, whether it worked, which of its copies this is, in which
    /// file, whether it is too long to be kept, and which rule matched.
    #[derive(Debug, Clone)]
    struct Delivery {
        second: u32,
        fails: bool,
        lets_in: bool,
        copy: u32,
        file: Option<u32>,
        long: bool,
        rule: u32,
    }

    impl Delivery {
        fn text(&self) -> String {
            let Self { second, copy, .. } = self;
            let error = if self.fails {
                r#","errorCode":"AccessDenied""#
            } else {
                ""
            };
            let public = if self.lets_in {
                "*"
            } else {
                "arn:aws:iam::111122223333:root"
            };
            let pad = if self.long { KEPT } else { 0 };
            format!(
                r#"{{"userAgent":"copy {copy}","eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","eventTime":"2026-11-22T14:{:02}:{:02}Z"{error},"requestParameters":{{"pad":"{}","bucketPolicy":{{"Statement":[{{"Effect":"Allow","Principal":"{public}","Action":"*","Resource":"*"}}]}}}},"eventID":"{second:08x}-0000-4000-8000-000000000000"}}"#,
                second / 60 % 60,
                second % 60,
                "x".repeat(pad),
            )
        }
    }

    fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
        let mostly = |is| prop::bool::weighted(if is { 0.8 } else { 0.1 });
        let one = (
            0..130_u32,
            mostly(true),
            mostly(false),
            0..3_u32,
            prop::option::of(0..3_u32),
            mostly(false),
            0..2_u32,
        );
        let one = one.prop_map(
            |(second, fails, lets_in, copy, file, long, rule)| Delivery {
                second,
                fails,
                lets_in,
                copy,
                file,
                long,
                rule,
            },
        );
        prop::collection::vec(one, 1..500)
    }

    fn cases<'d>(detector: &Detector, deliveries: impl IntoIterator<Item = &'d Delivery>) -> Cases {
        let mut drafts = Drafts::default();
        for delivery in deliveries {
            let text = delivery.text();
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            let file = delivery.file.map(|file| Arc::from(format!("file {file}")));
            let of = (AlertId::of(&[1; 12]), delivery.rule);
            drafts.add(of, &record, file.as_ref(), detector);
        }
        drafts.finish(detector)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_draft_is_what_its_events_would_merge_into(deliveries in deliveries()) {
            let file = SourceFile { name: "r", text: RULES };
            let detector = Detector::new(RuleSet::load([file]).rules).0;
            let mut merged = Cases::default();
            for delivery in &deliveries {
                merged.merge(cases(&detector, [delivery]));
            }
            let drafted = cases(&detector, &deliveries);
            prop_assert_eq!(&drafted, &merged);
            prop_assert_eq!(&cases(&detector, deliveries.iter().rev()), &drafted);
        }
    }
}
