//! Log files where they lie in a bucket: listed, and opened one by one.

use std::io::Read;
use std::path::Path;

use account::{AskError, Fetched, Listed};

use crate::asking::{account, unanswered};
use crate::complaint::Complaint;

/// How a path begins that means a bucket.
const S3: &str = "s3://";

/// An object in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Where it lies: `s3://bucket/key`.
    pub url: Box<str>,
    /// Its size in bytes, as stored.
    pub bytes: u64,
    /// When it was written, in seconds since 1970-01-01T00:00:00Z.
    pub written: i64,
}

/// Bucket and key, or the beginning of one, if a path as typed means a bucket.
#[must_use]
pub fn parts(path: &Path) -> Option<(&str, &str)> {
    let url = path.to_str()?.strip_prefix(S3)?;
    Some(url.split_once('/').unwrap_or((url, "")))
}

/// Where a key lies in a bucket.
fn url(bucket: &str, key: &str) -> String {
    let slash = if key.is_empty() { "" } else { "/" };
    format!("{S3}{bucket}{slash}{key}")
}

/// All objects whose keys begin so.
///
/// # Errors
/// A [`Complaint`] if the bucket cannot be listed.
pub fn list(bucket: &str, prefix: &str) -> Result<Vec<Object>, Complaint> {
    let mut objects = Vec::new();
    let object = |listed: Listed<'_>| Object {
        url: url(bucket, listed.key).into(),
        bytes: listed.bytes,
        written: listed.written,
    };
    account()
        .and_then(|account| account.list(bucket, prefix, |listed| objects.push(object(listed))))
        .map_err(|error| unanswered(url(bucket, prefix), &error))?;
    Ok(objects)
}

/// Begins to read the object in `bucket` under `key`.
///
/// # Errors
/// [`AskError`] if it is not there, or must not be read.
pub fn fetch(bucket: &str, key: &str) -> Result<Fetched, AskError> {
    account()?.fetch(bucket, key)
}

impl Object {
    /// An object of which no more is known than where it lies, if that is in a bucket.
    #[must_use]
    pub fn at(url: &str) -> Option<Self> {
        parts(Path::new(url)).map(|_| Self {
            url: url.into(),
            bytes: 0,
            written: 0,
        })
    }

    /// Begins to read it.
    pub(super) fn open(&self) -> Result<Box<dyn Read>, Complaint> {
        let (bucket, key) = parts(Path::new(&*self.url)).unwrap_or_default();
        match fetch(bucket, key) {
            Ok(fetched) => Ok(Box::new(fetched)),
            Err(error) => Err(unanswered(&self.url, &error)),
        }
    }
}
