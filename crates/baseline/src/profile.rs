//! What is known of one principal.
//!
//! **Bounded, whatever the principal does:** at most [`VALUES`] values of a dimension, [`CREDENTIALS`]
//! credentials of [`NETWORKS`] networks and as many addresses, [`EVIDENCE`] pieces of evidence. What is
//! over the bound is the oldest, and is forgotten.

use std::collections::BTreeMap;

use detect::principal::PrincipalKind;
use serde::{Deserialize, Serialize};

use crate::dimension::{DIMENSIONS, Dimension};
use crate::evidence::{Signal, Who};
use crate::names::Mark;
use crate::rates::{METRICS, Moments, Window};
use crate::risk::Risk;

/// How many values of one dimension are kept.
pub const VALUES: usize = 512;
/// How many credentials are kept.
pub const CREDENTIALS: usize = 24;
/// How many networks and addresses of one credential.
pub const NETWORKS: usize = 8;
/// How many pieces of evidence.
pub const EVIDENCE: usize = 40;
/// How much of a value's text, in characters.
pub const TEXT: usize = 80;

/// Days after which what was not seen again is new.
pub const FORGET: u16 = 60;

/// What is left of a day after each later one on which the principal was active.
const FADE: f64 = 0.93;

/// On so many days it is found out whether a principal is a person.
const YOUNG: u16 = 3;

/// A number of days since 1970.
pub type Day = u16;

/// A value that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// On which day first.
    pub first: Day,
    /// On which day last.
    pub last: Day,
    /// On how many days.
    pub days: u16,
    /// The value, cut.
    pub text: String,
}

/// What a credential was used from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Networks, and when each was used last.
    pub networks: Vec<(Mark, u32)>,
    /// Addresses.
    pub addresses: Vec<Mark>,
    /// When it was used last.
    pub last: u32,
    /// How often it has changed from one network to another within minutes.
    pub switches: u32,
}

/// The last alert about a principal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// When the incident was told first.
    pub incident: u32,
    /// When it was told last.
    pub last: u32,
    /// The score at that time.
    pub score: f64,
    /// Whether it was told at once.
    pub urgent: bool,
}

impl Told {
    /// What is left of that score.
    #[must_use]
    pub fn left(self, now: u32) -> f64 {
        crate::risk::faded(self.score, now.saturating_sub(self.last))
    }
}

/// A value that is to become usual for others too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// In what way it was new.
    pub dimension: Dimension,
    /// Which value.
    pub value: Mark,
    /// When it was seen first.
    pub at: u32,
}

/// One principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub who: Who,
    /// Calls made by hand, and all others, while the principal was young.
    hands: (u32, u32),
    /// On which day first.
    pub first: Day,
    /// On which day last.
    pub last: Day,
    /// On how many days, this one included.
    pub days: u16,
    /// How many calls.
    pub calls: u64,
    /// Countries that the principal has called from.
    pub countries: Vec<String>,
    /// What was seen, by dimension.
    pub values: Vec<BTreeMap<Mark, Seen>>,
    /// New values on the days before, faded, by dimension.
    news: [f64; DIMENSIONS],
    /// These days, faded.
    news_days: f64,
    /// New values today, by dimension.
    pub today: [u16; DIMENSIONS],
    /// How much is usual.
    pub moments: [Moments; METRICS],
    /// What is counted just now.
    pub windows: [Window; METRICS],
    /// Credentials.
    pub credentials: BTreeMap<Mark, Credential>,
    /// What all evidence says.
    pub risk: Risk,
    /// The evidence.
    pub evidence: Vec<Signal>,
    /// The last alert.
    pub told: Option<Told>,
    /// What others do not know yet.
    pub pending: Vec<Pending>,
    /// The highest score today.
    pub highest: f64,
}

impl Profile {
    /// Somebody who is seen for the first time.
    #[must_use]
    pub fn new(who: Who, day: Day) -> Self {
        Self {
            who,
            hands: (0, 0),
            first: day,
            last: day,
            days: 1,
            calls: 0,
            countries: Vec::new(),
            values: vec![BTreeMap::new(); DIMENSIONS],
            news: [0.0; DIMENSIONS],
            news_days: 0.0,
            today: [0; DIMENSIONS],
            moments: [Moments::default(); METRICS],
            windows: std::array::from_fn(|_| Window::default()),
            credentials: BTreeMap::new(),
            risk: Risk::default(),
            evidence: Vec::new(),
            told: None,
            pending: Vec::new(),
            highest: 0.0,
        }
    }

    /// Whether it is a person, as far as is known: by its kind where that tells, else by the tools of its
    /// first days, so that a program's stolen key does not become a person's.
    #[must_use]
    pub fn is_person(&self) -> bool {
        let (by_hand, others) = self.hands;
        match self.who.kind {
            PrincipalKind::IdentityCenter | PrincipalKind::Root => true,
            PrincipalKind::Federated | PrincipalKind::Account | PrincipalKind::Service => false,
            _ if self.who.trade == "instances" => false,
            _ => by_hand > 0 && by_hand.saturating_mul(8) >= others,
        }
    }

