//! What recording costs, by the user's own volume and a table of prices.

use std::collections::BTreeMap;

use forecast::bill::MONTH;
use forecast::prices::Prices;

/// Gibibytes, as prices have them.
const GB: f64 = 1_073_741_824.0;

/// The smallest coin.
const CENT: f64 = 0.01;

/// Months of a year.
const YEAR: f64 = 12.0;

/// What the user's own logs hold, counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Volume {
    /// Days from the first to the last record, and at least a fraction of one.
    pub days: f64,
    /// Management events.
    pub management: u64,
    /// Of these, calls that only look.
    pub reads: u64,
    /// Data events, by the kind of resource that selects them.
    pub data: BTreeMap<&'static str, u64>,
    /// All records.
    pub records: u64,
    /// The size of the log files as stored, in bytes.
    pub bytes: u64,
}

impl Volume {
    /// What would be so many in a month.
    fn monthly(&self, count: u64) -> f64 {
        count as f64 / self.days.max(1.0 / 24.0) * MONTH
    }

    /// What another copy of all management events costs, in US dollars a month.
    #[must_use]
    pub fn second_copy(&self, prices: &Prices) -> Option<f64> {
        prices.of(
            "cloudtrail.management_copies",
            self.monthly(self.management),
        )
    }

    /// What Insights cost, in US dollars a month: of calls that change something both the rate and the
    /// errors are analysed, of the others the errors.
    ///
    /// Source: AWS CloudTrail User Guide, *Costs for Insights events*.
    #[must_use]
    pub fn insights(&self, prices: &Prices) -> Option<f64> {
        let writes = self.management.saturating_sub(self.reads);
        let analysed = self.monthly(2 * writes + self.reads);
        prices.of("cloudtrail.insight_events", analysed)
    }

    /// What data events of this kind cost, in US dollars a month, if the logs hold any: how many others
    /// there would be, they do not tell.
    #[must_use]
    pub fn data_events(&self, kind: &str, prices: &Prices) -> Option<f64> {
        let count = self.data.get(kind).filter(|count| **count > 0)?;
        prices.of("cloudtrail.data_events", self.monthly(*count))
    }

    /// What a year of log files costs to keep, in US dollars a month.
    #[must_use]
    pub fn kept_for_a_year(&self, prices: &Prices) -> Option<f64> {
        let gb = self.monthly(self.bytes) * YEAR / GB;
        prices.of("s3.storage_gb_month", gb)
    }

    /// How many megabytes a million records take, as stored.
    #[must_use]
    pub fn megabytes_a_million(&self) -> Option<f64> {
        (self.records > 0).then(|| self.bytes as f64 / self.records as f64)
    }
}

/// `: by your logs about $12.30 a month (prices of 2026-06)`, or nothing where nothing is known.
#[must_use]
pub fn told(amount: Option<f64>, prices: &Prices) -> String {
    amount.map_or_else(String::new, |amount| {
        // `less than $0.01` is no estimate.
        let about = if amount < CENT { "" } else { "about " };
        format!(
            ": by your logs {about}{} a month (prices of {})",
            dollars(amount),
            prices.date
        )
    })
}

/// `$12.30`, as people read it; below a cent `less than $0.01`.
#[must_use]
pub fn dollars(amount: f64) -> String {
    if amount < CENT {
        return "less than $0.01".to_owned();
    }
    format!("${amount:.2}")
}

/// What so many units cost, as the table has it: for words such as `$0.10 for 100,000`.
#[must_use]
pub fn price(name: &str, units: f64, prices: &Prices) -> String {
    prices
        .of(name, units)
        .map_or_else(|| "money".to_owned(), dollars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_one_s_own_logs_has_its_price() {
        let prices = Prices::parse(
            "date x\nregion y\ncloudtrail.management_copies 2 100000 0\ncloudtrail.insight_events 0.35 100000 0\n\
             cloudtrail.data_events 0.1 100000 0\ns3.storage_gb_month 0.023 1 0",
        )
        .unwrap();
        let volume = Volume {
            days: MONTH,
            management: 260_000,
            reads: 120_000,
            data: BTreeMap::from([("AWS::S3::Object", 1_000_000)]),
            records: 1_250_000,
            bytes: 1_073_741_824,
        };
        let told = |amount: Option<f64>| dollars(amount.unwrap());
        assert_eq!(told(volume.second_copy(&prices)), "$5.20");
        // Twice 140,000 that change something, once 120,000 that look.
        assert_eq!(told(volume.insights(&prices)), "$1.40");
        assert_eq!(
            told(volume.data_events("AWS::S3::Object", &prices)),
            "$1.00"
        );
        assert_eq!(volume.data_events("AWS::SQS::Queue", &prices), None);
        // A gibibyte more each month: twelve after a year.
        assert_eq!(told(volume.kept_for_a_year(&prices)), "$0.28");
        assert_eq!(dollars(0.001), "less than $0.01");
    }
}
