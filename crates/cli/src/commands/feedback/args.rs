//! Arguments of `trailhound feedback`, as typed.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::when::Moment;

/// Arguments of `trailhound feedback`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FeedbackArgs {
    /// What was a false alarm: the id of an alert (th-…), or an `eventID` that belongs to one
    #[arg(value_name = "ALERT|EVENT")]
    pub subject: String,

    /// Say that it was expected: propose an exclusion for it
    #[arg(long, required = true)]
    pub expected: bool,

    /// The last day on which it is expected; then the exclusion stops working, and says so
    #[arg(long, required = true, value_name = "DATE")]
    pub until: Date,

    /// Find the alert in this file, as `scan --format jsonl` has written it
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub alerts: Option<PathBuf>,

    /// Log files, folders of them, or patterns: to find the alert in, and to test the exclusion on; may
    /// be given more than once
    #[arg(
        long,
        required_unless_present = "alerts",
        value_name = "PATH",
        help_heading = "What is read"
    )]
    pub logs: Vec<PathBuf>,

    /// Test on records from this time on: a time, a date, or how long ago, such as 24h or 30d
    #[arg(long, value_name = "TIME", help_heading = "What is read")]
    pub since: Option<Moment>,

    /// Judge by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH", help_heading = "What is read")]
    pub rules: Vec<PathBuf>,

    /// Who answers for the exclusion
    #[arg(
        long,
        value_name = "WHO",
        default_value = "<who answers for this>",
        help_heading = "What is written"
    )]
    pub owner: String,

    /// Why it is expected
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "<why it is expected>",
        help_heading = "What is written"
    )]
    pub reason: String,

    /// Leave this field out, for it will differ next time, such as sourceIPAddress; may be given more
    /// than once
    #[arg(long, value_name = "FIELD", help_heading = "What is written")]
    pub without: Vec<String>,

    /// Propose it even if it would keep back an attack
    #[arg(long, help_heading = "What is written")]
    pub force: bool,

    /// Write the exclusion to this file, for --rules; without, it is only shown
    #[arg(long, short, value_name = "FILE", help_heading = "What is written")]
    pub output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound feedback $ALERT --expected --until 2099-05-31 --logs logs
  $ trailhound feedback $ALERT --expected --until 2099-05-31 --logs logs --without sourceIPAddress
  $ trailhound feedback $ALERT --expected --until 2099-05-31 --logs logs -o my-rules/moves.yml";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Turn a false alarm into an exclusion, as narrow as what happened, and test it

Looks at the events of the alert, and writes a Sigma filter with what they all have in common: the
rule, the principal, account, API, address or network, tool, region, and what was asked for. It ends
on a date.

Then it tests the filter: on --logs it says which alerts would have been kept back, this one and any
other; and on the attacks that `trailhound simulate` knows it says whether one of them would be. If
so it refuses, unless --force is given. It also says what would be missed if the same credentials
were stolen and used for these attacks. The document goes to the first stream, what came of the
tests to the second.

Exit codes: 0 proposed; 2 refused, or a rule could not be used; 3 bad call; 4 some input could not
be read.";
