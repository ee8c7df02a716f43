//! Times as people type them in a query: an instant, a day, or how long ago.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A stretch of time: a day has a length, an instant none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub start: Timestamp,
    /// Its last second, for a day; for an instant the same as the start.
    pub last: Timestamp,
}

impl Span {
    /// Reads `2026-11-22T14:00:00Z` (UTC without an offset), `2026-11-22`, or `45m`, `24h`, `7d`, `2w`
    /// before `now`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        let instant = |at| Self {
            start: at,
            last: at,
        };
        if let Some(ago) = ago(text) {
            return Some(instant(now.saturating_sub(ago).unwrap_or(Timestamp::MIN)));
        }
        if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() < 10 {
            return None;
        }
        if text.len() == 10 {
            return day(text.parse().ok()?);
        }
        let civil = || {
            let civil: DateTime = text.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        text.parse().ok().or_else(civil).map(instant)
    }

    /// Whether `time` lies in it.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        self.start <= time && time <= self.last
    }
}

fn day(date: Date) -> Option<Span> {
    let midnight = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let next = midnight(date.tomorrow().ok()?)?;
    Some(Span {
        start: midnight(date)?,
        last: next.checked_sub(SignedDuration::from_nanos(1)).ok()?,
    })
}

fn ago(text: &str) -> Option<SignedDuration> {
    let unit = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(count) * unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        for (text, start) in [
            ("2026-11-20", Some("2026-11-20T00:00:00Z")),
            ("2026-11-20T10:00", Some("2026-11-20T10:00:00Z")),
            ("2026-11-20T10:00:00+02:00", Some("2026-11-20T08:00:00Z")),
            ("24h", Some("2026-11-21T12:00:00Z")),
            ("111122223333", None),
            ("2026-13-40", None),
            ("soon", None),
            ("d", None),
        ] {
            let found = Span::parse(text, now).map(|span| span.start.to_string());
            assert_eq!(found.as_deref(), start, "{text}");
        }
    }

    #[test]
    fn a_day_holds_its_last_moment_and_not_the_next_day() {
        let day = Span::parse("2026-11-20", Timestamp::UNIX_EPOCH).unwrap();
        assert!(day.contains("2026-11-20T23:59:59.999Z".parse().unwrap()));
        assert!(!day.contains("2026-11-21T00:00:00Z".parse().unwrap()));
    }
}
