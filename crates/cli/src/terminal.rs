//! The two streams of a command line: findings on one, what is said about the run on the other.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::args::{Color, Global};
use crate::complaint::Complaint;

/// How many complaints of one kind are printed in full; a broken disk must not scroll away the rest.
const COMPLAINTS: usize = 20;

/// Columns where nothing tells them.
const COLUMNS: usize = 100;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What this run may do to the terminal.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: Color,
    quiet: bool,
}

impl Terminal {
    /// As the flags say.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        let color = global.color;
        Self {
            color,
            quiet: global.quiet,
        }
    }

    /// Whether only trouble is to be told.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether a person watches the second stream, so that progress makes sense.
    #[must_use]
    pub fn is_watched(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// The first stream, for findings.
    #[must_use]
    pub fn out(self) -> AutoStream<io::StdoutLock<'static>> {
        let stdout = io::stdout().lock();
        let choice = self.choice(|| AutoStream::choice(&stdout));
        AutoStream::new(stdout, choice)
    }

    /// The second stream, for what is said about the run.
    #[must_use]
    pub fn err(self) -> AutoStream<io::StderrLock<'static>> {
        let stderr = io::stderr().lock();
        let choice = self.choice(|| AutoStream::choice(&stderr));
        AutoStream::new(stderr, choice)
    }

    /// What to do with colours in a file.
    #[must_use]
    pub fn file_choice(self) -> ColorChoice {
        self.choice(|| ColorChoice::Never)
    }

    fn choice(self, auto: impl FnOnce() -> ColorChoice) -> ColorChoice {
        match self.color {
            Color::Auto => auto(),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }

    /// Columns of the first stream: `COLUMNS` if set, else the terminal's, else 100.
    #[must_use]
    pub fn width(self) -> usize {
        let set = std::env::var("COLUMNS")
            .ok()
            .and_then(|text| text.parse().ok());
        set.or_else(|| {
            let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
            Some(width.into())
        })
        .map_or(COLUMNS, |width: usize| width.clamp(40, 240))
    }

    /// Tells of one thing that is wrong.
    pub fn complain(self, complaint: &Complaint) {
        self.tell(ERROR, "error", complaint);
    }

    /// Tells of many, the first few in full.
    pub fn complain_all(self, complaints: &[Complaint]) {
        for complaint in complaints.iter().take(COMPLAINTS) {
            self.complain(complaint);
        }
        if let Some(more @ 1..) = complaints.len().checked_sub(COMPLAINTS) {
            self.tell(ERROR, "error", format_args!("and {more} more like these"));
        }
    }

    /// Tells of something that is not wrong, but may not be meant.
    pub fn warn(self, what: impl fmt::Display) {
        self.tell(WARNING, "warning", what);
    }

    /// Says something as it is.
    pub fn say(self, what: impl fmt::Display) {
        // With the second stream closed there is no one left to tell.
        let _ = writeln!(self.err(), "{what}");
    }

    fn tell(self, style: Style, kind: &str, what: impl fmt::Display) {
        self.say(format_args!("{style}{kind}{style:#}: {what}"));
    }
}
