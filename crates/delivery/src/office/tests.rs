use pipeline::memory::MemoryState;
use pipeline::ports::{Change, Kept, StateError};

use super::*;
use crate::stage::{Stage, again, at, mail, never, rooms};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// A minute of one morning.
fn minute(n: i64) -> Timestamp {
    at("2026-11-28T08:00:00Z") + SignedDuration::from_mins(n)
}

/// A state that several copies share, and that can die before what was done is noted.
#[derive(Default)]
struct Shared {
    state: MemoryState,
    /// So many saves work.
    saves: std::cell::Cell<Option<u32>>,
}

impl StateStore for &Shared {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.state.load(keys).await
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        match self.saves.get() {
            Some(0) => Err(StateError {
                place: "memory".to_owned(),
                action: "written",
                cause: "the test wants it so".into(),
            }),
            left => {
                self.saves.set(left.map(|left| left - 1));
                self.state.save(changes).await
            }
        }
    }
}

struct Run<'s> {
    stage: &'s Stage,
    shared: &'s Shared,
}

impl Run<'_> {
    fn deliver(&self, mail: &Delivery, n: i64) -> Result<Outcome, OfficeError> {
        let stage = self.stage;
        let office = Office::new(self.shared, stage, stage, stage);
        wait(office.deliver(mail, minute(n), minute(n + 2)))
    }
}

fn stage(names: &[&str]) -> Stage {
    let named: Vec<_> = names.iter().map(|name| (*name, "a")).collect();
    Stage {
        rooms: rooms(&named).into(),
        ..Stage::default()
    }
}

