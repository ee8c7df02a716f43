//! Whom somebody has around: the one person under other names, peers, the account, everybody.

use crate::dimension::{Circle, Dimension};
use crate::fleet::Shared;
use crate::names::Mark;
use crate::profile::Profile;

/// The circles somebody belongs to, from the nearest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circles {
    same: Option<Mark>,
    peers: Mark,
    account: Mark,
    organisation: Mark,
}

/// The circles of `profile`. Where somebody is from, only people vouch for people.
pub(crate) fn circles(profile: &Profile, origin: bool) -> Circles {
    let kind = match (origin, profile.is_person()) {
        (false, _) => "all",
        (true, true) => "people",
        (true, false) => "programs",
    };
    let mark = |circle: &str, name: &str| Mark::of(&format!("{kind} {circle} {name}"));
    let who = &profile.who;
    Circles {
        same: (!who.person.is_empty()).then(|| mark("person", &who.person)),
        peers: mark("trade", &who.trade),
        account: mark("account", &who.account),
        organisation: mark("organisation", ""),
    }
}

impl Circles {
    /// All but the one person.
    pub(crate) fn outer(self) -> [Mark; 3] {
        [self.peers, self.account, self.organisation]
    }

    /// Each of them.
    pub(crate) fn all(self) -> impl Iterator<Item = Mark> {
        self.same.into_iter().chain(self.outer())
    }

    /// The nearest circle that does it.
    pub(crate) fn nearest(
        self,
        shared: &Shared,
        dimension: Dimension,
        value: Mark,
    ) -> Option<Circle> {
        let does = |circle| shared.with(circle, dimension, value) > 0;
        if self.same.is_some_and(does) {
            return Some(Circle::Same);
        }
        [
            (self.peers, Circle::Peers),
            (self.account, Circle::Account),
            (self.organisation, Circle::Organisation),
        ]
        .into_iter()
        .find(|(mark, _)| does(*mark))
        .map(|(_, circle)| circle)
    }

    /// The mark of the peers.
    pub(crate) fn peers(self) -> Mark {
        self.peers
    }

    /// The mark of everybody.
    pub(crate) fn organisation(self) -> Mark {
        self.organisation
    }

    /// The mark of the one person, if known in several places.
    pub(crate) fn same(self) -> Option<Mark> {
        self.same
    }
}
