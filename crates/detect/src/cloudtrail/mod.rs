//! CloudTrail as it is written: log files, records, identities.

pub mod event;
pub mod inflate;
pub mod json;
pub mod kind;
pub mod layout;
pub mod log_file;
pub mod record;
pub mod scan;
pub mod split;
mod tail;
pub mod time;

pub use json::Json;
pub use log_file::{FileReport, LogFileReader};
pub use record::{NotARecord, Record};
