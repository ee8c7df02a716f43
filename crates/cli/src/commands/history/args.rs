//! Arguments of `trailhound history`, as typed.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use account::history::Attribute;
use clap::{Args, ValueEnum};

use crate::when::Moment;

/// Arguments of `trailhound history`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct HistoryArgs {
    /// Only events with this attribute: event-id, event-name, service, user, access-key, resource,
    /// resource-type or read-only; CloudTrail takes one
    #[arg(long, value_name = "NAME=VALUE", help_heading = "What is asked")]
    pub by: Option<By>,

    /// So many events of each region, the newest first; 50 if neither this nor --since is given
    #[arg(long, short = 'n', value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), help_heading = "What is asked")]
    pub last: Option<u64>,

    /// Events from this time on: a time, a date, or how long ago, such as 24h or 7d; at most 90 days
    #[arg(long, value_name = "TIME", help_heading = "What is asked")]
    pub since: Option<Moment>,

    /// Events before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME", help_heading = "What is asked")]
    pub until: Option<Moment>,

    /// Ask this region; may be given more than once. Without, that of the environment, and the one
    /// that has the events of global services
    #[arg(long, value_name = "REGION", value_parser = region, help_heading = "What is asked")]
    pub region: Vec<String>,

    /// Ask all regions that an account has from the start
    #[arg(long, conflicts_with = "region", help_heading = "What is asked")]
    pub all_regions: bool,

    /// How to write the events
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    pub format: Format,

    /// Save the events as log files in this folder too, for scan; the next run goes on from there
    #[arg(long, value_name = "FOLDER", help_heading = "Output")]
    pub save: Option<PathBuf>,

    /// Learn from the events in this baseline, as `baseline seed` does from log files; made if there
    /// is none. It learns whole days of everybody, so it takes --since, and no --last, --by or --save
    #[arg(
        long,
        value_name = "FILE",
        requires = "since",
        conflicts_with_all = ["last", "by", "save"],
        help_heading = "Behaviour"
    )]
    pub baseline: Option<PathBuf>,

    /// Place addresses by this database in MaxMind's format; may be given more than once
    #[arg(
        long,
        value_name = "FILE",
        requires = "baseline",
        help_heading = "Behaviour"
    )]
    pub geo: Vec<PathBuf>,

    /// Days off and make-up working days, by this file, or `china`, which is built in; may be given more
    /// than once
    #[arg(
        long,
        value_name = "FILE",
        requires = "baseline",
        help_heading = "Behaviour"
    )]
    pub calendar: Vec<PathBuf>,
}

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A sentence for each
    Table,
    /// Records as a trail would write them, one a line
    Jsonl,
}

/// An attribute and its value, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Which.
    pub attribute: Attribute,
    /// What it must be.
    pub value: String,
}

/// Takes the name of a region, which becomes part of an address.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.contains('-') && text.len() <= 32 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err("write the name of a region, such as eu-west-1".to_owned())
}

/// What attributes are called.
const NAMES: [(&str, Attribute); 8] = [
    ("event-id", Attribute::EventId),
    ("event-name", Attribute::EventName),
    ("service", Attribute::EventSource),
    ("user", Attribute::Username),
    ("access-key", Attribute::AccessKeyId),
    ("resource", Attribute::ResourceName),
    ("resource-type", Attribute::ResourceType),
    ("read-only", Attribute::ReadOnly),
];

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = NAMES.iter().find(|(_, known)| *known == self.attribute);
        write!(f, "{}={}", known.map_or("", |(name, _)| name), self.value)
    }
}

impl FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let known = NAMES.iter().find(|(known, _)| *known == name);
        let (Some((_, attribute)), false) = (known, value.is_empty()) else {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "write NAME=VALUE, where NAME is one of {}",
                names.join(", ")
            ));
        };
        // `iam` is what people say, and `iam.amazonaws.com` what CloudTrail knows.
        let is_short = *attribute == Attribute::EventSource && !value.contains('.');
        Ok(Self {
            attribute: *attribute,
            value: if is_short {
                format!("{value}.amazonaws.com")
            } else {
                value.to_owned()
            },
        })
    }
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound history
  $ trailhound history --by access-key=AKIAIOSFODNN7EXAMPLE --since 7d
  $ trailhound history --by service=iam --region us-east-1 --last 20 --format jsonl
  $ trailhound history --all-regions --since 24h --save history && trailhound scan history
  $ trailhound history --all-regions --since 30d --baseline usual.redb > /dev/null";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Ask CloudTrail for the events of the last ninety days, trail or no trail

Every account has this history of management events, in each region its own. CloudTrail answers two
requests of fifty events a second for an account in a region; this program asks no faster, and waits
longer when others ask too. Credentials come from the environment.

With --save, each page is saved as it comes. A run that was interrupted, or ended by --last, is taken
up where it stopped; one that came to its end is followed by one for what is newer.

With --baseline, nothing is learned from half an answer: neither if the run was interrupted nor if
a region did not answer, for days that are learned are closed. To be able to stop and go on, use
--save, and seed the baseline with the folder.

Exit codes: 0 all was told; 2 the folder of --save holds another history; 3 bad call; 4 some region
did not answer; 130 interrupted.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_named_and_given() {
        let by = |text: &str| text.parse::<By>().map(|by| by.value);
        assert_eq!(by("service=iam"), Ok("iam.amazonaws.com".to_owned()));
        assert_eq!(by("user=a=b"), Ok("a=b".to_owned()));
        for bad in ["user", "user=", "colour=red"] {
            assert!(by(bad).unwrap_err().contains("access-key"), "{bad}");
        }
    }
}
