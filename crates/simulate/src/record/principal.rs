//! Names and ids of principals, and the parts of `userIdentity` that are made of them.

use super::caller::Session;
use super::ids;
use crate::cast::Account;
use crate::clock;
use crate::rng::{Rng, number_of};

/// The access key id of `owner`; `generation` tells keys of one owner apart.
pub(crate) fn access_key(prefix: &str, owner: &str, generation: u64) -> String {
    let mut rng = Rng::about(number_of(owner), &[number_of(prefix), generation]);
    let mut key = Vec::new();
    ids::write_access_key(&mut key, prefix, &mut rng);
    String::from_utf8_lossy(&key).into_owned()
}

/// The unique id of a user (`AIDA`) or role (`AROA`), which outlives its sessions.
pub(crate) fn principal_id(prefix: &str, name: &str) -> String {
    access_key(prefix, name, u64::MAX).replacen("EXAMPLE", "EXAMPLE1", 1)
}

pub(super) fn user_arn(account: &Account, name: &str) -> String {
    format!("arn:aws:iam::{}:user/{name}", account.id)
}

pub(super) fn session_arn(account: &Account, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{}:assumed-role/{role}/{session}", account.id)
}

pub(super) fn user_head(account: &Account, name: &str) -> String {
    let (id, arn) = (account.id, user_arn(account, name));
    let principal = principal_id("AIDA", name);
    format!(r#"{{"type":"IAMUser","principalId":"{principal}","arn":"{arn}","accountId":"{id}""#)
}

/// The block of a role session without its closing brace.
pub(super) fn role_identity(
    account: &Account,
    path: &str,
    role: &str,
    session: Session<'_>,
) -> String {
    let id = account.id;
    let principal = principal_id("AROA", role);
    let key = access_key("ASIA", session.name, session.started as u64);
    let (name, arn) = (session.name, session_arn(account, role, session.name));
    let attributes = attributes(session);
    format!(
        r#"{{"type":"AssumedRole","principalId":"{principal}:{name}","arn":"{arn}","accountId":"{id}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{principal}","arn":"arn:aws:iam::{id}:role{path}{role}","accountId":"{id}","userName":"{role}"}},{attributes}}}"#
    )
}

pub(super) fn attributes(session: Session<'_>) -> String {
    let mut started = Vec::with_capacity(20);
    clock::write_time(&mut started, session.started);
    let started = String::from_utf8_lossy(&started);
    let mfa = session.mfa;
    format!(r#""attributes":{{"creationDate":"{started}","mfaAuthenticated":"{mfa}"}}"#)
}
