//! What a rule adds for the person who gets its alert: the `trailhound:` block.
//!
//! ```yaml
//! trailhound:
//!   behaviour: trail-logging-stopped
//!   theme: audit-logs
//!   cis: ["4.5"]
//!   title: { zh-CN: … }
//!   threat: { en: …, zh-CN: … }
//!   group-by: [trailhound.principal.key]
//!   period: 1h
//!   response:
//!     - title: { en: …, zh-CN: … }
//!       command: aws cloudtrail start-logging --name ${requestParameters.name}
//!       undo: aws cloudtrail stop-logging --name ${requestParameters.name}
//!       limits: { en: …, zh-CN: … }
//! ```
//!
//! Other tools pass over the block: the Sigma specification allows custom fields. All of it may be
//! absent; then alerts are grouped by principal and day.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use sigma::{FieldPath, Header};

/// The key of the block in a rule.
pub const KEY: &str = "trailhound";

/// The block, read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Guidance {
    /// The name of what the rule catches, the same from version to version.
    pub behaviour: Option<String>,
    /// What of an account's security it is about.
    pub theme: Option<Theme>,
    /// The controls of the CIS AWS Foundations Benchmark, section 4, that ask for this very rule.
    pub cis: Vec<String>,
    /// The rule's title in other languages than its own English.
    pub title: Translations,
    /// Why this matters, in plain words.
    pub threat: Option<Text>,
    /// Matches that agree in these fields belong together.
    #[serde(deserialize_with = "paths")]
    pub group_by: Vec<FieldPath>,
    /// For how long; counted from midnight UTC on, so that every copy of us counts alike.
    #[serde(deserialize_with = "period")]
    pub period: SignedDuration,
    /// What to do, mildest first.
    pub response: Vec<Step>,
}

/// What of an account's security a rule is about; the families of compliance controls hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Trails, log delivery, log buckets.
    AuditLogs,
    /// GuardDuty, Config, Security Hub, alarms.
    Detection,
    /// The root user.
    Root,
    /// Sign-in, passwords, second factors, identity providers.
    Authentication,
    /// Users, roles, policies: who may do what.
    AccessControl,
    /// Access keys, sessions, secrets.
    Credentials,
    /// Security groups, gateways, routes, names.
    Network,
    /// Data made public, or shared with others.
    DataExposure,
    /// Encryption, backups, deletion.
    DataProtection,
    /// Instances, functions, containers, models: what runs, and at whose cost.
    Compute,
    /// Accounts, their organization, regions, bills.
    Organization,
    /// Looking around.
    Reconnaissance,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::AuditLogs,
        Self::Detection,
        Self::Root,
        Self::Authentication,
        Self::AccessControl,
        Self::Credentials,
        Self::Network,
        Self::DataExposure,
        Self::DataProtection,
        Self::Compute,
        Self::Organization,
        Self::Reconnaissance,
    ];
}

/// One text in each of our languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

impl Text {
    /// What it is in each language.
    pub fn new<E: Into<String>, Z: Into<String>>(en: E, zh_cn: Z) -> Self {
        Self {
            en: en.into(),
            zh_cn: zh_cn.into(),
        }
    }

    /// The text in `language`.
    #[must_use]
    pub fn to(&self, language: crate::language::Language) -> &str {
        match language {
            crate::language::Language::En => &self.en,
            crate::language::Language::ZhCn => &self.zh_cn,
        }
    }
}

/// A text in languages other than English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translations {
    /// In Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: Option<String>,
}

/// A command that contains the damage, with placeholders such as `${requestParameters.name}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What the command does.
    pub title: Text,
    /// The command.
    pub command: String,
    /// The command that takes it back, if there is one.
    pub undo: Option<String>,
    /// What the command does not do, where one could think it did.
    pub limits: Option<Text>,
}

impl Default for Guidance {
    fn default() -> Self {
        Self {
            behaviour: None,
            theme: None,
            cis: Vec::new(),
            title: Translations::default(),
            threat: None,
            group_by: vec![FieldPath::new("trailhound.principal.key")],
            period: SignedDuration::from_hours(24),
            response: Vec::new(),
        }
    }
}

/// A `trailhound:` block that cannot be read; the rule works without it.
#[derive(Debug, thiserror::Error)]
#[error("{at}: the `{KEY}` block of this rule: {problem}")]
pub struct GuidanceError {
    /// Where the rule begins.
    pub at: sigma::Location,
    /// What is wrong, with the fields that are known.
    #[source]
    pub problem: yaml_serde::Error,
}

impl GuidanceError {
    fn of(header: &Header) -> impl FnOnce(yaml_serde::Error) -> Self + use<'_> {
        |problem| Self {
            at: header.location().clone(),
            problem,
        }
    }
}

impl Guidance {
    /// The start of the period that `time` lies in, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) fn period_start(&self, time: Timestamp) -> i64 {
        let seconds = time.as_second();
        seconds - seconds.rem_euclid(self.period.as_secs().max(1))
    }

    /// Reads the block of a rule or correlation; the default for one without.
    ///
    /// # Errors
    /// [`GuidanceError`] for an unknown key, a missing language, or a period that is none.
    pub fn of(header: &Header) -> Result<Self, GuidanceError> {
        let Some(block) = header.extension(KEY) else {
            return Ok(Self::default());
        };
        yaml_serde::from_value(block.clone()).map_err(GuidanceError::of(header))
    }

    /// Reads the block of a rule from a document that holds it alone.
    pub(crate) fn of_block(document: &str, header: &Header) -> Result<Self, GuidanceError> {
        #[derive(Deserialize)]
        struct Document {
            trailhound: Guidance,
        }
        let document: Document =
            yaml_serde::from_str(document).map_err(GuidanceError::of(header))?;
        Ok(document.trailhound)
    }
}

fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FieldPath>, D::Error> {
    let paths = Vec::<String>::deserialize(deserializer)?;
    Ok(paths.iter().map(|path| FieldPath::new(path)).collect())
}

fn period<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_period(&text).ok_or_else(|| {
        serde::de::Error::custom(format!("`{text}` is not a period such as 30m, 1h or 1d"))
    })
}

/// A whole number and a unit, as in Sigma's `timespan`: `s`, `m`, `h`, `d` or `w`.
fn parse_period(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: u32 = text
        .strip_suffix(unit)?
        .parse()
        .ok()
        .filter(|count| *count > 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    Some(SignedDuration::from_secs(i64::from(count) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &str) -> Result<Guidance, String> {
        yaml_serde::from_str(block).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_absent_has_a_default() {
        let guidance = read("behaviour: x").unwrap();
        assert_eq!(guidance.period, SignedDuration::from_hours(24));
        assert_eq!(guidance.group_by[0].as_str(), "trailhound.principal.key");
    }

    #[test]
    fn mistakes_are_named() {
        for (block, expected) in [
            ("perod: 1h", "unknown field `perod`"),
            (
                "period: soon",
                "`soon` is not a period such as 30m, 1h or 1d",
            ),
            ("period: 0h", "`0h` is not a period"),
            ("threat: { en: x }", "missing field `zh-CN`"),
        ] {
            let error = read(block).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn periods_are_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("2m", Some(120)),
            ("1d", Some(86_400)),
            ("1w", Some(604_800)),
            ("", None),
            ("h", None),
            ("1", None),
            ("-1h", None),
            ("1é", None),
        ] {
            assert_eq!(parse_period(text).map(|p| p.as_secs()), seconds, "{text}");
        }
    }
}
