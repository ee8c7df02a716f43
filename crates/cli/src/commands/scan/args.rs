//! Arguments of `trailhound scan`, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use sigma::Level;

use crate::when::Moment;

/// Arguments of `trailhound scan`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ScanArgs {
    /// Log files, folders of them, patterns such as 'logs/**/*.json.gz', s3://bucket/prefix, or - for
    /// standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Judge by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,

    /// Leave the built-in rules out
    #[arg(long, requires = "rules", help_heading = "Rules")]
    pub no_builtin: bool,

    /// Judge each record by itself only: leave out correlations, and the rules that
    /// only count towards them
    #[arg(long, help_heading = "Rules")]
    pub no_correlation: bool,

    /// Switch on a ready exclusion of what is normal in many accounts; may be given more than once
    #[arg(long, value_name = "NAME", value_parser = exclusion(), help_heading = "Rules")]
    pub exclude: Vec<String>,

    /// Judge behaviour too: what is unusual for each principal. All is learned from these files, and
    /// nothing is told of their first days
    #[arg(long, help_heading = "Behaviour")]
    pub behaviour: bool,

    /// Judge behaviour too, and remember in this file what is usual
    #[arg(long, value_name = "FILE", help_heading = "Behaviour")]
    pub baseline: Option<PathBuf>,

    /// How many alerts about behaviour an account may have in a week; what is told is cut so as to
    /// hold that on average, and of one day three at most are above low
    #[arg(long, value_name = "NUMBER", default_value_t = 7.0, value_parser = budget(), help_heading = "Behaviour")]
    pub budget: f64,

    /// Place addresses by this database in MaxMind's format; may be given more than once, the first
    /// that knows an address tells
    #[arg(long, value_name = "FILE", help_heading = "Behaviour")]
    pub geo: Vec<PathBuf>,

    /// Days off and make-up working days, by this file, or `china`, which is built in; may be given more
    /// than once
    #[arg(long, value_name = "FILE", help_heading = "Behaviour")]
    pub calendar: Vec<PathBuf>,

    /// How to write the alerts
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    pub format: Format,

    /// Write the alerts to this file, which appears once it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Leave out alerts below this level
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "low",
        value_parser = level(),
        help_heading = "Output"
    )]
    pub level: Level,

    /// End with exit code 1 if there is an alert at or above this level
    #[arg(long, value_name = "LEVEL", value_parser = level(), help_heading = "Output")]
    pub fail_on: Option<Level>,

    /// Remember in this file what was told, and tell only what is new
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub state: Option<PathBuf>,

    /// Judge records from this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", help_heading = "What is read")]
    pub since: Option<Moment>,

    /// Judge records before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME", help_heading = "What is read")]
    pub until: Option<Moment>,

    /// Read on so many threads; as many as there are cores if not given, and eight for s3://
    #[arg(
        long,
        short = 'j',
        value_name = "NUMBER",
        help_heading = "What is read"
    )]
    pub threads: Option<NonZeroUsize>,

    /// Show no progress bar, even on a terminal
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
}

/// How alerts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, the worst first
    Table,
    /// One JSON object per line, schema trailhound.alert/1
    Jsonl,
    /// For spreadsheets, RFC 4180
    Csv,
    /// One OCSF Detection Finding (class 2004) per line
    Ocsf,
}

/// Takes a number of alerts.
pub(in crate::commands) fn budget() -> impl TypedValueParser<Value = f64> {
    clap::builder::StringValueParser::new().try_map(|text| match text.parse::<f64>() {
        Ok(number) if (0.0..=10_000.0).contains(&number) => Ok(number),
        _ => Err("a number from 0 to 10,000"),
    })
}

/// Takes an exclusion by its name.
pub(in crate::commands) fn exclusion() -> PossibleValuesParser {
    let known = rules::EXCLUSIONS.iter();
    PossibleValuesParser::new(known.map(|one| PossibleValue::new(one.name).help(one.title)))
}

/// Takes a level by its Sigma name.
pub(crate) fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new([
        PossibleValue::new("informational").help("Worth knowing in hindsight"),
        PossibleValue::new("low").help("Worth a look some day"),
        PossibleValue::new("medium").help("Worth a look today"),
        PossibleValue::new("high").help("Worth a look now"),
        PossibleValue::new("critical").help("Worth waking someone"),
    ])
    .try_map(|word| word.parse())
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound scan ~/logs
  $ trailhound scan ~/logs --level high --fail-on critical
  $ trailhound scan 'logs/**/*.json.gz' --since 7d --format jsonl --output alerts.jsonl
  $ zcat logs/*.json.gz | trailhound scan - --format csv
  $ trailhound scan ~/logs --rules my-rules --no-builtin
  $ trailhound scan ~/logs --state seen.redb
  $ trailhound scan ~/logs --behaviour --budget 2
  $ trailhound scan ~/logs --baseline usual.redb --state seen.redb";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Judge log files by the rules and print the alerts

Folders are searched to the bottom. CloudTrail's digest files and what other services deliver to
the same bucket are passed over and counted. Log files may be gzip or plain, and hold
{\"Records\":[…]}, a JSON array, JSON lines, the answer of LookupEvents, or EventBridge events.
Files are taken in any order; the answer does not depend on it, nor on the number of threads.

Exit codes: 0 nothing to report, or alerts below --fail-on; 1 alerts at or above --fail-on; 2 a rule
could not be used; 3 bad call; 4 some input could not be read; 130 interrupted. What could be read
is judged all the same; where several apply, the order is 2, 4, 1.";
