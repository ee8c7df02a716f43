//! What is suspicious in CloudTrail records: no I/O, no clock, no async, no AWS SDK.

pub mod cloudtrail;
