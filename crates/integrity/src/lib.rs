//! Proves that log files are those that CloudTrail delivered, and that none of them is missing.
//!
//! Once an hour, for each account and region, CloudTrail lists the log files that it has delivered in a
//! *digest*: each with its SHA-256, together with place, hash and signature of the digest before, all of
//! it signed with a key of the region. So the digests are a chain, and whoever holds the public keys can
//! tell which hours are whole.
//!
//! The road: [`place`] reads names, [`Collection`] sorts by them, [`Digest::parse`] contents, [`hash`] what log files hold;
//! [`chain::judge`] says of each digest whether it is sealed and which are missing, [`proof::prove`] adds
//! the log files and says it of each hour. Whoever calls opens files and keeps time; here nothing is
//! opened and nobody asks what time it is.
//!
//! Invariants: only a signature that fits proves anything, or a hash in a digest that is proven; what
//! cannot be proven is never called proven, and is never called altered either, unless something proven
//! contradicts it. A file is judged by what `scan` would read in it.
//!
//! Source: AWS CloudTrail User Guide, *Custom implementations of CloudTrail log file integrity
//! validation* and *CloudTrail digest file structure*.

pub mod anchor;
pub mod chain;
pub mod collection;
pub mod digest;
pub mod hash;
pub mod keys;
pub mod place;
pub mod proof;
pub mod report;
pub mod verdict;

pub use anchor::Anchor;
pub use chain::{Chain, Found};
pub use collection::Collection;
pub use digest::Digest;
pub use hash::{Hash, Hasher, Hashing};
pub use keys::PublicKeys;
pub use place::{ChainId, DigestName};
pub use proof::{LogState, Proof};
pub use verdict::{Period, Trouble, Verdict};
