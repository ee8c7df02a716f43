//! Whether the conditions of a statement close the circle of those who may act.
//!
//! A key closes it only under an operator that fails where the key is missing: `…IfExists` and
//! `ForAllValues:` let through whoever does not have it, for example everybody without credentials. Where
//! an operator or a key stands twice, nobody can tell what holds, and the circle counts as open.
//!
//! Source: IAM user guide, *AWS global condition context keys* and *IAM JSON policy elements:
//! Condition operators*; S3 user guide, *The meaning of "public"*; IAM user guide, *Identity-provider
//! controls for shared OIDC providers*.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::cloudtrail::Json;
use crate::cloudtrail::kind::is_account;

use super::walk;

/// Who may act under a statement that names everybody.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Circle {
    /// Everybody indeed.
    Everybody,
    /// Only some; the accounts among them that the conditions name.
    Closed(BTreeSet<String>),
}

/// The circle that `condition` draws.
pub(super) fn circle(condition: Option<Json<'_>>) -> Circle {
    let mut accounts = BTreeSet::new();
    let mut closed = false;
    if condition.is_some_and(|condition| says_something_twice(condition, 1)) {
        return Circle::Everybody;
    }
    for clause in clauses(condition) {
        if let Some(named) = clause.closes() {
            closed = true;
            accounts.extend(named);
        }
    }
    if closed {
        Circle::Closed(accounts)
    } else {
        Circle::Everybody
    }
}

/// Whether a key stands twice in `json`, or in its members down to `depth`.
fn says_something_twice(json: Json<'_>, depth: usize) -> bool {
    let mut seen = BTreeSet::new();
    json.entries().any(|(key, value)| {
        !seen.insert(key.decoded().to_ascii_lowercase())
            || depth > 0 && says_something_twice(value, depth - 1)
    })
}

/// One condition key with its values, under an operator that demands a match.
struct Clause<'a> {
    key: String,
    values: Vec<Cow<'a, str>>,
}

/// The clauses of `condition` that demand a match.
fn clauses<'a>(condition: Option<Json<'a>>) -> impl Iterator<Item = Clause<'a>> {
    let operators = condition.into_iter().flat_map(Json::entries);
    let demanding = operators.filter(|(operator, _)| demands_match(&operator.decoded()));
    demanding
        .flat_map(|(_, keys)| keys.entries())
        .map(|(key, values)| Clause {
            key: key.decoded().to_ascii_lowercase(),
            values: match values.as_bool() {
                Some(flag) => vec![flag.to_string().into()],
                None => walk::texts(values).collect(),
            },
        })
}

fn demands_match(operator: &str) -> bool {
    const DEMANDING: [&str; 7] = [
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
        "bool",
    ];
    let operator = operator.to_ascii_lowercase();
    let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
    DEMANDING.contains(&operator)
}

impl Clause<'_> {
    /// The accounts to which this clause confines a statement, none if to something else; `None`
    /// if it confines it to nothing. One value that is open opens all.
    fn closes(&self) -> Option<BTreeSet<String>> {
        let test = closing_test(&self.key)?;
        let closed = !self.values.is_empty() && self.values.iter().all(|value| test(value));
        let accounts = || {
            self.values
                .iter()
                .filter_map(|value| walk::account_in(value))
        };
        closed.then(|| accounts().map(str::to_owned).collect())
    }
}

/// How to tell whether a value of this key (in lower case) confines to somebody or somewhere.
fn closing_test(key: &str) -> Option<fn(&str) -> bool> {
    Some(match key {
        "aws:principalorgid"
        | "aws:sourceorgid"
        | "aws:principalaccount"
        | "aws:sourceaccount"
        | "aws:sourceowner"
        | "aws:sourcevpc"
        | "aws:sourcevpce"
        | "aws:sourcevpcarn"
        | "aws:username"
        | "kms:calleraccount"
        | "s3:dataaccesspointaccount" => is_literal,
        "aws:principalorgpaths" | "aws:sourceorgpaths" => {
            |path| path.starts_with("o-") && is_literal_to(path, '/')
        }
        "aws:sourceip" | "aws:vpcsourceip" => is_narrow_range,
        "aws:principalarn" | "aws:sourcearn" | "s3:dataaccesspointarn" => is_narrow_arn,
        "aws:userid" => |id| is_literal_to(id, ':'),
        "aws:principalisawsservice" => |flag| flag == "true",
        _ => return None,
    })
}

fn is_literal(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?'])
}

/// Whether nothing before the first `end` is a wildcard.
fn is_literal_to(value: &str, end: char) -> bool {
    is_literal(value.split(end).next().unwrap_or(value))
}

/// A range that is not a good part of the internet: a /8 of IPv4 or less, a /16 of IPv6 or less.
fn is_narrow_range(range: &str) -> bool {
    let Some((address, bits)) = range.split_once('/') else {
        return range.parse::<std::net::IpAddr>().is_ok();
    };
    let least = if address.contains(':') { 16 } else { 8 };
    bits.parse::<u8>().is_ok_and(|bits| bits >= least)
}

/// An ARN whose account is told, or that has none and whose name begins with more than a wildcard.
fn is_narrow_arn(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(4);
    match (parts.next(), parts.next()) {
        (Some(""), Some(name)) => name.starts_with(|c: char| c.is_ascii_alphanumeric()),
        (Some(account), Some(_)) => is_account(account),
        _ => false,
    }
}