    /// Whether it is new here.
    #[must_use]
    pub fn is_young(&self) -> bool {
        self.days <= YOUNG
    }

    /// Counts a call, and by what it was made.
    pub fn call(&mut self, by_hand: bool) {
        self.calls += 1;
        if self.is_young() {
            let count = if by_hand {
                &mut self.hands.0
            } else {
                &mut self.hands.1
            };
            *count = count.saturating_add(1);
        }
    }

    /// Begins another day on which the principal is active.
    pub fn begin(&mut self, day: Day) {
        for (news, today) in self.news.iter_mut().zip(&mut self.today) {
            *news = *news * FADE + f64::from(*today);
            *today = 0;
        }
        self.news_days = self.news_days * FADE + 1.0;
        self.last = day;
        self.days = self.days.saturating_add(1);
        self.highest = 0.0;
    }

    /// New values of `dimension` that the principal has in a day, where `usual` is what others have on such
    /// a day of their own, which counts as much as three days.
    #[must_use]
    pub fn news_a_day(&self, dimension: Dimension, usual: f64) -> f64 {
        const WORTH: f64 = 3.0;
        (self.news[dimension.index()] + WORTH * usual) / (self.news_days + WORTH)
    }

    /// What is known of a value, if it was not forgotten.
    #[must_use]
    pub fn knows(&self, dimension: Dimension, value: Mark, day: Day) -> Option<&Seen> {
        let seen = self.values[dimension.index()].get(&value)?;
        (day.saturating_sub(seen.last) <= FORGET).then_some(seen)
    }

    /// Notes a value, and says whether it is new, and if it was only forgotten, on which day it was seen
    /// last.
    pub fn note(
        &mut self,
        dimension: Dimension,
        value: Mark,
        text: &str,
        day: Day,
    ) -> Option<Option<Day>> {
        let values = &mut self.values[dimension.index()];
        let mut forgotten = None;
        if let Some(seen) = values.get_mut(&value) {
            let last = seen.last;
            if day > last {
                seen.last = day;
                seen.days = seen.days.saturating_add(1);
            }
            if day.saturating_sub(last) <= FORGET {
                return None;
            }
            forgotten = Some(last);
        } else {
            if values.len() >= VALUES {
                let oldest = values.iter().min_by_key(|(mark, seen)| (seen.last, **mark));
                let oldest = oldest.map(|(mark, _)| *mark);
                oldest.and_then(|oldest| values.remove(&oldest));
            }
            let text = text.chars().take(TEXT).collect();
            let seen = Seen {
                first: day,
                last: day,
                days: 1,
                text,
            };
            values.insert(value, seen);
        }
        let today = &mut self.today[dimension.index()];
        *today = today.saturating_add(1);
        Some(forgotten)
    }

    /// The credential of this mark; the one used longest ago makes room.
    pub fn credential(&mut self, mark: Mark) -> &mut Credential {
        if self.credentials.len() >= CREDENTIALS && !self.credentials.contains_key(&mark) {
            let oldest = self
                .credentials
                .iter()
                .min_by_key(|(mark, known)| (known.last, **mark));
            let oldest = oldest.map(|(mark, _)| *mark);
            oldest.and_then(|oldest| self.credentials.remove(&oldest));
        }
        self.credentials.entry(mark).or_default()
    }

    /// Keeps a piece of evidence; beyond the bound the weakest go.
    pub fn keep(&mut self, signal: Signal) {
        self.evidence.push(signal);
        if self.evidence.len() > EVIDENCE {
            let weakest = self.evidence.iter().enumerate();
            let weakest = weakest.min_by(|(_, a), (_, b)| a.evidence.total_cmp(&b.evidence));
            if let Some(at) = weakest.map(|(at, _)| at) {
                self.evidence.remove(at);
            }
        }
    }
}

impl Credential {
    /// Whether it was used from this address before; notes it. The first one is no news.
    pub fn is_new_address(&mut self, address: Mark) -> bool {
        if self.addresses.contains(&address) {
            return false;
        }
        let first = self.addresses.is_empty();
        if self.addresses.len() >= NETWORKS {
            self.addresses.remove(0);
        }
        self.addresses.push(address);
        !first
    }

    /// The network that it was used from last, other than `network`, and when; notes the use.
    pub fn switched(&mut self, network: Mark, now: u32) -> Option<(Mark, u32)> {
        let latest = self
            .networks
            .iter()
            .max_by_key(|(mark, at)| (*at, *mark))
            .copied();
        match self.networks.iter_mut().find(|(mark, _)| *mark == network) {
            Some((_, at)) => *at = now.max(*at),
            None => {
                if self.networks.len() >= NETWORKS {
                    let oldest = self
                        .networks
                        .iter()
                        .min_by_key(|(mark, at)| (*at, *mark))
                        .copied();
                    self.networks.retain(|known| Some(*known) != oldest);
                }
                self.networks.push((network, now));
            }
        }
        self.last = self.last.max(now);
        latest.filter(|(mark, _)| *mark != network)
    }
}

#[cfg(test)]
mod tests;
