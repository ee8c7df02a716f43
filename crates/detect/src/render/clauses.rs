//! Why a rule matches a record or not, clause by clause; and without a record, what it asks.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use sigma::{
    ExplainedBody, ExplainedCondition, ExplainedItem, ExplainedSelection, Explanation, Found,
};

use super::text::{lines, sentence};
use crate::language::{Language, Words, words};
use crate::neutral::neutral;
use crate::secret::masked;

/// How many characters of a value are shown.
const VALUE: usize = 300;

/// How many wanted values of one line are shown.
const VALUES: usize = 12;

const YES: Style = AnsiColor::Green.on_default().bold();
const NO: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How clauses are shown.
#[derive(Debug, Clone, Copy)]
pub struct Clauses {
    /// Columns to fill.
    pub width: usize,
    /// The language of the words between fields and values.
    pub language: Language,
    /// Whether there is a record to have a verdict on.
    pub verdicts: bool,
}

impl Clauses {
    /// Writes the conditions of `explanation` as a tree, each selection opened where it is named first.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
        let mut tree = Tree {
            clauses: self,
            unopened: explanation.selections.iter().collect(),
            out,
        };
        explanation
            .conditions
            .iter()
            .try_for_each(|condition| tree.condition(condition, 1))
    }

    fn body(self, body: &ExplainedBody, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        match body {
            ExplainedBody::All { items, .. } => items
                .iter()
                .try_for_each(|item| self.item(item, depth, out)),
            ExplainedBody::Any { parts, matched } => {
                self.line(depth, *matched, ANY.to(self.language), out)?;
                parts
                    .iter()
                    .try_for_each(|part| self.body(part, depth + 1, out))
            }
        }
    }

    fn item(self, item: &ExplainedItem, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        self.line(depth, item.matched, &self.question(item), out)?;
        if !self.verdicts {
            return Ok(());
        }
        let shown = |text: &str| {
            let path = item.field.as_deref().unwrap_or_default();
            self.found(&quoted(&masked(path, text.into())))
        };
        let found = match &item.found {
            Found::Absent => ABSENT.to(self.language).to_owned(),
            Found::AllText => return Ok(()),
            Found::Value(serde_json::Value::String(text)) => shown(text),
            Found::Value(value) => shown(&value.to_string()),
        };
        let indent = depth * 2 + 2;
        for line in lines(&found, self.width.saturating_sub(indent)) {
            writeln!(out, "{:indent$}{DIM}{line}{DIM:#}", "")?;
        }
        Ok(())
    }

    fn found(self, value: &str) -> String {
        FOUND.to(self.language).replace("{}", value)
    }

    /// A line of a selection as a phrase: *eventName ends with `User` or `Role`*.
    fn question(self, item: &ExplainedItem) -> String {
        let language = self.language;
        let field = item.field.as_deref().unwrap_or(ANYWHERE.to(language));
        let (modifier, hints) = phrase(&item.modifiers, language);
        let hints = if hints.is_empty() {
            String::new()
        } else {
            format!(" ({})", hints.join(", "))
        };
        if item.modifiers.iter().any(|modifier| modifier == "exists") {
            let wanted = item
                .values
                .first()
                .is_some_and(|value| value.wanted == "true");
            let words = if wanted { IS_THERE } else { IS_ABSENT };
            return format!("{field} {}", words.to(language));
        }
        format!("{field} {modifier} {}{hints}", self.values(item))
    }

    fn values(self, item: &ExplainedItem) -> String {
        let joint = if item.wants_all { AND } else { OR }.to(self.language);
        let mut values: Vec<_> = item
            .values
            .iter()
            .take(VALUES)
            .map(|value| quoted(&value.wanted))
            .collect();
        if let Some(more @ 1..) = item.values.len().checked_sub(VALUES) {
            values.push(MORE.to(self.language).replace("{}", &more.to_string()));
        }
        values.join(joint)
    }

    /// One line behind its mark, wrapped under itself.
    fn line(self, depth: usize, matched: bool, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = depth * 2;
        let mut lines = lines(&sentence(text), self.width.saturating_sub(indent + 2)).into_iter();
        let first = lines.next().unwrap_or_default();
        let (style, mark) = match (self.verdicts, matched) {
            (false, _) => (DIM, "·"),
            (true, true) => (YES, "✔"),
            (true, false) => (NO, "✘"),
        };
        writeln!(out, "{:indent$}{style}{mark}{style:#} {first}", "")?;
        let indent = indent + 2;
        lines.try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
    }
}

