//! `trailhound cost`: the fleet's bill of a month, from the user's own logs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use detect::cloudtrail::Record;
use detect::{Screened, Screener};
use forecast::bill::{Counted, Fleet, Line, MONTH, bill, total};
use forecast::prices::Prices;
use jiff::Timestamp;
use serde::Serialize;
use sigma::{Level, Value};

use super::replay::ForecastFormat;
use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::met::{Met, event_hash};
use crate::commands::report::settle;
use crate::commands::scan::{Choice, Tally, level};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::grid::Grid;
use crate::inputs::{Inputs, Meter};
use crate::numbers::{bytes, count, things};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::{Moment, TimeRange};

/// Arguments of `trailhound cost`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CostArgs {
    /// Log files, folders of them, or patterns such as 'logs/**/*.json.gz'
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// From this time on: a time, a date, or how long ago, such as 24h or 30d
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,

    /// Before this time; a date means to its end. Times without an offset are UTC
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,

    /// Count the mails of alerts from this level on, as the fleet's parameter `Level`
    #[arg(long, value_name = "LEVEL", default_value = "medium", value_parser = level())]
    pub level: Level,

    /// For how many days log files are kept; 0 means for ever, of which a year is counted
    #[arg(long, value_name = "NUMBER", default_value_t = 365)]
    pub retention_days: u32,

    /// There is a trail already: its events and its bucket cost nothing more
    #[arg(long)]
    pub existing_trail: bool,

    /// What functions run on, as the fleet's parameter `Architecture`
    #[arg(long, value_name = "NAME", default_value = "arm64")]
    pub architecture: Architecture,

    /// Count nothing as free: the account uses its free units elsewhere
    #[arg(long)]
    pub no_free_tier: bool,

    /// Take prices from this file instead of the built-in table of list prices of us-east-1
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ForecastFormat,
}

/// What functions run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Architecture {
    /// Graviton, a fifth cheaper
    Arm64,
    /// Intel and AMD
    #[value(name = "x86_64")]
    X86,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound cost logs
  $ trailhound cost logs --existing-trail --level high
  $ trailhound cost logs --retention-days 90 --no-free-tier --format json";

/// What is written as JSON.
#[derive(Debug, Serialize)]
struct Forecast<'a> {
    days: f64,
    records: u64,
    prices_of: &'a str,
    prices_in: &'a str,
    dollars_a_month: f64,
    lines: &'a [Line],
}

/// Forecasts the bill from what `args` name.
///
/// # Errors
/// A [`Complaint`] if the table of prices cannot be read, or the logs tell of no time.
pub fn run(args: &CostArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let range = TimeRange::of(args.since, args.until, Timestamp::now())?;
    let prices = prices(args)?;
    let (detector, rules_exit) = Choice::default().detector(Timestamp::now(), terminal)?;
    let detector = detector.from_level(args.level);
    let inputs = Inputs::find(
        &args.paths,
        args.since.map(|_| range.since),
        terminal.is_watched(),
    );
    terminal.complain_all(&inputs.complaints);
    let met = Met::default();
    let gathering = Gathering::usual(range, &inputs, terminal);
    let (tally, found) = gathering.read(&inputs, &Meter::default(), || Weighing {
        screener: detector.screener(),
        met: &met,
        sums: Sums::default(),
    });
    terminal.complain_all(&tally.troubles());
    let mut sums = Sums::default();
    for mut other in found {
        detector.join(&mut sums.screened, std::mem::take(&mut other.screened));
        sums.merge(&other);
    }
    let (Some(first), Some(last)) = (sums.first, sums.last) else {
        return Err(
            Complaint::unreadable(args.paths[0].display(), "there is no record to count")
                .help("name a folder of log files, best of a whole month"),
        );
    };
    let alerts = settle(&detector, std::mem::take(&mut sums.screened))?.len();
    let counted = counted(&sums, &tally, alerts, (first, last));
    let fleet = Fleet {
        retention_days: f64::from(args.retention_days),
        is_new_trail: !args.existing_trail,
        is_arm64: args.architecture == Architecture::Arm64,
    };
    let lines = bill(&counted, &fleet, &prices);
    Output::open(None, terminal)?.write(|out| match args.format {
        ForecastFormat::Text => write(&counted, &lines, &prices, terminal.width(), out),
        ForecastFormat::Json => {
            let forecast = Forecast {
                days: counted.days,
                records: sums.records,
                prices_of: &prices.date,
                prices_in: &prices.region,
                dollars_a_month: total(&lines),
                lines: &lines,
            };
            serde_json::to_writer_pretty(&mut *out, &forecast)?;
            writeln!(out)
        }
    })?;
    if counted.days < 7.0 {
        terminal.warn("these logs are of less than a week: a month may look different");
    }
    Ok(rules_exit.max(tally.exit()).max(inputs.exit()))
}

