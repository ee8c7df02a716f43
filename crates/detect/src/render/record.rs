//! One record for a person: the sentence, the answers, then field by field under the names that
//! rules use.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use sigma::event::Value;
use unicode_width::UnicodeWidthStr as _;

use super::text::{self, column, lines, value_lines};
use crate::cloudtrail::json::Kind;
use crate::cloudtrail::{Json, Record};
use crate::derived;
use crate::language::{Language, Words, words};
use crate::outcome::Outcome;
use crate::principal::Principal;
use crate::secret::masked;
use crate::sentence::sentence;
use crate::tool::Tool;

/// How many fields are shown; a record may hold thousands.
const FIELDS: usize = 200;

/// How deep objects are opened; what lies deeper is shown as it was written.
const DEPTH: usize = 16;

/// How many characters of a value are shown.
const VALUE: usize = 1000;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const NAME: Style = AnsiColor::Cyan.on_default();

/// How a record is shown.
#[derive(Debug, Clone, Copy)]
pub struct RecordPage {
    /// Columns to fill.
    pub width: usize,
    /// The language of the sentence and the labels.
    pub language: Language,
}

impl RecordPage {
    /// Writes `record` in ANSI colours.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        for line in lines(
            &text::sentence(&sentence(record, self.language)),
            self.width,
        ) {
            writeln!(out, "{BOLD}{line}{BOLD:#}")?;
        }
        writeln!(out)?;
        self.rows(&self.answers(record), out)?;
        writeln!(out, "\n{BOLD}{}{BOLD:#}", WRITTEN.to(self.language))?;
        self.rows(&written(record.json()), out)?;
        writeln!(out, "\n{BOLD}{}{BOLD:#}", DERIVED.to(self.language))?;
        self.rows(&derived_rows(record), out)
    }

    /// The questions that a person asks first.
    fn answers(self, record: &Record<'_>) -> Vec<Row> {
        let language = self.language;
        let who = Principal::of(record);
        let row = |label: Words, value: Option<Cow<'_, str>>| Row {
            name: label.to(language).to_owned(),
            value: value.unwrap_or(Cow::Borrowed("-")).into_owned(),
        };
        let call = format!("{} {}", record.event_source(), record.event_name());
        vec![
            row(WHEN, Some(record.event_time().to_string().into())),
            row(WHO, Some(format!("{} ({})", who.name, who.kind).into())),
            row(SESSION, who.session.map(Cow::from)),
            row(WHAT, Some(call.into())),
            row(ACCOUNT, record.account()),
            row(REGION, record.region()),
            row(FROM, record.source_ip()),
            row(TOOL, Tool::of(record).map(|tool| tool.label(language))),
            row(OUTCOME, Some(outcome(record, language))),
            row(EVENT_ID, record.event_id()),
        ]
    }

    fn rows(self, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        let longest = rows
            .iter()
            .map(|row| text::name(&row.name).width())
            .max()
            .unwrap_or(0);
        let names = longest.min(self.width * 2 / 5);
        for row in rows.iter().take(FIELDS) {
            self.row(row, names, out)?;
        }
        match rows.len().checked_sub(FIELDS) {
            Some(more @ 1..) => {
                let more = MORE.to(self.language).replace("{}", &more.to_string());
                writeln!(out, "  {DIM}{more}{DIM:#}")
            }
            _ => Ok(()),
        }
    }

    fn row(self, row: &Row, names: usize, out: &mut dyn Write) -> io::Result<()> {
        let indent = 2 + names + 2;
        let name = text::name(&row.name);
        // A path is there to be copied, so it is never cut.
        let name = if name.width() > names {
            name
        } else {
            column(&name, names)
        };
        write!(out, "  {NAME}{name}{NAME:#}")?;
        if name.width() > names {
            write!(out, "\n{:indent$}", "")?;
        } else {
            write!(out, "  ")?;
        }
        let value = masked(&row.name, row.value.as_str().into());
        let value = crate::neutral::neutral(&value, VALUE);
        let mut lines = value_lines(&value, self.width.saturating_sub(indent)).into_iter();
        writeln!(out, "{}", lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
    }
}

/// A name and what stands there.
struct Row {
    name: String,
    value: String,
}

fn outcome<'a>(record: &'a Record<'_>, language: Language) -> Cow<'a, str> {
    let outcome = Outcome::of(record);
    match (outcome.denial(), record.error_code()) {
        (Some(denial), Some(code)) => format!("{} ({code})", denial.reason(language)).into(),
        (Some(denial), None) => denial.reason(language).into(),
        (None, _) => WORKED.to(language).into(),
    }
}

/// Every value in the record under the path that a rule would use; members of a list under the same.
fn written(json: Json<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    collect(json, &mut String::new(), 0, &mut rows);
    rows
}

fn collect(json: Json<'_>, path: &mut String, depth: usize, rows: &mut Vec<Row>) {
    match json.kind() {
        Kind::Object if depth < DEPTH && json.entries().next().is_some() => {
            for (key, value) in json.entries() {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&key.decoded());
                collect(value, path, depth + 1, rows);
                path.truncate(length);
            }
        }
        Kind::Array if depth < DEPTH && json.elements().next().is_some() => {
            json.elements()
                .for_each(|member| collect(member, path, depth + 1, rows));
        }
        _ => rows.push(Row {
            name: path.clone(),
            value: json
                .as_str()
                .unwrap_or_else(|| json.raw().into())
                .into_owned(),
        }),
    }
}

fn derived_rows(record: &Record<'_>) -> Vec<Row> {
    let row = |field: &derived::DerivedField| {
        Some(Row {
            name: field.path.to_owned(),
            value: shown(&derived::field(record, field.name())?),
        })
    };
    derived::FIELDS.iter().filter_map(row).collect()
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Float(float) => float.to_string(),
        Value::Str(text) => text.to_string(),
        Value::List(members) => members.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Map(fields) => {
            let field =
                |(name, value): &(Cow<'_, str>, Value<'_>)| format!("{name}: {}", shown(value));
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
    }
}

const WHEN: Words = words("when", "时间");
const WHO: Words = words("who", "操作者");
const SESSION: Words = words("session", "会话");
const WHAT: Words = words("call", "调用");
const ACCOUNT: Words = words("account", "账户");
const REGION: Words = words("region", "区域");
const FROM: Words = words("from", "来源");
const TOOL: Words = words("with", "工具");
const OUTCOME: Words = words("outcome", "结果");
const EVENT_ID: Words = words("event", "事件 ID");
const WORKED: Words = words("it worked", "成功");
const WRITTEN: Words = words("As written", "原始字段");
const DERIVED: Words = words("Derived, for rules", "派生字段（可用于规则）");
const MORE: Words = words("and {} more fields", "另有 {} 个字段");
