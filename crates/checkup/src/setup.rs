//! What an account has answered: facts, and nothing that is thought of them.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// An answer, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// This is it.
    Known(T),
    /// What was asked about is not there.
    Gone,
    /// It could not be asked.
    Refused,
}

impl<T> Answer<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Gone | Self::Refused => None,
        }
    }
}

/// All that was asked of an account.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The account's id.
    pub account: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The regions that were asked.
    pub regions: Vec<String>,
    /// The region of the partition that has the events of global services, whether or not it was asked.
    pub global: String,
    /// Each trail once, as its home region tells it.
    pub trails: Vec<Trail>,
    /// The trails' buckets, by name.
    pub buckets: BTreeMap<String, Bucket>,
    /// The trails' keys, as trails name them.
    pub keys: BTreeMap<String, Key>,
    /// Who listens to topics, by ARN.
    pub topics: BTreeMap<String, Answer<Vec<Subscription>>>,
    /// Rules that hear of what CloudTrail records, by region.
    pub rules: BTreeMap<String, Answer<Vec<EventRule>>>,
    /// What could not be asked: the IAM action, where, and what AWS said.
    pub unasked: Vec<Unasked>,
}

/// A question without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    /// As an IAM action.
    pub action: String,
    /// A region, or the name of a thing.
    pub place: String,
    /// What AWS said.
    pub why: String,
}

/// A trail.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its home region.
    pub home: String,
    /// Where it delivers.
    pub bucket: String,
    /// What keys begin with in its bucket, before `AWSLogs`.
    pub prefix: Option<String>,
    /// The topic that it notifies.
    pub topic: Option<String>,
    /// The KMS key that it encrypts with.
    pub key: Option<String>,
    /// Whether it records all regions.
    pub is_multi_region: bool,
    /// Whether it records global services.
    pub has_global_events: bool,
    /// Whether it signs digests.
    pub is_validated: bool,
    /// Whether it is that of an organisation.
    pub is_organization: bool,
    /// Whether CloudTrail tells of unusual rates.
    pub has_insights: bool,
    /// How it is, in its home region.
    pub status: Option<Status>,
    /// How it is in the other regions that were asked, by region: each delivers by itself.
    pub elsewhere: BTreeMap<String, Status>,
    /// What it records.
    pub selectors: Option<Selectors>,
}

/// How a trail is.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Whether it records.
    pub is_logging: bool,
    /// When a log file was delivered last.
    pub delivered: Option<Timestamp>,
    /// Why the last delivery failed, if it did.
    pub delivery_error: Option<String>,
    /// When a digest was delivered last.
    pub digested: Option<Timestamp>,
    /// Why the last digest could not be delivered, if so.
    pub digest_error: Option<String>,
    /// Why the topic could not be notified, if so.
    pub notification_error: Option<String>,
}

/// Which calls of a kind are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recorded {
    /// None.
    #[default]
    Nothing,
    /// Those that only look.
    Reads,
    /// Those that change something.
    Writes,
    /// All.
    All,
}

impl Recorded {
    /// What both record together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (one, two) if one == two => one,
            _ => Self::All,
        }
    }
}

/// What a trail records.
#[derive(Debug, Clone, Default)]
pub struct Selectors {
    /// Which management events.
    pub management: Recorded,
    /// Services whose management events are left out, such as `kms.amazonaws.com`.
    pub excluded: Vec<String>,
    /// Kinds of resources whose data events are recorded, such as `AWS::S3::Object`.
    pub data: Vec<String>,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its policy.
    pub policy: Answer<String>,
    /// Whether all four ways of making it public are blocked.
    pub is_private: Answer<bool>,
    /// Whether anybody hears of new objects.
    pub notifies: Answer<bool>,
    /// Whether it keeps old versions.
    pub is_versioned: Answer<bool>,
    /// What becomes of objects in time.
    pub lifecycle: Answer<Vec<LifecycleRule>>,
}

/// A rule of what becomes of objects in time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LifecycleRule {
    /// Whether it is switched on.
    pub is_enabled: bool,
    /// What the keys begin with that it is about.
    pub prefix: String,
    /// Whether it is about objects with some tags only, which log files do not have.
    pub wants_tags: bool,
    /// After how many days it deletes.
    pub expires_after: Option<i32>,
    /// Whether it deletes or moves anything at all.
    pub bounds_cost: bool,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            policy: Answer::Refused,
            is_private: Answer::Refused,
            notifies: Answer::Refused,
            is_versioned: Answer::Refused,
            lifecycle: Answer::Refused,
        }
    }
}

/// A key of KMS.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its state, such as `Enabled` or `PendingDeletion`.
    pub state: Answer<String>,
    /// Its policy.
    pub policy: Answer<String>,
}

/// Who listens to a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// `email`, `sqs`, …
    pub protocol: String,
    /// An address or an ARN.
    pub endpoint: String,
    /// Whether the listener has agreed.
    pub is_confirmed: bool,
}

/// A rule of EventBridge that hears of what CloudTrail records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRule {
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub is_enabled: bool,
    /// Whether it hears of calls.
    pub hears_calls: bool,
    /// Whether it hears of people who sign in.
    pub hears_sign_ins: bool,
    /// How many targets it has; unknown if that could not be asked.
    pub targets: Option<usize>,
}
