//! Simulated files to disk: one thread lives the company's life, the others compress and write it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use simulate::{Scenario, SimulatedFile};

use crate::cores::cores;

/// How many files may wait to be written; bounds memory.
const WAITING: usize = 64;

/// How much was written.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Written {
    pub(super) files: u64,
    pub(super) records: u64,
    /// As stored, compressed.
    pub(super) bytes: u64,
}

impl Written {
    fn plus(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            records: self.records + other.records,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Lays the files out below `folder` as CloudTrail does in a bucket.
pub(super) fn files(scenario: &Scenario, folder: &Path) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..cores())
            .map(|_| scope.spawn(|| write_all(&receiver, folder)))
            .collect();
        for file in simulate::simulate(scenario) {
            if sender.send(file).is_err() {
                break;
            }
        }
        drop(sender);
        writers
            .into_iter()
            .try_fold(Written::default(), |sum, writer| {
                let written = writer
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                Ok(sum.plus(written))
            })
    })
}

/// Writes the files that come, until there are no more. After an error the rest is taken all the
/// same and dropped, for the thread that makes them waits until they are taken.
fn write_all(files: &Mutex<mpsc::Receiver<SimulatedFile>>, folder: &Path) -> io::Result<Written> {
    let mut sum = Ok(Written::default());
    let next = || files.lock().ok()?.recv().ok();
    while let Some(file) = next() {
        sum = sum.and_then(|sum: Written| Ok(sum.plus(write_one(&file, folder)?)));
    }
    sum
}

fn write_one(file: &SimulatedFile, folder: &Path) -> io::Result<Written> {
    let path = folder.join(&file.path);
    let zipped = simulate::gzip(&file.body);
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    fs::write(&path, &zipped)?;
    Ok(Written {
        files: 1,
        records: file.records as u64,
        bytes: zipped.len() as u64,
    })
}

/// Writes one `records.json.gz` into `folder`.
pub(super) fn one_file(scenario: &Scenario, folder: &Path) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let file = BufWriter::new(File::create(folder.join("records.json.gz"))?);
    let mut zipped = GzEncoder::new(file, Compression::default());
    let mut records = 0;
    for chunk in simulate::simulate_records(scenario) {
        zipped.write_all(&chunk.text)?;
        records += chunk.records as u64;
    }
    let file = zipped.finish()?.into_inner()?;
    Ok(Written {
        files: 1,
        records,
        bytes: file.metadata()?.len(),
    })
}