/// The tree while it is drawn.
struct Tree<'a> {
    clauses: Clauses,
    unopened: Vec<&'a ExplainedSelection>,
    out: &'a mut dyn Write,
}

impl Tree<'_> {
    fn condition(&mut self, condition: &ExplainedCondition, depth: usize) -> io::Result<()> {
        let language = self.clauses.language;
        match condition {
            ExplainedCondition::Selection { name, matched } => {
                self.selection(name, *matched, depth)
            }
            ExplainedCondition::Not { inner, matched } => {
                self.line(depth, *matched, NOT.to(language))?;
                self.condition(inner, depth + 1)
            }
            ExplainedCondition::All { parts, matched } => {
                self.line(depth, *matched, ALL.to(language))?;
                parts
                    .iter()
                    .try_for_each(|part| self.condition(part, depth + 1))
            }
            ExplainedCondition::Any { parts, matched } => {
                self.line(depth, *matched, ANY.to(language))?;
                parts
                    .iter()
                    .try_for_each(|part| self.condition(part, depth + 1))
            }
            ExplainedCondition::Count {
                wanted,
                pattern,
                selections,
                matched,
            } => {
                let text = COUNT.to(language).replace("{n}", &wanted.to_string());
                self.line(depth, *matched, &text.replace("{}", pattern))?;
                let mut selections = selections.iter();
                selections.try_for_each(|(name, matched)| self.selection(name, *matched, depth + 1))
            }
        }
    }

    fn selection(&mut self, name: &str, matched: bool, depth: usize) -> io::Result<()> {
        self.line(depth, matched, name)?;
        match self
            .unopened
            .iter()
            .position(|selection| selection.name == name)
        {
            Some(at) => {
                let selection = self.unopened.swap_remove(at);
                self.clauses.body(&selection.body, depth + 1, self.out)
            }
            None => Ok(()),
        }
    }

    fn line(&mut self, depth: usize, matched: bool, text: &str) -> io::Result<()> {
        self.clauses.line(depth, matched, text, self.out)
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", neutral(text, VALUE))
}

/// The words for the modifier that says how to compare, and the names of the others.
fn phrase(modifiers: &[String], language: Language) -> (&'static str, Vec<&str>) {
    let known = |name: &str| COMPARISONS.iter().find(|(modifier, _)| *modifier == name);
    let comparison = modifiers.iter().find_map(|name| known(name));
    let hints = modifiers
        .iter()
        .filter(|name| known(name).is_none() && *name != "all");
    let phrase = comparison.map_or(IS, |(_, words)| *words);
    (phrase.to(language), hints.map(String::as_str).collect())
}

const COMPARISONS: [(&str, Words); 10] = [
    ("contains", words("contains", "包含")),
    ("startswith", words("starts with", "开头为")),
    ("endswith", words("ends with", "结尾为")),
    ("re", words("matches the pattern", "匹配正则")),
    ("cidr", words("lies in", "属于网段")),
    ("gt", words("is greater than", "大于")),
    ("gte", words("is at least", "不小于")),
    ("lt", words("is less than", "小于")),
    ("lte", words("is at most", "不大于")),
    ("neq", words("is not", "不为")),
];

const IS: Words = words("is", "为");
const IS_THERE: Words = words("is there", "存在");
const IS_ABSENT: Words = words("is absent", "不存在");
const OR: Words = words(" or ", " 或 ");
const AND: Words = words(" and ", " 且 ");
const NOT: Words = words("not:", "不满足：");
const ALL: Words = words("all of:", "全部满足：");
const ANY: Words = words("any of:", "满足其一：");
const COUNT: Words = words("{n} of {}:", "{} 中至少 {n} 项：");
const ANYWHERE: Words = words("any text of the record", "记录中任意文本");
const FOUND: Words = words("the record has {}", "记录中为 {}");
const ABSENT: Words = words("the record does not have it", "记录中没有该字段");
const MORE: Words = words("{} more", "另外 {} 个值");
