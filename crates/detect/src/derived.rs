//! Derived fields: what a rule may ask about a record beyond what CloudTrail wrote.
//!
//! All stand under the prefix `trailhound.`; [`FIELDS`] is their documentation. A field is computed
//! when a rule asks for it and costs nothing otherwise. Work is bounded whatever a request holds
//! (see [`walk`]), and nothing here panics.
//!
//! `grants`, `opens` and `shares` tell what was *asked for*, so that a denied attempt can be judged
//! too; a rule that wants the deed adds `trailhound.outcome: success`.

mod caller;
mod condition;
mod denials;
mod grants;
mod opens;
mod policy;
mod shares;
mod walk;

pub(crate) use self::opens::is_world;

use std::borrow::Cow;
use std::collections::BTreeSet;

use sigma::Known;
use sigma::event::Value;

use crate::cloudtrail::{Json, Record};
use crate::outcome::Outcome;
use crate::principal::{Identity, Principal};
use crate::tool::{Tool, ToolClass};

/// The documentation of one derived field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedField {
    /// The path, such as `trailhound.outcome`.
    pub path: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// The values it may have, in words.
    pub values: &'static str,
    /// The values it may have, where they can be listed; a trailing `*` stands for anything.
    pub closed: &'static [&'static str],
}

/// What the path of every derived field begins with.
pub const PREFIX: &str = "trailhound.";

/// The derived field that tells who made a call.
pub const PRINCIPAL_KEY: &str = "trailhound.principal.key";

/// The derived field that tells who stands behind a call, in correlations through every role assumed.
pub const ACTOR: &str = "trailhound.actor";

impl DerivedField {
    /// The path without [`PREFIX`].
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.strip_prefix(PREFIX).unwrap_or(self.path)
    }

    /// Whether the field can have `value`, in any case; true of all where the values are not listed.
    #[must_use]
    pub fn can_be(&self, value: &str) -> bool {
        let value = value.to_ascii_lowercase();
        let fits = |known: &&str| match known.strip_suffix('*') {
            Some(start) => value.starts_with(start),
            None => value == **known,
        };
        self.closed.is_empty() || self.closed.iter().any(fits)
    }
}

