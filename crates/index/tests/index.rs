//! An index answers as the records themselves would.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use detect::cloudtrail::LogFileReader;
use index::{Cell, FileStamp, Index, IndexError, Packer};
use jiff::Timestamp;
use query::Query;

/// Two attacks of the demo: thousands of records of all kinds.
fn logs() -> Vec<(FileStamp, Vec<u8>)> {
    let story = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../events/{name}.json"));
        let bytes = std::fs::read(path).expect("a story");
        let stamp = FileStamp {
            name: name.into(),
            bytes: bytes.len() as u64,
            written: 7,
        };
        (stamp, bytes)
    };
    let mut logs: Vec<_> = [
        "bucket-ransom",
        "stolen-key-to-admin",
        "role-trust-backdoor",
    ]
    .map(story)
    .into();
    let odd = r#"{"eventSource":"x.amazonaws.com","eventName":"Odd","eventTime":"2026-03-01T00:00:00.5Z","errorCode":["a","b"],"sourceIPAddress":7,"requestParameters":{"policy":"%7B%22Action%22%3A%22%73ts:AssumeRole%22%7D","key":"AAAA-Kelvin"},"eventID":"00000000-0000-4000-8000-000000000001"}"#;
    logs.push((
        FileStamp {
            name: "odd".into(),
            bytes: 1,
            written: 1,
        },
        odd.as_bytes().to_vec(),
    ));
    logs
}

fn filled(path: &Path) -> Index {
    let mut index = Index::open(path).expect("an index");
    let mut writer = index.write().expect("a writer");
    for (stamp, bytes) in logs() {
        let stamp = Arc::new(stamp);
        let mut packer = Packer::default();
        let mut blocks = Vec::new();
        LogFileReader::default().read(&*bytes, |record| blocks.extend(packer.add(record, &stamp)));
        blocks.extend(packer.rest());
        blocks
            .iter()
            .for_each(|block| writer.add(block).expect("room"));
        writer.finish_file(&stamp).expect("room");
    }
    writer.commit().expect("room");
    index
}

fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().expect("a time")
}

/// The ids of the records that a query holds for, found by reading.
fn read(query: &Query) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (_, bytes) in logs() {
        LogFileReader::default().read(&*bytes, |record| {
            if query.matches(record) {
                ids.insert(record.event_id().unwrap_or_default().into_owned());
            }
        });
    }
    ids
}

#[test]
fn an_index_finds_what_reading_finds_and_looks_at_less() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = filled(&folder.path().join("index"));
    let total = index.len().expect("a count");
    for (text, narrow) in [
        ("", false),
        (
            "eventName = deletebucket or eventName = PutBucketPolicy",
            true,
        ),
        ("eventName ~ Delete*", true),
        ("eventName ~ *user*", true),
        ("not eventName ~ Delete*", false),
        ("errorCode exists", true),
        ("errorCode = a", true),
        (
            "errorCode = AccessDenied and trailhound.principal.kind = iam-user",
            true,
        ),
        ("errorCode = null", false),
        ("sourceIPAddress in (10.0.0.0/8, 203.0.113.0/24)", false),
        ("sourceIPAddress = 7", true),
        ("eventTime < 2026-03-02", true),
        (
            "eventTime > 2026-03-01T00:00:00.4Z eventTime < 2026-03-01T00:00:00.6Z",
            true,
        ),
        ("eventTime = 2026-03-01", true),
        ("nobody-of-this-name", true),
        ("eventID = 00000000-0000-4000-8000-000000000001", true),
        ("AdministratorAccess", true),
        ("administratoracc", true),
        ("strat", true),
        ("kelvin", true),
        ("AAAA", false),
        ("requestParameters.userName = nobody", true),
        ("requestParameters.policy.Action = sts:AssumeRole", true),
        ("requestParameters.key = aaaa-kelvin", true),
        ("userIdentity.accessKeyId ~ AKIA*", true),
        ("maria or errorCode = AccessDenied", false),
        ("\"a?c\" or x*y", false),
    ] {
        let query = Query::parse(text, now()).unwrap_or_else(|error| panic!("{error}"));
        let mut ids = BTreeSet::new();
        let looked_at = index
            .search(&query, |record, file| {
                assert!(!file.is_empty());
                let id = record.event_id().unwrap_or_default().into_owned();
                assert!(ids.insert(id), "an event is found once");
            })
            .expect("an answer");
        assert_eq!(ids, read(&query), "{text}");
        assert!(
            !narrow || looked_at < total,
            "{text}: {looked_at} of {total}"
        );
    }
}

