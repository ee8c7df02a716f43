//! `trailhound explain`: one record in plain words, and why a rule matches it or not.

mod find;
mod page;

use std::path::{Path, PathBuf};

use clap::Args;
use detect::Detector;
use detect::language::Language;
use sigma::{Rule, RuleSet};

use self::find::Found;
use self::page::Page;
use crate::complaint::Complaint;
use crate::diagnosis;
use crate::exit::Exit;
use crate::inputs::Inputs;
use crate::output::Output;
use crate::rulebook::{self, Rulebook};
use crate::terminal::Terminal;

/// Arguments of `trailhound explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// A log file, a folder of them, a pattern, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The `eventID` of the record; without it, several records are listed
    #[arg(long, short, value_name = "ID")]
    pub event: Option<String>,

    /// Say clause by clause why this rule matches or not: the id of a rule, or a file of rules
    #[arg(long, short, value_name = "ID|FILE")]
    pub rule: Option<String>,

    /// Know the rules in this folder or file too; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound explain record.json
  $ trailhound explain logs --event 3038ebd2-c98a-4c65-9b6e-e22506292313
  $ trailhound explain record.json --rule my-rules/bucket-made-public.yml
  $ cat record.json | trailhound explain - --language zh-CN";

/// Explains what `args` name.
///
/// # Errors
/// A [`Complaint`] if there is no such record or rule.
pub fn run(args: &ExplainArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let (detector, wanted, rules_exit) = rules(args, terminal)?;
    let inputs = Inputs::find(&args.paths, None, false);
    terminal.complain_all(&inputs.complaints);
    let found = find::find(&inputs, args.event.as_deref());
    terminal.complain_all(&found.complaints);
    let trouble = !inputs.complaints.is_empty() || !found.complaints.is_empty();
    let exit = if trouble {
        Exit::Unreadable
    } else {
        Exit::Quiet
    };
    if found.texts.is_empty() {
        return nothing(args, &found, trouble).map_or(Ok(exit), Err);
    }
    let page = Page {
        detector: &detector,
        wanted: &wanted,
        width: terminal.width(),
        language,
    };
    let list = found.count > 1 && args.event.is_none();
    Output::open(None, terminal)?.write(|out| {
        if list {
            page.list(&found, out)
        } else {
            page.records(&found, out)
        }
    })?;
    Ok(exit.max(rules_exit))
}

/// Why there is nothing to explain, unless that has been `told` already.
fn nothing(args: &ExplainArgs, found: &Found, told: bool) -> Option<Complaint> {
    match &args.event {
        Some(id) if found.count > 0 => Some(
            Complaint::bad_call(
                format!("--event {id}"),
                format!("none of {} records has this eventID", found.count),
            )
            .help("leave --event out to see what there is"),
        ),
        _ if told || found.count > 0 => None,
        _ => Some(
            Complaint::unreadable(
                args.paths[0].display(),
                "there is no CloudTrail record in it",
            )
            .help("give a log file, or a record with eventSource, eventName and eventTime"),
        ),
    }
}

/// The rules known, and which of them are to be explained.
fn rules(
    args: &ExplainArgs,
    terminal: Terminal,
) -> Result<(Detector, Vec<usize>, Exit), Complaint> {
    let mut book = Rulebook::for_judging().with(&args.rules);
    let file = args
        .rule
        .as_deref()
        .map(PathBuf::from)
        .filter(|path| path.is_file());
    if let Some(file) = &file {
        book = book.with(std::slice::from_ref(file));
    }
    terminal.complain_all(&book.complaints);
    let loaded = book.load();
    let errors = diagnosis::tell_problems(&loaded.problems, terminal);
    let wanted = match (&args.rule, &file) {
        (None, _) => Vec::new(),
        (Some(_), Some(file)) => {
            let file = file.display().to_string();
            in_file(&loaded.rules, book.name_of(&file))
        }
        (Some(name), None) => vec![named(&loaded.rules, name)?],
    };
    let (detector, _) = Detector::with_blocks(loaded.rules, rulebook::block);
    let bad = errors > 0 || !book.complaints.is_empty();
    Ok((
        detector,
        wanted,
        if bad { Exit::BadRule } else { Exit::Quiet },
    ))
}

/// The rules that stand in `file`.
pub(super) fn in_file(rules: &RuleSet, file: &str) -> Vec<usize> {
    let here = |rule: &Rule| &*rule.location().file == file;
    (0..rules.rules().len())
        .filter(|&at| here(&rules.rules()[at]))
        .collect()
}

/// The rule with this id, name or title, or in a file of this name, as the guide lists the built-in ones.
///
/// # Errors
/// A [`Complaint`] if there is none.
pub(super) fn named(rules: &RuleSet, name: &str) -> Result<usize, Complaint> {
    let titled = || {
        rules
            .rules()
            .iter()
            .position(|rule| rule.title().eq_ignore_ascii_case(name))
    };
    let in_file_called = || {
        rules.rules().iter().position(|rule| {
            let file = Path::new(&*rule.location().file).file_stem();
            file.is_some_and(|file| file == name)
        })
    };
    let found = rules.position(name).or_else(titled);
    found.or_else(in_file_called).ok_or_else(|| {
        Complaint::bad_call(
            name,
            "no rule has this id or title, and there is no such file",
        )
        .help("see `trailhound rules list`")
    })
}
