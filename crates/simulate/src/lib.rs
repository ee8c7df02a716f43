//! Writes realistic CloudTrail logs of a small company, deterministically.
//!
//! A web shop with three accounts lives its month: people with office hours, holidays and a bad
//! memory for passwords, pipelines, machines, AWS's own calls, and, woven in, a dozen attacks. The
//! same [`Scenario`] gives the same bytes on every machine: nothing here reads a clock, a file or the
//! environment; the caller writes the files.
//!
//! ```
//! use simulate::{Scenario, simulate};
//!
//! let scenario = Scenario { days: 1, records: Some(500), ..Scenario::default() };
//! let files: Vec<_> = simulate(&scenario).collect();
//! assert_eq!(files.iter().map(|file| file.records).sum::<usize>(), 500);
//! assert!(files[0].path.starts_with("AWSLogs/"));
//! ```
//!
//! How a record comes about: [`Simulation`] walks through time in slots of five minutes; in each,
//! people and schedules do what their calendar says, stories what their script says, and machines
//! fill what the volume leaves. Every deed is a call by a caller at a time; `record` writes it from
//! templates, and `delivery` collects it into files as CloudTrail does.

mod benign;
mod budget;
mod calendar;
mod calls;
mod cast;
mod clock;
mod delivery;
mod everyday;
mod examples;
pub mod months;
mod record;
mod rng;
mod scenario;
mod simulation;
mod stories;

pub use benign::{BENIGN, Benign};
pub use cast::{ACCOUNT_IDS, NETWORKS, Network, REGIONS};
pub use examples::{Example, examples};
pub use scenario::Scenario;
pub use simulation::Simulation;
pub use stories::{Attribution, Story, attributions, stories};

/// How a log file begins.
const OPENING: &[u8] = br#"{"Records":["#;
/// How a log file ends.
const CLOSING: &[u8] = b"]}";

/// A file as CloudTrail would lay it into the trail's bucket, before compression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedFile {
    /// Key in the bucket, or path below a folder: `AWSLogs/<account>/CloudTrail/<region>/…json.gz`.
    pub path: String,
    /// JSON text, to be compressed with [`gzip`] before it is stored under `path`.
    pub body: Vec<u8>,
    /// How many records are inside; 0 for digest files.
    pub records: usize,
}

/// The files of a scenario, in the order of their delivery.
pub fn simulate(scenario: &Scenario) -> Simulation {
    Simulation::new(scenario)
}

/// A piece of one long log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// JSON text; only all chunks together, in order, are whole.
    pub text: Vec<u8>,
    /// How many records are inside.
    pub records: usize,
}

/// All records of a scenario as a single log file, in pieces to be written one after the other.
///
/// The records are those of [`simulate`]; digest files are left out.
pub fn simulate_records(scenario: &Scenario) -> impl Iterator<Item = Chunk> + use<> {
    let mut between: &[u8] = b"";
    let files = simulate(scenario).filter(|file| file.records > 0);
    let pieces = files.map(move |file| {
        let inside = &file.body[OPENING.len()..file.body.len() - CLOSING.len()];
        let text = [between, inside].concat();
        between = b",";
        Chunk {
            text,
            records: file.records,
        }
    });
    let frame = |text: &[u8]| {
        std::iter::once(Chunk {
            text: text.to_vec(),
            records: 0,
        })
    };
    frame(OPENING).chain(pieces).chain(frame(CLOSING))
}

/// Compresses the body of a file as CloudTrail does; the same bytes for the same body.
pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
    let mut out = vec![0; compressor.gzip_compress_bound(body.len())];
    // The bound is what the library itself asks for, so the buffer cannot be too small.
    let length = compressor.gzip_compress(body, &mut out).unwrap_or(0);
    out.truncate(length);
    out
}
