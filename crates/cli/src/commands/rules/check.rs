//! `trailhound rules check`

use catalog::FindingCode;
use clap::Args;
use detect::Guidance;
use sigma::{Correlation, LintCode, Rule};

use super::{Format, Which};
use crate::complaint::Complaint;
use crate::diagnosis::{Diagnosis, Severity};
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,

    /// How to write what was found
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,

    /// Take warnings for errors
    #[arg(long)]
    pub strict: bool,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound rules check my-rules
  $ trailhound rules check my-rules --strict --format json";

/// Looks for mistakes.
pub(super) fn run(args: &CheckArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let book = Rulebook::at(&args.which.paths);
    terminal.complain_all(&book.complaints);
    let (rules, found) = diagnose(&book);
    Output::open(None, terminal)?.write(|out| match args.format {
        Format::Table => found.iter().try_for_each(|one| writeln!(out, "{one}\n")),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &found)?;
            writeln!(out)
        }
    })?;
    let errors = found
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    let warnings = found.len() - errors;
    if !terminal.is_quiet() {
        terminal.say(format_args!(
            "Checked {} in {}: {}, {}",
            things(rules as u64, "rule"),
            things(book.len() as u64, "file"),
            things(errors as u64, "error"),
            things(warnings as u64, "warning"),
        ));
    }
    let bad = errors > 0 || !book.complaints.is_empty() || (args.strict && warnings > 0);
    Ok(if bad { Exit::BadRule } else { Exit::Quiet })
}

/// How many rules are good, and all that can be said against any, by place.
fn diagnose(book: &Rulebook) -> (usize, Vec<Diagnosis>) {
    let loaded = book.load();
    let mut found: Vec<_> = loaded.problems.iter().map(Diagnosis::from).collect();
    found.extend(loaded.rules.lint().iter().map(Diagnosis::from));
    let rules = loaded.rules.rules().iter().map(Rule::header);
    let correlations = loaded.rules.correlations().iter().map(Correlation::header);
    let guidance = rules
        .chain(correlations)
        .filter_map(|header| Guidance::of(header).err());
    found.extend(guidance.map(|error| Diagnosis::from(&error)));
    for rule in loaded.rules.rules() {
        let text = book.text(&rule.location().file);
        found.extend(
            doubts(rule)
                .iter()
                .map(|doubt| Diagnosis::of_finding(doubt, text)),
        );
    }
    found.sort();
    let all = loaded.rules.rules().len() + loaded.rules.correlations().len();
    (all, found)
}

/// What the catalog has to say, except what the rule language says better.
fn doubts(rule: &Rule) -> Vec<catalog::Finding> {
    let mut doubts = catalog::lint(rule);
    if rule
        .lint()
        .iter()
        .any(|lint| lint.code == LintCode::NeverMatches)
    {
        doubts.retain(|doubt| doubt.code != FindingCode::NeverHappens);
    }
    doubts
}