/// Every derived field, in the order of the documentation.
pub const FIELDS: &[DerivedField] = &[
    DerivedField {
        path: PRINCIPAL_KEY,
        meaning: "Who made the call, the same in every session: the role, not the session.",
        values: "an ARN such as `arn:aws:iam::111122223333:role/Deploy`, a service name, `anonymous`, …",
        closed: &[],
    },
    DerivedField {
        path: "trailhound.principal.kind",
        meaning: "What kind of principal made the call.",
        values: "`iam-user`, `assumed-role`, `root`, `service`, `federated`, `identity-center`, `anonymous`, `account`, `unknown`",
        closed: &[
            "iam-user",
            "assumed-role",
            "root",
            "service",
            "federated",
            "identity-center",
            "anonymous",
            "account",
            "unknown",
        ],
    },
    DerivedField {
        path: "trailhound.principal.name",
        meaning: "What people call the principal.",
        values: "the name of the user, role or service, or the federated subject",
        closed: &[],
    },
    DerivedField {
        path: ACTOR,
        meaning: "Who stands behind the call. In `group-by` of a correlation, the one who began: through every role that was assumed by a role. In a rule, what the record alone tells.",
        values: "`key:` and the access key of a role's session; for others as `trailhound.principal.key`",
        closed: &[],
    },
    DerivedField {
        path: "trailhound.outcome",
        meaning: "Whether the call worked, sign-ins included.",
        values: "`success`, `failure`",
        closed: &["success", "failure"],
    },
    DerivedField {
        path: "trailhound.denial",
        meaning: "What stood in the way of a call that failed; absent if it worked.",
        values: "`scp`, `rcp`, `boundary`, `policy`, `resource-policy`, `session-policy`, `endpoint-policy`, `mfa`, `credentials`, `not-found`, `conflict`, `invalid`, `throttled`, `dry-run`, `other`",
        closed: &[
            "scp",
            "rcp",
            "boundary",
            "policy",
            "resource-policy",
            "session-policy",
            "endpoint-policy",
            "mfa",
            "credentials",
            "not-found",
            "conflict",
            "invalid",
            "throttled",
            "dry-run",
            "other",
        ],
    },
    DerivedField {
        path: "trailhound.eventName",
        meaning: "The name of the API without a version suffix, `CreateFunction` for `CreateFunction20150331`.",
        values: "an API name",
        closed: &[],
    },
    DerivedField {
        path: "trailhound.tool",
        meaning: "The tool that the user agent names, which anyone can forge; absent if it names none that is known.",
        values: "`aws-cli`, `boto3`, `terraform`, `console`, `aws-service`, `pacu`, …",
        closed: &[],
    },
    DerivedField {
        path: "trailhound.tool.class",
        meaning: "What the use of that tool says about the caller.",
        values: "`ordinary`, `unusual-os`, `dual-use`, `attack`",
        closed: &["ordinary", "unusual-os", "dual-use", "attack"],
    },
    DerivedField {
        path: "trailhound.calledByAws",
        meaning: "Whether AWS itself made the call, or passed it on for somebody; AWS writes this, the caller cannot.",
        values: "`true`, `false`",
        closed: &["true", "false"],
    },
    DerivedField {
        path: "trailhound.readOnly",
        meaning: "Whether the call only reads; told by the verb of its name where the record does not say.",
        values: "`true`, `false`",
        closed: &["true", "false"],
    },
    DerivedField {
        path: "trailhound.mfa",
        meaning: "Whether the caller signed in with a second factor; absent where AWS cannot know, as with federated and Identity Center sign-ins, access keys of users, and services.",
        values: "`true`, `false`",
        closed: &["true", "false"],
    },
    DerivedField {
        path: "trailhound.grants",
        meaning: "What the policies, ACLs and permissions in the request give away, less what an unconditional Deny beside them takes back; absent if nothing of note.",
        values: "a list of `public` (everybody, not narrowed to an organization, account, network or source), `account:<id>` (another account), `admin` (everything on everything), `iam-admin` (all of IAM, one step from `admin`), `pass-role` (any role), `wildcard-action` (all of a service, or all but some), `not-principal`",
        closed: &[
            "public",
            "account:*",
            "admin",
            "iam-admin",
            "pass-role",
            "wildcard-action",
            "not-principal",
        ],
    },
    DerivedField {
        path: "trailhound.opens",
        meaning: "What a security group or network ACL change lets in from everywhere, where everywhere is any range of /0 to /4; absent if nothing.",
        values: "a list of `world`, `world:all` (every port), `world:<port>` for each of the ports of administration and data services",
        closed: &["world", "world:*"],
    },
    DerivedField {
        path: "trailhound.shares",
        meaning: "With whom a snapshot, image, document or resource share is shared; absent if with nobody outside.",
        values: "a list of `public`, `account:<id>` (another account)",
        closed: &["public", "account:*"],
    },
];

/// The derived field `name` (without the prefix `trailhound.`) of `record`; absent where it does not
/// apply, and for names that are not in [`FIELDS`].
#[must_use]
pub fn field<'a>(record: &Record<'a>, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "principal.key" => Value::Str(Principal::key_of(record)),
        "principal.kind" => plain(Principal::kind_of(record).as_str()),
        "principal.name" => Value::Str(Principal::name_of(record)),
        "actor" => Value::Str(crate::correlation::actor(record).into()),
        "outcome" => plain(Outcome::of(record).as_str()),
        "denial" => plain(Outcome::of(record).denial()?.as_str()),
        "eventName" => Value::Str(record.plain_event_name()),
        "tool" => plain(Tool::of(record)?.name),
        "tool.class" => plain(Tool::of(record)?.class.as_str()),
        "calledByAws" => Value::Bool(caller::is_aws(record)),
        "readOnly" => Value::Bool(caller::only_reads(record)),
        "mfa" => Value::Bool(caller::used_mfa(record)?),
        "grants" => list(grants::of(record))?,
        "opens" => list(opens::of(record))?,
        "shares" => list(shares::of(record))?,
        _ => return None,
    })
}

