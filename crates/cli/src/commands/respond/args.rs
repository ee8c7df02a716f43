//! What can be said to the responder.

use clap::{Args, Subcommand, ValueEnum};
use response::plan::PlanId;

/// Arguments of `trailhound respond`.
#[derive(Debug, Args)]
pub struct RespondArgs {
    /// The responder's function, by its name
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "trailhound-respond",
        value_parser = function,
        help_heading = "Who is asked"
    )]
    pub function: String,

    /// What to say.
    #[command(subcommand)]
    pub command: RespondCommand,
}

/// What can be said.
#[derive(Debug, Subcommand)]
pub enum RespondCommand {
    /// Show the newest plans and where they stand
    List(ListArgs),
    /// Show a plan: its calls, what takes them back, what it refuses, what became of it
    Show(ShowArgs),
    /// Have a plan carried out; of one that was left half done, the rest
    Approve(ApproveArgs),
    /// Say no to a plan
    Reject(RejectArgs),
    /// Take back what a plan did, from the last step to the first
    Undo(UndoArgs),
    /// Have nothing carried out any more, not even the next step of a plan under way
    Stop(StopArgs),
    /// Have plans carried out again
    Start(StartArgs),
}

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Arguments of `trailhound respond list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond list
  $ trailhound respond list --function prod-respond --format json")]
pub struct ListArgs {
    /// How to write the plans
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `trailhound respond show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond show tr-0123456789abcdef01234567
  $ trailhound respond show tr-0123456789abcdef01234567 --language zh-CN")]
pub struct ShowArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PlanId,

    /// How to write the plan
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `trailhound respond approve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond approve tr-0123456789abcdef01234567")]
pub struct ApproveArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PlanId,
}

/// Arguments of `trailhound respond reject`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond reject tr-0123456789abcdef01234567")]
pub struct RejectArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PlanId,
}

/// Arguments of `trailhound respond undo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond undo tr-0123456789abcdef01234567")]
pub struct UndoArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PlanId,
}

/// Arguments of `trailhound respond stop`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond stop
  $ trailhound respond stop --reason 'it shut out the release'")]
pub struct StopArgs {
    /// Why, for the others
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// Arguments of `trailhound respond start`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  $ trailhound respond start")]
pub struct StartArgs {}

/// What `--help` says before the flags.
pub const LONG: &str = "\
Approve what the fleet's responder plans, and take it back

The responder of a deployed fleet makes plans that contain attacks: exact calls, each with the
call that takes it back. Here a person looks at them, and says what becomes of them. Each is an
invocation of the responder's function by your own credentials, from the environment, which need
lambda:InvokeFunction on it; who has spoken is proven to the responder by a signed question to
STS, and kept with the plan.

Exit codes: 0 it was done; 3 bad call, or the responder says no; 4 it could not be asked.";

fn function(text: &str) -> Result<String, String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    Err("write the name of a Lambda function".to_owned())
}
