//! Alerts for spreadsheets.
//!
//! Source: RFC 4180; OWASP, *CSV Injection*: a cell that a spreadsheet would take for a formula is
//! led by an apostrophe.

use std::borrow::Cow;
use std::io::{self, Write};

use super::text;
use crate::alert::Alert;
use crate::language::Language;

/// The columns, in order; new ones are added at the end.
pub const COLUMNS: [&str; 20] = [
    "time",
    "level",
    "rule_title",
    "account",
    "region",
    "principal",
    "principal_kind",
    "source_ip",
    "tool",
    "summary",
    "event_count",
    "first_time",
    "last_time",
    "event_source",
    "event_name",
    "error_code",
    "event_id",
    "log_file",
    "rule_id",
    "alert_id",
];

/// Writes the heading and one line for each of `alerts`; event columns are those of the
/// event that decided.
///
/// # Errors
/// Those of `out`.
pub fn write(alerts: &[Alert], language: Language, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    csv.write_record(COLUMNS).map_err(as_of_out)?;
    for alert in alerts {
        csv.write_record(
            cells(alert, language)
                .iter()
                .map(|cell| harmless(cell).into_owned()),
        )
        .map_err(as_of_out)?;
    }
    csv.flush()
}

/// Writes any heading and rows, whose cells are safe to show already.
///
/// # Errors
/// Those of `out`.
pub fn write_rows(
    heading: &[String],
    rows: impl Iterator<Item = Vec<String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    for row in std::iter::once(heading.to_vec()).chain(rows) {
        csv.write_record(row.iter().map(|cell| harmless(cell).into_owned()))
            .map_err(as_of_out)?;
    }
    csv.flush()
}

/// As `out` has said it: that its reader went away must be known by whoever asks.
fn as_of_out(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn cells(alert: &Alert, language: Language) -> [String; COLUMNS.len()] {
    let event = alert.decided().or(alert.events.first());
    let name = |text: Option<&str>| text::name(text.unwrap_or_default());
    [
        alert.time.to_string(),
        alert.level.to_string(),
        text::name(alert.rule.title_in(language)),
        name(alert.account.id.as_deref()),
        name(alert.region.as_deref()),
        text::name(&alert.principal.key),
        alert.principal.kind.to_string(),
        name(alert.source.ip.as_deref()),
        name(alert.source.tool.as_deref()),
        text::sentence(alert.summary.to(language)),
        alert.event_count.to_string(),
        alert.first_time.to_string(),
        alert.last_time.to_string(),
        name(event.map(|event| &*event.event_source)),
        name(event.map(|event| &*event.event_name)),
        name(event.and_then(|event| event.error_code.as_deref())),
        name(event.and_then(|event| event.event_id.as_deref())),
        name(event.and_then(|event| event.log_file.as_deref())),
        text::name(&alert.rule.id),
        alert.id.to_string(),
    ]
}

/// `cell`, with an apostrophe in front if a spreadsheet would compute it. Tabs and line breaks, which
/// OWASP names too, cannot come here: they have become pictures.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_the_reader_went_away_is_known() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let long = vec!["x".repeat(64 << 10)];
        let written = write_rows(&long, std::iter::repeat_n(long.clone(), 3), &mut Gone);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn formulas_stay_text() {
        for (cell, expected) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            (" @SUM(A1)", "' @SUM(A1)"),
            ("＝1", "'＝1"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }
}
