//! What a person and the responder say to each other, by an invocation of its function.
//!
//! Lambda does not tell a function who invokes it. So whoever wants something done encloses a proof: the headers
//! of a request to STS, *who am I*, signed by the same credentials and over what is wanted. The function sends that
//! request to STS itself and believes what STS says.
//!
//! Source: STS API reference, *GetCallerIdentity*, which needs no right; IAM user guide, *Signature Version 4*: a
//! signature holds for the headers that it names, and for some minutes.

use serde::{Deserialize, Serialize};

use crate::docket::{Docket, Line};
use crate::plan::PlanId;
use crate::shelf::Switch;

/// The header of the enclosed request that says what is wanted.
pub const PURPOSE: &str = "x-trailhound-request";

/// The body of the enclosed request.
pub const WHO_AM_I: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Wish {
    /// The newest plans.
    List,
    /// One plan.
    Show {
        /// Which.
        plan: PlanId,
    },
    /// Carry a plan out.
    Approve {
        /// Which.
        plan: PlanId,
    },
    /// Say no to a plan.
    Reject {
        /// Which.
        plan: PlanId,
    },
    /// Take back what a plan did.
    Undo {
        /// Which.
        plan: PlanId,
    },
    /// Do nothing any more.
    Stop {
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// Go on.
    Start,
}

impl Wish {
    /// What the proof is for; `None` where nobody need prove anything but the right to invoke.
    #[must_use]
    pub fn purpose(&self) -> Option<String> {
        match self {
            Self::List | Self::Show { .. } => None,
            Self::Approve { plan } => Some(format!("approve {plan}")),
            Self::Reject { plan } => Some(format!("reject {plan}")),
            Self::Undo { plan } => Some(format!("undo {plan}")),
            Self::Stop { .. } => Some("stop".to_owned()),
            Self::Start => Some("start".to_owned()),
        }
    }
}

/// What the function is invoked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What is wanted.
    pub wish: Wish,
    /// The headers of the signed request to STS.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub proof: Vec<(String, String)>,
}

/// What it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
    /// How plans are carried out: `dry-run`, `approve` or `automatic`.
    pub mode: String,
    /// The plans.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub plans: Vec<Line>,
    /// The plan.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan: Option<Docket>,
    /// Whether anything may be done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub switch: Option<Switch>,
}
