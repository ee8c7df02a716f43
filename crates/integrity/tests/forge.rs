//! A bucket as CloudTrail fills it, signed with a key of the tests: `signing-key.der`, RSA, PKCS #8,
//! made for this purpose and known to everybody.

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The fingerprint by which digests name the key.
pub(crate) const FINGERPRINT: &str = "6d1a0b7c2f3e4d5c6b7a8990a1b2c3d4";

/// The bucket.
pub(crate) const BUCKET: &str = "acme-trail";

/// An object: its bytes, and its signature if it is a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) signature: Option<String>,
}

/// A bucket in memory.
pub(crate) type Bucket = BTreeMap<String, Object>;

/// Signs and fills a bucket.
pub(crate) struct Forge {
    key: RsaKeyPair,
    random: SystemRandom,
    pub(crate) bucket: Bucket,
}

/// The chain that is being written.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What stands before the account: `AWSLogs/` or `AWSLogs/o-x/`.
    pub(crate) above: &'static str,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) trail: &'static str,
    previous: Option<Value>,
}

impl Line {
    pub(crate) fn new(above: &'static str, account: &'static str, region: &'static str) -> Self {
        Self {
            above,
            account,
            region,
            trail: "acme_main",
            previous: None,
        }
    }

    /// As after logging was off for a while.
    pub(crate) fn begin_anew(&mut self) {
        self.previous = None;
    }
}

impl Forge {
    pub(crate) fn new() -> Self {
        let der = include_bytes!("signing-key.der");
        Self {
            key: RsaKeyPair::from_pkcs8(der).expect("the key of the tests"),
            random: SystemRandom::new(),
            bucket: Bucket::new(),
        }
    }

    /// What `aws cloudtrail list-public-keys` would print.
    pub(crate) fn keys(&self) -> String {
        let value = STANDARD.encode(self.key.public_key().as_ref());
        json!({"PublicKeyList": [{
            "Value": value,
            "ValidityStartTime": "2026-01-01T00:00:00+00:00",
            "ValidityEndTime": "2027-01-01T00:00:00+00:00",
            "Fingerprint": FINGERPRINT,
        }]})
        .to_string()
    }

    /// An hour of a chain: `files` log files of one record each, and the digest that lists them.
    pub(crate) fn hour(&mut self, line: &mut Line, end: Timestamp, files: u32) {
        let start = end - SignedDuration::from_hours(1);
        let step = SignedDuration::from_mins(60 / i64::from(files.max(1)));
        let logs = (0..files).map(|n| self.log_file(line, start + step * n as i32, n));
        let logs: Vec<Value> = logs.collect();
        self.digest(line, start, end, &logs, "");
    }

    /// A log file that no digest of its hour has listed, and the digest that makes up for it.
    pub(crate) fn backfill(&mut self, line: &Line, end: Timestamp) {
        let start = end - SignedDuration::from_hours(1);
        let log = self.log_file(line, start + SignedDuration::from_mins(7), 99);
        let mut line = line.clone();
        line.begin_anew();
        self.digest(&mut line, start, end, &[log], "_backfill");
    }

    /// Lays a log file into the bucket; returns how a digest lists it.
    pub(crate) fn log_file(&mut self, line: &Line, delivered: Timestamp, n: u32) -> Value {
        let Line {
            above,
            account,
            region,
            ..
        } = line;
        let day = delivered.strftime("%Y/%m/%d");
        let minute = delivered.strftime("%Y%m%dT%H%MZ");
        let key = format!(
            "{above}{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{minute}_Forge{n:011}.json.gz"
        );
        let text = json!({"Records": [{
            "eventVersion": "1.11", "eventTime": delivered.to_string(), "eventSource": "sts.amazonaws.com",
            "eventName": "GetCallerIdentity", "awsRegion": region, "recipientAccountId": account,
            "eventID": format!("{account}-{region}-{minute}-{n}"),
            "userIdentity": {"type": "IAMUser", "userName": "maria"},
        }]})
        .to_string();
        let listed = json!({
            "s3Bucket": BUCKET, "s3Object": key, "hashValue": sha256(text.as_bytes()),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": delivered.to_string(), "oldestEventTime": delivered.to_string(),
        });
        let bytes = gzip(text.as_bytes());
        self.bucket.insert(
            key,
            Object {
                bytes,
                signature: None,
            },
        );
        listed
    }

    fn digest(
        &mut self,
        line: &mut Line,
        start: Timestamp,
        end: Timestamp,
        logs: &[Value],
        suffix: &str,
    ) {
        let Line {
            above,
            account,
            region,
            trail,
            ..
        } = line;
        let day = end.strftime("%Y/%m/%d");
        let stamp = end.strftime("%Y%m%dT%H%M%SZ");
        let key = format!(
            "{above}{account}/CloudTrail-Digest/{region}/{day}/{account}_CloudTrail-Digest_{region}_{trail}_eu-west-1_{stamp}{suffix}.json.gz"
        );
        let none = json!({
            "previousDigestS3Bucket": null, "previousDigestS3Object": null,
            "previousDigestHashValue": null, "previousDigestHashAlgorithm": null,
            "previousDigestSignature": null,
        });
        let mut digest = line.previous.clone().unwrap_or(none);
        let before = digest["previousDigestSignature"]
            .as_str()
            .unwrap_or("null")
            .to_owned();
        for (name, value) in [
            ("awsAccountId", json!(account)),
            ("digestStartTime", json!(start.to_string())),
            ("digestEndTime", json!(end.to_string())),
            ("digestS3Bucket", json!(BUCKET)),
            ("digestS3Object", json!(key)),
            ("digestPublicKeyFingerprint", json!(FINGERPRINT)),
            ("digestSignatureAlgorithm", json!("SHA256withRSA")),
            ("newestEventTime", Value::Null),
            ("oldestEventTime", Value::Null),
            ("logFiles", json!(logs)),
        ] {
            digest[name] = value;
        }
        let text = digest.to_string();
        let hash = sha256(text.as_bytes());
        let signature = self.sign(&format!("{end}\n{BUCKET}/{key}\n{hash}\n{before}"));
        line.previous = Some(json!({
            "previousDigestS3Bucket": BUCKET, "previousDigestS3Object": key,
            "previousDigestHashValue": hash, "previousDigestHashAlgorithm": "SHA-256",
            "previousDigestSignature": signature,
        }));
        let bytes = gzip(text.as_bytes());
        self.bucket.insert(
            key,
            Object {
                bytes,
                signature: Some(signature),
            },
        );
    }

    fn sign(&self, text: &str) -> String {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &self.random,
                text.as_bytes(),
                &mut signature,
            )
            .expect("a signature");
        hex(&signature)
    }
}

/// Two accounts of an organisation, one of them in two regions, of which one had its logging off for a
/// while, and a backfill: 24 hours, in the end.
pub(crate) fn organisation() -> Forge {
    let mut forge = Forge::new();
    let first: Timestamp = "2026-08-17T01:01:31Z".parse().expect("a time");
    let end = |hour: i64| first + SignedDuration::from_hours(hour);
    for (account, region) in [
        ("111122223333", "eu-west-1"),
        ("111122223333", "us-east-1"),
        ("444455556666", "us-east-1"),
    ] {
        let mut line = Line::new("p/AWSLogs/o-a1b2c3d4e5/", account, region);
        for hour in 0..24 {
            forge.hour(&mut line, end(hour), (hour % 4) as u32);
        }
        if account == "444455556666" {
            forge.backfill(&line, end(9));
        }
    }
    forge
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
