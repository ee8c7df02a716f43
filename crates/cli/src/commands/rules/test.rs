//! `trailhound rules test`
//!
//! A test's event is judged as a scan would judge it: as a CloudTrail record, derived fields and all,
//! by way of the index.

use std::io::{self, Write};

use clap::Args;
use detect::cloudtrail::{Record, layout};
use detect::language::Language;
use detect::render::clauses::Clauses;
use detect::render::sentence;
use detect::{Detector, Screener};
use sigma::{Explanation, Rule, RuleTest};

use super::Which;
use super::mutants::Mutants;
use super::stories;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules test`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TestArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,

    /// Then put one mistake after the other into each rule, and fail if the tests notice fewer of them
    /// than this, 95 if no number is given
    #[arg(
        long,
        value_name = "PERCENT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "95",
        value_parser = clap::value_parser!(u8).range(0..=100)
    )]
    pub mutants: Option<u8>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound rules test
  $ trailhound rules test my-rules
  $ trailhound rules test --mutants";

/// The time of a test's event that names none.
const SOME_TIME: &str = "2026-01-01T00:00:00Z";

/// How a test failed.
enum Failure {
    /// The event cannot be judged.
    NotARecord(String),
    /// The verdict is wrong; the clauses say why.
    Verdict(Box<Explanation>),
}

/// Runs the tests.
pub(super) fn run(
    args: &TestArgs,
    language: Language,
    terminal: Terminal,
) -> Result<Exit, Complaint> {
    let book = Rulebook::at(&args.which.paths);
    let (rules, exit) = super::load(&book, terminal);
    let (detector, _) = Detector::new(rules);
    let clauses = Clauses {
        width: terminal.width(),
        language,
        verdicts: true,
    };
    let mut tally = Tally::default();
    let mut mutants = Mutants::default();
    Output::open(None, terminal)?.write(|out| {
        tally.run(&detector, clauses, out)?;
        match args.mutants {
            Some(_) => mutants.run(&book, detector.rules().rules(), out),
            None => Ok(()),
        }
    })?;
    if !terminal.is_quiet() {
        terminal.say(&tally);
        if args.mutants.is_some() {
            terminal.say(&mutants);
        }
    }
    let unproven = args
        .mutants
        .is_some_and(|percent| !mutants.are_killed(percent));
    Ok(if tally.failed > 0 || unproven {
        exit.max(Exit::Alerts)
    } else {
        exit
    })
}

#[derive(Default)]
struct Tally {
    rules: u64,
    untested: u64,
    passed: u64,
    failed: u64,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tests = things(self.passed + self.failed, "test");
        let rules = things(self.rules, "rule");
        write!(
            f,
            "{tests} of {rules}: {} passed, {} failed",
            self.passed, self.failed
        )?;
        match self.untested {
            0 => Ok(()),
            untested => write!(f, "; {} without tests", things(untested, "rule")),
        }
    }
}

impl Tally {
    fn run(
        &mut self,
        detector: &Detector,
        clauses: Clauses,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut screener = detector.screener();
        for (at, rule) in detector.rules().rules().iter().enumerate() {
            self.rules += 1;
            self.untested += u64::from(rule.tests().is_empty());
            for test in rule.tests() {
                match judge(&mut screener, at, rule, test) {
                    Ok(()) => self.passed += 1,
                    Err(failure) => {
                        self.failed += 1;
                        tell(rule, test, &failure, clauses, out)?;
                    }
                }
            }
        }
        self.run_stories(detector, &mut screener, out)
    }

    fn run_stories(
        &mut self,
        detector: &Detector,
        screener: &mut Screener<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for correlation in detector.rules().correlations() {
            self.rules += 1;
            self.untested += u64::from(correlation.tests().is_empty());
            for story in correlation.tests() {
                let told = stories::judge(detector, screener, correlation, story);
                if told.passed {
                    self.passed += 1;
                } else {
                    self.failed += 1;
                    told.write(correlation, story, out)?;
                }
            }
        }
        Ok(())
    }
}

/// The test's event as a record, with a time if it has none.
pub(super) fn record_text(test: &RuleTest) -> String {
    let mut event = test.event().clone();
    if let Some(fields) = event.as_object_mut() {
        fields.entry("eventTime").or_insert(SOME_TIME.into());
    }
    event.to_string()
}

/// That text as a record; the error says why it is none.
pub(super) fn record(text: &str) -> Result<Record<'_>, String> {
    layout::of(text)
        .ok_or_else(|| "the event is not an object".to_owned())
        .and_then(|layout| Record::new(text, layout).map_err(|error| error.to_string()))
}

/// Whether the rule carries a test that expects a match, and passes all it carries.
pub(super) fn passes(screener: &mut Screener<'_>, at: usize, rule: &Rule) -> bool {
    rule.tests().iter().any(RuleTest::expects_match)
        && rule
            .tests()
            .iter()
            .all(|test| judge(screener, at, rule, test).is_ok())
}

fn judge(
    screener: &mut Screener<'_>,
    at: usize,
    rule: &Rule,
    test: &RuleTest,
) -> Result<(), Failure> {
    let text = record_text(test);
    let record = record(&text).map_err(Failure::NotARecord)?;
    if screener.matches(at, &record) == test.expects_match() {
        Ok(())
    } else {
        Err(Failure::Verdict(Box::new(rule.explain(&record))))
    }
}

fn tell(
    rule: &Rule,
    test: &RuleTest,
    failure: &Failure,
    clauses: Clauses,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = sentence(&test.location().to_string());
    let (title, name) = (sentence(rule.title()), sentence(test.name()));
    writeln!(out, "{place}: {FAILED}failed{FAILED:#}: {title}: {name}")?;
    match failure {
        Failure::NotARecord(why) => {
            writeln!(out, "  the event cannot be judged: {}", sentence(why))?;
        }
        Failure::Verdict(explanation) => {
            let (expected, is) = match test.expects_match() {
                true => ("a match", "does not match"),
                false => ("no match", "matches"),
            };
            writeln!(out, "  expected {expected}, but the rule {is}:")?;
            clauses.write(explanation, out)?;
        }
    }
    writeln!(out)
}

pub(super) const FAILED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
