use std::collections::{BTreeMap, BTreeSet};

use baseline::Anomaly;
use baseline::evidence::Who;
use detect::principal::PrincipalKind;
use pipeline::memory::MemoryState;
use pipeline::ports::{Change, Kept, StateError, StateKey, StateStore};

use super::{DAY, keep_to};

const TODAY: u32 = 20_000 * DAY;

fn anomaly(account: &str, key: &str, time: u32) -> Anomaly {
    Anomaly {
        who: Who {
            account: account.to_owned(),
            key: key.to_owned(),
            kind: PrincipalKind::IamUser,
            name: key.to_owned(),
            trade: "users".to_owned(),
            person: String::new(),
            credential: String::new(),
            session: String::new(),
            arn: String::new(),
        },
        time,
        incident: time,
        score: 3.0,
        threshold: 2.0,
        once_in: 10.0,
        urgent: true,
        update: false,
        days: 10,
        calls: 100,
        learned: 10,
        signals: Vec::new(),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Who of these is told at once.
fn at_once(states: &impl StateStore, mut found: Vec<Anomaly>) -> Vec<String> {
    block_on(keep_to(3, states, &mut found)).unwrap();
    let told = found
        .into_iter()
        .filter(|anomaly| anomaly.urgent || anomaly.update);
    told.map(|anomaly| anomaly.who.key).collect()
}

#[test]
fn the_first_three_of_an_account_and_day_are_told_at_once_whenever_they_come_again() {
    let states = MemoryState::default();
    let of = |keys: &[&str]| keys.iter().map(|key| anomaly("1", key, TODAY)).collect();
    assert_eq!(at_once(&states, of(&["a", "b"])), ["a", "b"]);
    assert_eq!(at_once(&states, of(&["d", "c", "a"])), ["d", "a"]);
    assert_eq!(at_once(&states, of(&["a", "b", "c", "d"])), ["a", "b", "d"]);
    assert_eq!(at_once(&states, vec![anomaly("2", "c", TODAY)]), ["c"]);
    assert_eq!(
        at_once(&states, vec![anomaly("1", "c", TODAY + DAY)]),
        ["c"]
    );
}

#[test]
fn what_follows_on_the_same_incident_takes_no_other_place() {
    let states = MemoryState::default();
    let update = Anomaly {
        incident: TODAY,
        update: true,
        ..anomaly("1", "a", TODAY + 100)
    };
    assert_eq!(
        at_once(&states, vec![anomaly("1", "a", TODAY), update.clone()]).len(),
        2
    );
    assert_eq!(
        at_once(
            &states,
            vec![anomaly("1", "b", TODAY), anomaly("1", "c", TODAY)]
        )
        .len(),
        2
    );
    assert_eq!(at_once(&states, vec![anomaly("1", "d", TODAY)]), [""; 0]);
    assert_eq!(at_once(&states, vec![update]), ["a"]);
}

#[test]
fn where_nothing_is_told_at_once_nothing_is_asked() {
    let quiet = Anomaly {
        urgent: false,
        ..anomaly("1", "a", TODAY)
    };
    let states = MemoryState::default();
    assert_eq!(at_once(&states, vec![quiet]), [""; 0]);
    assert!(states.all().is_empty());
}

/// A store in which another copy tells of `b` and `c` before the first save.
#[derive(Debug, Default)]
struct Raced {
    states: MemoryState,
    is_over: std::cell::Cell<bool>,
}

impl StateStore for Raced {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.states.load(keys).await
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        if !self.is_over.replace(true) {
            let mut others = vec![anomaly("1", "b", TODAY), anomaly("1", "c", TODAY)];
            keep_to(3, &self.states, &mut others).await.unwrap();
        }
        self.states.save(changes).await
    }
}

#[test]
fn two_copies_have_three_places_together() {
    let raced = Raced::default();
    let found = vec![anomaly("1", "a", TODAY), anomaly("1", "d", TODAY)];
    assert_eq!(at_once(&raced, found), ["a"]);
}
