//! Learns and judges, event after event, in order of time.
//!
//! [`Engine`] is what is remembered; a [`Replay`] leads a journal's events past it. Nothing is asked twice:
//! whether a pattern holds anything new is asked once a day, and how improbable a count is only where it is
//! higher than ever.
//!
//! What is judged is learned too, but on probation: what somebody does first becomes usual for that one at
//! once, and for others only on the next day on which the one is active, unless an alert came within a day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::circles::circles;
use crate::evidence::{Anomaly, Event, Signal, What, Who};
use crate::fleet::{Budget, Kind, Shared, WARM_UP};
use crate::journal::{Entry, Journal};
use crate::names::Mark;
use crate::places::Places;
use crate::profile::{Day, Profile, Told};
use crate::replay::Replay;

/// Seconds in a day.
pub const DAY: u32 = 86_400;

/// For so long, in seconds, more about somebody only updates what was told.
const STRETCH: u32 = DAY / 4;

/// For so long it belongs to what was told, and must be enough by itself to be told again.
const RECENT: u32 = DAY + DAY / 2;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Alerts that an account may have in a day, on average.
    pub a_day: f64,
    /// Scores below this are never told.
    pub floor: f64,
    /// How many of an account and day are told at once; the others are for a digest.
    pub at_once: u32,
    /// Whether calls are counted. Where only the first of an hour are known, they cannot be; different things
    /// can.
    pub counts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            a_day: 1.0,
            floor: FLOOR,
            at_once: 3,
            counts: true,
        }
    }
}

/// The lowest threshold: sixty times likelier in an attack than in everyday life.
pub const FLOOR: f64 = 1.8;

/// All that is remembered.
#[derive(Debug, Clone)]
pub struct Engine {
    /// How much is told.
    pub settings: Settings,
    /// Which days are days off; not kept.
    pub calendar: Arc<Calendar>,
    /// Everybody.
    pub profiles: Vec<Profile>,
    pub(crate) places_of: HashMap<Mark, u32>,
    /// What is known of all together.
    pub common: Common,
}

/// What is known of all together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Common {
    /// The first day that was learned.
    pub first: Option<Day>,
    /// The last one.
    pub last: Day,
    /// Who shares what.
    pub shared: Shared,
    /// What people do.
    pub people: Kind,
    /// What programs do.
    pub programs: Kind,
    /// What whole accounts do.
    pub whole: Kind,
    /// How much is told.
    pub budget: Budget,
    /// What was told last of people who are several principals.
    pub persons: BTreeMap<Mark, Told>,
    /// Accounts seen today.
    accounts: BTreeSet<Mark>,
    /// Calls learned.
    pub calls: u64,
}

