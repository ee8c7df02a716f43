//! One harmless message that goes all the way of an alert, so that the way is known to be open before an alert
//! needs it.
//!
//! ```text
//! watch ──▶ bus ──▶ eventbridge ──▶ findings ──▶ alerts ──▶ canary topic ──▶ queue ──▶ watch
//! ```
//!
//! Each of the two functions passes it on, once, with its own time in it. Whoever may put events on the bus can make
//! up a message that looks like one, so looks do not count: before a canary flies, its slot and a number that
//! nobody can guess are saved where our functions alone can read, and what is not found there goes no further. A
//! slot has one canary, so that not even a true one that is sent again and again does anything again.
//!
//! It is no record, no alert and no mail: nothing counts it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use pipeline::PipelineError;
use pipeline::memo::{self, Tries};
use pipeline::ports::{StateKey, StateStore};
use serde::{Deserialize, Serialize};

/// What events of canaries come from. Nobody but AWS can send an event from `aws.`
pub const SOURCE: &str = "trailhound.canary";

/// The type of such events.
pub const DETAIL_TYPE: &str = "Trailhound Canary";

/// The form of the message.
pub const SCHEMA: &str = "trailhound.canary/1";

/// What filters of subscriptions can ask for, as `kind`.
pub const KIND: &str = "canary";

/// How many canaries are remembered.
const REMEMBERED: usize = 8;

/// How long they are.
const KEEP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often it is tried to write what others write.
const ATTEMPTS: u32 = 10;

/// The longest message that may be a canary, in bytes.
const LONGEST: usize = 512;

/// How many digits the number has that nobody can guess.
const DIGITS: usize = 32;

/// The message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    schema: String,
    /// Which of them: slots are counted from 1970 on.
    slot: i64,
    /// What nobody can guess.
    nonce: String,
    /// When it was put on the bus.
    sent: Timestamp,
    /// When the function for events had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events: Option<Timestamp>,
    /// When the function for mails had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alerts: Option<Timestamp>,
}

/// Where it is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The function for events.
    Events,
    /// The function for mails.
    Alerts,
}

/// What a stop makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is to be passed on.
    Ours,
    /// It has been passed on before.
    Again,
    /// It only looks like one.
    Foreign,
}

impl Canary {
    /// The canary in a message; `None` if it is something else.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let is_short = text.len() <= LONGEST;
        let canary: Self = is_short.then(|| serde_json::from_str(text).ok())??;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_nonce = canary.nonce.len() == DIGITS && canary.nonce.bytes().all(is_digit);
        (canary.schema == SCHEMA && is_nonce).then_some(canary)
    }

    /// The message.
    #[must_use]
    pub fn text(&self) -> String {
        // A struct of texts and times can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Which of them it is.
    #[must_use]
    pub fn slot(&self) -> i64 {
        self.slot
    }

    /// The same, after it was at this stop at `now`.
    #[must_use]
    pub fn stamped(mut self, stop: Stop, now: Timestamp) -> Self {
        *match stop {
            Stop::Events => &mut self.events,
            Stop::Alerts => &mut self.alerts,
        } = Some(now);
        self
    }
}

/// Whether a message claims to be a canary, whoever has sent it: then it is no alert.
#[must_use]
pub fn claims_to_be_one(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Claim<'t> {
        #[serde(borrow, default)]
        schema: Option<&'t str>,
    }
    text.len() <= LONGEST
        && serde_json::from_str(text).is_ok_and(|Claim { schema }| schema == Some(SCHEMA))
}

/// A canary that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Flight {
    nonce: String,
    sent: Timestamp,
    #[serde(default)]
    events: bool,
    #[serde(default)]
    alerts: bool,
    /// Whether it has arrived.
    #[serde(default)]
    landed: bool,
    /// Whether it was told that it has not.
    #[serde(default)]
    lost: bool,
}

type Flights = BTreeMap<i64, Flight>;

fn key() -> StateKey {
    StateKey::new("canary", "flights")
}

/// Does `act` with the canaries that are remembered.
async fn with<T>(
    states: &impl StateStore,
    act: impl Fn(&mut Flights) -> T,
) -> Result<T, PipelineError> {
    memo::change(states, ATTEMPTS, &mut Tries::default(), async |memo| {
        memo.recall(states, std::iter::once(key())).await?;
        let before: Flights = memo.get(&key())?.unwrap_or_default();
        let mut after = before.clone();
        let done = act(&mut after);
        if after != before {
            memo.change(key(), &after, KEEP)?;
        }
        Ok(done)
    })
    .await
}

