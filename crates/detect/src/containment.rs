//! What stops whoever is at work, and takes back what was done: `data/containment.yml`, read on first use.
//!
//! A rule knows what was done and brings steps against that; who did it decides what else is to be typed.
//! A key is switched off, a role's sessions are cut off, a person of Identity Center is shut out by the
//! organization, root by nobody but itself. So whatever a rule says about its caller gives way to the steps
//! for the caller's kind, which are the same for all rules.
//!
//! Source: IAM user guide, *Revoke IAM role temporary security credentials* and *Disabling permissions for
//! temporary security credentials*; IAM Identity Center user guide, *Revoke active IAM role sessions*;
//! Organizations user guide, *Service control policies*.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::alert::{Alert, Response};
use crate::cloudtrail::Record;
use crate::guidance::{Guidance, Step};
use crate::partition::Partition;
use crate::principal::{Principal, PrincipalKind};
use crate::shell;

/// The file, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    principals: BTreeMap<String, Vec<Step>>,
    calls: Vec<Chapter>,
}

/// What takes back some calls.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    /// `service CallName`
    of: Vec<String>,
    steps: Vec<Step>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    // A test reads it; whoever runs the program does not see a book that cannot be read.
    yaml_serde::from_str(include_str!("../data/containment.yml")).unwrap_or_else(|_| Book {
        principals: BTreeMap::new(),
        calls: Vec::new(),
    })
});

/// The steps of a rule with this `guidance` that has matched `record`; of a rule without any, those that
/// take back what the call does.
pub(crate) fn of_call<'g>(guidance: &'g Guidance, record: &Record<'_>) -> &'g [Step] {
    if !guidance.response.is_empty() {
        return &guidance.response;
    }
    let source = record.event_source();
    let name = record.plain_event_name();
    let service = source.split('.').next().unwrap_or_default();
    let is_of = |call: &String| call.split_once(' ') == Some((service, &name));
    let mut chapters = BOOK.calls.iter();
    let chapter = chapters.find(|chapter| chapter.of.iter().any(is_of));
    chapter.map_or(&[], |chapter| &chapter.steps)
}

/// What takes back the call in `record`, whatever rule may have matched it; none for most calls.
#[must_use]
pub fn of_record(record: &Record<'_>) -> Vec<Response> {
    let steps = of_call(&Guidance::default(), record).to_vec();
    steps
        .iter()
        .filter_map(|step| Response::of(step, record))
        .collect()
}

/// What stops whoever made the call in `record`; none where nobody can be stopped.
#[must_use]
pub fn of_caller(record: &Record<'_>) -> Vec<Response> {
    let principal = Principal::of(record);
    let (account, region) = (record.account(), record.region());
    Scene {
        who: &principal,
        account: account.as_deref(),
        region: region.as_deref(),
        partition: Partition::of(record),
    }
    .steps()
}

/// Puts what stops the principal of `alert` behind its other steps, in place of what its rule knew of that.
///
/// Done twice is done once.
pub(crate) fn complete(alert: &mut Alert) {
    let holds = of_principal(alert);
    if holds.is_empty() {
        return;
    }
    let who = alert.principal.clone();
    alert
        .response
        .retain(|step| !holds.contains(step) && !is_about_caller(step, &who));
    alert.response.extend(holds);
}

/// What stops the principal of `alert`; none where nobody can be stopped, or the record does not say who.
#[must_use]
pub fn of_principal(alert: &Alert) -> Vec<Response> {
    Scene {
        who: &alert.principal,
        account: alert.account.id.as_deref(),
        region: alert.region.as_deref(),
        partition: alert.partition,
    }
    .steps()
}

/// Who called, and where.
#[derive(Clone, Copy)]
struct Scene<'a> {
    who: &'a Principal,
    account: Option<&'a str>,
    region: Option<&'a str>,
    partition: Partition,
}

impl Scene<'_> {
    fn steps(self) -> Vec<Response> {
        let steps = manner(self).and_then(|manner| BOOK.principals.get(manner));
        let fill = |step| Response::fill(step, self.partition, |place| word(self, place));
        steps.into_iter().flatten().filter_map(fill).collect()
    }
}

/// Whether `step` stops the caller, or looks for what else the caller did.
fn is_about_caller(step: &Response, who: &Principal) -> bool {
    let names = |value: &str| step.command.split([' ', '=']).any(|word| word == value);
    let is = |command: &str| step.command.starts_with(command);
    let by_key = [
        "aws iam update-access-key ",
        "aws cloudtrail lookup-events ",
    ];
    let key = who.access_key_id.as_deref();
    let denies_all = step.command.contains(":policy/AWSDenyAll");
    (key.is_some_and(names) && by_key.into_iter().any(is))
        || (denies_all && names(&shell::quote(&who.name)))
        || step.command.contains("RevokeOlderSessions")
}

/// Which steps fit the principal.
fn manner(scene: Scene<'_>) -> Option<&'static str> {
    let who = scene.who;
    let is_long_lived = |key: &String| key.starts_with("AKIA");
    match who.kind {
        PrincipalKind::IamUser if who.access_key_id.as_ref().is_some_and(is_long_lived) => {
            Some("iam-user-key")
        }
        PrincipalKind::IamUser => Some("iam-user-session"),
        // Roles of AWS's own services cannot be changed.
        PrincipalKind::AssumedRole if who.name.starts_with("AWSServiceRoleFor") => None,
        PrincipalKind::AssumedRole if instance(scene).is_some() => Some("instance-role"),
        PrincipalKind::AssumedRole => Some("role"),
        PrincipalKind::IdentityCenter => Some("identity-center"),
        PrincipalKind::Root => Some("root"),
        PrincipalKind::Federated if user(scene).is_some() => Some("federation-token"),
        PrincipalKind::Federated if who.key.ends_with(":root") => Some("root"),
        PrincipalKind::Federated => Some("federated"),
        PrincipalKind::Service
        | PrincipalKind::Anonymous
        | PrincipalKind::Account
        | PrincipalKind::Unknown => None,
    }
}

/// The instance whose credentials were used: its session is named after it.
fn instance<'a>(scene: Scene<'a>) -> Option<&'a str> {
    let session = scene.who.session.as_deref()?;
    let digits = session.strip_prefix("i-")?;
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    ((8..=17).contains(&digits.len()) && is_hex).then_some(session)
}

/// Whether a user, a role or a session can have this name. Whatever else stands in its place was forged, and in a
/// policy a wildcard would stand for everybody.
///
/// Source: IAM user guide, *IAM and AWS STS quotas*; STS API reference, `AssumeRole`, `RoleSessionName`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

/// The user who made a federation token, by the last part of the key.
fn user<'a>(scene: Scene<'a>) -> Option<&'a str> {
    let (_, path) = scene.who.key.split_once(":user/")?;
    path.rsplit('/').next()
}

/// What stands for a place in a step.
fn word<'a>(scene: Scene<'a>, place: &str) -> Vec<Cow<'a, str>> {
    let who = scene.who;
    let value = match place {
        "name" => Some(who.name.as_str()),
        "key" => who.access_key_id.as_deref(),
        // Sessions of Identity Center are named after the person.
        "session" if who.kind == PrincipalKind::IdentityCenter => Some(match is_name(&who.name) {
            true => &who.name,
            false => "<session>",
        }),
        "session" => instance(scene),
        "user" => user(scene),
        "account" => who.account.as_deref().or(scene.account),
        "region" => scene.region,
        _ => None,
    };
    value.map(Cow::Borrowed).into_iter().collect()
}

#[cfg(test)]
mod tests;
