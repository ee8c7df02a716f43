//! What is known of one principal, for people and other programs to look at.

use serde::Serialize;

use crate::dimension::Dimension;
use crate::engine::Engine;
use crate::profile::{Day, Profile};
use crate::rates::Metric;

/// One principal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// The account whose trail tells.
    pub account: String,
    /// As [`detect::principal::Principal::key`].
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What kind of principal this is.
    pub kind: &'static str,
    /// Whether it is a person, as far as is known.
    pub person: bool,
    /// What others of its kind are called together.
    pub trade: String,
    /// The first and the last day on which it was seen.
    pub first: String,
    /// See [`first`](Self::first).
    pub last: String,
    /// On how many days.
    pub days: u16,
    /// How many calls.
    pub calls: u64,
    /// Whether too little is known to tell anything about it.
    pub learning: bool,
    /// What all recent evidence says.
    pub score: f64,
    /// What was seen, by dimension, then by value.
    pub values: Vec<Value>,
    /// How much is usual.
    pub usual: Vec<Usual>,
}

/// A value that was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Value {
    /// In which dimension.
    pub dimension: Dimension,
    /// The value.
    pub value: String,
    /// On which day first.
    pub first: String,
    /// On which day last.
    pub last: String,
    /// On how many days.
    pub days: u16,
}

/// How much of something is usual.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Usual {
    /// Of what.
    pub metric: Metric,
    /// In so many seconds.
    pub window: u32,
    /// The mean of whiles in which there is any.
    pub usual: f64,
    /// The highest; old ones count a little less.
    pub highest: f64,
}

/// What is known of everybody, by account and key.
#[must_use]
pub fn views(engine: &Engine) -> Vec<View> {
    let mut views: Vec<_> = engine
        .profiles
        .iter()
        .map(|profile| view(engine, profile))
        .collect();
    views.sort_by(|a, b| (&a.account, &a.key).cmp(&(&b.account, &b.key)));
    views
}

fn view(engine: &Engine, profile: &Profile) -> View {
    let common = &engine.common;
    let kind = if profile.who.is_account() {
        &common.whole
    } else if profile.is_person() {
        &common.people
    } else {
        &common.programs
    };
    let usual = Metric::ALL.into_iter().filter_map(|metric| {
        let moments = &profile.moments[metric as usize];
        (moments.n >= 1.0).then(|| Usual {
            metric,
            window: metric.window(),
            usual: tenths(moments.mean(&kind.moments[metric as usize])),
            highest: tenths(moments.highest),
        })
    });
    let who = &profile.who;
    View {
        account: who.account.clone(),
        key: who.key.clone(),
        name: who.name.clone(),
        kind: who.kind.as_str(),
        person: profile.is_person(),
        trade: who.trade.clone(),
        first: date(profile.first),
        last: date(profile.last),
        days: profile.days,
        calls: profile.calls,
        learning: profile.days <= 2 || !common.is_warm(common.last),
        score: tenths(profile.risk.total()),
        values: values(profile),
        usual: usual.collect(),
    }
}

fn values(profile: &Profile) -> Vec<Value> {
    let of = |dimension: Dimension| {
        let seen = profile.values[dimension.index()].values();
        seen.map(move |seen| Value {
            dimension,
            value: seen.text.clone(),
            first: date(seen.first),
            last: date(seen.last),
            days: seen.days,
        })
    };
    let mut values: Vec<_> = Dimension::ALL.into_iter().flat_map(of).collect();
    values.sort();
    values
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// `2026-11-27`.
#[must_use]
pub fn date(day: Day) -> String {
    let seconds = i64::from(day) * i64::from(crate::engine::DAY);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(20_514), "2026-03-02");
    }
}
