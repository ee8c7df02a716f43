//! The adapters between the road and AWS, named for what they are to us.
//!
//! Four doors: [`log_files`] for a trail's log files, [`events`] for single records moments after the
//! call, [`findings`] for what both have found, [`responses`] for what is done about it. Each is a function over ports, so that tests walk
//! through them with memory in place of AWS; the functions' `main.rs` only put the parts together,
//! which [`boot`] makes once.
//!
//! Invariants: settings are read in [`settings`] and nowhere else; a message fails alone
//! ([`batch`]); what a record holds is never logged.

pub mod boot;
mod canary;
pub mod event_history;
pub mod events;
pub mod findings;
pub mod habits;
pub mod hands;
pub mod log_bucket;
pub mod log_files;
pub mod mail_topic;
pub mod metrics;
pub mod own;
pub mod own_queue;
pub mod places;
pub mod plan_topic;
pub mod proof;
pub mod reading;
pub mod responses;
pub mod rules;
pub mod settings;
pub mod trigger;

pub use function::{alert_topic, batch, deadline, state_table};

use function::words;
