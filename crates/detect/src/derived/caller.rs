//! Circumstances of the caller: AWS itself, a second factor, a call that only reads.

use crate::cloudtrail::{Json, Record};
use crate::principal::{Principal, PrincipalKind};

use super::walk;

/// Whether AWS made the call for itself or passed it on for somebody.
pub(super) fn is_aws(record: &Record<'_>) -> bool {
    is_aws_by_identity(record.user_identity())
        || record.source_ip().is_some_and(|source| is_service(&source))
}

/// Whether the identity alone tells so.
pub(super) fn is_aws_by_identity(identity: Option<Json<'_>>) -> bool {
    let text = |key: &str| identity.and_then(|identity| identity.get(key)?.as_str());
    text("type").is_some_and(|kind| kind == "AWSService")
        || text("invokedBy").is_some_and(|service| !service.is_empty())
}

/// Whether a source address is none, but the name of a service.
pub(crate) fn is_service(source: &str) -> bool {
    source == "AWS Internal"
        || source.ends_with(".amazonaws.com")
        || source.ends_with(".amazonaws.com.cn")
}

/// Whether the call only reads.
pub(super) fn only_reads(record: &Record<'_>) -> bool {
    record
        .read_only()
        .unwrap_or_else(|| reads_by_name(&record.event_name()))
}

/// Verbs of calls that change nothing. `Get` leaves out the tokens of STS, which are credentials.
fn reads_by_name(name: &str) -> bool {
    const VERBS: [&str; 10] = [
        "Get", "List", "Describe", "Head", "Lookup", "Search", "BatchGet", "Query", "Scan",
        "Select",
    ];
    let token = name.starts_with("Get") && name.ends_with("Token");
    !token && VERBS.iter().any(|verb| name.starts_with(verb))
}

/// Whether the caller signed in with a second factor; `None` where AWS cannot know.
///
/// Where an identity provider signs people in, the factor is asked for there, and CloudTrail's *No*
/// means no more than that AWS did not ask.
pub(crate) fn used_mfa(record: &Record<'_>) -> Option<bool> {
    let sign_in = record.additional_event_data();
    let sign_in_mfa = sign_in
        .and_then(|data| data.get("MFAUsed"))
        .and_then(yes_or_no);
    let context = record
        .user_identity()
        .and_then(|identity| identity.get("sessionContext"));
    let session_mfa = context
        .and_then(|context| context.at(&["attributes", "mfaAuthenticated"]))
        .and_then(walk::truth);
    if sign_in_mfa == Some(true) || session_mfa == Some(true) {
        return Some(true);
    }
    let known = sign_in_mfa.or(session_mfa)?;
    (!signs_in_elsewhere(record, sign_in_mfa.is_some())).then_some(known)
}

fn yes_or_no(json: Json<'_>) -> Option<bool> {
    match &*json.as_str()? {
        "Yes" => Some(true),
        "No" => Some(false),
        _ => None,
    }
}

/// Whether the caller proves who it is somewhere else than at AWS.
fn signs_in_elsewhere(record: &Record<'_>, is_sign_in: bool) -> bool {
    let by_saml = record
        .additional_event_data()
        .is_some_and(|data| data.get("SamlProviderArn").is_some());
    by_saml
        || match Principal::kind_of(record) {
            PrincipalKind::IdentityCenter
            | PrincipalKind::Federated
            | PrincipalKind::Service
            | PrincipalKind::Anonymous
            | PrincipalKind::Account => true,
            // A role comes to the console only by way of a token that was fetched elsewhere.
            PrincipalKind::AssumedRole => is_sign_in,
            PrincipalKind::IamUser | PrincipalKind::Root | PrincipalKind::Unknown => false,
        }
}
