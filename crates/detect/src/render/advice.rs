//! An alert for whoever has to act on it: what was found, why it matters, what to type.

use std::io::{self, Write};

use anstyle::Style;

use super::level_style;
use super::text::{lines, name, sentence};
use crate::alert::Alert;
use crate::language::{Language, Words, words};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How advice is shown.
#[derive(Debug, Clone, Copy)]
pub struct Advice {
    /// Columns to fill; commands may be longer, for they are there to be copied.
    pub width: usize,
    /// The language of everything but the commands.
    pub language: Language,
}

impl Advice {
    /// Writes the rule of `alert`, its threat, and its commands in ANSI colours.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, alert: &Alert, out: &mut dyn Write) -> io::Result<()> {
        let style = level_style(alert.level);
        let title = name(alert.rule.title_in(self.language));
        let id = name(&alert.rule.id);
        writeln!(
            out,
            "  {style}{}{style:#}  {BOLD}{title}{BOLD:#}  {DIM}{id}{DIM:#}",
            alert.level
        )?;
        if let Some(threat) = &alert.rule.threat {
            self.paragraph(threat.to(self.language), out)?;
        }
        for (at, step) in alert.response.iter().enumerate() {
            self.paragraph(
                &format!("{}. {}", at + 1, step.title.to(self.language)),
                out,
            )?;
            self.command(None, &step.command, out)?;
            if let Some(undo) = &step.undo {
                self.command(Some(UNDO), undo, out)?;
            }
        }
        Ok(())
    }

    fn paragraph(self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let lines = lines(&sentence(text.trim()), self.width.saturating_sub(4));
        lines
            .into_iter()
            .try_for_each(|line| writeln!(out, "    {line}"))
    }

    fn command(self, label: Option<Words>, command: &str, out: &mut dyn Write) -> io::Result<()> {
        let label = label
            .map(|label| format!("{} ", label.to(self.language)))
            .unwrap_or_default();
        writeln!(
            out,
            "       {DIM}{label}{DIM:#}{}",
            sentence(command.trim())
        )
    }
}

const UNDO: Words = words("undo:", "撤销：");
