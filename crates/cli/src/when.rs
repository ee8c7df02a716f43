//! Times as people type them: an instant, a date, or how long ago.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::complaint::Complaint;

/// A time as typed with `--since` or `--until`.
///
/// ```
/// # use cli::when::Moment;
/// let now = "2026-11-22T12:00:00Z".parse().unwrap();
/// let since = |text: &str| text.parse::<Moment>().unwrap().start(now).to_string();
/// assert_eq!(since("2026-11-20"), "2026-11-20T00:00:00Z");
/// assert_eq!(since("36h"), "2026-11-21T00:00:00Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A point in time; without an offset it is UTC.
    Instant(Timestamp),
    /// A whole day, UTC.
    Day(Date),
    /// So long before now.
    Ago(SignedDuration),
}

impl Moment {
    /// When it begins.
    #[must_use]
    pub fn start(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Day(day) => midnight(day).unwrap_or(Timestamp::MIN),
            Self::Ago(duration) => now.saturating_sub(duration).unwrap_or(Timestamp::MIN),
        }
    }

    /// When it is over: a day lasts until the next.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day(day) => day
                .tomorrow()
                .ok()
                .and_then(midnight)
                .unwrap_or(Timestamp::MAX),
            Self::Instant(_) | Self::Ago(_) => self.start(now),
        }
    }
}

fn midnight(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let civil = || {
            Some(
                text.parse::<DateTime>()
                    .ok()?
                    .to_zoned(TimeZone::UTC)
                    .ok()?
                    .timestamp(),
            )
        };
        None.or_else(|| ago(text).map(Self::Ago))
            .or_else(|| text.parse().ok().map(Self::Instant))
            .or_else(|| {
                text.parse()
                    .ok()
                    .filter(|_| text.len() == 10)
                    .map(Self::Day)
            })
            .or_else(|| civil().map(Self::Instant))
            .ok_or_else(|| {
                "write a time such as 2026-11-22T14:00:00Z, a date such as 2026-11-22, or how long \
                 ago, such as 45m, 24h, 7d or 2w"
                    .to_owned()
            })
    }
}

fn ago(text: &str) -> Option<SignedDuration> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(count) * unit))
}

/// The span that records are judged in; open where nothing was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// The first instant inside.
    pub since: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl TimeRange {
    /// All time.
    pub const ALL: Self = Self {
        since: Timestamp::MIN,
        until: Timestamp::MAX,
    };

    /// From `since` to `until`, as typed.
    ///
    /// # Errors
    /// A [`Complaint`] if it ends before it begins.
    pub fn of(
        since: Option<Moment>,
        until: Option<Moment>,
        now: Timestamp,
    ) -> Result<Self, Complaint> {
        let range = Self {
            since: since.map_or(Timestamp::MIN, |since| since.start(now)),
            until: until.map_or(Timestamp::MAX, |until| until.end(now)),
        };
        if range.since >= range.until {
            let what = format!("{} is not before --until {}", range.since, range.until);
            return Err(Complaint::bad_call("--since", what).help("swap the two"));
        }
        Ok(range)
    }

    /// Its bounds, as far as they were typed.
    #[must_use]
    pub fn typed(
        self,
        since: Option<Moment>,
        until: Option<Moment>,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        (since.map(|_| self.since), until.map(|_| self.until))
    }

    /// Whether a record of `time` lies inside.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        self.since <= time && time < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T12:00:00Z";

    #[test]
    fn times_are_read_as_people_write_them() {
        for (typed, start, end) in [
            (
                "2026-11-22T14:00:00Z",
                "2026-11-22T14:00:00Z",
                "2026-11-22T14:00:00Z",
            ),
            (
                "2026-11-22T14:00:00+02:00",
                "2026-11-22T12:00:00Z",
                "2026-11-22T12:00:00Z",
            ),
            (
                "2026-11-22T14:00",
                "2026-11-22T14:00:00Z",
                "2026-11-22T14:00:00Z",
            ),
            ("2026-11-20", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("90m", "2026-11-22T10:30:00Z", "2026-11-22T10:30:00Z"),
            ("2w", "2026-11-08T12:00:00Z", "2026-11-08T12:00:00Z"),
        ] {
            let moment: Moment = typed.parse().expect(typed);
            let now = NOW.parse().unwrap();
            assert_eq!(moment.start(now).to_string(), start, "{typed}");
            assert_eq!(moment.end(now).to_string(), end, "{typed}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_absurd_spans_do_not_overflow() {
        for typed in [
            "",
            "d",
            "-3d",
            "yesterday",
            "2026-13-01",
            "3x",
            "7ä",
            "2026",
        ] {
            assert!(typed.parse::<Moment>().is_err(), "{typed}");
        }
        let long: Moment = "4294967295w".parse().unwrap();
        assert_eq!(long.start(NOW.parse().unwrap()), Timestamp::MIN);
    }

    #[test]
    fn the_range_holds_its_start_and_not_its_end() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let range = TimeRange {
            since: at("2026-11-20T00:00:00Z"),
            until: at("2026-11-21T00:00:00Z"),
        };
        assert!(range.contains(at("2026-11-20T00:00:00Z")));
        assert!(!range.contains(at("2026-11-21T00:00:00Z")));
    }
}
