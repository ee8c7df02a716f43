//! One module per command: its arguments as typed, and what it does with them.

pub mod baseline;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod feedback;
mod fetch;
pub mod forecast;
mod gather;
pub mod history;
pub mod man;
mod met;
pub mod report;
pub mod respond;
pub mod rules;
pub mod scan;
pub mod search;
pub mod simulate;
pub mod story;
pub mod verify;
