//! Networks of the labelled months, all in the range reserved for measuring (RFC 2544).

use crate::rng::Rng;

/// Where a range lies, for whoever places addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The third number of `198.18.x.0/24`, first and last.
    pub blocks: (u8, u8),
    /// Whether it is in `198.19` instead.
    pub upper: bool,
    /// Two-letter code of the country.
    pub country: &'static str,
    /// Number of the autonomous system.
    pub asn: u32,
    /// Who runs it.
    pub owner: &'static str,
}

const fn place(blocks: (u8, u8), country: &'static str, asn: u32, owner: &'static str) -> Place {
    Place {
        blocks,
        upper: false,
        country,
        asn,
        owner,
    }
}

const fn upper(place: Place) -> Place {
    Place {
        upper: true,
        ..place
    }
}

/// The office and its VPN.
pub(super) const OFFICE: usize = 0;
pub(super) const VPN: usize = 1;
/// First and last of homes in the first country, then in the second and third.
pub(super) const HOMES: [(usize, usize); 3] = [(2, 5), (6, 8), (9, 10)];
/// Of phones, by country.
pub(super) const PHONES: [usize; 3] = [11, 12, 13];
/// Where people travel.
pub(super) const ABROAD: (usize, usize) = (14, 19);
/// AWS, from where programs call.
pub(super) const AWS: usize = 20;
/// Programs outside AWS.
pub(super) const VENDORS: (usize, usize) = (21, 24);
/// Where attackers rent machines.
pub(super) const RENTED: (usize, usize) = (25, 30);
/// Where attackers borrow homes: in the first country, and elsewhere.
pub(super) const PROXIES: (usize, usize) = (31, 34);

const PLACES: [Place; 35] = [
    place((0, 0), "IE", 64512, "Brightwater Office"),
    place((1, 1), "IE", 64513, "Brightwater Remote Access"),
    place((2, 9), "IE", 64514, "Emerald Broadband"),
    place((10, 15), "IE", 64515, "Liffey Cable"),
    place((16, 19), "IE", 64516, "West Coast Fibre"),
    place((20, 22), "IE", 64517, "Rural Wireless"),
    place((30, 37), "DE", 64518, "Spree Netz"),
    place((38, 42), "DE", 64519, "Alpen Kabel"),
    place((43, 45), "DE", 64520, "Hafen Telekom"),
    place((50, 56), "PL", 64521, "Wisla Net"),
    place((57, 60), "PL", 64522, "Tatra Internet"),
    place((70, 77), "IE", 64523, "Shamrock Mobile"),
    place((78, 84), "DE", 64524, "Funkwerk Mobil"),
    place((85, 90), "PL", 64525, "Orzel Mobile"),
    place((100, 101), "ES", 64526, "Sol Telecom"),
    place((102, 103), "US", 64527, "Prairie Communications"),
    place((104, 105), "IT", 64528, "Ponte Rete"),
    place((106, 107), "PT", 64529, "Atlantico Net"),
    place((108, 109), "GB", 64530, "Thames Broadband"),
    place((110, 111), "IN", 64531, "Deccan Networks"),
    place((120, 139), "IE", 16509, "Amazon"),
    place((150, 150), "US", 64532, "Buildwell Runners"),
    place((151, 151), "IE", 64533, "Brightwater Computer Room"),
    place((152, 152), "US", 64534, "Gaugeboard Monitoring"),
    place((153, 153), "DE", 64535, "Ledgerline Accounting"),
    upper(place((0, 3), "NL", 64536, "Quickrack Hosting")),
    upper(place((4, 7), "RO", 64537, "Carpat Servers")),
    upper(place((8, 9), "US", 64538, "Pebble VPS")),
    upper(place((10, 12), "SG", 64539, "Merlion Cloud")),
    upper(place((13, 14), "RU", 64540, "Volga Hosting")),
    upper(place((15, 16), "IE", 64541, "Harbour Colo")),
    upper(place((20, 23), "BR", 64542, "Pampa Telecom")),
    upper(place((24, 27), "VN", 64543, "Mekong Net")),
    upper(place((28, 29), "IE", 64544, "Midlands Broadband")),
    upper(place((30, 31), "IE", 64545, "Celtic Cable")),
];

/// All networks.
#[must_use]
pub fn places() -> &'static [Place] {
    &PLACES
}

/// An address in the network of that number. Providers give each customer, and anybody each day, another.
pub(super) fn address(network: usize, rng: &mut Rng) -> String {
    let place = PLACES[network];
    let block = rng.between(place.blocks.0.into(), place.blocks.1.into());
    let second = if place.upper { 19 } else { 18 };
    format!("198.{second}.{block}.{}", rng.between(1, 254))
}

/// One of the networks from the first to the last.
pub(super) fn one_of((first, last): (usize, usize), rng: &mut Rng) -> usize {
    rng.between(first as u64, last as u64) as usize
}
