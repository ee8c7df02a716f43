//! Alerts as Detection Findings of the Open Cybersecurity Schema Framework, for security lakes.
//!
//! Source: OCSF 1.3.0, class 2004 with the `cloud` profile, <https://schema.ocsf.io/1.3.0>.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::attack;
use sigma::Level;

use crate::alert::{Alert, EventRef, Kind};
use crate::language::Language;
use crate::principal::PrincipalKind;

/// The version of the schema that findings conform to.
pub const VERSION: &str = "1.3.0";

/// `alert` as a Detection Finding; `product_version` is that of the program.
#[must_use]
pub fn detection_finding(alert: &Alert, language: Language, product_version: &str) -> Value {
    let (severity_id, severity) = severity(alert.level);
    without_empty(json!({
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200_401,
        "type_name": "Detection Finding: Create",
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "time": millis(alert.time),
        "start_time": millis(alert.first_time),
        "end_time": millis(alert.last_time),
        "count": alert.event_count,
        "message": alert.summary.to(language),
        "metadata": metadata(alert, product_version),
        "cloud": {
            "provider": "AWS",
            "region": alert.region,
            "account": account(alert.account.id.as_deref(), alert.account.name.as_deref()),
        },
        "finding_info": finding_info(alert, language),
        "evidences": alert.events.iter().map(|event| evidence(alert, event)).collect::<Value>(),
        "observables": observables(alert),
        "remediation": remediation(alert, language),
    }))
}

fn severity(level: Level) -> (u8, &'static str) {
    match level {
        Level::Informational => (1, "Informational"),
        Level::Low => (2, "Low"),
        Level::Medium => (3, "Medium"),
        Level::High => (4, "High"),
        Level::Critical => (5, "Critical"),
    }
}

fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn metadata(alert: &Alert, product_version: &str) -> Value {
    json!({
        "version": VERSION,
        "profiles": ["cloud"],
        "uid": alert.id,
        "event_code": alert.rule.id,
        "log_name": "CloudTrail",
        "log_provider": "AWS",
        "product": {
            "name": "Trailhound",
            "vendor_name": "Trailhound",
            "version": product_version,
        },
    })
}

fn account(uid: Option<&str>, name: Option<&str>) -> Value {
    match uid {
        Some(uid) => json!({"uid": uid, "name": name, "type": "AWS Account", "type_id": 10}),
        None => Value::Null,
    }
}

fn finding_info(alert: &Alert, language: Language) -> Value {
    let (type_id, analytic) = match alert.rule.kind {
        Kind::Rule | Kind::Correlation | Kind::Watch => (1, "Rule"),
        Kind::Anomaly => (2, "Behavioral"),
    };
    json!({
        "uid": alert.id,
        "title": alert.rule.title_in(language),
        "desc": alert.summary.to(language),
        "created_time": millis(alert.time),
        "first_seen_time": millis(alert.first_time),
        "last_seen_time": millis(alert.last_time),
        "data_sources": ["CloudTrail"],
        "types": alert.rule.tags,
        "analytic": {
            "uid": alert.rule.id,
            "name": alert.rule.title,
            "version": alert.rule.version,
            "type": analytic,
            "type_id": type_id,
        },
        "attacks": attack::attacks(&alert.rule.tags),
    })
}

fn evidence(alert: &Alert, event: &EventRef) -> Value {
    json!({
        "actor": actor(alert),
        "api": {
            "operation": event.event_name,
            "service": {"name": event.event_source},
            "response": {"error": event.error_code},
        },
        "src_endpoint": src_endpoint(alert),
        "data": {
            "event_id": event.event_id,
            "event_time": event.event_time,
            "log_file": event.log_file,
        },
    })
}

fn actor(alert: &Alert) -> Value {
    let who = &alert.principal;
    let (type_id, kind) = user_type(who.kind);
    json!({
        "user": {
            "name": who.name,
            "uid": who.arn.as_ref().unwrap_or(&who.key),
            "uid_alt": who.key,
            "credential_uid": who.access_key_id,
            "type_id": type_id,
            "type": kind,
            "account": account(who.account.as_deref(), None),
        },
        "session": {"uid": who.session, "issuer": who.session.as_ref().map(|_| &who.key)},
    })
}

fn user_type(kind: PrincipalKind) -> (u8, &'static str) {
    match kind {
        PrincipalKind::IamUser | PrincipalKind::IdentityCenter => (1, "User"),
        PrincipalKind::Root => (2, "Admin"),
        PrincipalKind::Service => (3, "System"),
        PrincipalKind::Unknown => (0, "Unknown"),
        other => (99, other.as_str()),
    }
}

/// CloudTrail writes an address, or the name of the AWS service that called.
fn src_endpoint(alert: &Alert) -> Value {
    match alert.source.ip.as_deref() {
        Some(ip) if ip.parse::<IpAddr>().is_ok() => json!({"ip": ip}),
        service => json!({"svc_name": service}),
    }
}

fn observables(alert: &Alert) -> Value {
    let ip = alert
        .source
        .ip
        .as_deref()
        .filter(|ip| ip.parse::<IpAddr>().is_ok());
    let found = [
        ("evidences.src_endpoint.ip", 2, "IP Address", ip),
        (
            "evidences.actor.user.name",
            4,
            "User Name",
            Some(alert.principal.name.as_str()),
        ),
        (
            "evidences.actor.user.credential_uid",
            19,
            "User Credential ID",
            alert.principal.access_key_id.as_deref(),
        ),
        (
            "user_agent",
            16,
            "HTTP User-Agent",
            alert.source.user_agent.as_deref(),
        ),
    ];
    found
        .into_iter()
        .filter_map(|(name, id, kind, value)| {
            value.map(|value| json!({"name": name, "type_id": id, "type": kind, "value": value}))
        })
        .collect()
}

fn remediation(alert: &Alert, language: Language) -> Value {
    if alert.response.is_empty() {
        return Value::Null;
    }
    let steps = alert
        .response
        .iter()
        .map(|step| format!("{}: {}", step.title.to(language), step.command));
    json!({"desc": steps.collect::<Vec<_>>().join("\n")})
}

/// OCSF has no nulls: what is not known is left out, and so is what holds nothing else.
fn without_empty(value: Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(members) => members.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(fields) => {
            let kept = fields
                .into_iter()
                .map(|(key, value)| (key, without_empty(value)));
            kept.filter(|(_, value)| !empty(value)).collect()
        }
        Value::Array(members) => members
            .into_iter()
            .map(without_empty)
            .filter(|value| !empty(value))
            .collect(),
        other => other,
    }
}
