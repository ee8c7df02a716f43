//! How the responder is to go about it: what it was told by whoever deployed it.

use std::collections::BTreeSet;

use detect::language::Language;
use detect::partition::Partition;
use jiff::SignedDuration;
use query::Pattern;
use serde::{Deserialize, Serialize};
use sigma::Level;

use crate::action::Kind;
use crate::never::NeverTouch;

/// Who lets a plan be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nobody: plans are told, and that is all.
    #[default]
    DryRun,
    /// A person, plan by plan.
    Approve,
    /// Nobody has to; as many as the cap allows.
    Automatic,
}

impl Mode {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DryRun => "dry-run",
            Self::Approve => "approve",
            Self::Automatic => "automatic",
        }
    }

    /// The mode of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::DryRun, Self::Approve, Self::Automatic];
        all.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Manner {
    /// The account that we are in, and may act in.
    pub account: String,
    /// The partition that it is in.
    pub partition: Partition,
    /// Who lets plans be carried out.
    pub mode: Mode,
    /// Alerts below are not answered.
    pub level: Level,
    /// Which rules are answered: patterns of ids and titles.
    pub rules: Vec<Pattern>,
    /// Which kinds of steps plans may have.
    pub kinds: BTreeSet<Kind>,
    /// Whom and what no plan touches.
    pub never: NeverTouch,
    /// How many plans are carried out in an hour at most.
    pub hourly: u32,
    /// What people are told in.
    pub languages: Vec<Language>,
    /// How long a plan can be approved.
    pub wait: SignedDuration,
}
