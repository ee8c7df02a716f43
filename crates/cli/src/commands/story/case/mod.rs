//! `trailhound case`: one incident: sessions, findings, what was touched, what is left, what to undo.

mod facts;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use detect::alert::Response;
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::principal::Principal;
use jiff::Timestamp;
use serde::Serialize;
use trace::{Chain, Lasting};

use super::first::{self, First};
use super::second::{self, Cast, Whose};
use crate::commands::gather::Gathering;
use crate::commands::report::visible;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// Arguments of `trailhound case`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CaseArgs {
    /// What it is about: an `eventID`, an access key, or the id of an alert (th-…)
    #[arg(value_name = "EVENT|KEY|ALERT")]
    pub subject: String,

    /// Log files, folders of them, or patterns such as 'logs/**/*.json.gz'
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Judge by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: CaseFormat,

    /// Write to this file, which appears once it is whole
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a case is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CaseFormat {
    /// For people; also a checklist in Markdown
    Text,
    /// One JSON object
    Json,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound case AKIAIOSFODNN7EXAMPLE logs
  $ trailhound case 3038ebd2-c98a-4c65-9b6e-e22506292313 logs --output case.md
  $ trailhound case AKIAIOSFODNN7EXAMPLE logs --format json --language zh-CN";

/// A case, gathered.
#[derive(Debug, Serialize)]
struct Case {
    subject: String,
    principals: BTreeSet<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    events: u64,
    sessions: Vec<Session>,
    findings: Vec<Finding>,
    resources: Vec<Touched>,
    left: Vec<Left>,
    undo: Vec<Response>,
}

/// A key, and what was done with it.
#[derive(Debug, Clone, Default, Serialize)]
struct Session {
    key: String,
    depth: usize,
    who: Option<String>,
    call: Option<String>,
    calls: u64,
    failed: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Finding {
    time: Timestamp,
    level: sigma::Level,
    title: String,
    summary: String,
    alert: String,
}

/// A resource that calls changed.
#[derive(Debug, Serialize)]
struct Touched {
    resource: String,
    calls: BTreeMap<String, u64>,
}

/// Something that was made and is not known to be gone.
#[derive(Debug, Serialize)]
struct Left {
    kind: Lasting,
    time: Timestamp,
    name: Vec<String>,
    said: String,
    event_id: Option<String>,
    can_tell: bool,
}

/// Tells the case that `args` name.
///
/// # Errors
/// A [`Complaint`] if there is no such event, key or alert.
pub fn run(args: &CaseArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let output = Output::open(args.output.as_deref(), terminal)?;
    let inputs = super::inputs(&args.paths, terminal)?;
    let first = first::read(&inputs, &args.rules, Some(&args.subject), terminal)?;
    let (cast, chain) = cast(&args.subject, &first);
    let gathering = Gathering::usual(TimeRange::ALL, &inputs, terminal);
    let deeds = second::read(&inputs, gathering, &Whose::Cast(&cast));
    if deeds.count == 0 {
        return Err(Complaint::bad_call(
            args.subject.as_str(),
            "neither an event, nor an access key that was used, nor an alert of these logs",
        )
        .help("`trailhound scan --format jsonl` prints the ids of alerts, `trailhound search` those of events"));
    }
    let case = Case::of(&args.subject, &first, &chain, &deeds, language);
    output.write(|out| match args.format {
        CaseFormat::Text => case.write(language, out),
        CaseFormat::Json => {
            let case = serde_json::to_value(&case)?;
            serde_json::to_writer_pretty(&mut *out, &visible(case))?;
            writeln!(out)
        }
    })?;
    if deeds.more() > 0 {
        terminal.warn(format_args!(
            "{} are left out: the story is too long",
            things(deeds.more(), "later event")
        ));
    }
    Ok(first.exit.max(inputs.exit()))
}

/// Who belongs to the case: whoever used the key, what it came from and what came from it; where a call was
/// not signed with a key, the principal.
fn cast(subject: &str, first: &First) -> (Cast, Chain) {
    let mut start = BTreeSet::new();
    let mut cast = Cast::default();
    let mut take = |key: Option<String>, principal: String| match key {
        Some(key) => drop(start.insert(key)),
        None => drop(cast.principals.insert(principal)),
    };
    if let Some(alert) = first
        .alerts
        .iter()
        .find(|alert| alert.id.to_string() == subject)
    {
        take(
            alert.principal.access_key_id.clone(),
            alert.principal.key.clone(),
        );
    } else if let Some(record) = first.event.as_deref().and_then(Record::of_text) {
        let who = Principal::of(&record);
        take(who.access_key_id, who.key);
    } else {
        start.insert(subject.to_owned());
    }
    let mut chain = Chain::default();
    for key in start {
        chain.links.extend(first.handovers.chain(&key).links);
    }
    cast.keys
        .extend(chain.links.iter().map(|link| link.key.clone()));
    (cast, chain)
}
