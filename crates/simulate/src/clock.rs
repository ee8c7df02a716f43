//! Seconds of the simulated time, and how CloudTrail spells them.
//!
//! Inside the crate a moment is a whole second since 1970 in UTC, for arithmetic without errors to
//! handle; the public door takes and gives jiff's types.

use jiff::{Timestamp, civil::Date};

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) type Second = i64;

/// One minute, in seconds.
pub(crate) const MINUTE: Second = 60;
/// One hour, in seconds.
pub(crate) const HOUR: Second = 60 * MINUTE;
/// One day, in seconds.
pub(crate) const DAY: Second = 24 * HOUR;
/// CloudTrail collects records for about five minutes, then delivers a file.
pub(crate) const SLOT: Second = 5 * MINUTE;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The first second of `date`, in UTC.
pub(crate) fn midnight(date: Date) -> Second {
    let epoch = jiff::civil::date(1970, 1, 1);
    Second::from(date.duration_since(epoch).as_secs())
}

/// Days since Monday: 0 is Monday, 6 is Sunday.
pub(crate) fn weekday(at: Second) -> i64 {
    // 1970-01-01 was a Thursday.
    (at.div_euclid(DAY) + 3).rem_euclid(7)
}

/// A moment taken apart: year, month, day, hour, minute, second.
pub(crate) fn civil(at: Second) -> [i64; 6] {
    let time = jiff::tz::Offset::UTC.to_datetime(timestamp(at));
    [
        time.year().into(),
        time.month().into(),
        time.day().into(),
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
    ]
}

/// The same moment as jiff's type; moments beyond jiff's range (year 9999) become its end.
pub(crate) fn timestamp(at: Second) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(Timestamp::MAX)
}

/// `2026-03-02T09:15:30Z`: `eventTime` and `creationDate`.
pub(crate) fn write_time(out: &mut Vec<u8>, at: Second) {
    let [year, month, day, hour, minute, second] = civil(at);
    for (number, digits, after) in [
        (year, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (hour, 2, b':'),
        (minute, 2, b':'),
        (second, 2, b'Z'),
    ] {
        write_digits(out, number, digits);
        out.push(after);
    }
}

/// `Mar 2, 2026, 9:15:30 AM`: times inside `responseElements`.
pub(crate) fn write_date(out: &mut Vec<u8>, at: Second) {
    let [year, month, day, hour, minute, second] = civil(at);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = (hour + 11) % 12 + 1;
    let month = MONTHS[(month - 1) as usize];
    let text = format!("{month} {day}, {year}, {hour}:{minute:02}:{second:02} {half}");
    out.extend_from_slice(text.as_bytes());
}

/// `2026/03/02`: the folders of a day.
pub(crate) fn write_folders(out: &mut Vec<u8>, at: Second) {
    let [year, month, day, ..] = civil(at);
    write_digits(out, year, 4);
    out.push(b'/');
    write_digits(out, month, 2);
    out.push(b'/');
    write_digits(out, day, 2);
}

/// `20260302T0915Z`: the minute in a log file's name.
pub(crate) fn write_stamp(out: &mut Vec<u8>, at: Second) {
    let [year, month, day, hour, minute, _] = civil(at);
    write_digits(out, year, 4);
    write_digits(out, month, 2);
    write_digits(out, day, 2);
    out.push(b'T');
    write_digits(out, hour, 2);
    write_digits(out, minute, 2);
    out.push(b'Z');
}

/// `number` with leading zeros, `digits` wide.
pub(crate) fn write_digits(out: &mut Vec<u8>, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        out.push(b'0' + (number / 10_i64.pow(place) % 10) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&mut Vec<u8>, Second), at: &str) -> String {
        let mut out = Vec::new();
        write(&mut out, at.parse::<Timestamp>().unwrap().as_second());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn moments_are_spelled_as_cloudtrail_spells_them() {
        assert_eq!(
            written(write_time, "2026-03-02T09:05:30Z"),
            "2026-03-02T09:05:30Z"
        );
        assert_eq!(
            written(write_date, "2026-03-02T00:05:30Z"),
            "Mar 2, 2026, 12:05:30 AM"
        );
        assert_eq!(
            written(write_date, "2026-12-31T12:00:00Z"),
            "Dec 31, 2026, 12:00:00 PM"
        );
        assert_eq!(written(write_folders, "2026-03-02T09:05:30Z"), "2026/03/02");
        assert_eq!(
            written(write_stamp, "2026-03-02T09:05:30Z"),
            "20260302T0905Z"
        );
    }

    #[test]
    fn a_week_starts_on_monday() {
        let monday = midnight(jiff::civil::date(2026, 3, 2));
        assert_eq!(weekday(monday), 0);
        assert_eq!(weekday(monday + 7 * DAY - 1), 6);
        assert_eq!(timestamp(monday).to_string(), "2026-03-02T00:00:00Z");
    }
}
