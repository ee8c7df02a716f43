//! The three worlds of AWS, each with its own ARNs, console and accounts.
//!
//! Source: AWS General Reference, *Amazon Resource Names (ARNs)*, section *ARN format*.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cloudtrail::Record;

/// A group of regions that share identities and ARNs; nothing crosses from one to another.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// The commercial regions, `aws`.
    #[default]
    Aws,
    /// Beijing and Ningxia, `aws-cn`.
    AwsCn,
    /// GovCloud, `aws-us-gov`.
    AwsUsGov,
}

impl Partition {
    /// The partition a record was written in, told by its region.
    ///
    /// A record without a region, or of a region that is not known, counts as `aws`.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        record
            .region()
            .map_or_else(Self::default, |region| Self::of_region(&region))
    }

    /// The partition of a region such as `cn-north-1`.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        if region.starts_with("cn-") {
            Self::AwsCn
        } else if region.starts_with("us-gov-") {
            Self::AwsUsGov
        } else {
            Self::Aws
        }
    }

    /// The name as ARNs spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_tell_the_partition() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("cn-northwest-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).to_string(), partition);
        }
    }

    #[test]
    fn serialises_as_arns_spell_it() {
        for partition in [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov] {
            let json = serde_json::to_value(partition).unwrap();
            assert_eq!(json, partition.as_str());
        }
    }
}
