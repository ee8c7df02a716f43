//! Who is behind which address.
//!
//! All addresses are from ranges reserved for documentation (RFC 5737, RFC 3849; system numbers from
//! RFC 5398), which real tables do not place. Here is the table that places them.

/// A range of addresses in the simulated world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Network {
    /// The range, as `192.0.2.0/26` or `2001:db8:1::/48`.
    pub cidr: &'static str,
    /// Two-letter code of the country (ISO 3166-1).
    pub country: &'static str,
    /// Number of the autonomous system.
    pub asn: u32,
    /// Who runs it.
    pub owner: &'static str,
    /// True if nobody of the company, and no vendor of it, ever calls from here.
    pub stranger: bool,
}

const fn network(
    cidr: &'static str,
    country: &'static str,
    asn: u32,
    owner: &'static str,
) -> Network {
    Network {
        cidr,
        country,
        asn,
        owner,
        stranger: false,
    }
}

const fn stranger(
    cidr: &'static str,
    country: &'static str,
    asn: u32,
    owner: &'static str,
) -> Network {
    Network {
        stranger: true,
        ..network(cidr, country, asn, owner)
    }
}

/// All networks from which anybody calls, apart from private addresses: a geography for tests.
pub const NETWORKS: &[Network] = &[
    network("198.51.100.0/26", "IE", 64496, "Acme Shop, Dublin office"),
    network("198.51.100.64/26", "IE", 64497, "Liffey Broadband"),
    network("198.51.100.128/26", "DE", 64498, "Spree Netz"),
    network("198.51.100.192/26", "AU", 64499, "Harbour Fibre"),
    network("2001:db8:1e::/48", "IE", 64497, "Liffey Broadband"),
    network("2001:db8:de::/48", "DE", 64498, "Spree Netz"),
    network("192.0.2.0/26", "US", 64500, "Hosted CI runners"),
    network("192.0.2.64/26", "US", 64501, "Dashboards as a Service"),
    network("192.0.2.128/26", "US", 64502, "Posture Scanner"),
    stranger("203.0.113.0/26", "NL", 64505, "Cheap Hosting"),
    stranger("203.0.113.64/26", "RO", 64506, "Bulletproof Servers"),
    stranger("203.0.113.128/26", "BR", 64507, "Residencial Proxy"),
    stranger("203.0.113.192/26", "SG", 64508, "Island VPN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_reserved_for_documentation_are_used() {
        for network in NETWORKS {
            let reserved = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
            assert!(
                reserved.iter().any(|range| network.cidr.starts_with(range)),
                "{network:?}"
            );
            assert!((64496..=64511).contains(&network.asn), "{network:?}");
        }
    }
}
