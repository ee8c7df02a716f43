//! What to simulate.

use jiff::civil::Date;

/// A stretch of a small company's life. Equal scenarios give equal bytes, on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Another seed is another life with the same cast.
    pub seed: u64,
    /// The first day, from midnight UTC.
    pub start: Date,
    /// How many days; the last files come up to an hour after the last midnight.
    pub days: u32,
    /// How many records to deliver in all, repeated deliveries included. It comes out exactly, as
    /// long as there is room for the stories, some three hundred records. More than the natural
    /// number makes the machines busier and leaves the people as they are; fewer makes everybody
    /// lazier. `None` is the natural number, some 80,000 in a month.
    pub records: Option<u64>,
    /// Whether the attack [stories](crate::stories) happen.
    pub stories: bool,
}

impl Default for Scenario {
    /// Thirty days from Monday, 2 March 2026, seed 1, at the natural volume, with all stories.
    fn default() -> Self {
        Self {
            seed: 1,
            start: jiff::civil::date(2026, 3, 2),
            days: 30,
            records: None,
            stories: true,
        }
    }
}
