//! Makes of AWS's list of address ranges what the program asks of it: first and last address of each range, in
//! order, those that touch or overlap made one. The list itself, with a region and a service for each of its
//! 14,000 rows, would be two megabytes of each function, most of it addresses to be mended at each start.

#![expect(
    clippy::disallowed_methods,
    reason = "what runs before the crate is compiled is told where by the environment, and writes"
)]

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::{env, fs, io};

use aws_ip_ranges::IP_RANGES;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let v4 = IP_RANGES.prefixes.iter().map(|range| {
        let (first, wide) = parts::<Ipv4Addr>(range.ip_prefix)?;
        Ok((
            u32::from(first).into(),
            u32::MAX.checked_shr(wide).unwrap_or(0).into(),
        ))
    });
    let v6 = IP_RANGES.ipv6_prefixes.iter().map(|range| {
        let (first, wide) = parts::<Ipv6Addr>(range.ipv6_prefix)?;
        Ok((u128::from(first), u128::MAX.checked_shr(wide).unwrap_or(0)))
    });
    let mut source = String::new();
    for (name, number, ranges) in [
        ("V4", "u32", v4.collect::<io::Result<Vec<_>>>()?),
        ("V6", "u128", v6.collect::<io::Result<Vec<_>>>()?),
    ] {
        let ranges = apart(ranges);
        let _ = writeln!(
            source,
            "static {name}: [({number}, {number}); {}] = {ranges:?};",
            ranges.len()
        );
    }
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(PathBuf::from(folder).join("aws.rs"), source)
}

/// The first address of `range`, and how many bits all its addresses share.
fn parts<A: std::str::FromStr>(range: &str) -> io::Result<(A, u32)> {
    let strange = || io::Error::other(format!("`{range}` is no range of addresses"));
    let (first, wide) = range.split_once('/').ok_or_else(strange)?;
    let first = first.parse().map_err(|_| strange())?;
    Ok((first, wide.parse().map_err(|_| strange())?))
}

/// Ranges, each a first address and the bits that may differ from it, as first and last: in order and apart.
fn apart(mut ranges: Vec<(u128, u128)>) -> Vec<(u128, u128)> {
    ranges.sort_unstable();
    let mut apart: Vec<(u128, u128)> = Vec::new();
    for (first, open) in ranges {
        let last = first | open;
        match apart.last_mut() {
            Some(known) if first <= known.1.saturating_add(1) => known.1 = known.1.max(last),
            _ => apart.push((first, last)),
        }
    }
    apart
}
