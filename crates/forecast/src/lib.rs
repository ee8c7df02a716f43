//! What is to come, from what was: [how many alerts a week](rate), and [the bill of a month](bill).
//!
//! Numbers in, numbers out: nothing here knows a record. Prices are [data](prices), with their date and
//! source.

pub mod bill;
pub mod prices;
pub mod rate;
