//! Networks from which anybody may call for a few cents: rented machines, VPN exits.
//!
//! A short list of the largest, by number, and words that owners of such networks call themselves. It
//! need not be complete: a network that nobody in the organisation has ever called from is new anyway,
//! this only says how much that weighs.
//!
//! Source: the registries' entries of these systems, as of 2026.

/// Systems of which most addresses are rented machines or exits of VPN services.
const HOSTING: [u32; 34] = [
    8075, 9009, 11878, 12876, 13335, 14061, 14618, 15169, 16276, 20473, 22612, 24940, 24961, 25369,
    29802, 30083, 31898, 36352, 37963, 39351, 40021, 45102, 46606, 51167, 51852, 53667, 60068,
    60781, 62240, 63949, 132203, 136787, 212238, 396982,
];

/// What such networks are called.
const WORDS: [&str; 16] = [
    "hosting",
    "hoster",
    "server",
    "vps",
    "vpn",
    "proxy",
    "colo",
    "datacenter",
    "data center",
    "datacamp",
    "digitalocean",
    "hetzner",
    "linode",
    "ovh",
    "bulletproof",
    "cloud",
];

/// Whether machines can be rented in the system of this number and owner.
pub(super) fn is_hosting(asn: Option<u32>, owner: Option<&str>) -> bool {
    if asn.is_some_and(|asn| HOSTING.binary_search(&asn).is_ok()) {
        return true;
    }
    let owner = owner.unwrap_or_default().to_lowercase();
    WORDS.iter().any(|word| owner.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_rented_from_some_and_not_from_others() {
        assert!(HOSTING.is_sorted());
        assert!(is_hosting(Some(24940), None));
        assert!(is_hosting(Some(64505), Some("Cheap Hosting")));
        assert!(!is_hosting(Some(64497), Some("Liffey Broadband")));
        assert!(!is_hosting(None, None));
    }
}
