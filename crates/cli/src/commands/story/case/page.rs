//! A case as Markdown: to be read, and ticked off.

use std::io::{self, Write};

use detect::alert::Response;
use detect::language::{Language, Words, words};
use detect::render::table::level_word;
use detect::render::{level_style, name, sentence as safe};
use trace::Lasting;

use super::Case;
use crate::numbers::{count, things};

/// How many resources are listed.
const RESOURCES: usize = 60;

impl Case {
    /// Writes it as Markdown, in colours for terminals.
    pub(super) fn write(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
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
                "{} {}{}{first} – {last}",
                count(self.events),
                say(EVENTS),
                say(COMMA)
            )?;
        }
        for principal in &self.principals {
            writeln!(out, "- {}", code(principal))?;
        }
        self.write_sessions(language, out)?;
        heading(say(FINDINGS), out)?;
        none(self.findings.is_empty(), say(NOTHING), out)?;
        for one in &self.findings {
            let style = level_style(one.level);
            writeln!(
                out,
                "- {}  {style}{}{style:#}  {}  {}",
                one.time,
                level_word(one.level, language),
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

    fn write_sessions(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        if self.sessions.is_empty() {
            return Ok(());
        }
        heading(SESSIONS.to(language), out)?;
        for session in &self.sessions {
            let indent = "  ".repeat(session.depth);
            let who = code(session.who.as_deref().unwrap_or("?"));
            let call = session
                .call
                .as_deref()
                .map_or_else(String::new, |call| format!(" ← {}", code(call)));
            write!(out, "{indent}- {}{call}  {who}  ", code(&session.key))?;
            match (session.first, session.last) {
                (Some(first), Some(last)) => writeln!(
                    out,
                    "{}{first} – {last}{}",
                    match language {
                        Language::En => format!("{}: ", things(session.calls, "call")),
                        Language::ZhCn => format!("{} 次调用：", count(session.calls)),
                    },
                    match session.failed {
                        0 => String::new(),
                        failed => format!("{}{} ✘", COMMA.to(language), count(failed)),
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
                    1 => code(call),
                    times => format!("{} ×{}", code(call), count(*times)),
                })
                .collect();
            writeln!(out, "- {}: {}", code(&one.resource), calls.join(", "))?;
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

/// What others wrote as code: the page is Markdown, which somebody pastes where links and pictures work.
fn code(text: &str) -> String {
    format!("`{}`", name(text))
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
const COMMA: Words = words(", ", "，");
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
