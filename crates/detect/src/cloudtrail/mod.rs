//! CloudTrail as it is written: log files, records, identities.

pub mod json;
pub mod layout;
pub mod record;
pub mod scan;
pub mod time;

pub use json::Json;
pub use record::{NotARecord, Record};
