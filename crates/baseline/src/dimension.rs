//! In what ways something can be new for somebody, and how much that says of itself.
//!
//! An attacker does in a day what its victim does not in a month: [`Dimension::attack_rate`] says how many
//! values of a dimension are new in a day of an attack, [`attack_share`](Dimension::attack_share) how many of
//! these are known to whom else. Both are round numbers, set by reading accounts of attacks and settled on
//! months whose seeds the benchmark does not use; what is usual, on the other hand, is always learned.

use serde::{Deserialize, Serialize};

/// One way in which something can be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// An API that looks at the set-up.
    Read,
    /// An API that looks at what attackers want.
    SensitiveRead,
    /// An API that changes something.
    Write,
    /// An API that changes who may do what, or what is watched.
    SensitiveWrite,
    /// An API that blinds, lets out, or cannot be taken back.
    GraveWrite,
    /// A service.
    Service,
    /// How calls to a service fail.
    Error,
    /// A network.
    Network,
    /// A region.
    Region,
    /// A tool and the system it runs on.
    Tool,
    /// Signing in with a second factor, or without.
    Mfa,
    /// A secret.
    Secret,
    /// A parameter.
    Parameter,
    /// A bucket.
    Bucket,
    /// A role that is assumed.
    Role,
    /// A family of instances, or a model.
    Make,
    /// Another account, or everybody, that something is given to.
    Share,
    /// A user whose access is changed.
    Target,
    /// A third of a working day or of a day off.
    Hours,
    /// An address at which a machine's credentials are used.
    Address,
    /// Two networks from which one credential is used in turns.
    Pair,
}

/// How many dimensions there are.
pub const DIMENSIONS: usize = 21;

/// What kind of evidence something is: within a family it adds up slowly, across families it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// What is looked at.
    Discovery,
    /// What secrets and data are read.
    Access,
    /// What is changed.
    Change,
    /// From where, and with what.
    Origin,
    /// In which region.
    Region,
    /// As which role.
    Role,
    /// How much.
    Rate,
    /// When.
    Hours,
}

/// How many families there are.
pub const FAMILIES: usize = 8;

impl Family {
    /// All of them, in their order.
    pub const ALL: [Self; FAMILIES] = [
        Self::Discovery,
        Self::Access,
        Self::Change,
        Self::Origin,
        Self::Region,
        Self::Role,
        Self::Rate,
        Self::Hours,
    ];

    /// Up to where evidence of this family adds up.
    #[must_use]
    pub fn cap(self) -> f64 {
        match self {
            Self::Discovery => 2.5,
            Self::Access | Self::Change | Self::Origin => 3.5,
            Self::Region | Self::Role => 2.0,
            Self::Rate => 4.0,
            Self::Hours => 0.8,
        }
    }
}

/// Who else already does what is new for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Circle {
    /// The same person, in another account or role.
    Same,
    /// Others of the same trade.
    Peers,
    /// Others in the account.
    Account,
    /// Others in the organisation.
    Organisation,
    /// Nobody; of networks: one in a country that others call from.
    Nobody,
    /// Of networks: one in a country that the same principal calls from.
    Home,
    /// Of networks: one in a country nobody has called from.
    Abroad,
    /// Of networks: one where machines can be rented.
    Hosting,
    /// Of networks: AWS.
    Aws,
}

/// How many circles there are.
pub const CIRCLES: usize = 9;

impl Dimension {
    /// All of them, in their order.
    pub const ALL: [Self; DIMENSIONS] = [
        Self::Read,
        Self::SensitiveRead,
        Self::Write,
        Self::SensitiveWrite,
        Self::GraveWrite,
        Self::Service,
        Self::Error,
        Self::Network,
        Self::Region,
        Self::Tool,
        Self::Mfa,
        Self::Secret,
        Self::Parameter,
        Self::Bucket,
        Self::Role,
        Self::Make,
        Self::Share,
        Self::Target,
        Self::Hours,
        Self::Address,
        Self::Pair,
    ];

    /// Its place in tables.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The family its evidence belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Read | Self::Service | Self::Error => Family::Discovery,
            Self::SensitiveRead | Self::Secret | Self::Parameter | Self::Bucket => Family::Access,
            Self::Write
            | Self::SensitiveWrite
            | Self::GraveWrite
            | Self::Make
            | Self::Share
            | Self::Target => Family::Change,
            Self::Network | Self::Tool | Self::Mfa | Self::Address | Self::Pair => Family::Origin,
            Self::Region => Family::Region,
            Self::Role => Family::Role,
            Self::Hours => Family::Hours,
        }
    }

    /// Whether it says where somebody is, rather than what somebody does.
    #[must_use]
    pub fn is_origin(self) -> bool {
        self.family() == Family::Origin
    }

    /// New values in a day of an attack.
    #[must_use]
    pub fn attack_rate(self) -> f64 {
        match self {
            Self::Read => 4.0,
            Self::SensitiveRead | Self::SensitiveWrite => 2.0,
            Self::Secret => 1.5,
            Self::Write
            | Self::GraveWrite
            | Self::Bucket
            | Self::Network
            | Self::Address
            | Self::Pair => 1.0,
            Self::Tool | Self::Make | Self::Share | Self::Target => 0.5,
            Self::Region | Self::Parameter | Self::Hours | Self::Service => 0.4,
            Self::Role | Self::Mfa | Self::Error => 0.3,
        }
    }

    /// What one new value may say at most. One call that is new to everybody is not yet an incident, unless
    /// it is of those that blind or let out; where somebody is may be.
    #[must_use]
    pub fn cap(self) -> f64 {
        match self {
            Self::GraveWrite | Self::Share | Self::Network | Self::Address | Self::Pair => 2.8,
            Self::Read | Self::Service | Self::Error => 1.4,
            _ => 1.8,
        }
    }

    /// How many of a hundred of these are known to `circle`.
    #[must_use]
    pub fn attack_share(self, circle: Circle) -> f64 {
        let origin = self.family() == Family::Origin;
        match circle {
            Circle::Same => 0.03,
            Circle::Peers | Circle::Account | Circle::Organisation if origin => 0.05,
            Circle::Aws => 0.10,
            Circle::Home => 0.12,
            Circle::Peers => 0.15,
            Circle::Account | Circle::Organisation => 0.20,
            Circle::Abroad | Circle::Hosting => 0.35,
            Circle::Nobody => {
                if origin {
                    0.20
                } else {
                    0.45
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_the_order_of_their_indices() {
        for (at, dimension) in Dimension::ALL.into_iter().enumerate() {
            assert_eq!(dimension.index(), at);
        }
        for (at, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!(family as usize, at);
        }
        assert_eq!(Circle::Aws as usize, CIRCLES - 1);
    }
}
