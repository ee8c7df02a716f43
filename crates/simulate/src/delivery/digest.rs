//! Digest files: once an hour CloudTrail lists the log files it delivered, each with its hash, and
//! the hash of the digest before, so that a missing or changed file is found out.
//!
//! Only one origin is under validation here, the quiet security account at home: enough to try a
//! verifier on, and cheap. Hashes are real (SHA-256 over the uncompressed JSON, as CloudTrail
//! computes them); signatures are not, for they would need AWS's key.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail digest file structure*.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::SimulatedFile;
use crate::cast::{HOME, SECURITY, TRAIL_BUCKET};
use crate::clock::{self, HOUR, Second};
use crate::record::ids;
use crate::rng::Rng;

const FINGERPRINT: &str = "31e8b5433410dfb61a9dc45cc65b22ff";

/// What a digest remembers of one log file.
#[derive(Debug)]
struct Entry {
    path: String,
    hash: String,
    oldest: Second,
    newest: Second,
}

/// The chain of digests of one origin.
#[derive(Debug, Default)]
pub(crate) struct DigestChain {
    entries: Vec<Entry>,
    /// Path and hash of the digest before.
    previous: Option<(String, String)>,
}

impl DigestChain {
    /// True if files of this account and region are listed.
    pub(crate) fn covers((account, region): (&str, &str)) -> bool {
        account == SECURITY.id && region == HOME
    }

    /// Lists a delivered file, with its oldest and newest `eventTime`.
    pub(crate) fn list(&mut self, file: &SimulatedFile, oldest: Second, newest: Second) {
        let (path, hash) = (file.path.clone(), sha256(&file.body));
        self.entries.push(Entry {
            path,
            hash,
            oldest,
            newest,
        });
    }

    /// The digest of the hour that ends at `end`.
    pub(crate) fn close(&mut self, end: Second) -> SimulatedFile {
        let path = path(end);
        let body = self.text(&path, end).into_bytes();
        self.entries.clear();
        self.previous = Some((path.clone(), sha256(&body)));
        SimulatedFile {
            path,
            body,
            records: 0,
        }
    }

    fn text(&self, path: &str, end: Second) -> String {
        let (account, start) = (SECURITY.id, spelled(end - HOUR));
        let end_time = spelled(end);
        let time = |at: Option<Second>| at.map_or("null".into(), |at| quoted(&spelled(at)));
        let newest = time(self.entries.iter().map(|entry| entry.newest).max());
        let oldest = time(self.entries.iter().map(|entry| entry.oldest).min());
        let mut text = format!(
            r#"{{"awsAccountId":"{account}","digestStartTime":"{start}","digestEndTime":"{end_time}","digestS3Bucket":"{TRAIL_BUCKET}","digestS3Object":"{path}","digestPublicKeyFingerprint":"{FINGERPRINT}","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":{newest},"oldestEventTime":{oldest},"#
        );
        text.push_str(&self.link(end));
        let files: Vec<_> = self.entries.iter().map(Entry::text).collect();
        let _ = write!(text, r#""logFiles":[{}]}}"#, files.join(","));
        text
    }

    /// The fields that point to the digest before.
    fn link(&self, end: Second) -> String {
        let Some((path, hash)) = &self.previous else {
            return r#""previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"#.into();
        };
        let mut signature = Vec::new();
        ids::write_hex(&mut signature, 512, &mut Rng::about(end as u64, &[]));
        let signature = String::from_utf8_lossy(&signature);
        format!(
            r#""previousDigestS3Bucket":"{TRAIL_BUCKET}","previousDigestS3Object":"{path}","previousDigestHashValue":"{hash}","previousDigestHashAlgorithm":"SHA-256","previousDigestSignature":"{signature}","#
        )
    }
}

impl Entry {
    fn text(&self) -> String {
        let Self { path, hash, .. } = self;
        let (newest, oldest) = (spelled(self.newest), spelled(self.oldest));
        format!(
            r#"{{"s3Bucket":"{TRAIL_BUCKET}","s3Object":"{path}","hashValue":"{hash}","hashAlgorithm":"SHA-256","newestEventTime":"{newest}","oldestEventTime":"{oldest}"}}"#
        )
    }
}

fn path(end: Second) -> String {
    let account = SECURITY.id;
    let mut folders = Vec::new();
    clock::write_folders(&mut folders, end);
    let folders = String::from_utf8_lossy(&folders);
    let stamp = spelled(end).replace(['-', ':'], "");
    format!(
        "AWSLogs/{account}/CloudTrail-Digest/{HOME}/{folders}/{account}_CloudTrail-Digest_{HOME}_acme-org_{HOME}_{stamp}.json.gz"
    )
}

fn spelled(at: Second) -> String {
    let mut text = Vec::with_capacity(20);
    clock::write_time(&mut text, at);
    String::from_utf8_lossy(&text).into_owned()
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(file: &SimulatedFile) -> serde_json::Value {
        serde_json::from_slice(&file.body).unwrap()
    }

    #[test]
    fn hashes_are_sha256() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), empty);
    }

    #[test]
    fn each_digest_names_the_one_before_by_its_hash() {
        let mut chain = DigestChain::default();
        let log = SimulatedFile {
            path: "log".into(),
            body: b"{}".to_vec(),
            records: 1,
        };
        chain.list(&log, 10, 20);
        let first = chain.close(HOUR);
        let second = chain.close(2 * HOUR);
        let (before, after) = (parsed(&first), parsed(&second));
        assert_eq!(before["logFiles"][0]["hashValue"], sha256(b"{}"));
        assert_eq!(before["oldestEventTime"], "1970-01-01T00:00:10Z");
        assert_eq!(before["previousDigestHashValue"], serde_json::Value::Null);
        assert_eq!(after["previousDigestHashValue"], sha256(&first.body));
        assert_eq!(after["previousDigestS3Object"], first.path);
        assert_eq!(after["logFiles"].as_array().unwrap().len(), 0);
    }
}
