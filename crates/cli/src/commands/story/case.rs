//! `trailhound case`: one incident: sessions, findings, what was touched, what is left, what to undo.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use detect::alert::{Alert, Response};
use detect::cloudtrail::{Json, Record, layout};
use detect::containment;
use detect::language::{Language, Words};
use detect::outcome::Outcome;
use detect::principal::Principal;
use detect::render::{level_style, name, sentence as safe};
use detect::sentence::sentence;
use jiff::Timestamp;
use serde::Serialize;
use trace::{Chain, Lasting};

use super::first::{self, First};
use super::second::{self, Cast, Deeds, Whose};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::{count, things};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// How many resources are listed.
const RESOURCES: usize = 60;

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
    let (inputs, inputs_exit) = super::inputs(&args.paths, terminal)?;
    let first = first::read(&inputs, &args.rules, Some(&args.subject), terminal)?;
    let (cast, chain) = cast(&args.subject, &first);
    let gathering = first::gathering(TimeRange::ALL, terminal);
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
            serde_json::to_writer_pretty(&mut *out, &visible(&case))?;
            writeln!(out)
        }
    })?;
    if deeds.more() > 0 {
        terminal.warn(format_args!(
            "{} are left out: the story is too long",
            things(deeds.more(), "later event")
        ));
    }
    Ok(first.exit.max(inputs_exit))
}

/// The case as JSON in which everything can be seen.
fn visible(case: &Case) -> serde_json::Value {
    fn walk(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = safe(text),
            serde_json::Value::Array(members) => members.iter_mut().for_each(walk),
            serde_json::Value::Object(members) => members.values_mut().for_each(walk),
            _ => {}
        }
    }
    // It is texts, numbers and times.
    let mut value = serde_json::to_value(case).unwrap_or_default();
    walk(&mut value);
    value
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
    } else if let Some(record) = first.event.as_deref().and_then(record) {
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

fn record(text: &str) -> Option<Record<'_>> {
    Record::new(text, layout::of(text)?).ok()
}

impl Case {
    fn of(subject: &str, first: &First, chain: &Chain, deeds: &Deeds, language: Language) -> Self {
        let ids: BTreeSet<String> = deeds
            .each()
            .filter_map(|one| Some(one.event_id()?.into_owned()))
            .collect();
        let is_theirs = |alert: &&Alert| {
            let mut events = alert
                .events
                .iter()
                .filter_map(|event| event.event_id.as_ref());
            events.any(|id| ids.contains(id))
        };
        let mut alerts: Vec<_> = first.alerts.iter().filter(is_theirs).collect();
        alerts.sort_by_key(|alert| (alert.time, alert.id));
        let (left, mut undo) = left(deeds, language);
        for step in stops(deeds) {
            if !undo.contains(&step) {
                undo.insert(0, step);
            }
        }
        Self {
            subject: subject.to_owned(),
            principals: deeds
                .each()
                .map(|one| Principal::key_of(&one).into_owned())
                .collect(),
            first: deeds.records.keys().next().map(|(time, _)| *time),
            last: deeds.records.keys().next_back().map(|(time, _)| *time),
            events: deeds.count,
            sessions: sessions(chain, first, deeds),
            findings: alerts
                .into_iter()
                .map(|alert| finding(alert, language))
                .collect(),
            resources: touched(deeds),
            left,
            undo,
        }
    }
}

fn finding(alert: &Alert, language: Language) -> Finding {
    Finding {
        time: alert.time,
        level: alert.level,
        title: alert.rule.title_in(language).to_owned(),
        summary: alert.summary.to(language).to_owned(),
        alert: alert.id.to_string(),
    }
}

/// The keys of the chain, with what was done with each.
fn sessions(chain: &Chain, first: &First, deeds: &Deeds) -> Vec<Session> {
    let mut used: BTreeMap<String, Session> = BTreeMap::new();
    for record in deeds.each() {
        let who = Principal::of(&record);
        let Some(key) = who.access_key_id else {
            continue;
        };
        let session = used.entry(key).or_default();
        let time = record.event_time();
        session.calls += 1;
        session.failed += u64::from(!Outcome::of(&record).is_success());
        session.first = Some(session.first.map_or(time, |first| first.min(time)));
        session.last = Some(session.last.map_or(time, |last| last.max(time)));
        session.who = Some(match who.session {
            Some(session) => format!("{}/{session}", who.name),
            None => who.name,
        });
    }
    let session = |link: &trace::Link| {
        let handover = first.handovers.of(&link.key);
        let mut session = used.get(&link.key).cloned().unwrap_or_default();
        session.key.clone_from(&link.key);
        session.depth = link.depth;
        session.call = handover.map(|handover| handover.call.clone());
        let whose = || handover.and_then(|handover| handover.whose.clone());
        session.who = session.who.take().or_else(whose);
        session
    };
    chain.links.iter().map(session).collect()
}

