//! The public keys with which CloudTrail signs digests, and the check of a signature.
//!
//! Keys come as ListPublicKeys gives them: RSA, PKCS #1, DER, in base64, each with its fingerprint. A
//! digest names the fingerprint of its key. All trust rests on the keys: whoever can put one into the
//! list can sign what he likes.
//!
//! Source: AWS CloudTrail API Reference, *ListPublicKeys*; RFC 8017, section 8.2.2.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;

/// What CloudTrail calls the way it signs: RSASSA-PKCS1-v1_5 with SHA-256.
pub const ALGORITHM: &str = "SHA256withRSA";

/// Public keys by their fingerprints.
#[derive(Debug, Clone, Default)]
pub struct PublicKeys(BTreeMap<String, Vec<u8>>);

/// Why a list of keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// It is not what ListPublicKeys gives.
    #[error("not a list of public keys as `aws cloudtrail list-public-keys` prints it")]
    Shape(#[source] serde_json::Error),
    /// A key is not base64.
    #[error("the key with the fingerprint `{0}` is not base64")]
    Value(String, #[source] base64::DecodeError),
    /// There is none in it.
    #[error(
        "there is no key in it: ask for the time of the logs, with --start-time and --end-time"
    )]
    Empty,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "PublicKeyList")]
    list: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    value: String,
    fingerprint: String,
}

impl PublicKeys {
    /// Reads what `aws cloudtrail list-public-keys` prints.
    ///
    /// # Errors
    /// [`KeysError`] if it is something else, or holds no key.
    pub fn parse(json: &[u8]) -> Result<Self, KeysError> {
        let answer: Answer = serde_json::from_slice(json).map_err(KeysError::Shape)?;
        let mut keys = Self::default();
        for Entry { value, fingerprint } in answer.list {
            match STANDARD.decode(value) {
                Ok(der) => keys.add(&fingerprint, der),
                Err(error) => return Err(KeysError::Value(fingerprint, error)),
            }
        }
        if keys.is_empty() {
            return Err(KeysError::Empty);
        }
        Ok(keys)
    }

    /// Adds one key, in DER.
    pub fn add(&mut self, fingerprint: &str, der: Vec<u8>) {
        self.0.insert(fingerprint.to_ascii_lowercase(), der);
    }

    /// The list as `aws cloudtrail list-public-keys` prints it, without the times.
    #[must_use]
    pub fn to_json(&self) -> String {
        let list = self.0.iter().map(|(fingerprint, der)| {
            serde_json::json!({"Value": STANDARD.encode(der), "Fingerprint": fingerprint})
        });
        let list: Vec<_> = list.collect();
        format!("{:#}\n", serde_json::json!({"PublicKeyList": list}))
    }

    /// Adds all keys of another list.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the key with this fingerprint is known.
    #[must_use]
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.0.contains_key(&fingerprint.to_ascii_lowercase())
    }

    /// Whether `signature` is that of `message` by the key with this fingerprint.
    #[must_use]
    pub fn verify(&self, fingerprint: &str, message: &[u8], signature: &[u8]) -> bool {
        self.0
            .get(&fingerprint.to_ascii_lowercase())
            .is_some_and(|der| {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
                    .verify(message, signature)
                    .is_ok()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_another_shape_is_refused_with_a_reason() {
        for (json, expected) in [
            ("{}", "not a list of public keys"),
            (r#"{"PublicKeyList":[]}"#, "no key in it"),
            (
                r#"{"PublicKeyList":[{"Value":"!","Fingerprint":"ab"}]}"#,
                "`ab` is not base64",
            ),
        ] {
            let error = PublicKeys::parse(json.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_verifies_nothing() {
        assert!(!PublicKeys::default().verify("ab", b"", b""));
    }
}
