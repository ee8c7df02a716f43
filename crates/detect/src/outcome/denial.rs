//! What stood in the way of a call, told from error code and message.
//!
//! AWS says *why* only in the prose of `errorMessage`, whose phrases are documented. A message also
//! quotes what the caller chose (session and object names), so only its last phrase counts.
//!
//! Source: IAM user guide, *Troubleshoot access denied error messages*; EC2 API reference, *Error
//! codes*.

use serde::{Deserialize, Serialize};

use crate::language::{Language, Words, words};

/// What stood in the way of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denial {
    /// A service control policy of the organization.
    Scp,
    /// A resource control policy of the organization.
    Rcp,
    /// A permissions boundary.
    Boundary,
    /// The caller's own policies, or a denial that AWS does not explain.
    Policy,
    /// The policy of the resource, or the trust policy of a role.
    ResourcePolicy,
    /// The policy handed in when the session was made.
    SessionPolicy,
    /// The policy of a VPC endpoint.
    EndpointPolicy,
    /// Multi-factor authentication was missing or failed.
    Mfa,
    /// The credentials were wrong, expired or disabled.
    Credentials,
    /// What was asked for does not exist.
    NotFound,
    /// It exists already, or is in use.
    Conflict,
    /// The request was not valid.
    Invalid,
    /// There were too many calls.
    Throttled,
    /// Nothing: the caller only tested whether it would be allowed, and it would.
    DryRun,
    /// Anything else.
    Other,
}

impl Denial {
    /// Classifies an error code together with its message.
    #[must_use]
    pub fn of(code: &str, message: &str) -> Self {
        if code.contains("DryRunOperation") {
            return Self::DryRun;
        }
        if message.contains("MultiFactorAuthentication") {
            return Self::Mfa;
        }
        let has = |needles: &[&str]| needles.iter().any(|needle| code.contains(needle));
        CODES.iter().find(|(needles, _)| has(needles)).map_or(
            Self::Other,
            |&(_, class)| match class {
                Self::Policy => denied_by(message),
                class => class,
            },
        )
    }

    /// The name, as in rules: `scp`, `resource-policy`, …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Boundary => "boundary",
            Self::Policy => "policy",
            Self::ResourcePolicy => "resource-policy",
            Self::SessionPolicy => "session-policy",
            Self::EndpointPolicy => "endpoint-policy",
            Self::Mfa => "mfa",
            Self::Credentials => "credentials",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::Throttled => "throttled",
            Self::DryRun => "dry-run",
            Self::Other => "other",
        }
    }

    /// Why the call failed, in plain words: a clause without capital or stop.
    #[must_use]
    pub fn reason(self, language: Language) -> &'static str {
        self.words().to(language)
    }

    fn words(self) -> Words {
        match self {
            Self::Scp => words(
                "a service control policy of the organization forbids it",
                "组织的服务控制策略（SCP）不允许",
            ),
            Self::Rcp => words(
                "a resource control policy of the organization forbids it",
                "组织的资源控制策略（RCP）不允许",
            ),
            Self::Boundary => words("its permissions boundary forbids it", "权限边界不允许"),
            Self::Policy => words("its permissions do not allow it", "调用者没有相应权限"),
            Self::ResourcePolicy => words(
                "the policy on the resource does not allow it",
                "资源上的策略不允许",
            ),
            Self::SessionPolicy => words("its session policy does not allow it", "会话策略不允许"),
            Self::EndpointPolicy => words(
                "the policy of the VPC endpoint does not allow it",
                "VPC 终端节点策略不允许",
            ),
            Self::Mfa => words(
                "multi-factor authentication was missing or failed",
                "缺少多重身份验证（MFA）或验证未通过",
            ),
            Self::Credentials => words(
                "the credentials were wrong, expired or disabled",
                "凭证有误、已过期或已停用",
            ),
            Self::NotFound => words("what it asked for does not exist", "请求的对象不存在"),
            Self::Conflict => words("it exists already or is in use", "对象已存在或正在使用"),
            Self::Invalid => words("the request was not valid", "请求无效"),
            Self::Throttled => words("there were too many calls", "调用过于频繁，被限流"),
            Self::DryRun => words(
                "it was a dry run; the permission is there",
                "这只是一次试运行，但权限是具备的",
            ),
            Self::Other => words("the service reported an error", "服务返回了错误"),
        }
    }
}