#[test]
fn a_message_that_comes_again_goes_only_to_those_who_have_not_got_it() {
    let (stage, shared) = (stage(&["a", "b", "c"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    stage.answers("b", [again(Some(7)), again(None)]);
    let first = run.deliver(&alert, 0).unwrap();
    assert_eq!(
        (first.told, first.again, first.wait),
        (2, 1, Some(Duration::from_secs(7)))
    );
    assert_eq!(stage.got(), ["a", "c"]);
    let second = run.deliver(&alert, 0).unwrap();
    assert_eq!((second.told, second.known, second.again), (0, 2, 1));
    let third = run.deliver(&alert, 1).unwrap();
    assert!(third.is_done() && third.told == 1);
    assert_eq!(stage.got(), ["b"]);
    for n in 2..5 {
        assert_eq!(run.deliver(&alert, n).unwrap().known, 3);
    }
    assert_eq!(stage.got(), [""; 0]);
    let other = Delivery {
        id: "60".to_owned(),
        ..alert
    };
    assert_eq!(
        run.deliver(&other, 5).unwrap().told,
        3,
        "another mail is another mail"
    );
}

#[test]
fn who_dies_before_it_is_noted_leaves_it_to_others_when_that_is_sure() {
    let (stage, shared) = (stage(&["a"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    // The claims are saved, and nothing after.
    shared.saves.set(Some(1));
    run.deliver(&alert, 0).unwrap_err();
    shared.saves.set(None);
    assert_eq!(stage.got(), ["a"]);
    let early = run.deliver(&alert, 1).unwrap();
    assert_eq!((early.told, early.again), (0, 1));
    assert_eq!(
        early.wait,
        Some(Duration::from_secs(60)),
        "until the other is surely dead"
    );
    assert_eq!(stage.got(), [""; 0]);
    let late = run.deliver(&alert, 2).unwrap();
    assert_eq!((late.told, stage.got().len()), (1, 1));
    // Without a state nothing goes out at all.
    shared.saves.set(Some(0));
    let other = Delivery {
        id: "60".to_owned(),
        ..alert
    };
    run.deliver(&other, 9).unwrap_err();
    assert_eq!(stage.got(), [""; 0]);
}

#[test]
fn who_can_never_be_told_is_named_among_the_dead_letters_once_and_holds_nobody_up() {
    let (stage, shared) = (stage(&["a", "b", "c"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    stage.answers("b", [never()]);
    stage.answers("c", [again(None)]);
    let outcome = run.deliver(&alert, 0).unwrap();
    assert_eq!((outcome.told, outcome.refused, outcome.again), (1, 1, 1));
    assert!(run.deliver(&alert, 1).unwrap().is_done());
    let mut dead = std::mem::take(&mut *stage.dead.lock().unwrap());
    assert_eq!(dead.len(), 1);
    let letter = dead.remove(0);
    assert_eq!(letter.only, BTreeSet::from(["b".to_owned()]));
    assert_eq!(letter.refused["b"], "404 no_service");
    assert_eq!((&letter.text, &letter.html), (&alert.text, &alert.html));
    assert_eq!(stage.got(), ["a", "c"]);
    // Brought back, it is for that room alone, and once.
    for n in 2..4 {
        assert!(run.deliver(&letter, n).unwrap().is_done());
    }
    assert_eq!(stage.got(), ["b"]);
}

#[test]
fn a_letter_for_a_room_that_is_no_more_goes_back_to_the_dead() {
    let (stage, shared) = (stage(&["a"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let mut letter = mail(&[("kind", "alert")]);
    letter.only = BTreeSet::from(["gone".to_owned()]);
    letter.buried = 1;
    assert_eq!(run.deliver(&letter, 0).unwrap().refused, 1);
    let dead = stage.dead.lock().unwrap();
    assert_eq!(
        (dead[0].refused["gone"].as_str(), dead[0].buried),
        ("there is no such room", 2)
    );
    assert_eq!(stage.got(), [""; 0]);
}

#[test]
fn a_room_that_is_no_more_goes_back_once_while_another_is_tried_again() {
    let (stage, shared) = (stage(&["b"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let mut letter = mail(&[("kind", "alert")]);
    letter.only = ["gone", "b"].map(str::to_owned).into();
    stage.answers("b", [again(None), again(None)]);
    let outcomes: Vec<_> = (0..3).map(|n| run.deliver(&letter, n).unwrap()).collect();
    let refused: usize = outcomes.iter().map(|outcome| outcome.refused).sum();
    assert_eq!((refused, stage.dead.lock().unwrap().len()), (1, 1));
    assert!(outcomes[2].is_done() && stage.got() == ["b"]);
}

#[test]
fn what_does_not_lie_among_the_dead_letters_comes_back() {
    let (stage, shared) = (stage(&["a"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    *stage.is_full.lock().unwrap() = true;
    stage.answers("a", [never(), never()]);
    assert_eq!(run.deliver(&alert, 0).unwrap().again, 1);
    *stage.is_full.lock().unwrap() = false;
    assert_eq!(run.deliver(&alert, 1).unwrap().refused, 1);
    assert_eq!(stage.dead.lock().unwrap().len(), 1);
}

#[test]
fn a_room_that_has_moved_is_told_at_its_new_address() {
    let (stage, shared) = (stage(&["a"]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    *stage.next.lock().unwrap() = Some(rooms(&[("a", "elsewhere")]));
    stage.answers("a", [never()]);
    assert_eq!(run.deliver(&alert, 0).unwrap().again, 1);
    assert!(run.deliver(&alert, 1).unwrap().is_done());
    assert_eq!(stage.got(), ["a"]);
    assert!(stage.dead.lock().unwrap().is_empty());
}

#[test]
fn while_nobody_knows_the_rooms_mails_come_back() {
    let (stage, shared) = (stage(&[]), Shared::default());
    let run = Run {
        stage: &stage,
        shared: &shared,
    };
    let alert = mail(&[("kind", "alert")]);
    assert!(matches!(
        run.deliver(&alert, 0),
        Err(OfficeError::Source(_))
    ));
    *stage.rooms.lock().unwrap() = rooms(&[("a", "a")]);
    assert_eq!(run.deliver(&alert, 1).unwrap().told, 1);
}
