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

use crate::usage::Usage;

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
    sigma: Option<PathBuf>,
}

fn report(trailhound: &Path) -> Result<()> {
    let records = corpus::records();
    let corpora = Corpora::make(records)?;
    println!(
        "{records} records of a simulated month; best of {ROUNDS} rounds, processor seconds\n"
    );

    let floor = best(|| Usage::of_self(&["floor", text(&corpora.month)?]))?;
    println!(
        "{:<44}{:>8.3} s",
        "reading and inflating alone, one thread", floor.processor
    );
    let packs: &[(&str, Option<&Path>)] = &[
        ("the built-in rules", None),
        ("SigmaHQ's CloudTrail rules", corpora.sigma.as_deref()),
    ];
    for (name, rules) in packs {
        if rules.is_none() && *name != packs[0].0 {
            println!(
                "{:<44}{:>8}",
                format!("scan, {name}"),
                "skipped: set TRAILHOUND_SHARED to the folder that has `sigma`"
            );
            continue;
        }
        let one = best(|| scan(trailhound, &corpora.month, 1, *rules))?;
        let two = best(|| scan(trailhound, &corpora.month, 2, *rules))?;
        println!(
            "{:<44}{:>8.3} s",
            format!("scan, {name}, one thread"),
            one.processor
        );
        println!(
            "{:<44}{:>8.2} times",
            "  to reading and inflating alone",
            one.processor / floor.processor
        );
        println!(
            "{:<44}{:>8.0}",
            "  records a second and core",
            records as f64 / one.processor
        );
        println!(
            "{:<44}{:>8.2} times",
            "  two threads, on the clock",
            one.clock / two.clock
        );
        println!("{:<44}{:>8.1} MB", "  peak memory", one.peak_mb);
    }

    let big = scan(trailhound, &corpora.one_file, 1, None)?;
    println!(
        "\n{:<44}{:>8.1} MB",
        format!("peak memory, one gzip file of {} records", corpus::BIG),
        big.peak_mb
    );
    println!("{:<44}{:>8.3} s", "  processor", big.processor);
    let start = best_of(20, || scan(trailhound, &corpora.empty, 1, None))?;
    println!(
        "{:<44}{:>8.1} ms",
        "start to end of a scan of nothing",
        start.clock * 1e3
    );
    Ok(())
}

fn scan(trailhound: &Path, logs: &Path, threads: usize, rules: Option<&Path>) -> Result<Usage> {
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
    if let Some(rules) = rules {
        command.extend(["--no-builtin", "--rules", text(rules)?]);
    }
    Usage::of(&command)
}

impl Corpora {
    fn make(records: u64) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
        let shared = std::env::var_os("TRAILHOUND_SHARED").map(PathBuf::from);
        let shared = shared
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
        Ok(Self {
            month: corpus::month(&folder, records)?,
            one_file: corpus::one_file(&folder, corpus::BIG)?,
            empty: corpus::nothing(&folder)?,
            sigma: Some(shared.join("sigma")).filter(|folder| folder.is_dir()),
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
