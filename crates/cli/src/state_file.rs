//! What the command line remembers from run to run: one file, an embedded store.
//!
//! A run's findings are saved in one transaction: the file holds all of them or none, whatever
//! happens meanwhile. Nobody else can have it open, so there are no conflicts; versions are kept all
//! the same, as every store keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pipeline::ports::{Change, Kept, StateError, StateKey, StateStore};
use redb::{
    Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, StorageError,
    TableDefinition,
};

use crate::complaint::Complaint;

/// The format of the file; another one is refused rather than guessed at.
const SCHEMA: &str = "trailhound.state/2";

/// What the file is: `schema`.
const ABOUT: TableDefinition<'_, &str, &str> = TableDefinition::new("about");

/// Items by their names: version, when they expire in seconds since 1970, value.
const ITEMS: TableDefinition<'_, &str, (u64, i64, &[u8])> = TableDefinition::new("items");

/// An open state file.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    database: Database,
}

impl StateFile {
    /// Opens the file at `path`, or makes a new one.
    ///
    /// # Errors
    /// A [`Complaint`] if it is no state file, another process has it open, or the disk refuses.
    pub fn open(path: &Path) -> Result<Self, Complaint> {
        let database = Database::create(path).map_err(|error| unopened(path, &error))?;
        let file = Self {
            path: path.to_owned(),
            database,
        };
        file.check_schema()
            .and_then(|()| file.expire(Timestamp::now()))
            .map_err(|error| Complaint::bad_rule(path.display(), error))?;
        Ok(file)
    }

    fn check_schema(&self) -> Result<(), Cause> {
        let write = self.database.begin_write()?;
        {
            write.open_table(ITEMS)?;
            let mut about = write.open_table(ABOUT)?;
            let found = about.get("schema")?.map(|schema| schema.value().to_owned());
            match found {
                Some(schema) if schema.starts_with("trailhound.baseline/") => {
                    return Err("a baseline, not a state file: name it by --baseline".into());
                }
                Some(schema) if schema != SCHEMA => {
                    return Err(format!(
                        "written by another version ({schema}), this one knows {SCHEMA}"
                    )
                    .into());
                }
                Some(_) => return Ok(()),
                None => about.insert("schema", SCHEMA)?,
            };
        }
        Ok(write.commit()?)
    }

    /// Forgets what has expired.
    fn expire(&self, now: Timestamp) -> Result<(), Cause> {
        let write = self.database.begin_write()?;
        let mut items = write.open_table(ITEMS)?;
        items.retain(|_, (_, expires, _)| expires > now.as_second())?;
        drop(items);
        Ok(write.commit()?)
    }

    fn read(&self, keys: &BTreeSet<StateKey>) -> Result<BTreeMap<StateKey, Kept>, Cause> {
        let items = self.database.begin_read()?.open_table(ITEMS)?;
        let mut found = BTreeMap::new();
        for key in keys {
            if let Some(item) = items.get(key.as_str())? {
                let (version, _, value) = item.value();
                let value = value.to_vec();
                found.insert(key.clone(), Kept { version, value });
            }
        }
        Ok(found)
    }

    fn write(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, Cause> {
        let mut conflicts = BTreeSet::new();
        let now = Timestamp::now();
        let write = self.database.begin_write()?;
        {
            let mut items = write.open_table(ITEMS)?;
            for change in changes {
                let key = change.key.as_str();
                let found = items.get(key)?.map(|item| item.value().0);
                if found != change.expected {
                    conflicts.insert(change.key);
                    continue;
                }
                let version = found.unwrap_or(0) + 1;
                let expires = now.as_second().saturating_add(change.keep.as_secs());
                items.insert(key, (version, expires, change.value.as_slice()))?;
            }
        }
        write.commit()?;
        Ok(conflicts)
    }

    fn error(&self, action: &'static str, cause: Cause) -> StateError {
        StateError {
            place: self.path.display().to_string(),
            action,
            cause,
        }
    }
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl StateStore for StateFile {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.read(keys).map_err(|cause| self.error("read", cause))
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        self.write(changes)
            .map_err(|cause| self.error("written", cause))
    }
}

fn unopened(path: &Path, error: &DatabaseError) -> Complaint {
    let place = path.display();
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            Complaint::bad_rule(place, "another run has this state file open")
                .help("wait for it to end, or use another file")
        }
        DatabaseError::Storage(StorageError::Io(cause))
            if cause.kind() != std::io::ErrorKind::InvalidData =>
        {
            Complaint::bad_rule(place, cause).help("name a file that you may read and write")
        }
        _ => Complaint::bad_rule(place, format!("not a state file: {error}"))
            .help("name another file, or move this one away to begin anew"),
    }
}
