//! Records packed by the dozen: deflate finds in one what it has seen in another.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use detect::cloudtrail::Record;
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use rusqlite::{Connection, OptionalExtension as _};

use crate::FileStamp;
use crate::column;
use crate::error::IndexError;
use crate::tokens;

/// How much text makes a block, in bytes: more packs better, less is unpacked sooner.
const SIZE: usize = 96 << 10;

/// Some records, of one file or of several small ones, ready to be written.
#[derive(Debug)]
pub struct Block {
    pub(crate) rows: Vec<Row>,
    pub(crate) size: usize,
    pub(crate) packed: Vec<u8>,
    pub(crate) tokens: String,
}

/// What of a record stands in columns.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) file: Arc<FileStamp>,
    pub(crate) event: i64,
    pub(crate) event_id: Option<String>,
    pub(crate) time: i64,
    pub(crate) texts: Vec<Option<String>>,
    pub(crate) odd: bool,
    pub(crate) start: usize,
    pub(crate) length: usize,
}

/// Makes blocks; each thread has one.
pub struct Packer {
    compressor: Compressor,
    text: String,
    rows: Vec<Row>,
    tokens: HashSet<String>,
}

impl Default for Packer {
    fn default() -> Self {
        Self {
            // The fastest that still finds what repeats.
            compressor: Compressor::new(CompressionLvl::new(3).unwrap_or_default()),
            text: String::new(),
            rows: Vec::new(),
            tokens: HashSet::new(),
        }
    }
}

impl Packer {
    /// Adds a record of `file`; gives a block when there is enough for one.
    pub fn add(&mut self, record: &Record<'_>, file: &Arc<FileStamp>) -> Option<Block> {
        let (texts, odd) = column::texts(record);
        let text = record.text();
        self.rows.push(Row {
            file: Arc::clone(file),
            event: event(record),
            event_id: record.event_id().map(Into::into),
            time: record.event_time().as_microsecond(),
            texts,
            odd,
            start: self.text.len(),
            length: text.len(),
        });
        self.text.push_str(text);
        tokens::collect(record, &mut self.tokens);
        (self.text.len() >= SIZE).then(|| self.pack())
    }

    /// What is left, as a block; nothing if nothing is.
    pub fn rest(&mut self) -> Option<Block> {
        (!self.rows.is_empty()).then(|| self.pack())
    }

    fn pack(&mut self) -> Block {
        let mut packed = vec![0; self.compressor.deflate_compress_bound(self.text.len())];
        // The bound is always enough; were it not, the block would be damaged, and reading it says so.
        let length = self
            .compressor
            .deflate_compress(self.text.as_bytes(), &mut packed)
            .unwrap_or(0);
        packed.truncate(length);
        let block = Block {
            rows: std::mem::take(&mut self.rows),
            size: self.text.len(),
            packed,
            tokens: self
                .tokens
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        };
        self.text.clear();
        self.tokens.clear();
        block
    }
}

/// Names the event, however often it is delivered: by account and id, or by its text if it has no id.
fn event(record: &Record<'_>) -> i64 {
    let mut hasher = DefaultHasher::new();
    match record.event_id() {
        Some(id) => (record.account(), id).hash(&mut hasher),
        None => record.text().hash(&mut hasher),
    }
    hasher.finish().cast_signed()
}

/// Takes records out of their blocks, of which it keeps the last one unpacked.
pub(crate) struct Shelf<'db> {
    db: &'db Connection,
    decompressor: Decompressor,
    block: Option<i64>,
    text: String,
    file: Arc<str>,
    file_id: Option<i64>,
}

impl<'db> Shelf<'db> {
    pub(crate) fn new(db: &'db Connection) -> Self {
        Self {
            db,
            decompressor: Decompressor::new(),
            block: None,
            text: String::new(),
            file: "".into(),
            file_id: None,
        }
    }

    /// The text of a record, and the file it was read in.
    pub(crate) fn record(
        &mut self,
        block: i64,
        start: i64,
        length: i64,
        file: i64,
    ) -> Result<(&str, &Arc<str>), IndexError> {
        if self.block != Some(block) {
            self.unpack(block)?;
        }
        self.name(file)?;
        let start = usize::try_from(start).map_err(|_| IndexError::Damaged)?;
        let length = usize::try_from(length).map_err(|_| IndexError::Damaged)?;
        let text = start
            .checked_add(length)
            .and_then(|end| self.text.get(start..end));
        Ok((text.ok_or(IndexError::Damaged)?, &self.file))
    }

    fn unpack(&mut self, block: i64) -> Result<(), IndexError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT size, packed FROM blocks WHERE id = ?1")?;
        let found = statement
            .query_row([block], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()?;
        let (size, packed) = found.ok_or(IndexError::Damaged)?;
        let size = usize::try_from(size).map_err(|_| IndexError::Damaged)?;
        // A record may be large, but no block of ours is a thousand times what it was packed to.
        if size > packed.len().saturating_mul(1_100) {
            return Err(IndexError::Damaged);
        }
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.resize(size, 0);
        let written = self.decompressor.deflate_decompress(&packed, &mut bytes);
        if written != Ok(size) {
            return Err(IndexError::Damaged);
        }
        self.text = String::from_utf8(bytes).map_err(|_| IndexError::Damaged)?;
        self.block = Some(block);
        Ok(())
    }

    fn name(&mut self, file: i64) -> Result<(), IndexError> {
        if self.file_id != Some(file) {
            let mut statement = self
                .db
                .prepare_cached("SELECT name FROM files WHERE id = ?1")?;
            let name: Option<String> = statement.query_row([file], |row| row.get(0)).optional()?;
            self.file = name.ok_or(IndexError::Damaged)?.into();
            self.file_id = Some(file);
        }
        Ok(())
    }
}
