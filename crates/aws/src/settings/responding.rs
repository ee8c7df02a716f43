//! What the responder is told by its environment.
//!
//! Whoever deploys it says whom it never touches; a pattern that can fit no ARN would protect nobody, and is refused.

use std::collections::BTreeSet;

use detect::language::Language;
use detect::partition::Partition;
use jiff::SignedDuration;
use query::Pattern;
use response::action::Kind;
use response::manner::{Manner, Mode};
use response::never::NeverTouch;
use sigma::Level;

use super::{
    APPROVE_WITHIN, LANGUAGE, MAIL_TOPIC, NEVER_TOUCH, OWN_PREFIX, RESPOND_LEVEL, RESPOND_MODE,
    RESPOND_PER_HOUR, RESPOND_RULES, RESPOND_STEPS, Reader, STATE_TABLE, SettingsError, any,
    prefix, topic,
};

/// Steps that plans have unless others are named: all but the one that stops a workload for good.
const USUAL: [Kind; 5] = [
    Kind::RestartTrail,
    Kind::DisableAccessKey,
    Kind::QuarantineUser,
    Kind::RevokeSessions,
    Kind::ClosePort,
];

/// What `lambda-response` needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ForResponses {
    /// The table that remembers plans, and nothing else.
    pub state_table: String,
    /// Where people are told.
    pub mail_topic: String,
    /// How it goes about it.
    pub manner: Manner,
}

/// The settings of `lambda-response`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_responses(
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<ForResponses, SettingsError> {
    let mut reader = Reader::new(value);
    let state_table = reader.required(STATE_TABLE, any);
    let mail_topic = reader.required(MAIL_TOPIC, topic);
    // Without it we would not know ourselves, and might touch our own roles.
    let own = reader.required(OWN_PREFIX, prefix);
    let languages = reader.optional(LANGUAGE, vec![Language::En], Language::several);
    let mode = reader.optional(RESPOND_MODE, Mode::DryRun, Mode::named);
    let level = reader.optional(RESPOND_LEVEL, Level::High, |text| text.parse().ok());
    let rules = reader.optional(RESPOND_RULES, vec![Pattern::new("*")], |text| {
        let rules: Vec<_> = rows(text).map(Pattern::new).collect();
        (!rules.is_empty()).then_some(rules)
    });
    let kinds = reader.optional(RESPOND_STEPS, BTreeSet::from(USUAL), |text| {
        text.split(',').map(str::trim).map(Kind::named).collect()
    });
    let never = reader.optional(NEVER_TOUCH, Vec::new(), |text| {
        let arn = |row: &str| is_arn(row).then(|| row.to_owned());
        rows(text).map(arn).collect::<Option<Vec<_>>>()
    });
    let hourly = reader.optional(RESPOND_PER_HOUR, 5, |text| {
        text.parse()
            .ok()
            .filter(|hourly| (1..=100).contains(hourly))
    });
    let wait = reader.optional(APPROVE_WITHIN, SignedDuration::from_hours(1), |text| {
        let seconds = text.parse::<u32>().ok();
        let seconds = seconds.filter(|seconds| (60..=86_400).contains(seconds))?;
        Some(SignedDuration::from_secs(seconds.into()))
    });
    let needed = state_table.zip(mail_topic).zip(own);
    let settings = needed.map(|((state_table, mail_topic), own)| {
        // The topic is in the account that we are in.
        let part = |at: usize| mail_topic.split(':').nth(at).unwrap_or_default().to_owned();
        let manner = Manner {
            account: part(4),
            partition: Partition::of_region(&part(3)),
            mode,
            level,
            rules,
            kinds,
            never: NeverTouch::new(&own, never.iter().map(String::as_str)),
            hourly,
            languages,
            wait,
        };
        ForResponses {
            state_table,
            mail_topic,
            manner,
        }
    });
    reader.finish(settings)
}

/// The rows of a list; `;` or a line break ends one.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    let rows = text.split([';', '\n']).map(str::trim);
    rows.filter(|row| !row.is_empty())
}

/// Whether it has the six parts of an ARN, wildcards or not.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
        && text.splitn(6, ':').filter(|part| part.is_empty()).count() <= 2
        && text.splitn(6, ':').count() == 6
        && !text.ends_with(':')
}
