//! From an alert to a plan: what would be done about it, and what not, and why not.
//!
//! A plan is a function of the alert and the settings. Whatever it refuses is part of it, with the reason; what
//! it names is checked to be as AWS writes it, since an alert comes over a topic.

use std::fmt;

use detect::alert::{Alert, AlertId};
use detect::containment::is_name;
use detect::digest;
use detect::guidance::Text;
use detect::principal::PrincipalKind;
use detect::target::Target;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sigma::Level;

use crate::action::{Action, Holder, Kind, POLICY};
use crate::manner::Manner;

/// Names a plan: `tr-` and 24 hexadecimal digits, the same for the same alert and steps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PlanId(String);

/// A text that names no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of a plan, `tr-` and 24 hexadecimal digits")]
pub struct NotAPlanId(String);

impl PlanId {
    const PREFIX: &str = "tr-";
    const DIGITS: usize = 24;

    fn of(alert: AlertId, actions: &[Action]) -> Self {
        let mut hash = Sha256::new();
        hash.update(alert.to_string());
        for action in actions {
            // The moment at which it is planned is not part of what it is.
            let action = action.at(Timestamp::UNIX_EPOCH);
            hash.update(serde_json::to_vec(&action).unwrap_or_default());
        }
        let digits = digest::hex(&hash.finalize());
        Self(format!("{}{}", Self::PREFIX, &digits[..Self::DIGITS]))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &str {
        &self.0[Self::PREFIX.len()..]
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<PlanId> for String {
    fn from(PlanId(id): PlanId) -> Self {
        id
    }
}

impl TryFrom<String> for PlanId {
    type Error = NotAPlanId;

    fn try_from(text: String) -> Result<Self, NotAPlanId> {
        let digits = text.strip_prefix(Self::PREFIX).unwrap_or_default();
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if digits.len() == Self::DIGITS && digits.bytes().all(is_digit) {
            Ok(Self(text))
        } else {
            Err(NotAPlanId(text))
        }
    }
}

impl std::str::FromStr for PlanId {
    type Err = NotAPlanId;

    fn from_str(text: &str) -> Result<Self, NotAPlanId> {
        Self::try_from(text.to_owned())
    }
}

/// What would be done about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The alert.
    pub alert: AlertId,
    /// How bad that is.
    pub level: Level,
    /// What has found it.
    pub rule: String,
    /// What happened, in a few words.
    pub headline: Text,
    /// Who did it: [`Principal::key`](detect::principal::Principal).
    pub principal: String,
    /// When it was planned.
    pub made: Timestamp,
    /// What is done, in this order.
    pub steps: Vec<Action>,
    /// What is not done.
    pub refusals: Vec<Refusal>,
}

/// Something that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it would have been; absent if it is all of the plan.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<Kind>,
    /// What or whom it would have touched.
    pub what: String,
    /// Why it is not done.
    pub why: Why,
}

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Why {
    /// The alert is not bad enough.
    BelowLevel {
        /// What would be.
        level: Level,
    },
    /// Its rule is not among those that are answered.
    RuleNotListed,
    /// It is on the list of what is never touched.
    NeverTouch {
        /// By this pattern.
        pattern: String,
    },
    /// It is not in our account, and nothing of ours reaches there.
    OtherAccount,
    /// Nothing that one can do in IAM stops somebody of this kind.
    CannotBeContained {
        /// The kind.
        kind: PrincipalKind,
    },
    /// The record does not name it so that a call could.
    NotNamed,
    /// The settings leave such steps out.
    NotAsked,
    /// Another plan has this step already.
    InAnotherPlan {
        /// That one.
        plan: PlanId,
    },
}

impl Plan {
    /// The plan about `alert`, made at `now`.
    #[must_use]
    pub fn of(alert: &Alert, manner: &Manner, now: Timestamp) -> Self {
        let mut draft = Draft {
            alert,
            manner,
            now,
            steps: Vec::new(),
            refusals: Vec::new(),
        };
        draft.fill();
        let Draft {
            mut steps,
            refusals,
            ..
        } = draft;
        steps.sort_by_key(|step| Kind::ALL.iter().position(|kind| *kind == step.kind()));
        let id = PlanId::of(alert.id, &steps);
        steps.iter_mut().for_each(|step| name_policy(step, &id));
        Self {
            id,
            alert: alert.id,
            level: alert.level,
            rule: alert.rule.title.clone(),
            headline: match &alert.deed {
                Some(deed) => deed.headline.clone(),
                None => alert.summary.clone(),
            },
            principal: alert.principal.key.clone(),
            made: now,
            steps,
            refusals,
        }
    }

    /// Whether the alert is one that is answered at all, be it by a refusal.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        let silent = |why: &Why| matches!(why, Why::BelowLevel { .. } | Why::RuleNotListed);
        !self.refusals.iter().any(|refusal| silent(&refusal.why))
    }
}

fn name_policy(step: &mut Action, id: &PlanId) {
    if let Action::Quarantine { policy, .. } | Action::RevokeSessions { policy, .. } = step {
        *policy = format!("{POLICY}{}", id.digits());
    }
}

/// A plan in the making.
struct Draft<'a> {
    alert: &'a Alert,
    manner: &'a Manner,
    now: Timestamp,
    steps: Vec<Action>,
    refusals: Vec<Refusal>,
}

