//! Adds blocks, all or none.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params_from_iter};

use crate::FileStamp;
use crate::block::{Block, Row};
use crate::column::COLUMNS;
use crate::error::IndexError;

/// How many words are kept at hand.
const AT_HAND: usize = 500_000;

/// Adds to an index.
pub struct Writer<'db> {
    transaction: Transaction<'db>,
    words: HashMap<String, i64>,
    files: HashMap<FileStamp, i64>,
    insert: String,
}

impl<'db> Writer<'db> {
    pub(crate) fn begin(db: &'db mut Connection) -> Result<Self, IndexError> {
        let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
        let places: Vec<_> = (1..=COLUMNS.len() + 8).map(|at| format!("?{at}")).collect();
        Ok(Self {
            transaction: db.transaction()?,
            words: HashMap::new(),
            files: HashMap::new(),
            insert: format!(
                "INSERT OR IGNORE INTO calls(event, event_id, time, odd, block, start, length, file, {}) VALUES ({})",
                names.join(", "),
                places.join(", ")
            ),
        })
    }

    /// Adds a block; records that are there already are left out.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn add(&mut self, block: &Block) -> Result<(), IndexError> {
        self.transaction
            .prepare_cached("INSERT INTO blocks(size, packed) VALUES (?1, ?2)")?
            .execute((block.size as i64, &block.packed))?;
        let id = self.transaction.last_insert_rowid();
        self.transaction
            .prepare_cached("INSERT INTO tokens(rowid, text) VALUES (?1, ?2)")?
            .execute((id, &block.tokens))?;
        block.rows.iter().try_for_each(|row| self.row(row, id))
    }

    /// Notes that all of `file` has been added.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn finish_file(&mut self, file: &FileStamp) -> Result<(), IndexError> {
        let id = self.file(file)?;
        self.transaction
            .prepare_cached("UPDATE files SET whole = 1 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Makes all that was added be there.
    ///
    /// # Errors
    /// Those of SQLite; then nothing of it is.
    pub fn commit(self) -> Result<(), IndexError> {
        Ok(self.transaction.commit()?)
    }

    fn row(&mut self, row: &Row, block: i64) -> Result<(), IndexError> {
        let mut values: Vec<rusqlite::types::Value> = vec![
            row.event.into(),
            row.event_id.clone().into(),
            row.time.into(),
            i64::from(row.odd).into(),
            block.into(),
            (row.start as i64).into(),
            (row.length as i64).into(),
            self.file(&row.file)?.into(),
        ];
        for text in &row.texts {
            let word = text.as_ref().map(|text| self.word(text)).transpose()?;
            values.push(word.into());
        }
        self.transaction
            .prepare_cached(&self.insert)?
            .execute(params_from_iter(values))?;
        Ok(())
    }

    /// The number of a word.
    fn word(&mut self, text: &str) -> Result<i64, IndexError> {
        if let Some(&id) = self.words.get(text) {
            return Ok(id);
        }
        let known: Option<i64> = self
            .transaction
            .prepare_cached("SELECT id FROM words WHERE text = ?1")?
            .query_row([text], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                self.transaction
                    .prepare_cached("INSERT INTO words(text, folded) VALUES (?1, ?2)")?
                    .execute((text, text.to_lowercase()))?;
                self.transaction.last_insert_rowid()
            }
        };
        if self.words.len() >= AT_HAND {
            self.words.clear();
        }
        self.words.insert(text.to_owned(), id);
        Ok(id)
    }

    /// The number of a file. One that has changed since keeps what it held before: events do not unhappen.
    fn file(&mut self, file: &FileStamp) -> Result<i64, IndexError> {
        if let Some(&id) = self.files.get(file) {
            return Ok(id);
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO files(name, bytes, written, whole) VALUES (?1, ?2, ?3, 0)
                 ON CONFLICT(name) DO UPDATE SET bytes = ?2, written = ?3, whole = 0",
            )?
            .execute((&*file.name, file.bytes.cast_signed(), file.written))?;
        let id = self
            .transaction
            .prepare_cached("SELECT id FROM files WHERE name = ?1")?
            .query_row([&*file.name], |row| row.get(0))?;
        self.files.insert(file.clone(), id);
        Ok(id)
    }
}
