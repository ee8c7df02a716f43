//! One module per command: its arguments as typed, and what it does with them.

pub mod completions;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod man;
pub mod rules;
pub mod scan;
pub mod simulate;
pub mod verify;
