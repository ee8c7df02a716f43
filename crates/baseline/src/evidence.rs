//! What was unusual, as data: counts with a base and a period, from which sentences are made.

use serde::{Deserialize, Serialize};

use crate::dimension::{Circle, Dimension, Family};
use crate::rates::Metric;

/// One thing that was unusual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// What kind of evidence it is.
    pub family: Family,
    /// What it says: the logarithm, to base 10, of how much likelier it is in an attack than in what the
    /// principal usually does.
    pub evidence: f64,
    /// What it is.
    pub what: What,
    /// The event that showed it.
    pub event: Event,
}

/// What can be unusual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Something never seen of the principal.
    New(New),
    /// More of something than ever.
    Many(Many),
    /// One credential at two places.
    Places(Places),
}

/// Something never seen of the principal, and of whom else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct New {
    /// In what way it is new.
    pub dimension: Dimension,
    /// What it is; chosen by the caller perhaps.
    pub value: String,
    /// Who else does it.
    pub circle: Circle,
    /// How many calls the principal had made before.
    pub calls: u64,
    /// On how many days, this one not counted.
    pub days: u16,
    /// Days ago it was seen last, if it was seen and forgotten.
    pub last_seen: Option<u16>,
    /// New values of this dimension that the principal has in a day.
    pub a_day: f64,
    /// How many of its trade do it.
    pub peers_with: u32,
    /// How many of its trade there are, the principal not counted.
    pub peers: u32,
}

/// More of something than ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Many {
    /// Of what.
    pub metric: Metric,
    /// How many, so far.
    pub count: u32,
    /// How many are usual in a while in which the principal is active.
    pub usual: f64,
    /// The highest before; old ones count a little less.
    pub highest: f64,
    /// How long a while is, in seconds.
    pub window: u32,
    /// Of an account's count, who has the largest share in it, and how much that is.
    pub most_by: Option<(String, u32)>,
}

/// One credential at two places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// The network that it was used from before.
    pub before: String,
    /// The network that it is used from now.
    pub now: String,
    /// Minutes between the two.
    pub minutes: u32,
    /// How often it has changed between networks.
    pub switches: u32,
    /// Whether the credential was handed to an instance.
    pub instance: bool,
}

/// An event that is named in evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// Seconds since 1970.
    pub time: u32,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// `eventSource`.
    pub source: String,
    /// `eventName` without version.
    pub name: String,
    /// How it failed; empty if it did not.
    pub error: String,
    /// Where to.
    pub region: String,
    /// Where from.
    pub address: String,
    /// The network that address lies in, for people.
    pub network: String,
    /// ISO 3166-1 code, where known.
    pub country: Option<String>,
    /// Autonomous system number, where known.
    pub asn: Option<u32>,
    /// The tool and its system.
    pub tool: String,
    /// Where its record was read.
    pub file: String,
}

/// Something unusual enough to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Who.
    pub who: Who,
    /// When it was unusual enough, in seconds since 1970.
    pub time: u32,
    /// When it began, that is the first time that the same incident was told.
    pub incident: u32,
    /// What all evidence says together.
    pub score: f64,
    /// From where on that is told.
    pub threshold: f64,
    /// About once in how many account-days a principal scores as much; of a score never seen, in more than
    /// that.
    pub once_in: f64,
    /// Whether there was room for it among the mails of that account and day; the others are for a digest.
    pub urgent: bool,
    /// Whether it only adds to what was told within hours, and needs no mail of its own.
    pub update: bool,
    /// On how many days the principal was seen, this one not counted.
    pub days: u16,
    /// How many calls it had made before.
    pub calls: u64,
    /// Days that were learned from before.
    pub learned: u16,
    /// What was unusual, the strongest first.
    pub signals: Vec<Signal>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Who {
    /// The account whose trail tells.
    pub account: String,
    /// As [`detect::principal::Principal::key`].
    pub key: String,
    /// What kind of principal this is.
    pub kind: detect::principal::PrincipalKind,
    /// What people call it.
    pub name: String,
    /// What others of the same trade are called together.
    pub trade: String,
    /// The person behind it, if it is one who has other principals too.
    pub person: String,
    /// The access key used last.
    pub credential: String,
    /// The session used last.
    pub session: String,
    /// Its ARN.
    pub arn: String,
}

impl Who {
    /// Whether this is an account, and everybody in it together.
    pub(crate) fn is_account(&self) -> bool {
        self.trade == crate::account::TRADE
    }
}
