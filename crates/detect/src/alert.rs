//! What a person gets: one object for all that a rule has found about one group in one period.
//!
//! `trailhound.alert/1`, described by `docs/alert.schema.json`. An alert is named by its rule, its
//! group and its period, never by the order in which records came, so that every copy of us that sees
//! any of its events gives it the same [`AlertId`].

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sigma::{Event as _, FieldPath, Header, Level, Rule, Value};

use crate::cloudtrail::Record;
use crate::containment;
pub use crate::event_ref::{EventId, EventRef};
use crate::facts;
use crate::group;
use crate::guidance::{Guidance, Step, Text};
use crate::language::Language;
use crate::neutral::neutral;
use crate::outcome::Outcome;
use crate::partition::Partition;
use crate::principal::Principal;
use crate::sentence::{self, InWords};
use crate::shell;
use crate::target::Target;
use crate::tool::Tool;

/// The name of this format, first in every alert.
pub const SCHEMA: &str = "trailhound.alert/1";

/// How many characters of a user agent are kept.
const USER_AGENT: usize = 512;

/// Names an alert; the same for the same rule, group and period wherever it is made.
///
/// Written as `th-` and 24 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AlertId(u128);

impl AlertId {
    const BITS: u32 = 96;
    const PREFIX: &str = "th-";

    /// The first bits of a digest.
    pub(crate) fn of(digest: &[u8]) -> Self {
        let bytes = digest.iter().take(Self::BITS as usize / 8);
        Self(bytes.fold(0, |id, byte| id << 8 | u128::from(*byte)))
    }
}

impl std::fmt::Display for AlertId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(id) = self;
        write!(
            f,
            "{}{id:0width$x}",
            Self::PREFIX,
            width = Self::BITS as usize / 4
        )
    }
}

impl From<AlertId> for String {
    fn from(id: AlertId) -> Self {
        id.to_string()
    }
}

/// A text that names no alert.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of an alert, `th-` and 24 hexadecimal digits")]
pub struct NotAnId(String);

impl TryFrom<String> for AlertId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        let digits = text.strip_prefix(Self::PREFIX);
        let id = digits
            .filter(|digits| digits.len() == Self::BITS as usize / 4 && !digits.starts_with('+'))
            .and_then(|digits| u128::from_str_radix(digits, 16).ok());
        id.map(Self).ok_or(NotAnId(text))
    }
}

/// An alert, as it is printed, published and kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// [`SCHEMA`]
    pub schema: String,
    /// Stable: the same for the same rule, group and period.
    pub id: AlertId,
    /// How bad it is.
    pub level: Level,
    /// What has found it.
    pub rule: RuleInfo,
    /// Of the event that decided: of those that weigh most, the first.
    pub time: Timestamp,
    /// Of the first event.
    pub first_time: Timestamp,
    /// Of the last event.
    pub last_time: Timestamp,
    /// How many events, also those not listed.
    pub event_count: u64,
    /// Whether there are so many that their number is an estimate: see [`crate::sketch`].
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub event_count_is_estimate: bool,
    /// Where it happened.
    pub account: Account,
    /// Where it happened, such as `eu-west-1`.
    pub region: Option<String>,
    /// Where it happened: `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: Partition,
    /// Who did it.
    pub principal: Principal,
    /// From where, and with what.
    pub source: Source,
    /// The events, the first hundred by time.
    pub events: Vec<EventRef>,
    /// Facts that can be checked.
    pub why: Vec<String>,
    /// The deciding event as one sentence.
    pub summary: Text,
    /// What the deciding event did; of single rules only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deed: Option<Deed>,
    /// Up to which level findings about its events are told by it, and not once more by themselves; of
    /// incidents that add them up only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaces: Option<Level>,
    /// What was unusual, of anomalies only.
    pub anomaly: Option<serde_json::Value>,
    /// What to do, mildest first.
    pub response: Vec<Response>,
}

