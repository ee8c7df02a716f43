//! What was unusual, as an alert.

use detect::alert::{EventRef, Source};
use detect::anomaly::Anomaly as Told;
use detect::case::Case;
use detect::language::Language;
use detect::neutral::neutral;
use detect::principal::Principal;
use jiff::Timestamp;
use serde_json::json;
use sigma::Level;

use crate::dimension::{Dimension, Family};
use crate::engine::DAY;
use crate::evidence::{Anomaly, Event, Signal, What};
use crate::words;

/// From so much above the threshold on it is worth a look now.
const HIGH: f64 = 3.0;

/// How many characters of a text that a caller chose are shown.
const SHOWN: usize = 200;

/// How bad it is: what is only for a digest is worth a look some day.
#[must_use]
pub fn level(anomaly: &Anomaly) -> Level {
    match anomaly {
        Anomaly {
            urgent: false,
            update: false,
            ..
        } => Level::Low,
        _ if anomaly.score >= anomaly.threshold + HIGH => Level::High,
        _ => Level::Medium,
    }
}

/// The case of it; `None` if there is no evidence.
#[must_use]
pub fn case(anomaly: &Anomaly) -> Option<Case> {
    let last = anomaly
        .signals
        .iter()
        .map(|signal| &signal.event)
        .max_by_key(|event| event.time)?;
    let who = &anomaly.who;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let told = Told {
        // A later update of an incident is the same incident.
        incident: i64::from(anomaly.incident / DAY),
        level: level(anomaly),
        time: time(anomaly.time),
        account: text(&who.account),
        region: text(&last.region),
        principal: Principal {
            key: who.key.clone(),
            kind: who.kind,
            arn: text(&who.arn),
            name: who.name.clone(),
            session: text(&who.session),
            access_key_id: text(&who.credential),
            account: text(&who.account),
            source_identity: None,
        },
        source: source(last),
        events: events(anomaly),
        tags: tags(anomaly),
        why: words::why(anomaly, Language::En),
        summary: detect::guidance::Text {
            en: words::summary(anomaly, Language::En),
            zh_cn: words::summary(anomaly, Language::ZhCn),
        },
        evidence: evidence(anomaly),
    };
    told.into_case()
}

fn time(seconds: u32) -> Timestamp {
    Timestamp::from_second(i64::from(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn source(event: &Event) -> Source {
    Source {
        ip: (!event.address.is_empty()).then(|| neutral(&event.address, SHOWN)),
        country: event.country.clone(),
        asn: event.asn,
        network: (!event.network.is_empty()).then(|| neutral(&event.network, SHOWN)),
        user_agent: None,
        tool: (!event.tool.is_empty()).then(|| neutral(&event.tool, SHOWN)),
    }
}

fn events(anomaly: &Anomaly) -> Vec<EventRef> {
    let mut events: Vec<_> = anomaly.signals.iter().map(|signal| &signal.event).collect();
    events.sort_unstable();
    events.dedup();
    let event = |event: &Event| EventRef {
        shared_event_id: None,
        event_time: time(event.time),
        event_id: event.id.as_deref().map(Into::into),
        event_source: event.source.as_str().into(),
        event_name: event.name.as_str().into(),
        error_code: (!event.error.is_empty()).then(|| event.error.as_str().into()),
        log_file: (!event.file.is_empty()).then(|| event.file.as_str().into()),
    };
    events.into_iter().map(event).collect()
}

/// The tactic of the strongest evidence.
fn tags(anomaly: &Anomaly) -> Vec<String> {
    let tactic = |signal: &Signal| match (&signal.what, signal.family) {
        (What::New(new), _) if new.dimension == Dimension::GraveWrite => "attack.defense-evasion",
        (_, Family::Discovery) => "attack.discovery",
        (_, Family::Access) => "attack.credential-access",
        (_, Family::Change | Family::Role) => "attack.persistence",
        (_, Family::Origin | Family::Hours) => "attack.initial-access",
        (_, Family::Region) => "attack.defense-evasion",
        (_, Family::Rate) => "attack.impact",
    };
    let mut tags: Vec<_> = anomaly
        .signals
        .iter()
        .take(3)
        .map(|signal| tactic(signal).to_owned())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The evidence as data, each piece with its sentence in every language.
fn evidence(anomaly: &Anomaly) -> serde_json::Value {
    let total: f64 = anomaly.signals.iter().map(|signal| signal.evidence).sum();
    let signal = |signal: &Signal| {
        json!({
            "family": signal.family,
            "evidence": round(signal.evidence),
            "share": round(signal.evidence / total.max(f64::MIN_POSITIVE)),
            "event_id": signal.event.id,
            "what": signal.what,
            "en": words::sentence(anomaly, signal, Language::En),
            "zh-CN": words::sentence(anomaly, signal, Language::ZhCn),
        })
    };
    json!({
        "score": round(anomaly.score),
        "threshold": round(anomaly.threshold),
        "once_in_account_days": round(anomaly.once_in),
        "digest": !anomaly.urgent && !anomaly.update,
        "days_known": anomaly.days,
        "calls_known": anomaly.calls,
        "days_learned": anomaly.learned,
        "peers": anomaly.who.trade,
        "signals": anomaly.signals.iter().map(signal).collect::<Vec<_>>(),
    })
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
