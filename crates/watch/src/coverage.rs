//! Which accounts and regions are heard, and which are not and should be.
//!
//! A trail that validates its files writes a digest for each account and region each hour, whatever happens
//! there: quiet is not dead, and no digest is. Where there are no digests the log files themselves are the pulse,
//! which may stop for days because nobody does anything, so that the limit is a longer one.
//!
//! What is told is told once: a region that is silent is told again only if it was heard in between. The name of
//! a finding is made of what has been silent since when, so it is the same if it is found again because what was
//! told could not be saved.
//!
//! Source: CloudTrail user guide, *CloudTrail digest file structure*: "digest files are delivered each hour", also
//! for an hour without log files.

pub mod words;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An account of an organization is heard within this time of being first seen.
const COVERED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// What was silent for so long is forgotten; if it comes back it is new.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// By how much clocks may differ. A file that is later still says nothing: else one of the year 2099 would keep a
/// region alive for ever.
const CLOCKS: SignedDuration = SignedDuration::from_hours(1);

/// Only what was looked at within this time is judged.
const FRESH: SignedDuration = SignedDuration::from_mins(30);

/// As many accounts that fall silent together have one reason, and are told in one finding.
const TOGETHER: usize = 5;

/// How many requests an account costs of which nothing is known yet: one, and one for each region.
const UNKNOWN: usize = 18;

/// By what a region is heard.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Pulse {
    /// By digests, which come each hour.
    #[default]
    #[serde(rename = "d")]
    Digests,
    /// By log files, which come when something happens.
    #[serde(rename = "l")]
    LogFiles,
}

impl Pulse {
    /// How long may pass without one.
    #[must_use]
    pub const fn limit(self) -> SignedDuration {
        match self {
            Self::Digests => SignedDuration::from_hours(3),
            Self::LogFiles => SignedDuration::from_hours(7 * 24),
        }
    }
}

/// What a look at a region has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// By what.
    pub by: Pulse,
    /// When last, as far back as was looked.
    pub last: Option<Timestamp>,
}

/// All that is known of who is heard.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Whether a first round is over: what is unknown from then on is new.
    learned: bool,
    accounts: BTreeMap<String, Account>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    #[serde(rename = "s", with = "jiff::fmt::serde::timestamp::second::required")]
    since: Timestamp,
    /// Whether it is active in the organization; nothing if no directory has ever listed it.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none", default)]
    member: Option<bool>,
    #[serde(
        rename = "l",
        skip_serializing_if = "Option::is_none",
        default,
        with = "jiff::fmt::serde::timestamp::second::optional"
    )]
    looked: Option<Timestamp>,
    #[serde(rename = "t", skip_serializing_if = "std::ops::Not::not", default)]
    told: bool,
    /// Of the regions that were silent when that was told, when the last of them was heard: a clock that is set
    /// back and forth tells nothing twice.
    #[serde(
        rename = "f",
        skip_serializing_if = "Option::is_none",
        default,
        with = "jiff::fmt::serde::timestamp::second::optional"
    )]
    told_for: Option<Timestamp>,
    #[serde(rename = "n", skip_serializing_if = "std::ops::Not::not", default)]
    is_news: bool,
    #[serde(rename = "r", skip_serializing_if = "BTreeMap::is_empty", default)]
    regions: BTreeMap<String, Region>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Region {
    #[serde(rename = "s", with = "jiff::fmt::serde::timestamp::second::required")]
    since: Timestamp,
    #[serde(rename = "p", skip_serializing_if = "is_default", default)]
    by: Pulse,
    #[serde(
        rename = "l",
        skip_serializing_if = "Option::is_none",
        default,
        with = "jiff::fmt::serde::timestamp::second::optional"
    )]
    last: Option<Timestamp>,
    /// When it was heard last before it was told that it is silent.
    #[serde(
        rename = "t",
        skip_serializing_if = "Option::is_none",
        default,
        with = "jiff::fmt::serde::timestamp::second::optional"
    )]
    told: Option<Timestamp>,
    #[serde(rename = "n", skip_serializing_if = "std::ops::Not::not", default)]
    is_news: bool,
}

