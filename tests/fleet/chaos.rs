//! Ports in memory that fail, and copies that die, at random: reproducible from a seed.
//!
//! A fault strikes before the port has done its work or after; it is an error, as of a network, or a panic,
//! which ends the copy as a kill would, for all that it knew is gone with it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use aws::log_bucket::{Chunk, FetchError, LogBucket};
use aws::own_queue::{LeaveError, LeaveWord};
use aws::trigger::{LogObject, Task};
use detect::alert::Alert;
use detect::render::mail::Mail;
use pipeline::memory::MemoryState;
use pipeline::ports::{AlertSink, Change, Kept, SinkError, StateError, StateKey, StateStore};
use pipeline::post::MailSink;
use tokio::sync::mpsc::{Receiver, channel};

/// What an item takes beside its value: names, key, numbers; in bytes.
const ATTRIBUTES: u64 = 120;

/// Random numbers, the same for the same seed. Source: Steele et al., *SplitMix* (OOPSLA 2014).
#[derive(Debug)]
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn roll(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.roll() % bound
    }

    pub(crate) fn shuffle<T>(&self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// What a mail told, and whether its sender was struck before it could note that.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The address, where it is not that of all mails.
    pub(crate) to: Option<String>,
    pub(crate) body: String,
    pub(crate) blamed: Cell<bool>,
}

/// What all copies share: the world outside.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) state: MemoryState,
    pub(crate) published: RefCell<Vec<Alert>>,
    pub(crate) mails: RefCell<Vec<Rc<Sent>>>,
    /// What was passed on by the way of alerts, and by that of mails, and is neither.
    pub(crate) passed: RefCell<Vec<String>>,
    pub(crate) left: RefCell<Vec<Task>>,
    pub(crate) writes: Cell<u64>,
    /// The same, by the kinds of items.
    pub(crate) kinds: RefCell<BTreeMap<String, u64>>,
    /// What DynamoDB charges for them: a unit for each begun 1,024 bytes.
    pub(crate) units: Cell<u64>,
    /// Writes that came too late.
    pub(crate) conflicts: Cell<u64>,
    pub(crate) faults: Cell<u64>,
    pub(crate) deaths: Cell<u64>,
    /// One call in so many is struck; 0 for none.
    pub(crate) odds: Cell<u64>,
    pub(crate) dice: Dice,
}

impl World {
    pub(crate) fn new(seed: u64, odds: u64) -> Rc<Self> {
        Rc::new(Self {
            state: MemoryState::default(),
            published: RefCell::default(),
            mails: RefCell::default(),
            passed: RefCell::default(),
            left: RefCell::default(),
            writes: Cell::new(0),
            kinds: RefCell::default(),
            units: Cell::new(0),
            conflicts: Cell::new(0),
            faults: Cell::new(0),
            deaths: Cell::new(0),
            odds: Cell::new(odds),
            dice: Dice::new(seed),
        })
    }
}

/// One copy of a function, as the world sees it.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    world: Rc<World>,
    /// The mail that was sent and not noted yet.
    unnoted: Rc<RefCell<Option<Rc<Sent>>>>,
}

#[derive(Debug, thiserror::Error)]
#[error("struck by the test")]
struct Struck;

impl Copy {
    pub(crate) fn of(world: &Rc<World>) -> Self {
        Self {
            world: Rc::clone(world),
            unnoted: Rc::default(),
        }
    }

    async fn carry(&self, kind: &str, message: &str) -> Result<(), SinkError> {
        self.strike().await.map_err(sink_error)?;
        let message = format!("{kind} {message}");
        self.world.passed.borrow_mut().push(message);
        self.strike().await.map_err(sink_error)
    }

    /// Lets others run, and strikes now and then.
    async fn strike(&self) -> Result<(), Struck> {
        let world = &self.world;
        if world.dice.below(2) == 0 {
            tokio::task::yield_now().await;
        }
        let odds = world.odds.get();
        if odds == 0 || world.dice.below(odds) > 0 {
            return Ok(());
        }
        world.faults.set(world.faults.get() + 1);
        if let Some(sent) = &*self.unnoted.borrow() {
            sent.blamed.set(true);
        }
        if world.dice.below(2) == 0 {
            world.deaths.set(world.deaths.get() + 1);
            std::panic::panic_any(Died);
        }
        Err(Struck)
    }
}

/// What a copy dies of.
pub(crate) struct Died;

