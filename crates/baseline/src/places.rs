//! Where an address lies: its country, its network, and what kind of network that is.
//!
//! Places are told by a [`Places`]: [`BuiltIn`] knows countries and AWS's own ranges and needs no file,
//! [`mmdb::Mmdb`] reads what the user has. Both are as good as their tables; where none knows an address,
//! its [network](Place::network) is the block that it lies in, so that everything works without any table,
//! only less finely.
//!
//! Source: RFC 5737, RFC 3849, RFC 2544 and RFC 9637 for the ranges that nobody can have; the statistics
//! of the regional registries for countries; AWS's list of its ranges.

mod built_in;
pub mod mmdb;
mod networks;

use std::fmt::Write as _;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use self::built_in::BuiltIn;

/// Tells where addresses lie.
pub trait Places: Send + Sync {
    /// What is known of `address`.
    fn place(&self, address: IpAddr) -> Place;
}

/// What is known of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166-1 code, where known.
    pub country: Option<String>,
    /// Autonomous system number, where known.
    pub asn: Option<u32>,
    /// Who runs the network, where known.
    pub owner: Option<String>,
    /// What kind of network it is.
    pub kind: NetworkKind,
}

/// What kind of network an address lies in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkKind {
    /// Offices, homes, phones; or not known.
    #[default]
    Ordinary,
    /// Rented machines and VPN exits, from where anybody may call.
    Hosting,
    /// AWS's own.
    Aws,
    /// Addresses that are not routed: a VPC, by way of an endpoint.
    Private,
}

impl NetworkKind {
    /// The name, as in evidence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Hosting => "hosting",
            Self::Aws => "aws",
            Self::Private => "private",
        }
    }
}

/// Where `text` lies, which need be no address: of a record that hides it, or that was blurred, the
/// leading parts must do.
#[must_use]
pub fn place_of(text: &str, places: &dyn Places) -> (Place, String) {
    match text.parse::<IpAddr>() {
        Ok(address) => {
            let address = address.to_canonical();
            let place = if is_private(address) {
                Place {
                    kind: NetworkKind::Private,
                    ..Place::default()
                }
            } else {
                places.place(address)
            };
            let network = place.network(address);
            (place, network)
        }
        Err(_) => (Place::default(), blurred(text)),
    }
}

impl Place {
    /// Names the network of `address`: its system where known, else the block it lies in.
    #[must_use]
    pub fn network(&self, address: IpAddr) -> String {
        match (self.kind, self.asn) {
            (NetworkKind::Aws, _) => "AWS".to_owned(),
            (NetworkKind::Private, _) => "private".to_owned(),
            (_, Some(asn)) => format!("AS{asn}"),
            _ => block(address),
        }
    }

    /// What people call it: `AS64496 Acme Shop, IE`.
    #[must_use]
    pub fn label(&self, network: &str) -> String {
        let mut label = network.to_owned();
        if let Some(owner) = &self.owner {
            let _ = write!(label, " {owner}");
        }
        if let Some(country) = &self.country {
            let _ = write!(label, ", {country}");
        }
        label
    }
}

/// The first parts of what looks like an address, or all of it.
fn blurred(text: &str) -> String {
    let parts: Vec<_> = text.splitn(4, '.').collect();
    match parts[..] {
        [a, b, _, _] => format!("{a}.{b}.0.0/16"),
        _ => text.chars().take(64).collect(),
    }
}

/// Blocks are as wide as one provider's customers tend to move, and narrower where addresses stand for
/// something else: in ranges reserved for examples, which made-up logs divide among whole worlds.
fn block(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let bits = u32::from(v4);
            let wide = match v4.octets() {
                [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => 26,
                [198, 18 | 19, ..] => 24,
                _ => 16,
            };
            let first = bits & (u32::MAX << (32 - wide));
            format!("{}/{wide}", std::net::Ipv4Addr::from(first))
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6);
            let wide = match v6.segments() {
                [0x2001, 0xdb8, ..] | [0x3fff, ..] => 48,
                _ => 32,
            };
            let first = bits & (u128::MAX << (128 - wide));
            format!("{}/{wide}", std::net::Ipv6Addr::from(first))
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            v6.is_loopback() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_table_a_network_is_a_block() {
        let built_in = BuiltIn;
        for (text, expected, why) in [
            ("88.198.4.7", "88.198.0.0/16", "a provider's block"),
            (
                "198.51.100.200",
                "198.51.100.192/26",
                "an example's world is small",
            ),
            ("198.18.7.9", "198.18.7.0/24", "reserved for measuring"),
            (
                "2001:db8:1e:42::17",
                "2001:db8:1e::/48",
                "an example in IPv6",
            ),
            ("2a02:8109::1", "2a02:8109::/32", "IPv6"),
            (
                "::ffff:88.198.4.7",
                "88.198.0.0/16",
                "IPv4 in the clothes of IPv6",
            ),
            ("10.1.2.3", "private", "a VPC"),
            ("fd00::1", "private", "a VPC in IPv6"),
            ("035.249.253.232", "035.249.0.0/16", "blurred, no address"),
            (
                "HIDDEN_DUE_TO_SECURITY_REASONS",
                "HIDDEN_DUE_TO_SECURITY_REASONS",
                "hidden",
            ),
        ] {
            assert_eq!(place_of(text, &built_in).1, expected, "{why}: {text}");
        }
    }

    #[test]
    fn aws_and_countries_are_known_without_a_file() {
        let built_in = BuiltIn;
        let (place, network) = place_of("52.94.133.131", &built_in);
        assert_eq!((place.kind, network.as_str()), (NetworkKind::Aws, "AWS"));
        let (place, _) = place_of("88.198.4.7", &built_in);
        assert_eq!(place.country.as_deref(), Some("DE"));
        assert_eq!(
            place.kind,
            NetworkKind::Ordinary,
            "whose it is, no table says"
        );
        let (place, _) = place_of("203.0.113.9", &built_in);
        assert_eq!(place, Place::default(), "reserved for examples");
    }
}
