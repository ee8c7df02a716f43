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
