//! How well unusual behaviour is told from everyday life, on months made up for that.
//!
//! `make quality` prints the figures. Everything that could be turned was turned on the seeds of [`TUNING`];
//! the figures are of [`HELD_OUT`], which nothing was looked at for.

mod judge;

use judge::{Sum, World};

/// Seeds to turn things by: `cargo test -p baseline --test months tuning -- --ignored --nocapture`.
const TUNING: [u64; 4] = [101, 102, 103, 104];

/// Seeds to report.
const HELD_OUT: [u64; 4] = [9001, 9002, 9003, 9004];

fn report(seeds: &[u64]) -> (Sum, Sum) {
    let (mut loud, mut quiet) = (Sum::default(), Sum::default());
    for seed in seeds {
        let plan = simulate::months::MonthPlan::new(*seed);
        loud.add(judge::judge(plan, &World::default()));
        quiet.add(judge::judge(plan.peaceful(), &World::default()));
    }
    (loud, quiet)
}

#[test]
#[ignore = "for turning things"]
fn tuning() {
    let (loud, quiet) = report(&TUNING);
    println!("{loud:#}\nwithout attacks: {quiet:#}");
}

#[test]
fn quality_on_months_that_were_not_looked_at() {
    let (loud, quiet) = report(&HELD_OUT);
    println!("{loud}\nwithout attacks: {quiet}");
}
