//! What was unusual, made into an alert like any other.
//!
//! How unusual something is, others find out; here is only the form in which it is told. An incident of one
//! principal is one alert: what is told of it later has the same id, and more events.

use jiff::Timestamp;
use serde_json::Value;
use sigma::Level;

use crate::alert::{Account, Alert, EventRef, Kind, RuleInfo, SCHEMA, Source};
use crate::case::Case;
use crate::group;
use crate::guidance::Text;
use crate::moment::{EventHash, Moment};
use crate::partition::Partition;
use crate::principal::Principal;
use crate::sketch::Sketch;

/// The id of the rule that anomalies are told under.
pub const RULE: &str = "behaviour";

/// Something unusual that one principal did.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// Names the incident among those of its principal.
    pub incident: i64,
    /// How bad it is.
    pub level: Level,
    /// When it was unusual enough.
    pub time: Timestamp,
    /// The account whose trail tells.
    pub account: Option<String>,
    /// Where it happened last.
    pub region: Option<String>,
    /// Who.
    pub principal: Principal,
    /// From where, and with what.
    pub source: Source,
    /// The events that showed it; at least one.
    pub events: Vec<EventRef>,
    /// Tactics, as tags.
    pub tags: Vec<String>,
    /// What was unusual, in sentences.
    pub why: Vec<String>,
    /// All of it in one sentence.
    pub summary: Text,
    /// The evidence.
    pub evidence: Value,
}

impl Anomaly {
    /// The case of it; `None` if it has no event.
    #[must_use]
    pub fn into_case(self) -> Option<Case> {
        let mut seen = Sketch::default();
        let moments: Vec<_> = self.events.iter().map(moment).collect();
        moments.iter().for_each(|moment| seen.add(moment.1.bits()));
        let (first, last) = (*moments.iter().min()?, *moments.iter().max()?);
        let events = moments.into_iter().zip(self.events.clone()).collect();
        Some(Case::gathered(
            last,
            self.alert(first.0),
            events,
            seen,
            last.0,
        ))
    }

    fn alert(self, first_time: Timestamp) -> Alert {
        let mut key = self.incident.to_le_bytes().to_vec();
        for text in [
            self.account.as_deref().unwrap_or_default(),
            &self.principal.key,
        ] {
            key.extend((text.len() as u64).to_le_bytes());
            key.extend(text.as_bytes());
        }
        let partition = self
            .region
            .as_deref()
            .map_or_else(Partition::default, Partition::of_region);
        Alert {
            schema: SCHEMA.to_owned(),
            id: group::alert(RULE, &key),
            level: self.level,
            rule: rule(self.tags),
            time: self.time,
            first_time,
            last_time: self.time,
            event_count: self.events.len() as u64,
            event_count_is_estimate: false,
            account: Account {
                id: self.account,
                name: None,
            },
            region: self.region,
            partition,
            principal: self.principal,
            source: self.source,
            events: Vec::new(),
            replaces: None,
            why: self.why,
            summary: self.summary,
            deed: None,
            anomaly: Some(self.evidence),
            response: Vec::new(),
        }
    }
}

fn moment(event: &EventRef) -> Moment {
    let hash = event
        .hash()
        .unwrap_or_else(|| EventHash::of_id(&event.event_name));
    Moment(event.event_time, hash)
}

fn rule(tags: Vec<String>) -> RuleInfo {
    RuleInfo {
        id: RULE.to_owned(),
        title: "Unusual behaviour".to_owned(),
        title_zh_cn: Some("行为异常".to_owned()),
        kind: Kind::Anomaly,
        version: None,
        tags,
        period_seconds: None,
        threat: Some(Text {
            en: "Whoever holds somebody's credentials does not know how that somebody works. No rule names what was done here; what tells is that this principal does not do it, or not so much of it, or not from there.".to_owned(),
            zh_cn: "盗用凭证的人并不了解凭证主人平时如何工作。没有规则直接描述这里的操作；值得注意的是，该主体平时不做这些事、不做这么多，或不从那里来。".to_owned(),
        }),
    }
}
