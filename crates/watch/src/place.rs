//! Where a trail lays its files, and what their names say of who is heard.
//!
//! Source: CloudTrail user guide, *CloudTrail log file name format* and *CloudTrail digest file structure*.

pub use detect::cloudtrail::kind::is_account;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::coverage::Pulse;

/// What the folder of a trail is called, in whatever folder of the bucket it lies.
pub const ROOT: &str = "AWSLogs/";

/// How far back is looked where nothing is known.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(48);

/// How far back is looked at most.
const FARTHEST: SignedDuration = SignedDuration::from_hours(31 * 24);

impl Pulse {
    /// The folder in which an account has its folders of regions.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Digests => "CloudTrail-Digest/",
            Self::LogFiles => "CloudTrail/",
        }
    }
}

/// The last folder of a common prefix, such as `eu-west-1` of `…/CloudTrail-Digest/eu-west-1/`.
#[must_use]
pub fn folder(prefix: &str) -> &str {
    let inside = prefix.strip_suffix('/').unwrap_or(prefix);
    inside.rsplit('/').next().unwrap_or_default()
}

/// Whether that is the id of an organization.
#[must_use]
pub fn is_organization(name: &str) -> bool {
    let id = name.strip_prefix("o-").unwrap_or_default();
    (10..=32).contains(&id.len()) && is_plain(id)
}

/// Whether that may be a region.
#[must_use]
pub fn is_region(name: &str) -> bool {
    let is_short = (4..=30).contains(&name.len());
    is_short && name.contains('-') && name.split('-').all(is_plain)
}

fn is_plain(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !text.is_empty() && text.bytes().all(is_fit)
}

/// Behind which key the files of a region are listed, that were made since `last`; below `folder`.
///
/// Names sort by day, and within a day by trail: so all of that day are listed again.
#[must_use]
pub fn start(folder: &str, last: Option<Timestamp>, now: Timestamp) -> String {
    let earliest = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
    let since = last.unwrap_or_else(|| earliest(FIRST_LOOK));
    let since = since.max(earliest(FARTHEST)).min(now);
    format!("{folder}{}", since.strftime("%Y/%m/%d/"))
}

/// The same for log files since then: names sort by their time, for an account and region have but one name.
#[must_use]
pub fn start_of_logs(folder: &str, account: &str, region: &str, since: Timestamp) -> String {
    let day = since.strftime("%Y/%m/%d/");
    let time = since.strftime("%Y%m%dT%H%M");
    format!("{folder}{day}{account}_CloudTrail_{region}_{time}")
}

/// When a file was made, by the end of its name: `…_20261128T080131Z.json.gz`, `…_20261128T0805Z_Qa1b….json.gz`.
#[must_use]
pub fn time(key: &str) -> Option<Timestamp> {
    let name = key.rsplit('/').next()?.strip_suffix(".json.gz")?;
    let mut parts = name.rsplit('_');
    let times = [parts.next()?, parts.next()?];
    times.into_iter().find_map(|text| {
        let text = text.strip_suffix('Z')?;
        let seconds = DateTime::strptime("%Y%m%dT%H%M%S", text);
        let time = seconds.or_else(|_| DateTime::strptime("%Y%m%dT%H%M", text));
        Some(time.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_are_of() {
        assert_eq!(folder("AWSLogs/o-a1b2c3d4e5/"), "o-a1b2c3d4e5");
        assert!(is_organization("o-a1b2c3d4e5") && !is_organization("o-short"));
        assert!(is_account("111122223333") && !is_account("11112222333x"));
        assert!(is_region("ap-southeast-2") && is_region("us-gov-west-1"));
        for name in ["", "2026", "eu-west-1\n", "EU-WEST-1", "eu--1", "../../x-y"] {
            assert!(!is_region(name), "{name:?}");
        }
    }

    #[test]
    fn digests_and_log_files_tell_when_they_were_made() {
        let digest = "AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/11/28/111122223333_CloudTrail-Digest_eu-west-1_main_trail_eu-west-1_20261128T080131Z.json.gz";
        let log = "AWSLogs/1/CloudTrail/eu-west-1/2026/11/28/111122223333_CloudTrail_eu-west-1_20261128T0805Z_Qa1bT0405Z.json.gz";
        let at = |text: &str| Some(text.parse().unwrap());
        assert_eq!(time(digest), at("2026-11-28T08:01:31Z"));
        assert_eq!(time(log), at("2026-11-28T08:05:00Z"));
        for key in [
            "a/b/",
            "x.json.gz",
            "a_20261399T0000Z.json.gz",
            "a_b_c.json.gz",
        ] {
            assert_eq!(time(key), None, "{key}");
        }
    }

    #[test]
    fn the_list_begins_with_the_day_of_what_is_known() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-28T08:30:00Z");
        let from = |last| start("r/", last, now);
        assert_eq!(from(Some(at("2026-11-27T23:59:00Z"))), "r/2026/11/27/");
        assert_eq!(from(None), "r/2026/11/26/");
        assert_eq!(from(Some(at("2025-01-01T00:00:00Z"))), "r/2026/10/28/");
        assert_eq!(from(Some(at("2099-01-01T00:00:00Z"))), "r/2026/11/28/");
    }
}
