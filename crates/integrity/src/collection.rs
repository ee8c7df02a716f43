//! Files sorted by what their places say: digests by chain, log files beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::place::{self, ChainId, DigestName};

/// What lies in one copy of a trail's bucket.
#[derive(Debug, Default)]
pub struct Copy {
    /// Digests by chain: tails, with what their names say.
    pub chains: BTreeMap<ChainId, Vec<(String, DigestName)>>,
    /// The tails of log files, and of whatever else lies beside them.
    pub logs: BTreeSet<String>,
    /// Signatures that were saved beside digests: the digests' tails.
    pub signatures: BTreeSet<String>,
    /// What lies among digests and is none, by its name.
    pub strangers: Vec<String>,
}

/// All copies, by what stands before the tails: a folder, or a bucket with a prefix.
#[derive(Debug, Default)]
pub struct Collection {
    /// Each copy; they have nothing to do with each other.
    pub copies: BTreeMap<String, Copy>,
    /// How many files belong to no trail.
    pub passed_over: u64,
}

/// What a file is called in which the signature of the digest beside it was saved.
pub const SIGNATURE: &str = ".signature";

impl Collection {
    /// Takes the path of a file, or the key of an object, with `/` between its parts.
    pub fn add(&mut self, path: &str) {
        let Some((base, tail)) = place::split(path) else {
            self.passed_over += 1;
            return;
        };
        let copy = self.copies.entry(base.to_owned()).or_default();
        if !place::is_digest(tail) {
            copy.logs.insert(tail.to_owned());
        } else if let Some(digest) = tail.strip_suffix(SIGNATURE) {
            copy.signatures.insert(digest.to_owned());
        } else if let Some(name) = DigestName::of(tail) {
            let chain = copy.chains.entry(name.chain.clone()).or_default();
            chain.push((tail.to_owned(), name));
        } else {
            copy.strangers.push(tail.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_are_kept_apart_and_strangers_are_counted() {
        let digest = "111122223333/CloudTrail-Digest/eu-west-1/2026/08/17/111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260817T150131Z.json.gz";
        let mut all = Collection::default();
        for path in [
            format!("/a/AWSLogs/{digest}"),
            format!("/a/AWSLogs/{digest}.signature"),
            format!("/b/{digest}"),
            "/b/notes.txt".to_owned(),
            "/b/111122223333/CloudTrail/eu-west-1/2026/08/17/111122223333_CloudTrail_eu-west-1_20260817T1405Z_a.json.gz".to_owned(),
        ] {
            all.add(&path);
        }
        assert_eq!(all.copies.len(), 2);
        assert_eq!(all.copies["/a/AWSLogs/"].signatures.len(), 1);
        assert_eq!(all.copies["/b/"].logs.len(), 1);
        assert_eq!(all.passed_over, 1);
    }
}
