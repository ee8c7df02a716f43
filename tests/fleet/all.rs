//! The fleet under attack.
//!
//! **The law**: the same records, through the door for log files, the door for events or both, in any order,
//! each once or more often, with copies dying and ports failing, give the alerts of one clean pass; each is
//! published, and none is mailed twice but where the mail was out before its sender died.

#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod behaviour;
mod chaos;
mod cloud;
mod conformance;
mod corpus;
mod figures;
mod function;
mod law;
mod parts;
mod stage;
mod watchdog;
mod whole;
