//! Files as CloudTrail delivers them: names, lateness, repeats, digests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use simulate::{ACCOUNT_IDS, Chunk, gzip, simulate, simulate_records};

use crate::{all_records, log_files, log_records, records_in, scenario, text};

#[test]
fn events_are_unique_apart_from_a_few_that_come_twice_unchanged() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    let (mut twice, mut all) = (0, 0);
    for record in all_records(&scenario(7, None)) {
        all += 1;
        if let Some(before) = seen.insert(text(&record, "eventID").into(), record.clone()) {
            assert_eq!(before, record);
            twice += 1;
        }
    }
    assert!((1..all / 100).contains(&twice), "{twice} of {all}");
}

#[test]
fn some_records_come_late_and_out_of_order_but_never_before_they_happen() {
    let mut late = 0;
    for file in log_files(&scenario(3, None)) {
        let stamp = &file.path[file.path.len() - 42..];
        let delivered = file_time(stamp);
        for record in records_in(&file) {
            let happened: jiff::Timestamp = text(&record, "eventTime").parse().unwrap();
            assert!(
                happened <= delivered,
                "{} in {}",
                text(&record, "eventID"),
                file.path
            );
            late += usize::from(delivered.duration_since(happened).as_mins() > 20);
        }
    }
    assert!(late > 10, "{late}");
}

/// The time in a file name, as `_20260302T0915Z_`.
fn file_time(path: &str) -> jiff::Timestamp {
    let stamp = path
        .split('_')
        .find(|part| part.ends_with('Z') && part.contains('T'))
        .unwrap();
    jiff::civil::DateTime::strptime("%Y%m%dT%H%MZ", stamp)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
}

#[test]
fn paths_are_those_of_a_trail_and_no_two_files_share_one() {
    let mut paths = BTreeSet::new();
    for file in simulate(&scenario(7, None)) {
        let parts: Vec<_> = file.path.split('/').collect();
        let [top, account, kind, region, year, month, day, name] = parts[..] else {
            panic!("{}", file.path)
        };
        assert_eq!(top, "AWSLogs");
        assert!(ACCOUNT_IDS.contains(&account), "{}", file.path);
        assert!(["CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight"].contains(&kind));
        assert!(
            name.starts_with(&format!("{account}_{kind}_{region}_")),
            "{}",
            file.path
        );
        assert!(name.contains(&format!("_{year}{month}{day}T")) && name.ends_with(".json.gz"));
        if kind == "CloudTrail" {
            let random = name
                .trim_end_matches(".json.gz")
                .rsplit('_')
                .next()
                .unwrap();
            assert_eq!(random.len(), 16, "{}", file.path);
        }
        for record in log_records(&file) {
            assert_eq!(text(&record, "recipientAccountId"), account);
            assert_eq!(text(&record, "awsRegion"), region);
        }
        assert!(paths.insert(file.path.clone()), "{}", file.path);
    }
}

#[test]
fn digests_list_the_files_of_the_quiet_account_with_true_hashes() {
    let files: Vec<_> = simulate(&scenario(2, None)).collect();
    let bodies: BTreeMap<_, _> = files
        .iter()
        .map(|file| (&*file.path, &*file.body))
        .collect();
    let mut listed = 0;
    for digest in files
        .iter()
        .filter(|file| file.path.contains("CloudTrail-Digest"))
    {
        let body: Value = serde_json::from_slice(&digest.body).unwrap();
        assert_eq!(digest.records, 0);
        for entry in body["logFiles"].as_array().unwrap() {
            let hash = Sha256::digest(bodies[text(entry, "s3Object")]);
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(text(entry, "hashValue"), hash);
            listed += 1;
        }
    }
    assert!(listed > 20, "{listed}");
}

#[test]
fn one_long_file_holds_the_same_records() {
    for scenario in [scenario(1, Some(900)), scenario(0, None)] {
        let chunks: Vec<Chunk> = simulate_records(&scenario).collect();
        let whole: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.text.clone()).collect();
        let whole: Value = serde_json::from_slice(&whole).unwrap();
        let separate: Vec<_> = simulate(&scenario)
            .filter(|file| file.records > 0)
            .flat_map(|file| records_in(&file))
            .collect();
        assert_eq!(whole["Records"], Value::from(separate));
        let counted: usize = chunks.iter().map(|chunk| chunk.records).sum();
        assert_eq!(counted, whole["Records"].as_array().unwrap().len());
    }
}

#[test]
fn no_day_gives_no_file() {
    assert_eq!(simulate(&scenario(0, Some(100))).count(), 0);
}

#[test]
fn compressed_files_hold_their_body() {
    let file = simulate(&scenario(1, Some(500))).next().unwrap();
    let packed = gzip(&file.body);
    let mut body = vec![0; file.body.len()];
    libdeflater::Decompressor::new()
        .gzip_decompress(&packed, &mut body)
        .unwrap();
    assert_eq!(body, file.body);
    assert_eq!(packed, gzip(&file.body));
}
