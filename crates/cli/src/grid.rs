//! Columns under headings, as wide as they need to be and no wider than the terminal.

use std::io::{self, Write};

use anstyle::Style;
use detect::render::column;
use unicode_width::UnicodeWidthStr as _;

const DIM: Style = Style::new().dimmed();

/// Blanks between columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// A table of texts that are safe to show.
#[derive(Debug, Default)]
pub struct Grid {
    headings: Vec<Heading>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Heading {
    text: String,
    kind: Kind,
}

/// How a column behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// To the left, and cut where there is no room.
    Text,
    /// To the left, and never cut.
    Whole,
    /// To the right, and never cut.
    Number,
}

impl Grid {
    /// Adds a column of texts.
    #[must_use]
    pub fn text(self, heading: impl Into<String>) -> Self {
        self.column(heading.into(), Kind::Text)
    }

    /// Adds a column of texts that make no sense in part, such as times.
    #[must_use]
    pub fn whole(self, heading: impl Into<String>) -> Self {
        self.column(heading.into(), Kind::Whole)
    }

    /// Adds a column of numbers, which stand to the right.
    #[must_use]
    pub fn number(self, heading: impl Into<String>) -> Self {
        self.column(heading.into(), Kind::Number)
    }

    fn column(mut self, text: String, kind: Kind) -> Self {
        self.headings.push(Heading { text, kind });
        self
    }

    /// Adds a row, a cell for each column.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.headings.len());
        self.rows.push(cells);
    }

    /// Writes headings and rows in at most `width` columns of the terminal, where the cells let them.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let widths = self.widths(width);
        let headings: Vec<_> = self.headings.iter().map(|one| one.text.clone()).collect();
        let heading = self.line(&headings, &widths);
        writeln!(out, "{DIM}{heading}{DIM:#}")?;
        self.rows
            .iter()
            .try_for_each(|row| writeln!(out, "{}", self.line(row, &widths)))
    }

    /// The widest columns give way first.
    fn widths(&self, room: usize) -> Vec<usize> {
        let natural = |at: usize| {
            let cells = self.rows.iter().map(|row| row[at].width());
            cells.fold(self.headings[at].text.width(), usize::max)
        };
        let mut widths: Vec<_> = (0..self.headings.len()).map(natural).collect();
        let gaps = GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > room {
            let texts = (0..widths.len()).filter(|&at| self.headings[at].kind == Kind::Text);
            let widest = texts.max_by_key(|&at| widths[at]);
            match widest.map(|at| &mut widths[at]) {
                Some(width) if *width > NARROWEST => *width -= 1,
                _ => break,
            }
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (at, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            if at > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            if self.headings[at].kind == Kind::Number {
                line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
                line.push_str(cell);
            } else {
                line.push_str(&column(cell, width));
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: usize) -> String {
        let mut grid = Grid::default().text("who").number("calls").text("what");
        grid.row(vec![
            "maria".into(),
            "7".into(),
            "玛丽亚 looked around".into(),
        ]);
        grid.row(vec!["a-very-long-name".into(), "12,000".into(), "x".into()]);
        let mut out = Vec::new();
        grid.write(width, &mut out).expect("memory");
        anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string()
    }

    #[test]
    fn columns_fit_the_terminal() {
        assert!(written(100).lines().all(|line| line.width() <= 100));
        let narrow = written(36);
        assert!(narrow.lines().all(|line| line.width() <= 36), "{narrow}");
        assert!(narrow.contains("12,000"), "numbers are not cut: {narrow}");
    }
}
