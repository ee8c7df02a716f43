//! How large, how quick and how lean the functions are: `make bench-fleet` prints it.
//!
//! The targets hold for the profile `small`; where this runs on another, it says so and judges nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use simulate::{Scenario, gzip, simulate};

use crate::cloud::{BUCKET, Parts};
use crate::corpus::CORPUS;
use crate::function::{Function, Outcome, log};
use crate::stage::Emulator;

/// How often a start is measured.
const STARTS: usize = 20;

/// How many events are judged warm.
const EVENTS: usize = 400;

/// How many records the large object holds.
const LARGE: usize = 100_000;

/// The functions in the folder that `TRAILHOUND_FUNCTIONS` names.
fn functions() -> Option<[PathBuf; 3]> {
    let folder = PathBuf::from(std::env::var_os("TRAILHOUND_FUNCTIONS")?);
    Some(["lambda-s3-logs", "lambda-eventbridge", "lambda-alerts"].map(|name| folder.join(name)))
}

fn row(what: &str, figure: f64, unit: &str, target: f64) {
    let verdict = if figure <= target { "met" } else { "MISSED" };
    println!("{what:<52}{figure:>10.2} {unit:<3} target {target} {unit}: {verdict}");
}

/// Processor milliseconds of a process so far.
fn processor(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap();
    let nanoseconds: f64 = stat.split(' ').next().unwrap().parse().unwrap();
    nanoseconds / 1e6
}

/// The most memory that a process has had resident, in MB.
fn peak(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kilobytes / 1_024.0
}

fn notice(key: &str) -> String {
    let notice = serde_json::json!({"s3Bucket": BUCKET, "s3ObjectKey": [key]}).to_string();
    serde_json::json!({"Records": [{"messageId": "1", "body": notice}]}).to_string()
}

/// A log file of [`LARGE`] records.
fn large() -> Vec<u8> {
    let scenario = Scenario {
        days: 30,
        records: Some(LARGE as u64),
        ..Scenario::default()
    };
    let mut lines = Vec::new();
    let mut reader = detect::cloudtrail::LogFileReader::default();
    for file in simulate(&scenario) {
        reader.read(&*file.body, |record| {
            lines.extend(record.text().as_bytes());
            lines.push(b'\n');
        });
    }
    gzip(&lines)
}

#[test]
#[ignore = "measures: make bench-fleet"]
fn the_functions_are_small_quick_and_lean() {
    let Some(programs) = functions() else {
        return println!("set TRAILHOUND_FUNCTIONS to the folder of the functions to be measured");
    };
    for program in &programs {
        let packed = gzip(&fs::read(program).unwrap()).len();
        let name = program.file_name().unwrap().to_string_lossy();
        row(&format!("{name}, zipped"), packed as f64 / 1e6, "MB", 4.0);
    }
    for_arm64(&programs);
    let emulator = Emulator::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let parts = runtime.block_on(Parts::make(emulator.port));
    let mut environment = parts.environment(emulator.port);
    starts(&programs, &environment);
    environment.insert("TRAILHOUND_LEVEL".to_owned(), "critical".to_owned());
    warm(&programs[1], &environment);
    runtime.block_on(async {
        let put = parts.s3.put_object().bucket(BUCKET).key("large.json.gz");
        put.body(large().into()).send().await.unwrap();
    });
    let mut function = Function::new(&programs[0], environment).patient();
    let outcome = function.invoke(&notice("large.json.gz"), None);
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome:?}");
    row(
        &format!("lambda-s3-logs, peak on {LARGE} records"),
        peak(function.pid()),
        "MB",
        128.0,
    );
}

/// The sizes of those for arm64, if that is what was built for AWS last.
fn for_arm64(programs: &[PathBuf]) {
    // Where an ELF file says for which machine it is, and what it says there of arm64.
    const MACHINE: std::ops::Range<usize> = 18..20;
    const AARCH64: [u8; 2] = 183_u16.to_le_bytes();
    for program in programs {
        let name = program.file_name().unwrap().to_string_lossy();
        let built = outside::repository().join(format!("target/lambda/{name}/bootstrap"));
        match fs::read(built) {
            Ok(bytes) if bytes.get(MACHINE) == Some(&AARCH64) => {
                let packed = gzip(&bytes).len() as f64 / 1e6;
                row(&format!("{name} for arm64, zipped"), packed, "MB", 4.0);
            }
            _ => println!("{name} for arm64: `tools/functions.sh aws arm64` builds it"),
        }
    }
}

/// Starts with a real TLS stack: the address is that of a service which nobody calls.
fn starts(programs: &[PathBuf], environment: &BTreeMap<String, String>) {
    let mut environment = environment.clone();
    environment.remove("AWS_ENDPOINT_URL");
    for program in programs {
        let mut best = Duration::MAX;
        let mut used = 0.0;
        let logged = fs::metadata(log()).map_or(0, |log| log.len());
        for _ in 0..STARTS {
            let mut function = Function::new(program, environment.clone());
            let taken = function.start();
            if taken < best {
                (best, used) = (taken, processor(function.pid()));
            }
        }
        let name = program.file_name().unwrap().to_string_lossy();
        row(
            &format!("{name}, start to first poll"),
            best.as_secs_f64() * 1e3,
            "ms",
            25.0,
        );
        row("  of which processor", used, "ms", 25.0);
        if let Some(least) = loading(logged) {
            row("  of which loading the rules", least, "ms", 10.0);
        }
    }
}

/// How long it took to make the rules ready, at least, as functions have logged since the log was so long; in
/// milliseconds. Some have none.
fn loading(since: u64) -> Option<f64> {
    let lines = fs::read_to_string(log()).unwrap();
    let lines = lines.get(since as usize..).unwrap_or_default().lines();
    let taken = lines.filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        line["microseconds"].as_u64()
    });
    Some(taken.min()? as f64 / 1e3)
}

fn warm(program: &std::path::Path, environment: &BTreeMap<String, String>) {
    let mut function = Function::new(program, environment.clone());
    let events: Vec<_> = CORPUS.events.iter().cycle().take(EVENTS + 50).collect();
    let (first, rest) = events.split_at(50);
    first
        .iter()
        .for_each(|event| drop(function.invoke(event, None)));
    let before = processor(function.pid());
    for event in rest {
        let outcome = function.invoke(event, None);
        assert!(matches!(outcome, Outcome::Answered(_)), "{outcome:?}");
    }
    let used = (processor(function.pid()) - before) / rest.len() as f64;
    row(
        "lambda-eventbridge, an event, processor, warm",
        used,
        "ms",
        5.0,
    );
}
