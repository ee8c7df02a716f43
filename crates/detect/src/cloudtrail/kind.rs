//! Tells log files from their neighbours by where they lie and what they are called.
//!
//! A trail's bucket holds more than log files: the digest chain, and what other services deliver
//! under the same `AWSLogs` prefix. None of it need be opened, whether it lies in a folder or a bucket.
//!
//! Source: CloudTrail user guide, *Getting and viewing your CloudTrail log files* (`AWSLogs/` with
//! or without the organisation's id, then account, then service) and *CloudTrail log file name
//! format* (`account_CloudTrail_region_YYYYMMDDTHHmmZ_unique.json.gz`).

use std::fmt;
use std::path::Path;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// What a file in a trail's bucket is that holds no records of CloudTrail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Neighbour {
    /// Part of CloudTrail's digest chain, which holds hashes and no records.
    Digest,
    /// Delivered by another service to the same bucket.
    OtherService(String),
    /// Not called like a log file.
    NotALogFile,
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest => f.write_str("CloudTrail digest"),
            Self::OtherService(name) => write!(f, "logs of {name}"),
            Self::NotALogFile => f.write_str("not named like a log file"),
        }
    }
}

/// Why the file at `path` is no log file, as far as its path tells.
#[must_use]
pub fn neighbour(path: &Path) -> Option<Neighbour> {
    let name = path.file_name()?.to_string_lossy();
    match service(path, &name) {
        Some("CloudTrail-Digest") => Some(Neighbour::Digest),
        Some(service) if !service.starts_with("CloudTrail") => {
            Some(Neighbour::OtherService(service.to_owned()))
        }
        _ => (!is_named_like_a_log_file(&name)).then_some(Neighbour::NotALogFile),
    }
}

/// The service that delivered the file: from its name, else from the folder below the account's.
fn service<'a>(path: &'a Path, name: &'a str) -> Option<&'a str> {
    let mut parts = name.split('_');
    if parts.next().is_some_and(is_account) && parts.clone().count() > 1 {
        return parts.next();
    }
    let folders: Vec<&str> = path
        .parent()?
        .iter()
        .filter_map(|part| part.to_str())
        .collect();
    let account = folders
        .iter()
        .rposition(|&folder| folder == "AWSLogs")
        .and_then(|root| {
            (root + 1..root + 3).find(|&at| folders.get(at).is_some_and(|f| is_account(f)))
        })?;
    folders.get(account + 1).copied()
}

/// Whether that is the number of an account: twelve digits.
#[must_use]
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `.json`, `.jsonl`, `.ndjson`, each perhaps with `.gz`; or `.gz` alone, as CloudWatch Logs exports.
fn is_named_like_a_log_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let (stem, zipped) = match name.strip_suffix(".gz") {
        Some(stem) => (stem, true),
        None => (name.as_str(), false),
    };
    match stem.rsplit_once('.') {
        Some((_, end)) => matches!(end, "json" | "jsonl" | "ndjson"),
        None => zipped && !stem.is_empty(),
    }
}

/// The account whose log file or digest this is, by its name.
#[must_use]
pub fn account(path: &Path) -> Option<&str> {
    let (account, rest) = path.file_name()?.to_str()?.split_once('_')?;
    (is_account(account) && rest.starts_with("CloudTrail")).then_some(account)
}

/// The region whose log file or digest this is, by its name. A digest comes every hour, whether or not
/// anything has happened.
#[must_use]
pub fn region(path: &Path) -> Option<&str> {
    let region = region_and_time(path)?.next()?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (region.contains('-') && region.len() <= 32 && region.bytes().all(plain)).then_some(region)
}

/// When CloudTrail delivered the file, by its name. All its records are older.
#[must_use]
pub fn delivered(path: &Path) -> Option<Timestamp> {
    let time = region_and_time(path)?.nth(1)?;
    let minute = DateTime::strptime("%Y%m%dT%H%MZ", time).ok()?;
    Some(minute.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// What stands in the name of a file of CloudTrail's behind account and service.
fn region_and_time(path: &Path) -> Option<impl Iterator<Item = &str>> {
    let mut parts = path.file_name()?.to_str()?.split('_');
    let named = parts.next().is_some_and(is_account) && parts.next()?.starts_with("CloudTrail");
    named.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_files_are_told_from_their_neighbours() {
        let other = |name: &str| Some(Neighbour::OtherService(name.to_owned()));
        for (path, expected) in [
            (
                "b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/22/111122223333_CloudTrail_eu-west-1_20261122T1405Z_Mu0KsOhtH1ar15ZZ.json.gz",
                None,
            ),
            (
                "AWSLogs/o-abc/111122223333/CloudTrail-Insight/x/111122223333_CloudTrail-Insight_eu-west-1_20261122T1405Z_a.json.gz",
                None,
            ),
            (
                "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/a.json.gz",
                Some(Neighbour::Digest),
            ),
            (
                "111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1_20261122T140511Z.json.gz",
                Some(Neighbour::Digest),
            ),
            (
                "AWSLogs/o-abc/111122223333/Config/eu-west-1/a.json.gz",
                other("Config"),
            ),
            (
                "111122223333_vpcflowlogs_us-east-1_fl-1234_20261122T0000Z_a.log.gz",
                other("vpcflowlogs"),
            ),
            ("AWSLogs/111122223333/a.json.gz", None),
            ("logs/events.json", None),
            ("logs/EVENTS.JSONL.GZ", None),
            ("export/000000.gz", None),
            ("backup.tar.gz", Some(Neighbour::NotALogFile)),
            (".gz", Some(Neighbour::NotALogFile)),
            (".DS_Store", Some(Neighbour::NotALogFile)),
            ("README", Some(Neighbour::NotALogFile)),
        ] {
            assert_eq!(neighbour(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn the_name_tells_the_region() {
        for (name, expected) in [
            (
                "a/111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0K.json.gz",
                Some("us-east-2"),
            ),
            (
                "111122223333_CloudTrail-Digest_us-gov-west-1_main_eu-west-1_20261122T140511Z.json.gz",
                Some("us-gov-west-1"),
            ),
            (
                "111122223333_vpcflowlogs_us-east-1_fl-1234_20261122T0000Z_a.log.gz",
                None,
            ),
            (
                "111122223333_CloudTrail_US EAST_20150801T0210Z_x.json.gz",
                None,
            ),
            ("events_CloudTrail_us-east-2_x.json", None),
            ("111122223333_CloudTrail", None),
        ] {
            assert_eq!(region(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn the_name_tells_the_time_of_delivery() {
        let at = |name: &str| delivered(Path::new(name)).map(|t| t.to_string());
        assert_eq!(
            at("a/111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz"),
            Some("2015-08-01T02:10:00Z".to_owned())
        );
        assert_eq!(at("111122223333_CloudTrail_us-east-2_soon_x.json.gz"), None);
        assert_eq!(at("events_2015_08_20150801T0210Z.json"), None);
    }
}
