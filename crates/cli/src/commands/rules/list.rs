//! `trailhound rules list`

use std::collections::BTreeSet;
use std::io::{self, Write};

use clap::Args;
use detect::Guidance;
use detect::guidance::Theme;
use detect::language::Language;
use detect::render::{level_style, sentence};
use detect::selectors::{Selector, selectors};
use serde::Serialize;
use sigma::{Correlation, Header, Level, RuleSet};
use unicode_width::UnicodeWidthStr as _;

use super::{Format, Which};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// Arguments of `trailhound rules list`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Which rules.
    #[command(flatten)]
    pub which: Which,

    /// How to write the list
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound rules list
  $ trailhound rules list my-rules --format json";

/// A rule in the list.
#[derive(Debug, Serialize)]
struct Entry {
    level: Level,
    id: Option<String>,
    title: String,
    tags: Vec<String>,
    theme: Option<Theme>,
    cis: Vec<String>,
    needs: BTreeSet<Selector>,
    tests: usize,
    file: String,
    line: usize,
}

/// `informational`
const LEVEL: usize = 13;

/// A UUID.
const ID: usize = 36;

/// Lists the rules, the worst level first, then by title.
pub(super) fn run(
    args: &ListArgs,
    language: Language,
    terminal: Terminal,
) -> Result<Exit, Complaint> {
    let (rules, exit) = super::load(&Rulebook::at(&args.which.paths), terminal);
    let mut entries = entries(&rules, language);
    entries.sort_by(|a, b| (b.level, &a.title, &a.file).cmp(&(a.level, &b.title, &b.file)));
    Output::open(None, terminal)?.write(|out| match args.format {
        Format::Table => table(&entries, terminal.width(), out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &entries)?;
            writeln!(out)
        }
    })?;
    if !terminal.is_quiet() {
        let all = rules.rules().len() + rules.correlations().len();
        terminal.say(match all.saturating_sub(entries.len()) {
            0 => things(entries.len() as u64, "rule"),
            helpers => format!(
                "{}, and {} more that only count towards correlations",
                things(entries.len() as u64, "rule"),
                helpers
            ),
        });
    }
    Ok(exit)
}

/// What reports: rules that do not only count towards others, and correlations.
fn entries(rules: &RuleSet, language: Language) -> Vec<Entry> {
    let alone = rules.alone().map(|(_, rule)| {
        let tests = rule.tests().len();
        Entry::of(rule.header(), tests, selectors(rule), language)
    });
    let together = rules.correlations().iter().map(|correlation| {
        let tests = correlation.tests().len();
        let needs = needs(rules, correlation);
        Entry::of(correlation.header(), tests, needs, language)
    });
    alone.chain(together).collect()
}

/// What a correlation needs: what all that it counts needs. Correlations do not wait for themselves.
fn needs(rules: &RuleSet, correlation: &Correlation) -> BTreeSet<Selector> {
    let names = correlation.references().iter();
    let each = names.flat_map(|name| {
        let rule = rules.position(name).map(|at| selectors(&rules.rules()[at]));
        let below = || rules.correlation_position(name);
        rule.or_else(|| below().map(|at| needs(rules, &rules.correlations()[at])))
    });
    each.flatten().collect()
}

impl Entry {
    fn of(header: &Header, tests: usize, needs: BTreeSet<Selector>, language: Language) -> Self {
        let guidance = Guidance::of(header).unwrap_or_default();
        let translated = guidance.title.zh_cn.filter(|_| language == Language::ZhCn);
        Self {
            level: header.level(),
            id: header.id().map(str::to_owned),
            title: translated.unwrap_or_else(|| header.title().to_owned()),
            tags: header.tags().to_vec(),
            theme: guidance.theme,
            cis: guidance.cis,
            needs,
            tests,
            file: header.location().file.to_string(),
            line: header.location().line,
        }
    }
}

/// One line per rule. The file comes last, and only where there is room for all of them.
fn table(entries: &[Entry], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let titles = entries
        .iter()
        .map(|entry| sentence(&entry.title).width())
        .max()
        .unwrap_or(0);
    let files = entries
        .iter()
        .map(|entry| entry.file.width())
        .max()
        .unwrap_or(0);
    let has_room = LEVEL + 2 + ID + 2 + titles + 2 + files <= width;
    for entry in entries {
        let (style, level) = (level_style(entry.level), entry.level);
        let id = sentence(entry.id.as_deref().unwrap_or("-"));
        let title = sentence(&entry.title);
        write!(out, "{style}{level:LEVEL$}{style:#}  {id:ID$}  {title}")?;
        if has_room {
            let blank = titles - title.width();
            write!(out, "{:blank$}  {}", "", sentence(&entry.file))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
