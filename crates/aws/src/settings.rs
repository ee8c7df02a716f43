//! What a function is told by its environment: read once, here and nowhere else.
//!
//! Every problem is reported together, each with the variable, its value and the form that would be
//! accepted, so that a deployment is mended in one go.

mod responding;

use std::path::PathBuf;

use detect::language::Language;
use detect::render::mail::Accounts;
pub use function::settings::{FINDINGS_TOPIC, RECONCILE, STATE_TABLE, SettingsError, Variable};
use function::settings::{Reader, any, topic, url, variable};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use pipeline::post::{Habit, Ladder, Rate, Routes};
use sigma::Level;
use watch::reconcile;

pub use self::responding::{ForResponses, for_responses};
use crate::places::Database;

/// Where mails are published.
pub const MAIL_TOPIC: Variable = variable("TRAILHOUND_MAIL_TOPIC_ARN", "the ARN of an SNS topic");
/// Where notifications for chat rooms are published.
pub const CHAT_TOPIC: Variable = variable("TRAILHOUND_CHAT_TOPIC_ARN", "the ARN of an SNS topic");
/// Where mails are handed over for webhooks and HTML mail.
pub const DELIVERY_TOPIC: Variable =
    variable("TRAILHOUND_DELIVERY_TOPIC_ARN", "the ARN of an SNS topic");
/// What mails that are handed over are written in.
pub const DELIVERY_LANGUAGES: Variable = variable(
    "TRAILHOUND_DELIVERY_LANGUAGES",
    "`en`, `zh-CN` or `both`, or empty for the language of mails",
);
/// What mails are written in.
pub const LANGUAGE: Variable = variable("TRAILHOUND_LANGUAGE", "`en`, `zh-CN` or `both`");
/// The lowest level that becomes an alert.
pub const LEVEL: Variable = variable(
    "TRAILHOUND_LEVEL",
    "`informational`, `low`, `medium`, `high` or `critical`",
);
/// Rules beside the built-in ones.
pub const RULES: Variable = variable("TRAILHOUND_RULES", "a folder with rule files");
/// The queue that tells of log files.
pub const LOG_QUEUE: Variable = variable("TRAILHOUND_LOG_QUEUE_URL", "the URL of an SQS queue");
/// The largest object that is read.
pub const MAX_OBJECT: Variable = variable(
    "TRAILHOUND_MAX_OBJECT_BYTES",
    "a whole number of bytes, 1 or more",
);
/// How many mails go out.
pub const RATE: Variable = variable(
    "TRAILHOUND_MAILS_PER_SECOND",
    "a number above 0 and at most 5, such as 1 or 0.2",
);
/// How long an update waits for others.
pub const UPDATE_AFTER: Variable = variable(
    "TRAILHOUND_UPDATE_AFTER_SECONDS",
    "a whole number of seconds from 0 to 86400",
);
/// How often alerts of level medium are told.
pub const MEDIUM_EVERY: Variable = variable(
    "TRAILHOUND_MEDIUM_EVERY_SECONDS",
    "a whole number of seconds from 0 to 604800; 0 is at once",
);
/// How often alerts below medium are told.
pub const LOW_EVERY: Variable = variable(
    "TRAILHOUND_LOW_EVERY_SECONDS",
    "a whole number of seconds from 0 to 604800; 0 is at once",
);
/// Where the readers of mails live.
pub const TIME_ZONE: Variable = variable(
    "TRAILHOUND_TIME_ZONE",
    "the name of a time zone, such as `Europe/Berlin`",
);
/// What people call their accounts.
pub const ACCOUNTS: Variable = variable(
    "TRAILHOUND_ACCOUNTS",
    "accounts with their names and owners, such as `111122223333 = prod, platform team; 444455556666 = test`",
);
/// Who is told of what.
pub const ROUTES: Variable = variable(
    "TRAILHOUND_ROUTES",
    "rows such as `account = prod, level = high, topic = on-call; rule = Root *, topic = mail`",
);
/// The topics that rows may name.
pub const ROUTE_TOPICS: Variable = variable(
    "TRAILHOUND_ROUTE_TOPIC_ARNS",
    "the ARNs of SNS topics, with commas between",
);
/// When summaries go out.
pub const SUMMARY_HOUR: Variable = variable(
    "TRAILHOUND_SUMMARY_HOUR",
    "a full hour from 0 to 23, or empty for no summaries",
);
/// Whether behaviour is judged.
pub const BEHAVIOUR: Variable = variable("TRAILHOUND_BEHAVIOUR", "`on` or `off`");
/// Databases of places.
pub const GEO: Variable = variable(
    "TRAILHOUND_GEO",
    "files or objects in MaxMind's format, such as `s3://bucket/key.mmdb, /opt/asn.mmdb`",
);
/// Where canaries go.
pub const CANARY_TOPIC: Variable =
    variable("TRAILHOUND_CANARY_TOPIC_ARN", "the ARN of an SNS topic");
