//! Programs: few calls, always the same, from places that hardly change.

use super::catalogue::{PIPELINE, PROGRAMS, RELEASE};
use super::networks::{AWS, VENDORS, address, one_of};
use crate::rng::Rng;

/// How a program comes by its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// An instance hands them out.
    Instance,
    /// A function or a container.
    Function,
    /// A pipeline trades a token for them.
    Pipeline,
    /// A key that does not end.
    Keyed,
    /// A scanner of a vendor's, once a week.
    Scanner,
}

/// A program.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) name: String,
    pub(super) number: u16,
    pub(super) host: Host,
    pub(super) account: usize,
    pub(super) region: usize,
    pub(super) calls: Vec<&'static str>,
    /// Calls in an hour.
    pub(super) pace: u64,
    /// Where it runs.
    pub(super) addresses: Vec<String>,
    pub(super) agent: &'static str,
    /// Another agent from that day on.
    pub(super) upgrade: Option<(u32, &'static str)>,
    /// More calls from that day on.
    pub(super) release: Option<(u32, Vec<&'static str>)>,
    /// A day on which it does much more.
    pub(super) spike: Option<(u32, u64)>,
    /// A day on which it reads all that was ever written.
    pub(super) backfill: Option<u32>,
    /// The day on which its key is changed.
    pub(super) rotation: Option<u32>,
    /// Whether it is also at work in the region of the roll-out.
    pub(super) rolled_out: bool,
    pub(super) begins: u32,
    pub(super) oddities: Vec<(&'static str, u32)>,
}

const AGENTS: [&str; 5] = [
    "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1.150 md/arch#aarch64 lang/python#3.12.3 exec-env/AWS_Lambda_python3.12",
    "aws-sdk-java/2.38.2 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.150 lang/java#21.0.8",
    "aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64",
    "aws-sdk-js/3.927.0 ua/2.1 os/linux#6.1.150 lang/js md/nodejs#22.19.0",
    "aws-sdk-rust/1.3.9 ua/2.1 os/linux lang/rust#1.91.0",
];

/// How many programs.
const MANY: u16 = 66;

/// All programs.
pub(super) fn all(seed: u64, days: u32) -> Vec<Program> {
    (0..MANY)
        .map(|number| program(seed, number, days))
        .collect()
}

fn program(seed: u64, number: u16, days: u32) -> Program {
    let mut rng = Rng::about(seed, &[20, number.into()]);
    let host = match number {
        0..=19 => Host::Instance,
        20..=47 => Host::Function,
        48..=54 => Host::Pipeline,
        55..=64 => Host::Keyed,
        _ => Host::Scanner,
    };
    let calls: Vec<_> = match host {
        Host::Pipeline => PIPELINE.to_vec(),
        Host::Scanner => super::catalogue::CURIOUS.to_vec(),
        _ => rng.pick(PROGRAMS).to_vec(),
    };
    let network = match host {
        Host::Instance | Host::Function => AWS,
        Host::Pipeline => VENDORS.0,
        Host::Keyed => one_of((VENDORS.0 + 1, VENDORS.1), &mut rng),
        Host::Scanner => VENDORS.0 + 2,
    };
    let many = match host {
        Host::Keyed | Host::Scanner => 1,
        Host::Pipeline => 24,
        _ => rng.between(1, 4),
    };
    let mut program = Program {
        name: format!(
            "{}-{number}",
            [
                "orders", "search", "billing", "ingest", "report", "media", "fleet", "notify"
            ][usize::from(number) % 8]
        ),
        number,
        host,
        account: rng.below(3) as usize,
        region: if rng.chance(700) { 0 } else { 1 },
        calls,
        pace: *rng.pick(&[2, 4, 8, 8, 15, 30]),
        addresses: (0..many).map(|_| address(network, &mut rng)).collect(),
        agent: AGENTS[rng.below(5) as usize],
        upgrade: None,
        release: None,
        spike: None,
        backfill: None,
        rotation: None,
        rolled_out: rng.chance(120),
        begins: 0,
        oddities: Vec::new(),
    };
    fate(&mut program, &mut rng, days);
    program
}

fn fate(program: &mut Program, rng: &mut Rng, days: u32) {
    let some_day = |rng: &mut Rng| rng.between(7, u64::from(days.max(9)) - 2) as u32;
    let named = |what, day: &Option<u32>| day.map(|day| (what, day));
    if rng.chance(70) {
        program.begins = some_day(rng);
        program.oddities.push(("new program", program.begins));
    }
    if rng.chance(90) {
        program.upgrade = Some((some_day(rng), *rng.pick(&AGENTS)));
        program
            .oddities
            .extend(program.upgrade.map(|(day, _)| ("other SDK", day)));
    }
    if rng.chance(if program.host == Host::Pipeline {
        700
    } else {
        110
    }) {
        let more = if program.host == Host::Pipeline {
            RELEASE
        } else {
            *rng.pick(PROGRAMS)
        };
        let many = rng.between(1, 4);
        let more = (0..many).map(|_| *rng.pick(more)).collect();
        program.release = Some((some_day(rng), more));
        program
            .oddities
            .extend(program.release.as_ref().map(|(day, _)| ("release", *day)));
    }
    if rng.chance(100) {
        program.spike = Some((some_day(rng), rng.between(3, 9)));
        program
            .oddities
            .extend(program.spike.map(|(day, _)| ("spike", day)));
    }
    let reads = program.calls.contains(&"s3:GetObject");
    if reads && rng.chance(110) {
        program.backfill = Some(some_day(rng));
        program
            .oddities
            .extend(named("backfill", &program.backfill));
    }
    if program.host == Host::Keyed && rng.chance(300) {
        program.rotation = Some(some_day(rng));
        program
            .oddities
            .extend(named("key rotation", &program.rotation));
    }
}
