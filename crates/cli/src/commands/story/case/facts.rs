//! What a case consists of, from what the two readings have found.

use std::collections::{BTreeMap, BTreeSet};

use detect::alert::{Alert, Response};
use detect::cloudtrail::{Json, Record};
use detect::containment;
use detect::language::Language;
use detect::outcome::Outcome;
use detect::principal::Principal;
use detect::sentence::sentence;
use trace::Chain;

use super::{Case, Finding, Left, Session, Touched};
use crate::commands::story::first::First;
use crate::commands::story::second::Deeds;

/// How many callers get steps of their own.
const CALLERS: usize = 60;

impl Case {
    /// What the two readings tell of `subject`.
    pub(super) fn of(
        subject: &str,
        first: &First,
        chain: &Chain,
        deeds: &Deeds,
        language: Language,
    ) -> Self {
        let ids: BTreeSet<String> = deeds
            .each()
            .filter_map(|one| Some(one.event_id()?.into_owned()))
            .collect();
        let is_theirs = |alert: &&Alert| {
            let mut events = alert
                .events
                .iter()
                .filter_map(|event| event.event_id.as_deref());
            events.any(|id| ids.contains(id))
        };
        let mut alerts: Vec<_> = first.alerts.iter().filter(is_theirs).collect();
        alerts.sort_by_key(|alert| (alert.time, alert.id));
        let (left, mut undo) = left(deeds, language);
        for step in stops(deeds) {
            if !undo.contains(&step) {
                undo.insert(0, step);
            }
        }
        Self {
            subject: subject.to_owned(),
            principals: deeds
                .each()
                .map(|one| Principal::key_of(&one).into_owned())
                .collect(),
            first: deeds.records.keys().next().map(|(time, _)| *time),
            last: deeds.records.keys().next_back().map(|(time, _)| *time),
            events: deeds.count,
            sessions: sessions(chain, first, deeds),
            findings: alerts
                .into_iter()
                .map(|alert| finding(alert, language))
                .collect(),
            resources: touched(deeds),
            left,
            undo,
        }
    }
}

fn finding(alert: &Alert, language: Language) -> Finding {
    Finding {
        time: alert.time,
        level: alert.level,
        title: alert.rule.title_in(language).to_owned(),
        summary: alert.summary.to(language).to_owned(),
        alert: alert.id.to_string(),
    }
}

/// The keys of the chain, with what was done with each.
fn sessions(chain: &Chain, first: &First, deeds: &Deeds) -> Vec<Session> {
    let mut used: BTreeMap<String, Session> = BTreeMap::new();
    for record in deeds.each() {
        let who = Principal::of(&record);
        let Some(key) = who.access_key_id else {
            continue;
        };
        let session = used.entry(key).or_default();
        let time = record.event_time();
        session.calls += 1;
        session.failed += u64::from(!Outcome::of(&record).is_success());
        session.first = Some(session.first.map_or(time, |first| first.min(time)));
        session.last = Some(session.last.map_or(time, |last| last.max(time)));
        session.who = Some(match who.session {
            Some(session) => format!("{}/{session}", who.name),
            None => who.name,
        });
    }
    let session = |link: &trace::Link| {
        let handover = first.handovers.of(&link.key);
        let mut session = used.get(&link.key).cloned().unwrap_or_default();
        session.key.clone_from(&link.key);
        session.depth = link.depth;
        session.call = handover.map(|handover| handover.call.clone());
        let whose = || handover.and_then(|handover| handover.whose.clone());
        session.who = session.who.take().or_else(whose);
        session
    };
    chain.links.iter().map(session).collect()
}

/// What calls that change something were about, the most first.
fn touched(deeds: &Deeds) -> Vec<Touched> {
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for record in deeds.each() {
        let reads = detect::derived::field(&record, "readOnly") == Some(sigma::Value::Bool(true));
        if reads || !Outcome::of(&record).is_success() {
            continue;
        }
        for resource in resources(&record) {
            *all.entry(resource)
                .or_default()
                .entry(record.plain_event_name().into_owned())
                .or_default() += 1;
        }
    }
    let mut touched: Vec<_> = all
        .into_iter()
        .map(|(resource, calls)| Touched { resource, calls })
        .collect();
    touched.sort_by_key(|one| std::cmp::Reverse(one.calls.values().sum::<u64>()));
    touched
}

/// The ARNs that the record lists; where it lists none, what the request calls by name or id.
fn resources(record: &Record<'_>) -> BTreeSet<String> {
    let text = |json: Json<'_>| json.as_str().map(std::borrow::Cow::into_owned);
    let listed = record.resources().into_iter().flat_map(Json::elements);
    let arns: BTreeSet<_> = listed.filter_map(|one| text(one.get("ARN")?)).collect();
    if !arns.is_empty() {
        return arns;
    }
    let asked = record
        .request_parameters()
        .into_iter()
        .flat_map(Json::entries);
    let named = asked.filter(|(key, _)| {
        let key = key.decoded();
        ["Name", "Id", "Arn", "ARN", "name", "Identifier"]
            .iter()
            .any(|end| key.ends_with(end))
    });
    named.filter_map(|(_, value)| text(value)).collect()
}

/// What lasts, and the commands that take it back.
fn left(deeds: &Deeds, language: Language) -> (Vec<Left>, Vec<Response>) {
    let mut undo: Vec<Response> = Vec::new();
    let mut left = Vec::new();
    for change in deeds.changes.left() {
        let Some(record) = Record::of_text(&change.text) else {
            continue;
        };
        for step in containment::of_record(&record) {
            if !undo.contains(&step) {
                undo.push(step);
            }
        }
        left.push(Left {
            kind: change.lasting,
            time: record.event_time(),
            name: change.name,
            said: sentence(&record, language),
            event_id: record.event_id().map(std::borrow::Cow::into_owned),
            can_tell: change.can_tell,
        });
    }
    (left, undo)
}

/// What stops each of the callers, once.
fn stops(deeds: &Deeds) -> Vec<Response> {
    let mut seen = BTreeSet::new();
    let mut steps = Vec::new();
    for record in deeds.each() {
        let who = Principal::of(&record);
        if seen.insert((who.key, who.access_key_id)) && seen.len() <= CALLERS {
            for step in containment::of_caller(&record) {
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
    }
    steps.reverse();
    steps
}
