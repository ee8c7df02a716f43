//! Where the files lie that are verified: folders on disk, and buckets.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use account::AskError;
use integrity::Collection;
use walkdir::WalkDir;

use crate::complaint::{Complaint, chain};
use crate::inputs::bucket;

/// The largest file that holds a signature; one has 512 digits.
const SIGNATURE: u64 = 4096;

/// Whether a path as typed means a bucket.
pub(super) fn is_bucket(path: &Path) -> bool {
    bucket::parts(path).is_some()
}

/// A file that was opened, with the signature in its metadata, if there is one.
pub(super) type Opened = (Box<dyn Read>, Option<String>);

/// Why a file was not opened.
pub(super) enum Shut {
    /// It is not there.
    Gone,
    /// Something else.
    Refused(String),
}

/// Opens a file, or an object.
pub(super) fn open(path: &str) -> Result<Opened, Shut> {
    let Some((bucket, key)) = bucket::parts(Path::new(path)) else {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Shut::Gone,
            _ => Shut::Refused(error.to_string()),
        })?;
        return Ok((Box::new(file), None));
    };
    let fetched = bucket::fetch(bucket, key).map_err(|error| match error {
        AskError::Gone { .. } => Shut::Gone,
        error => Shut::Refused(chain(&error)),
    })?;
    let signature = fetched.signature.clone();
    Ok((Box::new(fetched), signature))
}

/// The signature that was saved in a file, as hexadecimal digits.
pub(super) fn saved_signature(path: &str) -> Option<String> {
    let mut text = String::new();
    let (file, _) = open(path).ok()?;
    file.take(SIGNATURE).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned())
}

/// Looks up what lies in `paths`.
pub(super) fn collect(paths: &[PathBuf]) -> (Collection, Vec<Complaint>) {
    let mut all = Collection::default();
    let mut complaints = Vec::new();
    for path in paths {
        let found = match bucket::parts(path) {
            Some((bucket, prefix)) => bucket::list(bucket, prefix)
                .map(|objects| objects.iter().for_each(|object| all.add(&object.url))),
            None => folder(path, &mut all, &mut complaints),
        };
        complaints.extend(found.err());
    }
    (all, complaints)
}

/// Paths are taken from the root on, so that the account is in them wherever one stands.
fn folder(
    path: &Path,
    all: &mut Collection,
    complaints: &mut Vec<Complaint>,
) -> Result<(), Complaint> {
    let root = fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Complaint::unreadable(path.display(), "no such folder")
            .help("check the spelling; a relative path starts at the current folder"),
        _ => Complaint::unreadable(path.display(), error),
    })?;
    for entry in WalkDir::new(root).follow_links(true) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            // A pipe would be waited for, for ever.
            Ok(entry) if !entry.file_type().is_file() => all.passed_over += 1,
            Ok(entry) => match entry.path().to_str() {
                Some(path) => all.add(&path.replace(MAIN_SEPARATOR, "/")),
                None => all.passed_over += 1,
            },
            // A link to a folder above, which is being walked already.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => complaints.push(Complaint::unreadable(
                error.path().unwrap_or(path).display(),
                &error,
            )),
        }
    }
    Ok(())
}
