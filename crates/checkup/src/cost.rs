//! What recording costs, by the user's own volume.
//!
//! Source: the page *AWS CloudTrail pricing*, region US East (N. Virginia), as of November 2026. Other
//! regions cost the same or a little more; what S3, KMS and EventBridge take comes on top.

/// The day of the prices.
pub const AS_OF: &str = "2026-11";

/// US dollars for 100,000 management events of a second copy; the first copy is free.
pub const SECOND_COPY: f64 = 2.00;

/// US dollars for 100,000 data events.
pub const DATA: f64 = 0.10;

/// Days of a month.
const MONTH: f64 = 30.4;

/// What the user's own logs hold, counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Volume {
    /// Days from the first to the last record, and at least a fraction of one.
    pub days: f64,
    /// Management events.
    pub management: u64,
    /// Data events.
    pub data: u64,
}

impl Volume {
    /// Management events of a month.
    #[must_use]
    pub fn management_a_month(&self) -> f64 {
        self.management as f64 / self.days.max(1.0 / 24.0) * MONTH
    }

    /// What another copy of all management events costs, in US dollars a month.
    #[must_use]
    pub fn second_copy(&self) -> f64 {
        self.management_a_month() / 100_000.0 * SECOND_COPY
    }
}

/// `$12.30`, as people read it; below a cent `less than $0.01`.
#[must_use]
pub fn dollars(amount: f64) -> String {
    if amount < 0.01 {
        return "less than $0.01".to_owned();
    }
    format!("${amount:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_copy_costs_two_dollars_for_a_hundred_thousand_events() {
        let volume = Volume {
            days: 30.4,
            management: 250_000,
            data: 0,
        };
        assert_eq!(dollars(volume.second_copy()), "$5.00");
        assert_eq!(dollars(0.001), "less than $0.01");
    }
}
