//! `trailhound report`

use serde_json::Value;

use crate::forge::{Forge, Line};
use crate::shop::{Run, Shop, record, story};
use crate::verify::lay_out;

/// The data inside the page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("the data");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_report_holds_what_was_found_and_counted() {
    let shop = Shop::furnished();
    shop.write("logs/b.json", story("organization-left"));
    let run = shop.run("report logs").ends(0);
    assert!(
        run.stdout.is_empty() && run.stderr.contains("Wrote report.html with"),
        "{run}"
    );
    let data = data(&shop.read("report.html"));
    let alerts: Vec<_> = data["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .collect();
    assert!(alerts.len() > 3);
    assert_eq!(alerts[0]["alert"]["level"], "critical");
    let with_record = alerts
        .iter()
        .filter(|finding| finding["record"].is_object())
        .count();
    assert_eq!(
        with_record,
        alerts.len(),
        "every deciding record is found again"
    );
    let scanned = shop.run("scan logs --format jsonl").stdout;
    assert_eq!(scanned.lines().count(), alerts.len(), "the same as a scan");
    assert_eq!(
        data["records"].as_u64(),
        data["days"]
            .as_array()
            .map(|days| { days.iter().filter_map(|day| day["records"].as_u64()).sum() })
    );
    assert!(
        data["techniques"]
            .as_array()
            .expect("a matrix")
            .iter()
            .any(|one| one["findings"] != 0)
    );
}

#[test]
fn a_record_delivered_twice_counts_once() {
    let shop = Shop::furnished();
    shop.run("report logs --output once.html --made 2026-11-22T00:00:00Z")
        .ends(0);
    shop.write("logs/again.json", story("trail-blinded"));
    shop.run("report logs --output twice.html --made 2026-11-22T00:00:00Z --threads 3")
        .ends(0);
    let without_files = |page: &str| {
        let mut data = data(&shop.read(page));
        data["files"] = Value::Null;
        data
    };
    assert_eq!(
        without_files("once.html")["people"],
        without_files("twice.html")["people"]
    );
    assert_eq!(
        without_files("once.html")["days"],
        without_files("twice.html")["days"]
    );
}

#[test]
fn the_same_logs_make_the_same_report() {
    let shop = Shop::furnished();
    for (file, threads) in [("a.html", 1), ("b.html", 4)] {
        shop.run(&format!(
            "report logs --output {file} --threads {threads} --made 2026-11-22T00:00:00Z"
        ))
        .ends(0);
    }
    assert!(shop.read("a.html") == shop.read("b.html"));
}

#[test]
fn hostile_words_stay_inside_the_data() {
    let shop = Shop::new();
    let nasty = r#"</script><img src=x onerror=alert(1)>\u202e\u001b[2J<!--"#;
    shop.write(
        "logs/nasty.json",
        story("trail-blinded").replace("hugo.martins", nasty),
    );
    let page = {
        shop.run("report logs").ends(0);
        shop.read("report.html")
    };
    assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(
        data(&page).to_string().contains("<img"),
        "but the words are there"
    );
}

#[test]
fn secrets_are_masked() {
    let shop = Shop::new();
    let line = record("DeleteTrail", "2026-11-22T14:00:00Z").replacen(
        '{',
        r#"{"requestParameters":{"name":"t","password":"hunter2"},"#,
        1,
    );
    shop.write("logs/a.json", line);
    shop.run("report logs").ends(0);
    let page = shop.read("report.html");
    assert!(data(&page)["findings"][0]["record"].is_object());
    assert!(!page.contains("hunter2"));
}

#[test]
fn nothing_to_report_is_a_report_too() {
    let shop = Shop::new();
    shop.write("logs/a.json", record("ListTrails", "2026-11-22T14:00:00Z"));
    shop.run("report logs --since 2026-12-01 --output empty.html")
        .ends(0);
    assert_eq!(data(&shop.read("empty.html"))["records"], 0);
    shop.run("report nowhere").ends(4);
    shop.run("report logs --since 2026-12-01 --until 2026-11-01")
        .ends(3);
}

/// Three days of one region, a log file and a digest each hour; the signature of the newest is there.
fn three_days() -> (Shop, Forge) {
    let shop = Shop::new();
    let mut forge = Forge::new();
    let mut line = Line::new("AWSLogs/", "111122223333", "eu-west-1");
    let first: jiff::Timestamp = "2026-08-17T01:00:00Z".parse().expect("a time");
    for hour in 0..72 {
        forge.hour(&mut line, first + jiff::SignedDuration::from_hours(hour), 1);
    }
    lay_out(&shop, &forge, true);
    (shop, forge)
}

/// What the report says of completeness, in English and Chinese, and whether that is good.
fn completeness(shop: &Shop, flags: &str, exit: i32) -> (String, String, Value) {
    let run: Run = shop
        .run(&format!("report trail --output whole.html {flags}"))
        .ends(exit);
    let data = data(&shop.read("whole.html"));
    let check = &data["checks"][0];
    let text = |language: &str| check["answer"][language].as_str().map(str::to_owned);
    (
        text("en").unwrap_or_else(|| panic!("{run}")),
        text("zh").unwrap_or_default(),
        check["good"].clone(),
    )
}

/// The path of the copy of the first key in which this is found.
fn copied(shop: &Shop, forge: &Forge, part: &str) -> std::path::PathBuf {
    let key = forge.bucket.keys().find(|key| key.contains(part));
    shop.path().join("trail").join(key.expect("a key"))
}

