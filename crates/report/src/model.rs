//! The data of a report.

use serde::Serialize;
use serde_json::Value;

/// How many levels there are, from informational to critical.
pub const LEVELS: usize = 5;

/// One text in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// The language that the page begins in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

/// A whole report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// What it is about, such as the folder's name.
    pub title: String,
    /// The language that it begins in; the reader may change it.
    pub language: Language,
    /// When it was made, RFC 3339.
    pub made: String,
    /// What made it, with its version.
    pub maker: String,
    /// From when to when.
    pub period: Period,
    /// Accounts, sorted.
    pub accounts: Vec<String>,
    /// Regions, sorted.
    pub regions: Vec<String>,
    /// How many records were read.
    pub records: u64,
    /// How many files.
    pub files: u64,
    /// Files and records that could not be read.
    pub unread: u64,
    /// One for each day of the period, also those without a record.
    pub days: Vec<Day>,
    /// APIs, the most called first.
    pub apis: Vec<Api>,
    /// How many APIs there are besides.
    pub more_apis: u64,
    /// Where calls came from, most first.
    pub origins: Vec<Origin>,
    /// How many places there are besides.
    pub more_origins: u64,
    /// Who called, most first.
    pub people: Vec<Person>,
    /// How many there are besides.
    pub more_people: u64,
    /// Who assumed which role.
    pub edges: Vec<Edge>,
    /// What was found, the worst and newest first.
    pub findings: Vec<Finding>,
    /// How many findings there are besides, by level.
    pub more_findings: [u64; LEVELS],
    /// Tactics in the order of the matrix: tag and name.
    pub tactics: Vec<(String, String)>,
    /// Techniques that rules can find, and how often they did.
    pub techniques: Vec<Technique>,
    /// What auditors ask first.
    pub checks: Vec<Check>,
    /// Controls of frameworks, with what was found about each.
    pub frameworks: Vec<Framework>,
}

/// From the first record to the last, RFC 3339; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Of the first record.
    pub first: String,
    /// Of the last record.
    pub last: String,
}

/// One day, UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// `2026-11-22`
    pub date: String,
    /// Records of that day.
    pub records: u64,
    /// Of them, calls that failed.
    pub failed: u64,
    /// Findings by level, informational first.
    pub findings: [u64; LEVELS],
}

/// An API, and when it was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Api {
    /// `iam`
    pub service: String,
    /// `CreateUser`
    pub name: String,
    /// Calls in each hour of the day, UTC.
    pub hours: Vec<u64>,
}

/// Where calls came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// An address, or the name of an AWS service.
    pub address: String,
    /// How many calls.
    pub calls: u64,
    /// Of them, those that failed.
    pub failed: u64,
    /// How many principals called from there.
    pub people: u64,
    /// The first call.
    pub first: String,
    /// The last call.
    pub last: String,
    /// How many findings name it.
    pub findings: u64,
}

/// Who called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The same in every session.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What kind of principal.
    pub kind: String,
    /// How many calls.
    pub calls: u64,
    /// Of them, those that failed.
    pub failed: u64,
    /// How many addresses it called from.
    pub addresses: u64,
    /// How many regions it called.
    pub regions: u64,
    /// The first call.
    pub first: String,
    /// The last call.
    pub last: String,
    /// How many findings are about it.
    pub findings: u64,
}

/// A role that was assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The key of whoever assumed it.
    pub from: String,
    /// The key of the role.
    pub to: String,
    /// How often.
    pub times: u64,
    /// How often it was denied.
    pub denied: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The alert, `trailhound.alert/1`.
    pub alert: Value,
    /// The record that decided, as it was written; `None` where it could not be read again, or is too long.
    pub record: Option<Value>,
}

/// A cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Technique {
    /// `T1562.008`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The tag of its tactic.
    pub tactic: String,
    /// How many rules can find it.
    pub rules: u64,
    /// How many findings there are.
    pub findings: u64,
}

/// One thing that auditors ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is asked.
    pub question: Words,
    /// What the logs say.
    pub answer: Words,
    /// Whether that is as it should be; `None` where that is not for us to say.
    pub good: Option<bool>,
}

/// A framework of controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Framework {
    /// Its name.
    pub name: String,
    /// Its controls.
    pub controls: Vec<Control>,
}

/// A control, or a family of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Its number.
    pub id: String,
    /// What it asks for.
    pub name: String,
    /// How many rules watch over it.
    pub rules: u64,
    /// How many findings are about it.
    pub findings: u64,
}