/// What an error code contains, and what that means; the first row that fits counts.
const CODES: &[(&[&str], Denial)] = &[
    (
        &[
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "InvalidToken",
            "UnrecognizedClient",
            "Signature",
            "ExpiredToken",
            "TokenRefreshRequired",
            "RequestExpired",
            "AuthFailure",
            "MissingAuthenticationToken",
            "InvalidIdentityToken",
            "ExpiredTokenException",
        ],
        Denial::Credentials,
    ),
    (
        &[
            "AccessDenied",
            "Unauthorized",
            "NotAuthorized",
            "AuthorizationError",
            "Forbidden",
            "NoPermission",
        ],
        Denial::Policy,
    ),
    (
        &[
            "Throttl",
            "RequestLimitExceeded",
            "TooManyRequests",
            "SlowDown",
            "PriorRequestNotComplete",
        ],
        Denial::Throttled,
    ),
    (
        &["NotFound", "NoSuch", "NotExist", "NonExist", "Unknown"],
        Denial::NotFound,
    ),
    (
        &[
            "AlreadyExist",
            "AlreadyOwned",
            "Duplicate",
            "Conflict",
            "InUse",
            "DependencyViolation",
            "TemporarilyUnmodifiable",
            "ConcurrentModification",
        ],
        Denial::Conflict,
    ),
    (
        &[
            "Invalid",
            "Validation",
            "Malformed",
            "Missing",
            "BadRequest",
            "IllegalArgument",
        ],
        Denial::Invalid,
    ),
];

/// The phrases that lead to the kind of policy which denied.
const LEADS: [&str; 3] = [
    "because no ",
    "with an explicit deny in a ",
    "with an explicit deny in an ",
];

/// What follows a lead, and what it means.
const POLICIES: [(&str, Denial); 7] = [
    ("service control policy", Denial::Scp),
    ("resource control policy", Denial::Rcp),
    ("permissions boundary", Denial::Boundary),
    ("session policy", Denial::SessionPolicy),
    ("resource-based policy", Denial::ResourcePolicy),
    ("role trust policy", Denial::ResourcePolicy),
    ("VPC endpoint policy", Denial::EndpointPolicy),
];

fn denied_by(message: &str) -> Denial {
    let lead_end = |lead: &&str| message.rfind(*lead).map(|at| at + lead.len());
    let Some(end) = LEADS.iter().filter_map(lead_end).max() else {
        return Denial::Policy;
    };
    let policy = &message[end..];
    POLICIES
        .iter()
        .find(|(name, _)| policy.starts_with(name))
        .map_or(Denial::Policy, |&(_, denial)| denial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_told_by_the_documented_phrases() {
        let user = "User: arn:aws:iam::111122223333:user/maria is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k";
        for (tail, expected) in [
            (
                "because no identity-based policy allows the s3:GetObject action",
                "policy",
            ),
            (
                "with an explicit deny in an identity-based policy",
                "policy",
            ),
            ("with an explicit deny", "policy"),
            ("", "policy"),
            ("with an explicit deny in a service control policy", "scp"),
            (
                "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1",
                "scp",
            ),
            (
                "because no service control policy allows the s3:GetObject action",
                "scp",
            ),
            ("with an explicit deny in a resource control policy", "rcp"),
            (
                "because no permissions boundary allows the s3:GetObject action",
                "boundary",
            ),
            (
                "because no session policy allows the s3:GetObject action",
                "session-policy",
            ),
            (
                "because no resource-based policy allows the s3:GetObject action",
                "resource-policy",
            ),
            (
                "because no role trust policy allows the sts:AssumeRole action",
                "resource-policy",
            ),
            (
                "because no VPC endpoint policy allows the s3:GetObject action",
                "endpoint-policy",
            ),
        ] {
            let denial = Denial::of("AccessDenied", &format!("{user} {tail}"));
            assert_eq!(denial.as_str(), expected, "{tail}");
        }
    }

    #[test]
    fn a_name_in_the_message_cannot_pass_for_the_reason() {
        let message = "not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/because no session policy allows\" with an explicit deny in a service control policy";
        assert_eq!(Denial::of("AccessDenied", message), Denial::Scp);
    }

    #[test]
    fn error_codes_are_classified() {
        for (code, expected) in [
            ("Client.UnauthorizedOperation", "policy"),
            ("AccessDeniedException", "policy"),
            ("Client.DryRunOperation", "dry-run"),
            ("InvalidClientTokenId", "credentials"),
            ("ExpiredTokenException", "credentials"),
            ("SignatureDoesNotMatch", "credentials"),
            ("NoSuchBucketPolicy", "not-found"),
            ("Client.InvalidSnapshot.NotFound", "not-found"),
            ("DashboardNotFoundError", "not-found"),
            ("ResourceNotFoundException", "not-found"),
            ("Client.RequestLimitExceeded", "throttled"),
            ("ThrottlingException", "throttled"),
            ("EntityAlreadyExistsException", "conflict"),
            ("Client.InvalidPermission.Duplicate", "conflict"),
            ("InvalidParameterValueException", "invalid"),
            ("MalformedPolicyDocumentException", "invalid"),
            ("InternalError", "other"),
        ] {
            assert_eq!(Denial::of(code, "").as_str(), expected, "{code}");
        }
    }

    #[test]
    fn classes_serialise_under_their_names() {
        for denial in [Denial::Scp, Denial::ResourcePolicy, Denial::DryRun] {
            assert_eq!(serde_json::to_value(denial).unwrap(), denial.as_str());
        }
    }
}
