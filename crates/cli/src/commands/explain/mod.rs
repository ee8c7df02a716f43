//! `trailhound explain`: one record in plain words, and why a rule matches it or not.

mod find;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use detect::cloudtrail::Record;
use detect::language::{Language, Words};
use detect::render::advice::Advice;
use detect::render::clauses::Clauses;
use detect::render::record::RecordPage;
use detect::render::sentence;
use detect::{Alert, Detector, Guidance};
use sigma::{Rule, RuleSet};

use self::find::Found;
use crate::complaint::Complaint;
use crate::diagnosis;
use crate::exit::Exit;
use crate::inputs::Inputs;
use crate::output::Output;
use crate::rulebook::Rulebook;
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
    let inputs = Inputs::find(&args.paths, None);
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
    let mut book = Rulebook::builtin().with(&args.rules);
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
        (Some(_), Some(file)) => in_file(&loaded.rules, &file.display().to_string()),
        (Some(name), None) => vec![named(&loaded.rules, name)?],
    };
    let (detector, _) = Detector::new(loaded.rules);
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

/// The rule with this id, name or title.
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
    rules.position(name).or_else(titled).ok_or_else(|| {
        Complaint::bad_call(
            name,
            "no rule has this id or title, and there is no such file",
        )
        .help("see `trailhound rules list`")
    })
}

struct Page<'a> {
    detector: &'a Detector,
    wanted: &'a [usize],
    width: usize,
    language: Language,
}

impl Page<'_> {
    /// One line per record, to choose from.
    fn list(&self, found: &Found, out: &mut dyn Write) -> io::Result<()> {
        for record in found.records() {
            let said = detect::sentence::sentence(&record, self.language);
            let id = record.event_id().unwrap_or_default();
            writeln!(out, "{}  {}", record.event_time(), sentence(&id))?;
            writeln!(out, "  {}", sentence(&said))?;
        }
        if let Some(more @ 1..) = found.count.checked_sub(found.texts.len() as u64) {
            writeln!(
                out,
                "{}",
                MORE.to(self.language).replace("{}", &more.to_string())
            )?;
        }
        writeln!(out, "\n{}", CHOOSE.to(self.language))
    }

    fn records(&self, found: &Found, out: &mut dyn Write) -> io::Result<()> {
        for (at, record) in found.records().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            self.record(&record, out)?;
        }
        Ok(())
    }

    fn record(&self, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (width, language) = (self.width, self.language);
        RecordPage { width, language }.write(record, out)?;
        if self.wanted.is_empty() {
            return self.matching(record, out);
        }
        self.wanted
            .iter()
            .try_for_each(|&at| self.clauses(at, record, out))
    }

    /// All rules that match, for want of one asked about.
    fn matching(&self, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rules = self.detector.rules().rules();
        let matching: Vec<_> = (0..rules.len())
            .filter(|&at| rules[at].matches(record))
            .collect();
        writeln!(out, "\n{BOLD}{}{BOLD:#}", MATCHING.to(self.language))?;
        let (width, language) = (self.width, self.language);
        for &at in &matching {
            let alert = Alert::of_match(&rules[at], self.detector.guidance(at), record, None);
            Advice { width, language }.write(&alert, out)?;
            self.suppressed(at, record, out)?;
        }
        if matching.is_empty() {
            let none = NONE
                .to(self.language)
                .replace("{}", &rules.len().to_string());
            writeln!(out, "  {none}")?;
        }
        Ok(())
    }

    fn suppressed(&self, at: usize, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(filter) = self.detector.rules().suppressed_by(at, record) else {
            return Ok(());
        };
        let suppressed = SUPPRESSED.to(self.language);
        writeln!(
            out,
            "    {}",
            suppressed.replace("{}", &sentence(filter.title()))
        )
    }

    fn clauses(&self, at: usize, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rule = &self.detector.rules().rules()[at];
        let title = sentence(self.title(rule, self.detector.guidance(at)));
        let explanation = rule.explain(record);
        let verdict = if explanation.matched {
            MATCHES
        } else {
            MATCHES_NOT
        };
        let verdict = verdict.to(self.language).replace("{}", &title);
        writeln!(out, "\n{BOLD}{verdict}{BOLD:#}")?;
        let clauses = Clauses {
            width: self.width,
            language: self.language,
            verdicts: true,
        };
        clauses.write(&explanation, out)?;
        if explanation.matched {
            self.suppressed(at, record, out)?;
        }
        Ok(())
    }

    fn title<'r>(&self, rule: &'r Rule, guidance: &'r Guidance) -> &'r str {
        match (self.language, &guidance.title.zh_cn) {
            (Language::ZhCn, Some(title)) => title,
            _ => rule.title(),
        }
    }
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();

const MATCHING: Words = Words {
    en: "Rules that match",
    zh: "匹配的规则",
};

const NONE: Words = Words {
    en: "none of {}",
    zh: "{} 条规则均不匹配",
};

const MATCHES: Words = Words {
    en: "The rule {} matches",
    zh: "规则“{}”匹配",
};

const MATCHES_NOT: Words = Words {
    en: "The rule {} does not match",
    zh: "规则“{}”不匹配",
};

const SUPPRESSED: Words = Words {
    en: "suppressed by the filter {}",
    zh: "已被过滤器“{}”抑制",
};

const MORE: Words = Words {
    en: "and {} more",
    zh: "另有 {} 条",
};

const CHOOSE: Words = Words {
    en: "Choose one with --event ID",
    zh: "用 --event ID 选择其中一条",
};
