//! What is wrong or doubtful in rule files, shown in place: the line, and a caret under the spot.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};
use detect::GuidanceError;
use detect::render::sentence;
use serde::Serialize;
use sigma::{Lint, Location, RuleError};
use unicode_width::UnicodeWidthStr as _;

use crate::terminal::Terminal;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const MARGIN: Style = AnsiColor::Blue.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// How many problems of one load are told outside `rules check`.
const TOLD: usize = 10;

/// How much of a source line is shown, in characters.
const SHOWN: usize = 200;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rule does not work.
    Error,
    /// It works, but perhaps not as meant.
    Warning,
}

/// One problem at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnosis {
    /// Path of the file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// Which check found it, if it is a doubt.
    pub code: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do, where the message does not say it.
    pub help: Option<String>,
    #[serde(skip)]
    source_line: String,
}

impl Diagnosis {
    fn at(location: &Location, severity: Severity, message: String, source_line: &str) -> Self {
        Self {
            file: location.file.to_string(),
            line: location.line,
            column: location.column,
            severity,
            code: None,
            message,
            help: None,
            source_line: source_line.to_owned(),
        }
    }
}

impl From<&RuleError> for Diagnosis {
    fn from(error: &RuleError) -> Self {
        let severity = if error.is_warning() {
            Severity::Warning
        } else {
            Severity::Error
        };
        Self::at(
            &error.at,
            severity,
            error.problem.to_string(),
            error.source_line(),
        )
    }
}

impl From<&GuidanceError> for Diagnosis {
    fn from(error: &GuidanceError) -> Self {
        let message = format!("the `trailhound` block of this rule: {}", error.problem);
        Self::at(&error.at, Severity::Error, message, "")
    }
}

impl From<&Lint> for Diagnosis {
    fn from(lint: &Lint) -> Self {
        let message = lint.message.clone();
        Self {
            code: Some(lint.code.as_str().to_owned()),
            help: Some(lint.remedy.clone()),
            ..Self::at(
                &lint.location,
                Severity::Warning,
                message,
                &lint.source_line,
            )
        }
    }
}

impl Diagnosis {
    /// What the catalog has to say about a rule, whose file's text is `source`.
    #[must_use]
    pub fn of_finding(finding: &catalog::Finding, source: &str) -> Self {
        let line = source.lines().nth(finding.location.line.saturating_sub(1));
        let shown: String = line.unwrap_or_default().chars().take(SHOWN).collect();
        Self {
            code: Some(finding.code.as_str().to_owned()),
            help: Some(finding.remedy.clone()),
            ..Self::at(
                &finding.location,
                Severity::Warning,
                finding.message.clone(),
                &shown,
            )
        }
    }
}

impl Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (style, kind) = match self.severity {
            Severity::Error => (ERROR, "error"),
            Severity::Warning => (WARNING, "warning"),
        };
        let code = self
            .code
            .as_deref()
            .map(|code| format!("[{code}]"))
            .unwrap_or_default();
        let place = format!("{}:{}:{}", self.file, self.line, self.column);
        write!(
            f,
            "{}: {style}{kind}{code}{style:#}: {}",
            sentence(&place),
            sentence(&self.message)
        )?;
        self.source(f)?;
        match &self.help {
            Some(help) => write!(f, "\n  {HELP}help{HELP:#}: {}", sentence(help)),
            None => Ok(()),
        }
    }
}

impl Diagnosis {
    fn source(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = sentence(&self.source_line.replace('\t', " "));
        if line.trim().is_empty() {
            return Ok(());
        }
        let number = self.line.to_string();
        let before: String = line.chars().take(self.column.saturating_sub(1)).collect();
        let (margin, caret) = (number.len(), before.width());
        write!(f, "\n {MARGIN}{number} |{MARGIN:#} {}", line.trim_end())?;
        write!(
            f,
            "\n {MARGIN}{:margin$} |{MARGIN:#} {:caret$}{HELP}^{HELP:#}",
            "", ""
        )
    }
}

/// Tells what is wrong with rules that were to be used, the first few in full; returns how many do
/// not work.
pub fn tell_problems(problems: &[RuleError], terminal: Terminal) -> usize {
    for problem in problems.iter().take(TOLD) {
        terminal.say(Diagnosis::from(problem));
    }
    if let Some(more @ 1..) = problems.len().checked_sub(TOLD) {
        terminal.warn(format_args!(
            "and {more} more; `trailhound rules check` shows them all"
        ));
    }
    problems
        .iter()
        .filter(|problem| !problem.is_warning())
        .count()
}
