//! `trailhound search`

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::{Shop, gzip, record, story};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect()
}

#[test]
fn records_are_a_table() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "english",
        shop.run_wide("search logs --where trailhound.readOnly=false", 80)
            .ends(0)
    );
    assert_snapshot!(
        "chinese",
        shop.run("search logs --event DeleteTrail --language zh-CN")
            .ends(0)
    );
    assert_snapshot!(
        "fields",
        shop.run(
            "search logs --where acme-org --fields eventName,requestParameters.name,resources.ARN"
        )
        .ends(0)
    );
    assert_snapshot!(
        "nothing",
        shop.run("search logs --principal nobody").ends(0)
    );
}

#[test]
fn counts_say_when_a_value_was_first_and_last_seen() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "table",
        shop.run("search logs --count-by trailhound.readOnly --count-by awsRegion")
            .ends(0)
    );
    let csv = shop
        .run("search logs --count-by eventName --format csv --limit 2")
        .ends(0);
    assert_snapshot!("csv", csv.stdout.replace("\r\n", "␍␊\n"));
    let lines = json_lines(
        &shop
            .run("search logs --count-by eventSource --format jsonl")
            .ends(0)
            .stdout,
    );
    let total: u64 = lines.iter().filter_map(|line| line["count"].as_u64()).sum();
    assert_eq!(total, 7);
    assert_eq!(
        shop.run("search logs --unique eventName")
            .ends(0)
            .stdout
            .lines()
            .count(),
        7
    );
}

#[test]
fn what_is_found_can_be_scanned() {
    let shop = Shop::furnished();
    let found = shop
        .run("search logs --event DeleteTrail --format jsonl")
        .ends(0)
        .stdout;
    assert_eq!(json_lines(&found)[0]["eventName"], "DeleteTrail");
    let alerts = shop.run_on("scan - --format jsonl", &found).ends(0).stdout;
    assert!(!alerts.is_empty());
}

#[test]
fn an_event_is_found_once_and_the_newest_are_kept() {
    let shop = Shop::new();
    for minute in 0..30 {
        let line = record("DeleteTrail", &format!("2026-11-22T14:{minute:02}:00Z"));
        shop.write(&format!("logs/{minute}.json.gz"), gzip(&line));
        shop.write(&format!("logs/again-{minute}.json"), &line);
    }
    for threads in [1, 2, 7] {
        let run = shop
            .run(&format!(
                "search logs --limit 3 -j {threads} --fields eventTime"
            ))
            .ends(0);
        let times: Vec<_> = run
            .stdout
            .lines()
            .skip(1)
            .map(|line| &line[14..16])
            .collect();
        assert_eq!(times, ["27", "28", "29"], "{run}");
        assert!(run.stderr.contains("Found: 30 records"), "{run}");
    }
    let counted = shop
        .run("search logs --count-by eventName --format csv")
        .ends(0)
        .stdout;
    assert!(
        counted.contains("30,2026-11-22T14:00:00Z,2026-11-22T14:29:00Z,DeleteTrail"),
        "{counted}"
    );
}

#[test]
fn strangers_words_stay_words() {
    let shop = Shop::new();
    let nasty = story("trail-blinded").replace("hugo.martins", "=cmd|'\\u001b[2J\\u202e\\n");
    shop.write("logs/nasty.json", nasty);
    for format in [
        "table",
        "csv",
        "jsonl",
        "table --count-by trailhound.principal.name",
        "csv --unique userIdentity.arn",
    ] {
        let run = shop.run(&format!("search logs --format {format}")).ends(0);
        let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\r')) || c == '\u{202e}';
        assert!(!run.stdout.contains(hidden), "{run}");
        assert!(
            !run.stdout.contains(",=cmd") && !run.stdout.contains("\n=cmd,"),
            "{run}"
        );
    }
}

#[test]
fn secrets_are_masked_on_the_terminal() {
    let shop = Shop::new();
    let line = record("CreateUser", "2026-11-22T14:00:00Z").replacen(
        '{',
        r#"{"requestParameters":{"password":"hunter2"},"#,
        1,
    );
    shop.write("a.json", line);
    let run = shop
        .run("search a.json --fields requestParameters.password")
        .ends(0);
    assert!(
        run.stdout.contains("<masked>") && !run.stdout.contains("hunter2"),
        "{run}"
    );
}

#[test]
fn questions_that_make_no_sense() {
    let shop = Shop::furnished();
    assert_snapshot!(
        "query",
        shop.run("search logs --where (eventName=x").ends(3)
    );
    assert_snapshot!(
        "field",
        shop.run("search logs --where eventname=x --count-by sourceIp")
            .ends(0)
    );
    assert_snapshot!("address", shop.run("search logs --ip maria").ends(3));
    assert_snapshot!("no_index", shop.run("search --index nowhere").ends(4));
    assert_snapshot!("sql_without_index", shop.run("search logs --sql x").ends(3));
}

#[test]
fn an_index_answers_like_the_files_and_takes_what_is_new() {
    let shop = Shop::furnished();
    for question in [
        "--since 2026-03-03T09:06:00Z --until 2026-03-03T09:07:46Z",
        "--where acme-org",
        "--event DeleteTrail --format jsonl",
        "--count-by eventName",
    ] {
        let read = shop.run(&format!("search logs {question}")).ends(0);
        let indexed = shop
            .run(&format!("search logs --index i.sqlite {question}"))
            .ends(0);
        assert_eq!(read.stdout, indexed.stdout, "{question}");
    }
    shop.write("logs/b.json", record("StopLogging", "2026-11-22T14:00:00Z"));
    let old = shop
        .run("search --index i.sqlite --event StopLogging")
        .ends(0);
    assert!(old.stderr.contains("Found: 1 record "), "{old}");
    let new = shop
        .run("search logs --index i.sqlite --event StopLogging")
        .ends(0);
    assert!(new.stderr.contains("Found: 2 records"), "{new}");
    assert!(
        new.stderr.contains("Read 1 file "),
        "only what is new is read: {new}"
    );
    assert_snapshot!(
        "sql",
        shop.run_sql("SELECT principal_name, count(*) AS calls, max(time) FROM events GROUP BY 1 ORDER BY 2 DESC").ends(0)
    );
    assert_snapshot!(
        "sql_error",
        shop.run_sql("SELECT nothing FROM events").ends(3)
    );
    assert_snapshot!(
        "stranger",
        shop.run("search logs --index my-rules/two.yml").ends(4)
    );
}

#[test]
fn broken_files_are_told_and_the_rest_is_found() {
    let shop = Shop::furnished();
    shop.write("logs/cut.json.gz", &gzip(story("trail-blinded"))[..200]);
    shop.run("search logs --event DeleteTrail").ends(4);
    let run = shop
        .run("search logs --event DeleteTrail --index i")
        .ends(4);
    assert!(run.stdout.contains("DeleteTrail"), "{run}");
}
