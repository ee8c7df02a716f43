//! From a query to a condition in SQL that all its records meet.
//!
//! The condition may let through more than the query holds for, never less; what cannot be said in columns
//! or tokens narrows nothing. No text of the query stands in the SQL: only numbers of words, times, and
//! tokens, which are letters and digits.

use std::cmp::Ordering;

use jiff::Timestamp;
use query::{Check, Expr, Operand, Pattern, Span, Test};
use rusqlite::Connection;
use sigma::Value;

use crate::column;
use crate::error::IndexError;
use crate::tokens;

/// With more words than this it is no faster to look for each.
const WORDS: usize = 2_000;

/// The condition, or nothing where the query cannot be narrowed.
pub(crate) fn condition(db: &Connection, expr: &Expr) -> Result<Option<String>, IndexError> {
    Ok(match expr {
        Expr::All(parts) => {
            let mut narrow = Vec::new();
            for part in parts {
                narrow.extend(condition(db, part)?);
            }
            (!narrow.is_empty()).then(|| format!("({})", narrow.join(" AND ")))
        }
        Expr::Any(parts) => {
            let mut each = Vec::new();
            for part in parts {
                match condition(db, part)? {
                    Some(condition) => each.push(condition),
                    None => return Ok(None),
                }
            }
            Some(match each.is_empty() {
                true => "0".to_owned(),
                false => format!("({})", each.join(" OR ")),
            })
        }
        // What a part lets through needlessly, its opposite would leave out.
        Expr::Not(_) => None,
        Expr::Test(test) => of_test(db, test)?,
        Expr::Keyword(pattern) | Expr::Resource(pattern) => holding(db, pattern)?,
    })
}

fn of_test(db: &Connection, test: &Test) -> Result<Option<String>, IndexError> {
    let path = test.path.as_str();
    if path == "eventTime" {
        return Ok(of_time(&test.check));
    }
    if path == "eventID" {
        return Ok(of_id(&test.check));
    }
    match (&test.check, column::of_path(path)) {
        (Check::AnyOf(operands), Some(column)) => any_of(db, column.name, operands),
        (Check::Like(pattern), Some(column)) => like(db, column.name, pattern),
        (Check::Exists, Some(column)) => {
            Ok(Some(format!("(c.{} IS NOT NULL OR c.odd)", column.name)))
        }
        (Check::AnyOf(operands), None) if !path.starts_with("trailhound.") => {
            elsewhere(db, operands)
        }
        _ => Ok(None),
    }
}

fn of_time(check: &Check) -> Option<String> {
    let micros = Timestamp::as_microsecond;
    match check {
        Check::AnyOf(operands) => {
            let spans: Option<Vec<Span>> = operands.iter().map(|operand| operand.span).collect();
            let between = |span: Span| {
                // Times are kept to the microsecond, rounded towards zero.
                format!(
                    "c.time BETWEEN {} AND {}",
                    micros(span.start) - 1,
                    micros(span.last) + 1
                )
            };
            let parts: Vec<_> = spans?.into_iter().map(between).collect();
            Some(format!("({})", parts.join(" OR ")))
        }
        Check::Order { side, operand, .. } => {
            let span = operand.span?;
            Some(match side {
                Ordering::Less => format!("c.time <= {}", micros(span.last) + 1),
                _ => format!("c.time >= {}", micros(span.start) - 1),
            })
        }
        Check::Like(_) | Check::Exists => None,
    }
}

