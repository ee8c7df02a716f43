//! A digest: what it lists, what it says of the one before, and the text that is signed.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail digest file structure* and *Custom implementations of
//! CloudTrail log file integrity validation*, "Data signing string".

use jiff::Timestamp;
use serde::Deserialize;

use crate::hash::{Hash, unhex};
use crate::keys::ALGORITHM;
use crate::place;

/// The only hash that CloudTrail uses.
const SHA256: &str = "SHA-256";

/// A digest that could be read.
#[derive(Debug, Clone)]
pub struct Digest {
    /// When its period begins.
    pub start: Timestamp,
    /// When its period ends.
    pub end: Timestamp,
    /// Where it says that it lies: the tail of its key.
    pub tail: String,
    /// Which key has signed it.
    pub fingerprint: String,
    /// The digest before; `None` where a chain begins.
    pub previous: Option<Previous>,
    /// The log files of its period.
    pub files: Vec<Listed>,
    /// The hash of all it holds.
    pub hash: Hash,
    /// What its signature is a signature of.
    pub signed: String,
}

/// What a digest says of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The tail of its key.
    pub tail: String,
    /// The hash of all it holds.
    pub hash: Hash,
    /// Its signature.
    pub signature: Vec<u8>,
}

/// What a digest says of a log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The tail of its key.
    pub tail: String,
    /// The hash of all it holds.
    pub hash: Hash,
}

/// Why something is no digest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// Not JSON, or with other fields.
    #[error("it does not hold a digest")]
    Shape(#[source] serde_json::Error),
    /// Signed or hashed in a way that is not documented.
    #[error("it uses `{0}`, which is no algorithm of CloudTrail's")]
    Algorithm(String),
    /// A hash or a signature is no hexadecimal text.
    #[error("`{0}` in it is not in hexadecimal digits")]
    Hex(&'static str),
    /// It names only half of the digest before.
    #[error("it says where the digest before lies, but not its hash and its signature")]
    HalfALink,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    digest_start_time: Timestamp,
    /// Signed as it is written.
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    #[serde(rename = "previousDigestS3Object")]
    previous_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Vec<WrittenFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenFile {
    #[serde(rename = "s3Object")]
    object: String,
    hash_value: String,
    hash_algorithm: String,
}

impl Digest {
    /// Reads what a digest file holds, inflated.
    ///
    /// # Errors
    /// [`DigestError`] if it is not a digest as documented.
    pub fn parse(content: &[u8]) -> Result<Self, DigestError> {
        let written: Written = serde_json::from_slice(content).map_err(DigestError::Shape)?;
        known(&written.digest_signature_algorithm, ALGORITHM)?;
        let hash = Hash::of(content);
        let signed = written.signed(&hash);
        let end = written
            .digest_end_time
            .parse()
            .map_err(|error: jiff::Error| DigestError::Shape(serde::de::Error::custom(error)))?;
        let previous = written.previous()?;
        let files: Result<_, _> = written.log_files.iter().map(WrittenFile::listed).collect();
        Ok(Self {
            start: written.digest_start_time,
            end,
            tail: place::tail(&written.object).to_owned(),
            fingerprint: written.digest_public_key_fingerprint,
            previous,
            files: files?,
            hash,
            signed,
        })
    }
}

impl Written {
    /// End of the period, place, hash, and the signature before; `null` where there is none.
    fn signed(&self, hash: &Hash) -> String {
        let before = self.previous_digest_signature.as_deref().unwrap_or("null");
        let Self {
            digest_end_time,
            bucket,
            object,
            ..
        } = self;
        format!("{digest_end_time}\n{bucket}/{object}\n{hash}\n{before}")
    }

    fn previous(&self) -> Result<Option<Previous>, DigestError> {
        let Some(object) = &self.previous_object else {
            return Ok(None);
        };
        let (Some(hash), Some(signature)) = (
            &self.previous_digest_hash_value,
            &self.previous_digest_signature,
        ) else {
            return Err(DigestError::HalfALink);
        };
        known(
            self.previous_digest_hash_algorithm
                .as_deref()
                .unwrap_or(SHA256),
            SHA256,
        )?;
        Ok(Some(Previous {
            tail: place::tail(object).to_owned(),
            hash: Hash::from_hex(hash).ok_or(DigestError::Hex("previousDigestHashValue"))?,
            signature: unhex(signature).ok_or(DigestError::Hex("previousDigestSignature"))?,
        }))
    }
}

impl WrittenFile {
    fn listed(&self) -> Result<Listed, DigestError> {
        known(&self.hash_algorithm, SHA256)?;
        Ok(Listed {
            tail: place::tail(&self.object).to_owned(),
            hash: Hash::from_hex(&self.hash_value).ok_or(DigestError::Hex("hashValue"))?,
        })
    }
}

fn known(algorithm: &str, expected: &str) -> Result<(), DigestError> {
    if algorithm == expected {
        return Ok(());
    }
    Err(DigestError::Algorithm(algorithm.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"{"awsAccountId":"111122223333","digestStartTime":"2026-08-17T14:01:31Z","digestEndTime":"2026-08-17T15:01:31Z","digestS3Bucket":"logs","digestS3Object":"p/AWSLogs/111122223333/CloudTrail-Digest/a.json.gz","digestPublicKeyFingerprint":"ab","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#;

    #[test]
    fn the_first_of_a_chain_signs_null_for_what_is_before() {
        let digest = Digest::parse(FIRST.as_bytes()).unwrap();
        let hash = Hash::of(FIRST.as_bytes());
        assert_eq!(
            digest.signed,
            format!(
                "2026-08-17T15:01:31Z\nlogs/p/AWSLogs/111122223333/CloudTrail-Digest/a.json.gz\n{hash}\nnull"
            )
        );
        assert_eq!(digest.previous, None);
        assert_eq!(digest.tail, "111122223333/CloudTrail-Digest/a.json.gz");
    }

    #[test]
    fn other_algorithms_and_half_a_link_are_refused() {
        for (from, to, expected) in [
            ("SHA256withRSA", "none", "`none`"),
            (
                r#""previousDigestS3Object":null"#,
                r#""previousDigestS3Object":"x""#,
                "but not its hash",
            ),
            ("logFiles", "files", "does not hold a digest"),
        ] {
            let error = Digest::parse(FIRST.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
