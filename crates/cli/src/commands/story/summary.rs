//! `trailhound summary`: who did how much of what, from where, and what was found about each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use detect::alert::Alert;
use detect::cloudtrail::Record;
use detect::language::{Language, Words, words};
use detect::outcome::Outcome;
use detect::principal::Principal;
use detect::render::table::level_word;
use detect::render::{csv, json, name};
use detect::tool::Tool;
use jiff::Timestamp;
use query::Query;
use serde::Serialize;

use super::first;
use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::met::{Met, event_hash};
use crate::commands::search::Format;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::grid::Grid;
use crate::inputs::Meter;
use crate::numbers::{count, things};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::{Moment, TimeRange};

/// How many principals a summary holds; calls of others are left out, and counted.
const PRINCIPALS: usize = 100_000;

/// How many different values of one kind are kept for each.
const VALUES: usize = 1_000;

/// How many of them are shown.
const SHOWN: usize = 12;

/// Arguments of `trailhound summary`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SummaryArgs {
    /// Log files, folders of them, or patterns such as 'logs/**/*.json.gz'
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only of this principal, in full: its name, ARN or key; `*` and `?` are wildcards
    #[arg(long, value_name = "WHO")]
    pub principal: Vec<String>,

    /// From this time on: a time, a date, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,

    /// Judge by the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound summary logs
  $ trailhound summary logs --principal maria
  $ trailhound summary logs --since 7d --format csv > principals.csv
  $ trailhound summary logs --principal '*:user/*' --format jsonl";

/// What one principal did.
#[derive(Debug, Clone, Serialize)]
struct Life {
    principal: String,
    name: String,
    kind: String,
    calls: u64,
    failed: u64,
    first: Timestamp,
    last: Timestamp,
    apis: BTreeMap<String, u64>,
    regions: BTreeMap<String, u64>,
    addresses: BTreeMap<String, u64>,
    tools: BTreeMap<String, u64>,
    keys: BTreeMap<String, u64>,
    denials: BTreeMap<String, u64>,
    findings: Vec<Found>,
}

/// A finding about a principal; they go by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Found {
    time: Timestamp,
    level: sigma::Level,
    title: String,
    alert: String,
}

/// Sums up what `args` name.
///
/// # Errors
/// A [`Complaint`] if there is no such principal.
pub fn run(args: &SummaryArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let range = TimeRange::of(args.since, args.until, Timestamp::now())?;
    let inputs = super::inputs(&args.paths, terminal)?;
    let first = first::read(&inputs, &args.rules, None, terminal)?;
    let queries: Vec<_> = args
        .principal
        .iter()
        .map(|who| Query::principal(who))
        .collect();
    let met = Met::default();
    let gathering = Gathering::usual(range, &inputs, terminal);
    let (_, found) = gathering.read(&inputs, &Meter::default(), || Counting {
        queries: &queries,
        met: &met,
        lives: BTreeMap::new(),
        others: 0,
    });
    let mut lives = BTreeMap::new();
    let mut others = 0;
    for (part, left) in found {
        others += left;
        for (key, life) in part {
            merge(&mut lives, key, life);
        }
    }
    if lives.is_empty() && !args.principal.is_empty() {
        return Err(Complaint::bad_call(
            format!("--principal {}", args.principal.join(" ")),
            "no call is by such a principal",
        )
        .help("`trailhound summary` without it lists all of them; wildcards are `*` and `?`"));
    }
    add_findings(&mut lives, &first.alerts, range, language);
    let mut lives: Vec<_> = lives.into_values().collect();
    lives.sort_by(|a, b| (Reverse(a.calls), &a.principal).cmp(&(Reverse(b.calls), &b.principal)));
    Output::open(None, terminal)?.write(|out| match args.format {
        Format::Table if args.principal.is_empty() => {
            table(&lives, language, terminal.width(), out)
        }
        Format::Table => lives.iter().try_for_each(|life| page(life, language, out)),
        Format::Jsonl => json::write_lines(&lives, out),
        Format::Csv => csv::write_rows(
            &COLUMNS.map(str::to_owned),
            lives.iter().map(Life::cells),
            out,
        ),
    })?;
    if others > 0 {
        terminal.warn(format_args!(
            "{} of further principals are left out: there are more than {}",
            things(others, "call"),
            count(PRINCIPALS as u64)
        ));
    }
    Ok(first.exit.max(inputs.exit()))
}

