//! Labelled months, to judge by how well unusual behaviour is told from everyday life.
//!
//! A middling company with three accounts: people with trades, habits, homes, phones and a VPN, programs
//! with their few calls. It has the everyday events that look like attacks: starters, trips, moves, other
//! duties, roll-outs to a region, new services, new versions of an SDK, spikes, backfills, outages, audits,
//! rotated keys, a weekly scanner, clearing up. Into this come attacks of twelve [`kinds`](AttackKind), each
//! loud, middling and stealthy. A month is made of whole numbers from its seed, the same everywhere.
//!
//! These months are not those of [`simulate`](crate::simulate), which show what records look like: here a
//! record has what behaviour is told from and little else, and there are many more of everybody.

mod attacks;
mod catalogue;
mod life;
mod networks;
mod people;
mod programs;
mod render;
mod world;

use crate::clock::{DAY, Second};

pub use attacks::{AttackKind, Strength};
pub use networks::{Place, places};

/// What month to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthPlan {
    /// Decides all that chance decides.
    pub seed: u64,
    /// How many days.
    pub days: u32,
    /// Days without attacks at the start.
    pub quiet: u32,
    /// Whether there are attacks.
    pub attacks: bool,
}

impl MonthPlan {
    /// The month of this seed, with attacks.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            days: 24,
            quiet: 10,
            attacks: true,
        }
    }

    /// The same without.
    #[must_use]
    pub fn peaceful(self) -> Self {
        Self {
            attacks: false,
            ..self
        }
    }
}

/// An attack that was woven in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attack {
    /// What it is about.
    pub kind: AttackKind,
    /// How much noise it makes.
    pub strength: Strength,
    /// Whose credentials are used: user, role or person.
    pub victim: String,
    /// Ids of its events, in order.
    pub event_ids: Vec<String>,
    /// Seconds since 1970 of its first event.
    pub begins: i64,
    /// And of its last.
    pub ends: i64,
}

/// A month.
#[derive(Debug, Clone)]
pub struct Month {
    /// A log file for each day: `{"Records":[…]}`, unpacked.
    pub files: Vec<Vec<u8>>,
    /// What attacks are in it.
    pub attacks: Vec<Attack>,
    /// How many accounts there are.
    pub accounts: u32,
    /// Everyday events that look like attacks, by what they are, when and whose.
    pub oddities: Vec<Oddity>,
}

/// An everyday event that looks like an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub what: &'static str,
    /// On which day of the month it begins.
    pub day: u32,
    /// Whose it is.
    pub who: String,
}

/// The first day: Monday, 2 March 2026.
pub(crate) const BEGIN: Second = 1_772_409_600;

/// Makes a month.
#[must_use]
pub fn month(plan: MonthPlan) -> Month {
    let world = world::World::new(plan);
    let (mut files, mut deeds) = (Vec::new(), world.attacks());
    let mut attacks = deeds
        .iter()
        .map(|one| one.attack.clone())
        .collect::<Vec<_>>();
    for day in 0..plan.days {
        let mut today = life::day(&world, day);
        let end = BEGIN + DAY * Second::from(day + 1);
        for (at, attack) in deeds.iter_mut().enumerate() {
            let later = attack.deeds.partition_point(|deed| deed.at < end);
            today.extend(
                attack
                    .deeds
                    .drain(..later)
                    .map(|deed| deed.of_attack(at as u32)),
            );
        }
        today.sort_by_key(|deed| deed.at);
        files.push(render::file(&world, day, &today, &mut attacks));
    }
    Month {
        files,
        attacks,
        accounts: world::ACCOUNTS.len() as u32,
        oddities: world.oddities(),
    }
}

#[cfg(test)]
mod tests;
