//! What the command line remembers from run to run: one file, an embedded store.
//!
//! A run's findings are saved in one transaction: the file holds all of them or none, whatever
//! happens meanwhile.

use std::path::{Path, PathBuf};

use detect::alert::AlertId;
use detect::case::{Case, Cases};
use pipeline::ports::{StateError, StateStore};
use redb::{
    Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, StorageError,
    TableDefinition,
};

use crate::complaint::Complaint;

/// The format of the file; another one is refused rather than guessed at.
const SCHEMA: &str = "trailhound.state/1";

/// What the file is: `schema`.
const ABOUT: TableDefinition<'_, &str, &str> = TableDefinition::new("about");

/// Cases by the id of their alert, as JSON.
const CASES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("cases");

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
            .map_err(|error| Complaint::bad_rule(path.display(), error))?;
        Ok(file)
    }

    fn check_schema(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let write = self.database.begin_write()?;
        {
            write.open_table(CASES)?;
            let mut about = write.open_table(ABOUT)?;
            let found = about.get("schema")?.map(|schema| schema.value().to_owned());
            match found {
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

    fn read(&self, ids: &[AlertId]) -> Result<Cases, Cause> {
        let table = self.database.begin_read()?.open_table(CASES)?;
        let mut cases = Cases::default();
        for id in ids {
            if let Some(json) = table.get(&*id.to_string())? {
                cases.merge_one(serde_json::from_slice::<Case>(json.value())?);
            }
        }
        Ok(cases)
    }

    fn write(&self, cases: Cases) -> Result<(), Cause> {
        let write = self.database.begin_write()?;
        {
            let mut table = write.open_table(CASES)?;
            for case in cases {
                let json = serde_json::to_vec(&case)?;
                table.insert(&*case.id().to_string(), json.as_slice())?;
            }
        }
        Ok(write.commit()?)
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
    async fn load(&mut self, ids: &[AlertId]) -> Result<Cases, StateError> {
        self.read(ids).map_err(|cause| self.error("read", cause))
    }

    async fn save(&mut self, cases: Cases) -> Result<(), StateError> {
        self.write(cases)
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