/// What the names of our own roles begin with.
pub const OWN_PREFIX: Variable = variable(
    "TRAILHOUND_OWN_PREFIX",
    "what the names of the fleet's roles begin with: 4 to 64 letters, digits and hyphens",
);
/// Who lets plans be carried out.
pub const RESPOND_MODE: Variable = variable(
    "TRAILHOUND_RESPOND_MODE",
    "`dry-run`, `approve` or `automatic`",
);
/// The lowest level of alerts that are answered.
pub const RESPOND_LEVEL: Variable = variable("TRAILHOUND_RESPOND_LEVEL", LEVEL.accepts);
/// Which rules are answered.
pub const RESPOND_RULES: Variable = variable(
    "TRAILHOUND_RESPOND_RULES",
    "ids or titles of rules, such as `Trail *; Root *`",
);
/// Which kinds of steps plans may have.
pub const RESPOND_STEPS: Variable = variable(
    "TRAILHOUND_RESPOND_STEPS",
    "some of `restart-trail`, `disable-access-key`, `quarantine-user`, `revoke-sessions`, `quarantine-role` and `close-port`, with commas between",
);
/// Whom and what plans never touch.
pub const NEVER_TOUCH: Variable = variable(
    "TRAILHOUND_NEVER_TOUCH",
    "ARNs, such as `arn:aws:iam::*:role/break-glass/*; arn:aws:iam::*:user/ceo`",
);
/// How many plans are carried out.
pub const RESPOND_PER_HOUR: Variable = variable(
    "TRAILHOUND_RESPOND_PER_HOUR",
    "a whole number from 1 to 100",
);
/// How long plans can be approved.
pub const APPROVE_WITHIN: Variable = variable(
    "TRAILHOUND_APPROVE_WITHIN_SECONDS",
    "a whole number of seconds from 60 to 86400",
);
/// The name of the responder's role.
pub const RESPONDER_ROLE: Variable =
    variable("TRAILHOUND_RESPONDER_ROLE", "the name of a role of IAM");

/// All of them.
pub const VARIABLES: [Variable; 33] = [
    STATE_TABLE,
    FINDINGS_TOPIC,
    MAIL_TOPIC,
    CHAT_TOPIC,
    DELIVERY_TOPIC,
    DELIVERY_LANGUAGES,
    LANGUAGE,
    LEVEL,
    RULES,
    LOG_QUEUE,
    MAX_OBJECT,
    RATE,
    UPDATE_AFTER,
    MEDIUM_EVERY,
    LOW_EVERY,
    TIME_ZONE,
    ACCOUNTS,
    ROUTES,
    ROUTE_TOPICS,
    SUMMARY_HOUR,
    OWN_PREFIX,
    BEHAVIOUR,
    GEO,
    RECONCILE,
    CANARY_TOPIC,
    RESPOND_MODE,
    RESPOND_LEVEL,
    RESPOND_RULES,
    RESPOND_STEPS,
    NEVER_TOUCH,
    RESPOND_PER_HOUR,
    APPROVE_WITHIN,
    RESPONDER_ROLE,
];

/// The largest object that is read unless another size is given, in bytes as stored.
pub const MAX_OBJECT_BYTES: u64 = 512 << 20;

