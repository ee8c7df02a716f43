//! Arguments of `trailhound report`, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use sigma::Level;

use crate::commands::scan::level;
use crate::when::Moment;

/// Arguments of `trailhound report`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReportArgs {
    /// Log files, folders of them, patterns such as 'logs/**/*.json.gz', s3://bucket/prefix, or - for
    /// standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Write the report to this file, which appears once it is whole; - is standard output
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    pub output: PathBuf,

    /// What to call it; the paths if not given
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Leave out findings below this level
    #[arg(long, value_name = "LEVEL", default_value = "low", value_parser = level())]
    pub level: Level,

    /// List at most so many findings, the worst first; the others are counted; 0 lists all
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    pub limit: usize,

    /// Judge by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,

    /// Switch on a ready exclusion of what is normal in many accounts; may be given more than once
    #[arg(long, value_name = "NAME", value_parser = crate::commands::scan::exclusion())]
    pub exclude: Vec<String>,

    /// From this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,

    /// Take CloudTrail's public keys from this file, as `aws cloudtrail list-public-keys` prints them, to
    /// prove days whole by digest files among the paths; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub keys: Vec<PathBuf>,

    /// Ask CloudTrail for the keys that are in no file; done without asking for s3://
    #[arg(long)]
    pub fetch_keys: bool,

    /// The time of making that it states, for reports that are to be the same byte for byte
    #[arg(long, value_name = "TIME", hide = true)]
    pub made: Option<Timestamp>,

    /// Read on so many threads; as many as there are cores if not given, and eight for s3://
    #[arg(long, short = 'j', value_name = "NUMBER")]
    pub threads: Option<NonZeroUsize>,

    /// Show no progress bar, even on a terminal
    #[arg(long)]
    pub no_progress: bool,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound report logs
  $ trailhound report logs --since 2026-11-01 --until 2026-11-30 --output november.html
  $ trailhound report trail --keys keys.json --output trail.html
  $ trailhound report logs --title 'Shop, production' --level medium --language zh-CN
  $ cat logs/*.json | trailhound report - --output - > report.html";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Write what happened as one HTML file: findings, matrix, maps, people, compliance

The file needs nothing else and asks nobody for anything: it can be kept, sent and opened without a
network. It has the findings by level and day with a page for each, the ATT&CK matrix, when which API
was called, where calls came from, who called, who assumed which role, and what auditors ask; in
English and Chinese, light and dark, on paper too. Secrets in records are masked.

Where a folder or a bucket that is named has digest files, their chain is checked as by `trailhound
verify`, and the report says which days are proven whole. Log files are read once for both.

Exit codes: 0 written; 2 a rule could not be used; 3 bad call; 4 some input could not be read; 130
interrupted. What could be read is reported all the same.";
