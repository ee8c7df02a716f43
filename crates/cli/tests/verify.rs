//! `verify`: what is proven, what is found to be altered, and what cannot be said.

use insta::assert_snapshot;
use serde_json::Value;

use crate::cloud::{Answer, Cloud, Request, decoded};
use crate::forge::{BUCKET, Bucket, Forge, Line, organisation};
use crate::shop::{Run, Shop};

const VERIFY: &str = "verify trail --keys keys.json";

/// A folder with a copy of the bucket, and the keys.
pub(crate) fn trail(with_signatures: bool) -> (Shop, Forge) {
    let shop = Shop::new();
    let forge = organisation();
    lay_out(&shop, &forge, with_signatures);
    (shop, forge)
}

pub(crate) fn lay_out(shop: &Shop, forge: &Forge, with_signatures: bool) {
    for (key, object) in &forge.bucket {
        shop.write(&format!("trail/{key}"), &object.bytes);
        if let Some(signature) = object.signature.as_ref().filter(|_| with_signatures) {
            shop.write(&format!("trail/{key}.signature"), format!("{signature}\n"));
        }
    }
    shop.write("keys.json", forge.keys());
}

/// The path of the copy of the first key in which all of `parts` are found.
fn path(shop: &Shop, bucket: &Bucket, parts: &[&str]) -> std::path::PathBuf {
    let found = bucket
        .keys()
        .find(|key| parts.iter().all(|part| key.contains(part)));
    shop.path().join("trail").join(found.expect("a key"))
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).expect("JSON")
}

#[test]
fn an_untouched_trail_is_proven() {
    let (shop, _) = trail(true);
    assert_snapshot!(shop.run(VERIFY).ends(0));
}

#[test]
fn the_newest_digest_of_a_copy_is_open() {
    let (shop, _) = trail(false);
    assert_snapshot!(shop.run(VERIFY).ends(0));
}

#[test]
fn what_was_done_to_a_trail_is_told_by_the_hour() {
    let (shop, forge) = trail(true);
    let path = |parts: &[&str]| path(&shop, &forge.bucket, parts);
    let log = path(&["111122223333_CloudTrail_eu-west-1_20260817T03"]);
    let other = path(&["111122223333_CloudTrail_eu-west-1_20260817T07"]);
    std::fs::copy(&other, &log).expect("a sound test");
    std::fs::remove_file(path(&["444455556666_CloudTrail_us-east-1_20260817T15"]))
        .expect("a sound test");
    std::fs::remove_file(path(&[
        "111122223333_CloudTrail-Digest_us-east-1_",
        "T110131Z",
    ]))
    .expect("a sound test");
    std::fs::rename(
        &other,
        other.with_file_name(
            "111122223333_CloudTrail_eu-west-1_20260817T0705Z_NobodyDeliveredMe.json.gz",
        ),
    )
    .expect("a sound test");
    assert_snapshot!(shop.run(VERIFY).ends(1));
    let run = shop.run(&format!("{VERIFY} -f json --since 2026-08-17T09:01:31Z -q"));
    let mut answer = json(&run.ends(1));
    for chain in answer["chains"].as_array_mut().expect("a sound test") {
        let place = chain["place"].take();
        assert!(
            place
                .as_str()
                .expect("a sound test")
                .ends_with("/trail/p/AWSLogs/")
        );
    }
    insta::assert_json_snapshot!("altered_json", answer);
}

#[test]
fn without_the_key_nothing_is_proven() {
    let (shop, _) = trail(true);
    assert_snapshot!(shop.run("verify trail").ends(4));
}

#[test]
fn a_file_without_keys_says_how_to_make_one() {
    let (shop, _) = trail(true);
    shop.write("keys.json", "[]");
    assert_snapshot!(shop.run(VERIFY).ends(2));
}

#[test]
fn a_part_of_the_time_is_proven_alone() {
    let (shop, _) = trail(false);
    let run = shop.run(&format!(
        "{VERIFY} --since 2026-08-17T06:30:00Z --until 2026-08-17T08:30:00Z -f json"
    ));
    let spans: Vec<_> = json(&run.ends(0))["chains"]
        .as_array()
        .expect("a sound test")
        .iter()
        .filter(|chain| chain["backfill"] == false)
        .map(|chain| chain["spans"].clone())
        .collect();
    for span in &spans {
        assert_eq!(
            (span[0]["from"].as_str(), span[0]["to"].as_str()),
            (Some("2026-08-17T06:01:31Z"), Some("2026-08-17T09:01:31Z")),
            "{span:#}"
        );
    }
    assert_eq!(spans.len(), 3);
}

#[test]
fn chains_that_do_not_reach_the_time_asked_for_are_missing_hours() {
    let (shop, _) = trail(true);
    let run = shop
        .run(&format!("{VERIFY} --until 2026-08-18T12:00:00Z"))
        .ends(1);
    assert!(
        run.stdout
            .contains("missing    2026-08-18 00:01:31Z to 2026-08-18 12:00:00Z"),
        "{run}"
    );
}

