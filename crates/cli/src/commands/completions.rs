//! `trailhound completions`: the completion script for a shell, from the definitions of `--help`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Cli;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell to complete for
    pub shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound completions bash > trailhound.bash
  $ trailhound completions zsh > _trailhound";

/// Prints the script.
///
/// # Errors
/// If it cannot be written.
pub fn run(args: &CompletionsArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    // Into memory first: the generator takes a closed pipe for a reason to panic.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "trailhound", &mut script);
    Output::open(None, terminal)?.write(|out| out.write_all(&script))?;
    Ok(Exit::Quiet)
}
