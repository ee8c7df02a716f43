//! The company: a web shop with three accounts, a dozen people and their machines.
//!
//! Account ids, addresses and keys are all of the kinds reserved for documentation, so nothing here
//! can be mistaken for somebody's.

mod machines;
mod network;
mod people;
mod services;
mod things;
mod workloads;

use crate::clock::{self, Second};

pub use network::{NETWORKS, Network};
pub(crate) use people::{Door, PEOPLE, Person, Trade};
pub(crate) use things::Things;
pub(crate) use workloads::{Host, Workload, running};

/// An AWS account of the company.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Account {
    pub(crate) id: &'static str,
    /// What is in it, as far as records name it.
    pub(crate) things: Things,
}

/// Where the shop runs.
pub(crate) const PROD: Account = Account {
    id: "111122223333",
    things: things::PROD,
};
/// Where changes are tried first.
pub(crate) const STAGING: Account = Account {
    id: "444455556666",
    things: things::STAGING,
};
/// Where the trail's bucket is, and the organization's management.
pub(crate) const SECURITY: Account = Account {
    id: "123456789012",
    things: things::SECURITY,
};

/// The company's own accounts: production, staging, security.
pub const ACCOUNT_IDS: [&str; 3] = [PROD.id, STAGING.id, SECURITY.id];

/// The account of the vendor who scans the company's set-up every week.
pub(crate) const SCANNER_ACCOUNT: &str = "777788889999";

/// Where nearly everything runs.
pub(crate) const HOME: &str = "eu-west-1";
/// Analytics, and the copies of the backups.
pub(crate) const SECOND: &str = "eu-central-1";
/// Where global services are filed.
pub(crate) const GLOBAL: &str = "us-east-1";
/// The small office in Sydney.
pub(crate) const SOUTH: &str = "ap-southeast-2";

/// The regions in which the company works.
pub const REGIONS: [&str; 4] = [HOME, SECOND, GLOBAL, SOUTH];

/// The bucket to which the trail writes.
pub(crate) const TRAIL_BUCKET: &str = "acme-org-cloudtrail";

/// A seat inside a VPC.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) address: &'static str,
    pub(crate) endpoint: &'static str,
}

/// The day on which the reviews service is deployed for the first time.
pub(crate) const REVIEWS_LAUNCH: i64 = 17;

/// Which of its successive keys the exporter uses at `at`: a new one on the 15th of each month.
pub(crate) fn key_generation(at: Second) -> u64 {
    let [year, month, day, hour, ..] = clock::civil(at);
    let rotated = (day, hour) >= (15, 11);
    (year * 12 + month + i64::from(rotated)) as u64
}