#[test]
fn a_second_run_reads_what_is_new() {
    let shop = Shop::new();
    let mut forge = Forge::new();
    let mut line = Line::new("AWSLogs/", "111122223333", "eu-west-1");
    for hour in 1..6 {
        forge.hour(
            &mut line,
            format!("2026-08-17T0{hour}:01:31Z")
                .parse()
                .expect("a sound test"),
            2,
        );
    }
    lay_out(&shop, &forge, true);
    let verify = format!("{VERIFY} --state proven.json");
    let first = shop.run(&verify).ends(0);
    assert!(
        first.stderr.contains("Read 5 digests and 10 log files"),
        "{first}"
    );
    for hour in 6..9 {
        forge.hour(
            &mut line,
            format!("2026-08-17T0{hour}:01:31Z")
                .parse()
                .expect("a sound test"),
            1,
        );
    }
    lay_out(&shop, &forge, true);
    assert_snapshot!(shop.run(&verify).ends(0));
    // An attacker who holds the bucket cannot go back behind what was proven.
    let end = "111122223333_CloudTrail-Digest_eu-west-1_acme_main_eu-west-1_20260817T080131Z";
    std::fs::remove_file(path(&shop, &forge.bucket, &[end])).expect("a sound test");
    shop.run(&verify).ends(0);
    shop.write("proven.json", "{}");
    assert_snapshot!("bad_state", shop.run(&verify).ends(2));
}

#[test]
fn a_folder_without_a_trail_is_told() {
    assert_snapshot!(Shop::furnished().run("verify logs").ends(4));
}

#[test]
fn names_cannot_drive_the_terminal() {
    let (shop, forge) = trail(true);
    let log = path(
        &shop,
        &forge.bucket,
        &["111122223333_CloudTrail_eu-west-1_20260817T03"],
    );
    let name = log
        .file_name()
        .expect("a sound test")
        .to_str()
        .expect("a sound test")
        .replace("Forge", "\u{1b}[2J\u{202e}");
    std::fs::rename(&log, log.with_file_name(name)).expect("a sound test");
    let run = shop.run(VERIFY).ends(1);
    assert!(run.stdout.contains("␛[2J<U+202E>"), "{run}");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
}

/// S3 and CloudTrail, for who knows the keys of `forge`.
fn serve(forge: &Forge) -> Cloud {
    let (bucket, keys) = (forge.bucket.clone(), forge.keys());
    Cloud::start(move |request| {
        if request.operation() == "ListPublicKeys" {
            return public_keys(&keys);
        }
        let path = decoded(request.path.split('?').next().unwrap_or_default());
        match path.strip_prefix(&format!("/{BUCKET}/")) {
            None | Some("") => listing(&bucket, request),
            Some(key) => match bucket.get(key) {
                Some(object) => Answer::ok(object.bytes.clone()).with(
                    "x-amz-meta-signature",
                    object.signature.as_deref().unwrap_or_default(),
                ),
                None => Answer::status(
                    404,
                    "<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>",
                ),
            },
        }
    })
}

fn public_keys(keys: &str) -> Answer {
    let mut keys: Value = serde_json::from_str(keys).expect("a sound test");
    for key in keys["PublicKeyList"].as_array_mut().expect("a sound test") {
        key["ValidityStartTime"] = 1_767_225_600.into();
        key["ValidityEndTime"] = 1_798_761_600.into();
    }
    Answer::ok(keys.to_string())
}

/// Fifty keys a page.
fn listing(bucket: &Bucket, request: &Request) -> Answer {
    let prefix = request.query("prefix").unwrap_or_default();
    let after = request.query("continuation-token").unwrap_or_default();
    let keys = bucket
        .keys()
        .filter(|key| key.starts_with(&prefix) && **key > after);
    let keys: Vec<_> = keys.take(51).collect();
    let contents: String = keys
        .iter()
        .take(50)
        .map(|key| format!("<Contents><Key>{key}</Key></Contents>"))
        .collect();
    let next = match keys.get(50) {
        Some(_) => format!(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken>",
            keys[49]
        ),
        None => "<IsTruncated>false</IsTruncated>".to_owned(),
    };
    Answer::ok(format!(
        "<ListBucketResult><Name>{BUCKET}</Name>{contents}{next}</ListBucketResult>"
    ))
}

#[test]
fn a_bucket_is_verified_where_it_lies() {
    let (shop, forge) = trail(false);
    let cloud = serve(&forge);
    let run = shop.run_in(
        &format!("verify s3://{BUCKET}/p --until 2026-08-18T00:01:31Z --save-keys saved.json"),
        &cloud.environment(),
    );
    assert_snapshot!(run.ends(0));
    let keys = cloud
        .asked()
        .into_iter()
        .filter(|request| request.operation() == "ListPublicKeys");
    assert_eq!(
        keys.map(|request| request.scope().0).collect::<Vec<_>>(),
        ["eu-west-1"]
    );
    // The keys serve for the copy, without a network.
    shop.run("verify trail --keys saved.json").ends(0);
}

#[test]
fn a_bucket_that_was_tampered_with_is_found_out() {
    let (shop, mut forge) = trail(false);
    forge
        .bucket
        .retain(|key, _| !key.contains("111122223333_CloudTrail_eu-west-1_20260817T03"));
    let cloud = serve(&forge);
    let run = shop
        .run_in(&format!("verify s3://{BUCKET}"), &cloud.environment())
        .ends(1);
    assert!(
        run.stdout
            .contains("log file missing: o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1"),
        "{run}"
    );
}

#[test]
fn a_bucket_that_does_not_answer_is_told() {
    let shop = Shop::new();
    assert_snapshot!(
        "no_credentials",
        shop.run(&format!("verify s3://{BUCKET}")).ends(4)
    );
    let cloud = Cloud::start(|_| {
        Answer::status(
            403,
            "<Error><Code>AccessDenied</Code><Message>not for you</Message></Error>",
        )
    });
    let run = shop.run_in(&format!("verify s3://{BUCKET}"), &cloud.environment());
    assert_snapshot!("access_denied", run.ends(4));
}