/// What both functions need that judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judging {
    /// The table that remembers.
    pub state_table: String,
    /// Where alerts are published.
    pub findings_topic: String,
    /// The lowest level that becomes an alert.
    pub level: Level,
    /// Rules beside the built-in ones.
    pub rules: Option<PathBuf>,
    /// What the names of our own roles begin with.
    pub own_prefix: Option<String>,
    /// The responder's role, if there is one.
    pub responder: Option<String>,
    /// Whether behaviour is judged.
    pub behaviour: bool,
    /// Databases of places beside the built-in tables.
    pub geo: Vec<Database>,
    /// How many events are noted, to be compared with those of the other door.
    pub reconcile: reconcile::Rate,
}

/// What `lambda-s3-logs` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForLogFiles {
    /// How it judges.
    pub judging: Judging,
    /// Where it leaves word for itself.
    pub log_queue: String,
    /// The largest object that it reads, in bytes as stored.
    pub max_object_bytes: u64,
    /// Whether it counts for summaries.
    pub counts: bool,
}

/// What `lambda-alerts` needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ForMails {
    /// The table that remembers.
    pub state_table: String,
    /// Where mails are published.
    pub mail_topic: String,
    /// Where chat rooms hear of them, if anywhere.
    pub chat_topic: Option<String>,
    /// Where they are handed over for webhooks and HTML mail, if anywhere.
    pub delivery_topic: Option<String>,
    /// Where canaries go, if anywhere.
    pub canary_topic: Option<String>,
    /// In which languages they are handed over, each by itself.
    pub rooms: Vec<Vec<Language>>,
    /// What they are written in.
    pub languages: Vec<Language>,
    /// How many go out.
    pub rate: Rate,
    /// How long an update waits for others.
    pub update_after: SignedDuration,
    /// How long alerts of each level may wait for company.
    pub ladder: Ladder,
    /// Where their readers live.
    pub zone: TimeZone,
    /// What the readers call their accounts.
    pub accounts: Accounts,
    /// Who is told of what.
    pub routes: Routes,
    /// The topics that routes may name.
    pub route_topics: Vec<String>,
    /// When summaries go out, if they do.
    pub summary: Option<Habit>,
}

/// The settings of `lambda-eventbridge`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_events(value: &dyn Fn(&str) -> Option<String>) -> Result<Judging, SettingsError> {
    let mut reader = Reader::new(value);
    let judging = judging(&mut reader);
    reader.finish(judging)
}

/// The settings of `lambda-s3-logs`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_log_files(value: &dyn Fn(&str) -> Option<String>) -> Result<ForLogFiles, SettingsError> {
    let mut reader = Reader::new(value);
    let judging = judging(&mut reader);
    let log_queue = reader.required(LOG_QUEUE, url);
    let max_object_bytes = reader.optional(MAX_OBJECT, MAX_OBJECT_BYTES, |text| {
        text.parse().ok().filter(|bytes| *bytes > 0)
    });
    let counts = reader.optional(SUMMARY_HOUR, None, hour).is_some();
    let settings = judging
        .zip(log_queue)
        .map(|(judging, log_queue)| ForLogFiles {
            judging,
            log_queue,
            max_object_bytes,
            counts,
        });
    reader.finish(settings)
}

