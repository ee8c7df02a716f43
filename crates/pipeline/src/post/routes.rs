//! Who is told of what: a table of rows, each with what an alert must be and where mails about it go.
//!
//! ```text
//! account = prod | 111122223333, level = high, topic = on-call ;
//! rule = Root *, language = zh-CN, topic = security-cn
//! ```
//!
//! Every row that an alert fits is followed: whoever is to hear of something hears of it, whatever stands above.
//! What fits no row goes where mails go without a table, so no row can silence anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use detect::alert::Alert;
use detect::digest;
use detect::language::Language;
use detect::render::mail::Accounts;
use query::Pattern;
use serde::{Deserialize, Serialize};
use sigma::Level;

/// What a row calls the place where mails go without a table.
const ORDINARY: &str = "mail";

/// The cells that a row may have.
const CELLS: [&str; 6] = ["account", "unit", "level", "rule", "language", "topic"];

/// Whoever mails go to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Where; `None` is where mails go without a table.
    pub address: Option<String>,
    /// In what languages; `None` is those of mails without a table.
    pub languages: Option<Vec<Language>>,
}

impl Addressee {
    /// Its name on the desk.
    #[must_use]
    pub fn mark(&self) -> To {
        To(digest::number(&[
            "to",
            self.address.as_deref().unwrap_or_default(),
        ]))
    }
}

/// The name on the desk of the rooms that are told in these languages.
#[must_use]
pub fn of_rooms(languages: &[Language]) -> To {
    let tags = languages.iter().map(|one| one.as_str());
    To(digest::number(
        &std::iter::once("rooms").chain(tags).collect::<Vec<_>>(),
    ))
}

/// Names an addressee on the desk, in few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct To(u64);

impl std::fmt::Display for To {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(mark) = self;
        write!(f, "{mark:016x}")
    }
}

/// The table. Without rows everything goes to one addressee.
#[derive(Debug, Clone, PartialEq)]
pub struct Routes {
    rows: Vec<Row>,
    /// The first is that of mails without a table.
    addressees: Vec<Addressee>,
    accounts: Accounts,
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            addressees: vec![Addressee::default()],
            accounts: Accounts::default(),
        }
    }
}

/// What an alert must be, where something is said about it, and which addressee hears of it then.
#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    accounts: Vec<Pattern>,
    units: Vec<Pattern>,
    level: Option<Level>,
    rules: Vec<Pattern>,
    to: usize,
}

impl Row {
    fn fits(&self, alert: &Alert, accounts: &Accounts) -> bool {
        let id = alert.account.id.as_deref().unwrap_or_default();
        let (name, unit) = (accounts.name(id), accounts.unit(id));
        let rule = [Some(alert.rule.id.as_str()), Some(&alert.rule.title)];
        self.level.is_none_or(|least| alert.level >= least)
            && any(&self.accounts, &[Some(id), name])
            && any_unit(&self.units, unit)
            && any(&self.rules, &rule)
    }
}

/// Whether one of these texts fits one of the patterns; anything fits none at all.
fn any(patterns: &[Pattern], texts: &[Option<&str>]) -> bool {
    let fits = |pattern: &Pattern| texts.iter().flatten().any(|text| pattern.fits(text));
    patterns.is_empty() || patterns.iter().any(fits)
}

/// Whether a unit, or one of those that it stands below, fits one of the patterns.
fn any_unit(patterns: &[Pattern], path: Option<&str>) -> bool {
    let above = path.into_iter().flat_map(|path| path.split('/'));
    let all: Vec<_> = above.chain(path).map(Some).collect();
    any(patterns, &all)
}

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteError {
    /// The first row is 1.
    pub row: usize,
    /// The cell, by its name.
    pub cell: String,
    /// What is wrong, and what would be accepted.
    pub what: String,
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, `{}`: {}", self.row, self.cell, self.what)
    }
}

impl Routes {
    /// Reads a table.
    ///
    /// `topics` are the addresses that a row may name, whole or by what stands behind their last colon;
    /// `accounts` knows the names and units that rows speak of, `ordinary` is the language of mails without a table.
    ///
    /// # Errors
    /// Everything that is wrong, row by row.
    pub fn parse(
        text: &str,
        topics: &[String],
        accounts: &Accounts,
        ordinary: &[Language],
    ) -> Result<Self, Vec<RouteError>> {
        let mut reader = Reader {
            topics,
            rows: Vec::new(),
            addressees: vec![Addressee::default()],
            ordinary,
            problems: Vec::new(),
        };
        let rows = text.split([';', '\n']).map(str::trim);
        for (at, row) in rows.filter(|row| !row.is_empty()).enumerate() {
            reader.row(at + 1, row);
        }
        if !reader.problems.is_empty() {
            return Err(reader.problems);
        }
        Ok(Self {
            rows: reader.rows,
            addressees: reader.addressees,
            accounts: accounts.clone(),
        })
    }

    /// Knows these accounts from now on.
    pub(super) fn know(&mut self, accounts: Accounts) {
        self.accounts = accounts;
    }

