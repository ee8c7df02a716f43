//! Where the files lie that are verified: folders on disk, and buckets.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use aws::account::{Account, AskError};
use integrity::Collection;
use walkdir::WalkDir;

use crate::complaint::{Complaint, chain};

/// How a path begins that means a bucket.
const S3: &str = "s3://";

/// The largest file that holds a signature; one has 512 digits.
const SIGNATURE: u64 = 4096;

/// Whether a path as typed means a bucket.
pub(super) fn is_bucket(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with(S3))
}

/// The complaint about what AWS does not answer.
pub(super) fn unanswered(at: impl std::fmt::Display, error: &AskError) -> Complaint {
    Complaint::unreadable(at, chain(error)).help(error.help())
}

/// Opens what a thread reads; asks AWS only if it must.
#[derive(Default)]
pub(super) struct Opener {
    account: OnceCell<Account>,
}

/// A file that was opened, with the signature in its metadata, if there is one.
pub(super) type Opened<'o> = (Box<dyn Read + 'o>, Option<String>);

/// Why a file was not opened.
pub(super) enum Shut {
    /// It is not there.
    Gone,
    /// Something else.
    Refused(String),
}

impl Opener {
    pub(super) fn account(&self) -> Result<&Account, AskError> {
        match self.account.get() {
            Some(account) => Ok(account),
            None => {
                let account = Account::from_environment()?;
                Ok(self.account.get_or_init(|| account))
            }
        }
    }

    /// Opens a file, or an object.
    pub(super) fn open(&self, path: &str) -> Result<Opened<'_>, Shut> {
        let Some((bucket, key)) = path.strip_prefix(S3).and_then(|path| path.split_once('/'))
        else {
            let file = File::open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Shut::Gone,
                _ => Shut::Refused(error.to_string()),
            })?;
            return Ok((Box::new(file), None));
        };
        let fetched = self
            .account()
            .and_then(|account| account.fetch(bucket, key));
        let fetched = fetched.map_err(|error| match error {
            AskError::Gone { .. } => Shut::Gone,
            error => Shut::Refused(chain(&error)),
        })?;
        let signature = fetched.signature.clone();
        Ok((Box::new(fetched), signature))
    }

    /// The signature that was saved in a file, as hexadecimal digits.
    pub(super) fn saved_signature(&self, path: &str) -> Option<String> {
        let mut text = String::new();
        let (file, _) = self.open(path).ok()?;
        file.take(SIGNATURE).read_to_string(&mut text).ok()?;
        Some(text.trim().to_owned())
    }
}

/// Looks up what lies in `paths`.
pub(super) fn collect(paths: &[PathBuf], opener: &Opener) -> (Collection, Vec<Complaint>) {
    let mut all = Collection::default();
    let mut complaints = Vec::new();
    for path in paths {
        let found = match path.to_str().and_then(|path| path.strip_prefix(S3)) {
            Some(url) => bucket(url, opener, &mut all),
            None => folder(path, &mut all, &mut complaints),
        };
        complaints.extend(found.err());
    }
    (all, complaints)
}

fn bucket(url: &str, opener: &Opener, all: &mut Collection) -> Result<(), Complaint> {
    let (bucket, prefix) = url.split_once('/').unwrap_or((url, ""));
    let account = opener.account();
    let listed = account.and_then(|account| {
        account.list(bucket, prefix, |object| {
            all.add(&format!("{S3}{bucket}/{}", object.key));
        })
    });
    listed.map_err(|error| unanswered(format_args!("{S3}{url}"), &error))
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
