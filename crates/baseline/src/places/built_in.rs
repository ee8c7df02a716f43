//! What can be told of an address without any file: its country, and whether it is AWS's.

use std::net::IpAddr;

use super::{NetworkKind, Place, Places};

// `V4` and `V6`: first and last address of each range of AWS, in order and apart.
include!(concat!(env!("OUT_DIR"), "/aws.rs"));

/// Countries by the registries' statistics, and AWS's own ranges; both as old as the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

fn within<N: Ord + Copy>(ranges: &[(N, N)], address: N) -> bool {
    let behind = ranges.partition_point(|(first, _)| *first <= address);
    behind > 0 && address <= ranges[behind - 1].1
}

impl BuiltIn {
    /// Whether `address` is AWS's own.
    #[must_use]
    pub fn is_aws(self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => within(&V4, u32::from(v4)),
            IpAddr::V6(v6) => within(&V6, u128::from(v6)),
        }
    }
}

impl Places for BuiltIn {
    fn place(&self, address: IpAddr) -> Place {
        let kind = match self.is_aws(address) {
            true => NetworkKind::Aws,
            false => NetworkKind::Ordinary,
        };
        Place {
            country: iptocc::country_code(address).map(str::to_owned),
            kind,
            ..Place::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_ip_ranges::IP_RANGES;

    use super::*;

    #[test]
    fn the_table_holds_what_the_list_holds() {
        let v4 = IP_RANGES.prefixes.iter().map(|range| range.ip_prefix);
        let v6 = IP_RANGES.ipv6_prefixes.iter();
        for range in v4.chain(v6.map(|range| range.ipv6_prefix)) {
            let (first, _) = range.split_once('/').unwrap();
            assert!(BuiltIn.is_aws(first.parse().unwrap()), "{range}");
        }
        for other in [
            "8.8.8.8",
            "0.0.0.0",
            "255.255.255.255",
            "::",
            "2001:4860::1",
        ] {
            assert!(!BuiltIn.is_aws(other.parse().unwrap()), "{other}");
        }
        assert!(V4.is_sorted_by(|one, next| one.1 < next.0));
        assert!(V6.is_sorted_by(|one, next| one.1 < next.0));
    }
}
