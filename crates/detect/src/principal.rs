//! Who made a call, answered so that the answer outlives the session.
//!
//! [`UserIdentity`](crate::cloudtrail::Record::user_identity) is what the record says; a
//! [`Principal`] is our answer to *who*. Baselines, windows and deduplication stand on its key, so
//! the key never holds anything that changes from one session to the next or that the caller may
//! choose freely. The forms of the key:
//!
//! | who | key |
//! |---|---|
//! | IAM user | `arn:aws:iam::111122223333:user/path/maria` |
//! | role session | `arn:aws:iam::111122223333:role/path/Deploy`; without the path where the record lacks the session issuer |
//! | Identity Center, in an account | `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admins/maria@example.com`: the permission set's role without region and hash, then the user |
//! | Identity Center, itself | `arn:aws:identitystore::111122223333:identitystore/d-1234567890/user/<user id>` |
//! | root | `arn:aws:iam::111122223333:root` |
//! | `GetFederationToken` session | the user or root whose key made it, for the name is the caller's choice |
//! | web identity, SAML | `federated:<provider>:<subject>`; of GitHub, GitLab and the like the repository without branch or environment |
//! | AWS service | its name, `cloudtrail.amazonaws.com` |
//! | caller of another account | `account:444455556666:<unique id>`, or without the id where S3 hides it |
//! | nobody | `anonymous` |
//! | anything else | its ARN, or `unknown:<account>`, or `unknown` |
//!
//! Source: CloudTrail user guide, *CloudTrail userIdentity element*; IAM user guide, *IAM
//! identifiers* and *Example CloudTrail log files*.

mod identity;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub(crate) use self::identity::Identity;
use crate::cloudtrail::Record;

/// The one who made a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Stable across sessions; see the [module](self) for its forms. Never empty.
    pub key: String,
    /// What kind of principal this is.
    pub kind: PrincipalKind,
    /// The ARN as the record wrote it, session included.
    pub arn: Option<String>,
    /// What people call it: the user, role or service name, or the federated subject. Never empty.
    pub name: String,
    /// The session name, which whoever assumes a role may choose.
    pub session: Option<String>,
    /// The access key the call was signed with.
    pub access_key_id: Option<String>,
    /// The account the principal belongs to.
    pub account: Option<String>,
    /// The source identity, which is set once and then kept through a chain of roles.
    pub source_identity: Option<String>,
}

/// What kind of principal made a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A user of IAM.
    IamUser,
    /// A role, through one of its sessions.
    AssumedRole,
    /// The root user of an account.
    Root,
    /// An AWS service, for itself.
    Service,
    /// A subject of an outside identity provider, or a `GetFederationToken` session.
    Federated,
    /// A person of IAM Identity Center.
    IdentityCenter,
    /// Nobody: the call was not signed.
    Anonymous,
    /// Somebody of another account, whose identity stays there.
    Account,
    /// The record does not say.
    Unknown,
}

impl PrincipalKind {
    /// The name, as in alerts and rules: `iam-user`, `assumed-role`, …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IamUser => "iam-user",
            Self::AssumedRole => "assumed-role",
            Self::Root => "root",
            Self::Service => "service",
            Self::Federated => "federated",
            Self::IdentityCenter => "identity-center",
            Self::Anonymous => "anonymous",
            Self::Account => "account",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for PrincipalKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Principal {
    /// Who made the call in `record`. Every record has an answer, be it [`PrincipalKind::Unknown`].
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        let identity = Identity::of(record);
        let who = identity.who();
        Self {
            account: identity.account().map(Cow::into_owned),
            arn: identity.arn.map(Cow::into_owned),
            access_key_id: identity.access_key_id.map(Cow::into_owned),
            source_identity: identity.source_identity.map(Cow::into_owned),
            key: who.key.into_owned(),
            kind: who.kind,
            name: who.name.into_owned(),
            session: who.session.map(Cow::into_owned),
        }
    }

    /// The key alone; for most records borrowed from their text.
    #[must_use]
    pub fn key_of<'a>(record: &Record<'a>) -> Cow<'a, str> {
        Identity::of(record).who().key
    }

    /// The access key alone, as written.
    #[must_use]
    pub fn access_key_of<'a>(record: &Record<'a>) -> Option<Cow<'a, str>> {
        record.user_identity()?.get("accessKeyId")?.as_str()
    }

    /// The kind alone.
    #[must_use]
    pub fn kind_of(record: &Record<'_>) -> PrincipalKind {
        Identity::of(record).who().kind
    }

    /// The name alone.
    #[must_use]
    pub fn name_of<'a>(record: &Record<'a>) -> Cow<'a, str> {
        Identity::of(record).who().name
    }

    /// The permission set by which a person of Identity Center came into this account.
    #[must_use]
    pub fn permission_set(&self) -> Option<&str> {
        let (_, rest) = self.key.split_once(identity::PERMISSION_SET_ROLE)?;
        Some(rest.split_once('/').map_or(rest, |(set, _)| set))
    }
}

#[cfg(test)]
mod tests;