/// What calls that change something were about, the most first.
fn touched(deeds: &Deeds) -> Vec<Touched> {
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for record in deeds.each() {
        let reads = detect::derived::field(&record, "readOnly") == Some(sigma::Value::Bool(true));
        if reads || !Outcome::of(&record).is_success() {
            continue;
        }
        for resource in resources(&record) {
            *all.entry(resource)
                .or_default()
                .entry(record.plain_event_name().into_owned())
                .or_default() += 1;
        }
    }
    let mut touched: Vec<_> = all
        .into_iter()
        .map(|(resource, calls)| Touched { resource, calls })
        .collect();
    touched.sort_by_key(|one| std::cmp::Reverse(one.calls.values().sum::<u64>()));
    touched
}

/// The ARNs that the record lists; where it lists none, what the request calls by name or id.
fn resources(record: &Record<'_>) -> BTreeSet<String> {
    let text = |json: Json<'_>| json.as_str().map(std::borrow::Cow::into_owned);
    let listed = record.resources().into_iter().flat_map(Json::elements);
    let arns: BTreeSet<_> = listed.filter_map(|one| text(one.get("ARN")?)).collect();
    if !arns.is_empty() {
        return arns;
    }
    let asked = record
        .request_parameters()
        .into_iter()
        .flat_map(Json::entries);
    let named = asked.filter(|(key, _)| {
        let key = key.decoded();
        ["Name", "Id", "Arn", "ARN", "name", "Identifier"]
            .iter()
            .any(|end| key.ends_with(end))
    });
    named.filter_map(|(_, value)| text(value)).collect()
}

/// What lasts, and the commands that take it back.
fn left(deeds: &Deeds, language: Language) -> (Vec<Left>, Vec<Response>) {
    let mut undo: Vec<Response> = Vec::new();
    let mut left = Vec::new();
    for change in deeds.changes.left() {
        let Some(record) = record(&change.text) else {
            continue;
        };
        for step in containment::of_record(&record) {
            if !undo.contains(&step) {
                undo.push(step);
            }
        }
        left.push(Left {
            kind: change.lasting,
            time: record.event_time(),
            name: change.name,
            said: sentence(&record, language),
            event_id: record.event_id().map(std::borrow::Cow::into_owned),
            can_tell: change.can_tell,
        });
    }
    (left, undo)
}

