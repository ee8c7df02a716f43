//! Arguments of `trailhound search`, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::when::Moment;

/// Arguments of `trailhound search`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SearchArgs {
    /// Log files, folders of them, patterns such as 'logs/**/*.json.gz', s3://bucket/prefix, or - for
    /// standard input
    #[arg(required_unless_present = "index", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What must hold, such as 'eventName ~ Delete* and not errorCode exists'; may be given more than
    /// once, then all must hold
    #[arg(
        long = "where",
        short = 'w',
        value_name = "QUERY",
        help_heading = "What to find"
    )]
    pub filter: Vec<String>,

    /// Calls by this principal: its name, ARN or key; `*` and `?` are wildcards. A flag given twice
    /// means either
    #[arg(long, value_name = "WHO", help_heading = "What to find")]
    pub principal: Vec<String>,

    /// Calls that were signed with this access key, or made, changed or handed it out
    #[arg(long, value_name = "ID", help_heading = "What to find")]
    pub key: Vec<String>,

    /// Calls from this address or network
    #[arg(long, value_name = "IP|CIDR", help_heading = "What to find")]
    pub ip: Vec<String>,

    /// Calls that name this resource: an ARN, a name or an id
    #[arg(long, value_name = "NAME", help_heading = "What to find")]
    pub resource: Vec<String>,

    /// Calls of this API, or the event with this id
    #[arg(long, value_name = "NAME|ID", help_heading = "What to find")]
    pub event: Vec<String>,

    /// From this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", help_heading = "What to find")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME", help_heading = "What to find")]
    pub until: Option<Moment>,

    /// Count what is found by the values of this field, with when each was first and last seen; of
    /// several fields, by each combination
    #[arg(
        long,
        value_name = "FIELD",
        help_heading = "Output",
        conflicts_with = "fields"
    )]
    pub count_by: Vec<String>,

    /// List the values of this field, each once
    #[arg(long, value_name = "FIELD", help_heading = "Output", conflicts_with_all = ["fields", "count_by"])]
    pub unique: Option<String>,

    /// Show these fields instead of the usual ones
    #[arg(
        long,
        value_name = "FIELD,…",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub fields: Vec<String>,

    /// Show at most so many, the newest or the most frequent; 0 means all. 1000 in tables, all in the
    /// other formats if not given
    #[arg(long, value_name = "NUMBER", help_heading = "Output")]
    pub limit: Option<usize>,

    /// How to write what is found
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    pub format: Format,

    /// Write to this file, which appears once it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Keep an index in this file: what is new at PATH is added first, then the index answers. Without
    /// PATH it answers as it is
    #[arg(long, value_name = "FILE", help_heading = "Index")]
    pub index: Option<PathBuf>,

    /// Ask the index in SQL instead: the view is called `events`
    #[arg(
        long,
        value_name = "SELECT",
        requires = "index",
        help_heading = "Index",
        conflicts_with_all = [
            "filter", "principal", "key", "ip", "resource", "event", "since", "until",
            "count_by", "unique", "fields",
        ]
    )]
    pub sql: Option<String>,

    /// Read on so many threads; as many as there are cores if not given, and eight for s3://
    #[arg(long, short = 'j', value_name = "NUMBER")]
    pub threads: Option<NonZeroUsize>,

    /// Show no progress bar, even on a terminal
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
}

/// How what was found is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One JSON object per line: the record as it was written, or the fields asked for
    Jsonl,
    /// For spreadsheets, RFC 4180
    Csv,
}

/// How many rows a table has where nothing else is said.
const TABLE: usize = 1000;

impl SearchArgs {
    /// How many rows are shown; `None` means all.
    #[must_use]
    pub fn most(&self) -> Option<usize> {
        match (self.limit, self.format) {
            (Some(0), _) | (None, Format::Jsonl | Format::Csv) => None,
            (Some(limit), _) => Some(limit),
            (None, Format::Table) => Some(TABLE),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound search logs --where 'eventName ~ Delete* and not errorCode exists'
  $ trailhound search logs --principal maria --since 2026-11-01 --format csv
  $ trailhound search logs --ip 203.0.113.0/24 --count-by eventName --count-by errorCode
  $ trailhound search logs --where 'trailhound.outcome = failure' --unique userIdentity.arn
  $ trailhound search logs --where 'acme-org or 203.0.113.77' --format jsonl | trailhound scan -
  $ trailhound search logs --index logs.sqlite --key AKIAIOSFODNN7EXAMPLE
  $ trailhound search --index logs.sqlite --sql 'SELECT max(time) FROM events'";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Find records by fields, keywords, people, keys, addresses, resources

A query knows `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` (wildcards `*` and `?`; without any, the text
anywhere), `in (…)` with values or networks, `exists`, `and`, `or`, `not` and brackets; a word by
itself is looked for in all texts of a record. Fields are those of rules, derived ones included.
Text is compared without regard to case. An event is found once, however often it was delivered.

Exit codes: 0 whether something was found or not; 3 bad call; 4 some input could not be read, or the
index cannot be used; 130 interrupted.";
