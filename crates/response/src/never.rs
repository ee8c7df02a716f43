//! Whom and what no plan touches, whatever an alert says.
//!
//! Patterns are compared with ARNs without regard to case, as IAM compares names. An ARN in a record may lack
//! the path of a role; so before it acts a plan asks IAM for the ARN of each name, and is held by that too.
//!
//! Source: IAM user guide, *IAM identifiers*; *Create a service-linked role* (their path is theirs alone).

use query::Pattern;

/// Always: AWS's own roles, those of Identity Center, which cannot be changed, and root.
const ALWAYS: [&str; 4] = [
    "arn:*:iam::*:role/aws-service-role/*",
    "arn:*:iam::*:role/AWSServiceRoleFor*",
    "arn:*:iam::*:role/aws-reserved/*",
    "arn:*:iam::*:root",
];

/// The list.
#[derive(Debug, Clone, PartialEq)]
pub struct NeverTouch {
    /// Neither they nor what they did.
    protected: Vec<Pattern>,
    /// They themselves.
    fixed: Vec<Pattern>,
}

impl NeverTouch {
    /// What is never touched by the fleet whose roles begin with `prefix`: its own roles, what AWS keeps for
    /// itself, and `named`, patterns of ARNs.
    #[must_use]
    pub fn new<'p>(prefix: &str, named: impl IntoIterator<Item = &'p str>) -> Self {
        let own = [
            format!("arn:*:iam::*:role/{prefix}*"),
            format!("arn:*:iam::*:role/*/{prefix}*"),
            format!("arn:*:sts::*:assumed-role/{prefix}*"),
        ];
        let own = own.iter().map(|pattern| Pattern::new(pattern));
        Self {
            protected: own.chain(named.into_iter().map(Pattern::new)).collect(),
            fixed: ALWAYS.into_iter().map(Pattern::new).collect(),
        }
    }

    /// The pattern that keeps this ARN from being touched, if one does.
    #[must_use]
    pub fn holds(&self, arn: &str) -> Option<&str> {
        let mut all = self.protected.iter().chain(&self.fixed);
        let pattern = all.find(|pattern| pattern.fits(arn))?;
        Some(pattern.as_str())
    }

    /// The pattern that keeps from being touched what this principal did, too: our own roles, and whom the list
    /// names. What root has done is put right all the same.
    #[must_use]
    pub fn protects(&self, principal: &str) -> Option<&str> {
        let pattern = self
            .protected
            .iter()
            .find(|pattern| pattern.fits(principal))?;
        Some(pattern.as_str())
    }
}