    /// Whoever hears of `alert`; somebody does.
    #[must_use]
    pub fn of(&self, alert: &Alert) -> Vec<&Addressee> {
        let fit = self
            .rows
            .iter()
            .filter(|row| row.fits(alert, &self.accounts));
        let mut to: BTreeSet<usize> = fit.map(|row| row.to).collect();
        if to.is_empty() {
            to.insert(0);
        }
        to.into_iter()
            .filter_map(|at| self.addressees.get(at))
            .collect()
    }

    /// The names of those who hear of `alert`; without a table there is nobody to tell apart, and no name.
    #[must_use]
    pub fn marks(&self, alert: &Alert) -> BTreeSet<To> {
        if self.rows.is_empty() {
            return BTreeSet::new();
        }
        self.of(alert).into_iter().map(Addressee::mark).collect()
    }
}

/// Reads rows, and gathers what is wrong with them.
struct Reader<'t> {
    topics: &'t [String],
    rows: Vec<Row>,
    addressees: Vec<Addressee>,
    ordinary: &'t [Language],
    problems: Vec<RouteError>,
}

impl Reader<'_> {
    fn row(&mut self, number: usize, text: &str) {
        let mut found = Vec::new();
        let mut problem = |cell: &str, what: String| {
            let cell = cell.to_owned();
            found.push(RouteError {
                row: number,
                cell,
                what,
            });
        };
        let mut cells = BTreeMap::new();
        for cell in text.split(',') {
            let (name, value) = cell.split_once('=').unwrap_or((cell, ""));
            let (name, value) = (name.trim(), value.trim());
            if !CELLS.contains(&name) {
                problem(
                    name,
                    format!(
                        "there is no such cell; it must be one of {}",
                        listed(&CELLS)
                    ),
                );
            } else if value.is_empty() {
                problem(
                    name,
                    format!("there is nothing in it; write `{name} = …`, or leave it out"),
                );
            } else if cells.insert(name, value).is_some() {
                problem(
                    name,
                    "it is there twice; several values stand in one, with `|` between".to_owned(),
                );
            }
        }
        let mut row = Row::default();
        let patterns = |name| {
            let some: &str = cells.get(name).copied().unwrap_or_default();
            let some = some.split('|').map(str::trim);
            some.filter(|text| !text.is_empty())
                .map(Pattern::new)
                .collect()
        };
        (row.accounts, row.units, row.rules) =
            (patterns("account"), patterns("unit"), patterns("rule"));
        if let Some(text) = cells.get("level") {
            row.level = text.parse().ok();
            if row.level.is_none() {
                let levels = "`informational`, `low`, `medium`, `high` or `critical`";
                problem(
                    "level",
                    format!("`{text}` is no level; it must be {levels}"),
                );
            }
        }
        let languages = cells
            .get("language")
            .map(|text| (text, Language::several(text)));
        if let Some((text, None)) = languages {
            problem(
                "language",
                format!("`{text}` is no language; it must be `en`, `zh-CN` or `both`"),
            );
        }
        let languages = languages.and_then(|(_, languages)| languages);
        let missing = || Err("it is missing; it must say where mails go".to_owned());
        let address = cells
            .get("topic")
            .map_or_else(missing, |topic| self.address(topic));
        if let Err(what) = &address {
            problem("topic", what.clone());
        }
        self.problems.append(&mut found);
        if let Ok(address) = address {
            row.to = self.addressee(number, address, languages);
            self.rows.push(row);
        }
    }

    /// The address that a cell names; `None` is that of mails without a table.
    fn address(&self, text: &str) -> Result<Option<String>, String> {
        if text == ORDINARY {
            return Ok(None);
        }
        let is_it = |topic: &&String| *topic == text || topic.rsplit(':').next() == Some(text);
        let found: Vec<_> = self.topics.iter().filter(is_it).collect();
        match found.as_slice() {
            [one] => Ok(Some((*one).clone())),
            [] => {
                let names = self
                    .topics
                    .iter()
                    .filter_map(|topic| topic.rsplit(':').next());
                let names: Vec<_> = std::iter::once(ORDINARY).chain(names).collect();
                Err(format!(
                    "`{text}` is not among the topics; it must be one of {}",
                    listed(&names)
                ))
            }
            _ => Err(format!(
                "`{text}` is the name of several topics; write the ARN"
            )),
        }
    }

    /// The addressee at `address`, who reads one language wherever the table speaks of it.
    fn addressee(
        &mut self,
        row: usize,
        address: Option<String>,
        languages: Option<Vec<Language>>,
    ) -> usize {
        let known = self
            .addressees
            .iter()
            .position(|known| known.address == address);
        let at = known.unwrap_or(self.addressees.len());
        if at == self.addressees.len() {
            self.addressees.push(Addressee {
                address,
                languages: None,
            });
        }
        let Some(languages) = languages else {
            return at;
        };
        let known = &mut self.addressees[at];
        let read = match (&known.languages, &known.address) {
            (None, None) => Some(self.ordinary),
            (read, _) => read.as_deref(),
        };
        if read.is_some_and(|read| read != languages) {
            self.problems.push(RouteError {
                row,
                cell: "language".to_owned(),
                what: "the topic has another language already; one topic has one, or `both` in one mail".to_owned(),
            });
        } else if known.address.is_some() {
            known.languages = Some(languages);
        }
        at
    }
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests;
