//! `trailhound scan`: what is read, and what is shown of it.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde_json::Value;

use crate::cloud::{Answer, Cloud};
use crate::shop::{Shop, gzip, record, story};

const SCAN: &str = "scan logs --rules my-rules --no-builtin";

#[test]
fn the_table_fits_eighty_columns() {
    let run = Shop::furnished().run_wide(SCAN, 80).ends(0);
    assert_snapshot!(run);
    for line in run
        .stdout
        .lines()
        .filter(|line| !line.contains("trailhound explain"))
    {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_table_uses_wider_terminals_and_speaks_chinese() {
    let shop = Shop::furnished();
    assert_snapshot!(
        shop.run_wide(&format!("{SCAN} --language zh-CN --level medium"), 120)
            .ends(0)
    );
}

#[test]
fn colours_come_when_asked_for() {
    let shop = Shop::furnished();
    assert!(!shop.run(SCAN).stdout.contains('\x1b'));
    assert!(
        shop.run(&format!("{SCAN} --color always"))
            .stdout
            .contains("\x1b[1m\x1b[31mHIGH")
    );
    let forced = shop
        .command(SCAN)
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(forced.stdout.contains(&0x1b));
    let refused = shop
        .command(SCAN)
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!refused.stdout.contains(&0x1b));
}

#[test]
fn every_door_leads_to_the_same_alerts() {
    let shop = Shop::furnished();
    shop.write("zipped/a.json.gz", gzip(story("trail-blinded")));
    let rules = "--rules my-rules --no-builtin --format csv";
    let without_file = |csv: &str| {
        let lines = csv.lines().map(|line| {
            line.split(',')
                .filter(|cell| !cell.contains('/') && !cell.is_empty())
                .collect::<Vec<_>>()
                .join(",")
        });
        lines.collect::<Vec<_>>()
    };
    let folder = shop.run(&format!("scan logs {rules}")).ends(0);
    let file = shop
        .run(&format!("scan logs/trail-blinded.json {rules}"))
        .ends(0);
    assert_eq!(folder.stdout, file.stdout);
    let pattern = shop.run(&format!("scan log*/**/*.json {rules}")).ends(0);
    assert_eq!(folder.stdout, pattern.stdout);
    for (run, why) in [
        (shop.run(&format!("scan zipped {rules}")), "compressed"),
        (
            shop.run_on(&format!("scan - {rules}"), story("trail-blinded")),
            "piped",
        ),
        (
            shop.run_on(&format!("scan - {rules}"), gzip(story("trail-blinded"))),
            "piped, compressed",
        ),
    ] {
        assert_eq!(run.code, 0, "{why}: {run}");
        assert_eq!(
            without_file(&run.stdout),
            without_file(&folder.stdout),
            "{why}"
        );
    }
}

#[test]
fn threads_and_order_do_not_show() {
    let shop = Shop::new();
    shop.run("simulate --output logs --days 1 --records 3000")
        .ends(0);
    let one = shop.run("scan logs --format jsonl --threads 1");
    assert!(one.code == 0 && !one.stdout.is_empty(), "{one}");
    for threads in [2, 7] {
        let many = shop.run(&format!("scan logs --format jsonl --threads {threads}"));
        assert_eq!(one.stdout, many.stdout);
        assert_eq!(one.stderr, many.stderr);
    }
    let regions = "logs/AWSLogs/*/CloudTrail/eu-west-1 logs/AWSLogs";
    let reordered = shop.run(&format!("scan {regions} logs --format jsonl -j 2"));
    assert_eq!(one.stdout, reordered.stdout);
}

#[test]
fn a_bucket_holds_more_than_log_files() {
    let shop = Shop::new();
    let account = "bucket/AWSLogs/o-a1b2c3d4e5/111122223333";
    let name = |kind: &str, end: &str| {
        format!("{account}/{kind}/eu-west-1/2026/11/22/111122223333_{kind}_eu-west-1_{end}")
    };
    let record = record("DeleteTrail", "2026-11-22T14:02:11Z");
    shop.write(
        &name("CloudTrail", "20261122T1405Z_Mu0KsOhtH1ar15ZZ.json.gz"),
        gzip(&record),
    );
    shop.write(
        &name(
            "CloudTrail-Digest",
            "main_eu-west-1_20261122T141502Z.json.gz",
        ),
        "x",
    );
    shop.write(
        &name("Config", "ConfigHistory_x_20261122T1405Z.json.gz"),
        "x",
    );
    shop.write(
        &format!("{account}/vpcflowlogs/eu-west-1/2026/11/22/flow.log.gz"),
        "x",
    );
    shop.write("bucket/empty.json", "");
    shop.write("bucket/notes.txt", "x");
    assert_snapshot!(shop.run("scan bucket --format csv").ends(0));
}

#[test]
fn records_outside_the_time_asked_for_are_counted() {
    let shop = Shop::furnished();
    shop.write(
        "logs/111122223333_CloudTrail_eu-west-1_20250101T0000Z_x.json.gz",
        "old",
    );
    let run = shop.run(&format!(
        "{SCAN} --since 2026-03-03T09:00:05Z --until 2026-03-03T09:07:46Z"
    ));
    assert_snapshot!(run.ends(0));
    let day = shop.run(&format!(
        "{SCAN} --since 2026-03-03 --until 2026-03-03 --format csv"
    ));
    assert_eq!(day.stdout, shop.run(&format!("{SCAN} --format csv")).stdout);
    assert_eq!(shop.run(&format!("{SCAN} --until 100w")).stdout, "");
}

#[test]
fn the_exit_code_tells_of_alerts_only_when_asked() {
    let shop = Shop::furnished();
    for (flags, code) in [
        ("", 0),
        ("--fail-on critical", 0),
        ("--fail-on high", 1),
        ("--fail-on low", 1),
        ("--fail-on high --level critical", 1),
    ] {
        let run = shop.run(&format!("{SCAN} {flags}"));
        assert_eq!(run.code, code, "{flags}: {run}");
    }
}

#[test]
fn quiet_says_nothing_but_findings() {
    let run = Shop::furnished()
        .run(&format!("{SCAN} --quiet --no-progress"))
        .ends(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.starts_with("HIGH"));
}

#[test]
fn alerts_in_a_file_appear_whole() {
    let shop = Shop::furnished();
    shop.write("alerts.csv", "old");
    let run = shop
        .run(&format!("{SCAN} --format csv --output alerts.csv"))
        .ends(0);
    assert_eq!(run.stdout, "");
    assert_eq!(
        shop.read("alerts.csv"),
        shop.run(&format!("{SCAN} --format csv")).stdout
    );
    let left = std::fs::read_dir(shop.path()).unwrap().count();
    assert_eq!(left, 3, "nothing is left beside logs, rules and alerts");
}

#[test]
fn own_rules_stand_beside_the_built_in() {
    let shop = Shop::furnished();
    let built_in = shop.run("scan logs --format csv").ends(0);
    let both = shop.run("scan logs --format csv --rules my-rules").ends(0);
    let own = shop.run(&format!("{SCAN} --format csv")).ends(0);
    let lines = |text: &str| text.lines().count() - 1;
    assert_eq!(
        lines(&both.stdout),
        lines(&built_in.stdout) + lines(&own.stdout)
    );
}

#[test]
fn filters_suppress_and_are_counted() {
    let shop = Shop::furnished();
    let filter = |until: &str| {
        format!(
            "title: Hugo replaces trails\nid: 33333333-3333-4333-8333-333333333333\nlogsource: {{ product: aws, service: cloudtrail }}\nfilter:\n  rules: [11111111-1111-4111-8111-111111111111]\n  selection: {{ trailhound.principal.name: hugo.martins }}\n  condition: not selection\ntrailhound: {{ owner: security, reason: migration, until: {until} }}\n"
        )
    };
    shop.write("my-rules/filter.yml", filter("2999-12-31"));
    assert_snapshot!(
        "suppressed",
        shop.run(&format!("{SCAN} --level medium")).ends(0)
    );
    shop.write("my-rules/filter.yml", filter("2020-01-01"));
    assert_snapshot!(
        "expired",
        shop.run(&format!("{SCAN} --level medium")).ends(0)
    );
}

#[test]
fn ready_exclusions_are_switched_on_by_name() {
    let shop = Shop::new();
    let shared = |role: &str| {
        format!(
            r#"{{"eventTime":"2026-11-22T14:02:11Z","eventSource":"ec2.amazonaws.com","eventName":"ModifySnapshotAttribute","awsRegion":"eu-west-1","userIdentity":{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/{role}/x","sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::111122223333:role/{role}","userName":"{role}"}}}}}},"requestParameters":{{"snapshotId":"snap-{role}","createVolumePermission":{{"add":{{"items":[{{"userId":"444455556666"}}]}}}}}},"recipientAccountId":"111122223333"}}"#
        )
    };
    let log = format!("{}\n{}\n", shared("WizAccess-Role"), shared("app"));
    shop.write("logs/a.json", &log);
    let told = |flags: &str| {
        let run = shop.run(&format!("scan logs --format csv --level high {flags}"));
        let run = run.ends(0);
        (run.stdout.lines().count() - 1, run.stderr.clone())
    };
    assert_eq!(told("").0, 2);
    let (alerts, summary) = told("--exclude disk-scanners");
    assert_eq!(alerts, 1, "the other role is told");
    assert!(summary.contains("suppressed: 1 Disk scanners"), "{summary}");
    let unknown = shop.run("scan logs --exclude disc").ends(3);
    assert!(
        unknown.stderr.contains("disk-scanners"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let shop = Shop::new();
    shop.run("simulate --output logs --days 2").ends(0);
    let mut child = shop.command("scan logs --format jsonl --rules all.yml --no-builtin");
    shop.write("all.yml", "title: All\nlogsource: { product: aws, service: cloudtrail }\ndetection: { selection: { eventName|exists: true }, condition: selection }\nlevel: low\ntrailhound: { group-by: [eventID] }\n");
    let mut child = child.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn weak_findings_are_told_as_the_one_incident_that_they_add_up_to() {
    let call = |time: &str, source: &str, name: &str, parameters: &str| {
        format!(
            r#"{{"eventTime":"2026-11-22T{time}Z","eventID":"00000000-0000-4000-8000-{:012}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.23","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","accountId":"111122223333","userName":"maria"}},"requestParameters":{parameters},"eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#,
            time.replace(':', ""),
        )
    };
    let day = [
        call(
            "09:10:00",
            "ec2",
            "DescribeImages",
            r#"{"includeDeprecated":true}"#,
        ),
        call("09:30:00", "ec2", "ImportKeyPair", r#"{"keyName":"k"}"#),
        call("10:05:00", "s3", "DeleteBucket", r#"{"bucketName":"b"}"#),
    ];
    let shop = Shop::new();
    let run = shop.run_on("scan - --format jsonl", day.join("\n")).ends(0);
    let alerts: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(alerts.len(), 1, "{run}");
    assert_eq!(
        alerts[0]["rule"]["title"],
        "Weak signs of one principal add up"
    );
    assert_eq!(alerts[0]["level"], "high");
    assert!(
        run.stderr
            .contains("not shown: 3 told as part of an incident"),
        "{run}"
    );
    let two = shop.run_on("scan - --format jsonl", day[..2].join("\n"));
    assert_eq!(two.stdout.lines().count(), 2, "{two}");
}

/// A bucket with three log files, a digest, and a log file that is not for us.
fn bucket() -> Cloud {
    let prefix = "AWSLogs/111122223333";
    let name = |time: &str| {
        format!(
            "{prefix}/CloudTrail/eu-west-1/2026/11/22/111122223333_CloudTrail_eu-west-1_{time}_AbCdEfGhIjKlMnOp.json.gz"
        )
    };
    let mut objects = BTreeMap::from([
        (
            name("20261122T1405Z"),
            Some(gzip(record("DeleteTrail", "2026-11-22T14:02:11Z"))),
        ),
        (
            name("20261122T1410Z"),
            Some(gzip(record("GetTrail", "2026-11-22T14:07:11Z"))),
        ),
        (
            name("20261121T1410Z"),
            Some(gzip(record("DeleteTrail", "2026-11-21T14:07:11Z"))),
        ),
        (name("20261122T1415Z"), None),
    ]);
    objects.insert(
        format!("{prefix}/CloudTrail-Digest/eu-west-1/2026/11/22/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261122T140500Z.json.gz"),
        Some(gzip("{}")),
    );
    Cloud::start(move |request| {
        if let Some(prefix) = request.query("prefix") {
            let keys = objects.keys().filter(|key| key.starts_with(&prefix));
            let keys: String = keys
                .map(|key| format!("<Contents><Key>{key}</Key><Size>9</Size></Contents>"))
                .collect();
            return Answer::ok(format!("<ListBucketResult>{keys}</ListBucketResult>"));
        }
        let path = request.path.split('?').next().unwrap_or_default();
        match objects.get(path.strip_prefix("/trail/").unwrap_or_default()) {
            Some(Some(object)) => Answer::ok(object.clone()),
            Some(None) => Answer::status(
                403,
                "<Error><Code>AccessDenied</Code><Message>not for you</Message></Error>",
            ),
            None => Answer::status(404, "<Error><Code>NoSuchKey</Code></Error>"),
        }
    })
}

#[test]
fn a_bucket_is_read_where_it_lies_and_what_is_closed_is_named() {
    let (shop, cloud) = (Shop::furnished(), bucket());
    let scan = "scan s3://trail/AWSLogs --rules my-rules --no-builtin --format jsonl";
    let run = shop.run_in(scan, &cloud.environment()).ends(4);
    let alerts: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(alerts.len(), 3, "{run}");
    let places: Vec<_> = alerts
        .iter()
        .map(|alert| alert["events"][0]["log_file"].as_str().unwrap())
        .collect();
    assert!(
        places
            .iter()
            .all(|place| place.starts_with("s3://trail/AWSLogs/")),
        "{run}"
    );
    for said in [
        "Records: 3 read = 3 judged + 0 skipped + 0 failed",
        "1 CloudTrail digest",
        "20261122T1415Z_AbCdEfGhIjKlMnOp.json.gz: access denied to s3:GetObject: not for you",
    ] {
        assert!(run.stderr.contains(said), "{said}: {run}");
    }
    let one = &places[0]["s3://trail/".len()..];
    let one = shop.run_in(&format!("search s3://trail/{one}"), &cloud.environment());
    assert!(one.ends(0).stdout.contains("DeleteTrail"));
    let late = shop.run_in(&format!("{scan} --since 2026-11-22"), &cloud.environment());
    assert!(late.ends(4).stderr.contains("Records: 2 read"));
    let none = shop.run_in("scan s3://trail/elsewhere", &cloud.environment());
    assert!(
        none.ends(4)
            .stderr
            .contains("no CloudTrail log files under this prefix")
    );
}
