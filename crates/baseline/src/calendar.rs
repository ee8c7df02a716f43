//! Which days are days off.
//!
//! Saturday and Sunday are, unless a calendar says otherwise: holidays in the week are days off, and a
//! Saturday on which a country makes up for them is none. A calendar is lines of a day or of `first..last`,
//! `working` or `holiday`, and a name; `zone` says where its days begin. Later lines win.
//!
//! ```text
//! zone,Asia/Shanghai
//! 2026-02-15..2026-02-23,holiday,Spring Festival
//! 2026-02-28,working,for Spring Festival
//! ```

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The calendar that is built in.
pub const CHINA: &str = include_str!("../data/china.csv");

/// The longest stretch of days in one line.
const STRETCH: i32 = 62;

/// The days on which it is not as the week has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    /// Whether each of them is a day off.
    days: BTreeMap<Date, bool>,
}

/// A line of a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadLine {
    /// Which line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            days: BTreeMap::new(),
        }
    }
}

impl Calendar {
    /// Adds what `text` says; `zone` knows time zones by their names.
    ///
    /// # Errors
    /// [`BadLine`] names the first line that cannot be used.
    pub fn add(
        &mut self,
        text: &str,
        zone: impl Fn(&str) -> Option<TimeZone>,
    ) -> Result<(), BadLine> {
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bad = |why: String| BadLine { line: at + 1, why };
            let mut cells = line.splitn(3, ',').map(str::trim);
            let (first, second) = (cells.next().unwrap_or_default(), cells.next());
            let second = second.ok_or_else(|| bad("no comma behind the day".to_owned()))?;
            if first == "zone" {
                let unknown = || bad(format!("`{second}` is no time zone such as Asia/Shanghai"));
                self.zone = zone(second).ok_or_else(unknown)?;
                continue;
            }
            let off = match second {
                "holiday" => true,
                "working" => false,
                other => {
                    return Err(bad(format!("`{other}` is neither `working` nor `holiday`")));
                }
            };
            for day in days(first).map_err(bad)? {
                self.days.insert(day, off);
            }
        }
        Ok(())
    }

    /// Whether the day is one off that `time` lies in, in seconds since 1970.
    #[must_use]
    pub fn is_day_off(&self, time: u32) -> bool {
        let time = Timestamp::from_second(time.into()).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = self.zone.to_datetime(time).date();
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.days.get(&date).copied().unwrap_or(weekend)
    }

    /// How many days are not as the week has it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }
}

/// The days that a line is about.
fn days(cell: &str) -> Result<Vec<Date>, String> {
    let day = |text: &str| {
        let parsed = text.trim().parse::<Date>();
        parsed.map_err(|_| format!("`{text}` is no day such as 2026-02-15"))
    };
    let (first, last) = match cell.split_once("..") {
        Some((first, last)) => (day(first)?, day(last)?),
        None => (day(cell)?, day(cell)?),
    };
    let length = first.until(last).map_or(-1, |span| span.get_days());
    if !(0..STRETCH).contains(&length) {
        return Err(format!(
            "`{cell}` is no stretch of at most {STRETCH} days, the first of them first"
        ));
    }
    Ok((0..=length)
        .filter_map(|passed| first.checked_add(passed.days()).ok())
        .collect())
}

#[cfg(test)]
mod tests;
