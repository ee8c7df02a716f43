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
            built_in: BuiltIn::default(),
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
