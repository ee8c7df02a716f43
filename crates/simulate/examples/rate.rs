//! Prints how fast records are made, how large they are, and how much memory that takes.
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
    let watch = Stopwatch::start();
    let (mut files, mut made, mut bytes) = (0, 0, 0);
    for file in simulate(&scenario) {
        files += 1;
        made += file.records;
        bytes += file.body.len();
    }
    println!(
        "{made} records in {files} files, {} bytes each",
        bytes / made.max(1)
    );
    println!(
        "made {:.0} a second on one core",
        made as f64 / watch.seconds()
    );

    let watch = Stopwatch::start();
    let packed: usize = simulate(&scenario).map(|file| gzip(&file.body).len()).sum();
    println!(
        "made and packed {:.0} a second, {packed} bytes",
        made as f64 / watch.seconds()
    );
    println!(
        "peak memory {}",
        peak_memory().unwrap_or_else(|| "unknown".into())
    );
}

/// Time on the processor where the system tells (Linux), otherwise time on the clock.
struct Stopwatch {
    clock: Instant,
    processor: Option<f64>,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            clock: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.processor, processor_seconds()) {
            (Some(before), Some(now)) => now - before,
            _ => self.clock.elapsed().as_secs_f64(),
        }
    }
}

fn processor_seconds() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = line.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
