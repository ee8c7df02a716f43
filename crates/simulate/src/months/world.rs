//! Who there is, and what will happen to them.

use super::attacks::{self, Planned};
use super::people::{self, Person};
use super::programs::{self, Program};
use super::{MonthPlan, Oddity};
use crate::rng::Rng;

/// The accounts: production, trial, data.
pub(super) const ACCOUNTS: [&str; 3] = ["210987654321", "321098765432", "432109876543"];

/// Everybody, and what chance has in store.
#[derive(Debug)]
pub(super) struct World {
    pub(super) plan: MonthPlan,
    pub(super) people: Vec<Person>,
    pub(super) programs: Vec<Program>,
    /// The day on which everybody begins to work in another region too, and in which.
    pub(super) roll_out: (u32, &'static str),
    /// The day on which something breaks.
    pub(super) outage: u32,
}

/// One who acts, by place in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Actor {
    Person(u16),
    Program(u16),
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub(super) at: i64,
    pub(super) who: Actor,
    pub(super) account: usize,
    pub(super) call: &'static str,
    pub(super) region: &'static str,
    pub(super) address: String,
    pub(super) agent: &'static str,
    /// Numbers the session; the same session has the same credential.
    pub(super) session: u64,
    /// What it touches, if the call touches anything.
    pub(super) thing: String,
    pub(super) denied: bool,
    pub(super) attack: Option<u32>,
}

impl Deed {
    pub(super) fn of_attack(self, attack: u32) -> Self {
        Self {
            attack: Some(attack),
            ..self
        }
    }
}

impl World {
    pub(super) fn new(plan: MonthPlan) -> Self {
        let mut rng = Rng::about(plan.seed, &[1]);
        Self {
            people: people::all(plan.seed, plan.days),
            programs: programs::all(plan.seed, plan.days),
            roll_out: (rng.between(12, 19) as u32, super::catalogue::REGIONS[3]),
            outage: rng.between(11, u64::from(plan.days.max(13)) - 2) as u32,
            plan,
        }
    }

    pub(super) fn attacks(&self) -> Vec<Planned> {
        if self.plan.attacks {
            attacks::plan(self)
        } else {
            Vec::new()
        }
    }

    /// A stream of chance about one thing.
    pub(super) fn rng(&self, about: &[u64]) -> Rng {
        Rng::about(self.plan.seed, about)
    }

    pub(super) fn oddities(&self) -> Vec<Oddity> {
        let people = self.people.iter().flat_map(|person| {
            let who = person.name.clone();
            person.oddities.iter().map(move |(what, day)| Oddity {
                what,
                day: *day,
                who: who.clone(),
            })
        });
        let programs = self.programs.iter().flat_map(|program| {
            let who = program.name.clone();
            program.oddities.iter().map(move |(what, day)| Oddity {
                what,
                day: *day,
                who: who.clone(),
            })
        });
        let mut all: Vec<_> = people.chain(programs).collect();
        all.push(Oddity {
            what: "roll-out",
            day: self.roll_out.0,
            who: "everybody".to_owned(),
        });
        all.push(Oddity {
            what: "outage",
            day: self.outage,
            who: "everybody".to_owned(),
        });
        all
    }
}