/// Identity providers that serve everybody, and the claims that tell one customer from another.
const SHARED_PROVIDERS: [(&str, &[&str]); 8] = [
    (
        "token.actions.githubusercontent.com",
        &["sub", "repository", "repository_owner"],
    ),
    ("gitlab.com", &["sub"]),
    ("app.terraform.io", &["sub"]),
    ("agent.buildkite.com", &["sub"]),
    ("accounts.google.com", &["aud", "sub", "oaud", "azp"]),
    ("cognito-identity.amazonaws.com", &["aud"]),
    ("www.amazon.com", &["app_id"]),
    ("graph.facebook.com", &["app_id"]),
];

/// Whether a trust in `provider` lets in all of its customers, for want of a condition that tells
/// them apart. A provider of one's own is never open.
pub(super) fn is_shared_provider_open(provider: &str, condition: Option<Json<'_>>) -> bool {
    let host = provider.rsplit("oidc-provider/").next().unwrap_or(provider);
    let Some((host, claims)) = SHARED_PROVIDERS.iter().find(|(name, _)| *name == host) else {
        return false;
    };
    let tells_apart = |clause: Clause<'_>| {
        let claim = clause
            .key
            .strip_prefix(host)
            .and_then(|rest| rest.strip_prefix(':'));
        claim.is_some_and(|claim| claims.contains(&claim))
            && !clause.values.is_empty()
            && clause.values.iter().all(|value| names_a_customer(value))
    };
    !clauses(condition).any(tells_apart)
}

/// Whether a claim names its customer before any wildcard: `repo:org/*` does, `repo:*` does not,
/// nor does `repo:org*`, which `organisation-of-mine` fits too.
fn names_a_customer(value: &str) -> bool {
    let fixed = value.split(['*', '?']).next().unwrap_or(value);
    if fixed.len() == value.len() {
        return !value.is_empty();
    }
    let (_, owner) = fixed.split_once(':').unwrap_or(("", fixed));
    owner.find(['/', ':']).is_some_and(|end| end > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_close_the_circle_or_leave_it_open() {
        for (condition, closed, why) in [
            (
                r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
                true,
                "one organization",
            ),
            (
                r#"{"stringequals":{"AWS:principalorgid":["o-abc"]}}"#,
                true,
                "in any case",
            ),
            (
                r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}"#,
                false,
                "strangers have none",
            ),
            (
                r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
                false,
                "true of none",
            ),
            (
                r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
                false,
                "everybody else",
            ),
            (
                r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
                false,
                "any organization",
            ),
            (
                r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abc/*"}}"#,
                true,
                "a part of one",
            ),
            (
                r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
                true,
                "an endpoint",
            ),
            (
                r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
                true,
                "a network",
            ),
            (
                r#"{"IpAddress":{"aws:SourceIp":["203.0.113.9","0.0.0.0/0"]}}"#,
                false,
                "one open value opens all",
            ),
            (
                r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}"#,
                false,
                "the world in halves",
            ),
            (
                r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}"#,
                true,
                "an account's topics",
            ),
            (
                r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:bucket"}}"#,
                false,
                "no account told",
            ),
            (
                r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket"}}"#,
                true,
                "one bucket",
            ),
            (r#"{"ArnLike":{"aws:SourceArn":"*"}}"#, false, "anything"),
            (
                r#"{"Bool":{"aws:PrincipalIsAWSService":true}}"#,
                true,
                "services only",
            ),
            (
                r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
                false,
                "everybody can do TLS",
            ),
            (
                r#"{"StringEquals":{"aws:UserAgent":"secret"}}"#,
                false,
                "anyone can write that",
            ),
            (
                r#"{"StringEquals":{"aws:PrincipalOrgID":[]}}"#,
                false,
                "no value, no circle",
            ),
            (
                r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"ipAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
                false,
                "an operator twice",
            ),
            (
                r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc","aws:principalOrgId":"o-xyz"}}"#,
                false,
                "a key twice",
            ),
            (r"{}", false, "nothing said"),
            (r"[7]", false, "ill-typed"),
        ] {
            let found = circle(Some(Json::new(condition)));
            assert_eq!(found != Circle::Everybody, closed, "{why}: {condition}");
        }
        assert_eq!(circle(None), Circle::Everybody);
    }

    #[test]
    fn accounts_of_the_circle_are_told() {
        let condition =
            r#"{"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}"#;
        let accounts = ["111122223333", "444455556666"].map(str::to_owned);
        let circle = circle(Some(Json::new(condition)));
        assert_eq!(circle, Circle::Closed(accounts.into()));
    }

    #[test]
    fn a_shared_provider_is_open_unless_a_customer_is_named() {
        let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        let sub = |value: &str| {
            format!(r#"{{"StringLike":{{"token.actions.githubusercontent.com:sub":"{value}"}}}}"#)
        };
        for (provider, condition, open) in [
            (github, "{}".to_owned(), true),
            (github, sub("*"), true),
            (github, sub("repo:*"), true),
            (github, sub("repo:org*"), true),
            (github, sub("repo:org/*"), false),
            (github, sub("repo:org/app:ref:refs/heads/main"), false),
            (github, r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#.to_owned(), true),
            ("cognito-identity.amazonaws.com", "{}".to_owned(), true),
            ("arn:aws:iam::111122223333:oidc-provider/sso.example.com", "{}".to_owned(), false),
            ("arn:aws:iam::111122223333:saml-provider/corp", "{}".to_owned(), false),
        ] {
            let found = is_shared_provider_open(provider, Some(Json::new(&condition)));
            assert_eq!(found, open, "{provider} {condition}");
        }
    }
}
