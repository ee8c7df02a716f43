//! Answers to questions in SQL.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::error::IndexError;

/// What a question in SQL gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A value of SQL.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// Text; bytes that are none are replaced.
    Text(String),
}

/// Asks.
pub(crate) fn ask(db: &Connection, sql: &str) -> Result<Rows, IndexError> {
    let wrong = |error: rusqlite::Error| IndexError::Sql(error.to_string());
    let mut statement = db.prepare(sql).map_err(wrong)?;
    let columns: Vec<_> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut rows = Vec::new();
    let mut found = statement.query([]).map_err(wrong)?;
    while let Some(row) = found.next().map_err(wrong)? {
        let cells = (0..columns.len()).map(|at| row.get_ref(at).map(cell));
        rows.push(cells.collect::<Result<_, _>>().map_err(wrong)?);
    }
    Ok(Rows { columns, rows })
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(whole) => Cell::Whole(whole),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}
