//! The command line as typed: one definition for parsing, `--help`, completions and man pages.

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use detect::language::Language;

use crate::commands::{
    baseline, completions, doctor, explain, feedback, forecast, history, man, report, respond,
    rules, scan, search, simulate, story, verify,
};

/// Finds attacks in AWS CloudTrail logs and says what to do
///
/// Trailhound judges CloudTrail records by Sigma rules. It needs no AWS account and no network, unless a
/// command is told to ask AWS: it reads log files from disk or from standard input.
#[derive(Debug, Parser)]
#[command(
    name = "trailhound",
    version,
    styles = STYLES,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = EXAMPLES,
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The flags that every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// When to colour the output; `auto` heeds `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    pub color: Color,

    /// The language of sentences about events and threats
    #[arg(
        long,
        global = true,
        value_name = "LANGUAGE",
        default_value = "en",
        ignore_case = true,
        value_parser = language(),
        help_heading = "Global options"
    )]
    pub language: Language,

    /// Say only what is wrong: no progress, no closing summary
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

/// When to colour the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal only
    Auto,
    /// Even into a file or a pipe
    Always,
    /// Not at all
    Never,
}

/// The commands, in the order of a first visit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge log files by the rules and print the alerts
    #[command(long_about = scan::LONG)]
    Scan(scan::ScanArgs),
    /// Find records by fields, keywords, people, keys, addresses, resources
    #[command(long_about = search::LONG)]
    Search(search::SearchArgs),
    /// Tell everything around an event, a principal, a key or an address, in order
    Timeline(story::TimelineArgs),
    /// Sum up who did how much of what, from where
    Summary(story::SummaryArgs),
    /// Tell one incident: sessions, findings, what was changed, what is left, what to undo
    Case(story::CaseArgs),
    /// Write what happened as one HTML file: findings, matrix, maps, people, compliance
    #[command(long_about = report::LONG)]
    Report(report::ReportArgs),
    /// Look at, compare and forget what is usual for whom
    Baseline(baseline::BaselineArgs),
    /// Say in plain words what a record is about, and why a rule matches it or not
    Explain(explain::ExplainArgs),
    /// List, check, test and explain rules
    Rules(rules::RulesArgs),
    /// Prove that log files are whole and as CloudTrail delivered them
    #[command(long_about = verify::LONG)]
    Verify(verify::VerifyArgs),
    /// Ask CloudTrail for the events of the last ninety days, trail or no trail
    #[command(long_about = history::LONG)]
    History(history::HistoryArgs),
    /// Say what is wrong with how an account records and watches itself, and how to mend it
    #[command(long_about = doctor::LONG)]
    Doctor(doctor::DoctorArgs),
    /// Approve what the fleet's responder plans, and take it back
    #[command(long_about = respond::LONG)]
    Respond(respond::RespondArgs),
    /// Turn a false alarm into an exclusion, as narrow as what happened, and test it
    #[command(long_about = feedback::LONG)]
    Feedback(feedback::FeedbackArgs),
    /// Forecast what a rule would tell, before it is switched on
    Replay(forecast::ReplayArgs),
    /// Forecast the fleet's bill of a month from your own logs
    Cost(forecast::CostArgs),
    /// Write realistic logs of a made-up company, attacks included
    Simulate(simulate::SimulateArgs),
    /// Print the completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Write the manual pages
    Man(man::ManArgs),
}

/// Takes a language by its tag, in any case.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new([
        PossibleValue::new("en").help("English"),
        PossibleValue::new("zh-CN").help("Simplified Chinese"),
    ])
    .try_map(|tag| tag.parse())
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  $ trailhound simulate --output demo --days 1
  $ trailhound scan demo
  $ trailhound rules list

Exit codes: 0 nothing to report, 1 alerts at or above --fail-on or failed rule tests, 2 bad rule,
3 bad call, 4 input that could not be read.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }
}
