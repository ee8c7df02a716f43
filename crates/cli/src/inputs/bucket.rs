//! Log files where they lie in a bucket: listed, and opened one by one.
//!
//! Each thread asks by an account of its own, made when it first asks.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use aws::account::{Account, AskError, Listed};

use crate::complaint::{Complaint, chain};

/// How a path begins that means a bucket.
const S3: &str = "s3://";

/// How many objects are read at once, unless the user says otherwise: most of the time is spent waiting.
pub(super) const AT_ONCE: usize = 8;

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

thread_local! {
    static ACCOUNT: RefCell<Option<Rc<Account>>> = const { RefCell::new(None) };
}

/// The account that this thread asks by.
fn account() -> Result<Rc<Account>, AskError> {
    ACCOUNT.with_borrow_mut(|known| match known {
        Some(account) => Ok(Rc::clone(account)),
        None => {
            let account = Rc::new(Account::from_environment()?);
            *known = Some(Rc::clone(&account));
            Ok(account)
        }
    })
}

/// Bucket and key, or the beginning of one, if a path as typed means a bucket.
pub(super) fn parts(path: &Path) -> Option<(&str, &str)> {
    let url = path.to_str()?.strip_prefix(S3)?;
    Some(url.split_once('/').unwrap_or((url, "")))
}

/// All objects whose keys begin so.
pub(super) fn list(bucket: &str, prefix: &str) -> Result<Vec<Object>, Complaint> {
    let mut objects = Vec::new();
    let object = |listed: Listed<'_>| Object {
        url: format!("{S3}{bucket}/{}", listed.key).into(),
        bytes: listed.bytes,
        written: listed.written,
    };
    account()
        .and_then(|account| account.list(bucket, prefix, |listed| objects.push(object(listed))))
        .map_err(|error| unanswered(&format!("{S3}{bucket}/{prefix}"), &error))?;
    Ok(objects)
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
        let fetched = account().and_then(|account| Account::fetch_by(account, bucket, key));
        match fetched {
            Ok(fetched) => Ok(Box::new(fetched)),
            Err(error) => Err(unanswered(&self.url, &error)),
        }
    }
}

fn unanswered(url: &str, error: &AskError) -> Complaint {
    Complaint::unreadable(url, chain(error)).help(error.help())
}
