//! What principals did lately that is worth telling, so that a mail written in the first minute can show the
//! fifteen before it.
//!
//! A [`Ring`] holds the last notable calls of one principal in one account; an [`Activity`] those of a batch
//! of records. Rings merge in any order and any number of times: a ring is the last [`MOST`] of a set, by
//! time and event. Only calls that alarm somebody who knows them are notable, and of those only what people
//! would write down: changes and sign-ins, whether or not they worked, and what people look at; not what is
//! called all day long or what services do by themselves, and no reading and writing of data, of which there
//! is too much.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, EventRef};
use crate::cloudtrail::Record;
use crate::derived;
use crate::language::Language;
use crate::moment::EventHash;
use crate::outcome::Outcome;
use crate::principal::{Principal, PrincipalKind};
use crate::sentence::{action, meanings};

/// How many calls a ring holds.
pub const MOST: usize = 24;

/// How far a mail looks back, and forward.
pub const SPAN: SignedDuration = SignedDuration::from_mins(15);

/// The longest phrase that is kept, in characters.
const PHRASE: usize = 160;

/// One notable call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// When it was made.
    pub time: Timestamp,
    /// Which event it is, within its account.
    event: EventHash,
    /// What was done, without who: in English, and in Chinese.
    said: (String, String),
    /// From where.
    pub ip: Option<String>,
    /// Whether it worked.
    pub worked: bool,
}

impl Seen {
    fn of(record: &Record<'_>) -> Self {
        let short = |language| action(record, language).chars().take(PHRASE).collect();
        Self {
            time: record.event_time(),
            event: EventHash::of(record),
            said: (short(Language::En), short(Language::ZhCn)),
            ip: record.source_ip().map(|ip| ip.chars().take(64).collect()),
            worked: Outcome::of(record).is_success(),
        }
    }

    /// What was done, without who.
    #[must_use]
    pub fn said(&self, language: Language) -> &str {
        match language {
            Language::En => &self.said.0,
            Language::ZhCn => &self.said.1,
        }
    }

    fn name(&self) -> (Timestamp, EventHash) {
        (self.time, self.event)
    }
}

/// The last notable calls of one principal in one account, by time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring(Vec<Seen>);

impl Ring {
    fn add(&mut self, seen: Seen) {
        match self.0.binary_search_by_key(&seen.name(), Seen::name) {
            // Of two copies that differ in words the one that sorts first, whoever came first.
            Ok(at) => self.0[at] = seen.min(self.0[at].clone()),
            Err(at) => self.0.insert(at, seen),
        }
        let over = self.0.len().saturating_sub(MOST);
        self.0.drain(..over);
    }

    /// Adds what another knows.
    pub fn merge(&mut self, other: Self) {
        for seen in other.0 {
            self.add(seen);
        }
    }

    /// What came in the quarter of an hour before `alert`, and in that after it, but not what the alert is
    /// about.
    #[must_use]
    pub fn around(&self, alert: &Alert) -> Around<'_> {
        let own: Vec<_> = alert.events.iter().map(EventRef::hash).collect();
        let others = self
            .0
            .iter()
            .filter(|seen| !own.contains(&Some(seen.event)));
        let within = |from: Timestamp, to: Timestamp| {
            let others = others.clone();
            others.filter(move |seen| from <= seen.time && seen.time <= to)
        };
        let first = alert.first_time.min(alert.time);
        let since = first.saturating_sub(SPAN).unwrap_or(Timestamp::MIN);
        let until = alert
            .last_time
            .saturating_add(SPAN)
            .unwrap_or(Timestamp::MAX);
        let before = within(since, alert.time).collect();
        let after = within(alert.time, until).filter(|seen| seen.time > alert.time);
        Around {
            before,
            after: after.collect(),
            began_by: None,
            history: Asked::Not,
        }
    }
}

/// What a principal did around an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around<'r> {
    /// Before the event that decided, by time.
    pub before: Vec<&'r Seen>,
    /// After it, by time.
    pub after: Vec<&'r Seen>,
    /// Who stands behind the session: the key of the principal that assumed the first of its roles, and through
    /// how many sessions, where that is known.
    pub began_by: Option<(String, usize)>,
    /// Whether CloudTrail's event history was asked too.
    pub history: Asked,
}

/// Whether CloudTrail's event history was asked what else a principal did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asked {
    /// It was not.
    #[default]
    Not,
    /// It has answered.
    Heard,
    /// It could not be asked, or did not answer.
    Refused,
}

/// Notable calls of a batch, by account and principal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity(BTreeMap<(String, String), Ring>);

impl Activity {
    /// Adds the call in `record`, if it is notable.
    pub fn add(&mut self, record: &Record<'_>) {
        if !is_notable(record) {
            return;
        }
        let account = record.account().unwrap_or_default().into_owned();
        let key = Principal::key_of(record).into_owned();
        self.0
            .entry((account, key))
            .or_default()
            .add(Seen::of(record));
    }