#[test]
fn days_are_proven_by_the_digest_chain() {
    let (shop, _) = three_days();
    let (en, zh, good) = completeness(&shop, "--keys keys.json", 0);
    assert_eq!(
        en,
        "Logs proven complete for 3 of 3 days by the digest chain; 3 of 3 days have records"
    );
    assert_eq!(zh, "摘要链证明 3 天中有 3 天日志完整；3 天中有 3 天有记录");
    assert_eq!(good, true);
    // Only what is asked for.
    let (en, _, good) = completeness(
        &shop,
        "--keys keys.json --since 2026-08-18 --until 2026-08-18",
        0,
    );
    assert!(
        en.starts_with("Logs proven complete for 1 of 1 days"),
        "{en}"
    );
    assert_eq!(good, true);
}

#[test]
fn a_day_with_a_file_missing_or_altered_is_named() {
    let (shop, forge) = three_days();
    std::fs::remove_file(copied(&shop, &forge, "_CloudTrail_eu-west-1_20260818T07"))
        .expect("a file");
    let (en, zh, good) = completeness(&shop, "--keys keys.json", 0);
    assert_eq!(
        en,
        "Logs proven complete for 2 of 3 days by the digest chain, files missing or altered on 1 \
         (2026-08-18); 3 of 3 days have records"
    );
    assert!(zh.contains("1 天有文件缺失或被改动（2026-08-18）"), "{zh}");
    assert_eq!(good, false);

    // Another hour's records in the place of these: the file is read, and judged, all the same.
    let (shop, forge) = three_days();
    let other = copied(&shop, &forge, "_CloudTrail_eu-west-1_20260819T09");
    std::fs::copy(
        other,
        copied(&shop, &forge, "_CloudTrail_eu-west-1_20260819T04"),
    )
    .expect("a copy");
    let (en, _, good) = completeness(&shop, "--keys keys.json", 0);
    assert!(
        en.contains("2 of 3") && en.contains("on 1 (2026-08-19)"),
        "{en}"
    );
    assert_eq!(good, false);

    // A digest that is gone leaves its hour without proof.
    let (shop, forge) = three_days();
    std::fs::remove_file(copied(
        &shop,
        &forge,
        "_CloudTrail-Digest_eu-west-1_acme_main_eu-west-1_20260817T12",
    ))
    .expect("a file");
    let (en, _, good) = completeness(&shop, "--keys keys.json", 0);
    assert!(
        en.contains("2 of 3") && en.contains("on 1 (2026-08-17)"),
        "{en}"
    );
    assert_eq!(good, false);
}

#[test]
fn without_a_key_nothing_is_proven_but_what_was_altered_is_found() {
    let (shop, forge) = three_days();
    std::fs::remove_file(copied(&shop, &forge, "_CloudTrail_eu-west-1_20260818T07"))
        .expect("a file");
    let (en, zh, good) = completeness(&shop, "", 0);
    assert_eq!(
        en,
        "Logs proven complete for 0 of 3 days by the digest chain, files missing or altered on 1 \
         (2026-08-18), not to be checked on 2 (no public key: give it by --keys); 3 of 3 days have records"
    );
    assert!(
        zh.contains("2 天无法核对（缺少公钥，请用 --keys 提供）"),
        "{zh}"
    );
    assert_eq!(good, false);
    shop.write("keys.json", "[]");
    shop.run("report trail --keys keys.json").ends(2);
}

#[test]
fn digests_that_do_not_lie_as_a_trail_puts_them_prove_nothing_and_hinder_nothing() {
    let (shop, forge) = three_days();
    let flat = shop.path().join("flat");
    std::fs::create_dir(&flat).expect("a folder");
    for part in ["CloudTrail-Digest/", "/CloudTrail/"] {
        let file = copied(&shop, &forge, part);
        std::fs::copy(&file, flat.join(file.file_name().expect("a name"))).expect("a copy");
    }
    shop.run("report flat --output flat.html").ends(0);
    let data = data(&shop.read("flat.html"));
    assert_eq!(data["checks"][0]["good"], Value::Null);
}

#[test]
fn records_alone_prove_nothing() {
    let (shop, _) = three_days();
    let digests = shop
        .path()
        .join("trail/AWSLogs/111122223333/CloudTrail-Digest");
    std::fs::remove_dir_all(digests).expect("a folder");
    let (en, zh, good) = completeness(&shop, "", 0);
    assert_eq!(
        en,
        "No digest files: completeness not proven; 3 of 3 days have records"
    );
    assert_eq!(zh, "没有摘要文件：无法证明日志完整；3 天中有 3 天有记录");
    assert_eq!(good, Value::Null);
    let day = shop
        .path()
        .join("trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/08/18");
    std::fs::remove_dir_all(day).expect("a folder");
    let (en, _, good) = completeness(&shop, "", 0);
    assert!(en.ends_with("2 of 3 days have records"), "{en}");
    assert_eq!(good, false);
}

#[test]
fn log_files_that_no_digest_lists_are_told() {
    let (shop, mut forge) = three_days();
    // Logging went on, and validation was switched off.
    let line = Line::new("AWSLogs/", "444455556666", "eu-west-1");
    forge.log_file(&line, "2026-08-18T05:00:00Z".parse().expect("a time"), 1);
    lay_out(&shop, &forge, true);
    let (en, zh, good) = completeness(&shop, "--keys keys.json", 0);
    assert!(
        en.contains("2 of 3") && en.contains("not covered by digests on 1"),
        "{en}"
    );
    assert!(zh.contains("1 天未被摘要完全覆盖"), "{zh}");
    assert_eq!(good, Value::Null);
}
