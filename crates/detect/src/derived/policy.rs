//! What the statements of one policy document give away.
//!
//! Only `Allow` counts; what a `Deny` of the same document takes back is not subtracted. Wildcards
//! are tried out rather than compared, so that `*:*`, `?*` or `a*` to `z*` pass for what they are.
//!
//! Source: IAM user guide, *IAM JSON policy elements reference* and *Grammar of the IAM JSON policy
//! language*.

use std::borrow::Cow;

use crate::cloudtrail::{Json, json::Kind};

use super::condition::{self, Circle};
use super::{Tags, walk};

/// Adds what `document` gives away; `own` is the account it belongs to.
pub(super) fn judge(document: Json<'_>, own: Option<&str>, tags: &mut Tags) {
    let Some(statements) = walk::get(document, "Statement") else {
        return;
    };
    let mut everywhere = Actions::default();
    for statement in one_or_many(statements).filter_map(Statement::allowing) {
        let outside = statement.principals(own, tags);
        if statement.is_of_identity() || outside {
            statement.wildcard_actions(tags);
        }
        if statement.is_of_identity() && statement.is_for_any_role() && statement.allows(PASS_ROLE)
        {
            tags.insert("pass-role".into());
        }
        if statement.is_of_identity() && statement.is_for_everything() {
            everywhere.add(&statement);
        }
    }
    everywhere.conclude(tags);
}

/// Whether `json` is a policy document, by its one element that cannot be missing.
pub(super) fn is_document(json: Json<'_>) -> bool {
    walk::get(json, "Statement").is_some_and(|s| matches!(s.kind(), Kind::Array | Kind::Object))
}

fn one_or_many<'a>(json: Json<'a>) -> impl Iterator<Item = Json<'a>> {
    let one = (json.kind() == Kind::Object).then_some(json);
    one.into_iter().chain(json.elements()).take(MAX_STATEMENTS)
}

/// No policy of 20 KB, the largest AWS takes, holds as many.
const MAX_STATEMENTS: usize = 1_000;

const PASS_ROLE: &str = "iam:PassRole";

/// Calls of services that have little in common: who may make all of these may do anything.
const ANYTHING: [&str; 6] = [
    "iam:CreateUser",
    "s3:GetObject",
    "ec2:RunInstances",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "organizations:LeaveOrganization",
];

/// Calls by which a principal can make itself administrator.
const ANY_OF_IAM: [&str; 5] = [
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// Resources that have little in common, as ARNs without partition.
const ANY_RESOURCE: [&str; 4] = [
    "iam::111122223333:role/any",
    "s3:::any/key",
    "ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
    "kms:us-east-1:444455556666:key/any",
];

/// Which of the telling calls are allowed on every resource, by any statement of a document.
#[derive(Default)]
struct Actions {
    anything: [bool; ANYTHING.len()],
    any_of_iam: [bool; ANY_OF_IAM.len()],
}

impl Actions {
    fn add(&mut self, statement: &Statement<'_>) {
        for (seen, action) in self.anything.iter_mut().zip(ANYTHING) {
            *seen |= statement.allows(action);
        }
        for (seen, action) in self.any_of_iam.iter_mut().zip(ANY_OF_IAM) {
            *seen |= statement.allows(action);
        }
    }

    fn conclude(&self, tags: &mut Tags) {
        let all = |seen: &[bool]| seen.iter().all(|&seen| seen);
        if all(&self.anything) {
            tags.insert("admin".into());
        }
        if all(&self.any_of_iam) {
            tags.insert("iam-admin".into());
        }
    }
}

/// A statement that allows something.
#[derive(Default)]
struct Statement<'a> {
    actions: Vec<Cow<'a, str>>,
    not_actions: Option<Vec<Cow<'a, str>>>,
    resources: Option<Vec<Cow<'a, str>>>,
    not_resources: Option<Vec<Cow<'a, str>>>,
    principal: Option<Json<'a>>,
    not_principal: Option<Json<'a>>,
    condition: Option<Json<'a>>,
}

impl<'a> Statement<'a> {
    /// Reads a statement; `None` if it allows nothing.
    fn allowing(json: Json<'a>) -> Option<Self> {
        let effect = walk::get(json, "Effect")?.as_str()?;
        if !effect.eq_ignore_ascii_case("Allow") {
            return None;
        }
        let mut statement = Self::default();
        for (key, value) in json.entries() {
            statement.read(&key.decoded().to_ascii_lowercase(), value);
        }
        Some(statement)
    }

    fn read(&mut self, key: &str, value: Json<'a>) {
        let texts = || walk::texts(value).collect();
        match key {
            "action" => self.actions = texts(),
            "notaction" => self.not_actions = Some(texts()),
            "resource" => self.resources = Some(texts()),
            "notresource" => self.not_resources = Some(texts()),
            "principal" => self.principal = Some(value),
            "notprincipal" => self.not_principal = Some(value),
            "condition" => self.condition = Some(value),
            _ => {}
        }
    }