fn is_default(by: &Pulse) -> bool {
    *by == Pulse::default()
}

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant says what its fields are")]
pub enum Gap {
    /// An account that was not there before.
    NewAccount {
        account: String,
        since: Timestamp,
        /// Whether the directory of the organization lists it; nothing without a directory.
        listed: Option<bool>,
    },
    /// A region of a known account that was not heard before.
    NewRegion {
        account: String,
        region: String,
        since: Timestamp,
    },
    /// An active account of the organization of which nothing has ever come.
    Uncovered { account: String, since: Timestamp },
    /// A region that was heard and is no longer.
    RegionSilent {
        account: String,
        region: String,
        last: Timestamp,
        by: Pulse,
    },
    /// All or most regions of an account.
    AccountSilent {
        account: String,
        /// Of how many regions, and how many were heard.
        silent: usize,
        of: usize,
        last: Timestamp,
        by: Pulse,
    },
    /// So many accounts at once that the reason is the trail or the bucket.
    ManySilent {
        accounts: Vec<String>,
        last: Timestamp,
    },
}

/// How many gaps are open, told or not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Accounts that are known and should be heard.
    pub accounts: u64,
    /// Those of them of which nothing has ever come, or most regions are silent.
    pub silent_accounts: u64,
    /// Regions that are silent.
    pub silent_regions: u64,
}

impl Coverage {
    /// The organization has these accounts now: each with whether it is active.
    pub fn listed<'a>(
        &mut self,
        accounts: impl IntoIterator<Item = (&'a str, bool)>,
        now: Timestamp,
    ) {
        let listed: BTreeMap<_, _> = accounts.into_iter().collect();
        for (id, account) in &mut self.accounts {
            // Who was a member and is not listed any more has left.
            if account.member.is_some() && !listed.contains_key(id.as_str()) {
                account.member = Some(false);
            }
        }
        for (id, is_active) in listed {
            let account = self.account(id, now);
            if is_active && account.member == Some(false) {
                // It is back, and has a day to be heard.
                (account.since, account.told) = (now, false);
            }
            account.member = Some(is_active);
        }
    }

    /// The bucket has folders of these accounts.
    pub fn appeared<'a>(&mut self, accounts: impl IntoIterator<Item = &'a str>, now: Timestamp) {
        for id in accounts {
            self.account(id, now);
        }
    }

    fn account(&mut self, id: &str, now: Timestamp) -> &mut Account {
        let is_news = self.learned;
        self.accounts.entry(id.to_owned()).or_insert(Account {
            since: now,
            member: None,
            looked: None,
            told: false,
            told_for: None,
            is_news,
            regions: BTreeMap::new(),
        })
    }

    /// Whom to look at next: those looked at longest ago, as many as so many requests are enough for.
    #[must_use]
    pub fn due(&self, requests: usize) -> Vec<String> {
        let mut all: Vec<_> = self.accounts.iter().collect();
        all.retain(|(_, account)| account.is_due());
        all.sort_by_key(|(_, account)| account.looked);
        let mut left = requests;
        let due = all.into_iter().map_while(|(id, account)| {
            left = left.checked_sub(match account.looked {
                Some(_) => 1 + account.regions.len(),
                None => UNKNOWN,
            })?;
            Some(id.clone())
        });
        due.collect()
    }

    /// When a region was heard last, as far as is known.
    #[must_use]
    pub fn last(&self, account: &str, region: &str) -> Option<Timestamp> {
        self.accounts.get(account)?.regions.get(region)?.last
    }

    /// A look at an account at `now` has found these regions.
    pub fn saw(&mut self, account: &str, heard: &BTreeMap<String, Heard>, now: Timestamp) {
        let account = self.account(account, now);
        let is_first = account.looked.is_none();
        for (name, heard) in heard {
            let last = heard.last.filter(|last| last.duration_since(now) <= CLOCKS);
            let region = account.regions.entry(name.clone()).or_insert(Region {
                since: now,
                by: heard.by,
                last: None,
                told: None,
                is_news: false,
            });
            if region.last.is_none() && last.is_some() && !is_first {
                (region.since, region.is_news) = (now, true);
            }
            // Whoever switches digests off does not get a longer limit by it.
            region.by = region.by.min(heard.by);
            region.last = region.last.max(last);
        }
        account.looked = account.looked.max(Some(now));
    }

    /// What is to be told at `now` of the accounts that were just looked at, and was not told before.
    pub fn judge(&mut self, now: Timestamp) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (id, account) in &mut self.accounts {
            let is_fresh = |looked| now.duration_since(looked) <= FRESH;
            if account.is_due() && account.looked.is_some_and(is_fresh) {
                account.judge(id, now, &mut gaps);
            }
        }
        self.learned = true;
        together(gaps)
    }

    /// How many gaps there are.
    #[must_use]
    pub fn open(&self) -> Open {
        let mut open = Open::default();
        for account in self.accounts.values().filter(|account| account.is_due()) {
            let silent = account.regions.values().filter(|region| region.is_told());
            open.accounts += 1;
            open.silent_accounts += u64::from(account.told);
            open.silent_regions += silent.count() as u64;
        }
        open
    }
}

