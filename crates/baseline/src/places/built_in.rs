//! What can be told of an address without any file: its country, and whether it is AWS's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aws_ip_ranges::IP_RANGES;

use super::{NetworkKind, Place, Places};

/// Countries by the registries' statistics, and AWS's own ranges; both as old as the program.
#[derive(Debug, Clone)]
pub struct BuiltIn {
    /// First and last address of each range of AWS, in order and apart.
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
}

impl Default for BuiltIn {
    fn default() -> Self {
        let v4 = IP_RANGES.prefixes.iter().filter_map(|range| {
            let (first, wide) = parts::<Ipv4Addr>(range.ip_prefix)?;
            let first = u32::from(first);
            Some((first, first | u32::MAX.checked_shr(wide).unwrap_or(0)))
        });
        let v6 = IP_RANGES.ipv6_prefixes.iter().filter_map(|range| {
            let (first, wide) = parts::<Ipv6Addr>(range.ipv6_prefix)?;
            let first = u128::from(first);
            Some((first, first | u128::MAX.checked_shr(wide).unwrap_or(0)))
        });
        Self {
            v4: apart(v4.collect()),
            v6: apart(v6.collect()),
        }
    }
}

fn parts<A: std::str::FromStr>(range: &str) -> Option<(A, u32)> {
    let (first, wide) = range.split_once('/')?;
    Some((first.parse().ok()?, wide.parse().ok()?))
}

/// The ranges in order, those that overlap made one.
fn apart<N: Ord + Copy>(mut ranges: Vec<(N, N)>) -> Vec<(N, N)> {
    ranges.sort_unstable();
    let mut apart: Vec<(N, N)> = Vec::new();
    for (first, last) in ranges {
        match apart.last_mut() {
            Some(known) if first <= known.1 => known.1 = known.1.max(last),
            _ => apart.push((first, last)),
        }
    }
    apart
}

fn within<N: Ord + Copy>(ranges: &[(N, N)], address: N) -> bool {
    let behind = ranges.partition_point(|(first, _)| *first <= address);
    behind > 0 && address <= ranges[behind - 1].1
}

impl BuiltIn {
    /// Whether `address` is AWS's own.
    #[must_use]
    pub fn is_aws(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => within(&self.v4, u32::from(v4)),
            IpAddr::V6(v6) => within(&self.v6, u128::from(v6)),
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
