//! What is suspicious in CloudTrail records: no I/O, no clock, no async, no AWS SDK.

pub mod cloudtrail;
pub mod derived;
pub mod language;
pub mod neutral;
pub mod outcome;
pub mod partition;
pub mod principal;
pub mod sentence;
pub mod tool;