    /// Whether this is a policy of the one who may act, rather than of what is acted on.
    fn is_of_identity(&self) -> bool {
        self.principal.is_none() && self.not_principal.is_none()
    }

    fn allows(&self, action: &str) -> bool {
        let named = |patterns: &[Cow<'_, str>]| patterns.iter().any(|p| matches(p, action));
        named(&self.actions) || self.not_actions.as_ref().is_some_and(|not| !named(not))
    }

    fn is_for_everything(&self) -> bool {
        ANY_RESOURCE.iter().all(|resource| self.covers(resource))
    }

    fn is_for_any_role(&self) -> bool {
        self.covers("iam::111122223333:role/any") || self.wildcard_role()
    }

    /// `arn:aws:iam::<some account>:role/*`
    fn wildcard_role(&self) -> bool {
        let any = |pattern: &Cow<'_, str>| pattern.ends_with(":role/*");
        self.resources
            .as_ref()
            .is_some_and(|all| all.iter().any(any))
    }

    /// Whether the statement holds for `resource`, an ARN without its partition, in any partition.
    fn covers(&self, resource: &str) -> bool {
        let arns = ["aws", "aws-cn", "aws-us-gov"].map(|p| format!("arn:{p}:{resource}"));
        let named = |patterns: &[Cow<'_, str>]| {
            let covers = |pattern: &Cow<'_, str>| arns.iter().any(|arn| matches(pattern, arn));
            patterns.iter().any(covers)
        };
        self.resources
            .as_ref()
            .is_some_and(|patterns| named(patterns))
            || self.not_resources.as_ref().is_some_and(|not| !named(not))
    }

    fn wildcard_actions(&self, tags: &mut Tags) {
        let wildcard = |action: &Cow<'_, str>| {
            let (_, call) = action.split_once(':').unwrap_or(("", action));
            !call.is_empty() && call.bytes().all(|b| b == b'*')
        };
        if self.not_actions.is_some() || self.actions.iter().any(wildcard) {
            tags.insert("wildcard-action".into());
        }
    }

    /// Adds who may act; tells if anybody outside of the account may.
    fn principals(&self, own: Option<&str>, tags: &mut Tags) -> bool {
        let before = tags.len();
        if self.not_principal.is_some() {
            tags.insert("not-principal".into());
            self.everybody(own, tags);
        }
        for (kind, name) in self.principal.into_iter().flat_map(named_principals) {
            match &*kind {
                "aws" if name.contains('*') => self.everybody(own, tags),
                "aws" => add_account(&name, own, tags),
                "federated" if condition::is_shared_provider_open(&name, self.condition) => {
                    tags.insert("public".into());
                }
                _ => {}
            }
        }
        tags.len() > before
    }

    fn everybody(&self, own: Option<&str>, tags: &mut Tags) {
        match condition::circle(self.condition) {
            Circle::Everybody => {
                tags.insert("public".into());
            }
            Circle::Closed(accounts) => {
                for account in accounts {
                    add_account(&account, own, tags);
                }
            }
        }
    }
}

/// Adds the account in a principal or ARN unless it is our own.
pub(super) fn add_account(principal: &str, own: Option<&str>, tags: &mut Tags) {
    if let Some(account) = walk::account_in(principal).filter(|&account| Some(account) != own) {
        tags.insert(format!("account:{account}").into());
    }
}

/// The principals of a statement as (kind in lower case, name); `"*"` and `{"*": "*"}` are AWS's.
fn named_principals(principal: Json<'_>) -> Vec<(Cow<'static, str>, Cow<'_, str>)> {
    let aws = || Cow::Borrowed("aws");
    let plain = walk::texts(principal).map(|name| (aws(), name));
    let keyed = principal.entries().flat_map(|(kind, names)| {
        let kind = match kind.decoded().to_ascii_lowercase() {
            kind if kind == "*" => aws(),
            kind => Cow::Owned(kind),
        };
        walk::texts(names).map(move |name| (kind.clone(), name))
    });
    plain.chain(keyed).collect()
}

/// Whether `text` fits `pattern` in any case, `*` standing for any characters and `?` for one.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c.eq_ignore_ascii_case(&text[t]) => {
                (p, t) = (p + 1, t + 1);
            }
            _ => {
                let Some((star, from)) = retry else {
                    return false;
                };
                retry = Some((star, from + 1));
                (p, t) = (star + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_iam_does() {
        for (pattern, text, expected) in [
            ("*", "iam:CreateUser", true),
            ("*:*", "iam:CreateUser", true),
            ("iam:*User", "iam:CreateUser", true),
            ("IAM:create????", "iam:CreateUser", true),
            ("iam:*a*e*", "iam:CreateUser", true),
            ("iam:Create", "iam:CreateUser", false),
            ("s3:*", "iam:CreateUser", false),
            ("", "iam:CreateUser", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern}");
        }
    }
}
