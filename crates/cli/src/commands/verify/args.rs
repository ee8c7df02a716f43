//! Arguments of `trailhound verify`, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::when::Moment;

/// Arguments of `trailhound verify`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct VerifyArgs {
    /// Folders with a copy of a trail's bucket, or s3://bucket/prefix
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Take CloudTrail's public keys from this file, as `aws cloudtrail list-public-keys` prints
    /// them; may be given more than once
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    pub keys: Vec<PathBuf>,

    /// Ask CloudTrail for the keys that are in no file; done without asking for s3://
    #[arg(long, help_heading = "Keys")]
    pub fetch_keys: bool,

    /// Save the keys that were used to this file, for --keys
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    pub save_keys: Option<PathBuf>,

    /// How to write the answer
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    pub format: Format,

    /// Write the answer to this file, which appears once it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Remember in this file how far all is proven, and go on from there
    #[arg(long, value_name = "FILE", help_heading = "What is read")]
    pub state: Option<PathBuf>,

    /// Verify from this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", help_heading = "What is read")]
    pub since: Option<Moment>,

    /// Verify up to this time, which the chains must reach; a date means to its end
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
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One JSON object, schema trailhound.verify/1
    Json,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound verify trail --keys keys.json
  $ trailhound verify trail --keys keys.json --since 2026-08-17 --until 2026-08-17T20:00:00Z
  $ trailhound verify trail --keys keys.json --state proven.json --format json";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Prove that log files are whole and as CloudTrail delivered them

Checks the digest files that CloudTrail writes once an hour when log file validation is on: the
signature of each, its link to the one before, and the SHA-256 of every log file that it lists. Says
which hours are proven, missing or altered. Nothing is written to the bucket.

A copied folder proves as much as the bucket, but for the newest digest of each chain: its signature
is in the metadata of its object, which a copy does not have. Save it beside the digest, under the
digest's name with .signature at the end, or let the next digest vouch for it.

Exit codes: 0 all is proven that was asked for, or only newer than the newest signature; 1 something
is missing, altered, or covered by no digest; 2 a file of keys or the state file cannot be used;
3 bad call; 4 something could not be read, or a key or a signature is not here; 130 interrupted.";