/// What stops each of the callers, once.
fn stops(deeds: &Deeds) -> Vec<Response> {
    let mut seen = BTreeSet::new();
    let mut steps = Vec::new();
    for record in deeds.each() {
        let who = Principal::of(&record);
        if seen.insert((who.key, who.access_key_id)) && seen.len() <= RESOURCES {
            for step in containment::of_caller(&record) {
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
    }
    steps.reverse();
    steps
}

impl Case {
    fn write(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let say = |words: Words| words.to(language);
        writeln!(
            out,
            "{BOLD}# {} {}{BOLD:#}\n",
            say(TITLE),
            name(&self.subject)
        )?;
        if let (Some(first), Some(last)) = (self.first, self.last) {
            writeln!(
                out,
                "{} {}, {first} – {last}",
                count(self.events),
                say(EVENTS)
            )?;
        }
        for principal in &self.principals {
            writeln!(out, "- {}", name(principal))?;
        }
        self.write_sessions(say(SESSIONS), out)?;
        heading(say(FINDINGS), out)?;
        none(self.findings.is_empty(), say(NOTHING), out)?;
        for one in &self.findings {
            let style = level_style(one.level);
            writeln!(
                out,
                "- {}  {style}{}{style:#}  {}  {}",
                one.time,
                one.level,
                name(&one.title),
                one.alert
            )?;
            writeln!(out, "  {}", safe(&one.summary))?;
        }
        self.write_resources(say(RESOURCES_TOUCHED), out)?;
        self.write_left(language, out)?;
        heading(say(UNDO), out)?;
        none(self.undo.is_empty(), say(NOTHING), out)?;
        self.undo
            .iter()
            .try_for_each(|step| checkbox(step, language, out))
    }

    fn write_sessions(&self, title: &str, out: &mut dyn Write) -> io::Result<()> {
        if self.sessions.is_empty() {
            return Ok(());
        }
        heading(title, out)?;
        for session in &self.sessions {
            let indent = "  ".repeat(session.depth);
            let who = name(session.who.as_deref().unwrap_or("?"));
            let call = session
                .call
                .as_deref()
                .map_or_else(String::new, |call| format!(" ← {}", name(call)));
            write!(out, "{indent}- {}{call}  {who}  ", name(&session.key))?;
            match (session.first, session.last) {
                (Some(first), Some(last)) => writeln!(
                    out,
                    "{}: {first} – {last}{}",
                    things(session.calls, "call"),
                    match session.failed {
                        0 => String::new(),
                        failed => format!(", {} ✘", count(failed)),
                    }
                )?,
                _ => writeln!(out, "-")?,
            }
        }
        Ok(())
    }

    fn write_resources(&self, title: &str, out: &mut dyn Write) -> io::Result<()> {
        heading(title, out)?;
        for one in self.resources.iter().take(RESOURCES) {
            let calls: Vec<_> = one
                .calls
                .iter()
                .map(|(call, times)| match times {
                    1 => name(call),
                    times => format!("{} ×{}", name(call), count(*times)),
                })
                .collect();
            writeln!(out, "- {}: {}", name(&one.resource), calls.join(", "))?;
        }
        match self.resources.len().checked_sub(RESOURCES) {
            Some(more @ 1..) => writeln!(out, "- +{}", count(more as u64)),
            _ => none(self.resources.is_empty(), "-", out),
        }
    }

    fn write_left(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        heading(LEFT.to(language), out)?;
        none(self.left.is_empty(), NOTHING.to(language), out)?;
        for kind in Lasting::ALL {
            let of_it: Vec<_> = self.left.iter().filter(|one| one.kind == kind).collect();
            if !of_it.is_empty() {
                writeln!(out, "{BOLD}{}{BOLD:#}", kind_name(kind).to(language))?;
            }
            for one in of_it {
                let unsure = if one.can_tell {
                    ""
                } else {
                    UNSURE.to(language)
                };
                writeln!(out, "- {}  {}{unsure}", one.time, safe(&one.said))?;
            }
        }
        Ok(())
    }
}

fn heading(title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{BOLD}## {title}{BOLD:#}\n")
}

fn none(is_empty: bool, text: &str, out: &mut dyn Write) -> io::Result<()> {
    if is_empty {
        writeln!(out, "{text}")
    } else {
        Ok(())
    }
}

/// A step to be ticked off, with its command as a block of its own.
fn checkbox(step: &Response, language: Language, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "- [ ] {}\n\n      {}\n",
        safe(step.title.to(language)),
        safe(&step.command)
    )?;
    if let Some(undo) = &step.undo {
        writeln!(out, "  {}\n\n      {}\n", BACK.to(language), safe(undo))?;
    }
    match &step.limits {
        Some(limits) => writeln!(out, "  {}\n", safe(limits.to(language))),
        None => Ok(()),
    }
}

const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

fn kind_name(kind: Lasting) -> Words {
    match kind {
        Lasting::WayIn => words("Ways back in", "再次进入的途径"),
        Lasting::Exposure => words("Data within reach of others", "外部可触及的数据"),
        Lasting::Blindness => words("What watched, and does no more", "失去作用的监测"),
        Lasting::Running => words("Still running", "仍在运行"),
    }
}

const TITLE: Words = words("Case", "案件");
const EVENTS: Words = words("events", "个事件");
const SESSIONS: Words = words("Keys and sessions", "密钥与会话");
const FINDINGS: Words = words("Findings", "发现");
const RESOURCES_TOUCHED: Words = words("Resources changed", "被更改的资源");
const LEFT: Words = words("Left behind", "遗留");
const UNDO: Words = words("What to undo", "撤销清单");
const BACK: Words = words("Takes it back:", "撤回该步骤：");
const NOTHING: Words = words("Nothing that these logs show.", "日志中未见。");
const UNSURE: Words = words(
    " (these logs cannot tell whether it was taken back: look)",
    "（日志无法判断是否已撤回，请核实）",
);
const BOLD: anstyle::Style = anstyle::Style::new().bold();
