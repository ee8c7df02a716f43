//! One mail to all rooms that want it, to each of them once.
//!
//! What was carried is noted for each room by itself: a message that comes again goes only to those that have not
//! got it. Whoever dies after a room has taken a mail and before that was saved leaves a mail that is carried
//! twice; so does a room that answers too late. A repeated mail is better than a lost one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use detect::digest;
use function::words::chain;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use pipeline::PipelineError;
use pipeline::once::{self, Claimed};
use pipeline::ports::{StateKey, StateStore};

use crate::answer::Verdict;
use crate::carrier::Carrier;
use crate::parcel::Delivery;
use crate::queue::Queue;
use crate::rooms::{self, Room};
use crate::source::{FRESH, JUST_READ, Rooms, SourceError};

/// How long it is remembered who has got a mail: longer than any queue keeps it.
const KEEP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What became of a mail.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Rooms that have got it now.
    pub told: usize,
    /// Rooms that had got it before.
    pub known: usize,
    /// Rooms that will be tried again.
    pub again: usize,
    /// Rooms that cannot be told, for which it lies among the dead letters.
    pub refused: usize,
    /// How long to wait before it is tried again, if the other side says so.
    pub wait: Option<Duration>,
}

impl Outcome {
    /// Whether everybody has got it who can.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.again == 0
    }
}

/// Why a mail was not dealt with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// The state failed us.
    #[error(transparent)]
    State(#[from] PipelineError),
    /// Nobody knows who is told.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The room between mails and rooms.
#[derive(Debug)]
pub struct Office<S, R, C, Q> {
    states: S,
    source: R,
    carrier: C,
    queue: Q,
}

impl<S: StateStore, R: Rooms, C: Carrier, Q: Queue> Office<S, R, C, Q> {
    /// Opens the office.
    pub fn new(states: S, source: R, carrier: C, queue: Q) -> Self {
        Self {
            states,
            source,
            carrier,
            queue,
        }
    }

    /// The queues.
    pub fn queue(&self) -> &Q {
        &self.queue
    }

    /// Reads who is told, so that the first mail need not wait for that.
    ///
    /// # Errors
    /// [`SourceError`] if nobody says; each mail asks again.
    pub async fn open(&self, now: Timestamp) -> Result<usize, SourceError> {
        Ok(self.source.rooms(now, FRESH).await?.len())
    }

    /// Brings a mail to all who want it and have not got it; at `dead` the invocation is surely over.
    ///
    /// # Errors
    /// [`OfficeError`]; nothing is lost, and nothing doubled but what is said above, if the mail comes again.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        now: Timestamp,
        dead: Timestamp,
    ) -> Result<Outcome, OfficeError> {
        let rooms = self.source.rooms(now, FRESH).await?;
        let wanting: BTreeMap<StateKey, &Room> = rooms::wanting(&rooms, delivery)
            .into_iter()
            .map(|room| (key(delivery, &room.name), room))
            .collect();
        let gone: BTreeMap<StateKey, (String, String)> = rooms::gone(&rooms, delivery)
            .into_iter()
            .map(|(name, why)| (key(delivery, &name), (name, why)))
            .collect();
        let keys: BTreeSet<_> = wanting.keys().chain(gone.keys()).cloned().collect();
        let claimed = once::claim(&self.states, &keys, now, dead, KEEP).await?;
        let carried = claimed.ours.iter().filter_map(|key| {
            let room = *wanting.get(key)?;
            Some(async move { (key, room, self.carrier.carry(room, delivery, now).await) })
        });
        let mut outcome = of_claims(&claimed, now);
        let (mut done, mut open) = (BTreeSet::new(), BTreeSet::new());
        let mut refused = BTreeMap::new();
        let carried = join_all(carried).await;
        let is_refused = |(_, _, verdict): &(_, _, Verdict)| matches!(verdict, Verdict::Never(_));
        let lately = match carried.iter().any(is_refused) {
            true => self.known_lately(now).await,
            false => None,
        };
        for (key, room, verdict) in carried {
            match on_second_thought(room, verdict, lately.as_deref()) {
                Verdict::Delivered => {
                    outcome.told += 1;
                    done.insert(key.clone());
                }
                Verdict::Again { why, after } => {
                    tracing::warn!(
                        room = room.name,
                        why,
                        mail = delivery.id,
                        "a room is tried again"
                    );
                    outcome.again += 1;
                    outcome.wait = outcome.wait.max(after);
                    open.insert(key.clone());
                }
                Verdict::Never(why) => {
                    refused.insert(key.clone(), (room.name.clone(), why));
                }
            }
        }
        refused.extend(
            gone.into_iter()
                .filter(|(key, _)| claimed.ours.contains(key)),
        );
        match self.bury(delivery, refused.values()).await {
            true => {
                outcome.refused += refused.len();
                done.extend(refused.into_keys());
            }
            false => {
                outcome.again += refused.len();
                open.extend(refused.into_keys());
            }
        }
        once::settle(&self.states, &done, &open, now, KEEP).await?;
        Ok(outcome)
    }

    /// Who is told as of now; `None` if nobody says.
    async fn known_lately(&self, now: Timestamp) -> Option<Arc<Vec<Room>>> {
        let known = self.source.rooms(now, JUST_READ).await;
        known
            .inspect_err(|error| {
                tracing::warn!(error = chain(error), "who is told could not be read again");
            })
            .ok()
    }

    /// Lays the mail among the dead letters for those that cannot be told, and returns whether it lies there.
    async fn bury<'n>(
        &self,
        delivery: &Delivery,
        refused: impl Iterator<Item = &'n (String, String)> + Clone,
    ) -> bool {
        for (room, why) in refused.clone() {
            tracing::error!(room, why, mail = delivery.id, "a room cannot be told");
        }
        let refused: BTreeMap<_, _> = refused.cloned().collect();
        if refused.is_empty() {
            return true;
        }
        let letter = Delivery {
            only: refused.keys().cloned().collect(),
            refused,
            buried: delivery.buried.saturating_add(1),
            ..delivery.clone()
        };
        let buried = self.queue.bury(&letter.encode()).await;
        buried
            .inspect_err(|error| {
                tracing::error!(
                    error = chain(error),
                    "a mail does not lie among the dead letters"
                );
            })
            .is_ok()
    }
}

/// A refusal, unless the room has got another address meanwhile.
fn on_second_thought(room: &Room, verdict: Verdict, lately: Option<&Vec<Room>>) -> Verdict {
    let Verdict::Never(why) = verdict else {
        return verdict;
    };
    let mut known = lately.into_iter().flatten();
    match known.any(|one| one.name == room.name && one != room) {
        true => Verdict::Again {
            why: format!("{why}; the room is said to be elsewhere now"),
            after: None,
        },
        false => Verdict::Never(why),
    }
}

/// What is known before anything is carried: what somebody else is at comes back when they surely are not.
fn of_claims(claimed: &Claimed, now: Timestamp) -> Outcome {
    let wait = claimed.busy.values().max();
    let wait = wait.map(|end| end.duration_since(now).unsigned_abs());
    Outcome {
        known: claimed.done.len(),
        again: claimed.busy.len(),
        wait,
        ..Outcome::default()
    }
}

/// Names that a room gets a mail. What has lain among the dead letters is another try, of which nobody knows yet.
fn key(delivery: &Delivery, room: &str) -> StateKey {
    let name = digest::hex(&digest::of(&[&delivery.id, room])[..16]);
    StateKey::new("delivered", format!("{name}-{}", delivery.buried))
}

#[cfg(test)]
mod tests;
