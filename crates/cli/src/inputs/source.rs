//! One thing to read: opened, measured while it is read, and stopped when the user says so.

use std::cmp::Ordering;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::bucket::Object;
use crate::complaint::Complaint;

/// A file, an object in a bucket, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Whatever is piped in.
    Stdin,
    /// A file on disk.
    File(PathBuf),
    /// An object in a bucket.
    Object(Object),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            // Nearly always it is text, which need not be read once more.
            Self::File(path) => match path.to_str() {
                Some(path) => f.write_str(path),
                None => path.display().fmt(f),
            },
            Self::Object(object) => f.write_str(&object.url),
        }
    }
}

/// Standard input first, then by path, byte by byte: comparing paths part by part takes ten times as
/// long and the order would be no better.
impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path_bytes().cmp(&other.path_bytes())
    }
}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Source {
    fn path_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path.as_os_str().as_encoded_bytes()),
            Self::Object(object) => Some(object.url.as_bytes()),
        }
    }

    /// Where its records can be found again, if anywhere.
    #[must_use]
    pub fn log_file(&self) -> Option<Arc<str>> {
        match self {
            Self::Stdin => None,
            Self::File(_) | Self::Object(_) => Some(self.to_string().into()),
        }
    }

    /// Where it lies, by the one name that a file has: from the root on, without links.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match self {
            Self::Stdin => None,
            Self::File(path) => {
                let path = fs::canonicalize(path).ok()?;
                Some(path.to_str()?.replace(MAIN_SEPARATOR, "/"))
            }
            Self::Object(object) => Some(object.url.clone().into()),
        }
    }

    /// What was called so by [`log_file`](Self::log_file).
    #[must_use]
    pub fn at(log_file: &str) -> Self {
        match Object::at(log_file) {
            Some(object) => Self::Object(object),
            None => Self::File(PathBuf::from(log_file)),
        }
    }

    /// Opens the source for one reading.
    ///
    /// # Errors
    /// A [`Complaint`] that says which file and why.
    pub fn open(&self) -> Result<Box<dyn Read>, Complaint> {
        match self {
            Self::Stdin => Ok(Box::new(io::stdin().lock())),
            Self::File(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(refused(path, &error)),
            },
            Self::Object(object) => object.open(),
        }
    }
}

/// The complaint about a file that the system will not let us read.
pub(super) fn refused(path: &Path, error: &io::Error) -> Complaint {
    let complaint = |what: &str| Complaint::unreadable(path.display(), what);
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            complaint("permission denied").help("run as a user who may read it")
        }
        io::ErrorKind::NotFound => complaint("gone, or a link to nowhere"),
        _ => complaint(&error.to_string()),
    }
}

/// How far the reading has come; all threads count here.
#[derive(Debug, Default)]
pub struct Meter {
    /// Bytes read so far, as stored.
    pub bytes: AtomicU64,
    /// Records read so far.
    pub records: AtomicU64,
    /// Set to make all readers stop where they are.
    pub stop: AtomicBool,
}

impl Meter {
    /// Whether the user has had enough.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }
}

/// A reader that counts what passes through it, and ends in an error once the meter says stop.
pub struct Metered<'m, R> {
    reader: R,
    meter: &'m Meter,
}

impl<'m, R: Read> Metered<'m, R> {
    /// Counts what is read from `reader` on `meter`.
    pub fn new(reader: R, meter: &'m Meter) -> Self {
        Self { reader, meter }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stopped() {
            // Not `Interrupted`, which readers take as a call to try again.
            return Err(io::Error::other("stopped"));
        }
        let read = self.reader.read(buffer)?;
        self.meter.bytes.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}
