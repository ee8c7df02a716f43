//! Everyday life: what people, pipelines, schedules and machines do when nobody attacks.

mod chores;
mod deploys;
mod habits;
mod machines;
mod people;
mod scan;

use crate::budget::Budget;
use crate::clock::Second;
use crate::delivery::Delivery;
use crate::record::{Call, Caller, Deed};
use crate::rng::Rng;

pub(crate) use machines::run_machines;

/// Where everyday life hands in what it did.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) seed: u64,
    /// The scenario's first midnight.
    pub(crate) first: Second,
    pub(crate) budget: &'a mut Budget,
    pub(crate) delivery: &'a mut Delivery,
}

impl Desk<'_> {
    /// Hands in a deed; nothing is recorded once the day's share of the budget is used up.
    pub(crate) fn hand_in(&mut self, deed: &Deed<'_>) {
        let room = self.budget.left_today(deed.at);
        if room > 0 {
            self.budget.spend(self.delivery.accept(deed, room));
        }
    }

    /// One caller's `calls` one after the other from `at`, up to `pause` seconds apart; returns when
    /// the last was made.
    pub(crate) fn burst(
        &mut self,
        caller: &Caller,
        region: &'static str,
        at: Second,
        pause: u64,
        calls: &[&Call],
        rng: &mut Rng,
    ) -> Second {
        let mut at = at;
        for call in calls {
            self.hand_in(&Deed::new(call, caller, at, region));
            at += rng.between(pause / 3, pause) as Second;
        }
        at
    }
}

/// What people and schedules do in the slot beginning at `slot`.
pub(crate) fn live(slot: Second, desk: &mut Desk<'_>) {
    people::work(slot, desk);
    deploys::deploy(slot, desk);
    chores::run(slot, desk);
}
