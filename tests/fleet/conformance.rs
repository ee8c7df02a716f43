//! What every store of state promises: those in memory and in a table are asked by this crate's tests, that in a
//! file by the program's, which include this file.

use std::collections::BTreeSet;

use baseline::Observer;
use baseline::page::{Page, pages};
use detect::cloudtrail::LogFileReader;
use jiff::SignedDuration;
use pipeline::ports::{Change, StateKey, StateStore};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn change(which: &str, expected: Option<u64>, value: &[u8]) -> Change {
    Change {
        key: StateKey::new("test", which),
        expected,
        value: value.to_vec(),
        keep: DAY,
    }
}

async fn saved(store: &impl StateStore, changes: Vec<Change>) -> Vec<String> {
    let conflicts = store.save(changes).await.expect("a store that works");
    conflicts.iter().map(ToString::to_string).collect()
}

async fn loaded(store: &impl StateStore, which: &[&str]) -> Vec<(String, u64, Vec<u8>)> {
    let keys: BTreeSet<_> = which.iter().map(|one| StateKey::new("test", one)).collect();
    let found = store.load(&keys).await.expect("a store that works");
    found
        .into_iter()
        .map(|(key, kept)| (key.to_string(), kept.version, kept.value))
        .collect()
}

/// Asks `store`, which must be empty, for every promise.
pub(crate) async fn conforms(store: &impl StateStore) {
    assert!(
        loaded(store, &["a", "b"]).await.is_empty(),
        "what was never saved is absent"
    );
    assert!(loaded(store, &[]).await.is_empty(), "nothing is asked for");
    assert!(saved(store, vec![]).await.is_empty(), "nothing is saved");

    assert!(
        saved(
            store,
            vec![change("a", None, b"one"), change("b", None, b"")]
        )
        .await
        .is_empty()
    );
    let first = loaded(store, &["a", "b", "c"]).await;
    assert_eq!(
        first.len(),
        2,
        "what was saved is there, also an empty value"
    );
    assert_eq!(
        (first[0].0.as_str(), first[0].2.as_slice()),
        ("test#a", b"one".as_slice())
    );
    let (a, b) = (first[0].1, first[1].1);

    let again = change("a", None, b"two");
    assert_eq!(
        saved(store, vec![again]).await,
        ["test#a"],
        "it was expected to be absent"
    );
    assert_eq!(loaded(store, &["a"]).await, first[..1], "and is as it was");

    let mixed = vec![
        change("a", Some(a), b"two"),
        change("b", Some(b + 7), b"x"),
        change("c", None, b"y"),
    ];
    assert_eq!(
        saved(store, mixed).await,
        ["test#b"],
        "the others are saved"
    );
    let second = loaded(store, &["a", "b", "c"]).await;
    let values: Vec<_> = second
        .iter()
        .map(|(_, _, value)| value.as_slice())
        .collect();
    assert_eq!(values, [b"two".as_slice(), b"", b"y"]);
    assert_ne!(second[0].1, a, "another version after each save");

    assert_eq!(
        saved(store, vec![change("a", Some(a), b"three")]).await,
        ["test#a"],
        "the version is old"
    );
    let missing = change("d", Some(1), b"z");
    assert_eq!(
        saved(store, vec![missing]).await,
        ["test#d"],
        "expected to be there, and absent"
    );

    let bytes: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    assert!(
        saved(store, vec![change("large", None, &bytes)])
            .await
            .is_empty(),
        "a large value"
    );
    let large = loaded(store, &["large"]).await;
    assert!(large[0].2 == bytes, "comes back byte by byte");
    assert!(
        saved(store, vec![change("large", Some(large[0].1), b"small")])
            .await
            .is_empty()
    );
    assert_eq!(loaded(store, &["large"]).await[0].2, b"small");

    let names: Vec<String> = (0..230).map(|number| format!("many-{number}")).collect();
    let many = names
        .iter()
        .map(|name| change(name, None, name.as_bytes()))
        .collect();
    assert!(saved(store, many).await.is_empty());
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let found = loaded(store, &names).await;
    assert_eq!(found.len(), 230, "more than one request asks for");
    assert!(
        found
            .iter()
            .all(|(key, _, value)| key.as_bytes().ends_with(value))
    );
    keeps_pages(store).await;
}

/// What is learned of behaviour, in any store: two who write one page at once, and an object that comes again.
async fn keeps_pages(store: &impl StateStore) {
    let seen = |ids: std::ops::Range<u32>| {
        let mut observer = Observer::default();
        let records: Vec<String> = ids.map(record).collect();
        LogFileReader::default().read(records.join("\n").as_bytes(), |record| {
            observer.observe(record, None);
        });
        let mut journal = observer.into_journal();
        journal.settle();
        let page = pages(&journal).into_values().next();
        page.expect("somebody did something")
    };
    let (one, other, all) = (seen(0..40), seen(20..60), seen(0..60));
    let page = |expected, page: &Page| change("page", expected, &page.bytes());
    let kept = async || {
        let found = loaded(store, &["page"]).await;
        let (key, version, bytes) = found.into_iter().next().expect("a page");
        (version, Page::read(&key, &bytes).expect("what was saved"))
    };
    assert!(saved(store, vec![page(None, &one)]).await.is_empty());
    let second = saved(store, vec![page(None, &other)]).await;
    assert_eq!(second, ["test#page"], "another was quicker");
    // Once with the other's news, and twice with what is known already.
    for news in [&other, &one, &other] {
        let (version, mut merged) = kept().await;
        merged.merge(news);
        let change = page(Some(version), &merged);
        assert!(saved(store, vec![change]).await.is_empty());
    }
    let (_, merged) = kept().await;
    assert!(merged.bytes() == all.bytes(), "learned once, all of it");
}

fn record(id: u32) -> String {
    let (minute, second) = (id / 60, id % 60);
    format!(
        r#"{{"eventSource":"s3.amazonaws.com","eventName":"GetObject","eventTime":"2026-03-02T10:{minute:02}:{second:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{}","userAgent":"Boto3/1.40","eventID":"00000000-0000-4000-8000-{id:012x}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","userName":"maria"}},"requestParameters":{{"bucketName":"b{}"}}}}"#,
        id % 7,
        id % 11
    )
}
