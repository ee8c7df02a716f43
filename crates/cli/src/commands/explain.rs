//! `trailhound explain`: one record in plain words, and why a rule matches it or not.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `trailhound explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// A log file, a folder of them, a pattern, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The `eventID` of the record; needed where there are several records
    #[arg(long, short, value_name = "ID")]
    pub event: Option<String>,

    /// Say why this rule matches the record or not: the id of a rule, or a file of rules
    #[arg(long, short, value_name = "ID|FILE")]
    pub rule: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound explain record.json
  $ trailhound explain logs --event 3038ebd2-c98a-4c65-9b6e-e22506292313
  $ trailhound explain record.json --rule my-rules/bucket-made-public.yml
  $ cat record.json | trailhound explain - --language zh-CN";
