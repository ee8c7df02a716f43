//! Whether all that should arrive arrives: the models of the watchdog.
//!
//! A rule tells of what it sees. What is never delivered no rule sees, so somebody must know what is due. Here
//! is what is due, and what is wrong when it does not come; `lambda-watch` looks, and brings what it saw.
//!
//! Invariants: no clock, no file, no network: what was seen, and when, is handed in.

pub mod canary;
pub mod coverage;
pub mod directory;
pub mod place;
pub mod reconcile;
pub mod task;
