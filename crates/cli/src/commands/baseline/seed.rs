//! `trailhound baseline seed`

use std::path::{Path, PathBuf};

use baseline::Journal;
use clap::Args;
use detect::Detector;
use sigma::RuleSet;

use crate::baseline_file::{Habits, Lesson};
use crate::commands::scan::{Reading, observe_all};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline seed`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SeedArgs {
    /// The baseline, made if there is none
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Log files, folders of them, patterns, or - for standard input; answers of LookupEvents too
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Place addresses by this database in MaxMind's format; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub geo: Vec<PathBuf>,

    /// Days off and make-up working days, by this file, or `china`, which is built in; may be given more
    /// than once
    #[arg(long, value_name = "FILE")]
    pub calendar: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound baseline seed usual.redb ~/logs
  $ trailhound baseline seed usual.redb 'logs/**/*.json.gz'";

pub(super) fn run(args: &SeedArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let mut habits = unheard(&args.file, &args.geo, &args.calendar)?;
    let (detector, _) = Detector::new(RuleSet::default());
    let (journal, exit) = observe_all(Reading::of_all(&detector), &args.paths, terminal);
    learn(&mut habits, &journal, terminal)?;
    Ok(exit)
}

/// The baseline at `file`, or a new one, to learn and to tell nothing.
///
/// # Errors
/// A [`Complaint`] if it, a database or a calendar cannot be used.
pub(in crate::commands) fn unheard(
    file: &Path,
    geo: &[PathBuf],
    calendar: &[PathBuf],
) -> Result<Habits, Complaint> {
    // What it tells would be old news, so the budget does not matter.
    Habits::open(Some(file), 7.0, geo, calendar)
}

/// Learns what was observed, keeps it, and says how much that was.
///
/// # Errors
/// A [`Complaint`] if it cannot be written.
pub(in crate::commands) fn learn(
    habits: &mut Habits,
    journal: &Journal,
    terminal: Terminal,
) -> Result<(), Complaint> {
    let learned = habits.learn(journal);
    habits.save()?;
    if let Some(run) = learned.filter(|_| !terminal.is_quiet()) {
        terminal.say(Lesson::of(&run).to_string().trim_end());
    }
    Ok(())
}