impl Draft<'_> {
    fn fill(&mut self) {
        let (alert, manner) = (self.alert, self.manner);
        let rule = &alert.rule;
        let fits = |pattern: &query::Pattern| pattern.fits(&rule.id) || pattern.fits(&rule.title);
        if alert.level < manner.level {
            let level = manner.level;
            return self.refuse(None, &rule.title, Why::BelowLevel { level });
        }
        if !manner.rules.iter().any(fits) {
            return self.refuse(None, &rule.title, Why::RuleNotListed);
        }
        let who = &alert.principal;
        let names = [Some(&who.key), who.arn.as_ref()];
        if let Some(pattern) = names
            .into_iter()
            .flatten()
            .find_map(|n| manner.never.protects(n))
        {
            let pattern = pattern.to_owned();
            return self.refuse(None, &who.key, Why::NeverTouch { pattern });
        }
        self.put_back();
        self.contain();
    }

    fn refuse(&mut self, step: Option<Kind>, what: &str, why: Why) {
        let what = what.to_owned();
        self.refusals.push(Refusal { step, what, why });
    }

    /// Plans a step, unless something is against it.
    fn step(&mut self, action: Action) {
        let (manner, kind) = (self.manner, action.kind());
        let arn = action.resource(manner.partition.as_str(), &manner.account);
        if let Some(pattern) = manner.never.holds(&arn) {
            let pattern = pattern.to_owned();
            self.refuse(Some(kind), &arn, Why::NeverTouch { pattern });
        } else if !is_ours(&arn, manner) {
            self.refuse(Some(kind), &arn, Why::OtherAccount);
        } else if !manner.kinds.contains(&kind) {
            self.refuse(Some(kind), &arn, Why::NotAsked);
        } else if !self.steps.contains(&action) {
            self.steps.push(action);
        }
    }

    /// What takes back what was done.
    fn put_back(&mut self) {
        let alert = self.alert;
        let Some(target) = alert.deed.as_ref().and_then(|deed| deed.target.as_ref()) else {
            return;
        };
        let region = alert.region.as_deref().filter(|region| is_region(region));
        let here = alert.account.id.as_deref() == Some(&self.manner.account)
            && alert.partition == self.manner.partition;
        let (kind, what) = match target {
            Target::Trail { name } => (Kind::RestartTrail, name),
            Target::Ingress { group, .. } => (Kind::ClosePort, group),
            Target::AccessKey { id, .. } => (Kind::DisableAccessKey, id),
        };
        if !here {
            return self.refuse(Some(kind), what, Why::OtherAccount);
        }
        let (Some(region), true) = (region, target.is_sound()) else {
            return self.refuse(Some(kind), what, Why::NotNamed);
        };
        let region = region.to_owned();
        match target.clone() {
            Target::Trail { name: trail } => self.step(Action::RestartTrail { trail, region }),
            Target::AccessKey { user, id: key } => {
                self.step(Action::DisableAccessKey { user, key });
            }
            Target::Ingress { group, openings } => {
                for opening in openings {
                    let (group, region) = (group.clone(), region.clone());
                    self.step(Action::ClosePort {
                        group,
                        region,
                        opening,
                    });
                }
            }
        }
    }

    /// What stops whoever did it.
    fn contain(&mut self) {
        let who = &self.alert.principal;
        let iam = format!(
            "arn:{}:iam::{}:",
            self.manner.partition, self.manner.account
        );
        let named = |kind: &str| {
            let rest = who.key.strip_prefix(&iam)?.strip_prefix(kind)?;
            let name = rest.rsplit('/').next()?;
            is_name(name).then(|| name.to_owned())
        };
        // Whoever is never touched is refused by the ARN that the record has, path and all.
        if who.kind != PrincipalKind::IdentityCenter
            && let Some(pattern) = self.manner.never.holds(&who.key)
        {
            let pattern = pattern.to_owned();
            return self.refuse(None, &who.key, Why::NeverTouch { pattern });
        }
        let policy = String::new();
        match who.kind {
            PrincipalKind::IamUser => match named("user/") {
                Some(user) => {
                    let key = who.access_key_id.clone();
                    if let Some(key) = key.filter(|key| is_long_lived(key)) {
                        let user = user.clone();
                        self.step(Action::DisableAccessKey { user, key });
                    }
                    let to = Holder::User(user);
                    self.step(Action::Quarantine { to, policy });
                }
                None => self.refuse_unnamed(&iam),
            },
            // A federation token has the rights of the user who made it, and loses them with that one.
            PrincipalKind::Federated if who.key.contains(":user/") => match named("user/") {
                Some(user) => {
                    let to = Holder::User(user);
                    self.step(Action::Quarantine { to, policy });
                }
                None => self.refuse_unnamed(&iam),
            },
            PrincipalKind::AssumedRole => match named("role/") {
                Some(role) => {
                    let before = self.now;
                    self.step(Action::RevokeSessions {
                        role: role.clone(),
                        policy: policy.clone(),
                        before,
                    });
                    let to = Holder::Role(role);
                    self.step(Action::Quarantine { to, policy });
                }
                None => self.refuse_unnamed(&iam),
            },
            kind => self.refuse(None, &who.key, Why::CannotBeContained { kind }),
        }
    }

    fn refuse_unnamed(&mut self, iam: &str) {
        let key = &self.alert.principal.key;
        let why = match key.starts_with("arn:") && !key.starts_with(iam) {
            true => Why::OtherAccount,
            false => Why::NotNamed,
        };
        self.refuse(None, key, why);
    }
}

/// Whether an ARN is in our account and partition.
fn is_ours(arn: &str, manner: &Manner) -> bool {
    let mut parts = arn.split(':').skip(1);
    parts.next() == Some(manner.partition.as_str()) && parts.nth(2) == Some(&manner.account)
}

/// Whether it is a key that lasts until somebody switches it off.
fn is_long_lived(key: &str) -> bool {
    let is_id = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    key.starts_with("AKIA") && (16..=128).contains(&key.len()) && key.bytes().all(is_id)
}

fn is_region(region: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (5..=30).contains(&region.len()) && region.bytes().all(fits)
}
