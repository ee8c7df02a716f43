//! Records in an SQLite file, found again without reading the log files again.
//!
//! Three things are kept: the records themselves, deflated in [blocks](block) of some dozens; for each the
//! [columns](column) that people ask for, as numbers of words that stand once in a table of their own; and
//! for each block the tokens of its texts, in SQLite's full-text index. A query becomes a
//! [condition](plan) on these that every record it holds for must meet; what meets it is unpacked and asked
//! in full.
//!
//! Invariant: [`Index::search`] gives exactly the records that [`Query::matches`] holds for, each once,
//! however often it was delivered. The view `events` is for people who speak SQL.

pub mod block;
mod column;
mod error;
mod plan;
mod rows;
mod schema;
mod tokens;
mod writer;

pub use block::{Block, Packer};
pub use error::IndexError;
pub use rows::{Cell, Rows};
pub use writer::Writer;

use std::path::Path;
use std::sync::Arc;

use detect::cloudtrail::Record;
use query::Query;
use rusqlite::{Connection, OpenFlags};

/// A log file as the index knows it: if one of these changes, it is another file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileStamp {
    /// Its path.
    pub name: Arc<str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was written, in nanoseconds since 1970.
    pub written: i64,
}

/// An index, open.
#[derive(Debug)]
pub struct Index {
    db: Connection,
}

impl Index {
    /// Opens the index at `path`, and makes it if there is none.
    ///
    /// # Errors
    /// [`IndexError`] if it is another file, of another version, or cannot be read and written.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let mut db = Connection::open(path)?;
        schema::prepare(&mut db)?;
        Ok(Self { db })
    }

    /// Opens the index at `path` to be read only.
    ///
    /// # Errors
    /// [`IndexError`], also if there is none.
    pub fn open_read_only(path: &Path) -> Result<Self, IndexError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        schema::check(&db)?;
        Ok(Self { db })
    }

    /// How many records it holds.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn len(&self) -> Result<u64, IndexError> {
        let count: i64 = self
            .db
            .query_row("SELECT count(*) FROM calls", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Whether it holds none.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn is_empty(&self) -> Result<bool, IndexError> {
        Ok(self.len()? == 0)
    }

    /// Whether all of this very file is in it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn holds(&self, file: &FileStamp) -> Result<bool, IndexError> {
        let mut found = self.db.prepare_cached(
            "SELECT 1 FROM files WHERE name = ?1 AND bytes = ?2 AND written = ?3 AND whole",
        )?;
        Ok(found.exists((&*file.name, file.bytes.cast_signed(), file.written))?)
    }

    /// Begins to add what is new; nothing of it is there until [`Writer::commit`].
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn write(&mut self) -> Result<Writer<'_>, IndexError> {
        Writer::begin(&mut self.db)
    }

    /// Hands every record that `query` holds for to `each`, with the file it was read in; returns how many
    /// had to be looked at.
    ///
    /// # Errors
    /// Those of SQLite, and [`IndexError::Damaged`].
    pub fn search(
        &self,
        query: &Query,
        mut each: impl FnMut(&Record<'_>, &Arc<str>),
    ) -> Result<u64, IndexError> {
        let condition = plan::condition(&self.db, query.expr())?;
        let sql = format!(
            "SELECT c.block, c.start, c.length, c.file FROM calls c {} ORDER BY c.block, c.start",
            condition.map_or_else(String::new, |condition| format!("WHERE {condition}"))
        );
        let mut statement = self.db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut shelf = block::Shelf::new(&self.db);
        let mut looked_at = 0;
        while let Some(row) = rows.next()? {
            let (text, file) = shelf.record(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)?;
            looked_at += 1;
            let record = Record::of_text(text).ok_or(IndexError::Damaged)?;
            if query.matches(&record) {
                each(&record, file);
            }
        }
        Ok(looked_at)
    }

    /// Answers a question in SQL, whose rows are handed over as they come; the columns' names first.
    ///
    /// # Errors
    /// [`IndexError::Sql`] in SQLite's words, where the question makes no sense or would change something.
    pub fn sql(&self, sql: &str) -> Result<Rows, IndexError> {
        self.db.pragma_update(None, "query_only", true)?;
        rows::ask(&self.db, sql)
    }
}
