//! Where in a rule file something stands.
//!
//! Invariant: lines and columns count from 1, columns in characters, as editors show them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
pub(crate) use yaml_tree::Mark;

/// A place to open in the editor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The name that the file was loaded under.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A file's name and text, kept so that errors and lints can show the line they speak of.
#[derive(Debug)]
pub(crate) struct Source {
    name: Arc<str>,
    text: Box<str>,
    /// Where each line begins, found when the first problem asks.
    starts: OnceLock<Vec<usize>>,
}

/// A source line longer than this is cut: it is shown to people, and files may be hostile.
const SHOWN: usize = 200;

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            starts: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn locate(&self, mark: Mark) -> Location {
        Location {
            file: Arc::clone(&self.name),
            line: mark.line,
            column: mark.column,
        }
    }

    /// The whole line that `mark` stands in, without its line break.
    pub(crate) fn line(&self, mark: Mark) -> &str {
        let starts = self.starts.get_or_init(|| {
            let after = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|end| end + 1);
            std::iter::once(0).chain(after).collect()
        });
        let start = starts.get(mark.line.wrapping_sub(1)).copied();
        let rest = start
            .and_then(|start| self.text.get(start..))
            .unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// The line that `mark` stands in, at most 200 characters of it.
    pub(crate) fn shown_line(&self, mark: Mark) -> String {
        self.line(mark).chars().take(SHOWN).collect()
    }
}
