//! What was mailed, brought to chat rooms by webhooks and to people as HTML mail: to each of them once.
//!
//! `lambda-alerts` has written all words already. Here they are put into envelopes ([`message`]), carried
//! ([`carrier`]), and what the other side answers is understood ([`answer`]).
//!
//! ```text
//! open → who wants it → claim for each room → carry → done, again, or never → strike off
//! ```
//!
//! Invariants: a room that has got a mail does not get it again, however often the message comes
//! ([`office`]); the address of a webhook stands in no log and no error ([`rooms::Secret`]); a room that can never
//! be told is named in the log, and what it should have heard lies in the queue of dead letters ([`door`]).

pub mod answer;
pub mod boot;
pub mod carrier;
pub mod door;
pub mod mail;
pub mod message;
pub mod office;
pub mod parcel;
pub mod queue;
pub mod rooms;
pub mod settings;
pub mod source;
#[cfg(test)]
mod stage;
