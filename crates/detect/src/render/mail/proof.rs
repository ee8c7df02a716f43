//! The command that proves a log file, once CloudTrail has signed its hour.

use jiff::{SignedDuration, Timestamp};

use crate::shell::quote;

/// A log file comes within a quarter of an hour, and is listed by the digest of the hour in which it came.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
const AFTER: SignedDuration = SignedDuration::from_hours(2);

/// What to type to verify the hours around `time` in the bucket in which `log_file` lies; `None` if it lies
/// in none.
pub(super) fn command(log_file: &str, time: Timestamp) -> Option<String> {
    let (account, _) = log_file.split_once("/CloudTrail/")?;
    if !account.starts_with("s3://") {
        return None;
    }
    let (since, until) = (
        time.checked_sub(BEFORE).ok()?,
        time.checked_add(AFTER).ok()?,
    );
    let place = format!("{account}/");
    Some(format!(
        "trailhound verify {} --since {since} --until {until}",
        quote(&place)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_around_the_event_are_verified_where_its_log_file_lies() {
        let time = "2026-11-22T14:02:11Z".parse().unwrap();
        let file = "s3://acme trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/22/a.json.gz";
        assert_eq!(
            command(file, time).as_deref(),
            Some(
                "trailhound verify 's3://acme trail/AWSLogs/111122223333/' \
                 --since 2026-11-22T13:02:11Z --until 2026-11-22T16:02:11Z"
            )
        );
        assert_eq!(
            command("logs/111122223333/CloudTrail/a.json.gz", time),
            None
        );
        assert_eq!(command("s3://acme/a.json.gz", time), None);
    }
}
