//! Tests of days off.

use std::sync::Arc;

use detect::cloudtrail::LogFileReader;

use super::*;
use crate::dimension::Dimension;
use crate::engine::{Engine, Settings};
use crate::evidence::What;
use crate::observe::Observer;
use crate::places::BuiltIn;

fn zone(name: &str) -> Option<TimeZone> {
    // No daylight saving: an offset will do, and needs no database.
    (name == "Asia/Shanghai").then(|| TimeZone::fixed(jiff::tz::offset(8)))
}

fn china() -> Calendar {
    let mut calendar = Calendar::default();
    calendar.add(CHINA, zone).expect("the built-in calendar");
    calendar
}

fn second(time: &str) -> u32 {
    let time: Timestamp = time.parse().expect("a time");
    u32::try_from(time.as_second()).expect("since 1970")
}

#[test]
fn holidays_are_days_off_and_make_up_days_are_not() {
    let (china, plain) = (china(), Calendar::default());
    for (time, in_china, without, why) in [
        (
            "2026-02-18T02:00:00Z",
            true,
            false,
            "a Wednesday of Spring Festival",
        ),
        (
            "2026-02-28T02:00:00Z",
            false,
            true,
            "a Saturday to make up for it",
        ),
        (
            "2026-03-07T02:00:00Z",
            true,
            true,
            "a Saturday like any other",
        ),
        (
            "2026-03-04T02:00:00Z",
            false,
            false,
            "a Wednesday like any other",
        ),
        (
            "2026-09-30T15:59:59Z",
            false,
            false,
            "the last second before National Day",
        ),
        (
            "2026-09-30T16:00:00Z",
            true,
            false,
            "where its first day begins",
        ),
        ("2025-10-11T02:00:00Z", false, true, "the year before"),
    ] {
        assert_eq!(china.is_day_off(second(time)), in_china, "{why}");
        assert_eq!(plain.is_day_off(second(time)), without, "{why}");
    }
}

/// As many as the notices say: days off that are no weekend anyway, and weekends that are worked.
#[test]
fn the_built_in_calendar_has_the_days_of_the_notices() {
    let china = china();
    let count = |year: i16, off: bool| {
        let of_year = china.days.iter().filter(|(day, _)| day.year() == year);
        of_year.filter(|(_, is_off)| **is_off == off).count()
    };
    assert_eq!((count(2025, true), count(2025, false)), (28, 5));
    assert_eq!((count(2026, true), count(2026, false)), (33, 6));
    for (day, off) in &china.days {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(*off || weekend, "{day} is worked anyway");
    }
}

#[test]
fn a_line_that_cannot_be_used_is_named() {
    for (text, line, why) in [
        ("2026-02-15", 1, "no comma behind the day"),
        ("# x\n\n2026-02-30,holiday,x", 3, "`2026-02-30` is no day"),
        ("2026-02-15,off,x", 1, "neither `working` nor `holiday`"),
        ("zone,Atlantis", 1, "no time zone"),
        ("2026-02-15..2026-02-14,holiday,x", 1, "no stretch"),
        ("2026-02-15..2027-02-14,holiday,x", 1, "no stretch"),
    ] {
        let error = Calendar::default().add(text, zone).expect_err(text);
        assert!(error.line == line && error.why.contains(why), "{error}");
    }
    let mut calendar = Calendar::default();
    let text = "2026-02-16..2026-02-20,holiday,a\n2026-02-18,working,later lines win";
    calendar.add(text, zone).expect("a calendar");
    assert!(!calendar.is_day_off(second("2026-02-18T12:00:00Z")));
    assert_eq!(calendar.len(), 5);
}

/// Weeks of mornings from Monday to Friday, and one morning more.
fn office(until: &str, but: &[&str], then: &str) -> String {
    let mut text = String::new();
    let mut morning = |time: u32, id: u32| {
        let at = Timestamp::from_second(time.into()).expect("a time");
        text += &format!(
            r#"{{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","eventTime":"{at}","readOnly":true,"awsRegion":"cn-north-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.31.0 os/linux","eventID":"00000000-0000-4000-8000-{id:012x}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws-cn:iam::111122223333:user/li","userName":"li","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}}}
"#
        );
    };
    let plain = Calendar::default();
    let off: Vec<u32> = but.iter().map(|day| second(day) / 86_400).collect();
    let mut at = second("2026-01-05T02:00:00Z");
    let mut id = 0;
    while at < second(until) {
        if !plain.is_day_off(at) && !off.contains(&(at / 86_400)) {
            id += 1;
            morning(at, id);
        }
        at += 86_400;
    }
    morning(second(then), 9_999);
    text
}

/// What working at that time says.
fn hours(text: &str, calendar: Calendar) -> f64 {
    let mut observer = Observer::default();
    LogFileReader::default().read(text.as_bytes(), |record| observer.observe(record, None));
    let mut journal = observer.into_journal();
    journal.settle();
    let mut engine = Engine::new(Settings {
        floor: 0.1,
        ..Settings::default()
    });
    engine.calendar = Arc::new(calendar);
    let found = engine.learn(&journal, &BuiltIn);
    let signals = found.iter().flat_map(|found| &found.signals);
    let of_hours = signals.filter(
        |signal| matches!(&signal.what, What::New(new) if new.dimension == Dimension::Hours),
    );
    of_hours.map(|signal| signal.evidence).sum()
}

#[test]
fn a_make_up_day_is_no_strange_day_and_a_holiday_is() {
    // What was closed anyway: the holidays themselves, in the weeks before the last morning.
    let closed = [
        "2026-02-16T00:00:00Z",
        "2026-02-17T00:00:00Z",
        "2026-02-18T00:00:00Z",
        "2026-02-19T00:00:00Z",
        "2026-02-20T00:00:00Z",
        "2026-02-23T00:00:00Z",
    ];
    let make_up = office("2026-02-28T00:00:00Z", &closed, "2026-02-28T02:00:00Z");
    assert_eq!(hours(&make_up, china()), 0.0, "a Saturday that is worked");
    assert!(
        hours(&make_up, Calendar::default()) > 0.3,
        "as if it were a weekend"
    );
    let holiday = office("2026-02-14T00:00:00Z", &[], "2026-02-18T02:00:00Z");
    assert!(
        hours(&holiday, china()) > 0.3,
        "a Wednesday on which all is closed"
    );
    assert_eq!(
        hours(&holiday, Calendar::default()),
        0.0,
        "as if it were a working day"
    );
}