/// The settings of `lambda-alerts`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_mails(value: &dyn Fn(&str) -> Option<String>) -> Result<ForMails, SettingsError> {
    let mut reader = Reader::new(value);
    let state_table = reader.required(STATE_TABLE, any);
    let mail_topic = reader.required(MAIL_TOPIC, topic);
    let chat_topic = reader.optional(CHAT_TOPIC, None, |text| topic(text).map(Some));
    let languages = reader.optional(LANGUAGE, vec![Language::En], Language::several);
    let rate = reader.optional(RATE, Rate::per_second(1.0), |text| {
        let rate = text.parse::<f64>().ok()?;
        (rate > 0.0 && rate <= 5.0).then(|| Rate::per_second(rate))
    });
    let update_after = reader.optional(UPDATE_AFTER, SignedDuration::from_mins(15), |text| {
        let seconds = text
            .parse::<u32>()
            .ok()
            .filter(|seconds| *seconds <= 86_400)?;
        Some(SignedDuration::from_secs(seconds.into()))
    });
    let usual = Ladder::default();
    let ladder = Ladder {
        medium: reader.optional(MEDIUM_EVERY, usual.medium, up_to_a_week),
        low: reader.optional(LOW_EVERY, usual.low, up_to_a_week),
    };
    let zone = reader.optional(TIME_ZONE, TimeZone::UTC, |text| TimeZone::get(text).ok());
    let accounts = reader.optional(ACCOUNTS, Accounts::default(), |text| text.parse().ok());
    let (routes, route_topics) = routes(&mut reader, &accounts, &languages);
    let delivery_topic = reader.optional(DELIVERY_TOPIC, None, |text| topic(text).map(Some));
    let canary_topic = reader.optional(CANARY_TOPIC, None, |text| topic(text).map(Some));
    let apart = reader.optional(DELIVERY_LANGUAGES, Vec::new(), Language::several);
    let rooms = match (&delivery_topic, apart.as_slice()) {
        (None, _) => Vec::new(),
        (Some(_), []) => vec![languages.clone()],
        (Some(_), apart) => apart.iter().map(|one| vec![*one]).collect(),
    };
    let summary = reader.optional(SUMMARY_HOUR, None, hour);
    let summary = summary.map(|hour| Habit {
        hour,
        zone: zone.clone(),
    });
    let settings = state_table
        .zip(mail_topic)
        .map(|(state_table, mail_topic)| ForMails {
            state_table,
            mail_topic,
            chat_topic,
            delivery_topic,
            canary_topic,
            rooms,
            languages,
            rate,
            update_after,
            ladder,
            zone,
            accounts,
            routes,
            route_topics,
            summary,
        });
    reader.finish(settings)
}

/// What both functions are told that judge.
fn judging(reader: &mut Reader<'_>) -> Option<Judging> {
    let state_table = reader.required(STATE_TABLE, any);
    let findings_topic = reader.required(FINDINGS_TOPIC, topic);
    let level = reader.optional(LEVEL, Level::Low, |text| text.parse().ok());
    let rules = reader.optional(RULES, None, |text| Some(Some(PathBuf::from(text))));
    let own_prefix = reader.optional(OWN_PREFIX, None, |text| prefix(text).map(Some));
    let responder = reader.optional(RESPONDER_ROLE, None, |text| any(text).map(Some));
    let behaviour = reader.optional(BEHAVIOUR, false, |text| match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    });
    let geo = reader.optional(GEO, Vec::new(), |text| {
        let each = text.split(',').map(str::trim);
        let each = each.filter(|database| !database.is_empty());
        each.map(Database::parse).collect()
    });
    let reconcile = reader.optional(RECONCILE, reconcile::Rate::default(), |text| {
        text.parse().ok().map(reconcile::Rate::one_in)
    });
    Some(Judging {
        state_table: state_table?,
        findings_topic: findings_topic?,
        level,
        rules,
        own_prefix,
        responder,
        behaviour,
        geo,
        reconcile,
    })
}

/// The table of routes; each cell that is wrong is a problem of its own.
fn routes(
    reader: &mut Reader<'_>,
    accounts: &Accounts,
    languages: &[Language],
) -> (Routes, Vec<String>) {
    let topics = reader.optional(ROUTE_TOPICS, Vec::new(), |text| {
        let each = text.split(',').map(str::trim);
        each.map(topic).collect::<Option<Vec<_>>>()
    });
    let mut problems = Vec::new();
    let routes = reader.optional(ROUTES, Routes::default(), |text| {
        let read = Routes::parse(text, &topics, accounts, languages);
        // They are told one by one, instead of the whole.
        Some(read.unwrap_or_else(|found| {
            problems = found;
            Routes::default()
        }))
    });
    for cell in problems {
        reader.complain(ROUTES, &cell);
    }
    (routes, topics)
}

fn up_to_a_week(text: &str) -> Option<SignedDuration> {
    let seconds = text.parse::<u32>().ok();
    let seconds = seconds.filter(|seconds| *seconds <= 604_800)?;
    Some(SignedDuration::from_secs(seconds.into()))
}

fn hour(text: &str) -> Option<Option<i8>> {
    let hour = text.parse().ok();
    hour.filter(|hour| (0..24).contains(hour)).map(Some)
}

fn prefix(text: &str) -> Option<String> {
    let is_name = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (is_name && (4..=64).contains(&text.len())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