fn state_error(action: &'static str) -> impl Fn(Struck) -> StateError {
    move |cause| StateError {
        place: "memory".to_owned(),
        action,
        cause: cause.into(),
    }
}

fn sink_error(cause: Struck) -> SinkError {
    SinkError {
        place: "memory".to_owned(),
        cause: cause.into(),
    }
}

impl StateStore for Copy {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.strike().await.map_err(state_error("read"))?;
        self.world.state.load(keys).await
    }

    /// Item by item, as DynamoDB saves them: a fault may come between any two.
    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        let mut conflicts = BTreeSet::new();
        // That it was told, or of one of several that it has gone.
        let notes = changes.iter().any(|change| {
            let key = change.key.as_str();
            key.starts_with("claim#") || key == "mail#desk"
        });
        for change in changes {
            self.strike().await.map_err(state_error("written"))?;
            self.world.writes.set(self.world.writes.get() + 1);
            let kind = change.key.as_str().split('#').next().unwrap_or_default();
            *self
                .world
                .kinds
                .borrow_mut()
                .entry(kind.to_owned())
                .or_default() += 1;
            let units = (change.value.len() as u64 + ATTRIBUTES).div_ceil(1_024);
            self.world.units.set(self.world.units.get() + units);
            let late = self.world.state.save(vec![change]).await?;
            let count = self.world.conflicts.get() + late.len() as u64;
            self.world.conflicts.set(count);
            conflicts.extend(late);
        }
        if notes && conflicts.is_empty() {
            self.unnoted.take();
        }
        self.strike().await.map_err(state_error("written"))?;
        Ok(conflicts)
    }

    async fn pause(&self, attempt: u32) {
        for _ in 0..self.world.dice.below(u64::from(attempt) * 2 + 1) {
            tokio::task::yield_now().await;
        }
    }
}

impl AlertSink for Copy {
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError> {
        self.strike().await.map_err(sink_error)?;
        self.world.published.borrow_mut().extend(alerts);
        self.strike().await.map_err(sink_error)
    }

    async fn pass_on(&mut self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        self.carry(kind, message).await
    }
}

impl MailSink for Copy {
    async fn send(&self, to: Option<&str>, mail: &Mail) -> Result<(), SinkError> {
        self.strike().await.map_err(sink_error)?;
        let sent = Rc::new(Sent {
            to: to.map(str::to_owned),
            body: mail.body.clone(),
            blamed: Cell::new(false),
        });
        self.world.mails.borrow_mut().push(Rc::clone(&sent));
        self.unnoted.replace(Some(sent));
        self.strike().await.map_err(sink_error)
    }

    async fn pass_on(&self, kind: &'static str, message: &str) -> Result<(), SinkError> {
        self.carry(kind, message).await
    }
}

impl LeaveWord for Copy {
    async fn leave(&self, task: &Task) -> Result<(), LeaveError> {
        let error = |cause: Struck| LeaveError {
            queue: "memory".to_owned(),
            cause: cause.into(),
        };
        self.strike().await.map_err(error)?;
        self.world.left.borrow_mut().push(task.clone());
        self.strike().await.map_err(error)
    }
}

/// A bucket in memory; some reads break off.
#[derive(Debug, Clone)]
pub(crate) struct MemoryBucket {
    pub(crate) objects: Arc<BTreeMap<String, Vec<u8>>>,
    pub(crate) dice: Arc<Mutex<u64>>,
    pub(crate) odds: u64,
}

impl LogBucket for MemoryBucket {
    async fn open(&self, object: &LogObject) -> Result<Receiver<Chunk>, FetchError> {
        let Some(bytes) = self.objects.get(&object.key).cloned() else {
            return Err(FetchError::Gone(object.clone()));
        };
        let breaks = {
            let mut dice = self.dice.lock().unwrap();
            *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            self.odds > 0 && (*dice >> 33).is_multiple_of(self.odds)
        };
        let (sender, receiver) = channel(4);
        tokio::spawn(async move {
            let end = if breaks { bytes.len() / 2 } else { bytes.len() };
            for chunk in bytes[..end].chunks(64 << 10) {
                if sender.send(Ok(chunk.to_vec())).await.is_err() {
                    return;
                }
            }
            if breaks {
                let _ = sender
                    .send(Err(io::Error::other("struck by the test")))
                    .await;
            }
        });
        Ok(receiver)
    }
}
