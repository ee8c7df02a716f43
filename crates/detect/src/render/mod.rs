//! Alerts as people and other programs read them: text out, nothing sent.
//!
//! Invariant: whatever comes from a record passes through [`neutral`](crate::neutral) or the
//! escaping of its format here, at the edge; before it, alerts hold what the record says.

pub mod advice;
mod attack;
pub mod chat;
pub mod clauses;
pub mod csv;
pub mod json;
pub mod mail;
pub mod ocsf;
pub mod readers;
pub mod record;
pub mod rule;
pub mod table;
mod text;

#[cfg(test)]
pub(crate) mod tests;

pub use text::{column, lines, name, sentence};

use anstyle::{AnsiColor, Style};

use sigma::Level;

/// A value found at `path` in a record, or what stands in place of a secret; still to be made safe to show.
#[must_use]
pub fn unsecret<'v>(path: &str, value: &'v str) -> std::borrow::Cow<'v, str> {
    crate::secret::masked(path, value.into())
}

/// A value found at `path` in a record, safe to show in one line: a secret is masked.
#[must_use]
pub fn cell(path: &str, value: &str) -> String {
    name(&crate::secret::masked(path, value.into()))
}

/// The same in full, however long: for spreadsheets and programs.
#[must_use]
pub fn whole_cell(path: &str, value: &str) -> String {
    crate::neutral::neutral(&crate::secret::masked(path, value.into()), usize::MAX)
}

/// The colour of a level, for terminals.
#[must_use]
pub fn level_style(level: Level) -> Style {
    let color = match level {
        Level::Critical => AnsiColor::BrightMagenta,
        Level::High => AnsiColor::Red,
        Level::Medium => AnsiColor::Yellow,
        Level::Low => AnsiColor::Cyan,
        Level::Informational => return Style::new().dimmed(),
    };
    color.on_default().bold()
}
