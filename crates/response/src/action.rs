//! What a step of a plan does: five kinds, each a call, the call that takes it back, and what is looked at first.
//!
//! A policy of ours bears the name of its plan, so that what takes it back takes back nothing else; and a call
//! that was made is harmless when it is made again.
//!
//! Source: IAM API reference, *UpdateAccessKey*, *PutUserPolicy*, *PutRolePolicy*; IAM user guide, *Revoke IAM role
//! temporary security credentials*; CloudTrail API reference, *StartLogging*; EC2 API reference,
//! *RevokeSecurityGroupIngress*.

use detect::target::Opening;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Service};

/// What the names of our policies begin with.
pub const POLICY: &str = "TrailhoundContain-";

/// Somebody who can have a policy of his own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// A user, by name.
    User(String),
    /// A role, by name.
    Role(String),
}

impl Holder {
    fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Role(name) => name,
        }
    }

    /// `Put…Policy` with `…` as the service spells it, and the name of its parameter.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::User(_) => ("User", "UserName"),
            Self::Role(_) => ("Role", "RoleName"),
        }
    }
}

/// The kinds of steps, by the names that settings have for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An access key is switched off.
    DisableAccessKey,
    /// A user is denied everything.
    QuarantineUser,
    /// A role is denied everything, its future sessions too.
    QuarantineRole,
    /// The sessions of a role that are open are cut off.
    RevokeSessions,
    /// A trail that was stopped goes on.
    RestartTrail,
    /// A port that was opened to everybody is closed.
    ClosePort,
}

impl Kind {
    /// All of them, in the order in which a plan has them.
    pub const ALL: [Self; 6] = [
        Self::RestartTrail,
        Self::DisableAccessKey,
        Self::QuarantineUser,
        Self::RevokeSessions,
        Self::QuarantineRole,
        Self::ClosePort,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DisableAccessKey => "disable-access-key",
            Self::QuarantineUser => "quarantine-user",
            Self::QuarantineRole => "quarantine-role",
            Self::RevokeSessions => "revoke-sessions",
            Self::RestartTrail => "restart-trail",
            Self::ClosePort => "close-port",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Switches an access key off.
    DisableAccessKey {
        /// Whose it is.
        user: String,
        /// Its id.
        key: String,
    },
    /// Denies everything.
    Quarantine {
        /// To whom.
        to: Holder,
        /// The name of the policy.
        policy: String,
    },
    /// Denies everything to sessions that were opened before a moment.
    RevokeSessions {
        /// Of which role, by name.
        role: String,
        /// The name of the policy.
        policy: String,
        /// The moment: when the call is made.
        before: Timestamp,
    },
    /// Lets a trail go on.
    RestartTrail {
        /// Its name or ARN.
        trail: String,
        /// Where it was stopped.
        region: String,
    },
    /// Takes a rule out of a security group.
    ClosePort {
        /// The group's id.
        group: String,
        /// Where it is.
        region: String,
        /// The rule.
        opening: Opening,
    },
}

/// What is looked at before a step, by a call that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Who it is about, by the ARN that IAM has for the name.
    Holder(Call),
    /// Whether a key is switched on: its id, and the call that lists it.
    Key(String, Call),
    /// Whether a trail goes on.
    Trail(Call),
}

impl Look {
    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        match self {
            Self::Holder(call) | Self::Key(_, call) | Self::Trail(call) => call,
        }
    }
}

/// How a step is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// By a call of ours.
    Call(Call),
    /// By a person alone, who makes this call: we have no right to, and want none.
    ByHand(Call),
}

impl Undo {
    /// The call, whoever makes it.
    #[must_use]
    pub fn call(&self) -> &Call {
        match self {
            Self::Call(call) | Self::ByHand(call) => call,
        }
    }
}

