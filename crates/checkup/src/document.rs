//! Policies of buckets and keys, as far as CloudTrail depends on them.
//!
//! An Allow counts where its principal and its action fit, whatever its conditions say of the request:
//! whether those hold, only AWS can tell. So nothing is called missing that may be there.

use serde_json::Value;

/// A policy that could be read.
#[derive(Debug, Clone)]
pub struct Document(Vec<Value>);

/// What CloudTrail is called.
pub const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

impl Document {
    /// Reads a policy; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let policy: Value = serde_json::from_str(text).ok()?;
        Some(Self(match policy.get("Statement")? {
            Value::Array(statements) => statements.clone(),
            one => vec![one.clone()],
        }))
    }

    fn allows(&self) -> impl Iterator<Item = &Value> {
        self.0
            .iter()
            .filter(|statement| statement["Effect"] == "Allow")
    }

    /// The statements that let CloudTrail do this.
    fn for_cloudtrail<'d>(&'d self, action: &'d str) -> impl Iterator<Item = &'d Value> {
        self.allows().filter(move |statement| {
            is_for(statement, "Service", CLOUDTRAIL) && has(&statement["Action"], action)
        })
    }

    /// Whether CloudTrail may do this.
    #[must_use]
    pub fn lets_cloudtrail(&self, action: &str) -> bool {
        self.for_cloudtrail(action).next().is_some()
    }

    /// Whether CloudTrail may do this for anybody's trail: nothing says for whose.
    #[must_use]
    pub fn lets_any_trail(&self, action: &str) -> bool {
        let bounds = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"];
        self.for_cloudtrail(action).any(|statement| {
            let text = statement["Condition"].to_string().to_ascii_lowercase();
            !bounds.iter().any(|bound| text.contains(bound))
        })
    }

    /// Whether everybody may do something, under no condition.
    #[must_use]
    pub fn lets_everybody(&self) -> bool {
        self.allows().any(|statement| {
            let principal = &statement["Principal"];
            let everybody =
                *principal == "*" || has(&principal["AWS"], "*") && holds(&principal["AWS"], "*");
            everybody
                && statement["Condition"]
                    .as_object()
                    .is_none_or(serde_json::Map::is_empty)
        })
    }

    /// Whether a call without TLS is denied.
    #[must_use]
    pub fn demands_tls(&self) -> bool {
        let denies = self
            .0
            .iter()
            .filter(|statement| statement["Effect"] == "Deny");
        denies
            .map(|statement| statement["Condition"].to_string().to_ascii_lowercase())
            .any(|condition| {
                condition.contains("aws:securetransport") || condition.contains("s3:tlsversion")
            })
    }
}

fn is_for(statement: &Value, kind: &str, name: &str) -> bool {
    let principal = &statement["Principal"];
    *principal == "*" || holds(&principal[kind], name)
}

fn holds(value: &Value, name: &str) -> bool {
    texts(value).any(|text| text == name)
}

/// Whether one of the actions, which may have a `*` at their end, is this one.
fn has(actions: &Value, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    texts(actions).any(|text| match text.to_ascii_lowercase().strip_suffix('*') {
        Some(start) => action.starts_with(start),
        None => text.eq_ignore_ascii_case(&action),
    })
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let many = value.as_array().map(Vec::as_slice).unwrap_or_default();
    many.iter()
        .chain(std::iter::once(value))
        .filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(statement: &str) -> Document {
        Document::parse(&format!(r#"{{"Statement":{statement}}}"#)).unwrap()
    }

    #[test]
    fn an_allow_for_cloudtrail_is_found_in_every_spelling() {
        for (statement, expected) in [
            (
                r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject"}"#,
                true,
            ),
            (
                r#"[{"Effect":"Allow","Principal":{"Service":["a","cloudtrail.amazonaws.com"]},"Action":["s3:putobject"]}]"#,
                true,
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:Put*"}"#,
                true,
            ),
            (
                r#"{"Effect":"Deny","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject"}"#,
                false,
            ),
            (
                r#"{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"*"}"#,
                false,
            ),
            (
                r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl"}"#,
                false,
            ),
        ] {
            assert_eq!(
                one(statement).lets_cloudtrail("s3:PutObject"),
                expected,
                "{statement}"
            );
        }
    }

    #[test]
    fn whose_trail_is_said_by_a_condition() {
        let open = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}"#;
        assert!(one(open).lets_any_trail("s3:PutObject"));
        assert!(
            !one(&open.replace("s3:x-amz-acl", "AWS:SourceArn")).lets_any_trail("s3:PutObject")
        );
    }

    #[test]
    fn everybody_is_everybody() {
        assert!(
            one(r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject"}"#)
                .lets_everybody()
        );
        assert!(!one(r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}}"#).lets_everybody());
        assert!(!one(r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"*"}"#).lets_everybody());
    }
}