impl Account {
    /// Whether it should be heard: a member that was closed or has left need not.
    fn is_due(&self) -> bool {
        self.member != Some(false)
    }

    fn judge(&mut self, id: &str, now: Timestamp, gaps: &mut Vec<Gap>) {
        if std::mem::take(&mut self.is_news) {
            gaps.push(Gap::NewAccount {
                account: id.to_owned(),
                since: self.since,
                listed: self.member,
            });
        }
        for (name, region) in &mut self.regions {
            if std::mem::take(&mut region.is_news) {
                gaps.push(Gap::NewRegion {
                    account: id.to_owned(),
                    region: name.clone(),
                    since: region.since,
                });
            }
            region.age(now);
        }
        let is_heard = self.regions.values().any(|region| region.last.is_some());
        match is_heard {
            true => self.judge_regions(id, now, gaps),
            false => self.judge_whole(id, now, gaps),
        }
    }

    /// It was never heard, or not for so long that nobody remembers.
    fn judge_whole(&mut self, id: &str, now: Timestamp, gaps: &mut Vec<Gap>) {
        let is_late = now.duration_since(self.since) >= COVERED_WITHIN;
        if self.member == Some(true) && is_late && !self.told {
            self.told = true;
            gaps.push(Gap::Uncovered {
                account: id.to_owned(),
                since: self.since,
            });
        }
    }

    fn judge_regions(&mut self, id: &str, now: Timestamp, gaps: &mut Vec<Gap>) {
        let heard = self.regions.values().filter(|region| region.last.is_some());
        let of = heard.clone().count();
        let by = heard.clone().map(|region| region.by).min();
        let silent = heard.filter(|region| region.is_silent(now));
        let last = silent.clone().filter_map(|region| region.last).max();
        let silent = silent.count();
        let is_mostly_silent = silent * 2 > of;
        let is_news = is_mostly_silent && !self.told && last > self.told_for;
        self.told = is_mostly_silent;
        if let (true, Some(last)) = (is_news, last) {
            self.told_for = Some(last);
            gaps.push(Gap::AccountSilent {
                account: id.to_owned(),
                silent,
                of,
                last,
                by: by.unwrap_or_default(),
            });
        }
        for (name, region) in &mut self.regions {
            if let Some(last) = region.last
                && region.is_silent(now)
                && !region.is_told()
            {
                region.told = Some(last);
                // What is told of the account is told of each of its regions.
                if !is_news {
                    gaps.push(Gap::RegionSilent {
                        account: id.to_owned(),
                        region: name.clone(),
                        last,
                        by: region.by,
                    });
                }
            }
        }
    }
}

impl Region {
    fn is_silent(&self, now: Timestamp) -> bool {
        let limit = self.by.limit();
        self.last
            .is_some_and(|last| now.duration_since(last) > limit)
    }

    /// Whether it was told, and nothing was heard since.
    fn is_told(&self) -> bool {
        self.told.is_some() && self.told == self.last
    }

    /// Forgets what was silent for so long that nobody misses it.
    fn age(&mut self, now: Timestamp) {
        if self
            .last
            .is_some_and(|last| now.duration_since(last) > FORGOTTEN)
        {
            (self.last, self.told) = (None, None);
        }
    }
}

/// Many accounts that fall silent at once, as one.
fn together(gaps: Vec<Gap>) -> Vec<Gap> {
    let (silent, mut others): (Vec<_>, Vec<_>) = gaps
        .into_iter()
        .partition(|gap| matches!(gap, Gap::AccountSilent { .. }));
    if silent.len() <= TOGETHER {
        others.extend(silent);
        return others;
    }
    let (mut accounts, mut latest) = (Vec::new(), None);
    for gap in silent {
        if let Gap::AccountSilent { account, last, .. } = gap {
            accounts.push(account);
            latest = latest.max(Some(last));
        }
    }
    let last = latest.unwrap_or_default();
    others.push(Gap::ManySilent { accounts, last });
    others
}

#[cfg(test)]
mod tests;
