//! What a request gives away: through policy documents, wherever they stand in it, through managed
//! policies, ACLs, and the permissions that some services take as plain parameters.
//!
//! Source: IAM API reference; S3 user guide, *Access control list overview*; Lambda API reference,
//! `AddPermission`; EventBridge API reference, `PutPermission`; SNS and SQS API references,
//! `AddPermission`; KMS API reference, `CreateGrant`.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::cloudtrail::{Json, Record, json::Kind, layout};
use crate::percent;

use super::{Tags, policy, walk};

/// The longest policy document that is looked into, in bytes; AWS takes none over 32 KB.
const MAX_DOCUMENT: usize = 256 * 1024;

/// What the request in `record` gives away; see [`super::FIELDS`].
pub(crate) fn of(record: &Record<'_>) -> Tags {
    let mut tags = Tags::new();
    let name = record.event_name();
    let source = record.event_source();
    if !may_grant(&source, &name) {
        return tags;
    }
    let Some(request) = record
        .request_parameters()
        .filter(|request| has_a_clue(*request))
    else {
        return tags;
    };
    let account = record.account();
    let mut search = Search {
        own: account.as_deref(),
        attaches: name.starts_with("Attach") || name == "GetFederationToken",
        of_s3: source.starts_with("s3"),
        tags: &mut tags,
    };
    walk::each(request, &mut |key, value| search.visit(key, value));
    search.parameters(request);
    tags
}

/// Whether what looks like a grant in such a call is one. Policies of organizations, VPC endpoints
/// and role sessions only narrow; others are merely tried out, or taken away. What hands on data, which
/// is most of what is called, carries no permissions.
fn may_grant(source: &str, name: &str) -> bool {
    const GIVES_NOTHING: [&str; 27] = [
        "AssumeRole",
        "Check",
        "CreateLogStream",
        "Decrypt",
        "Delete",
        "Describe",
        "Detach",
        "Encrypt",
        "GenerateDataKey",
        "Head",
        "Invoke",
        "List",
        "Preview",
        "Publish",
        "PutItem",
        "PutLogEvents",
        "ReceiveMessage",
        "RegisterTargets",
        "Remove",
        "Revoke",
        "SendMessage",
        "Simulate",
        "SubmitTaskStateChange",
        "Test",
        "UpdateInstanceInformation",
        "Validate",
        "GetContextKeys",
    ];
    let narrows = source.starts_with("organizations.") || name.ends_with("VpcEndpoint");
    let reads = name.starts_with("Get") && name != "GetFederationToken";
    // Their first letters rule out nearly all at one glance.
    let begins = |prefix: &&str| {
        prefix.as_bytes().first() == name.as_bytes().first() && name.starts_with(*prefix)
    };
    !narrows && !reads && !GIVES_NOTHING.iter().any(begins)
}

/// Whether a request holds any of the words without which it gives nothing away: most do not, and
/// are passed over without a look inside. Escapes may hide a word, so they count as clues.
fn has_a_clue(request: Json<'_>) -> bool {
    const CLUES: [&str; 8] = [
        "statement",
        "principal",
        "acl",
        "acs.amazonaws.com",
        ":iam::aws:",
        "awsaccountid",
        "\\u",
        "%",
    ];
    static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true);
        // One step for each byte: requests are short, and many.
        builder.kind(Some(AhoCorasickKind::DFA)).build(CLUES).ok()
    });
    SEARCH
        .as_ref()
        .is_none_or(|search| search.is_match(request.raw()))
}

/// A search of a request's values, one by one.
struct Search<'s> {
    own: Option<&'s str>,
    attaches: bool,
    of_s3: bool,
    tags: &'s mut Tags,
}

