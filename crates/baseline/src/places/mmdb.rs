//! Places by a database of the user's own, in MaxMind's format.
//!
//! Any database will do that has `country.iso_code` (or `country_code`, or `country` as text),
//! `autonomous_system_number` or `asn`, and `autonomous_system_organization`, `as_name` or `organization`:
//! those of MaxMind, DB-IP, IPinfo and IPLocate have. What it does not know, the built-in tables may.
//!
//! Source: *MaxMind DB File Format Specification*, version 2.0.

use std::net::IpAddr;

use maxminddb::Reader;
use serde::Deserialize;

use super::{BuiltIn, NetworkKind, Place, Places, networks};

/// A database that was read.
#[derive(Debug)]
pub struct Mmdb {
    readers: Vec<Reader<Vec<u8>>>,
    built_in: BuiltIn,
}

/// The file is none that can be used.
#[derive(Debug, thiserror::Error)]
#[error("not a database in MaxMind's format: {0}")]
pub struct NotMmdb(#[source] maxminddb::MaxMindDbError);

impl Mmdb {
    /// Takes the content of one or several files, of which the first that knows a thing tells it.
    ///
    /// # Errors
    /// [`NotMmdb`] if one cannot be read as a database.
    pub fn new(files: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, NotMmdb> {
        let readers = files.into_iter().map(Reader::from_source);
        Ok(Self {
            readers: readers.collect::<Result<_, _>>().map_err(NotMmdb)?,
            built_in: BuiltIn,
        })
    }
}

/// What a database may say of an address, in the names of several makers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    country: Option<Country>,
    country_code: Option<String>,
    #[serde(deserialize_with = "number")]
    autonomous_system_number: Option<u32>,
    #[serde(deserialize_with = "number")]
    asn: Option<u32>,
    autonomous_system_organization: Option<String>,
    as_name: Option<String>,
    organization: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Country {
    Code(String),
    Of { iso_code: Option<String> },
}

impl Country {
    fn code(self) -> Option<String> {
        match self {
            Self::Code(code) => (code.len() == 2).then_some(code),
            Self::Of { iso_code } => iso_code,
        }
    }
}

/// A number, or a text such as `AS64496`.
fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Number(u32),
        Text(String),
    }
    Ok(match Option::<Number>::deserialize(deserializer)? {
        Some(Number::Number(number)) => Some(number),
        Some(Number::Text(text)) => text.trim_start_matches("AS").parse().ok(),
        None => None,
    })
}

impl Places for Mmdb {
    fn place(&self, address: IpAddr) -> Place {
        let mut place = self.built_in.place(address);
        let entries = self.readers.iter().rev().filter_map(|reader| {
            let found = reader.lookup(address).ok()?;
            found.decode::<Entry>().ok()?
        });
        for entry in entries {
            let country = entry.country.and_then(Country::code);
            place.country = country.or(entry.country_code).or(place.country);
            place.asn = entry.autonomous_system_number.or(entry.asn).or(place.asn);
            let owner = entry.autonomous_system_organization.or(entry.as_name);
            place.owner = owner.or(entry.organization).or(place.owner);
        }
        let ordinary = place.kind == NetworkKind::Ordinary;
        if ordinary && networks::is_hosting(place.asn, place.owner.as_deref()) {
            place.kind = NetworkKind::Hosting;
        }
        place
    }
}

#[cfg(test)]
mod tiny;

#[cfg(test)]
mod tests {
    use super::tiny::{Network, database};
    use super::*;
    use crate::places::place_of;

    fn network(first: [u8; 4], wide: u32, country: &'static str, owner: &'static str) -> Network {
        Network {
            first: first.into(),
            wide,
            country,
            asn: 64_500 + u32::from(first[2]),
            owner,
        }
    }

    #[test]
    fn a_database_places_what_it_knows_and_the_built_in_tables_the_rest() {
        let file = database(&[
            network([203, 0, 113, 0], 26, "IE", "Liffey Broadband"),
            network([198, 51, 100, 128], 25, "SE", "Cheap Hosting AB"),
            network([52, 94, 133, 0], 24, "US", "Amazon.com"),
        ]);
        let places = Mmdb::new([file]).expect("a database");
        let told = |address: &str| {
            let (place, network) = place_of(address, &places);
            (network.clone(), place.label(&network), place.kind)
        };
        assert_eq!(
            told("203.0.113.9"),
            (
                "AS64613".to_owned(),
                "AS64613 Liffey Broadband, IE".to_owned(),
                NetworkKind::Ordinary
            )
        );
        assert_eq!(told("198.51.100.200").2, NetworkKind::Hosting);
        assert_eq!(told("198.51.100.200").0, "AS64600");
        let (network, _, kind) = told("52.94.133.131");
        assert_eq!(
            (network.as_str(), kind),
            ("AWS", NetworkKind::Aws),
            "what is AWS's own, is AWS's, whoever says so"
        );
        assert_eq!(told("203.0.113.70").0, "203.0.113.64/26", "not in it");
        assert_eq!(told("88.198.4.7").1, "88.198.0.0/16, DE", "built in");
    }

    #[test]
    fn of_two_databases_the_first_that_knows_a_thing_tells_it() {
        let first = database(&[network([203, 0, 113, 0], 26, "IE", "Liffey Broadband")]);
        let second = database(&[
            network([203, 0, 113, 0], 24, "FR", "Seine Telecom"),
            network([198, 51, 100, 0], 24, "FR", "Seine Telecom"),
        ]);
        let places = Mmdb::new([first, second]).expect("databases");
        let country = |address: &str| places.place(address.parse().expect("an address")).country;
        assert_eq!(country("203.0.113.9").as_deref(), Some("IE"));
        assert_eq!(country("198.51.100.9").as_deref(), Some("FR"));
    }

    #[test]
    fn what_is_none_is_refused() {
        let mut cut = database(&[network([203, 0, 113, 0], 26, "IE", "x")]);
        cut.truncate(cut.len() / 2);
        for file in [Vec::new(), b"no database".to_vec(), cut] {
            assert!(Mmdb::new([file]).is_err());
        }
    }
}
