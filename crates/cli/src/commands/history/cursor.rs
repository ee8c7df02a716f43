//! How far a history was saved, so that the next run goes on from there.
//!
//! CloudTrail tells the newest first. A *pass* goes from some time back to where the last pass began. A
//! place is kept as a time and not as CloudTrail's own token, which does not live long; what was told in
//! that very second is told again, and a record that is saved twice is judged once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::complaint::Complaint;
use crate::output::Output;
use crate::terminal::Terminal;

/// The format of the file; another one is refused rather than guessed at.
const SCHEMA: &str = "trailhound.history/1";

/// Its name, which is not that of a log file.
const NAME: &str = ".history-cursor";

/// How far each region was saved, and by which question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    schema: String,
    /// The attribute and its value; `None` for everything.
    question: Option<String>,
    regions: BTreeMap<String, Place>,
}

/// How far a region was saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The newest event of the passes that came to their end.
    covered: Option<Timestamp>,
    /// The newest event of the pass under way.
    top: Option<Timestamp>,
    /// The oldest event of the pass under way.
    at: Option<Timestamp>,
}

impl Place {
    /// What is left to be asked of `since` to `until`.
    pub(super) fn rest(
        &self,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        (since.max(self.covered), self.at.or(until))
    }

    /// Notes that events from `newest` back to `oldest` are saved.
    pub(super) fn advance(&mut self, newest: Timestamp, oldest: Timestamp) {
        self.top = self.top.max(Some(newest));
        self.at = Some(self.at.map_or(oldest, |at| at.min(oldest)));
    }

    /// Notes that the pass has come to its end.
    pub(super) fn finish(&mut self) {
        *self = Self {
            covered: self.covered.max(self.top),
            ..Self::default()
        };
    }
}

/// The cursor of a folder.
#[derive(Debug)]
pub(super) struct CursorFile {
    path: PathBuf,
    cursor: Cursor,
}

impl CursorFile {
    /// Opens the cursor of `folder`, or begins one.
    ///
    /// # Errors
    /// A [`Complaint`] if the folder holds the answers to another question, or cannot be read.
    pub(super) fn open(folder: &Path, question: Option<&str>) -> Result<Self, Complaint> {
        let path = folder.join(NAME);
        let new = Cursor {
            schema: SCHEMA.to_owned(),
            question: question.map(str::to_owned),
            regions: BTreeMap::new(),
        };
        let cursor = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| refused(&path, error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => new,
            Err(error) => return Err(Complaint::bad_rule(path.display(), error)),
        };
        if cursor.schema != SCHEMA {
            return Err(refused(
                &path,
                format_args!("its format is `{}`, not {SCHEMA}", cursor.schema),
            ));
        }
        if cursor.question.as_deref() != question {
            let asked = cursor
                .question
                .as_deref()
                .unwrap_or("nothing, which is all events");
            return Err(refused(
                &path,
                format_args!("this folder holds the history by {asked}"),
            ));
        }
        Ok(Self { path, cursor })
    }

    pub(super) fn place(&self, region: &str) -> Place {
        self.cursor.regions.get(region).copied().unwrap_or_default()
    }

    /// Remembers how far a region was saved.
    ///
    /// # Errors
    /// A [`Complaint`] if it cannot be written; the old one is then untouched.
    pub(super) fn set(
        &mut self,
        region: &str,
        place: Place,
        terminal: Terminal,
    ) -> Result<(), Complaint> {
        self.cursor.regions.insert(region.to_owned(), place);
        Output::open(Some(&self.path), terminal)?.write(|out| {
            serde_json::to_writer_pretty(&mut *out, &self.cursor)?;
            out.write_all(b"\n")
        })?;
        Ok(())
    }
}

fn refused(path: &Path, what: impl std::fmt::Display) -> Complaint {
    Complaint::bad_rule(path.display(), what).help("name another folder with --save")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn a_pass_goes_back_to_where_the_last_began() {
        let mut place = Place::default();
        assert_eq!(place.rest(at(10), at(900)), (at(10), at(900)));
        place.advance(at(800).unwrap(), at(500).unwrap());
        assert_eq!(
            place.rest(at(10), at(900)),
            (at(10), at(500)),
            "interrupted"
        );
        place.advance(at(500).unwrap(), at(20).unwrap());
        place.finish();
        assert_eq!(
            place.rest(at(10), None),
            (at(800), None),
            "only what is newer"
        );
    }

    #[test]
    fn a_pass_without_events_forgets_nothing() {
        let mut place = Place::default();
        place.advance(at(800).unwrap(), at(500).unwrap());
        place.finish();
        place.finish();
        assert_eq!(place.rest(None, None), (at(800), None));
    }
}
