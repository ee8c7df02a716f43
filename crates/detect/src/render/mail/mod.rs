//! Alerts as mails: plain text, safe to read, short enough to be sent.
//!
//! Invariant: whatever comes from a record is shown by way of [`sentence`](super::sentence), and no link in it can be
//! followed by a click; the subject is printable ASCII of fewer than [`SUBJECT`] characters; the body is not
//! larger than [`BODY`]. What it is too small for is shed in a stated order: further events, what came before
//! and after, the offered exclusion, what the rule saw, the details of further alerts; never the first block,
//! and never the commands.
//!
//! Source: SNS API reference, *Publish* (subjects are ASCII, shorter than 100 characters, without line
//! breaks; a message has at most 262,144 bytes).

mod accounts;
mod blocks;
mod body;
mod expected;
mod facts;
pub mod health;
pub mod html;
mod proof;
pub mod summary;
mod text;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sigma::Level;

pub use self::accounts::{Accounts, NoAccounts};
use self::blocks::Block;
use self::body::{Detail, Order};
pub(super) use self::text::{command, defanged};
use self::text::{subject_line, title_line};
use self::words::Clock;
use crate::activity::Around;
use crate::alert::{Alert, Response};
use crate::attack;
use crate::guidance::Text;
use crate::language::Language;
use crate::render::chat;

/// A subject has fewer characters.
pub const SUBJECT: usize = 100;

/// A body has at most so many bytes; SNS counts attributes and subject besides.
pub const BODY: usize = 240_000;

/// How many events of an alert a mail lists.
const EVENTS: usize = 10;

/// How many steps of an alert a mail prints.
const STEPS: usize = 20;

/// The longest command that a mail prints, in bytes.
const COMMAND: usize = 2_000;

/// The longest sentence that a mail prints, in characters.
const SENTENCE: usize = 1_000;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something new.
    Alert,
    /// More of what was told.
    Update,
    /// Many things at once, for one by one they would be too many mails.
    Digest,
}

impl Kind {
    /// The word for it in filter policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Update => "update",
            Self::Digest => "digest",
        }
    }
}

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its subject.
    pub subject: String,
    /// The same for those who take more than ASCII, in the language that it begins in.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The same as HTML, shorter where it would be longer than [`html::LONGEST`]; empty if it cannot be so short.
    pub html: String,
    /// The same in a few lines, for a chat room.
    pub room: String,
    /// What subscriptions may be filtered by.
    pub attributes: BTreeMap<&'static str, String>,
    /// The same for a chat room, about the first of its alerts: a custom notification of Amazon Q Developer.
    pub notification: Option<String>,
}

/// An alert in a mail.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The alert, as it stands.
    pub alert: &'a Alert,
    /// How many of its events were told before; 0 if it is new to the reader.
    pub before: u64,
    /// Whether the reader was told that it failed, and it has worked since.
    pub is_changed: bool,
    /// What else the same principal did, where that is known.
    pub around: Option<&'a Around<'a>>,
}

/// How mails read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    languages: Vec<Language>,
    clock: Clock,
    accounts: Accounts,
}

impl Letter {
    /// In these languages, one below the other; in English if there are none. Times are in UTC, and accounts
    /// go by their ids.
    #[must_use]
    pub fn new(languages: &[Language]) -> Self {
        let mut languages = languages.to_vec();
        languages.dedup();
        if languages.is_empty() {
            languages.push(Language::En);
        }
        Self {
            languages,
            clock: Clock::of(TimeZone::UTC),
            accounts: Accounts::default(),
        }
    }

    /// The language that it begins in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    /// The same in other languages.
    #[must_use]
    pub fn in_languages(&self, languages: &[Language]) -> Self {
        Self {
            clock: self.clock.clone(),
            accounts: self.accounts.clone(),
            ..Self::new(languages)
        }
    }