#[test]
fn every_event_is_found_by_every_word_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = filled(&folder.path().join("index"));
    let words = [
        "bucket",
        "Administrator",
        "trust",
        "policy",
        "arn:aws:iam",
        "aws-cli",
        "Boto3",
        "us-east-1",
        "ListBuckets",
        "s3:GetObject",
        "203.0.113",
        "session",
    ];
    for word in words {
        for query in [
            Query::parse(&format!("\"{word}\""), now()).expect("a query"),
            Query::resource(&format!("{word}*")),
            Query::resource(word),
            Query::principal(word),
        ] {
            let mut found = BTreeSet::new();
            index
                .search(&query, |record, _| {
                    found.insert(record.event_id().unwrap_or_default().into_owned());
                })
                .expect("an answer");
            assert_eq!(found, read(&query), "{word}");
        }
    }
}

#[test]
fn the_same_records_again_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index");
    let total = filled(&path).len().expect("a count");
    assert_eq!(filled(&path).len().expect("a count"), total);
    let index = Index::open_read_only(&path).expect("an index");
    for (stamp, _) in logs() {
        assert!(index.holds(&stamp).expect("an answer"));
        let changed = FileStamp {
            written: 8,
            ..stamp
        };
        assert!(
            !index.holds(&changed).expect("an answer"),
            "a file that has changed is another"
        );
    }
}

#[test]
fn what_was_not_committed_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut index = Index::open(&folder.path().join("index")).expect("an index");
    let (stamp, bytes) = logs().remove(1);
    let stamp = Arc::new(stamp);
    let mut writer = index.write().expect("a writer");
    let mut packer = Packer::default();
    LogFileReader::default().read(&*bytes, |record| {
        if let Some(block) = packer.add(record, &stamp) {
            writer.add(&block).expect("room");
        }
    });
    drop(writer);
    assert!(index.is_empty().expect("an answer"));
    assert!(!index.holds(&stamp).expect("an answer"));
}

#[test]
fn sql_sees_the_events_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = filled(&folder.path().join("index"));
    let rows = index
        .sql("SELECT name, count(*) AS times, min(time) FROM events WHERE name = 'Odd'")
        .expect("an answer");
    assert_eq!(rows.columns, ["name", "times", "min(time)"]);
    let text = |text: &str| Cell::Text(text.to_owned());
    assert_eq!(
        rows.rows,
        [[text("Odd"), Cell::Whole(1), text("2026-03-01T00:00:00Z")]]
    );
    for sql in [
        "DELETE FROM calls",
        "DROP VIEW events",
        "SELECT * FROM nothing",
        "SELECT 1; SELECT 2",
    ] {
        assert!(matches!(index.sql(sql), Err(IndexError::Sql(_))), "{sql}");
    }
    assert!(!index.is_empty().expect("an answer"));
}

#[test]
fn other_files_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "not a database, but long enough to look at. ".repeat(40),
    )
    .expect("room");
    assert!(matches!(Index::open(&text), Err(IndexError::Stranger)));
    let other = folder.path().join("other.sqlite");
    rusqlite::Connection::open(&other)
        .and_then(|db| db.execute_batch("CREATE TABLE mine(x)"))
        .expect("a database");
    assert!(matches!(Index::open(&other), Err(IndexError::Stranger)));
}
