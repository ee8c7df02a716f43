//! The trailhound command line: arguments to a plan, the plan to a run, the run to an exit code.
//!
//! Composition only. What is suspicious is decided in `detect`, what a rule means in `sigma`; here
//! files are found and opened, threads shared out, answers printed. Findings go to the first stream
//! and nothing else does; all that is said about the run goes to the second.

pub mod args;
pub mod asking;
pub mod baseline_file;
pub mod commands;
pub mod complaint;
pub mod cores;
pub mod diagnosis;
pub mod exit;
pub mod grid;
pub mod inputs;
pub mod interrupt;
pub mod numbers;
pub mod output;
pub mod ready;
pub mod rulebook;
pub mod state_file;
pub mod terminal;
pub mod when;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Does what `args`, the program's name first, ask for.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Cli::try_parse_from(args) {
        Ok(cli) => obey(&cli).into(),
        Err(error) => refuse(&error).into(),
    }
}

fn obey(cli: &Cli) -> Exit {
    let terminal = Terminal::new(&cli.global);
    dispatch(cli, terminal).unwrap_or_else(|complaint| {
        terminal.complain(&complaint);
        complaint.exit()
    })
}

fn dispatch(cli: &Cli, terminal: Terminal) -> Result<Exit, Complaint> {
    let language = cli.global.language;
    match &cli.command {
        Command::Completions(args) => commands::completions::run(args, terminal),
        Command::Man(args) => commands::man::run(args, terminal),
        Command::Simulate(args) => commands::simulate::run(args, terminal),
        Command::Baseline(args) => commands::baseline::run(args, terminal),
        Command::Scan(args) => commands::scan::run(args, language, terminal),
        Command::Search(args) => commands::search::run(args, language, terminal),
        Command::Report(args) => commands::report::run(args, language, terminal),
        Command::Timeline(args) => commands::story::run_timeline(args, language, terminal),
        Command::Summary(args) => commands::story::run_summary(args, language, terminal),
        Command::Case(args) => commands::story::run_case(args, language, terminal),
        Command::Feedback(args) => commands::feedback::run(args, language, terminal),
        Command::Replay(args) => commands::forecast::run_replay(args, language, terminal),
        Command::Cost(args) => commands::forecast::run_cost(args, terminal),
        Command::Explain(args) => commands::explain::run(args, language, terminal),
        Command::Verify(args) => commands::verify::run(args, terminal),
        Command::History(args) => commands::history::run(args, language, terminal),
        Command::Doctor(args) => commands::doctor::run(args, terminal),
        Command::Respond(args) => commands::respond::run(args, language, terminal),
        Command::Rules(args) => commands::rules::run(args, language, terminal),
    }
}

/// `--help` and `--version` come here too, and are no mistake.
fn refuse(error: &clap::Error) -> Exit {
    let exit = if error.use_stderr() {
        Exit::BadCall
    } else {
        Exit::Quiet
    };
    // A closed stream is no reason to fail.
    let _ = error.print();
    exit
}