    /// With times as the reader's clock shows them, and in UTC where that differs.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self {
            clock: Clock::of(zone),
            ..self
        }
    }

    /// What it knows of accounts.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// With accounts as people call them.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self { accounts, ..self }
    }

    /// The mail of this kind about `alerts`, the worst first, written at `now`.
    ///
    /// A mail about none says so; nobody should ask for one.
    #[must_use]
    pub fn write(&self, kind: Kind, alerts: &[Told<'_>], now: Timestamp) -> Mail {
        let title = title_line(kind, alerts, &self.accounts, self.language());
        let (body, html) = self.text_and_page(kind, alerts, now, &title);
        Mail {
            subject: subject_line(kind, alerts, &self.accounts),
            body,
            html,
            room: chat::room(&title, alerts, &self.accounts, self.language()),
            title,
            attributes: self.attributes(kind, alerts),
            notification: self.notification(alerts),
        }
    }

    /// What a chat room is told of `alerts`: a custom notification of Amazon Q Developer about the first of them.
    ///
    /// Of an alert and its updates the id is the same, so a room shows them as one conversation.
    #[must_use]
    pub fn notification(&self, alerts: &[Told<'_>]) -> Option<String> {
        let told = alerts.first()?;
        let language = self.language();
        let thread = told.alert.id.to_string();
        Some(chat::notification(told, &thread, alerts.len(), &self.accounts, language).to_string())
    }

    /// As text and as HTML, each as much as fits; no HTML where none does.
    fn text_and_page(
        &self,
        kind: Kind,
        alerts: &[Told<'_>],
        now: Timestamp,
        title: &str,
    ) -> (String, String) {
        let level = worst(alerts);
        let (mut body, mut page) = (String::new(), None);
        for detail in Detail::ALL {
            let parts = self.blocks(kind, alerts, now, detail);
            if body.is_empty() || body.len() > BODY {
                body = self.as_text(&parts);
            }
            page = page.or_else(|| {
                Some(html::page(title, level, &parts)).filter(|page| page.len() <= html::LONGEST)
            });
            if body.len() <= BODY && page.is_some() {
                break;
            }
        }
        (text::cut(body), page.unwrap_or_default())
    }

    /// What is said in each language.
    fn blocks(
        &self,
        kind: Kind,
        alerts: &[Told<'_>],
        now: Timestamp,
        detail: Detail,
    ) -> Vec<(Language, Vec<Block>)> {
        let order = Order {
            letter: self,
            kind,
            alerts,
            now,
            detail,
        };
        self.in_each(|language| body::of(order, language))
    }

    fn in_each(&self, say: impl Fn(Language) -> Vec<Block>) -> Vec<(Language, Vec<Block>)> {
        let each = self.languages.iter();
        each.map(|language| (*language, say(*language))).collect()
    }

    /// What is said in each language, one after the other.
    fn as_text(&self, parts: &[(Language, Vec<Block>)]) -> String {
        let parts: Vec<_> = parts
            .iter()
            .map(|(language, blocks)| blocks::text(blocks, *language))
            .collect();
        parts.join("\n\n----------------------------------------\n\n")
    }

    /// The languages by their tags.
    fn tags(&self) -> String {
        let tags: Vec<_> = self.languages.iter().map(|one| one.as_str()).collect();
        tags.join(",")
    }

    fn attributes(&self, kind: Kind, alerts: &[Told<'_>]) -> BTreeMap<&'static str, String> {
        let level = worst(alerts);
        let one = |of: &dyn Fn(&Alert) -> Option<String>| {
            let mut values = alerts.iter().map(|told| of(told.alert).unwrap_or_default());
            let first = values.next().unwrap_or_default();
            if values.all(|value| value == first) {
                first
            } else {
                "several".to_owned()
            }
        };
        let mut attributes = BTreeMap::from([
            ("kind", kind.as_str().to_owned()),
            ("level", level.to_string()),
            ("level_num", level_number(level).to_string()),
            ("account", one(&|alert| alert.account.id.clone())),
            ("region", one(&|alert| alert.region.clone())),
            ("rule", one(&|alert| Some(alert.rule.id.clone()))),
            ("tactic", one(&|alert| tactic(alert).map(str::to_owned))),
            ("language", self.tags()),
        ]);
        for value in attributes.values_mut() {
            *value = text::attribute(value);
        }
        attributes
    }
}

/// How bad the worst of them is.
fn worst(alerts: &[Told<'_>]) -> Level {
    let level = alerts.iter().map(|told| told.alert.level).max();
    level.unwrap_or(Level::Informational)
}

/// The exclusion that a mail about `alert` offers: a Sigma filter, ready to be saved; `None` for what is
/// told by several events together, and for callers whose names cannot be shown as they are.
#[must_use]
pub fn exclusion(alert: &Alert, language: Language) -> Option<String> {
    let (_, lines) = expected::of(alert, language);
    (!lines.is_empty()).then(|| lines.join("\n") + "\n")
}

/// 0 for informational to 4 for critical, for filters that say "from here on".
#[must_use]
pub fn level_number(level: Level) -> u8 {
    match level {
        Level::Informational => 0,
        Level::Low => 1,
        Level::Medium => 2,
        Level::High => 3,
        Level::Critical => 4,
    }
}

/// What the attacker is after, in ATT&CK's words: the first tag that names a tactic.
#[must_use]
pub fn tactic(alert: &Alert) -> Option<&'static str> {
    let mut tags = alert.rule.tags.iter();
    tags.find_map(|tag| attack::tactic(tag))
        .map(|tactic| tactic.tag)
}

/// `alert` cut to what a mail shows of it: what is kept until it is mailed must not be large.
#[must_use]
pub fn brief(mut alert: Alert) -> Alert {
    let decided = alert.decided().cloned();
    let decided = alert
        .events
        .iter()
        .position(|event| Some(event) == decided.as_ref());
    if let Some(at) = decided.filter(|at| *at >= EVENTS) {
        alert.events.swap(EVENTS - 1, at);
    }
    alert.events.truncate(EVENTS);
    alert.response.retain(fits);
    alert.response.truncate(STEPS);
    for text in texts(&mut alert) {
        if text.en.len() > SENTENCE || text.zh_cn.len() > SENTENCE {
            text.en = text.en.chars().take(SENTENCE).collect();
            text.zh_cn = text.zh_cn.chars().take(SENTENCE).collect();
        }
    }
    let who = &mut alert.principal;
    who.name = who.name.chars().take(SENTENCE).collect();
    for text in [&mut who.session, &mut who.arn].into_iter().flatten() {
        *text = text.chars().take(SENTENCE).collect();
    }
    alert
}

/// The sentences of an alert.
fn texts(alert: &mut Alert) -> impl Iterator<Item = &mut Text> {
    let deed = alert.deed.as_mut();
    let deed = deed.map(|deed| [Some(&mut deed.headline), deed.meaning.as_mut()]);
    let steps = alert.response.iter_mut();
    let steps = steps.flat_map(|step| [Some(&mut step.title), step.limits.as_mut()]);
    let threat = alert.rule.threat.as_mut();
    let some = [Some(&mut alert.summary), threat].into_iter();
    some.chain(deed.into_iter().flatten())
        .chain(steps)
        .flatten()
}

fn fits(step: &Response) -> bool {
    step.command.len() <= COMMAND && step.undo.as_ref().is_none_or(|undo| undo.len() <= COMMAND)
}

#[cfg(test)]
mod tests;
