//! What must not be repeated to everybody who gets a mail: passwords, tokens and private keys in the
//! parameters of a call.
//!
//! CloudTrail leaves most of them out by itself, but not those that a caller puts where they do not belong,
//! such as into the name of a thing or the start script of an instance. A parameter is known by its own name;
//! a secret elsewhere by how it begins.

use std::borrow::Cow;

/// What stands in place of a secret.
const MASK: &str = "<masked>";

/// Ends of parameters' names that hold secrets, in lower case.
const NAMES: [&str; 16] = [
    "apikey",
    "authtoken",
    "ciphertextblob",
    "clientsecret",
    "credential",
    "keymaterial",
    "passphrase",
    "password",
    "plaintext",
    "privatekey",
    "secretaccesskey",
    "secretbinary",
    "secretstring",
    "sessiontoken",
    "tokencode",
    "userdata",
];

/// How secrets begin that are known by that alone: keys of source hosts, chat programs and payment services,
/// tokens of STS, signed tokens.
const BEGINNINGS: [&str; 12] = [
    "FwoGZXIvYXdz",
    "IQoJb3JpZ2lu",
    "eyJhbGciOi",
    "github_pat_",
    "ghp_",
    "gho_",
    "glpat-",
    "sk_live_",
    "xoxb-",
    "xoxp-",
    "AGE-SECRET-KEY-",
    "-----BEGIN",
];

/// `value`, found at `path`, or what may be shown in its place.
#[must_use]
pub(crate) fn masked<'v>(path: &str, value: Cow<'v, str>) -> Cow<'v, str> {
    let is_secret = is_secret_name(path) || holds_secret(&value);
    if is_secret { MASK.into() } else { value }
}

/// Whether a parameter is named like a secret: by the last step of its path.
fn is_secret_name(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    NAMES.iter().any(|secret| plain.ends_with(secret))
}

/// Whether a text is a secret, or a link with a password in it.
fn holds_secret(value: &str) -> bool {
    let begins = |word: &str| BEGINNINGS.iter().any(|start| word.starts_with(start));
    let parts = value.split(|c: char| c.is_whitespace() || "\"'=,;:".contains(c));
    parts.into_iter().any(begins) || has_password(value)
}

/// `https://user:password@host`
fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .split_once('@')
        .is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names_or_by_how_they_begin() {
        for (path, value, is_secret) in [
            ("requestParameters.masterUserPassword", "hunter2", true),
            ("requestParameters.userData", "IyEvYmluL3No", true),
            ("requestParameters.secretString", "x", true),
            ("requestParameters.client_secret", "x", true),
            ("requestParameters.secretId", "prod/db", false),
            ("requestParameters.passwordPolicy", "x", false),
            ("requestParameters.name", "ghp_16C7e42F292c6912E7", true),
            (
                "requestParameters.name",
                "token=eyJhbGciOiJIUzI1NiJ9.e30.x",
                true,
            ),
            (
                "requestParameters.name",
                "-----BEGIN RSA PRIVATE KEY-----",
                true,
            ),
            (
                "requestParameters.url",
                "https://maria:hunter2@host/x",
                true,
            ),
            ("requestParameters.url", "https://host/a@b:c", false),
            ("userIdentity.accessKeyId", "AKIAIOSFODNN7EXAMPLE", false),
            ("requestParameters.name", "weighty-ghp_", false),
        ] {
            let shown = masked(path, value.into());
            assert_eq!(shown == MASK, is_secret, "{path} {value}");
        }
    }
}