impl Action {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::DisableAccessKey { .. } => Kind::DisableAccessKey,
            Self::Quarantine {
                to: Holder::User(_),
                ..
            } => Kind::QuarantineUser,
            Self::Quarantine {
                to: Holder::Role(_),
                ..
            } => Kind::QuarantineRole,
            Self::RevokeSessions { .. } => Kind::RevokeSessions,
            Self::RestartTrail { .. } => Kind::RestartTrail,
            Self::ClosePort { .. } => Kind::ClosePort,
        }
    }

    /// The same, as it is when it is done at `now`: sessions are cut off that are open by then.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        let mut action = self.clone();
        if let Self::RevokeSessions { before, .. } = &mut action {
            *before = now;
        }
        action
    }

    /// The call that does it.
    #[must_use]
    pub fn call(&self) -> Call {
        match self {
            Self::DisableAccessKey { user, key } => switch(user, key, "Inactive"),
            Self::Quarantine { to, policy } => put(to, policy, &deny("")),
            Self::RevokeSessions {
                role,
                policy,
                before,
            } => {
                let moment = before.strftime("%Y-%m-%dT%H:%M:%SZ");
                let older = format!(
                    r#","Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{moment}"}}}}"#
                );
                put(&Holder::Role(role.clone()), policy, &deny(&older))
            }
            Self::RestartTrail { trail, region } => of_trail("StartLogging", trail, region),
            Self::ClosePort {
                group,
                region,
                opening,
            } => of_rule("RevokeSecurityGroupIngress", group, region, opening),
        }
    }

    /// What takes it back.
    #[must_use]
    pub fn undo(&self) -> Undo {
        let call = match self {
            Self::DisableAccessKey { user, key } => switch(user, key, "Active"),
            Self::Quarantine { to, policy } => delete(to, policy),
            Self::RevokeSessions { role, policy, .. } => {
                delete(&Holder::Role(role.clone()), policy)
            }
            // Whoever may stop trails can blind us: this right we leave to people.
            Self::RestartTrail { trail, region } => {
                return Undo::ByHand(of_trail("StopLogging", trail, region));
            }
            Self::ClosePort {
                group,
                region,
                opening,
            } => of_rule("AuthorizeSecurityGroupIngress", group, region, opening),
        };
        Undo::Call(call)
    }

    /// What is looked at before it is done.
    #[must_use]
    pub fn looks(&self) -> Vec<Look> {
        let holder = |holder: &Holder| {
            let (kind, parameter) = holder.words();
            Look::Holder(Call::new(
                Service::Iam,
                IAM,
                &format!("Get{kind}"),
                [(parameter, holder.name())],
            ))
        };
        match self {
            Self::DisableAccessKey { user, key } => {
                let list = Call::new(Service::Iam, IAM, "ListAccessKeys", [("UserName", user)]);
                let user = Holder::User(user.clone());
                vec![holder(&user), Look::Key(key.clone(), list)]
            }
            Self::Quarantine { to, .. } => vec![holder(to)],
            Self::RevokeSessions { role, .. } => vec![holder(&Holder::Role(role.clone()))],
            Self::RestartTrail { trail, region } => {
                vec![Look::Trail(of_trail("GetTrailStatus", trail, region))]
            }
            // The rule itself would tell, but only its removal tells it in the same moment.
            Self::ClosePort { .. } => Vec::new(),
        }
    }

    /// The ARNs, or patterns of them without a path, of what it changes.
    #[must_use]
    pub fn resource(&self, partition: &str, account: &str) -> String {
        let iam = format!("arn:{partition}:iam::{account}");
        match self {
            Self::DisableAccessKey { user, .. }
            | Self::Quarantine {
                to: Holder::User(user),
                ..
            } => format!("{iam}:user/{user}"),
            Self::Quarantine {
                to: Holder::Role(role),
                ..
            }
            | Self::RevokeSessions { role, .. } => format!("{iam}:role/{role}"),
            Self::RestartTrail { trail, .. } if trail.starts_with("arn:") => trail.clone(),
            Self::RestartTrail { trail, region } => {
                format!("arn:{partition}:cloudtrail:{region}:{account}:trail/{trail}")
            }
            Self::ClosePort { group, region, .. } => {
                format!("arn:{partition}:ec2:{region}:{account}:security-group/{group}")
            }
        }
    }
}

/// IAM has no regions: whoever makes the call knows the one that signatures name.
const IAM: &str = "";

fn switch(user: &str, key: &str, status: &str) -> Call {
    let parameters = [("UserName", user), ("AccessKeyId", key), ("Status", status)];
    Call::new(Service::Iam, IAM, "UpdateAccessKey", parameters)
}

fn deny(condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*"{condition}}}]}}"#
    )
}

fn put(to: &Holder, policy: &str, document: &str) -> Call {
    let (kind, parameter) = to.words();
    let parameters = [
        (parameter, to.name()),
        ("PolicyName", policy),
        ("PolicyDocument", document),
    ];
    Call::new(Service::Iam, IAM, &format!("Put{kind}Policy"), parameters)
}

fn delete(from: &Holder, policy: &str) -> Call {
    let (kind, parameter) = from.words();
    let parameters = [(parameter, from.name()), ("PolicyName", policy)];
    Call::new(
        Service::Iam,
        IAM,
        &format!("Delete{kind}Policy"),
        parameters,
    )
}

fn of_trail(action: &str, trail: &str, region: &str) -> Call {
    Call::new(Service::CloudTrail, region, action, [("Name", trail)])
}

fn of_rule(action: &str, group: &str, region: &str, opening: &Opening) -> Call {
    let number = |port: Option<i32>| port.map(|port| port.to_string());
    let range = match opening.is_ipv6() {
        true => "IpPermissions.1.Ipv6Ranges.1.CidrIpv6",
        false => "IpPermissions.1.IpRanges.1.CidrIp",
    };
    let parameters = [
        ("GroupId", group),
        ("IpPermissions.1.IpProtocol", &opening.protocol),
    ];
    Call::new(Service::Ec2, region, action, parameters)
        .and("IpPermissions.1.FromPort", number(opening.from_port))
        .and("IpPermissions.1.ToPort", number(opening.to_port))
        .and(range, Some(opening.range.clone()))
}

impl Action {
    /// What names the thing that it is done to, the same in every plan.
    #[must_use]
    pub fn mark(&self) -> String {
        let of = match self {
            Self::DisableAccessKey { key, .. } => key.clone(),
            Self::Quarantine { to, .. } => to.name().to_lowercase(),
            Self::RevokeSessions { role, .. } => role.to_lowercase(),
            Self::RestartTrail { trail, region } => format!("{region} {trail}"),
            Self::ClosePort {
                group,
                region,
                opening,
            } => format!("{region} {group} {opening:?}"),
        };
        format!("{} {of}", self.kind().as_str())
    }
}
