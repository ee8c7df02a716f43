//! What is known of a plan: where it stands, who decided, what became of each step. Kept as one item of state.
//!
//! Invariant: a step is noted as begun, with the very action that undoes it, before its call is made. So whatever
//! dies whenever, all that may have been done is in the docket, and can be taken back.

use detect::alert::AlertId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sigma::Level;

use crate::action::Action;
use crate::plan::{Plan, PlanId, Refusal, Why};

/// How long a plan that nobody carries out stands for others like it.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many remarks are kept.
const REMARKS: usize = 60;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing is or will be done: made in a dry run, or all of it is refused.
    Planned,
    /// A person is asked.
    Waiting,
    /// A person has said no.
    Rejected,
    /// Nobody has said anything in time.
    Expired,
    /// It is being carried out, or was when somebody died over it.
    Carrying,
    /// All steps have been tried.
    Done,
    /// It is being taken back.
    Undoing,
    /// It has been taken back.
    Undone,
}

impl Status {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Waiting => "waiting",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Carrying => "carrying",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
}

/// What has become of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Progress {
    /// Nothing yet.
    Open,
    /// Its call is about to be made, or has been: nobody was there to say.
    Begun {
        /// When.
        at: Timestamp,
    },
    /// It is done.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It was so before: nothing is done, and nothing taken back.
    Unneeded {
        /// What was found.
        why: String,
    },
    /// It cannot be done.
    Failed {
        /// What the service says.
        why: String,
    },
    /// It was done, and has been taken back.
    Undone {
        /// When.
        at: Timestamp,
    },
    /// It was done, and is left to a person, or cannot be taken back.
    Left {
        /// Why.
        why: String,
    },
}

impl Progress {
    /// Whether its call may have been made, and is not taken back yet.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        matches!(self, Self::Begun { .. } | Self::Done { .. })
    }
}

/// A step and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it does; once it is begun, exactly so.
    pub action: Action,
    /// What became of it.
    pub progress: Progress,
}

/// Who did something to a plan, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// When.
    pub at: Timestamp,
    /// Who: an ARN, or `trailhound`.
    pub who: String,
    /// What.
    pub what: String,
}

/// A plan and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docket {
    /// The plan as it was made; of its steps, [`steps`](Self::steps) know more.
    pub plan: Plan,
    /// Where it stands.
    pub status: Status,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Until when it can be approved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
    /// Who has approved it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approved_by: Option<String>,
    /// What happened to it, oldest first.
    pub remarks: Vec<Remark>,
    /// The status that people were told of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub told: Option<Status>,
}

impl Docket {
    /// That of a new plan.
    #[must_use]
    pub fn new(plan: Plan, status: Status, until: Option<Timestamp>) -> Self {
        let open = |action: &Action| Step {
            action: action.clone(),
            progress: Progress::Open,
        };
        Self {
            steps: plan.steps.iter().map(open).collect(),
            plan,
            status,
            until,
            approved_by: None,
            remarks: Vec::new(),
            told: None,
        }
    }

    /// Notes what somebody did.
    pub fn remark(&mut self, at: Timestamp, who: &str, what: impl Into<String>) {
        if self.remarks.len() < REMARKS {
            self.remarks.push(Remark {
                at,
                who: who.to_owned(),
                what: what.into(),
            });
        }
    }

    /// Whether it waits in vain.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status == Status::Waiting && self.until.is_some_and(|until| now >= until)
    }

    /// The first step that is not done with.
    #[must_use]
    pub fn next(&self) -> Option<usize> {
        let left = |step: &Step| matches!(step.progress, Progress::Open | Progress::Begun { .. });
        self.steps.iter().position(left)
    }

    /// The last step that may have acted.
    #[must_use]
    pub fn last_acted(&self) -> Option<usize> {
        self.steps
            .iter()
            .rposition(|step| step.progress.may_have_acted())
    }

    /// Whether a step was begun so lately that a copy may be at it still.
    #[must_use]
    pub fn is_at_work(&self, now: Timestamp, longest: SignedDuration) -> bool {
        self.steps.iter().any(|step| match step.progress {
            Progress::Begun { at } => now.duration_since(at) < longest,
            _ => false,
        })
    }

    /// How many steps cannot be done.
    #[must_use]
    pub fn failed(&self) -> usize {
        let failed = |step: &&Step| matches!(step.progress, Progress::Failed { .. });
        self.steps.iter().filter(failed).count()
    }

    /// How many steps could not be taken back.
    #[must_use]
    pub fn left(&self) -> usize {
        let left = |step: &&Step| matches!(step.progress, Progress::Left { .. });
        self.steps.iter().filter(left).count()
    }

    /// Whether it stands for this step, of an alert that was made at `time`: then another plan needs it no more.
    ///
    /// What `tried` and failed may have failed because of it.
    #[must_use]
    pub fn stands_for(
        &self,
        action: &Action,
        time: Timestamp,
        tried: bool,
        now: Timestamp,
    ) -> bool {
        let same = |step: &&Step| is_same(&step.action, action);
        let Some(step) = self.steps.iter().find(same) else {
            return false;
        };
        match self.status {
            Status::Planned => now.duration_since(self.plan.made) < DAY,
            Status::Waiting => !self.is_overdue(now),
            Status::Carrying => true,
            Status::Done => match step.progress {
                Progress::Failed { .. } => time <= self.plan.made,
                Progress::Done { at } => tried || time <= at,
                _ => tried || time <= self.plan.made,
            },
            // A person has said no to it, before or after.
            Status::Rejected | Status::Undoing | Status::Undone => time <= self.plan.made,
            Status::Expired => false,
        }
    }

    /// Leaves out what other plans stand for.
    pub fn leave_out(&mut self, at: usize, plan: PlanId, what: String) {
        let step = self.steps.remove(at);
        self.plan.steps.remove(at);
        self.plan.refusals.push(Refusal {
            step: Some(step.action.kind()),
            what,
            why: Why::InAnotherPlan { plan },
        });
    }

    /// Its line in a list.
    #[must_use]
    pub fn line(&self) -> Line {
        Line {
            plan: self.plan.id.clone(),
            alert: self.plan.alert,
            level: self.plan.level,
            status: self.status,
            made: self.plan.made,
            until: self.until,
            steps: self.steps.len(),
            headline: self.plan.headline.en.clone(),
        }
    }
}

/// Whether two steps do the same to the same, whatever the policies are called.
fn is_same(one: &Action, other: &Action) -> bool {
    one.kind() == other.kind() && one.mark() == other.mark()
}

/// A plan in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub plan: PlanId,
    /// The alert.
    pub alert: AlertId,
    /// How bad that is.
    pub level: Level,
    /// Where it stands.
    pub status: Status,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it can be approved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
    /// How many steps it has.
    pub steps: usize,
    /// What happened.
    pub headline: String,
}
