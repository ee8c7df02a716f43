//! The parts of a point in time: `eventTime|hour: 3`.
//!
//! Invariant: everything is UTC. Text is RFC 3339, or the same without an offset, which is taken for
//! UTC; numbers are seconds since 1970, or milliseconds from 10¹² on. Anything else has no parts, and
//! so has a point outside the years -9999 to 9999.
//!
//! Source: Sigma specification 2.1, appendix "Modifiers", time modifiers.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::event::Value;

/// A part of a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimePart {
    Minute,
    Hour,
    /// Of the month, from 1.
    Day,
    /// By ISO 8601, from 1.
    Week,
    /// From 1.
    Month,
    Year,
}

impl TimePart {
    /// This part of `value`, if it is a point in time.
    pub(crate) fn of(self, value: &Value<'_>) -> Option<i64> {
        let point = match value {
            Value::Str(text) => parse(text)?,
            Value::Int(number) => from_number(*number)?,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "fractions of seconds have no part"
            )]
            Value::Float(number) => from_number(*number as i64)?,
            _ => return None,
        };
        Some(match self {
            TimePart::Minute => point.minute().into(),
            TimePart::Hour => point.hour().into(),
            TimePart::Day => point.day().into(),
            TimePart::Week => point.date().iso_week_date().week().into(),
            TimePart::Month => point.month().into(),
            TimePart::Year => point.year().into(),
        })
    }
}

fn parse(text: &str) -> Option<DateTime> {
    if !has_date_and_time(text.as_bytes()) {
        return None;
    }
    if let Ok(point) = text.parse::<Timestamp>() {
        return Some(utc(point));
    }
    let has_offset = text[19..].contains(['Z', 'z', '+', '-', '[']);
    if has_offset { None } else { text.parse().ok() }
}

/// `2026-11-22T14:02:11`, with or without more behind it; dates alone have no hour.
fn has_date_and_time(text: &[u8]) -> bool {
    const SHAPE: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    text.len() >= SHAPE.len()
        && text.is_ascii()
        && SHAPE.iter().zip(text).all(|(shape, byte)| match shape {
            b'd' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            other => other == byte,
        })
}

fn from_number(number: i64) -> Option<DateTime> {
    const MILLISECONDS_FROM: i64 = 1_000_000_000_000;
    let seconds = if number > MILLISECONDS_FROM {
        number / 1000
    } else {
        number
    };
    Timestamp::from_second(seconds).ok().map(utc)
}

fn utc(point: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_in_utc() {
        let text = |text: &'static str| Value::Str(text.into());
        for (value, part, expected, why) in [
            (
                text("2026-11-22T14:02:11Z"),
                TimePart::Hour,
                Some(14),
                "as CloudTrail writes it",
            ),
            (
                text("2026-11-22T14:02:11Z"),
                TimePart::Minute,
                Some(2),
                "minutes",
            ),
            (
                text("2026-11-22T14:02:11Z"),
                TimePart::Day,
                Some(22),
                "the day of the month",
            ),
            (
                text("2026-11-22T14:02:11Z"),
                TimePart::Month,
                Some(11),
                "months",
            ),
            (
                text("2026-11-22T14:02:11Z"),
                TimePart::Year,
                Some(2026),
                "years",
            ),
            (
                text("2027-01-01T00:00:00Z"),
                TimePart::Week,
                Some(53),
                "a week of the old year",
            ),
            (
                text("2026-11-22T23:30:00-02:00"),
                TimePart::Day,
                Some(23),
                "an offset moves the day",
            ),
            (
                text("2026-11-22 14:02:11"),
                TimePart::Hour,
                Some(14),
                "without offset it is UTC",
            ),
            (
                text("2026-11-22T14:02:11.123"),
                TimePart::Hour,
                Some(14),
                "with a fraction",
            ),
            (
                text("2026-11-22"),
                TimePart::Day,
                None,
                "a date is no point in time",
            ),
            (text("14:02:11"), TimePart::Hour, None, "nor is a time"),
            (
                text("2026-13-22T14:02:11Z"),
                TimePart::Hour,
                None,
                "there is no 13th month",
            ),
            (text("yesterday"), TimePart::Hour, None, "nor is this"),
            (
                Value::Int(1_795_356_131),
                TimePart::Hour,
                Some(14),
                "seconds",
            ),
            (
                Value::Int(1_795_356_131_000),
                TimePart::Hour,
                Some(14),
                "milliseconds",
            ),
            (
                Value::Float(1_795_356_131.9),
                TimePart::Minute,
                Some(2),
                "a fraction is cut",
            ),
            (
                Value::Int(i64::MAX),
                TimePart::Year,
                None,
                "beyond the calendar",
            ),
            (Value::Bool(true), TimePart::Year, None, "not a time at all"),
        ] {
            assert_eq!(part.of(&value), expected, "{why}: {value:?}");
        }
    }
}
