//! How far a chain was proven by an earlier run, so that the next goes on from there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::hash::Hash;
use crate::place::ChainId;
use crate::verdict::Verdict;

/// The last digest of a stretch that is proven without a hole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The chain.
    pub chain: ChainId,
    /// When the stretch begins.
    pub start: Timestamp,
    /// When the period of the last digest ends.
    pub end: Timestamp,
    /// The tail of that digest.
    pub digest: String,
    /// Its hash, by which the next one names it.
    pub hash: Hash,
    /// How many digests were proven.
    pub digests: u64,
    /// How many log files were proven.
    pub log_files: u64,
}

impl Anchor {
    /// Where `chain` stands now: behind its anchor so far, what is proven without a hole.
    #[must_use]
    pub fn of(chain: &Chain) -> Option<Self> {
        let proven = chain
            .periods
            .iter()
            .take_while(|period| period.settled && period.verdict() == Verdict::Proven);
        proven.fold(chain.anchor.clone(), |anchor, period| {
            let (Some(digest), Some(hash)) = (&period.digest, period.sealed) else {
                return anchor;
            };
            let (start, digests, log_files) = match &anchor {
                Some(anchor) => (anchor.start, anchor.digests, anchor.log_files),
                None => (period.start.unwrap_or(period.end), 0, 0),
            };
            Some(Self {
                chain: chain.id.clone(),
                start,
                end: period.end,
                digest: digest.clone(),
                hash,
                digests: digests + 1,
                log_files: log_files + period.sound,
            })
        })
    }
}
