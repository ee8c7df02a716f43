//! What is done about an alert, where somebody has asked for more than a mail.
//!
//! A [`Plan`](plan::Plan) is a pure function of an alert and the settings: steps, each an exact call with the call
//! that takes it back, and what is refused. A [`Responder`](responder::Responder) keeps plans, has them approved,
//! carries them out and takes them back, over three ports: a memory, hands that make calls, and a voice.
//!
//! Invariants: what is never touched is never touched, whatever an alert says; nothing is done before it is
//! written down how to take it back; no AWS, no clock, no files.

pub mod action;
pub mod call;
mod carry;
pub mod docket;
pub mod door;
pub mod letter;
pub mod manner;
pub mod never;
pub mod plan;
pub mod ports;
pub mod responder;
mod shelf;
mod words;

pub use shelf::{LISTED, Switch};