/// What the event that decided did, and what that means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Who did what, in a few words.
    pub headline: Text,
    /// What such a call means from now on, whoever makes it; missing for calls that alarm nobody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub meaning: Option<Text>,
    /// Whether the call worked.
    pub worked: bool,
    /// What it changed, where one other call puts that back exactly; of few calls.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<Target>,
}

/// The rule that an alert comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Its id; its title, if it has none.
    pub id: String,
    /// Its title, in English.
    pub title: String,
    /// Its title in other languages, where it has one.
    #[serde(
        rename = "title_zh-CN",
        skip_serializing_if = "Option::is_none",
        default
    )]
    pub title_zh_cn: Option<String>,
    /// What kind of rule it is.
    pub kind: Kind,
    /// Its date of change, or of birth.
    pub version: Option<String>,
    /// Its tags, such as `attack.t1562.008`.
    pub tags: Vec<String>,
    /// How long its periods are, in seconds: within one, all about the same group is one alert.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub period_seconds: Option<u64>,
    /// Why this matters, in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threat: Option<Text>,
}

/// What kind of rule an alert comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One that judges each record by itself.
    Rule,
    /// One over several records.
    Correlation,
    /// None: it was unusual.
    Anomaly,
    /// None: the fleet noticed it by itself, for no record tells it.
    Watch,
}

/// An AWS account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Twelve digits.
    pub id: Option<String>,
    /// What people call it, where known.
    pub name: Option<String>,
}

/// Where calls came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// An address, or the name of an AWS service.
    pub ip: Option<String>,
    /// ISO 3166-1 code, where known.
    pub country: Option<String>,
    /// Autonomous system number, where known.
    pub asn: Option<u32>,
    /// Who runs the network, where known.
    pub network: Option<String>,
    /// As written by the caller.
    pub user_agent: Option<String>,
    /// What the user agent says it is.
    pub tool: Option<String>,
}

/// A command that contains the damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// What the command does.
    pub title: Text,
    /// To be pasted into a shell.
    pub command: String,
    /// Takes it back, where that can be done.
    pub undo: Option<String>,
    /// What it does not do, where one could think it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limits: Option<Text>,
}

impl Alert {
    /// The alert that `record`, matched by `rule`, makes by itself.
    #[must_use]
    pub fn of_match(rule: &Rule, guidance: &Guidance, record: &Record<'_>) -> Self {
        let mut key = Vec::new();
        group::write_key(guidance, record, &mut key);
        Self::in_group(
            group::alert(rule.id_or_title(), &key),
            rule,
            guidance,
            record,
            None,
        )
    }

    /// The same, where its id is known.
    pub(crate) fn in_group(
        id: AlertId,
        rule: &Rule,
        guidance: &Guidance,
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
    ) -> Self {
        let time = record.event_time();
        let principal = Principal::of(record);
        let [en, zh_cn] = [Language::En, Language::ZhCn]
            .map(|language| InWords::of(record, &principal, language));
        let headline = Text::new(en.headline, zh_cn.headline);
        Self {
            schema: SCHEMA.to_owned(),
            id,
            level: rule.level(),
            rule: RuleInfo::of(rule.header(), guidance, Kind::Rule),
            time,
            first_time: time,
            last_time: time,
            event_count: 1,
            event_count_is_estimate: false,
            account: Account {
                id: record.account().map(Into::into),
                name: None,
            },
            region: record.region().map(Into::into),
            partition: Partition::of(record),
            principal,
            source: Source::of(record),
            events: vec![EventRef::of(record, log_file)],
            why: facts::of(rule, record),
            summary: Text::new(en.sentence, zh_cn.sentence),
            deed: Some(Deed::of(record, headline)),
            replaces: None,
            anomaly: None,
            response: containment::of_call(guidance, record)
                .iter()
                .filter_map(|step| Response::of(step, record))
                .collect(),
        }
    }
}

