//! An exact call of AWS, as data: what it is, where it goes, and with what.

use std::fmt;

use detect::neutral::neutral;
use serde::{Deserialize, Serialize};

/// How many characters of a value are shown; a policy has some two hundred.
const SHOWN: usize = 400;

/// A service that plans call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Users, roles, keys and policies.
    Iam,
    /// Security groups.
    Ec2,
    /// Trails.
    CloudTrail,
}

impl Service {
    /// Its name, as actions of IAM begin.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Ec2 => "ec2",
            Self::CloudTrail => "cloudtrail",
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// To whom.
    pub service: Service,
    /// In which region it takes effect; IAM has but one for a partition.
    pub region: String,
    /// The API, by its name.
    pub action: String,
    /// Names and values, in the order in which they are sent.
    pub parameters: Vec<(String, String)>,
}

impl Call {
    /// A call of `action`.
    pub(crate) fn new<const N: usize>(
        service: Service,
        region: &str,
        action: &str,
        parameters: [(&str, &str); N],
    ) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            service,
            region: region.to_owned(),
            action: action.to_owned(),
            parameters: parameters.map(owned).to_vec(),
        }
    }

    /// The same with another parameter, if there is a value for it.
    pub(crate) fn and(mut self, name: &str, value: Option<String>) -> Self {
        self.parameters
            .extend(value.map(|value| (name.to_owned(), value)));
        self
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(known, _)| known == name)?;
        Some(value)
    }
}

/// `iam:UpdateAccessKey UserName=maria …`, fit for a reader's eyes.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.as_str(), self.action)?;
        if self.service != Service::Iam {
            write!(f, " in {}", neutral(&self.region, SHOWN))?;
        }
        for (name, value) in &self.parameters {
            write!(f, " {name}={}", neutral(value, SHOWN))?;
        }
        Ok(())
    }
}
