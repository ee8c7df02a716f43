//! What the statements of one policy document give away.
//!
//! What an unconditional `Deny` of the same document takes back is subtracted, see [`super::denials`].
//! Wildcards are tried out rather than compared, so that `*:*`, `?*` or `a*` to `z*` pass for what they
//! are. IAM takes documents in which a key stands twice, and which copy counts is not documented: each
//! copy counts here, to the worse.
//!
//! Source: IAM user guide, *IAM JSON policy elements reference*, *Grammar of the IAM JSON policy
//! language* and *Policy evaluation logic*.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::cloudtrail::{Json, json::Kind};

use super::condition::{self, Circle};
use super::denials::Denials;
use super::{Tags, walk};

/// Adds what `document` gives away; `own` is the account it belongs to.
pub(super) fn judge(document: Json<'_>, own: Option<&str>, tags: &mut Tags) {
    let copies = walk::all(document, "Statement");
    let (denying, allowing): (Vec<_>, Vec<_>) = copies
        .flat_map(one_or_many)
        .map(Statement::read)
        .partition(Statement::surely_denies);
    let denials = Denials(&denying);
    let mut everywhere = Actions::default();
    for statement in allowing {
        if statement.allows && !denials.void(&statement) {
            statement.judge(denials, own, tags);
            everywhere.add(&statement);
        }
    }
    everywhere.conclude(denials, tags);
}

/// Whether `json` is a policy document, by its one element that cannot be missing.
pub(super) fn is_document(json: Json<'_>) -> bool {
    walk::all(json, "Statement").any(|s| matches!(s.kind(), Kind::Array | Kind::Object))
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
        if !statement.is_of_identity() || !statement.is_for_everything() {
            return;
        }
        for (seen, action) in self.anything.iter_mut().zip(ANYTHING) {
            *seen |= statement.allows(action);
        }
        for (seen, action) in self.any_of_iam.iter_mut().zip(ANY_OF_IAM) {
            *seen |= statement.allows(action);
        }
    }

    /// Without IAM nobody is administrator. With it, whoever is denied anything else here can have it by
    /// another policy, so no other denial counts.
    fn conclude(&self, denials: Denials<'_, '_>, tags: &mut Tags) {
        if denials.all_of_iam() {
            return;
        }
        let all = |seen: &[bool]| seen.iter().all(|&seen| seen);
        if all(&self.anything) {
            tags.insert("admin".into());
        }
        if all(&self.any_of_iam) {
            tags.insert("iam-admin".into());
        }
    }
}

/// A statement. What is written twice is held together.
#[derive(Debug, Default)]
pub(super) struct Statement<'a> {
    allows: bool,
    denies: bool,
    /// Whether a key stands twice, so that nobody can tell what holds.
    is_ambiguous: bool,
    pub(super) actions: Vec<Cow<'a, str>>,
    pub(super) not_actions: Option<Vec<Cow<'a, str>>>,
    pub(super) resources: Option<Vec<Cow<'a, str>>>,
    pub(super) not_resources: Option<Vec<Cow<'a, str>>>,
    principals: Vec<Json<'a>>,
    not_principals: Vec<Json<'a>>,
    /// None if it stands twice: then none is sure to hold.
    condition: Option<Json<'a>>,
}

impl<'a> Statement<'a> {
    fn read(json: Json<'a>) -> Self {
        let mut statement = Self::default();
        let mut seen = BTreeSet::new();
        for (key, value) in json.entries() {
            let key = key.decoded().to_ascii_lowercase();
            statement.element(&key, value);
            statement.is_ambiguous |= !seen.insert(key);
        }
        if statement.is_ambiguous {
            statement.condition = None;
        }
        statement
    }

    fn element(&mut self, key: &str, value: Json<'a>) {
        let texts = || walk::texts(value);
        match key {
            "effect" => {
                let effect = value.as_str().unwrap_or_default();
                self.allows |= effect.eq_ignore_ascii_case("Allow");
                self.denies |= effect.eq_ignore_ascii_case("Deny");
            }
            "action" => self.actions.extend(texts()),
            "notaction" => self.not_actions.get_or_insert_default().extend(texts()),
            "resource" => self.resources.get_or_insert_default().extend(texts()),
            "notresource" => self.not_resources.get_or_insert_default().extend(texts()),
            "principal" => self.principals.push(value),
            "notprincipal" => self.not_principals.push(value),
            "condition" => self.condition = Some(value),
            _ => {}
        }
    }

    /// Whether it surely takes something away, whatever the circumstances.
    fn surely_denies(&self) -> bool {
        self.denies && !self.is_ambiguous && self.condition.is_none()
    }

    fn judge(&self, denials: Denials<'_, '_>, own: Option<&str>, tags: &mut Tags) {
        let outside = self.principals(denials, own, tags);
        if self.is_of_identity() || outside {
            self.wildcard_actions(tags);
        }
        let passes = || self.is_for_any_role() && self.allows(PASS_ROLE);
        if self.is_of_identity() && passes() && !denials.everywhere(PASS_ROLE) {
            tags.insert("pass-role".into());
        }
    }

    /// Whether this is a policy of the one who may act, rather than of what is acted on.
    pub(super) fn is_of_identity(&self) -> bool {
        self.principals.is_empty() && self.not_principals.is_empty()
    }

    /// Whether it is about everybody.
    pub(super) fn is_about_everybody(&self) -> bool {
        let all = |(kind, name): (Cow<'_, str>, Cow<'_, str>)| kind == "aws" && name == "*";
        let named = self.principals.iter().copied();
        named.flat_map(named_principals).any(all)
    }

    /// Whom it spares, if it is about everybody else.
    pub(super) fn spared(&self) -> Vec<Cow<'a, str>> {
        let named = self.not_principals.iter().copied();
        let named = named.flat_map(named_principals);
        named.map(|(_, name)| name).collect()
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
    fn principals(&self, denials: Denials<'_, '_>, own: Option<&str>, tags: &mut Tags) -> bool {
        let before = tags.len();
        if !self.not_principals.is_empty() {
            tags.insert("not-principal".into());
            self.everybody(denials, own, tags);
        }
        let named = self.principals.iter().copied();
        for (kind, name) in named.flat_map(named_principals) {
            match &*kind {
                "aws" if name.contains('*') => self.everybody(denials, own, tags),
                "aws" => add_account(&name, own, tags),
                "federated" if condition::is_shared_provider_open(&name, self.condition) => {
                    tags.insert("public".into());
                }
                _ => {}
            }
        }
        tags.len() > before
    }

    fn everybody(&self, denials: Denials<'_, '_>, own: Option<&str>, tags: &mut Tags) {
        match condition::circle(self.condition) {
            Circle::Everybody if let Some(spared) = denials.all_but(self) => {
                for principal in spared {
                    add_account(&principal, own, tags);
                }
            }
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