/// Ids are hexadecimal digits and dashes, or not looked for here.
fn of_id(check: &Check) -> Option<String> {
    let Check::AnyOf(operands) = check else {
        return None;
    };
    let is_id = |operand: &Operand| {
        operand.text.len() == 36
            && operand
                .text
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    let one = |operand: &Operand| format!("c.event_id = '{}' COLLATE NOCASE", operand.text);
    let ids: Vec<_> = operands.iter().map(one).collect();
    operands
        .iter()
        .all(is_id)
        .then(|| format!("({})", ids.join(" OR ")))
}

/// The column is one of these.
fn any_of(
    db: &Connection,
    column: &str,
    operands: &[Operand],
) -> Result<Option<String>, IndexError> {
    if operands.iter().any(Operand::is_null) {
        return Ok(None);
    }
    let mut ids = Vec::new();
    for operand in operands {
        if operand.network.is_some() {
            let check = Check::AnyOf(vec![operand.clone()]);
            match words(db, |text| check.holds(Some(&Value::Str(text.into()))))? {
                Some(found) => ids.extend(found),
                None => return Ok(None),
            }
            continue;
        }
        let mut statement = db.prepare_cached("SELECT id FROM words WHERE folded = ?1")?;
        let found =
            statement.query_map([operand.text.to_lowercase()], |row| row.get::<_, i64>(0))?;
        for id in found {
            ids.push(id?);
        }
    }
    Ok(Some(is_in(column, &ids)))
}

fn like(db: &Connection, column: &str, pattern: &Pattern) -> Result<Option<String>, IndexError> {
    let found = words(db, |text| pattern.like(text))?;
    Ok(found.map(|ids| is_in(column, &ids)))
}

/// The words that `fits` holds for, unless there are too many.
fn words(db: &Connection, fits: impl Fn(&str) -> bool) -> Result<Option<Vec<i64>>, IndexError> {
    let mut statement = db.prepare_cached("SELECT id, text FROM words")?;
    let mut rows = statement.query([])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str().map_err(|_| IndexError::Damaged)?;
        if fits(text) {
            ids.push(row.get(0)?);
            if ids.len() > WORDS {
                return Ok(None);
            }
        }
    }
    Ok(Some(ids))
}

fn is_in(column: &str, ids: &[i64]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    format!("(c.{column} IN ({}) OR c.odd)", ids.join(","))
}

/// Blocks in which a text with `pattern` in it may stand.
fn holding(db: &Connection, pattern: &Pattern) -> Result<Option<String>, IndexError> {
    let Some(text) = pattern.plain() else {
        return Ok(None);
    };
    if !text.is_ascii() {
        return Ok(None);
    }
    let mut each = Vec::new();
    for part in tokens::split(text).filter(|part| tokens::is_telling(part)) {
        each.extend(tokens_with(db, part)?.map(|tokens| in_blocks(&tokens)));
    }
    Ok((!each.is_empty()).then(|| format!("({})", each.join(" AND "))))
}

/// Blocks in which one of these stands as a text, or as a number.
fn elsewhere(db: &Connection, operands: &[Operand]) -> Result<Option<String>, IndexError> {
    let mut each = Vec::new();
    for operand in operands {
        let is_text = operand.number.is_none()
            && operand.network.is_none()
            && !["null", "true", "false"].contains(&&*operand.text.to_lowercase());
        if !is_text {
            return Ok(None);
        }
        match holding(db, &Pattern::new(&escaped(&operand.text)))? {
            Some(condition) => each.push(condition),
            None => return Ok(None),
        }
    }
    // A path may lead into a document inside a text, where its words stand in disguise.
    each.push(in_blocks(&[tokens::DISGUISED.to_owned()]));
    Ok(Some(format!("({})", each.join(" OR "))))
}

/// A text as a pattern without wildcards.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('*', r"\*")
        .replace('?', r"\?")
}

/// The tokens with `part` in them, unless there are too many.
fn tokens_with(db: &Connection, part: &str) -> Result<Option<Vec<String>>, IndexError> {
    let mut statement = db.prepare_cached("SELECT term FROM vocabulary WHERE instr(term, ?1)")?;
    let mut rows = statement.query([part.to_ascii_lowercase()])?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(row.get(0)?);
        if tokens.len() > WORDS {
            return Ok(None);
        }
    }
    Ok(Some(tokens))
}

fn in_blocks(tokens: &[String]) -> String {
    if tokens.is_empty() {
        return "0".to_owned();
    }
    let is_plain = |token: &&String| token.bytes().all(|b| b.is_ascii_alphanumeric());
    let quoted: Vec<_> = tokens
        .iter()
        .filter(is_plain)
        .map(|token| format!("\"{token}\""))
        .collect();
    format!(
        "c.block IN (SELECT rowid FROM tokens WHERE tokens MATCH '{}')",
        quoted.join(" OR ")
    )
}
