//! `trailhound rules coverage`: what the rules watch over, in the terms of ATT&CK and of auditors.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use catalog::controls::{CIS, FRAMEWORKS};
use clap::{Args, ValueEnum};
use detect::attack::{TACTICS, Tactic, tactic, technique};
use detect::guidance::Theme;
use detect::{Detector, Guidance, Screener};
use serde::Serialize;
use sigma::{Correlation, Header, StoryTest};

use super::stories;
use super::test::passes;
use crate::commands::scan::{Reading, read_all};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::{count, things};
use crate::output::Output;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules coverage`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CoverageArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: super::Which,

    /// Count what the rules find in these log files too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub logs: Vec<PathBuf>,

    /// What to write
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Techniques by tactic: claimed, tested, seen
    Table,
    /// Controls of CIS, PCI DSS, ISO 27001, SOC 2 and MLPS 2.0, with their rules
    Controls,
    /// A layer for the ATT&CK Navigator
    Navigator,
    /// All of it for programs
    Json,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound rules coverage
  $ trailhound rules coverage --logs ~/logs
  $ trailhound rules coverage --format controls
  $ trailhound rules coverage --format navigator > layer.json";

/// A technique that some rule claims.
#[derive(Debug, Serialize)]
struct Claimed {
    technique: String,
    name: Option<&'static str>,
    tactic: &'static str,
    /// Titles of the rules.
    rules: Vec<String>,
    /// How many of them carry tests, and pass them.
    tested: u64,
    /// How many events they found in the logs.
    seen: Option<u64>,
}

/// A control that some rule may watch over.
#[derive(Debug, Serialize)]
struct Control {
    framework: &'static str,
    id: &'static str,
    name: &'static str,
    rules: Vec<String>,
}

impl Claimed {
    fn line(&self, out: &mut dyn Write) -> io::Result<()> {
        let (id, name) = (&self.technique, self.short_name());
        let (rules, tested) = (self.rules.len(), self.tested);
        write!(out, "  {id:<9}  {name:<42.42}  {rules:>5}  {tested:>6}")?;
        match self.seen {
            None => writeln!(out),
            Some(events) => writeln!(out, "  {:>6}", count(events)),
        }
    }

    /// The name without that of the technique that it is a part of, which its number tells.
    fn short_name(&self) -> &'static str {
        let name = self.name.unwrap_or("?");
        name.split_once(": ").map_or(name, |(_, part)| part)
    }
}

#[derive(Debug, Serialize)]
struct Coverage {
    techniques: Vec<Claimed>,
    controls: Vec<Control>,
}

/// Shows what the rules cover.
pub(super) fn run(args: &CoverageArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let (rules, exit) = super::load(&Rulebook::at(&args.which.paths), terminal);
    let (detector, _) = Detector::new(rules);
    let (seen, read) = match &*args.logs {
        [] => (None, Exit::Quiet),
        logs => {
            let (seen, exit) = seen(&detector, logs, terminal);
            (Some(seen), exit)
        }
    };
    let all = reporting(&detector);
    let coverage = Coverage {
        techniques: techniques(&all, seen.as_ref()),
        controls: controls(&all),
    };
    Output::open(None, terminal)?.write(|out| match args.format {
        Format::Table => coverage.table(out),
        Format::Controls => coverage.controls(out),
        Format::Navigator => json(&coverage.layer(), out),
        Format::Json => json(&coverage, out),
    })?;
    if !terminal.is_quiet() {
        terminal.say(coverage.summary(all.len()));
    }
    Ok(exit.max(read))
}

fn json(what: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, what)?;
    writeln!(out)
}

/// How many events each rule finds in `logs`, by the name that alerts give the rule.
fn seen(
    detector: &Detector,
    logs: &[PathBuf],
    terminal: Terminal,
) -> (BTreeMap<String, u64>, Exit) {
    let (harvest, exit) = read_all(Reading::of_all(detector), logs, terminal);
    let mut correlator = detector.correlate(harvest.windows);
    while correlator.judge() {}
    let mut events = BTreeMap::new();
    for case in harvest.cases.into_iter().chain(correlator.into_cases()) {
        let alert = case.alert();
        *events.entry(alert.rule.id).or_default() += alert.event_count;
    }
    (events, exit)
}

/// What reports: rules that do not only count towards others, and correlations.
struct Reporting<'d> {
    header: &'d Header,
    guidance: &'d Guidance,
    /// Whether it carries examples that expect a match, and passes all it carries.
    is_tested: bool,
}

fn reporting(detector: &Detector) -> Vec<Reporting<'_>> {
    let (mut screener, set) = (detector.screener(), detector.rules());
    let mut all: Vec<_> = set
        .alone()
        .map(|(at, rule)| Reporting {
            header: rule.header(),
            guidance: detector.guidance(at),
            is_tested: passes(&mut screener, at, rule),
        })
        .collect();
    for (at, correlation) in set.correlations().iter().enumerate() {
        all.push(Reporting {
            header: correlation.header(),
            guidance: detector.correlation_guidance(at),
            is_tested: passes_stories(detector, &mut screener, correlation),
        });
    }
    all
}

fn passes_stories(
    detector: &Detector,
    screener: &mut Screener<'_>,
    correlation: &Correlation,
) -> bool {
    let all = correlation.tests();
    let mut passes = |story| stories::judge(detector, screener, correlation, story).passed;
    all.iter().any(StoryTest::expects_match) && all.iter().all(&mut passes)
}

fn techniques(all: &[Reporting<'_>], seen: Option<&BTreeMap<String, u64>>) -> Vec<Claimed> {
    let mut found: BTreeMap<String, Claimed> = BTreeMap::new();
    for Reporting {
        header, is_tested, ..
    } in all
    {
        let name = header.id().unwrap_or(header.title());
        let events = seen.map(|seen| seen.get(name).copied().unwrap_or_default());
        for id in header.tags().iter().filter_map(|tag| technique(tag)) {
            let known = catalog::technique(&id);
            let claimed = found.entry(id.clone()).or_insert_with(|| Claimed {
                technique: id,
                name: known.map(|known| known.name),
                tactic: known.map_or_else(|| first_tactic(header), |known| known.tactic),
                rules: Vec::new(),
                tested: 0,
                seen: seen.map(|_| 0),
            });
            claimed.rules.push(header.title().to_owned());
            claimed.tested += u64::from(*is_tested);
            claimed.seen = claimed.seen.zip(events).map(|(sum, events)| sum + events);
        }
    }
    found.into_values().collect()
}

fn first_tactic(header: &Header) -> &'static str {
    let named = header.tags().iter().find_map(|tag| tactic(tag));
    named.map_or("", |tactic| tactic.tag)
}

fn controls(all: &[Reporting<'_>]) -> Vec<Control> {
    let titles = |wanted: &dyn Fn(&Guidance) -> bool| {
        let of_it = all.iter().filter(|one| wanted(one.guidance));
        of_it.map(|one| one.header.title().to_owned()).collect()
    };
    let mut controls: Vec<Control> = CIS
        .iter()
        .map(|&(id, name)| Control {
            framework: "CIS AWS Foundations Benchmark",
            id,
            name,
            rules: titles(&|guidance| guidance.cis.iter().any(|control| control == id)),
        })
        .collect();
    for framework in FRAMEWORKS {
        controls.extend(framework.families.iter().map(|family| Control {
            framework: framework.name,
            id: family.id,
            name: family.name,
            rules: titles(&|guidance| {
                let of_family = |theme: Theme| family.themes.contains(&theme);
                guidance.theme.is_some_and(of_family)
            }),
        }));
    }
    controls
}

impl Coverage {
    /// Fits a terminal of eighty columns.
    fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        let seen = self.techniques.iter().any(|one| one.seen.is_some());
        let seen = if seen { "  events" } else { "" };
        writeln!(out, "{:<55}  rules  tested{seen}", "")?;
        for Tactic { tag, name, .. } in TACTICS {
            let mut of_it = self
                .techniques
                .iter()
                .filter(|one| one.tactic == tag)
                .peekable();
            if of_it.peek().is_some() {
                writeln!(out, "{BOLD}{name}{BOLD:#}")?;
            }
            for one in of_it {
                one.line(out)?;
            }
        }
        Ok(())
    }

    fn controls(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut framework = "";
        for control in &self.controls {
            if control.framework != framework {
                framework = control.framework;
                writeln!(out, "{BOLD}{framework}{BOLD:#}")?;
            }
            let rules = things(control.rules.len() as u64, "rule");
            writeln!(out, "  {:<16}  {rules:>9}  {}", control.id, control.name)?;
        }
        Ok(())
    }

    /// See the Navigator's `layers/spec`, version 4.5.
    fn layer(&self) -> serde_json::Value {
        let most = self.techniques.iter().map(|one| one.rules.len()).max();
        let techniques: Vec<_> = self
            .techniques
            .iter()
            .map(|one| {
                let mut comment = one.rules.join("; ");
                if let Some(events) = one.seen {
                    comment += &format!(" (seen in {} events)", count(events));
                }
                serde_json::json!({
                    "techniqueID": one.technique,
                    "score": one.rules.len(),
                    "comment": comment,
                    "enabled": true,
                })
            })
            .collect();
        serde_json::json!({
            "name": "Trailhound",
            "versions": {"attack": "17", "navigator": "5.1.0", "layer": "4.5"},
            "domain": "enterprise-attack",
            "description": "Techniques that Trailhound's rules claim; the score is the number of rules.",
            "filters": {"platforms": ["IaaS", "Identity Provider"]},
            "techniques": techniques,
            "gradient": {
                "colors": ["#cfe8f3", "#0b6fa4"],
                "minValue": 1,
                "maxValue": most.unwrap_or(1),
            },
        })
    }

    fn summary(&self, rules: usize) -> String {
        let claimed = self.techniques.len() as u64;
        let tested = self.techniques.iter().filter(|one| one.tested > 0).count();
        let mut text = format!(
            "{} claimed by {}, {tested} of them tested",
            things(claimed, "technique"),
            things(rules as u64, "rule"),
        );
        if self.techniques.iter().any(|one| one.seen.is_some()) {
            let seen = self.techniques.iter().filter(|one| one.seen > Some(0));
            text += &format!(", {} seen in the logs", seen.count());
        }
        text
    }
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();
