//! A day of everyday life.

use super::BEGIN;
use super::catalogue::{CURIOUS, ODD_JOBS, REGIONS};
use super::networks::{AWS, OFFICE, PHONES, VPN, address};
use super::people::{Person, TRADES};
use super::programs::{Host, Program};
use super::world::{ACCOUNTS, Actor, Deed, World};
use crate::clock::{DAY, HOUR, MINUTE, weekday};
use crate::rng::{Rng, number_of};

/// Everything that happens on the month's day of that number, attacks apart.
pub(super) fn day(world: &World, day: u32) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for person in &world.people {
        person_day(world, person, day, &mut deeds);
    }
    for program in &world.programs {
        program_day(world, program, day, &mut deeds);
    }
    deeds
}

/// The first second of that day.
pub(super) fn midnight(day: u32) -> i64 {
    BEGIN + DAY * i64::from(day)
}

/// What one person does on that day.
pub(super) fn person_deeds(world: &World, person: u16, day: u32) -> Vec<Deed> {
    let mut deeds = Vec::new();
    person_day(world, &world.people[usize::from(person)], day, &mut deeds);
    deeds
}

fn person_day(world: &World, person: &Person, day: u32, deeds: &mut Vec<Deed>) {
    let mut rng = world.rng(&[30, person.number.into(), day.into()]);
    if day < person.joins {
        return;
    }
    if day == world.outage && person.trade <= 1 && rng.chance(600) {
        repairs(world, person, day, &mut rng, deeds);
    }
    if person.clears == Some(day) {
        clears(world, person, day, &mut rng, deeds);
    }
    if person.audits == Some(day) || person.audits.map(|first| first + 1) == Some(day) {
        audits(world, person, day, &mut rng, deeds);
    }
    let at_work = if weekday(midnight(day)) < 5 { 930 } else { 50 };
    if !rng.chance(at_work) {
        return;
    }
    let trade = &TRADES[person.trade];
    for number in 0..rng.between(trade.sessions.0, trade.sessions.1) {
        let start = 8 - i64::from(person.country > 0) + person.shift;
        let at = midnight(day) + (start * HOUR) + rng.below(9 * HOUR as u64) as i64;
        let mut session = Session::new(person, day, number, at, &mut rng);
        let calls = rng.between(trade.length.0, trade.length.1);
        for _ in 0..calls {
            session.at += rng.between(5, 240) as i64;
            let call = choice(person, day, &mut rng);
            deeds.push(session.deed(world, person, call, &mut rng));
        }
    }
}

/// A person at one place for an hour or so.
pub(super) struct Session {
    pub(super) at: i64,
    pub(super) account: usize,
    pub(super) id: u64,
    pub(super) address: String,
    /// Another place that the person goes to and comes back from.
    other: Option<String>,
    pub(super) agent: &'static str,
}

impl Session {
    pub(super) fn new(person: &Person, day: u32, number: u64, at: i64, rng: &mut Rng) -> Self {
        let trade = &TRADES[person.trade];
        let first = trade.accounts[0];
        let account = if rng.chance(700) {
            first
        } else {
            *rng.pick(trade.accounts)
        };
        let place = place(person, day, rng);
        let home = own_address(person.number.into(), place, day, rng);
        let other = (person.flaps && rng.chance(500)).then(|| {
            let other = if place == VPN {
                home_of(person, day)
            } else {
                VPN
            };
            own_address(person.number.into(), other, day, rng)
        });
        Self {
            at,
            account,
            id: number_of(&person.name) ^ (u64::from(day) << 20) ^ (number << 8) ^ account as u64,
            address: home,
            other,
            agent: *rng.pick(&person.agents),
        }
    }

    pub(super) fn deed(
        &self,
        world: &World,
        person: &Person,
        call: &'static str,
        rng: &mut Rng,
    ) -> Deed {
        let address = match &self.other {
            Some(other) if rng.chance(300) => other,
            _ => &self.address,
        };
        Deed {
            at: self.at,
            who: Actor::Person(person.number),
            account: self.account,
            call,
            region: region(world, self.at, u64::from(person.number) % 4 == 0, rng),
            address: address.clone(),
            agent: self.agent,
            session: self.id,
            thing: thing(call, u64::from(person.number), self.account, rng),
            denied: rng.chance(15),
            attack: None,
        }
    }
}

pub(super) fn home_of(person: &Person, day: u32) -> usize {
    match person.moves {
        Some((since, home)) if day >= since => home,
        _ => person.home,
    }
}

fn place(person: &Person, day: u32, rng: &mut Rng) -> usize {
    if let Some((from, to, abroad)) = person.trip
        && (from..to).contains(&day)
    {
        return if rng.chance(300) { VPN } else { abroad };
    }
    let home = home_of(person, day);
    match rng.below(100) {
        0..=39 if person.country == 0 => OFFICE,
        40..=57 => VPN,
        58..=61 => PHONES[person.country],
        // Somebody else's network: a café, a train.
        62 => super::networks::one_of(super::networks::HOMES[person.country], rng),
        _ => home,
    }
}

