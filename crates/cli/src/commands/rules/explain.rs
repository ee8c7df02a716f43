//! `trailhound rules explain`

use std::path::PathBuf;

use clap::Args;
use detect::Detector;
use detect::language::Language;
use detect::render::rule::RulePage;
use sigma::{Header, RuleSet};

use crate::commands::explain::{in_file, named};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::output::Output;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainRuleArgs {
    /// The id, the title or the name of a rule, or a file of rules
    #[arg(value_name = "ID|TITLE|FILE")]
    pub rule: String,

    /// Know the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound rules explain 'Trail deleted'
  $ trailhound rules explain my-rules/bucket-made-public.yml";

/// Explains one rule, or all of a file.
pub(super) fn run(
    args: &ExplainRuleArgs,
    language: Language,
    terminal: Terminal,
) -> Result<Exit, Complaint> {
    let file = PathBuf::from(&args.rule);
    let is_file = file.is_file();
    let book = if is_file {
        Rulebook::at(&[file])
    } else {
        Rulebook::builtin().with(&args.rules)
    };
    let (rules, exit) = super::load(&book, terminal);
    let together = correlations(&rules, &args.rule, is_file);
    let alone = match (is_file, &*together) {
        (true, _) => in_file(&rules, &args.rule),
        (false, []) => vec![named(&rules, &args.rule)?],
        (false, _) => Vec::new(),
    };
    let (detector, _) = Detector::new(rules);
    let page = RulePage {
        width: terminal.width(),
        language,
    };
    Output::open(None, terminal)?.write(|out| {
        for (place, &at) in alone.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            page.write(&detector.rules().rules()[at], detector.guidance(at), out)?;
        }
        for (place, &at) in together.iter().enumerate() {
            if place + alone.len() > 0 {
                writeln!(out)?;
            }
            let correlation = &detector.rules().correlations()[at];
            page.write_correlation(correlation, detector.correlation_guidance(at), out)?;
        }
        Ok(())
    })?;
    Ok(exit)
}

/// The correlations in this file, or with this id, name or title.
fn correlations(rules: &RuleSet, wanted: &str, is_file: bool) -> Vec<usize> {
    let is_wanted = |header: &Header| match is_file {
        true => &*header.location().file == wanted,
        false => header.is_called(wanted) || header.title().eq_ignore_ascii_case(wanted),
    };
    let all = rules.correlations().iter().enumerate();
    all.filter(|(_, correlation)| is_wanted(correlation.header()))
        .map(|(at, _)| at)
        .collect()
}
