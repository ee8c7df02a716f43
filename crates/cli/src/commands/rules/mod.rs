//! `trailhound rules`: what rules there are, whether they are sound, what they mean.

mod check;
mod coverage;
mod explain;
mod list;
mod mutants;
mod stories;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use detect::language::Language;
use sigma::RuleSet;

use self::check::CheckArgs;
use self::coverage::CoverageArgs;
use self::explain::ExplainRuleArgs;
use self::list::ListArgs;
use self::test::TestArgs;
use crate::complaint::Complaint;
use crate::diagnosis;
use crate::exit::Exit;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules`.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct RulesArgs {
    /// What to do with the rules.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// The commands about rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rules
    List(ListArgs),
    /// Look for mistakes in rules, and for what is probably not meant
    Check(CheckArgs),
    /// Run the tests that rules carry
    Test(TestArgs),
    /// Show which ATT&CK techniques and which compliance controls the rules are about
    Coverage(CoverageArgs),
    /// Say in plain words what a rule looks for, why, and what to do
    Explain(ExplainRuleArgs),
}

/// Which rules a command is about.
#[derive(Debug, Args)]
pub struct Which {
    /// Folders or files of rules; the built-in rules if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Does what `args` ask for.
///
/// # Errors
/// A [`Complaint`] if nothing could be done.
pub fn run(args: &RulesArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    match &args.command {
        RulesCommand::List(args) => list::run(args, language, terminal),
        RulesCommand::Check(args) => check::run(args, terminal),
        RulesCommand::Test(args) => test::run(args, language, terminal),
        RulesCommand::Coverage(args) => coverage::run(args, terminal),
        RulesCommand::Explain(args) => explain::run(args, language, terminal),
    }
}

/// Loads the rules of `book`, and tells of those that cannot be.
fn load(book: &Rulebook, terminal: Terminal) -> (RuleSet, Exit) {
    terminal.complain_all(&book.complaints);
    let loaded = book.load();
    let errors = diagnosis::tell_problems(&loaded.problems, terminal);
    let bad = errors > 0 || !book.complaints.is_empty();
    (loaded.rules, if bad { Exit::BadRule } else { Exit::Quiet })
}
