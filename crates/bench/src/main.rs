//! `make bench`: what a whole scan costs, and how that compares with reading and inflating alone.
//!
//! Seconds depend on the machine, and on what else it does; the ratio hardly does, for both sides are
//! measured in the same run, on the same files, with the same library, in turn. Every figure is the
//! best of several rounds in processor time, because whatever disturbs can only add.

mod corpus;
mod usage;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::corpus::Strangers;
use crate::usage::Usage;

/// How many groups a flood has.
const GROUPS: u64 = 1_000_000;

/// How often everything is measured.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["measure", command @ ..] => usage::measure(command),
        ["floor", folder] => corpus::floor(Path::new(folder)),
        ["strangers", binary] => strangers(Path::new(binary)),
        ["--trailhound", binary] => report(Path::new(binary)),
        _ => anyhow::bail!(
            "call it as `make bench`, or as `bench --trailhound target/release/trailhound`"
        ),
    }
}

/// What is measured on.
struct Corpora {
    month: PathBuf,
    one_file: PathBuf,
    empty: PathBuf,
    /// Thirty of the built-in rules, to see what the others cost.
    thirty: PathBuf,
    sigma: Option<PathBuf>,
}

fn report(trailhound: &Path) -> Result<()> {
    let records = corpus::records();
    let corpora = Corpora::make(records)?;
    println!(
        "{records} records of a simulated month; best of {ROUNDS} rounds, processor seconds\n"
    );

    let floor = best(|| Usage::of_self(&["floor", text(&corpora.month)?]))?;
    let name = "reading and inflating alone, one thread";
    row(name, floor.processor, 3, "s");
    let pack = |name: &str, rules: &[&str]| -> Result<f64> {
        let one = best(|| scan(trailhound, &corpora.month, 1, rules))?;
        let two = best(|| scan(trailhound, &corpora.month, 2, rules))?;
        let (rate, ratio) = (
            records as f64 / one.processor,
            one.processor / floor.processor,
        );
        row(&format!("scan, {name}, one thread"), one.processor, 3, "s");
        row("  to reading and inflating alone", ratio, 2, "times");
        row("  records a second and core", rate, 0, "");
        let faster = one.clock / two.clock;
        row("  two threads, on the clock", faster, 2, "times");
        row("  peak memory", one.peak_mb, 1, "MB");
        Ok(one.processor)
    };
    let thirty = ["--no-builtin", "--rules", text(&corpora.thirty)?];
    let thirty = pack("thirty of the built-in rules", &thirty)?;
    let all = pack("the built-in rules", &["--no-correlation"])?;
    row("  to thirty rules", all / thirty, 2, "times");
    let together = pack("the built-in rules and correlations", &[])?;
    row("  to rules alone", together / all, 2, "times");
    let usual = pack("those and behaviour", &["--behaviour"])?;
    row("  to rules and correlations", usual / together, 2, "times");
    if let Some(rules) = &corpora.sigma {
        let only = ["--no-builtin", "--rules", text(rules)?];
        pack("SigmaHQ's CloudTrail rules", &only)?;
        let from_medium = [&only[..], &["--level", "medium"]].concat();
        pack("the same, --level medium", &from_medium)?;
    }

    let big = scan(trailhound, &corpora.one_file, 1, &[])?;
    strangers(trailhound)?;
    let start = best_of(20, || scan(trailhound, &corpora.empty, 1, &[]))?;
    row(
        &format!("scan, one gzip file of {} records", corpus::BIG),
        big.processor,
        3,
        "s",
    );
    row("  peak memory", big.peak_mb, 1, "MB");
    row(
        "start to end of a scan of nothing",
        start.clock * 1e3,
        1,
        "ms",
    );
    Ok(())
}

/// What a flood of groups costs, each of them met once: memory is what it is after.
fn strangers(trailhound: &Path) -> Result<()> {
    let folder = outside::repository().join("target/bench");
    for (by, what) in [
        (Strangers::Principals, "principals"),
        (Strangers::Addresses, "addresses"),
    ] {
        let logs = corpus::strangers(&folder, GROUPS, by)?;
        let usage = scan(trailhound, &logs, 1, &[])?;
        row(
            &format!("scan, {GROUPS} {what} met once"),
            usage.processor,
            3,
            "s",
        );
        row("  peak memory", usage.peak_mb, 1, "MB");
    }
    Ok(())
}

fn row(what: &str, figure: f64, decimals: usize, unit: &str) {
    println!("{what:<44}{figure:>10.decimals$} {unit}");
}

fn scan(trailhound: &Path, logs: &Path, threads: usize, rules: &[&str]) -> Result<Usage> {
    let mut command = vec![
        text(trailhound)?,
        "scan",
        text(logs)?,
        "--quiet",
        "--no-progress",
    ];
    let threads = threads.to_string();
    command.extend([
        "--format",
        "jsonl",
        "--output",
        "/dev/null",
        "--threads",
        &threads,
    ]);
    command.extend(rules);
    Usage::of(&command)
}

impl Corpora {
    fn make(records: u64) -> Result<Self> {
        let folder = outside::repository().join("target/bench");
        Ok(Self {
            month: corpus::month(&folder, records)?,
            one_file: corpus::one_file(&folder, corpus::BIG)?,
            empty: corpus::nothing(&folder)?,
            thirty: corpus::thirty_rules(&folder)?,
            sigma: outside::shared("sigma"),
        })
    }
}

fn best(run: impl FnMut() -> Result<Usage>) -> Result<Usage> {
    best_of(ROUNDS, run)
}

fn best_of(rounds: usize, mut run: impl FnMut() -> Result<Usage>) -> Result<Usage> {
    let mut best = run()?;
    for _ in 1..rounds {
        let usage = run()?;
        best.processor = best.processor.min(usage.processor);
        best.clock = best.clock.min(usage.clock);
        best.peak_mb = best.peak_mb.max(usage.peak_mb);
    }
    Ok(best)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .with_context(|| format!("`{}` is not UTF-8", path.display()))
}

/// This program, to be called by itself.
fn own() -> Result<Command> {
    Ok(Command::new(
        std::env::current_exe().context("where is this program?")?,
    ))
}
