//! Volume, rhythm, and what every record must have.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use simulate::{ACCOUNT_IDS, Scenario, attributions, simulate, stories};

use crate::{all_records, log_files, log_records, records_in, scenario, text};

/// Pins the output: a change of it is a decision, for benches and demos compare over time.
#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let hash = |scenario: &Scenario| {
        let mut hash = Sha256::new();
        for file in simulate(scenario) {
            hash.update(file.path.as_bytes());
            hash.update(&file.body);
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let small = scenario(2, Some(3_000));
    assert_eq!(hash(&small), PINNED);
    assert_ne!(hash(&Scenario { seed: 2, ..small }), PINNED);
}

const PINNED: &str = "1285669366fc385a977e52033b7939bb0567e621bcd213542f33a3311bfb062a";

#[test]
fn the_number_of_records_is_the_one_asked_for() {
    for (days, wanted) in [
        (1, 700),
        (1, 20_000),
        (7, 2_500),
        (30, 20_000),
        (30, 100_000),
    ] {
        let made: usize = simulate(&scenario(days, Some(wanted)))
            .map(|file| file.records)
            .sum();
        assert_eq!(made as u64, wanted, "{days} days");
    }
}

#[test]
fn a_wish_too_small_for_the_stories_gets_the_stories() {
    let stories: usize = attributions(&scenario(2, None))
        .iter()
        .map(|told| told.event_ids.len())
        .sum();
    let made: usize = simulate(&scenario(2, Some(10)))
        .map(|file| file.records)
        .sum();
    assert_eq!(made, stories);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_scenario_keeps_its_number_and_its_days(
        seed: u64,
        start in 0_i32..4_000,
        days in 1_u32..4,
        records in 400_u64..3_000,
        stories: bool,
    ) {
        let start = jiff::civil::date(2024, 1, 1) + jiff::Span::new().days(start);
        let scenario = Scenario { seed, start, days, records: Some(records), stories };
        let end = start + jiff::Span::new().days(i64::from(days) + 1);
        let mut made = 0;
        for file in simulate(&scenario) {
            made += file.records as u64;
            for record in log_records(&file) {
                let day: jiff::civil::Date = text(&record, "eventTime")[..10].parse().unwrap();
                prop_assert!(start <= day && day < end, "{day}");
            }
        }
        prop_assert_eq!(made, records);
    }
}

#[test]
fn a_month_is_of_natural_size_and_its_files_say_what_they_hold() {
    let mut made = 0;
    for file in simulate(&Scenario::default()).filter(|file| file.records > 0) {
        assert_eq!(records_in(&file).len(), file.records, "{}", file.path);
        made += file.records;
    }
    assert!((60_000..100_000).contains(&made), "{made}");
}

#[test]
fn records_have_the_fields_that_cloudtrail_promises() {
    for record in all_records(&scenario(7, None)) {
        for field in [
            "eventVersion",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "eventID",
        ] {
            assert!(!text(&record, field).is_empty(), "{field} of {record}");
        }
        for field in [
            "sourceIPAddress",
            "userAgent",
            "eventType",
            "eventCategory",
            "recipientAccountId",
        ] {
            assert!(!text(&record, field).is_empty(), "{field} of {record}");
        }
        assert!(record["userIdentity"]["type"].is_string(), "{record}");
        assert!(record["readOnly"].is_boolean() && record["managementEvent"].is_boolean());
        assert!(
            record.get("requestParameters").is_some() && record.get("responseElements").is_some()
        );
        assert!(
            ACCOUNT_IDS.contains(&text(&record, "recipientAccountId")),
            "{record}"
        );
        assert!(
            text(&record, "eventTime")
                .parse::<jiff::Timestamp>()
                .is_ok(),
            "{record}"
        );
    }
}

#[test]
fn no_template_name_is_left_unfilled() {
    let allowed = ["$LATEST", "$DEFAULT"];
    for file in log_files(&scenario(7, None)) {
        let body = String::from_utf8(file.body).unwrap();
        for (at, _) in body.match_indices('$') {
            assert!(
                allowed.iter().any(|name| body[at..].starts_with(name)),
                "{}",
                &body[at..at + 40]
            );
        }
    }
}

#[test]
fn records_are_as_large_as_real_ones() {
    let (mut bytes, mut records) = (0, 0);
    for file in log_files(&scenario(7, None)) {
        bytes += file.body.len();
        records += file.records;
    }
    let mean = bytes / records;
    assert!((1_300..1_700).contains(&mean), "{mean} bytes");
}

#[test]
fn weekends_are_quieter_and_people_rest() {
    let scenario = Scenario {
        stories: false,
        ..scenario(7, None)
    };
    let mut days: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for record in all_records(&scenario) {
        let day = days
            .entry(text(&record, "eventTime")[..10].into())
            .or_default();
        day.0 += 1;
        day.1 += usize::from(text(&record, "userAgent").starts_with("Mozilla"));
    }
    let of = |day: &str| days[day];
    for weekend in ["2026-03-07", "2026-03-08"] {
        let ratio = of(weekend).0 as f64 / of("2026-03-04").0 as f64;
        assert!((0.45..0.85).contains(&ratio), "{weekend}: {ratio}");
    }
    assert!(of("2026-03-04").1 > 100);
    // On Sunday evening in Europe it is Monday morning in Sydney.
    assert_eq!(
        of("2026-03-07").1,
        0,
        "somebody sat at the console on a Saturday"
    );
}

#[test]
fn every_record_of_every_story_is_delivered() {
    for scenario in [
        scenario(1, None),
        scenario(8, None),
        scenario(3, Some(5_000)),
    ] {
        let delivered: BTreeSet<String> = all_records(&scenario)
            .map(|record| text(&record, "eventID").into())
            .collect();
        let told = attributions(&scenario);
        assert_eq!(told.len(), stories().len());
        for attribution in told {
            for id in &attribution.event_ids {
                assert!(delivered.contains(id), "{} of {}", id, attribution.story);
            }
        }
    }
}
