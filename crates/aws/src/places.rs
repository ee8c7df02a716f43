//! Where addresses lie: by the built-in tables, or by databases of the user's own.
//!
//! Databases are large, and most invocations need none: they are read when behaviour is first looked at, and
//! kept as long as the function lives. One that cannot be read is complained about, and tried again later; until
//! then the built-in tables do, for who judges coarsely judges better than who does not.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use baseline::places::mmdb::{Mmdb, NotMmdb};
use baseline::{BuiltIn, Places};
use cloud::NotDone;
use cloud::objects::{Objects, Request};
use cloud::signed::CallError;

/// How many seconds later it is tried again.
const AGAIN: u32 = 600;

/// How many bytes all databases together may have: they are kept in memory, of which a function has 256 MB.
const LARGEST: usize = 100_000_000;

/// A database in MaxMind's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file that came with the function, such as in a layer.
    File(PathBuf),
    /// An object of S3.
    Object {
        /// The bucket's name.
        bucket: String,
        /// The key.
        key: String,
    },
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Object { bucket, key } => write!(f, "s3://{bucket}/{key}"),
        }
    }
}

impl Database {
    /// `/opt/places.mmdb` or `s3://bucket/key`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Self::File(text.into()));
        }
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        let is_whole = !bucket.is_empty() && !key.is_empty();
        is_whole.then(|| Self::Object {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    File(#[from] std::io::Error),
    /// S3 does not hand it out.
    #[error("the object cannot be read; the function's role needs s3:GetObject for it")]
    Object(#[from] NotDone),
    /// It breaks off.
    #[error("the object breaks off")]
    Broken(#[from] CallError),
    /// It is too large to be kept.
    #[error("with those before it, it has more than {} MB", LARGEST / 1_000_000)]
    TooLarge,
    /// It is something else.
    #[error(transparent)]
    Other(#[from] NotMmdb),
}

/// What tells where addresses lie.
pub struct Atlas {
    databases: Vec<Database>,
    objects: Objects,
    known: Arc<dyn Places>,
    /// When it was last tried to read the databases, in seconds since 1970.
    tried: Option<u32>,
}

impl fmt::Debug for Atlas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atlas")
            .field("databases", &self.databases)
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}

impl Atlas {
    /// By `databases`, of which the first that knows a thing tells it, and by the built-in tables.
    #[must_use]
    pub fn new(databases: Vec<Database>, objects: Objects) -> Self {
        Self {
            databases,
            objects,
            known: Arc::new(BuiltIn),
            tried: None,
        }
    }

    /// Tells where addresses lie, as well as it is known by now.
    #[must_use]
    pub fn places(&self) -> &dyn Places {
        &*self.known
    }

    /// Reads the databases if they are not read yet, and were not tried a short while ago.
    pub async fn open(&mut self, now: u32) {
        let early = self.tried.is_some_and(|tried| now < tried + AGAIN);
        if self.databases.is_empty() || early {
            return;
        }
        self.tried = Some(now);
        let (mut files, mut room) = (Vec::new(), LARGEST);
        for database in &self.databases {
            match self.read(database, room).await {
                Ok(file) => {
                    room -= file.len();
                    files.push(file);
                }
                Err(error) => return complain(database, &error),
            }
        }
        match Mmdb::new(files) {
            Ok(known) => {
                tracing::info!(databases = self.databases.len(), "places are known");
                self.known = Arc::new(known);
                self.databases.clear();
            }
            Err(error) => complain(&self.databases[0], &error.into()),
        }
    }

    async fn read(&self, database: &Database, room: usize) -> Result<Vec<u8>, DatabaseError> {
        let (bucket, key) = match database {
            Database::File(path) if std::fs::metadata(path)?.len() > room as u64 => {
                return Err(DatabaseError::TooLarge);
            }
            Database::File(path) => return Ok(std::fs::read(path)?),
            Database::Object { bucket, key } => (bucket, key),
        };
        let request = Request {
            bucket,
            key,
            version: None,
            from: 0,
            etag: None,
        };
        let mut object = self.objects.get(request).await?;
        let mut file = Vec::new();
        while let Some(piece) = object.next().await {
            file.extend(piece?);
            if file.len() > room {
                return Err(DatabaseError::TooLarge);
            }
        }
        Ok(file)
    }
}

fn complain(database: &Database, error: &DatabaseError) {
    tracing::error!(
        database = %database,
        error = crate::words::chain(error),
        "a database of places cannot be used; the built-in tables are used"
    );
}

#[cfg(test)]
mod tests;
