//! Alerts for a person at a terminal: grouped by rule, the worst and newest first.
//!
//! Everything shown fits the width given, except the commands that are there to be copied.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::level_style;
use super::text::{self, column, lines, shell_word};
use sigma::Level;

use crate::alert::Alert;
use crate::language::{Language, Words, words};

/// How many alerts of one rule are shown; the others are counted.
const ROWS: usize = 20;

/// `2026-11-22 14:02:11Z`
const TIME: usize = 20;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// How a table is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Columns to fill.
    pub width: usize,
    /// The language of sentences.
    pub language: Language,
}

impl Table {
    /// Writes `alerts` in ANSI colours, which the caller strips where they are not wanted.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, alerts: &[Alert], out: &mut dyn Write) -> io::Result<()> {
        for (at, (rule, alerts)) in groups(alerts).into_iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            self.group(&rule, &alerts, out)?;
        }
        Ok(())
    }

    fn group(self, rule: &Rule<'_>, alerts: &[&Alert], out: &mut dyn Write) -> io::Result<()> {
        self.heading(rule.level, alerts, out)?;
        let name = self.name_width(alerts);
        for alert in alerts.iter().take(ROWS) {
            self.row(alert, name, out)?;
        }
        if let Some(more @ 1..) = alerts.len().checked_sub(ROWS) {
            let more = MORE.to(self.language).replace("{}", &more.to_string());
            writeln!(out, "  {DIM}{more}{DIM:#}")?;
        }
        match alerts.iter().find_map(|alert| explain(alert)) {
            Some(command) => writeln!(out, "  {DIM}{command}{DIM:#}"),
            None => Ok(()),
        }
    }

    fn heading(self, level: Level, alerts: &[&Alert], out: &mut dyn Write) -> io::Result<()> {
        let style = level_style(level);
        let label = LEVELS[level as usize].to(self.language);
        let count = match alerts.len() {
            1 => String::new(),
            n => format!(" ×{n}"),
        };
        let room = self.width.saturating_sub(label.width() + 2 + count.width());
        let title = text::name(alerts[0].rule.title_in(self.language));
        let title = column(&title, title.width().min(room));
        writeln!(out, "{style}{label}{style:#}  {BOLD}{title}{BOLD:#}{count}")
    }

    /// The column of names takes what the longest needs, but never more than a quarter.
    fn name_width(self, alerts: &[&Alert]) -> usize {
        let widths = alerts
            .iter()
            .take(ROWS)
            .map(|alert| text::name(&alert.principal.name).width());
        widths.max().unwrap_or(0).clamp(4, self.width / 4)
    }

    fn row(self, alert: &Alert, name: usize, out: &mut dyn Write) -> io::Result<()> {
        let indent = 2 + TIME + 2 + name + 2;
        let who = column(&text::name(&alert.principal.name), name);
        let mut lines = lines(&self.sentence(alert), self.width.saturating_sub(indent)).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(out, "  {DIM}{}{DIM:#}  {who}  {first}", time(alert.time))?;
        for line in lines {
            writeln!(out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    fn sentence(self, alert: &Alert) -> String {
        let sentence = text::sentence(alert.summary.to(self.language));
        match alert.event_count {
            0 | 1 => sentence,
            n => {
                let times = if alert.event_count_is_estimate {
                    ABOUT_TIMES
                } else {
                    TIMES
                };
                let times = times.to(self.language).replace("{}", &n.to_string());
                match self.language {
                    Language::En => format!("{sentence} ({times})"),
                    Language::ZhCn => format!("{sentence}（{times}）"),
                }
            }
        }
    }
}

/// What makes a group; sorts the worst first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rule<'a> {
    level: Level,
    id: &'a str,
    title: &'a str,
}

/// Groups by rule, the worst level first, then the group with the newest alert; the newest first
/// within.
fn groups(alerts: &[Alert]) -> Vec<(Rule<'_>, Vec<&Alert>)> {
    let mut groups: BTreeMap<Rule<'_>, Vec<&Alert>> = BTreeMap::new();
    for alert in alerts {
        let rule = Rule {
            level: alert.level,
            id: &alert.rule.id,
            title: &alert.rule.title,
        };
        groups.entry(rule).or_default().push(alert);
    }
    for alerts in groups.values_mut() {
        alerts.sort_by_key(|alert| (Reverse(alert.time), &alert.id));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(rule, alerts)| Reverse((rule.level, alerts[0].time)));
    groups
}

/// The second is enough here; the full time is in the other formats.
fn time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The command that tells more of the alert's first event.
fn explain(alert: &Alert) -> Option<String> {
    let event = alert.decided().or(alert.events.first())?;
    let id = event.event_id.as_deref()?;
    Some(format!(
        "trailhound explain {} --event {}",
        shell_word(&text::name(event.log_file.as_deref()?)),
        shell_word(&text::name(id)),
    ))
}

/// A level in running text: `high`, `高危`.
#[must_use]
pub fn level_word(level: Level, language: Language) -> &'static str {
    match language {
        Language::En => level.as_str(),
        Language::ZhCn => LEVELS[level as usize].zh,
    }
}

/// In the order of [`Level`].
const LEVELS: [Words; 5] = [
    words("INFO", "提示"),
    words("LOW", "低危"),
    words("MEDIUM", "中危"),
    words("HIGH", "高危"),
    words("CRITICAL", "严重"),
];

const MORE: Words = words(
    "and {} more; --format jsonl has them all",
    "另有 {} 条；用 --format jsonl 可查看全部",
);

const TIMES: Words = words("{} events", "{} 个事件");

const ABOUT_TIMES: Words = words("about {} events", "约 {} 个事件");
