//! Prints how fast records are made, and how large they are.
//!
//! `cargo run --profile quick -p simulate --example rate -- [RECORDS [DAYS]]`

use std::time::Instant;

use simulate::{Scenario, gzip, simulate};

fn main() {
    let mut wanted = std::env::args()
        .skip(1)
        .filter_map(|number| number.parse::<u32>().ok());
    let scenario = Scenario {
        records: wanted.next().map(u64::from),
        days: wanted.next().unwrap_or(30),
        ..Scenario::default()
    };
    let (mut files, mut made, mut bytes) = (0_usize, 0_usize, 0_usize);
    let start = Instant::now();
    for file in simulate(&scenario) {
        files += 1;
        made += file.records;
        bytes += file.body.len();
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{made} records in {files} files, {} bytes each",
        bytes / made.max(1)
    );
    println!(
        "{:.0} records a second on one core, without compression",
        made as f64 / seconds
    );
    let start = Instant::now();
    let packed: usize = simulate(&scenario).map(|file| gzip(&file.body).len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} records a second with it, {packed} bytes",
        made as f64 / seconds
    );
    println!(
        "peak memory {}",
        peak_memory().unwrap_or_else(|| "unknown".into())
    );
}

/// Linux only.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
