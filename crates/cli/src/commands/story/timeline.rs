//! `trailhound timeline`: everything around an event, a principal, a key, an address, in order.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::outcome::Outcome;
use detect::principal::Principal;
use detect::render::table::level_word;
use detect::render::{csv, json, level_style, name, sentence as safe};
use detect::sentence::{action, sentence};
use jiff::{SignedDuration, Timestamp};
use query::{Expr, Query};
use serde_json::Value as Json;

use super::first::{self, Mark};
use super::second::{self, Cast, Deeds, Whose};
use crate::commands::gather::Gathering;
use crate::commands::search::{Format, address as address_query};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::{Moment, TimeRange};

/// Arguments of `trailhound timeline`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TimelineArgs {
    /// Log files, folders of them, or patterns such as 'logs/**/*.json.gz'
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Around this event: what its principal and its address did before and after
    #[arg(long, value_name = "ID", help_heading = "Whose")]
    pub event: Option<String>,

    /// Of this principal: its name, ARN or key; `*` and `?` are wildcards
    #[arg(long, value_name = "WHO", help_heading = "Whose")]
    pub principal: Vec<String>,

    /// Of this access key, of those it came from, and of all sessions that came from it
    #[arg(long, value_name = "ID", help_heading = "Whose")]
    pub key: Option<String>,

    /// From this address or network
    #[arg(long, value_name = "IP|CIDR", help_heading = "Whose")]
    pub ip: Vec<String>,

    /// About this resource
    #[arg(long, value_name = "NAME", help_heading = "Whose")]
    pub resource: Vec<String>,

    /// How far before and after --event, such as 15m or 2h
    #[arg(long, value_name = "TIME", default_value = "1h", help_heading = "When")]
    pub around: Moment,

    /// From this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", help_heading = "When")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME", help_heading = "When")]
    pub until: Option<Moment>,

    /// Leave out what only looks
    #[arg(long, help_heading = "Output")]
    pub changes: bool,

    /// Mark by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    pub rules: Vec<PathBuf>,

    /// How to write it
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
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound timeline logs --event 3038ebd2-c98a-4c65-9b6e-e22506292313 --around 15m
  $ trailhound timeline logs --key AKIAIOSFODNN7EXAMPLE
  $ trailhound timeline logs --principal maria --since 2026-11-01 --changes
  $ trailhound timeline logs --ip 203.0.113.0/24 --format csv --output timeline.csv";

/// Tells what `args` name, in order.
///
/// # Errors
/// A [`Complaint`] if it is not said whose, or there is no such event.
pub fn run(args: &TimelineArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let asked = query(args)?;
    let mut range = TimeRange::of(args.since, args.until, Timestamp::now())?;
    let output = Output::open(args.output.as_deref(), terminal)?;
    let inputs = super::inputs(&args.paths, terminal)?;
    let first = first::read(&inputs, &args.rules, args.event.as_deref(), terminal)?;
    let mut cast = Cast::default();
    if let Some(key) = &args.key {
        cast.keys.extend(
            first
                .handovers
                .chain(key)
                .links
                .into_iter()
                .map(|link| link.key),
        );
    }
    let mut around = asked.clone();
    if let Some(id) = &args.event {
        let text = first.event.as_deref().ok_or_else(|| unknown(id))?;
        let record = Record::of_text(text).ok_or_else(|| unknown(id))?;
        around = around.or(beside(&record));
        range = narrowed(range, record.event_time(), args.around);
    }
    let gathering = Gathering::usual(range, &inputs, terminal);
    let whose = match &around {
        Asked::Nothing => Whose::Cast(&cast),
        Asked::For(query) => Whose::Query(query),
    };
    let deeds = second::read(&inputs, gathering, &whose);
    let teller = Teller {
        marks: first.marks(language),
        language,
        width: terminal.width(),
        only_changes: args.changes,
    };
    let rows: Vec<Row> = teller.rows(&deeds).collect();
    let told = rows.len() as u64;
    let marked = rows.iter().filter(|row| row.mark.is_some()).count();
    output.write(|out| match args.format {
        Format::Table => teller.table(&rows, out),
        Format::Jsonl => json::write_lines(rows.into_iter().map(Row::into_json), out),
        Format::Csv => csv::write_rows(
            &COLUMNS.map(str::to_owned),
            rows.into_iter().map(Row::into_cells),
            out,
        ),
    })?;
    if !terminal.is_quiet() {
        let more = match deeds.more() {
            0 => String::new(),
            more => format!("; {} later ones are left out", things(more, "event")),
        };
        terminal.say(format_args!(
            "{}, {marked} of them part of a finding{more}",
            things(told, "event")
        ));
    }
    Ok(first.exit.max(inputs.exit()))
}

fn unknown(id: &str) -> Complaint {
    Complaint::bad_call(format!("--event {id}"), "no record has this eventID")
        .help("`trailhound search` finds records by other things")
}

/// What was asked for by flags that a query can say.
#[derive(Clone)]
enum Asked {
    Nothing,
    For(Query),
}

impl Asked {
    /// Either.
    fn or(self, other: Query) -> Self {
        Self::For(match self {
            Self::Nothing => other,
            Self::For(query) => {
                Query::of(Expr::Any(vec![query.expr().clone(), other.expr().clone()]))
            }
        })
    }
}

