//! `trailhound report`

use serde_json::Value;

use crate::shop::{Shop, record, story};

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
