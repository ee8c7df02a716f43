//! `trailhound rules`: what rules there are, whether they are sound, what they mean.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Look for mistakes in rules
    Check(CheckArgs),
    /// Run the tests that rules carry
    Test(TestArgs),
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

/// Arguments of `trailhound rules list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  $ trailhound rules list
  $ trailhound rules list my-rules --format json")]
pub struct ListArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,

    /// How to write the list
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `trailhound rules check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  $ trailhound rules check my-rules
  $ trailhound rules check my-rules --format json")]
pub struct CheckArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,

    /// How to write what was found
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `trailhound rules test`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  $ trailhound rules test
  $ trailhound rules test my-rules")]
pub struct TestArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,
}

/// Arguments of `trailhound rules explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  $ trailhound rules explain f6bcb4dd-46d5-4f67-ad55-20a62932db4a
  $ trailhound rules explain my-rules/bucket-made-public.yml")]
pub struct ExplainRuleArgs {
    /// The id or the title of a rule, or a file of rules
    #[arg(value_name = "ID|FILE")]
    pub rule: String,

    /// Look in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
}

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}