fn query(args: &TimelineArgs) -> Result<Asked, Complaint> {
    let mut asked = Asked::Nothing;
    for who in &args.principal {
        asked = asked.or(Query::principal(who));
    }
    for what in &args.resource {
        asked = asked.or(Query::resource(what));
    }
    for address in &args.ip {
        asked = asked.or(address_query(address)?);
    }
    match (&asked, &args.key, &args.event) {
        (Asked::Nothing, None, None) => {
            Err(Complaint::bad_call("timeline", "it is not said whose")
                .help("name --event, --principal, --key, --ip or --resource"))
        }
        (Asked::For(_), Some(_), _) | (_, Some(_), Some(_)) => {
            Err(Complaint::bad_call("--key", "a key has a story of its own")
                .help("leave the other flags out, or ask `trailhound search` for both"))
        }
        _ => Ok(asked),
    }
}

/// What belongs to the surroundings of `record`: the same principal, the same key, the same address.
fn beside(record: &Record<'_>) -> Query {
    let who = Principal::of(record);
    let mut parts = vec![Query::principal(&escaped(&who.key)).expr().clone()];
    parts.extend(
        who.access_key_id
            .map(|key| Query::key(&escaped(&key)).expr().clone()),
    );
    let address = record.source_ip().and_then(|ip| Query::address(&ip));
    parts.extend(address.map(|query| query.expr().clone()));
    Query::of(Expr::Any(parts))
}

/// A name as it is, without wildcards.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('*', r"\*")
        .replace('?', r"\?")
}

fn narrowed(range: TimeRange, at: Timestamp, around: Moment) -> TimeRange {
    let before = around.start(at);
    let reach = at.duration_since(before).abs();
    let until = at.saturating_add(reach + SignedDuration::from_nanos(1));
    TimeRange {
        since: range
            .since
            .max(at.saturating_sub(reach).unwrap_or(Timestamp::MIN)),
        until: range.until.min(until.unwrap_or(Timestamp::MAX)),
    }
}

/// The columns of CSV, and the names in JSON.
const COLUMNS: [&str; 12] = [
    "time",
    "level",
    "finding",
    "principal",
    "session",
    "access_key",
    "source_ip",
    "event_source",
    "event_name",
    "error_code",
    "sentence",
    "event_id",
];

/// One event, told.
struct Row {
    mark: Option<Mark>,
    time: Timestamp,
    who: Principal,
    worked: bool,
    said: String,
    cells: [Option<String>; 12],
}

impl Row {
    fn into_cells(self) -> Vec<String> {
        let cell = |text: Option<String>| text.map_or_else(String::new, |text| safe(&text));
        self.cells.into_iter().map(cell).collect()
    }

    fn into_json(self) -> Json {
        let member =
            |(name, value): (&&str, Option<String>)| ((*name).to_owned(), Json::from(value));
        Json::Object(COLUMNS.iter().zip(self.cells).map(member).collect())
    }
}

/// Tells deeds in a language.
struct Teller<'a> {
    marks: HashMap<&'a str, Mark>,
    language: Language,
    width: usize,
    only_changes: bool,
}

impl Teller<'_> {
    fn rows<'d>(&'d self, deeds: &'d Deeds) -> impl Iterator<Item = Row> + 'd {
        let wanted = |record: &Record<'_>| {
            let only_looks =
                || detect::derived::field(record, "readOnly") == Some(sigma::Value::Bool(true));
            !self.only_changes || !only_looks()
        };
        deeds
            .each()
            .filter(move |record| wanted(record))
            .map(|record| self.row(&record))
    }

    fn row(&self, record: &Record<'_>) -> Row {
        let who = Principal::of(record);
        let id = record.event_id();
        let mark = id.as_deref().and_then(|id| self.marks.get(id)).cloned();
        let owned =
            |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        Row {
            cells: [
                Some(record.event_time().to_string()),
                mark.as_ref().map(|mark| mark.level.to_string()),
                mark.as_ref().map(|mark| mark.title.clone()),
                Some(who.key.clone()),
                who.session.clone(),
                who.access_key_id.clone(),
                owned(record.source_ip()),
                Some(record.event_source().into_owned()),
                Some(record.event_name().into_owned()),
                owned(record.error_code()),
                Some(sentence(record, self.language)),
                owned(id),
            ],
            mark,
            time: record.event_time(),
            who,
            worked: Outcome::of(record).is_success(),
            said: action(record, self.language),
        }
    }

    /// By day; each event on a line, and below it what it is part of.
    fn table(&self, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        let mut day = String::new();
        for row in rows {
            let today = row.time.strftime("%Y-%m-%d").to_string();
            if today != day {
                let gap = if day.is_empty() { "" } else { "\n" };
                writeln!(out, "{gap}{BOLD}{today} UTC{BOLD:#}")?;
                day = today;
            }
            self.line(row, out)?;
        }
        Ok(())
    }

    fn line(&self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let sign = if row.worked { ' ' } else { '✘' };
        let said = format!("{}  {}", name(&row.who.name), safe(&row.said));
        let indent = "00:00:00 x ".len();
        let mut lines = detect::render::lines(&said, self.width.saturating_sub(indent)).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(
            out,
            "{DIM}{}{DIM:#} {sign} {first}",
            row.time.strftime("%H:%M:%S")
        )?;
        for line in lines {
            writeln!(out, "{:indent$}{line}", "")?;
        }
        match &row.mark {
            Some(mark) => {
                let style = level_style(mark.level);
                writeln!(
                    out,
                    "{:indent$}{style}{} {}{style:#}",
                    "",
                    level_word(mark.level, self.language),
                    name(&mark.title)
                )
            }
            None => Ok(()),
        }
    }
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();
