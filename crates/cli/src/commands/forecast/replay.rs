//! `trailhound replay`: what a rule would have told, before it is switched on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use detect::alert::Alert;
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::render::mail::{self, Kind, Letter, Told};
use detect::render::{level_style, name, sentence as safe};
use detect::{Detector, Screened, Screener};
use forecast::rate::{Rate, a_week};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use sigma::Header;

use crate::commands::explain::named;
use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::report::settle;
use crate::commands::scan::Choice;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::{Inputs, Meter};
use crate::numbers::{count, things};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::{Moment, TimeRange};

/// How many principals are named.
const NAMED: usize = 5;

/// How many alerts somebody must have caused for an exclusion to be proposed, and which share of all.
const MANY: usize = 3;
const SHARE: f64 = 0.4;

/// Arguments of `trailhound replay`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArgs {
    /// A file or folder of rules, or the id, name or title of a built-in rule
    #[arg(value_name = "RULE")]
    pub rule: String,

    /// Log files, folders of them, or patterns; may be given more than once
    #[arg(long, required = true, value_name = "PATH")]
    pub logs: Vec<PathBuf>,

    /// From this time on: a time, a date, or how long ago, such as 24h or 30d
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ForecastFormat,
}

/// How a forecast is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ForecastFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound replay my-rules/two.yml --logs logs
  $ trailhound replay trail-deleted --logs logs --since 2026-01-01
  $ trailhound replay my-rules --logs logs --format json";

/// What the rules would have told.
#[derive(Debug, Serialize)]
struct Replay {
    rules: Vec<String>,
    records: u64,
    days: u64,
    alerts: u64,
    events: u64,
    by_level: BTreeMap<sigma::Level, u64>,
    a_week: Option<Rate>,
    noisiest: Vec<Noisy>,
    exclusion: Option<Exclusion>,
    mail: Option<Preview>,
}

#[derive(Debug, Serialize)]
struct Noisy {
    principal: String,
    alerts: u64,
    events: u64,
}

/// What could be excluded, and what would be left.
#[derive(Debug, Serialize)]
struct Exclusion {
    principal: String,
    filter: String,
    a_week: Option<Rate>,
}

#[derive(Debug, Serialize)]
struct Preview {
    subject: String,
    body: String,
}

/// Replays what `args` name.
///
/// # Errors
/// A [`Complaint`] if there is no such rule.
pub fn run(args: &ReplayArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    if args.logs.iter().any(|path| path.as_os_str() == "-") {
        return Err(
            Complaint::bad_call("--logs -", "standard input is not read here")
                .help("save it to a file first"),
        );
    }
    let now = Timestamp::now();
    let range = TimeRange::of(args.since, args.until, now)?;
    let path = PathBuf::from(&args.rule);
    let own = path.exists();
    let choice = Choice {
        rules: if own {
            std::slice::from_ref(&path)
        } else {
            &[]
        },
        no_builtin: own,
        ..Choice::default()
    };
    let (detector, rules_exit) = choice.detector(now, terminal)?;
    let wanted = if own {
        all(&detector)
    } else {
        one(&detector, &args.rule)?
    };
    let inputs = Inputs::find(
        &args.logs,
        args.since.map(|_| range.since),
        terminal.is_watched(),
    );
    terminal.complain_all(&inputs.complaints);
    let gathering = Gathering::usual(range, &inputs, terminal);
    let (tally, found) = gathering.read(&inputs, &Meter::default(), || Replaying {
        screener: detector.screener(),
        days: BTreeSet::new(),
    });
    terminal.complain_all(&tally.troubles());
    let (mut screened, mut days) = (Screened::default(), BTreeSet::new());
    for (theirs, dates) in found {
        detector.join(&mut screened, theirs);
        days.extend(dates);
    }
    let days = covered(&days);
    let alerts: Vec<_> = settle(&detector, screened)?
        .into_iter()
        .filter(|alert| wanted.contains(&alert.rule.id))
        .collect();
    let replay = replay(
        &detector,
        &wanted,
        tally.judged,
        &days,
        &alerts,
        language,
        now,
    );
    Output::open(None, terminal)?.write(|out| match args.format {
        ForecastFormat::Text => replay.write(out),
        ForecastFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &replay)?;
            writeln!(out)
        }
    })?;
    Ok(rules_exit.max(tally.exit()).max(inputs.exit()))
}

