//! The walk through time: slot by slot, file by file.

use std::collections::VecDeque;

use crate::SimulatedFile;
use crate::budget::Budget;
use crate::clock::{self, DAY, SLOT, Second};
use crate::delivery::Delivery;
use crate::everyday::{self, Desk};
use crate::scenario::Scenario;
use crate::stories::{self, Scene};

/// The files of a scenario, one by one; holds a few minutes of the simulated time in memory.
#[derive(Debug)]
pub struct Simulation {
    seed: u64,
    first: Second,
    end: Second,
    slot: Second,
    stage: Stage,
    budget: Budget,
    delivery: Delivery,
    /// What the stories will yet do, in order of time.
    scenes: VecDeque<Scene>,
}

/// What comes next in the current slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// People, schedules, stories.
    Open,
    /// Machines, a few thousand records at a time.
    Machines { round: u64 },
    /// Batches become files.
    Close,
    /// All is delivered.
    Over,
}

impl Simulation {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let first = clock::midnight(scenario.start);
        let scenes = stories::woven(scenario);
        let reserved = scenes.len() as u64;
        let end = first + Second::from(scenario.days) * DAY;
        Self {
            seed: scenario.seed,
            first,
            end,
            slot: first,
            stage: if end > first {
                Stage::Open
            } else {
                Stage::Over
            },
            budget: Budget::new(scenario, reserved),
            delivery: Delivery::new(scenario.seed),
            scenes: scenes.into(),
        }
    }

    fn step(&mut self) {
        match self.stage {
            Stage::Open => self.open(),
            Stage::Machines { round } => self.run_machines(round),
            Stage::Close => self.close(),
            Stage::Over => {}
        }
    }

    fn open(&mut self) {
        self.delivery.open(self.slot);
        while let Some(scene) = self
            .scenes
            .pop_front_if(|scene| scene.at < self.slot + SLOT)
        {
            self.delivery
                .accept_text((scene.account, scene.region), scene.at, &scene.text);
        }
        self.budget.spend(self.delivery.remark(self.first));
        everyday::live(self.slot, &mut self.desk());
        self.stage = Stage::Machines { round: 0 };
    }

    fn run_machines(&mut self, round: u64) {
        let more = everyday::run_machines(self.slot, round, &mut self.desk());
        self.stage = if more {
            Stage::Machines { round: round + 1 }
        } else {
            Stage::Close
        };
    }

    fn close(&mut self) {
        self.delivery.close();
        self.slot += SLOT;
        self.stage = Stage::Open;
        if self.slot >= self.end {
            self.delivery.flush();
            self.stage = Stage::Over;
        }
    }

    fn desk(&mut self) -> Desk<'_> {
        Desk {
            seed: self.seed,
            first: self.first,
            budget: &mut self.budget,
            delivery: &mut self.delivery,
        }
    }
}

impl Iterator for Simulation {
    type Item = SimulatedFile;

    fn next(&mut self) -> Option<SimulatedFile> {
        loop {
            if let Some(file) = self.delivery.next_file() {
                return Some(file);
            }
            if self.stage == Stage::Over {
                return None;
            }
            self.step();
        }
    }
}