impl Alert {
    /// What was done, in a few words; the rule's title where that is not known.
    #[must_use]
    pub fn headline(&self, language: Language) -> &str {
        match &self.deed {
            Some(deed) => deed.headline.to(language),
            None => self.rule.title_in(language),
        }
    }

    /// The event that decided, if it is among those listed.
    ///
    /// Of several in the same second it is one that ended as the alert says.
    #[must_use]
    pub fn decided(&self) -> Option<&EventRef> {
        let worked = self.deed.as_ref().is_some_and(|deed| deed.worked);
        let then = || {
            self.events
                .iter()
                .filter(|event| event.event_time == self.time)
        };
        let ended = then().find(|event| event.error_code.is_none() == worked);
        ended.or_else(|| then().next())
    }
}

impl Deed {
    fn of(record: &Record<'_>, headline: Text) -> Self {
        let meaning = |language| sentence::meaning(record, language);
        let both = || Some(Text::new(meaning(Language::En)?, meaning(Language::ZhCn)?));
        Self {
            headline,
            meaning: both(),
            worked: Outcome::of(record).is_success(),
            target: Target::of(record),
        }
    }
}

impl RuleInfo {
    pub(crate) fn of(header: &Header, guidance: &Guidance, kind: Kind) -> Self {
        Self {
            id: header.id().unwrap_or(header.title()).to_owned(),
            title: header.title().to_owned(),
            title_zh_cn: guidance.title.zh_cn.clone(),
            kind,
            version: header
                .modified()
                .or(header.date())
                .map(|date| date.to_string()),
            tags: header.tags().to_vec(),
            period_seconds: u64::try_from(guidance.period.as_secs()).ok(),
            threat: guidance.threat.clone(),
        }
    }

    /// The title in `language`, or in English.
    #[must_use]
    pub fn title_in(&self, language: Language) -> &str {
        match language {
            Language::ZhCn => self.title_zh_cn.as_deref().unwrap_or(&self.title),
            Language::En => &self.title,
        }
    }
}

impl Source {
    fn of(record: &Record<'_>) -> Self {
        let user_agent = record.user_agent();
        Self {
            ip: record.source_ip().map(|ip| neutral(&ip, USER_AGENT)),
            country: None,
            asn: None,
            network: None,
            tool: Tool::of(record).map(|tool| tool.name.to_owned()),
            user_agent: user_agent.map(|agent| agent.chars().take(USER_AGENT).collect()),
        }
    }
}

impl Response {
    /// The commands of `step` for `record`; none if the record lacks a value that they need.
    pub(crate) fn of(step: &Step, record: &Record<'_>) -> Option<Self> {
        Self::fill(step, Partition::of(record), |name| words(record, name))
    }

    /// The commands of `step` with what `words` finds for their places; none if one finds nothing.
    pub(crate) fn fill<'v>(
        step: &Step,
        partition: Partition,
        words: impl Fn(&str) -> Vec<Cow<'v, str>>,
    ) -> Option<Self> {
        let arn = format!("arn:{partition}:");
        let fill = |template: &str| shell::fill(&template.replace("arn:aws:", &arn), &words);
        Some(Self {
            title: step.title.clone(),
            command: fill(&step.command)?,
            undo: step.undo.as_deref().and_then(fill),
            limits: step.limits.clone(),
        })
    }
}

/// The values at a path as words of a command.
fn words<'r>(record: &'r Record<'_>, path: &str) -> Vec<Cow<'r, str>> {
    fn collect<'v>(value: Value<'v>, words: &mut Vec<Cow<'v, str>>) {
        match value {
            Value::Str(text) => words.push(text),
            Value::Int(number) => words.push(number.to_string().into()),
            Value::Bool(truth) => words.push(truth.to_string().into()),
            Value::List(members) => members
                .into_iter()
                .for_each(|member| collect(member, words)),
            Value::Float(_) | Value::Null | Value::Map(_) => {}
        }
    }
    let mut words = Vec::new();
    if let Some(value) = record.field(&FieldPath::new(path)) {
        collect(value, &mut words);
    }
    words
}
