//! `trailhound baseline export`

use std::path::PathBuf;

use baseline::view::views;
use clap::Args;

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// The baseline
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Write to this file, which appears once it is whole
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound baseline export usual.redb
  $ trailhound baseline export usual.redb --output usual.jsonl";

pub(super) fn run(args: &ExportArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let engine = super::known(&args.file)?;
    let views = views(&engine);
    Output::open(args.output.as_deref(), terminal)?.write(|out| {
        for view in &views {
            serde_json::to_writer(&mut *out, view)?;
            writeln!(out)?;
        }
        Ok(())
    })?;
    if !terminal.is_quiet() {
        terminal.say(things(views.len() as u64, "principal"));
    }
    Ok(Exit::Quiet)
}