fn title_of(header: &Header) -> (String, String) {
    (
        header.id().unwrap_or(header.title()).to_owned(),
        header.title().to_owned(),
    )
}

/// The ids of all rules that report.
fn all(detector: &Detector) -> HashSet<String> {
    let headers = detector.rules().reporting();
    headers.map(|header| title_of(header).0).collect()
}

/// The id of the rule, or correlation, called so.
fn one(detector: &Detector, wanted: &str) -> Result<HashSet<String>, Complaint> {
    let correlations = detector.rules().correlations().iter();
    let mut headers = correlations.map(sigma::Correlation::header);
    if let Some(header) = headers
        .find(|header| header.is_called(wanted) || header.title().eq_ignore_ascii_case(wanted))
    {
        return Ok(HashSet::from([title_of(header).0]));
    }
    let at = named(detector.rules(), wanted)?;
    Ok(HashSet::from([title_of(
        detector.rules().rules()[at].header(),
    )
    .0]))
}

/// From the first day with a record to the last: days without one in between were quiet, and count.
fn covered(days: &BTreeSet<Date>) -> BTreeSet<Date> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return BTreeSet::new();
    };
    let every = first.series(jiff::Span::new().days(1));
    every.take_while(|day| day <= last).collect()
}

/// Asks the rules, and notes the days that have a record.
struct Replaying<'d> {
    screener: Screener<'d>,
    days: BTreeSet<Date>,
}

impl Gatherer for Replaying<'_> {
    type Found = (Screened, BTreeSet<Date>);

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file);
        let day = record.event_time().to_zoned(TimeZone::UTC).date();
        self.days.insert(day);
    }

    fn finish(mut self) -> Self::Found {
        (self.screener.take(), self.days)
    }
}

fn by_day(days: &BTreeSet<Date>, alerts: &[&Alert]) -> Vec<u64> {
    let mut counts: BTreeMap<Date, u64> = days.iter().map(|day| (*day, 0)).collect();
    for alert in alerts {
        let day = alert.time.to_zoned(TimeZone::UTC).date();
        *counts.entry(day).or_default() += 1;
    }
    counts.into_values().collect()
}

fn replay(
    detector: &Detector,
    wanted: &HashSet<String>,
    records: u64,
    days: &BTreeSet<Date>,
    alerts: &[Alert],
    language: Language,
    now: Timestamp,
) -> Replay {
    let every: Vec<_> = alerts.iter().collect();
    let mut principals: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut by_level = BTreeMap::new();
    for alert in alerts {
        let sum = principals.entry(alert.principal.key.as_str()).or_default();
        *sum = (sum.0 + 1, sum.1 + alert.event_count);
        *by_level.entry(alert.level).or_default() += 1;
    }
    let mut noisiest: Vec<_> = principals.into_iter().collect();
    noisiest.sort_by_key(|(key, sum)| (Reverse(*sum), *key));
    let exclusion = noisiest
        .first()
        .filter(|(_, (count, _))| {
            *count as usize >= MANY && *count as f64 >= SHARE * alerts.len() as f64
        })
        .and_then(|(key, _)| exclusion(key, days, &every, language));
    let worst = alerts
        .iter()
        .min_by_key(|alert| (Reverse(alert.level), alert.time, alert.id));
    let set = detector.rules();
    let headers = set.rules().iter().map(sigma::Rule::header);
    let headers = headers.chain(set.correlations().iter().map(sigma::Correlation::header));
    let named = headers.map(title_of).filter(|(id, _)| wanted.contains(id));
    Replay {
        rules: named.map(|(_, title)| safe(&title)).collect(),
        records,
        days: days.len() as u64,
        alerts: alerts.len() as u64,
        events: alerts.iter().map(|alert| alert.event_count).sum(),
        by_level,
        a_week: a_week(&by_day(days, &every)),
        noisiest: noisiest
            .into_iter()
            .take(NAMED)
            .map(|(key, (alerts, events))| Noisy {
                principal: name(key),
                alerts,
                events,
            })
            .collect(),
        exclusion,
        mail: worst.map(|alert| preview(alert, language, now)),
    }
}

