//! The file in which `verify` remembers how far all is proven.

use std::fs;
use std::io;
use std::path::Path;

use integrity::{Anchor, ChainId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::complaint::Complaint;
use crate::output::Output;
use crate::terminal::Terminal;

/// The format of the file; another one is refused rather than guessed at.
const SCHEMA: &str = "trailhound.verify-state/1";

/// What is in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    schema: String,
    anchors: Vec<Placed>,
}

/// How far a chain is proven, and in which copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Placed {
    /// What stands before the tails: a folder, or a bucket with a prefix.
    pub(super) base: String,
    /// From when on it was verified, if not from its beginning.
    pub(super) since: Option<Timestamp>,
    #[serde(flatten)]
    pub(super) anchor: Anchor,
}

impl Placed {
    /// Whether this is of use to who asks for a chain since then.
    pub(super) fn serves(&self, base: &str, chain: &ChainId, since: Option<Timestamp>) -> bool {
        let reaches_back = self
            .since
            .is_none_or(|begun| since.is_some_and(|since| begun <= since));
        self.base == base && self.anchor.chain == *chain && reaches_back
    }
}

/// What was remembered; nothing if there is no such file yet.
///
/// # Errors
/// A [`Complaint`] if it is another file, or cannot be read.
pub(super) fn load(path: &Path) -> Result<Vec<Placed>, Complaint> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Complaint::bad_rule(path.display(), error)),
    };
    let refuse = |what: String| {
        Complaint::bad_rule(path.display(), what)
            .help("name another file; with a new one all is verified from the beginning")
    };
    let remembered: Remembered = serde_json::from_slice(&text)
        .map_err(|error| refuse(format!("not a state file of `verify`: {error}")))?;
    if remembered.schema != SCHEMA {
        return Err(refuse(format!(
            "its format is `{}`, not {SCHEMA}",
            remembered.schema
        )));
    }
    Ok(remembered.anchors)
}

/// Remembers `anchors`, in place of what was remembered.
///
/// # Errors
/// A [`Complaint`] if it cannot be written; the old file is then untouched.
pub(super) fn save(path: &Path, anchors: Vec<Placed>, terminal: Terminal) -> Result<(), Complaint> {
    let remembered = Remembered {
        schema: SCHEMA.to_owned(),
        anchors,
    };
    Output::open(Some(path), terminal)?.write(|out| {
        serde_json::to_writer_pretty(&mut *out, &remembered)?;
        out.write_all(b"\n")
    })?;
    Ok(())
}