/// Providers change addresses every few days, phones each time.
pub(super) fn own_address(whose: u64, network: usize, day: u32, rng: &mut Rng) -> String {
    if PHONES.contains(&network) {
        return address(network, rng);
    }
    let for_days = if network == OFFICE || network == VPN {
        1000
    } else {
        6
    };
    let whose = if network == OFFICE { 0 } else { whose };
    let mut own = Rng::about(network as u64, &[whose, u64::from(day) / for_days]);
    address(network, &mut own)
}

/// What a person calls next.
pub(super) fn choice(person: &Person, day: u32, rng: &mut Rng) -> &'static str {
    if rng.chance(person.curious) {
        let calls = if rng.chance(180) { ODD_JOBS } else { CURIOUS };
        return calls[rng.below(calls.len() as u64) as usize];
    }
    let trade = match person.also {
        Some((since, other)) if day >= since && rng.chance(350) => other,
        _ => person.trade,
    };
    let calls = TRADES[trade].calls;
    loop {
        let skewed =
            rng.below(calls.len() as u64) * rng.below(calls.len() as u64) / calls.len() as u64;
        let call = calls[skewed as usize];
        // Everybody has habits: a third of what the trade does, one does not.
        if !Rng::about(number_of(call), &[person.number.into()]).chance(330) {
            return call;
        }
    }
}

fn region(world: &World, at: i64, rolled_out: bool, rng: &mut Rng) -> &'static str {
    let day = ((at - BEGIN) / DAY) as u32;
    if rolled_out && day >= world.roll_out.0 && rng.chance(200) {
        return world.roll_out.1;
    }
    match rng.below(100) {
        0..=79 => REGIONS[0],
        80..=96 => REGIONS[1],
        _ => REGIONS[2],
    }
}

/// What a call touches: mostly what is one's own, now and then something else of the account.
pub(super) fn thing(call: &str, whose: u64, account: usize, rng: &mut Rng) -> String {
    let (service, _) = call.split_once(':').unwrap_or((call, ""));
    let (kind, many, own) = match (service, call) {
        ("s3", _) => ("data", 14, 3),
        ("secretsmanager", _) => ("secret", 16, 2),
        ("ssm", "ssm:GetParameter") => ("parameter", 20, 4),
        ("sts", "sts:AssumeRole") => ("role", 6, 2),
        _ => return String::new(),
    };
    let own = if rng.chance(980) {
        (whose * 7 + rng.below(own)) % many
    } else {
        rng.below(many)
    };
    format!(
        "{kind}-{}-{own}",
        ACCOUNTS[account].get(..3).unwrap_or_default()
    )
}

/// A night in which something is broken.
fn repairs(world: &World, person: &Person, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    let mut session = Session::new(person, day, 90, midnight(day) + 21 * HOUR, rng);
    session.account = 0;
    session.at += rng.below(HOUR as u64) as i64;
    for _ in 0..rng.between(40, 90) {
        session.at += rng.between(3, 70) as i64;
        let call = if rng.chance(250) {
            *rng.pick(CURIOUS)
        } else {
            choice(person, day, rng)
        };
        let mut deed = session.deed(world, person, call, rng);
        deed.denied = rng.chance(90);
        deeds.push(deed);
    }
}

/// Old snapshots go.
fn clears(world: &World, person: &Person, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    let mut session = Session::new(person, day, 91, midnight(day) + 10 * HOUR, rng);
    for _ in 0..rng.between(40, 140) {
        session.at += rng.between(1, 40) as i64;
        let call = if rng.chance(800) {
            "ec2:DeleteSnapshot"
        } else {
            "ec2:DescribeSnapshots"
        };
        deeds.push(session.deed(world, person, call, rng));
    }
}

/// Everything is looked at, everywhere.
fn audits(world: &World, person: &Person, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    for account in 0..ACCOUNTS.len() {
        let at = midnight(day) + (9 + account as i64) * HOUR;
        let mut session = Session::new(person, day, 92 + account as u64, at, rng);
        session.account = account;
        session.id ^= account as u64;
        for _ in 0..rng.between(50, 110) {
            session.at += rng.between(1, 30) as i64;
            let call = if rng.chance(500) {
                *rng.pick(CURIOUS)
            } else {
                *rng.pick(TRADES[3].calls)
            };
            deeds.push(session.deed(world, person, call, rng));
        }
    }
}

fn program_day(world: &World, program: &Program, day: u32, deeds: &mut Vec<Deed>) {
    if day < program.begins {
        return;
    }
    let mut rng = world.rng(&[40, program.number.into(), day.into()]);
    let monday = weekday(midnight(day)) == 0;
    match program.host {
        Host::Scanner if monday => scan(world, program, day, &mut rng, deeds),
        Host::Scanner => {}
        Host::Pipeline => runs(world, program, day, &mut rng, deeds),
        _ => works(world, program, day, &mut rng, deeds),
    }
    if program.backfill == Some(day) {
        let at = midnight(day) + rng.between(1, 20) as i64 * HOUR;
        for _ in 0..rng.between(700, 2500) {
            let mut deed = program_deed(
                world,
                program,
                day,
                at + rng.below(2 * HOUR as u64) as i64,
                &mut rng,
            );
            deed.call = "s3:GetObject";
            deed.thing = thing(deed.call, program.number.into(), program.account, &mut rng);
            deeds.push(deed);
        }
    }
}