impl Engine {
    /// Nothing learned yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let common = Common {
            first: None,
            last: 0,
            shared: Shared::default(),
            people: Kind::new(true),
            programs: Kind::new(false),
            whole: Kind::new(false),
            budget: Budget::default(),
            persons: BTreeMap::new(),
            accounts: BTreeSet::new(),
            calls: 0,
        };
        Self::of(settings, common, Vec::new())
    }

    /// What was remembered.
    #[must_use]
    pub fn of(settings: Settings, common: Common, profiles: Vec<Profile>) -> Self {
        let marks = profiles.iter().map(|profile| mark_of(&profile.who));
        Self {
            settings,
            calendar: Arc::default(),
            places_of: marks.zip(0..).collect(),
            profiles,
            common,
        }
    }

    /// Learns the events of `journal`, which must be [settled](Journal::settle), and returns what was
    /// unusual among them. Events of days before the last one learned are not for this engine.
    pub fn learn(&mut self, journal: &Journal, places: &dyn Places) -> Vec<Anomaly> {
        let calendar = Arc::clone(&self.calendar);
        let mut replay = Replay::new(journal, places, &calendar);
        let mut found = Vec::new();
        for entry in &journal.entries {
            self.step(&mut replay, entry, &mut found);
        }
        found
    }

    /// Days that were learned from, up to today.
    #[must_use]
    pub fn learned(&self) -> Day {
        self.common
            .first
            .map_or(0, |first| self.common.last.saturating_sub(first))
    }

    fn step(&mut self, replay: &mut Replay<'_>, entry: &Entry, found: &mut Vec<Anomaly>) {
        let day = (entry.time / DAY) as Day;
        let pattern = replay.journal.patterns[entry.pattern];
        let session = &replay.journal.sessions[pattern.session];
        if self.common.first.is_none() || day > self.common.last {
            self.begin(day, replay);
        }
        if replay.is_new_account(replay.journal.who[session.who].account) {
            let account = replay.text(replay.journal.who[session.who].account);
            self.common.accounts.insert(Mark::of(account));
        }
        let at = self.profile(replay, session.who, day);
        let profile = &mut self.profiles[at as usize];
        if day > profile.last {
            self.common.close(profile);
            self.common.begin(profile, day, entry.time);
        }
        self.common.calls += 1;
        profile.call(pattern.by_hand);
        let mut signals = std::mem::take(&mut replay.signals);
        signals.clear();
        self.common
            .news(profile, replay, entry, &pattern, day, &mut signals);
        self.common
            .credentials(profile, replay, entry, &pattern, day, &mut signals);
        self.common.counts(
            profile,
            replay,
            entry,
            &pattern,
            self.settings.counts,
            &mut signals,
        );
        let told = match signals.is_empty() {
            true => None,
            false => self
                .common
                .weigh(profile, replay, entry, day, &mut signals, self.settings),
        };
        replay.signals = signals;
        let account = match self.settings.counts {
            true => self.account(replay, entry, &pattern, day, told.as_ref()),
            false => None,
        };
        found.extend(told.into_iter().chain(account));
    }

    /// Begins a day of everybody's.
    fn begin(&mut self, day: Day, replay: &mut Replay<'_>) {
        replay.begin_day();
        let common = &mut self.common;
        if common.first.is_some() {
            let accounts = common.accounts.len() as u32;
            common.budget.note_accounts(common.last, accounts);
            common.accounts.clear();
        }
        let first = *common.first.get_or_insert(day);
        common.last = day;
        let now = u32::from(day) * DAY;
        common
            .persons
            .retain(|_, told| now.saturating_sub(told.last) < 2 * DAY);
        common
            .budget
            .fit(day, first, self.settings.a_day, self.settings.floor);
        for kind in [&mut common.people, &mut common.programs, &mut common.whole] {
            kind.calibrations
                .iter_mut()
                .for_each(crate::rates::Calibration::fit);
        }
    }

    /// The place of somebody's profile.
    fn profile(&mut self, replay: &mut Replay<'_>, who: u32, day: Day) -> u32 {
        if let Some(at) = replay.profile(who) {
            return at;
        }
        let told = replay.who(who);
        let mark = mark_of(&told);
        let at = match self.places_of.get(&mark) {
            Some(at) => *at,
            None => {
                let at = self.profiles.len() as u32;
                let profile = Profile::new(told, day);
                for circle in circles(&profile, false).outer() {
                    self.common.shared.enter(circle);
                }
                self.places_of.insert(mark, at);
                self.profiles.push(profile);
                at
            }
        };
        replay.remember_profile(who, at);
        at
    }
}

/// What stands for somebody in what is kept.
#[must_use]
pub fn mark_of(who: &Who) -> Mark {
    Mark::of(&format!("{} {}", who.account, who.key))
}

impl Common {
    /// What is known of those like `profile`.
    pub(crate) fn kind(&mut self, profile: &Profile) -> &mut Kind {
        if profile.who.is_account() {
            &mut self.whole
        } else if profile.is_person() {
            &mut self.people
        } else {
            &mut self.programs
        }
    }

    /// Whether enough days were learned to judge by.
    pub(crate) fn is_warm(&self, day: Day) -> bool {
        self.first
            .is_some_and(|first| day >= first.saturating_add(WARM_UP))
    }

    /// Learns from a principal's day that is over.
    pub(crate) fn close(&mut self, profile: &mut Profile) {
        self.close_windows(profile);
        let (days, today) = (profile.days, profile.today);
        self.kind(profile).learn_day(days, &today);
    }

