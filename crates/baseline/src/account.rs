//! What a whole account does in an hour: changes, and calls that fail.
//!
//! Many hands that each do little show in no principal's counts. So an account is followed like one: it has
//! a [`Profile`] of its own, of which only these two counts are used, and is told in the digest, so that what is
//! told of principals is the same with it and without.
//! By itself a count is only told where calibration says that it comes about in fewer than two of ten
//! thousand hours in which there is any: that follows from the least score that is told, and a test holds it.
//! Whoever in the account was told of within hours has told it already.
//!
//! Source: CloudTrail user guide, *Working with CloudTrail Insights*, for what is worth counting.

use std::collections::BTreeMap;

use detect::principal::PrincipalKind;

use crate::deed::Class;
use crate::engine::{Engine, mark_of};
use crate::evidence::{Anomaly, Who};
use crate::journal::{Entry, Pattern};
use crate::profile::{Day, Profile, Told};
use crate::rates::Metric;
use crate::replay::Replay;

/// What accounts are called together.
pub(crate) const TRADE: &str = "accounts";

/// Who did how much in the hour that is counted.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    hour: u32,
    by_who: BTreeMap<(Metric, u32), u32>,
}

impl Hands {
    /// Counts one by `who`.
    fn add(&mut self, hour: u32, metric: Metric, who: u32) {
        if self.hour != hour {
            self.hour = hour;
            self.by_who.clear();
        }
        *self.by_who.entry((metric, who)).or_default() += 1;
    }

    /// Who did most, and how much.
    pub(crate) fn most(&self, metric: Metric) -> Option<(u32, u32)> {
        let of_metric = self.by_who.iter().filter(|((of, _), _)| *of == metric);
        of_metric
            .max_by_key(|((_, who), count)| (**count, std::cmp::Reverse(*who)))
            .map(|((_, who), count)| (*who, *count))
    }
}

impl Engine {
    /// Counts an event for its account. `told` is what was told of whoever did it.
    pub(crate) fn account(
        &mut self,
        replay: &mut Replay<'_>,
        entry: &Entry,
        pattern: &Pattern,
        day: Day,
        told: Option<&Anomaly>,
    ) -> Option<Anomaly> {
        let api = &replay.journal.apis[pattern.api];
        let changes = api.class >= Class::Write && !replay.counts(pattern.api).data;
        let fails = pattern.error != 0;
        if !changes && !fails && told.is_none() {
            return None;
        }
        let who = replay.journal.sessions[pattern.session].who;
        let account = replay.journal.who[who].account;
        let at = self.account_profile(replay, account, day);
        let profile = &mut self.profiles[at as usize];
        if day > profile.last {
            self.common.close(profile);
            self.common.begin(profile, day, entry.time);
        }
        if let Some(told) = told {
            profile.told = Some(Told {
                incident: told.incident,
                last: entry.time,
                score: told.score,
                urgent: false,
            });
        }
        profile.call(false);
        let mut signals = std::mem::take(&mut replay.signals);
        signals.clear();
        for metric in [(Metric::Changes, changes), (Metric::Failures, fails)]
            .into_iter()
            .filter_map(|(metric, counts)| counts.then_some(metric))
        {
            let hour = entry.time / metric.window();
            replay
                .hands
                .entry(account)
                .or_default()
                .add(hour, metric, who);
            self.common
                .count(profile, replay, entry, metric, None, &mut signals);
        }
        let found = match signals.is_empty() {
            true => None,
            false => self
                .common
                .weigh(profile, replay, entry, day, &mut signals, self.settings),
        };
        replay.signals = signals;
        found
    }

    fn account_profile(&mut self, replay: &mut Replay<'_>, account: u32, day: Day) -> u32 {
        if let Some(at) = replay.accounts_at.get(&account) {
            return *at;
        }
        let name = replay.text(account);
        let who = Who {
            account: name.to_owned(),
            key: format!("unknown:{name}"),
            kind: PrincipalKind::Unknown,
            name: name.to_owned(),
            trade: TRADE.to_owned(),
            person: String::new(),
            credential: String::new(),
            session: String::new(),
            arn: String::new(),
        };
        let mark = mark_of(&who);
        let at = match self.places_of.get(&mark) {
            Some(at) => *at,
            None => {
                let at = self.profiles.len() as u32;
                self.places_of.insert(mark, at);
                self.profiles.push(Profile::new(who, day));
                at
            }
        };
        replay.accounts_at.insert(account, at);
        at
    }
}

#[cfg(test)]
mod tests;
