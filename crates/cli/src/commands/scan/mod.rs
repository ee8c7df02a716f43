//! `trailhound scan`: log files in, alerts out.

mod args;

pub use args::{Format, LONG, Level, ScanArgs};
