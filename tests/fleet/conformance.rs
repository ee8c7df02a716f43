//! What every store of state promises: those in memory and in a table are asked by this crate's tests, that in a
//! file by the program's, which include this file.

use std::collections::BTreeSet;

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
}