/// Hour by hour, more by day than by night.
fn works(world: &World, program: &Program, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    for hour in 0..24 {
        let busy = if (7..20).contains(&hour) { 10 } else { 4 };
        let spike = program
            .spike
            .filter(|(on, _)| *on == day && (10..13).contains(&hour))
            .map_or(1, |(_, times)| times);
        let usual = program.pace * busy * spike;
        let calls = rng.between(usual * 7 / 100, usual * 13 / 100 + 1);
        for _ in 0..calls {
            let at = midnight(day) + hour * HOUR + rng.below(HOUR as u64) as i64;
            let mut deed = program_deed(world, program, day, at, rng);
            let broken = day == world.outage && (19..23).contains(&hour) && program.account == 0;
            deed.denied = rng.chance(if broken { 300 } else { 2 });
            deeds.push(deed);
        }
    }
}

/// A pipeline runs some times a day, each time from another runner.
fn runs(world: &World, program: &Program, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    let many = if weekday(midnight(day)) < 5 {
        rng.between(2, 6)
    } else {
        rng.below(2)
    };
    for run in 0..many {
        let mut at =
            midnight(day) + rng.between(8, 18) as i64 * HOUR + rng.below(50) as i64 * MINUTE;
        let address = rng.pick(&program.addresses).clone();
        for call in &program.calls {
            at += rng.between(1, 20) as i64;
            let mut deed = program_deed(world, program, day, at, rng);
            (deed.call, deed.address) = (call, address.clone());
            deed.session = number_of(&program.name) ^ u64::from(day) << 16 ^ run << 4;
            deed.thing = thing(call, program.number.into(), program.account, rng);
            deeds.push(deed);
        }
        if let Some((since, more)) = &program.release
            && day >= *since
        {
            for call in more {
                let mut deed = program_deed(world, program, day, at + 5, rng);
                (deed.call, deed.address) = (call, address.clone());
                deed.thing = thing(call, program.number.into(), program.account, rng);
                deed.session = number_of(&program.name) ^ u64::from(day) << 16 ^ run << 4;
                deeds.push(deed);
            }
        }
    }
}

/// The vendor's scanner looks at everything once a week.
fn scan(world: &World, program: &Program, day: u32, rng: &mut Rng, deeds: &mut Vec<Deed>) {
    for account in 0..ACCOUNTS.len() {
        let mut at = midnight(day) + 3 * HOUR + account as i64 * HOUR;
        for call in program.calls.iter().cycle().take(program.calls.len() * 3) {
            at += rng.between(1, 12) as i64;
            let mut deed = program_deed(world, program, day, at, rng);
            (deed.call, deed.account) = (call, account);
            deed.thing = thing(call, program.number.into(), account, rng);
            deed.session ^= account as u64;
            deed.denied = rng.chance(20);
            deeds.push(deed);
        }
    }
}

/// One of a program's usual calls.
pub(super) fn program_deed(
    world: &World,
    program: &Program,
    day: u32,
    at: i64,
    rng: &mut Rng,
) -> Deed {
    let more = program
        .release
        .as_ref()
        .filter(|(since, _)| day >= *since && program.host != Host::Pipeline);
    let call = match more {
        Some((_, more)) if rng.chance(150) => *rng.pick(more),
        _ => *rng.pick(&program.calls),
    };
    let which = rng.below(program.addresses.len() as u64);
    let hour = (at - midnight(day)) / HOUR;
    let moved = program.host == Host::Function || program.host == Host::Instance;
    let address = if moved {
        // Machines are replaced every few days.
        let mut own = Rng::about(
            AWS as u64,
            &[
                program.number.into(),
                which,
                u64::from(day + u32::from(program.number)) / 5,
            ],
        );
        address(AWS, &mut own)
    } else {
        program.addresses[which as usize].clone()
    };
    let replaced = u64::from(day + u32::from(program.number)) / 5;
    let region = if program.rolled_out && day >= world.roll_out.0 && rng.chance(300) {
        world.roll_out.1
    } else {
        REGIONS[program.region]
    };
    Deed {
        at,
        who: Actor::Program(program.number),
        account: program.account,
        call,
        region,
        address,
        agent: program
            .upgrade
            .filter(|(since, _)| day >= *since)
            .map_or(program.agent, |(_, agent)| agent),
        session: match program.host {
            Host::Keyed => {
                number_of(&program.name) ^ u64::from(program.rotation.is_some_and(|on| day >= on))
            }
            _ => {
                number_of(&program.name)
                    ^ replaced << 40
                    ^ which << 32
                    ^ u64::from(day) << 8
                    ^ (hour / 6) as u64
            }
        },
        thing: thing(call, program.number.into(), program.account, rng),
        denied: false,
        attack: None,
    }
}
