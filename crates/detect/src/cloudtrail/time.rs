//! Times as CloudTrail writes them.

use jiff::Timestamp;

/// Reads `2026-11-22T14:02:11Z`, the one form CloudTrail documents, without detours; any other
/// ISO 8601 time by way of jiff. `None` if it is none.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    documented_form(text.as_bytes()).or_else(|| text.parse().ok())
}

fn documented_form(text: &[u8]) -> Option<Timestamp> {
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        i0,
        i1,
        b':',
        s0,
        s1,
        b'Z',
    ] = *text
    else {
        return None;
    };
    let year = number(&[y0, y1, y2, y3])?;
    let (month, day) = (number(&[m0, m1])?, number(&[d0, d1])?);
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[i0, i1])?, number(&[s0, s1])?);
    // What is odd is left to jiff, which knows the calendar and says no.
    let days = if month == 2 {
        28
    } else {
        30 + (month + month / 8) % 2
    };
    let plain = (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && year > 0;
    if !plain {
        return None;
    }
    let seconds = days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Timestamp::from_second(seconds).ok()
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + i64::from(digit - b'0'))
    })
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Source: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_cloudtrail_writes() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-22T14:02:11Z", Some(1_795_356_131)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199)),
            ("2026-11-22T14:02:11.5Z", Some(1_795_356_131)),
            ("2026-11-22T15:02:11+01:00", Some(1_795_356_131)),
            ("2023-02-29T00:00:00Z", None),
            ("2026-11-22 14:02", None),
            ("1795356131", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(Timestamp::as_second), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(seconds in -62_000_000_000_i64..253_000_000_000) {
            let time = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(parse(&time.to_string()), Some(time));
        }
    }
}
