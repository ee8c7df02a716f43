//! People: a trade, two or three places, habits, and what happens to them.

use super::catalogue::{self, Calls};
use super::networks::{ABROAD, HOMES, one_of};
use crate::rng::Rng;

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trade {
    pub(super) set: &'static str,
    pub(super) calls: Calls,
    /// Sessions in a day and calls in a session.
    pub(super) sessions: (u64, u64),
    pub(super) length: (u64, u64),
    pub(super) accounts: &'static [usize],
}

const fn trade(set: &'static str, calls: Calls, accounts: &'static [usize]) -> Trade {
    Trade {
        set,
        calls,
        sessions: (2, 5),
        length: (6, 30),
        accounts,
    }
}

pub(super) const TRADES: [Trade; 6] = [
    trade("Developer", catalogue::DEVELOPER, &[1, 0]),
    trade("Operator", catalogue::OPERATOR, &[0, 1, 2]),
    trade("Analyst", catalogue::ANALYST, &[2]),
    trade("SecurityAudit", catalogue::SECURITY, &[0, 2, 1]),
    trade("Support", catalogue::SUPPORT, &[0]),
    Trade {
        sessions: (0, 2),
        length: (3, 10),
        ..trade("Billing", catalogue::FINANCE, &[0])
    },
];

/// How many of each trade.
const STAFF: [u16; 6] = [17, 7, 7, 3, 6, 2];

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) number: u16,
    pub(super) trade: usize,
    /// Another trade's calls too, from that day on.
    pub(super) also: Option<(u32, usize)>,
    /// An IAM user rather than a user of Identity Center.
    pub(super) iam: bool,
    /// Which country: 0, 1 or 2.
    pub(super) country: usize,
    pub(super) home: usize,
    /// Another home from that day on.
    pub(super) moves: Option<(u32, usize)>,
    /// First day away, first day back, and where.
    pub(super) trip: Option<(u32, u32, usize)>,
    pub(super) joins: u32,
    /// Goes in and out of the VPN all day.
    pub(super) flaps: bool,
    pub(super) agents: Vec<&'static str>,
    /// How many of a thousand calls are out of curiosity.
    pub(super) curious: u64,
    /// Hours before or after the usual working day.
    pub(super) shift: i64,
    /// Days on which this person clears up, audits, or repairs at night.
    pub(super) clears: Option<u32>,
    pub(super) audits: Option<u32>,
    pub(super) oddities: Vec<(&'static str, u32)>,
}

const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
];
const TERMINALS: [&str; 3] = [
    "aws-cli/2.32.6 md/awscrt#0.29.0 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9 md/command#s3.ls",
    "aws-cli/2.32.2 md/awscrt#0.29.0 ua/2.1 os/linux#6.14.0 md/arch#x86_64 lang/python#3.13.9 md/command#ec2.describe",
    "aws-cli/2.31.30 md/awscrt#0.28.4 ua/2.1 os/windows#11 md/arch#amd64 lang/python#3.13.7 md/command#logs.tail",
];
const SCRIPTS: [&str; 3] = [
    "Boto3/1.41.5 md/Botocore#1.41.5 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9",
    "Boto3/1.41.2 md/Botocore#1.41.2 ua/2.1 os/linux#6.14.0 md/arch#x86_64 lang/python#3.12.3",
    "APN/1.0 HashiCorp/1.0 Terraform/1.14.0 (+https://www.terraform.io) terraform-provider-aws/6.23.0 aws-sdk-go-v2/1.40.0 os/linux lang/go#1.25",
];

/// Everybody.
pub(super) fn all(seed: u64, days: u32) -> Vec<Person> {
    let trades = STAFF
        .iter()
        .enumerate()
        .flat_map(|(trade, many)| (0..*many).map(move |_| trade));
    let people = trades.enumerate();
    people
        .map(|(number, trade)| person(seed, number as u16, trade, days))
        .collect()
}

fn person(seed: u64, number: u16, trade: usize, days: u32) -> Person {
    const FIRST: [&str; 16] = [
        "ada", "bram", "carla", "dieter", "eoin", "fiona", "greta", "hakim", "ilse", "jakub",
        "kasia", "liam", "marek", "niamh", "oskar", "petra",
    ];
    const LAST: [&str; 11] = [
        "byrne",
        "koch",
        "nowak",
        "silva",
        "doyle",
        "wagner",
        "zielinski",
        "murphy",
        "hoffmann",
        "mazur",
        "kelly",
    ];
    let mut rng = Rng::about(seed, &[10, number.into()]);
    let country = match rng.below(10) {
        0..=5 => 0,
        6..=8 => 1,
        _ => 2,
    };
    let system = rng.below(3) as usize;
    let mut agents = vec![BROWSERS[system]];
    if trade < 4 {
        agents.push(TERMINALS[system]);
    }
    if trade < 3 && rng.chance(500) {
        agents.push(*rng.pick(&SCRIPTS));
    }
    let mut person = Person {
        name: format!(
            "{}.{}{number}",
            FIRST[usize::from(number) % 16],
            LAST[usize::from(number) % 11]
        ),
        number,
        trade,
        also: None,
        iam: rng.chance(120),
        country,
        home: one_of(HOMES[country], &mut rng),
        moves: None,
        trip: None,
        joins: 0,
        flaps: rng.chance(180),
        agents,
        curious: rng.between(2, 25),
        shift: rng.between(0, 3) as i64 - 1,
        clears: None,
        audits: None,
        oddities: Vec::new(),
    };
    fate(&mut person, &mut rng, days);
    person
}

/// What happens to this person in that month.
fn fate(person: &mut Person, rng: &mut Rng, days: u32) {
    let some_day = |rng: &mut Rng| rng.between(7, u64::from(days.max(9)) - 2) as u32;
    if rng.chance(90) {
        person.joins = some_day(rng);
        person.oddities.push(("starter", person.joins));
    }
    if rng.chance(110) {
        let away = some_day(rng);
        person.trip = Some((away, away + rng.between(2, 4) as u32, one_of(ABROAD, rng)));
        person.oddities.push(("trip", away));
    }
    if rng.chance(60) {
        let day = some_day(rng);
        person.moves = Some((day, one_of(HOMES[person.country], rng)));
        person.oddities.push(("move", day));
    }
    if rng.chance(60) {
        let day = some_day(rng);
        person.also = Some((day, rng.below(5) as usize));
        person.oddities.push(("other duties", day));
    }
    if person.trade == 1 && rng.chance(450) {
        person.clears = Some(some_day(rng));
        person
            .oddities
            .extend(person.clears.map(|day| ("clearing up", day)));
    }
    if person.trade == 3 && rng.chance(600) {
        person.audits = Some(some_day(rng));
        person
            .oddities
            .extend(person.audits.map(|day| ("audit", day)));
    }
}