impl Search<'_> {
    /// Looks at one value; tells whether to look inside.
    fn visit(&mut self, key: &str, value: Json<'_>) -> bool {
        match value.kind() {
            Kind::Object if policy::is_document(value) => {
                if value.raw().len() <= MAX_DOCUMENT {
                    policy::judge(value, self.own, self.tags);
                }
                false
            }
            Kind::String => {
                self.text(key, value);
                false
            }
            _ => true,
        }
    }

    fn text(&mut self, key: &str, value: Json<'_>) {
        if value.raw().len() > MAX_DOCUMENT {
            return;
        }
        let Some(text) = value.as_str() else {
            return;
        };
        if let Some(document) = embedded(&text) {
            self.document(&document);
        } else if self.attaches {
            self.managed_policy(&text);
        } else if self.of_s3 {
            self.acl(key, &text);
        }
    }

    /// A policy document as text. The scan bounds its depth, as it does a record's.
    fn document(&mut self, text: &str) {
        let text = text.trim();
        if layout::of(text).is_some() {
            policy::judge(Json::new(text), self.own, self.tags);
        }
    }

    fn managed_policy(&mut self, arn: &str) {
        let Some((_, policy)) = arn.split_once(":iam::aws:policy/") else {
            return;
        };
        let tags: &[&'static str] = match policy {
            "AdministratorAccess" => &["admin", "iam-admin"],
            "IAMFullAccess" => &["iam-admin"],
            "PowerUserAccess" => &["wildcard-action"],
            _ => &[],
        };
        self.tags.extend(tags.iter().map(|&tag| Cow::Borrowed(tag)));
    }

    fn acl(&mut self, key: &str, value: &str) {
        const EVERYBODY: [&str; 2] = ["groups/global/AllUsers", "groups/global/AuthenticatedUsers"];
        let canned = matches!(
            value,
            "public-read" | "public-read-write" | "authenticated-read"
        ) && key.to_ascii_lowercase().ends_with("acl");
        if canned || EVERYBODY.iter().any(|group| value.contains(group)) {
            self.tags.insert("public".into());
        }
    }

    /// Permissions of services that take principal and conditions as parameters of their own.
    fn parameters(&mut self, request: Json<'_>) {
        for (key, value) in request.entries() {
            match &*key.decoded().to_ascii_lowercase() {
                "principal" | "granteeprincipal" | "awsaccountid" | "awsaccountids" => {
                    for principal in walk::texts(value) {
                        self.listed(&principal, request);
                    }
                }
                _ => {}
            }
        }
    }

    /// One of those to whom a permission is given: an account, a principal, or everybody.
    fn listed(&mut self, principal: &str, request: Json<'_>) {
        if principal == "*" {
            self.everybody(request);
        } else {
            policy::add_account(principal, self.own, self.tags);
        }
    }

    /// Everybody, unless another parameter draws a circle.
    fn everybody(&mut self, request: Json<'_>) {
        let text = |key: &str| request.get(key).and_then(Json::as_str);
        let source = text("sourceAccount")
            .or_else(|| text("sourceArn").filter(|arn| walk::account_in(arn).is_some()));
        let in_organization = text("principalOrgID").or_else(|| text("organizationId"));
        let conditional = request.at(&["condition", "key"]).is_some();
        match source {
            Some(source) => policy::add_account(&source, self.own, self.tags),
            None if in_organization.is_some() || conditional => {}
            None => {
                self.tags.insert("public".into());
            }
        }
    }
}

/// The JSON object inside a text, percent signs resolved; `None` for other texts.
fn embedded(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_start();
    if text.starts_with('{') {
        return Some(Cow::Borrowed(text));
    }
    let is_encoded = text.get(..3)?.eq_ignore_ascii_case("%7b")
        || text.starts_with("%0")
        || text.starts_with("%20");
    is_encoded
        .then(|| percent::decoded(text))
        .filter(|decoded| decoded.trim_start().starts_with('{'))
        .map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found_as_text_plain_or_percent_encoded() {
        for (text, expected) in [
            (r#"{"a":1}"#, Some(r#"{"a":1}"#)),
            ("\n {}", Some("{}")),
            ("%7B%22a%22%3A+1%7D", Some(r#"{"a": 1}"#)),
            ("%7b%zz%", Some("{%zz%")),
            ("%0A%7B%7D", Some("\n{}")),
            ("%20x", None),
            ("name", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(embedded(text).as_deref(), expected, "{text}");
        }
    }
}
