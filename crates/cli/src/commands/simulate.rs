//! `trailhound simulate`: logs of a made-up company, the same for the same seed.

use std::path::PathBuf;

use clap::Args;

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Arguments of `trailhound simulate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SimulateArgs {
    /// Write the log files into this folder, laid out like a trail's bucket
    #[arg(long, short, value_name = "FOLDER", default_value = "demo")]
    pub output: PathBuf,

    /// The same seed gives the same logs, byte for byte
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,

    /// How many days to write
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound simulate --output demo --days 1";

/// Writes the logs.
///
/// # Errors
/// If a file cannot be written.
pub fn run(_args: &SimulateArgs, _terminal: Terminal) -> Result<Exit, Complaint> {
    Ok(Exit::Quiet)
}
