//! How well unusual behaviour is told from everyday life, on months made up for that.
//!
//! `make quality` prints the figures. Everything that could be turned was turned on the seeds of [`TUNING`];
//! the figures are of [`HELD_OUT`], which nothing was looked at for.

mod judge;
mod naive;
mod real;
mod stratus;

use judge::{Sum, World};
use simulate::months::{MonthPlan, Strength};

/// Seeds to turn things by: `cargo test -p baseline --test months tuning -- --ignored --nocapture`.
const TUNING: [u64; 4] = [101, 102, 103, 104];

/// Seeds to report.
const HELD_OUT: [u64; 6] = [9001, 9002, 9003, 9004, 9005, 9006];

fn months(seeds: &[u64], peaceful: bool, world: World, near_misses: bool) -> Sum {
    let mut sum = Sum::default();
    for seed in seeds {
        let plan = MonthPlan::new(*seed);
        let plan = if peaceful { plan.peaceful() } else { plan };
        sum.add(judge::judge(plan, &world, near_misses));
    }
    sum
}

#[test]
#[ignore = "for turning things"]
fn tuning() {
    let loud = months(&TUNING, false, World::default(), true);
    let quiet = months(&TUNING, true, World::default(), false);
    println!("{loud:#}\nwithout attacks: {quiet:#}");
}

/// The goals, and a little room for chance: what is printed is what was reached.
#[test]
fn quality_on_months_that_were_not_looked_at() {
    let loud = months(&HELD_OUT, false, World::default(), false);
    let quiet = months(&HELD_OUT, true, World::default(), false);
    println!("\nMonths with attacks, held out: {loud}");
    println!("The same months without attacks: {quiet}");
    let (hits, all) = loud.recall(|_| true);
    let (stealthy, quiet_ones) = loud.recall(|attack| attack.strength == Strength::Stealthy);
    let share = |hits: usize, all: usize| hits as f64 / all as f64;
    assert!(
        share(hits, all) >= 0.75,
        "{hits} of {all} attacks were told"
    );
    assert!(
        share(stealthy, quiet_ones) >= 0.50,
        "{stealthy} of {quiet_ones} stealthy ones"
    );
    assert!(
        loud.false_alarms_a_day() <= 0.7,
        "{} false alarms a day",
        loud.false_alarms_a_day()
    );
    assert!(
        quiet.false_alarms_a_day() <= 1.0,
        "{} without attacks",
        quiet.false_alarms_a_day()
    );
    assert!(
        loud.most() <= 3 && quiet.most() <= 3,
        "too many mails in a day"
    );
}

/// Nobody need have a database of places.
#[test]
fn quality_where_no_table_knows_the_addresses() {
    let loud = months(&HELD_OUT[..3], false, World { tables: false }, false);
    println!("\nThe first three of these months, without any table of places: {loud}");
    let (hits, all) = loud.recall(|_| true);
    assert!(hits * 10 >= all * 6, "{hits} of {all} attacks were told");
}

#[test]
fn quality_of_naive_baselines() {
    naive::report(&HELD_OUT[..3]);
}

#[test]
fn quality_of_a_real_accounts_everyday_life() {
    real::report();
}

#[test]
fn quality_on_real_attack_logs_as_one_persons_activity() {
    stratus::report(&[9001, 9002]);
}
