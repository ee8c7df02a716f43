//! `trailhound baseline`: what is usual for whom, to be looked at, compared, taught and forgotten.

mod diff;
mod export;
mod reset;
mod seed;
mod show;

use std::path::Path;

use baseline::view::{View, views};
use baseline::{BuiltIn, Engine, Run, Settings};
use clap::{Args, Subcommand, ValueEnum};

pub(in crate::commands) use self::seed::{learn, unheard};
use crate::baseline_file::BaselineFile;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// What can be done with a baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Show who is known and since when, or all that is known of one
    Show(show::ShowArgs),
    /// Write all that is known, one JSON object a principal and line
    Export(export::ExportArgs),
    /// Say what is new in one baseline compared with another
    Diff(diff::DiffArgs),
    /// Forget one principal, or everybody
    Reset(reset::ResetArgs),
    /// Learn from log files, and tell nothing
    Seed(seed::SeedArgs),
}

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
    /// For spreadsheets, RFC 4180
    Csv,
}

/// Does what `args` ask for.
///
/// # Errors
/// A [`Complaint`] if the baseline cannot be used.
pub fn run(args: &BaselineArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    match &args.command {
        BaselineCommand::Show(args) => show::run(args, terminal),
        BaselineCommand::Export(args) => export::run(args, terminal),
        BaselineCommand::Diff(args) => diff::run(args, terminal),
        BaselineCommand::Reset(args) => reset::run(args, terminal),
        BaselineCommand::Seed(args) => seed::run(args, terminal),
    }
}

/// All that the baseline at `path` knows, its open days included.
fn known(path: &Path) -> Result<Engine, Complaint> {
    let memory = BaselineFile::existing(path)?.memory(Settings::default())?;
    Ok(memory.judge(Run::default(), &BuiltIn).1)
}

/// Everybody, or those whose key or name contains `who`.
fn chosen(engine: &Engine, who: Option<&str>) -> Result<Vec<View>, Complaint> {
    let mut all = views(engine);
    if let Some(who) = who {
        all.retain(|view| view.key.contains(who) || view.name.contains(who));
        if all.is_empty() {
            return Err(Complaint::bad_call(
                who,
                "the baseline knows nobody whose key or name contains this",
            )
            .help("`trailhound baseline show FILE` lists who it knows"));
        }
    }
    Ok(all)
}
