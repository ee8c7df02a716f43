//! What was found, in the format asked for.

use std::cmp::Reverse;
use std::io::{self, Write};

use detect::cloudtrail::Record;
use detect::language::{Language, Words, words};
use detect::render::{cell, csv, json, whole_cell};
use query::shown;
use serde_json::{Map, Value as Json};
use sigma::{Event as _, FieldPath, Value};

use super::args::Format;
use super::finds::{Finds, Seen};
use crate::grid::Grid;
use crate::numbers::count;

/// The usual columns.
const COLUMNS: [(&str, Words); 6] = [
    ("eventTime", words("TIME", "时间")),
    ("trailhound.principal.name", words("WHO", "操作者")),
    ("eventSource", words("SERVICE", "服务")),
    ("eventName", words("CALL", "调用")),
    ("sourceIPAddress", words("FROM", "来源")),
    ("errorCode", words("ERROR", "错误")),
];

/// The column that is never cut.
const TIME: &str = "eventTime";

/// Which of the usual columns names the service, whose domain goes without saying.
const SERVICE: usize = 2;

/// For CSV there is room for more.
const WIDE: [&str; 14] = [
    "eventTime",
    "recipientAccountId",
    "awsRegion",
    "trailhound.principal.key",
    "trailhound.principal.kind",
    "userIdentity.accessKeyId",
    "eventSource",
    "eventName",
    "sourceIPAddress",
    "trailhound.tool",
    "userAgent",
    "errorCode",
    "resources.ARN",
    "eventID",
];

const COUNT: Words = words("COUNT", "次数");
const FIRST: Words = words("FIRST", "首次");
const LAST: Words = words("LAST", "末次");

/// How to write.
pub(super) struct Printer<'a> {
    pub(super) format: Format,
    pub(super) fields: &'a [String],
    pub(super) language: Language,
    pub(super) width: usize,
    pub(super) most: Option<usize>,
}

impl Printer<'_> {
    /// Writes records, the oldest first.
    pub(super) fn records(&self, finds: &Finds, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Table => self.table(finds, out),
            Format::Jsonl if self.fields.is_empty() => whole(finds, out),
            Format::Jsonl => {
                let paths = paths(self.fields);
                json::write_lines(records(finds).map(|record| object(&record, &paths)), out)
            }
            Format::Csv => {
                let usual: Vec<_> = WIDE.iter().map(|path| (*path).to_owned()).collect();
                let fields = if self.fields.is_empty() {
                    &usual
                } else {
                    self.fields
                };
                let paths = paths(fields);
                let rows = records(finds).map(|record| self.cells(&record, &paths));
                csv::write_rows(fields, rows, out)
            }
        }
    }

    fn table(&self, finds: &Finds, out: &mut dyn Write) -> io::Result<()> {
        let usual = COLUMNS.map(|(path, heading)| (path, heading.to(self.language)));
        let asked = self
            .fields
            .iter()
            .map(|path| (path.as_str(), path.as_str()));
        let columns: Vec<_> = if self.fields.is_empty() {
            usual.into()
        } else {
            asked.collect()
        };
        let mut grid = Grid::default();
        for (path, heading) in &columns {
            let heading = detect::render::name(heading);
            grid = match *path {
                TIME => grid.whole(heading),
                _ => grid.text(heading),
            };
        }
        let paths: Vec<_> = columns
            .iter()
            .map(|(path, _)| FieldPath::new(path))
            .collect();
        for record in records(finds) {
            let mut row = self.cells(&record, &paths);
            if self.fields.is_empty() {
                row[SERVICE] = row[SERVICE].replace(".amazonaws.com", "");
            }
            grid.row(row);
        }
        if finds.records.is_empty() {
            return Ok(());
        }
        grid.write(self.width, out)
    }

    /// Writes counts, the most frequent first.
    pub(super) fn counts(
        &self,
        finds: &Finds,
        by: &[String],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut groups: Vec<_> = finds.groups.iter().collect();
        groups.sort_by_key(|(values, seen)| (Reverse(seen.count), *values));
        groups.truncate(self.most.unwrap_or(usize::MAX));
        match self.format {
            Format::Table => self.count_table(&groups, by, out),
            Format::Jsonl => {
                let object = |(values, seen): &(&Vec<String>, &Seen)| {
                    let named = by
                        .iter()
                        .cloned()
                        .zip(values.iter().map(|value| value.as_str().into()));
                    serde_json::json!({
                        "count": seen.count,
                        "first": seen.first.to_string(),
                        "last": seen.last.to_string(),
                        "values": Map::from_iter(named),
                    })
                };
                json::write_lines(groups.iter().map(object), out)
            }
            Format::Csv => {
                let heading = ["count", "first", "last"].map(str::to_owned);
                let heading: Vec<_> = heading.into_iter().chain(by.iter().cloned()).collect();
                let rows = groups.iter().map(|(values, seen)| {
                    let seen = [
                        seen.count.to_string(),
                        seen.first.to_string(),
                        seen.last.to_string(),
                    ];
                    seen.into_iter().chain(self.safe(by, values)).collect()
                });
                csv::write_rows(&heading, rows, out)
            }
        }
    }

    fn count_table(
        &self,
        groups: &[(&Vec<String>, &Seen)],
        by: &[String],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut grid = Grid::default()
            .number(COUNT.to(self.language))
            .whole(FIRST.to(self.language))
            .whole(LAST.to(self.language));
        for field in by {
            grid = grid.text(detect::render::name(field));
        }
        for (values, seen) in groups {
            let mut row = vec![
                count(seen.count),
                seen.first.to_string(),
                seen.last.to_string(),
            ];
            row.extend(self.safe(by, values));
            grid.row(row);
        }
        if groups.is_empty() {
            return Ok(());
        }
        grid.write(self.width, out)
    }

    /// Writes the values of one field, in their order.
    pub(super) fn unique(&self, finds: &Finds, field: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut values: Vec<_> = finds
            .groups
            .keys()
            .filter_map(|values| values.first())
            .collect();
        values.retain(|value| !value.is_empty());
        values.sort_unstable();
        values.truncate(self.most.unwrap_or(usize::MAX));
        match self.format {
            Format::Table => values
                .iter()
                .try_for_each(|value| writeln!(out, "{}", cell(field, value))),
            Format::Jsonl => json::write_lines(values, out),
            Format::Csv => {
                let rows = values.iter().map(|value| vec![whole_cell(field, value)]);
                csv::write_rows(&[field.to_owned()], rows, out)
            }
        }
    }

    fn safe(&self, by: &[String], values: &[String]) -> Vec<String> {
        let cells = by.iter().zip(values);
        let cells = cells.map(|(path, value)| {
            let value = Some(value.as_str()).filter(|value| !value.is_empty());
            value_cell(self.format, path, value)
        });
        cells.collect()
    }

    fn cells(&self, record: &Record<'_>, paths: &[FieldPath]) -> Vec<String> {
        let values = paths.iter().map(|path| {
            let value = record.field(path).filter(|value| *value != Value::Null);
            let value = value.map(|value| shown(&value).into_owned());
            value_cell(self.format, path.as_str(), value.as_deref())
        });
        values.collect()
    }
}

