//! `trailhound man`: the manual pages, from the definitions of `--help`.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use crate::args::Cli;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ManArgs {
    /// Write the pages of all commands into this folder; without it the first page is printed
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound man > trailhound.1
  $ trailhound man --output man1";

/// Prints or writes the pages.
///
/// # Errors
/// If they cannot be written.
pub fn run(args: &ManArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let mut command = Cli::command();
    match &args.output {
        None => {
            Output::open(None, terminal)?.write(|out| Man::new(command).render(out))?;
        }
        Some(folder) => {
            command.build();
            pages(&command, folder).map_err(|error| {
                Complaint::bad_call(folder.display(), error).help("name a folder to write to")
            })?;
        }
    }
    Ok(Exit::Quiet)
}

/// A page for `command` and one for each command below it, such as `trailhound-rules-list.1`.
fn pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    Man::new(command.clone()).generate_to(folder)?;
    command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
        .try_for_each(|sub| pages(sub, folder))
}
