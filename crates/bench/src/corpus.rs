//! The files that are measured on, and the measure itself: reading and inflating them.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use detect::cloudtrail::inflate::{Inflater, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use simulate::{Scenario, gzip, simulate, simulate_records};
use walkdir::WalkDir;

/// A folder with thirty of the built-in rules, of every kind.
pub(crate) fn thirty_rules(folder: &Path) -> Result<PathBuf> {
    let place = folder.join("thirty-rules");
    if place.is_dir() {
        std::fs::remove_dir_all(&place)?;
    }
    std::fs::create_dir_all(&place)?;
    let mut rules = outside::rule_files(&outside::repository().join("rules"));
    // Correlations are nothing without the rules that they are about, and are measured by themselves.
    rules.retain(|(_, text)| !text.contains("\ncorrelation:"));
    for (at, (_, text)) in rules
        .iter()
        .step_by((rules.len() / 30).max(1))
        .take(30)
        .enumerate()
    {
        std::fs::write(place.join(format!("{at}.yml")), text)?;
    }
    Ok(place)
}

/// Records in the one big file.
pub(crate) const BIG: u64 = 1_000_000;

/// How many records the month has; `TRAILHOUND_BENCH_RECORDS` says otherwise.
pub(crate) fn records() -> u64 {
    let wanted = std::env::var("TRAILHOUND_BENCH_RECORDS").ok();
    wanted
        .and_then(|number| number.parse().ok())
        .unwrap_or(500_000)
}

/// A folder with a simulated month, made once.
pub(crate) fn month(folder: &Path, records: u64) -> Result<PathBuf> {
    once(&folder.join(format!("month-{records}")), |folder| {
        for file in simulate(&Scenario {
            records: Some(records),
            ..Scenario::default()
        }) {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, gzip(&file.body))?;
        }
        Ok(())
    })
}

/// A folder with one gzip file, made once.
pub(crate) fn one_file(folder: &Path, records: u64) -> Result<PathBuf> {
    once(&folder.join(format!("one-file-{records}")), |folder| {
        let scenario = Scenario {
            records: Some(records),
            ..Scenario::default()
        };
        let target = File::create(folder.join("log.json.gz"))?;
        let mut gzip = GzEncoder::new(target, Compression::new(6));
        for chunk in simulate_records(&scenario) {
            gzip.write_all(&chunk.text)?;
        }
        gzip.finish()?;
        Ok(())
    })
}

/// A folder with one gzip file of denied calls, each by another principal or from another address, made once.
pub(crate) fn strangers(folder: &Path, records: u64, by: Strangers) -> Result<PathBuf> {
    once(
        &folder.join(format!("{by:?}-{records}").to_lowercase()),
        |folder| {
            let target = File::create(folder.join("log.json.gz"))?;
            let mut gzip = GzEncoder::new(target, Compression::fast());
            gzip.write_all(b"{\"Records\":[")?;
            for number in 0..records {
                let comma = if number == 0 { "" } else { "," };
                write!(gzip, "{comma}{}", by.record(number))?;
            }
            gzip.write_all(b"]}")?;
            gzip.finish()?;
            Ok(())
        },
    )
}

/// What makes each record one of another group.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Strangers {
    /// Calls that are denied to one user after the other.
    Principals,
    /// Wrong passwords from one address after the other.
    Addresses,
}

impl Strangers {
    fn record(self, number: u64) -> String {
        let (day, second) = (number / 86_400 % 28 + 1, number % 86_400);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let time = format!("2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        let address = |number: u64| {
            let [_, _, _, _, _, a, b, c] = number.to_be_bytes();
            format!("198.{a}.{b}.{c}")
        };
        let (what, who, from) = match self {
            Self::Principals => (
                r#""eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","errorCode":"Client.UnauthorizedOperation","readOnly":true,"eventType":"AwsApiCall""#,
                format!(
                    r#""type":"IAMUser","principalId":"AIDA{number:017}","arn":"arn:aws:iam::111122223333:user/u{number}","accountId":"111122223333","accessKeyId":"AKIA{number:016}","userName":"u{number}""#
                ),
                address(number % 256),
            ),
            Self::Addresses => (
                r#""eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"readOnly":false,"eventType":"AwsConsoleSignIn""#,
                r#""type":"IAMUser","accountId":"111122223333","accessKeyId":"","userName":"maria""#.to_owned(),
                address(number),
            ),
        };
        format!(
            r#"{{"eventVersion":"1.11","eventTime":"{time}","eventID":"00000000-0000-4000-8000-{number:012x}","awsRegion":"eu-west-1","sourceIPAddress":"{from}","userAgent":"aws-cli/2.31.5","recipientAccountId":"111122223333","managementEvent":true,"eventCategory":"Management",{what},"userIdentity":{{{who}}}}}"#
        )
    }
}

/// A folder with one log file that has no records in it.
pub(crate) fn nothing(folder: &Path) -> Result<PathBuf> {
    once(&folder.join("nothing"), |folder| {
        Ok(fs::write(folder.join("log.json"), r#"{"Records":[]}"#)?)
    })
}

/// Fills `folder` under another name and renames it when it is complete.
fn once(folder: &Path, fill: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    if !folder.is_dir() {
        eprintln!("making {} …", folder.display());
        let unfinished = folder.with_extension("unfinished");
        if unfinished.is_dir() {
            fs::remove_dir_all(&unfinished)?;
        }
        fs::create_dir_all(&unfinished)?;
        fill(&unfinished)?;
        fs::rename(&unfinished, folder)?;
    }
    Ok(folder.to_owned())
}

/// Reads and inflates every file below `folder`, and no more.
pub(crate) fn floor(folder: &Path) -> Result<()> {
    let (mut inflater, mut window, mut bytes) = (Inflater::default(), vec![0; 256 << 10], 0);
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        match inflater.open(File::open(entry.path())?)? {
            Source::Empty => {}
            Source::Whole(text) => bytes += text.len(),
            Source::Stream(mut stream) => loop {
                match stream.fill(&mut window)? {
                    0 => break,
                    length => bytes += length,
                }
            },
        }
    }
    println!("{bytes} bytes");
    Ok(())
}
