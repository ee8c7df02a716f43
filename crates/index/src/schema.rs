//! The tables.

use rusqlite::Connection;

use crate::column::COLUMNS;
use crate::error::IndexError;

/// Changes with every change of the tables.
pub(crate) const VERSION: i64 = 1;

/// Says that an SQLite file is ours: `TrlH`.
const APPLICATION: i64 = 0x5472_6c48;

/// Makes the tables where there are none.
pub(crate) fn prepare(db: &mut Connection) -> Result<(), IndexError> {
    // The index can always be made anew from the log files, so that what a lost machine costs is time.
    db.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
    )?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        return check(db);
    }
    let transaction = db.transaction()?;
    transaction.execute_batch(&tables_sql())?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// Whether this is an index, and one that we understand.
pub(crate) fn check(db: &Connection) -> Result<(), IndexError> {
    let pragma = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if pragma("application_id")? != APPLICATION {
        return Err(IndexError::Stranger);
    }
    match pragma("user_version")? {
        VERSION => Ok(()),
        found => Err(IndexError::Version { found }),
    }
}

fn tables_sql() -> String {
    let columns: String = COLUMNS
        .iter()
        .map(|column| format!("{} INTEGER, ", column.name))
        .collect();
    let indexes: String = COLUMNS
        .iter()
        .filter(|column| column.sought)
        .map(|column| format!("CREATE INDEX calls_{0} ON calls({0}, time);\n", column.name))
        .collect();
    let shown: String = COLUMNS
        .iter()
        .map(|column| {
            format!(
                ", (SELECT text FROM words WHERE id = c.{0}) AS {0}",
                column.name
            )
        })
        .collect();
    format!(
        "CREATE TABLE files(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL,
            written INTEGER NOT NULL, whole INTEGER NOT NULL);
         CREATE TABLE words(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
         CREATE INDEX words_folded ON words(folded);
         CREATE TABLE blocks(id INTEGER PRIMARY KEY, size INTEGER NOT NULL,
            packed BLOB NOT NULL);
         CREATE TABLE calls(id INTEGER PRIMARY KEY, event INTEGER NOT NULL UNIQUE, event_id TEXT,
            time INTEGER NOT NULL, {columns} odd INTEGER NOT NULL, block INTEGER NOT NULL,
            start INTEGER NOT NULL, length INTEGER NOT NULL, file INTEGER NOT NULL);
         CREATE INDEX calls_time ON calls(time);
         {indexes}
         CREATE VIRTUAL TABLE tokens USING fts5(text, content='', columnsize=0, detail=none,
            tokenize=\"unicode61 remove_diacritics 0\");
         CREATE VIRTUAL TABLE vocabulary USING fts5vocab(tokens, row);
         CREATE VIEW events AS SELECT
            strftime('%Y-%m-%dT%H:%M:%SZ', time / 1000000, 'unixepoch') AS time, event_id{shown},
            (SELECT name FROM files WHERE id = c.file) AS log_file
            FROM calls c;"
    )
}
