//! Tests of what whole accounts do.

use detect::cloudtrail::LogFileReader;

use super::*;
use crate::engine::{DAY, FLOOR, Settings};
use crate::evidence::What;
use crate::journal::Journal;
use crate::observe::Observer;
use crate::places::BuiltIn;
use crate::rates::{Calibration, Moments, evidence};

/// 2026-03-02T00:00:00Z, a Monday.
const BEGIN: u32 = 1_772_409_600;

const PEOPLE: u32 = 20;

struct Life {
    text: String,
    events: u32,
}

impl Life {
    /// Weeks in which everybody changes three things in each hour of work.
    fn usual(days: u32) -> Self {
        let mut life = Self {
            text: String::new(),
            events: 0,
        };
        for hour in 0..days * 8 {
            let at = BEGIN + hour / 8 * DAY + (9 + hour % 8) * 3600;
            life.everybody(at, "ec2:CreateTags", 3 + hour % 2, "");
            life.everybody(
                at,
                "ec2:DescribeTags",
                1,
                r#","errorCode":"Client.RequestLimitExceeded""#,
            );
        }
        life
    }

    fn everybody(&mut self, at: u32, call: &str, times: u32, more: &str) {
        let (source, name) = call.split_once(':').expect("a service and an API");
        for who in 0..PEOPLE {
            for time in 0..times {
                self.events += 1;
                let at = at + who * 7 + time * 170;
                let at = jiff::Timestamp::from_second(at.into()).expect("a time");
                let id = format!("00000000-0000-4000-8000-{:012x}", self.events);
                self.text += &format!(
                    r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"{at}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"Boto3/1.40","eventID":"{id}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u{who}","userName":"u{who}","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAM{who:03}"}}{more}}}
"#
                );
            }
        }
    }

    fn judged(&self) -> Vec<Anomaly> {
        let mut observer = Observer::default();
        LogFileReader::default().read(self.text.as_bytes(), |record| {
            observer.observe(record, None);
        });
        let mut journal: Journal = observer.into_journal();
        journal.settle();
        assert_eq!(journal.entries.len(), self.events as usize);
        Engine::new(Settings::default()).learn(&journal, &BuiltIn)
    }
}

const DAYS: u32 = 12;
const THEN: u32 = BEGIN + DAYS * DAY + 10 * 3600;

#[test]
fn many_hands_that_each_do_a_little_are_told_as_their_account() {
    let mut life = Life::usual(DAYS);
    life.everybody(THEN, "ec2:CreateTags", 20, "");
    let found = life.judged();
    let [first, ..] = &found[..] else {
        panic!("nothing was told")
    };
    assert!(
        found.iter().all(|found| found.who.trade == TRADE),
        "{found:#?}"
    );
    assert_eq!(first.who.key, "unknown:111122223333");
    assert_eq!(
        crate::tell::level(first),
        sigma::Level::Low,
        "for the digest"
    );
    let What::Many(many) = &first.signals[0].what else {
        panic!("{first:#?}")
    };
    assert_eq!((many.metric, many.window), (Metric::Changes, 3600));
    assert!(
        f64::from(many.count) > 1.25 * many.highest && many.highest >= 60.0,
        "{many:?}"
    );
    let (most, count) = many.most_by.as_ref().expect("somebody did most");
    assert!(most.starts_with('u') && *count <= 20, "{most} {count}");
    let case = crate::tell::case(first).expect("a case").into_alert();
    let told = format!("{} {}", case.summary.en, case.why.join(" "));
    for words in [
        "Account `111122223333`",
        "by everybody together in an hour",
        "most by `u",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn errors_of_everybody_are_counted_too() {
    let mut life = Life::usual(DAYS);
    life.everybody(
        THEN,
        "ec2:DescribeTags",
        15,
        r#","errorCode":"Client.RequestLimitExceeded""#,
    );
    let found = life.judged();
    assert!(found.iter().any(|found| matches!(
        &found.signals[0].what,
        What::Many(many) if many.metric == Metric::Failures
    )));
}

#[test]
fn near_misses_are_silent() {
    for (call, times, why) in [
        ("ec2:CreateTags", 4, "as much as on the busiest hour before"),
        ("ec2:CreateTags", 5, "a little more than ever"),
        ("s3:PutObject", 0, "nothing"),
        ("ec2:DescribeTags", 15, "it only looks, and works"),
    ] {
        let mut life = Life::usual(DAYS);
        life.everybody(THEN, call, times, "");
        let told = life.judged();
        let told: Vec<_> = told
            .iter()
            .filter(|found| found.who.trade == TRADE)
            .collect();
        assert!(told.is_empty(), "{why}: {told:#?}");
    }
    let mut young = Life::usual(2);
    young.everybody(BEGIN + 3 * DAY, "ec2:CreateTags", 20, "");
    assert!(young.judged().is_empty(), "too little is known");
}

/// Work with data is as much as there is to do.
#[test]
fn data_events_are_no_changes() {
    let mut life = Life::usual(DAYS);
    for day in 0..DAYS {
        life.everybody(BEGIN + day * DAY + 9 * 3600, "s3:PutObject", 1, "");
    }
    life.everybody(THEN, "s3:PutObject", 20, "");
    let told = life.judged();
    assert!(
        told.iter().all(|found| found.who.trade != TRADE),
        "{told:#?}"
    );
}

/// An hour of an account whose counts vary as widely as those of real ones is told in fewer than two of ten
/// thousand cases.
#[test]
fn false_alarms_are_as_rare_as_is_said() {
    let mut state = 7_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut fleet = Moments::default();
    let mut calibration = Calibration::default();
    let mut accounts = vec![Moments::default(); 30];
    let (mut hours, mut told) = (0_u32, 0_u32);
    for hour in 0..4_000 {
        if hour % 24 == 0 {
            calibration.fit();
        }
        for (at, moments) in accounts.iter_mut().enumerate() {
            // A rate that varies from hour to hour by an exponential, and chance upon it.
            let rate = (20 + 10 * at) as f64 * (0.2 - random().max(1e-12).ln());
            let normal = (0..12).map(|_| random()).sum::<f64>() - 6.0;
            let count = (rate + rate.sqrt() * normal).round().max(0.0);
            if hour >= 24 * 10 {
                hours += 1;
                let says = evidence(Metric::Changes, moments, &fleet, &calibration, count);
                told += u32::from(says >= FLOOR);
            }
            if moments.is_known() {
                calibration.learn(moments.improbability(&fleet, count));
            }
            fleet.learn_slowly(count);
            moments.learn(count);
        }
    }
    println!("{told} of {hours} hours of accounts");
    assert!(
        f64::from(told) <= 2e-4 * f64::from(hours),
        "{told} of {hours}"
    );
}