    /// Adds what was notable elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (key, ring) in other.0 {
            self.0.entry(key).or_default().merge(ring);
        }
    }

    /// The rings: account, principal's key, calls.
    pub fn into_rings(self) -> impl Iterator<Item = (String, String, Ring)> {
        let rings = self.0.into_iter();
        rings.map(|((account, key), ring)| (account, key, ring))
    }

    /// How many rings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was notable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What tools and people call all day long: alarming in a crowd, not worth remembering one by one.
const EVERYDAY: [&str; 9] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "Decrypt",
    "GetAuthorizationToken",
    "GetFunction",
    "GetParameter",
    "GetParameters",
    "ListBuckets",
];

/// Whether a call is worth telling beside another one.
fn is_notable(record: &Record<'_>) -> bool {
    let is_of_data = record
        .get("managementEvent")
        .is_some_and(|value| value.raw() == "false");
    if is_of_data {
        return false;
    }
    let source = record.event_source();
    let name = record.plain_event_name();
    if EVERYDAY.contains(&&*name) || !meanings::has(&source, &name) {
        return false;
    }
    let by_person = || {
        matches!(
            Principal::kind_of(record),
            PrincipalKind::IamUser
                | PrincipalKind::Root
                | PrincipalKind::IdentityCenter
                | PrincipalKind::Federated
        )
    };
    let changes = record.read_only() != Some(true);
    (changes || by_person()) && !derived::by_aws(record)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cloudtrail::layout;

    /// A call of maria's at this minute of an hour.
    fn call(minute: u32, source: &str, name: &str, fields: &str) -> String {
        format!(
            r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:{minute:02}:00Z",
            "eventID":"{minute:08x}-0000-4000-8000-000000000000","recipientAccountId":"111122223333",
            "userIdentity":{{"type":"IAMUser","userName":"maria","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/maria"}}{fields}}}"#
        )
    }

    fn activity(calls: &[String]) -> Activity {
        let mut activity = Activity::default();
        for text in calls {
            activity.add(&Record::new(text, layout::of(text).unwrap()).unwrap());
        }
        activity
    }

    fn ring(calls: &[String]) -> Ring {
        let (account, key, ring) = activity(calls).into_rings().next().unwrap();
        assert_eq!(account, "111122223333");
        assert_eq!(key, "arn:aws:iam::111122223333:user/maria");
        ring
    }

    #[test]
    fn only_what_alarms_somebody_is_notable() {
        for (source, name, fields, is_notable) in [
            (
                "iam",
                "CreateUser",
                r#","requestParameters":{"userName":"eve"}"#,
                true,
            ),
            ("iam", "CreateUser", r#","errorCode":"AccessDenied""#, true),
            ("iam", "ListUsers", r#","readOnly":true"#, true),
            ("iam", "TagUser", "", false),
            ("sts", "AssumeRole", r#","readOnly":true"#, false),
            ("s3", "PutObject", r#","managementEvent":false"#, false),
            (
                "iam",
                "CreateUser",
                r#","sourceIPAddress":"cloudformation.amazonaws.com""#,
                false,
            ),
        ] {
            let activity = activity(&[call(1, source, name, fields)]);
            assert_eq!(activity.len() == 1, is_notable, "{name} {fields}");
        }
    }

    #[test]
    fn a_ring_tells_what_came_before_and_after_but_not_what_it_is_about() {
        let calls: Vec<_> = (0..40)
            .map(|minute| call(minute, "iam", "CreateUser", ""))
            .collect();
        let ring = ring(&calls);
        assert_eq!(ring.0.len(), MOST);
        let text = &calls[30];
        let record = Record::new(text, layout::of(text).unwrap()).unwrap();
        let alert = crate::render::tests::alert_of(&record);
        let around = ring.around(&alert);
        let minutes = |seen: &[&Seen]| -> Vec<i8> {
            let minute = |seen: &&Seen| seen.time.to_zoned(jiff::tz::TimeZone::UTC).minute();
            seen.iter().map(minute).collect()
        };
        assert_eq!(minutes(&around.before), (16..30).collect::<Vec<_>>());
        assert_eq!(minutes(&around.after), (31..40).collect::<Vec<_>>());
        assert_eq!(around.after[0].said(Language::En), "created the IAM user");
    }

    proptest! {
        #[test]
        fn order_repeats_and_parts_do_not_matter(minutes in prop::collection::vec(0..60_u32, 1..80), at in 0..80_usize) {
            let calls: Vec<_> = minutes.iter().map(|minute| call(*minute, "iam", "CreateUser", "")).collect();
            let whole = ring(&calls);
            let backwards: Vec<_> = calls.iter().rev().cloned().collect();
            prop_assert_eq!(&ring(&backwards), &whole);
            let (left, right) = calls.split_at(at.min(calls.len()));
            if !left.is_empty() && !right.is_empty() {
                let mut merged = ring(right);
                merged.merge(ring(left));
                merged.merge(ring(right));
                prop_assert_eq!(&merged, &whole);
            }
            let kept = serde_json::to_string(&whole).unwrap();
            prop_assert!(kept.len() < 8_000, "{} bytes", kept.len());
            prop_assert_eq!(serde_json::from_str::<Ring>(&kept).unwrap(), whole);
        }
    }
}