/// The canary of the slot of `now`, one each `every`, if none was sent in it: it is ours from now on, and missed if
/// it does not arrive. `nonce` are 32 digits of base 16 that nobody can guess.
///
/// # Errors
/// [`PipelineError`] if the state fails us; then none may be sent.
pub async fn launch(
    states: &impl StateStore,
    every: SignedDuration,
    now: Timestamp,
    nonce: &str,
) -> Result<Option<Canary>, PipelineError> {
    let slot = now.as_second().div_euclid(every.as_secs().max(1));
    let is_new = with(states, |flights| {
        // A clock that was ahead would have us wait until then.
        flights.retain(|known, _| *known - slot < REMEMBERED as i64);
        if flights
            .last_key_value()
            .is_some_and(|(last, _)| *last >= slot)
        {
            return false;
        }
        while flights.len() >= REMEMBERED {
            flights.pop_first();
        }
        let flight = Flight {
            nonce: nonce.to_owned(),
            sent: now,
            events: false,
            alerts: false,
            landed: false,
            lost: false,
        };
        flights.insert(slot, flight);
        true
    });
    Ok(is_new.await?.then(|| Canary {
        schema: SCHEMA.to_owned(),
        slot,
        nonce: nonce.to_owned(),
        sent: now,
        events: None,
        alerts: None,
    }))
}

impl Flight {
    fn at(&mut self, stop: Stop) -> &mut bool {
        match stop {
            Stop::Events => &mut self.events,
            Stop::Alerts => &mut self.alerts,
        }
    }
}

/// What a stop shall do with a canary.
///
/// # Errors
/// [`PipelineError`] if the state fails us.
pub async fn judge(
    states: &impl StateStore,
    stop: Stop,
    canary: &Canary,
) -> Result<Verdict, PipelineError> {
    with(states, |flights| match flights.get_mut(&canary.slot) {
        Some(flight) if flight.nonce == canary.nonce => match *flight.at(stop) {
            true => Verdict::Again,
            false => Verdict::Ours,
        },
        _ => Verdict::Foreign,
    })
    .await
}

/// Notes that a stop has passed it on. After that, and not before: one that comes twice is better than none.
///
/// # Errors
/// [`PipelineError`] if the state fails us; then it may be passed on once more.
pub async fn passed(
    states: &impl StateStore,
    stop: Stop,
    canary: &Canary,
) -> Result<(), PipelineError> {
    with(states, |flights| {
        if let Some(flight) = flights.get_mut(&canary.slot) {
            *flight.at(stop) = true;
        }
    })
    .await
}

/// A canary that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// As it has arrived.
    pub canary: Canary,
    /// When the topic had it.
    pub topic: Timestamp,
    /// When the queue had it.
    pub queue: Timestamp,
}

/// The hops, in their order.
pub const HOPS: [&str; 4] = ["bus", "findings", "topic", "queue"];

/// How long each hop took, in seconds: from the bus to the function for events, from there by the findings to the
/// function for mails, from there to the topic, and to the queue.
pub type Hops = [f64; HOPS.len()];

impl Arrival {
    /// How long each hop took; nothing less than nothing, for each stop has a clock of its own.
    fn hops(&self) -> Option<Hops> {
        let Canary {
            sent,
            events,
            alerts,
            ..
        } = self.canary;
        let stops = [sent, events?, alerts?, self.topic, self.queue];
        let mut hops = Hops::default();
        for (hop, pair) in hops.iter_mut().zip(stops.windows(2)) {
            if let [from, to] = pair {
                *hop = to.duration_since(*from).as_secs_f64().max(0.0);
            }
        }
        Some(hops)
    }
}

/// What became of canaries since it was asked last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Landing {
    /// How long the hops took of those that have arrived.
    pub arrived: Vec<Hops>,
    /// The slots of those that have not, though they had time enough.
    pub lost: Vec<i64>,
    /// Messages that are none of ours, or came again.
    pub strangers: usize,
}

/// Takes in those that have arrived, and misses those that were sent `patience` ago and have not.
///
/// # Errors
/// [`PipelineError`] if the state fails us; they may be taken in again.
pub async fn land(
    states: &impl StateStore,
    arrivals: &[Arrival],
    now: Timestamp,
    patience: SignedDuration,
) -> Result<Landing, PipelineError> {
    with(states, |flights| {
        let mut landing = Landing::default();
        for arrival in arrivals {
            let flight = flights.get_mut(&arrival.canary.slot);
            let flight = flight.filter(|flight| flight.nonce == arrival.canary.nonce);
            match flight.zip(arrival.hops()) {
                Some((flight, hops)) if !flight.landed => {
                    flight.landed = true;
                    landing.arrived.push(hops);
                }
                _ => landing.strangers += 1,
            }
        }
        for (slot, flight) in flights.iter_mut() {
            let is_late = now.duration_since(flight.sent) >= patience;
            if is_late && !flight.landed && !flight.lost {
                flight.lost = true;
                landing.lost.push(*slot);
            }
        }
        landing
    })
    .await
}

#[cfg(test)]
mod tests;
