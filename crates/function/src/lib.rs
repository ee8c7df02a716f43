//! What every function has, whatever it does: a log, settings, batches of messages, metrics, the
//! state table, the topic of findings.
//!
//! A crate of its own, so that a function that judges nothing is not linked with rules.
//!
//! Invariants: settings are read by [`settings`] and nowhere else; a message fails alone ([`batch`]).

pub mod alert_topic;
pub mod batch;
pub mod deadline;
pub mod log;
pub mod metrics;
pub mod settings;
pub mod state_table;
pub mod words;
