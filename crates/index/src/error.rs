//! What can be wrong with an index.

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// SQLite cannot do it.
    #[error("the index cannot be read or written")]
    Sqlite(#[source] rusqlite::Error),
    /// The file holds something else.
    #[error("a file, but no index of ours")]
    Stranger,
    /// Made by another version of the program.
    #[error(
        "an index of version {found}, where this program reads and writes {}",
        crate::schema::VERSION
    )]
    Version {
        /// The version it has.
        found: i64,
    },
    /// A record that is not where it should be.
    #[error("the index is damaged: make it anew")]
    Damaged,
    /// A question in SQL that makes no sense.
    #[error("{0}")]
    Sql(String),
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::Stranger,
            _ => Self::Sqlite(error),
        }
    }
}