/// What a mail would offer to exclude, and what would be left without that principal.
fn exclusion(
    principal: &str,
    days: &BTreeSet<Date>,
    alerts: &[&Alert],
    language: Language,
) -> Option<Exclusion> {
    let theirs = alerts
        .iter()
        .find(|alert| alert.principal.key == principal)?;
    let filter = mail::exclusion(theirs, language)?;
    let rest: Vec<_> = alerts
        .iter()
        .filter(|alert| alert.principal.key != principal || alert.rule.id != theirs.rule.id)
        .copied()
        .collect();
    Some(Exclusion {
        principal: name(principal),
        filter,
        a_week: a_week(&by_day(days, &rest)),
    })
}

fn preview(alert: &Alert, language: Language, now: Timestamp) -> Preview {
    let told = Told {
        alert,
        before: 0,
        is_changed: false,
        around: None,
    };
    // As if it were sent at once.
    let sent = alert.last_time.min(now);
    let mail = Letter::new(&[language]).write(Kind::Alert, &[told], sent);
    Preview {
        subject: mail.subject,
        body: mail.body,
    }
}

impl Replay {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{BOLD}{}{BOLD:#}", self.rules.join(", "))?;
        writeln!(
            out,
            "{} of {}: {} from {}",
            things(self.records, "record"),
            things(self.days, "day"),
            things(self.alerts, "alert"),
            things(self.events, "event"),
        )?;
        for (level, alerts) in self.by_level.iter().rev() {
            let style = level_style(*level);
            writeln!(out, "  {style}{level}{style:#}: {}", count(*alerts))?;
        }
        if let Some(rate) = self.a_week {
            writeln!(out, "\n{BOLD}A week to come{BOLD:#}\n  {}", in_words(rate))?;
        }
        if !self.noisiest.is_empty() {
            writeln!(out, "\n{BOLD}Who causes them{BOLD:#}")?;
        }
        for one in &self.noisiest {
            let events = things(one.events, "event");
            writeln!(
                out,
                "  {:>6}  {} ({events})",
                count(one.alerts),
                one.principal
            )?;
        }
        self.write_exclusion(out)?;
        match &self.mail {
            None => writeln!(out, "\nThere is no mail to show."),
            Some(mail) => {
                writeln!(out, "\n{BOLD}The mail about the worst of them{BOLD:#}\n")?;
                writeln!(out, "Subject: {}\n\n{}", mail.subject, mail.body.trim_end())
            }
        }
    }

    fn write_exclusion(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(one) = &self.exclusion else {
            return Ok(());
        };
        writeln!(
            out,
            "\n{BOLD}If that is expected of {}{BOLD:#}",
            one.principal
        )?;
        if let Some(rate) = one.a_week {
            writeln!(out, "  without it: {}", in_words(rate))?;
        }
        writeln!(out)?;
        one.filter
            .lines()
            .try_for_each(|line| writeln!(out, "  {line}"))
    }
}

fn in_words(rate: Rate) -> String {
    format!(
        "{:.1} alerts expected; in nine weeks of ten from {:.0} to {:.0}",
        rate.expected,
        rate.low.floor(),
        rate.high.ceil()
    )
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();