fn paths(fields: &[String]) -> Vec<FieldPath> {
    fields.iter().map(|field| FieldPath::new(field)).collect()
}

fn records(finds: &Finds) -> impl Iterator<Item = Record<'_>> {
    finds
        .records
        .values()
        .filter_map(|text| Record::of_text(text))
}

/// A value as it stands in a cell: in spreadsheets whole, or nothing where there is none.
pub(super) fn value_cell(format: Format, path: &str, value: Option<&str>) -> String {
    match (format, value) {
        (Format::Csv, None) => String::new(),
        (Format::Csv, Some(value)) => whole_cell(path, value),
        (_, None) => "-".to_owned(),
        (_, Some(value)) => cell(path, value),
    }
}

/// What is said where not all that was found is shown.
pub(super) fn only(which: &str, shown: usize) -> String {
    let are = if shown == 1 { "is" } else { "are" };
    format!(
        "; {which} {} {are} shown, --limit 0 shows all",
        count(shown as u64)
    )
}

/// Records as they were written, each on a line of its own. What a terminal would obey is escaped; in JSON
/// it can stand in texts only.
fn whole(finds: &Finds, out: &mut dyn Write) -> io::Result<()> {
    finds
        .records
        .values()
        .try_for_each(|text| json::write_raw(text, out))
}

fn object(record: &Record<'_>, paths: &[FieldPath]) -> Json {
    let member = |path: &FieldPath| {
        let value = record
            .field(path)
            .map_or(Json::Null, |value| json_of(&value));
        (path.as_str().to_owned(), value)
    };
    Json::Object(paths.iter().map(member).collect())
}

fn json_of(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(whole) => (*whole).into(),
        Value::Float(float) => (*float).into(),
        Value::Str(text) => text.as_ref().into(),
        Value::List(members) => members.iter().map(json_of).collect(),
        Value::Map(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (key.to_string(), json_of(value)));
            Json::Object(members.collect())
        }
    }
}
