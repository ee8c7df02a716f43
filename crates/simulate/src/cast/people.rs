//! Who works there, what they do, and when.

use super::{Account, PROD, SECURITY, STAGING};

/// How a person gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// IAM Identity Center, with that permission set.
    SingleSignOn(&'static str),
    /// An IAM user of old, with a second factor.
    IamUser,
}

/// What a person's day is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trade {
    Developer,
    Operator,
    Analyst,
    Accountant,
    Security,
    Product,
}

/// A person of the company.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) trade: Trade,
    pub(crate) door: Door,
    /// Accounts the person works in, the usual one first.
    pub(crate) accounts: &'static [Account],
    pub(crate) region: &'static str,
    /// Hours ahead of UTC, all year: without daylight saving the same scenario gives the same bytes
    /// whatever the time zone rules of the year.
    pub(crate) utc_offset: i64,
    /// The address at the office; people who always work from home have the same in both places.
    pub(crate) office: &'static str,
    pub(crate) home: &'static str,
    pub(crate) browser: &'static str,
    pub(crate) terminal: &'static str,
    /// Sessions begun in a thousand slots of office time.
    pub(crate) pace: u64,
    /// First day at work, counted from the beginning of the scenario.
    pub(crate) joins: i64,
}

const MAC_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";
const LINUX_FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const WINDOWS_EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0";
const MAC_CLI: &str = "aws-cli/2.31.22 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.9 md/pyimpl#CPython m/n cfg/retry-mode#standard md/installer#exe md/prompt#off";
const LINUX_CLI: &str = "aws-cli/2.31.20 md/awscrt#0.27.6 ua/2.1 os/linux#6.12.10 md/arch#x86_64 lang/python#3.13.9 md/pyimpl#CPython m/n cfg/retry-mode#standard md/installer#exe md/prompt#off";
const WINDOWS_CLI: &str = "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/windows#11 md/arch#amd64 lang/python#3.13.9 md/pyimpl#CPython m/n cfg/retry-mode#standard md/installer#exe md/prompt#off";

const DUBLIN: &str = "198.51.100.10";
const DEVELOPER: Person = Person {
    name: "",
    trade: Trade::Developer,
    door: Door::SingleSignOn("Developer"),
    accounts: &[STAGING, PROD],
    region: super::HOME,
    utc_offset: 0,
    office: DUBLIN,
    home: "198.51.100.70",
    browser: MAC_CHROME,
    terminal: MAC_CLI,
    pace: 130,
    joins: 0,
};

/// Everybody, and since when.
pub(crate) const PEOPLE: &[Person] = &[
    Person {
        name: "alice.nowak",
        ..DEVELOPER
    },
    Person {
        name: "ben.okafor",
        home: "2001:db8:1e:42::17",
        browser: LINUX_FIREFOX,
        terminal: LINUX_CLI,
        ..DEVELOPER
    },
    Person {
        name: "grace.kim",
        region: super::SOUTH,
        utc_offset: 10,
        office: "198.51.100.200",
        home: "198.51.100.200",
        ..DEVELOPER
    },
    Person {
        name: "jonas.weber",
        home: "198.51.100.77",
        joins: 12,
        ..DEVELOPER
    },
    Person {
        name: "daan.visser",
        trade: Trade::Operator,
        door: Door::SingleSignOn("Operator"),
        accounts: &[PROD, STAGING],
        home: "198.51.100.71",
        terminal: LINUX_CLI,
        browser: LINUX_FIREFOX,
        pace: 170,
        ..DEVELOPER
    },
    Person {
        name: "farid.haddad",
        trade: Trade::Operator,
        door: Door::SingleSignOn("Operator"),
        accounts: &[PROD, STAGING],
        home: "2001:db8:1e:7::a1",
        pace: 150,
        ..DEVELOPER
    },
    Person {
        name: "maria.santos",
        trade: Trade::Operator,
        door: Door::IamUser,
        accounts: &[PROD],
        home: "198.51.100.72",
        browser: WINDOWS_EDGE,
        terminal: WINDOWS_CLI,
        pace: 110,
        ..DEVELOPER
    },
    Person {
        name: "tom.becker",
        trade: Trade::Analyst,
        door: Door::IamUser,
        accounts: &[PROD],
        region: super::SECOND,
        utc_offset: 1,
        office: "198.51.100.140",
        home: "198.51.100.140",
        browser: WINDOWS_EDGE,
        terminal: WINDOWS_CLI,
        pace: 80,
        ..DEVELOPER
    },
    Person {
        name: "chloe.dubois",
        trade: Trade::Analyst,
        door: Door::SingleSignOn("Analyst"),
        accounts: &[PROD],
        region: super::SECOND,
        utc_offset: 1,
        office: "2001:db8:de:5::20",
        home: "2001:db8:de:5::20",
        pace: 120,
        ..DEVELOPER
    },
    Person {
        name: "emma.lindqvist",
        trade: Trade::Product,
        door: Door::SingleSignOn("ReadOnly"),
        accounts: &[PROD],
        home: "198.51.100.73",
        pace: 60,
        ..DEVELOPER
    },
    Person {
        name: "hugo.martins",
        trade: Trade::Security,
        door: Door::SingleSignOn("SecurityAudit"),
        accounts: &[SECURITY, PROD],
        home: "198.51.100.74",
        browser: LINUX_FIREFOX,
        terminal: LINUX_CLI,
        pace: 120,
        ..DEVELOPER
    },
    Person {
        name: "ines.garcia",
        trade: Trade::Accountant,
        door: Door::SingleSignOn("Billing"),
        accounts: &[SECURITY],
        home: "198.51.100.75",
        browser: WINDOWS_EDGE,
        pace: 40,
        ..DEVELOPER
    },
];