/// The derived fields that often follow from the user agent alone.
pub(crate) const OF_USER_AGENT: [&str; 2] = ["trailhound.tool", "trailhound.tool.class"];

/// What this user agent tells of each of [`OF_USER_AGENT`].
pub(crate) fn of_user_agent(agent: Option<Json<'_>>) -> Vec<Known<'_>> {
    let agent = agent.and_then(Json::as_str);
    let told = match agent.and_then(|agent| Tool::from_user_agent(&agent)) {
        None => [Known::Absent, Known::Absent],
        // Whether it is the console's, other fields tell; ordinary it is either way.
        Some(tool) if tool.name == "browser" => match tool.class {
            ToolClass::Ordinary => [Known::Unknown, Known::Value(plain(tool.class.as_str()))],
            _ => [Known::Unknown, Known::Unknown],
        },
        Some(tool) => [
            Known::Value(plain(tool.name)),
            Known::Value(plain(tool.class.as_str())),
        ],
    };
    told.into()
}

/// The kind of principal.
pub(crate) const PRINCIPAL_KIND: &str = "trailhound.principal.kind";

/// Whether AWS called. Of the identity and the address each may tell that it did; if neither does, it did
/// not.
pub(crate) const CALLED_BY_AWS: &str = "trailhound.calledByAws";

/// The derived fields that mostly follow from the identity alone.
pub(crate) const OF_IDENTITY: [&str; 4] = [
    PRINCIPAL_KEY,
    PRINCIPAL_KIND,
    "trailhound.principal.name",
    CALLED_BY_AWS,
];

/// What this identity tells of each of [`OF_IDENTITY`].
pub(crate) fn of_identity(block: Option<Json<'_>>) -> Vec<Known<'_>> {
    let identity = Identity::alone(block);
    let who = identity.who();
    let known = |value, stands_alone| match stands_alone {
        true => Known::Value(value),
        false => Known::Unknown,
    };
    let alone = !identity.has_asked_beyond();
    let kind_alone = !identity.has_asked_beyond_for_kind();
    vec![
        known(Value::Str(who.key), alone),
        known(plain(who.kind.as_str()), kind_alone),
        known(Value::Str(who.name), alone),
        true_or_unknown(caller::is_aws_by_identity(block)),
    ]
}

/// The derived field that may follow from the source address alone.
pub(crate) const OF_ADDRESS: [&str; 1] = [CALLED_BY_AWS];

/// What this address tells of [`OF_ADDRESS`].
pub(crate) fn of_address(address: Option<Json<'_>>) -> Vec<Known<'_>> {
    let address = address.and_then(Json::as_str);
    let by_service = address.is_some_and(|address| is_service_address(&address));
    vec![true_or_unknown(by_service)]
}

fn true_or_unknown(truth: bool) -> Known<'static> {
    if truth {
        Known::Value(Value::Bool(true))
    } else {
        Known::Unknown
    }
}

/// What a request gives away, opens or shares: sorted, each once.
pub(crate) type Tags = BTreeSet<Cow<'static, str>>;

pub(crate) use caller::is_aws as by_aws;
pub(crate) use caller::is_service as is_service_address;
pub(crate) use caller::used_mfa as mfa;
pub(crate) use grants::of as grants;
pub(crate) use opens::of as opens;
pub(crate) use shares::of as shares;

fn plain(text: &'static str) -> Value<'static> {
    Value::Str(text.into())
}

fn list(tags: Tags) -> Option<Value<'static>> {
    (!tags.is_empty()).then(|| Value::List(tags.into_iter().map(Value::Str).collect()))
}

#[cfg(test)]
mod tests;
