//! What is found in folders and not read.

use std::fmt;

use detect::cloudtrail::kind::Neighbour;

/// Why a file found in a folder is not opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stranger {
    /// Something else that lies beside log files.
    Neighbour(Neighbour),
    /// A socket, a device, a pipe.
    NotAFile,
    /// A link to a folder that it lies in, which is being read already.
    LinkBack,
    /// Delivered before the time asked for, so none of its records can be newer.
    TooOld,
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Neighbour(neighbour) => neighbour.fmt(f),
            Self::NotAFile => f.write_str("not a regular file"),
            Self::LinkBack => f.write_str("link back to a folder above"),
            Self::TooOld => f.write_str("delivered before --since"),
        }
    }
}
