//! Where the files of a trail lie, and what their names say.
//!
//! A key in a bucket and a path in a copied folder have the same end: account, service, region, day and
//! name. That end, the *tail*, is what a digest and its log files are found by, so that a copy proves as
//! much as the original, wherever it lies.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail digest file structure* (with `_backfill` for log files
//! that no digest had listed in time) and *CloudTrail log file name format*.

use std::fmt;
use std::path::Path;

use detect::cloudtrail::kind::{self, is_account};
use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The folder of digests.
const DIGESTS: &str = "CloudTrail-Digest";

/// Splits a path or key into what stands before, and the tail from the account on (or from the
/// organisation, where there is one); `None` if no account and service stand in it.
///
/// ```
/// # use integrity::place::split;
/// let (base, tail) = split("b/AWSLogs/o-x1/111122223333/CloudTrail/eu-west-1/2026/11/22/a.json.gz").unwrap();
/// assert_eq!(base, "b/AWSLogs/");
/// assert_eq!(tail, "o-x1/111122223333/CloudTrail/eu-west-1/2026/11/22/a.json.gz");
/// ```
#[must_use]
pub fn split(path: &str) -> Option<(&str, &str)> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(path.match_indices('/').map(|(at, _)| at + 1))
        .collect();
    let part = |n: usize| path[starts[n]..].split('/').next().unwrap_or_default();
    let account = (0..starts.len().saturating_sub(2))
        .rev()
        .find(|&n| is_account(part(n)) && part(n + 1).starts_with("CloudTrail"))?;
    let first = match account.checked_sub(1) {
        Some(above) if part(above).starts_with("o-") => above,
        _ => account,
    };
    Some(path.split_at(starts[first]))
}

/// The tail of a path or key, or all of it where it has none.
#[must_use]
pub fn tail(path: &str) -> &str {
    split(path).map_or(path, |(_, tail)| tail)
}

/// Whether a digest lies there.
#[must_use]
pub fn is_digest(tail: &str) -> bool {
    tail.split('/').any(|part| part == DIGESTS)
}

/// Whose digests follow each other: one chain for each account, region and trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainId {
    /// Organisation, if any, and account: `o-abc/111122223333`.
    pub owner: String,
    /// The region whose log files are listed.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// The trail's home region.
    pub home: String,
    /// Whether it lists what came too late for the usual digests.
    pub backfill: bool,
}

impl ChainId {
    /// The account whose log files these are.
    #[must_use]
    pub fn account(&self) -> &str {
        self.owner.rsplit('/').next().unwrap_or_default()
    }

    /// Whether both belong to one trail, and should go on equally long.
    #[must_use]
    pub fn is_sibling(&self, other: &Self) -> bool {
        (&self.trail, &self.home, self.backfill) == (&other.trail, &other.home, other.backfill)
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} trail {}", self.owner, self.region, self.trail)?;
        f.write_str(if self.backfill { " (backfill)" } else { "" })
    }
}

/// What the name of a digest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestName {
    /// The chain it belongs to.
    pub chain: ChainId,
    /// When its period ends.
    pub end: Timestamp,
}

impl DigestName {
    /// Reads a tail; `None` if it is not that of a digest.
    #[must_use]
    pub fn of(tail: &str) -> Option<Self> {
        let (owner, rest) = tail.split_once(&format!("/{DIGESTS}/"))?;
        let name = rest.rsplit('/').next()?.strip_suffix(".json.gz")?;
        let (name, backfill) = match name.strip_suffix("_backfill") {
            Some(name) => (name, true),
            None => (name, false),
        };
        // A trail's name may hold underscores; what stands around it does not.
        let mut left = name.splitn(4, '_');
        let (account, service) = (left.next()?, left.next()?);
        let (region, rest) = (left.next()?, left.next()?);
        let (rest, stamp) = rest.rsplit_once('_')?;
        let (trail, home) = rest.rsplit_once('_')?;
        let end = DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
        let chain = ChainId {
            owner: owner.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
            home: home.to_owned(),
            backfill,
        };
        (account == chain.account() && service == DIGESTS).then_some(Self {
            chain,
            end: end.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        })
    }
}

/// What place and name of a log file say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// Organisation, if any, and account.
    pub owner: String,
    /// The region.
    pub region: String,
    /// When it was delivered, to the minute.
    pub delivered: Timestamp,
}

impl LogName {
    /// Reads a tail; `None` if it is not that of a log file.
    #[must_use]
    pub fn of(tail: &str) -> Option<Self> {
        let (owner, rest) = tail.split_once("/CloudTrail")?;
        let mut parts = rest.split('/');
        let is_digest = parts.next()? == "-Digest";
        let region = parts.next()?.to_owned();
        (!is_digest && tail.ends_with(".json.gz")).then_some(Self {
            owner: owner.to_owned(),
            region,
            delivered: kind::delivered(Path::new(tail))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "o-x1/111122223333/CloudTrail-Digest/us-east-2/2026/08/17/111122223333_CloudTrail-Digest_us-east-2_my_own_trail_eu-west-1_20260817T150131Z.json.gz";

    #[test]
    fn a_digest_is_known_by_its_name() {
        let name = DigestName::of(DIGEST).expect("a digest");
        assert_eq!(name.chain.account(), "111122223333");
        assert_eq!(
            name.chain.to_string(),
            "o-x1/111122223333 us-east-2 trail my_own_trail"
        );
        assert_eq!(name.chain.home, "eu-west-1");
        assert_eq!(name.end.to_string(), "2026-08-17T15:01:31Z");
        let backfill = DIGEST.replace(".json.gz", "_backfill.json.gz");
        assert!(DigestName::of(&backfill).expect("one too").chain.backfill);
    }

    #[test]
    fn a_digest_in_the_folder_of_another_account_is_none() {
        assert_eq!(
            DigestName::of(&DIGEST.replace("o-x1/111122223333", "o-x1/444455556666")),
            None
        );
    }

    #[test]
    fn a_path_without_account_has_no_tail() {
        assert_eq!(split("logs/CloudTrail/eu-west-1/a.json.gz"), None);
        assert_eq!(
            split("/a/111122223333/CloudTrail/x.json.gz").map(|(base, _)| base),
            Some("/a/")
        );
    }

    #[test]
    fn a_log_file_says_when_it_was_delivered() {
        let name = LogName::of("111122223333/CloudTrail/eu-west-1/2026/11/22/111122223333_CloudTrail_eu-west-1_20261122T1405Z_Mu0.json.gz").expect("a log file");
        assert_eq!(name.delivered.to_string(), "2026-11-22T14:05:00Z");
        assert_eq!(LogName::of(DIGEST), None);
    }
}