struct Counting<'a> {
    queries: &'a [Query],
    met: &'a Met,
    lives: BTreeMap<String, Life>,
    others: u64,
}

impl Gatherer for Counting<'_> {
    type Found = (BTreeMap<String, Life>, u64);

    fn take(&mut self, record: &Record<'_>, _: Option<&Arc<str>>) {
        let wanted =
            self.queries.is_empty() || self.queries.iter().any(|query| query.matches(record));
        if !wanted || !self.met.is_new(event_hash(record)) {
            return;
        }
        let key = Principal::key_of(record);
        if let Some(life) = self.lives.get_mut(&*key) {
            return life.add(record);
        }
        if self.lives.len() >= PRINCIPALS {
            self.others += 1;
            return;
        }
        let mut life = Life::new(record);
        life.add(record);
        self.lives.insert(key.into_owned(), life);
    }

    fn finish(self) -> Self::Found {
        (self.lives, self.others)
    }
}

impl Life {
    fn new(record: &Record<'_>) -> Self {
        let who = Principal::of(record);
        Self {
            principal: who.key,
            name: who.name,
            kind: who.kind.to_string(),
            calls: 0,
            failed: 0,
            first: record.event_time(),
            last: record.event_time(),
            apis: BTreeMap::new(),
            regions: BTreeMap::new(),
            addresses: BTreeMap::new(),
            tools: BTreeMap::new(),
            keys: BTreeMap::new(),
            denials: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        let outcome = Outcome::of(record);
        self.calls += 1;
        self.failed += u64::from(!outcome.is_success());
        self.first = self.first.min(record.event_time());
        self.last = self.last.max(record.event_time());
        let source = record.event_source();
        let service = source.trim_end_matches(".amazonaws.com");
        one_more(
            &mut self.apis,
            &format!("{service} {}", record.plain_event_name()),
        );
        for (map, value) in [
            (&mut self.regions, record.region()),
            (&mut self.addresses, record.source_ip()),
            (&mut self.keys, Principal::access_key_of(record)),
            (
                &mut self.tools,
                Tool::of(record).map(|tool| tool.name.into()),
            ),
            (
                &mut self.denials,
                outcome.denial().map(|denial| denial.as_str().into()),
            ),
        ] {
            if let Some(value) = value {
                one_more(map, &value);
            }
        }
    }

    fn cells(&self) -> Vec<String> {
        let number = |count: usize| count.to_string();
        vec![
            name(&self.principal),
            name(&self.name),
            self.kind.clone(),
            self.calls.to_string(),
            self.failed.to_string(),
            self.findings.len().to_string(),
            number(self.apis.len()),
            number(self.regions.len()),
            number(self.addresses.len()),
            number(self.keys.len()),
            self.first.to_string(),
            self.last.to_string(),
        ]
    }
}

const COLUMNS: [&str; 12] = [
    "principal",
    "name",
    "kind",
    "calls",
    "failed",
    "findings",
    "apis",
    "regions",
    "addresses",
    "keys",
    "first",
    "last",
];

fn one_more(map: &mut BTreeMap<String, u64>, value: &str) {
    if let Some(count) = map.get_mut(value) {
        *count += 1;
    } else if map.len() < VALUES {
        map.insert(value.to_owned(), 1);
    }
}

fn merge(lives: &mut BTreeMap<String, Life>, key: String, other: Life) {
    let Some(life) = lives.get_mut(&key) else {
        lives.insert(key, other);
        return;
    };
    life.calls += other.calls;
    life.failed += other.failed;
    life.first = life.first.min(other.first);
    life.last = life.last.max(other.last);
    life.name = life.name.clone().min(other.name);
    for (map, more) in [
        (&mut life.apis, other.apis),
        (&mut life.regions, other.regions),
        (&mut life.addresses, other.addresses),
        (&mut life.tools, other.tools),
        (&mut life.keys, other.keys),
        (&mut life.denials, other.denials),
    ] {
        for (value, count) in more {
            *map.entry(value).or_default() += count;
        }
    }
}

fn add_findings(
    lives: &mut BTreeMap<String, Life>,
    alerts: &[Alert],
    range: TimeRange,
    language: Language,
) {
    let mut alerts: Vec<_> = alerts
        .iter()
        .filter(|alert| range.contains(alert.time))
        .collect();
    alerts.sort_by_key(|alert| (Reverse(alert.level), alert.time, alert.id));
    for alert in alerts {
        if let Some(life) = lives.get_mut(&alert.principal.key) {
            life.findings.push(Found {
                time: alert.time,
                level: alert.level,
                title: alert.rule.title_in(language).to_owned(),
                alert: alert.id.to_string(),
            });
        }
    }
}

fn table(lives: &[Life], language: Language, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::default()
        .text(WHO.to(language))
        .whole(KIND.to(language))
        .number(CALLS.to(language))
        .number(FAILED.to(language))
        .number(FINDINGS.to(language))
        .number(APIS.to(language))
        .number(REGIONS.to(language))
        .number(ADDRESSES.to(language))
        .whole(LAST.to(language));
    for life in lives {
        grid.row(vec![
            name(&life.name),
            life.kind.clone(),
            count(life.calls),
            count(life.failed),
            count(life.findings.len() as u64),
            count(life.apis.len() as u64),
            count(life.regions.len() as u64),
            count(life.addresses.len() as u64),
            life.last.strftime("%Y-%m-%d %H:%M").to_string(),
        ]);
    }
    grid.write(width, out)
}

fn page(life: &Life, language: Language, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{BOLD}{}{BOLD:#} ({})\n  {}",
        name(&life.name),
        life.kind,
        name(&life.principal)
    )?;
    writeln!(
        out,
        "  {}: {}, {}: {}, {} – {}",
        CALLS.to(language),
        count(life.calls),
        FAILED.to(language),
        count(life.failed),
        life.first,
        life.last
    )?;
    for (heading, values) in [
        (APIS, &life.apis),
        (REGIONS, &life.regions),
        (ADDRESSES, &life.addresses),
        (TOOLS, &life.tools),
        (KEYS, &life.keys),
        (DENIALS, &life.denials),
    ] {
        values_of(heading, values, language, out)?;
    }
    if !life.findings.is_empty() {
        writeln!(out, "{BOLD}{}{BOLD:#}", FINDINGS.to(language))?;
    }
    let in_order: BTreeSet<&Found> = life.findings.iter().collect();
    for found in in_order {
        let title = name(&found.title);
        writeln!(
            out,
            "  {}  {}  {title}  {}",
            found.time,
            level_word(found.level, language),
            found.alert
        )?;
    }
    writeln!(out)
}

/// The values of one kind, the most frequent first.
fn values_of(
    heading: Words,
    values: &BTreeMap<String, u64>,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{BOLD}{}{BOLD:#} ({})",
        heading.to(language),
        count(values.len() as u64)
    )?;
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort_by_key(|(value, times)| (Reverse(**times), *value));
    for (value, times) in sorted.iter().take(SHOWN) {
        writeln!(out, "  {:>8}  {}", count(**times), name(value))?;
    }
    match sorted.len().checked_sub(SHOWN) {
        Some(more @ 1..) => writeln!(out, "  {:>8}  …", format!("+{}", count(more as u64))),
        _ => Ok(()),
    }
}

const WHO: Words = words("WHO", "操作者");
const KIND: Words = words("KIND", "类型");
const CALLS: Words = words("CALLS", "调用");
const FAILED: Words = words("FAILED", "失败");
const FINDINGS: Words = words("FINDINGS", "发现");
const APIS: Words = words("APIS", "API");
const REGIONS: Words = words("REGIONS", "区域");
const ADDRESSES: Words = words("ADDRESSES", "地址");
const TOOLS: Words = words("TOOLS", "工具");
const KEYS: Words = words("KEYS", "密钥");
const DENIALS: Words = words("FAILURES BY REASON", "失败原因");
const LAST: Words = words("LAST", "末次");
const BOLD: anstyle::Style = anstyle::Style::new().bold();
