//! What CloudTrail can contain: event sources, the events of each, their request parameters, and the
//! fields of a record. Knows no record and judges none; it tells rule authors what they mistyped.
//!
//! Made from AWS's own service models by `tools/catalog.py`, with what the models do not say in
//! `data/additions.txt`. Unpacked on first use, which takes some milliseconds, so nothing on the way
//! of a record may ask it.

mod apis;
pub mod controls;
mod field;
mod lint;
mod nearest;
mod techniques;
mod text;

pub use apis::{
    Parameters, events, is_source, knows, nearest_event, nearest_source, parameters, plain_name,
    sources, sources_of,
};
pub use field::{Verdict, is_record_field};
pub use lint::{Finding, FindingCode, lint};
pub use techniques::{Technique, technique, techniques};