    /// Begins another day of a principal's: what was on probation is on probation no more.
    pub(crate) fn begin(&mut self, profile: &mut Profile, day: Day, now: u32) {
        profile.begin(day);
        profile
            .evidence
            .retain(|signal| now.saturating_sub(signal.event.time) < 2 * DAY);
        profile
            .credentials
            .retain(|_, known| now.saturating_sub(known.last) < 7 * DAY);
        let told = profile.told;
        let pending = std::mem::take(&mut profile.pending);
        let (plain, origin) = (circles(profile, false), circles(profile, true));
        for new in pending {
            let near = |told: Told| {
                new.at.abs_diff(told.last) < DAY || new.at.abs_diff(told.incident) < DAY
            };
            if told.is_some_and(near) {
                continue;
            }
            let circles = if new.dimension.is_origin() {
                origin
            } else {
                plain
            };
            for circle in circles.all() {
                self.shared.join(circle, new.dimension, new.value);
            }
        }
    }

    /// Adds evidence to the risk, and tells it if that is enough.
    pub(crate) fn weigh(
        &mut self,
        profile: &mut Profile,
        replay: &Replay<'_>,
        entry: &Entry,
        day: Day,
        signals: &mut Vec<Signal>,
        settings: Settings,
    ) -> Option<Anomaly> {
        profile.risk.fade(entry.time);
        for signal in signals.drain(..) {
            profile.risk.add(signal.family, signal.evidence);
            profile.keep(signal);
        }
        let score = profile.risk.total();
        // Accounts are for the digest: they take nobody's place among what is told at once, nor decide from where
        // on that is told.
        let of_account = profile.who.is_account();
        if score > profile.highest {
            profile.highest = score;
            if !of_account {
                self.budget.learn(day, mark_of(&profile.who), score);
            }
        }
        let person = (!profile.who.person.is_empty()).then(|| Mark::of(&profile.who.person));
        let elsewhere = person.and_then(|person| self.persons.get(&person).copied());
        let told = profile
            .told
            .into_iter()
            .chain(elsewhere)
            .max_by_key(|told| told.last);
        let recent = told.filter(|told| entry.time.saturating_sub(told.last) < RECENT);
        let account = Mark::of(&profile.who.account);
        let least = self.budget.threshold(settings.floor);
        let threshold = self.budget.raised(least, account, day);
        if score < least || profile.days <= 2 {
            return None;
        }
        let update = match recent {
            Some(told) if entry.time.saturating_sub(told.last) < STRETCH => {
                if score < 2.0 * told.score {
                    return None;
                }
                told.urgent
            }
            // What came since must be enough by itself.
            Some(told) if score - told.left(entry.time) < threshold => return None,
            _ if score < threshold => return None,
            _ => false,
        };
        let incident = recent.map_or(entry.time, |told| told.incident);
        let urgent = !update && !of_account && self.budget.take(account, day, settings.at_once);
        let told = Told {
            incident,
            last: entry.time,
            score,
            urgent: urgent || update,
        };
        profile.told = Some(told);
        if let Some(person) = person {
            self.persons.insert(person, told);
        }
        let mut evidence = profile.evidence.clone();
        evidence.retain(|signal| entry.time.saturating_sub(signal.event.time) < DAY + DAY / 2);
        evidence.sort_by(|a, b| {
            b.evidence
                .total_cmp(&a.evidence)
                .then(a.event.cmp(&b.event))
        });
        Some(Anomaly {
            // The last hand is not the account's.
            who: if of_account {
                profile.who.clone()
            } else {
                replay.named(&profile.who, entry)
            },
            time: entry.time,
            incident,
            score,
            threshold,
            once_in: self.budget.once_in(score),
            urgent,
            update,
            days: profile.days - 1,
            calls: profile.calls - 1,
            learned: self.first.map_or(0, |first| day - first),
            signals: evidence,
        })
    }
}

/// A piece of evidence, if it says enough to be kept.
pub(crate) fn signal(
    family: crate::dimension::Family,
    evidence: f64,
    what: What,
    event: Event,
) -> Option<Signal> {
    const LEAST: f64 = 0.1;
    (evidence >= LEAST).then_some(Signal {
        family,
        evidence,
        what,
        event,
    })
}

/// Profiles by what stands for them, in order: for whoever writes them down.
#[must_use]
pub fn by_mark(engine: &Engine) -> BTreeMap<Mark, &Profile> {
    engine
        .profiles
        .iter()
        .map(|profile| (mark_of(&profile.who), profile))
        .collect()
}