fn prices(args: &CostArgs) -> Result<Prices, Complaint> {
    let prices = match &args.prices {
        None => Prices::built_in(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Complaint::bad_call(path.display(), error))?;
            Prices::parse(&text).map_err(|error| {
                Complaint::bad_call(path.display(), error)
                    .help("the form is that of crates/forecast/data/prices.txt")
            })?
        }
    };
    Ok(if args.no_free_tier {
        prices.without_free()
    } else {
        prices
    })
}

fn counted(
    sums: &Sums,
    tally: &Tally,
    alerts: usize,
    (first, last): (Timestamp, Timestamp),
) -> Counted {
    // Files are of the time asked for as far as their records are.
    let inside = tally.judged as f64 / (tally.judged + tally.outside).max(1) as f64;
    let seconds = last.duration_since(first).as_secs_f64();
    Counted {
        // One hour of logs is not a thousand times a second of it.
        days: (seconds / 86_400.0).max(1.0 / 24.0),
        files: (tally.files - tally.empty) as f64 * inside,
        bytes: tally.bytes as f64 * inside,
        records: sums.records as f64,
        events: sums.events as f64,
        data_events: sums.data_events as f64,
        network_events: sums.network_events as f64,
        alerts: alerts as f64,
    }
}

fn write(
    counted: &Counted,
    lines: &[Line],
    prices: &Prices,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{:.1} days of logs: {} in {}, {}\n",
        counted.days,
        things(counted.records as u64, "record"),
        things(counted.files as u64, "file"),
        bytes(counted.bytes as u64),
    )?;
    let mut grid = Grid::default()
        .whole("COMPONENT")
        .text("WHAT")
        .number("A MONTH")
        .number("US DOLLARS");
    for line in lines {
        let dollars = line
            .dollars
            .map_or_else(|| "?".to_owned(), |dollars| format!("{dollars:.2}"));
        let units = match line.units {
            units if units < 100.0 => format!("{units:.1}"),
            units => count(units as u64),
        };
        grid.row(vec![
            line.component.to_owned(),
            line.item.to_owned(),
            units,
            dollars,
        ]);
    }
    grid.row(vec![
        "total".to_owned(),
        String::new(),
        String::new(),
        format!("{:.2}", total(lines)),
    ]);
    grid.write(width, out)?;
    writeln!(
        out,
        "\nA month of {MONTH:.1} days like these. List prices of {} as of {}: look yours up.",
        detect::render::name(&prices.region),
        detect::render::name(&prices.date)
    )
}

#[derive(Debug, Default)]
struct Sums {
    screened: Screened,
    records: u64,
    events: u64,
    data_events: u64,
    network_events: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Sums {
    fn add(&mut self, record: &Record<'_>) {
        let time = record.event_time();
        self.records += 1;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        match record.event_category().as_deref() {
            Some("Data") => self.data_events += 1,
            Some("NetworkActivity") => self.network_events += 1,
            _ => {
                let reads = detect::derived::field(record, "readOnly") == Some(Value::Bool(true));
                self.events += u64::from(!reads);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.events += other.events;
        self.data_events += other.data_events;
        self.network_events += other.network_events;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
    }
}

struct Weighing<'a> {
    screener: Screener<'a>,
    met: &'a Met,
    sums: Sums,
}

impl Gatherer for Weighing<'_> {
    type Found = Sums;

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.screener.screen(record, log_file);
        if self.met.is_new(event_hash(record)) {
            self.sums.add(record);
        }
    }

    fn finish(mut self) -> Sums {
        self.sums.screened = self.screener.take();
        self.sums
    }
}
