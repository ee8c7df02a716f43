//! `trailhound baseline reset`

use std::path::PathBuf;

use baseline::Settings;
use baseline::evidence::Who;
use baseline::memory::Items;
use clap::Args;

use crate::baseline_file::BaselineFile;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline reset`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ResetArgs {
    /// The baseline
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Forget those whose key or name contains this, who are then new here
    #[arg(
        value_name = "WHO",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub who: Option<String>,

    /// Forget everybody, and what they share
    #[arg(long)]
    pub all: bool,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound baseline reset usual.redb alice
  $ trailhound baseline reset usual.redb --all";

pub(super) fn run(args: &ResetArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    if args.who.as_ref().is_some_and(String::is_empty) {
        let message = "an empty name is part of every name";
        return Err(Complaint::bad_call("WHO", message).help("to forget everybody say --all"));
    }
    let file = BaselineFile::existing(&args.file)?;
    let mut memory = file.memory(Settings::default())?;
    let unwanted = |one: &Who| match &args.who {
        Some(who) => one.key.contains(&**who) || one.name.contains(&**who),
        None => true,
    };
    let forgotten = memory.forget(unwanted);
    match &args.who {
        Some(who) if forgotten == 0 => {
            return Err(Complaint::bad_call(
                who,
                "the baseline knows nobody whose key or name contains this",
            )
            .help("`trailhound baseline show FILE` lists who it knows"));
        }
        Some(_) => file.save(&memory.items())?,
        None => file.save(&Items::new())?,
    }
    if !terminal.is_quiet() {
        terminal.say(format_args!(
            "{} forgotten",
            things(forgotten as u64, "principal")
        ));
    }
    Ok(Exit::Quiet)
}
