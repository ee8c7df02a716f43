//! One credential in two places.
//!
//! A program's credentials stay where they were handed out; a person's may wander between an office, a
//! phone and a VPN, always the same ones. So of a program each further address of one credential is news,
//! of a person each further pair of networks between which a credential is used in turns.

use crate::circles::circles;
use crate::dimension::{Circle, Dimension, Family};
use crate::engine::{Common, signal};
use crate::evidence::{Places, Signal, What};
use crate::journal::{Entry, Pattern};
use crate::names::Mark;
use crate::places::NetworkKind;
use crate::profile::{Day, Profile};
use crate::replay::{Located, Replay};

/// Within so many seconds nobody changes from one network to another unnoticed.
const AT_ONCE: u32 = 30 * 60;

/// How often the use of a credential is noted while nothing changes, in seconds.
const NOTED: u32 = 300;

/// From so many changes on a credential is used by two at once.
const TO_AND_FRO: u32 = 4;

impl Common {
    /// Notes from where a credential is used.
    pub(crate) fn credentials(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        pattern: &Pattern,
        day: Day,
        signals: &mut Vec<Signal>,
    ) {
        let (address, noted) = replay.used[pattern.session as usize];
        if address == pattern.address && entry.time.saturating_sub(noted) < NOTED {
            return;
        }
        replay.used[pattern.session as usize] = (pattern.address, entry.time);
        let session = &replay.journal.sessions[pattern.session];
        if session.credential == 0 {
            return;
        }
        let (instance, credential) = (session.instance, session.credential);
        let (mark, at) = (replay.mark(credential), replay.mark(pattern.address));
        let located = replay.located(pattern.address);
        let known = profile.credential(mark);
        let new_address = known.is_new_address(at);
        let before = known.switched(located.mark, entry.time);
        let recent = before.filter(|(_, then)| entry.time.saturating_sub(*then) <= AT_ONCE);
        if recent.is_some() {
            known.switches += 1;
        }
        let switches = known.switches;
        let (dimension, value, circle, (other, then)) = if profile.is_person() {
            let Some(place) = recent else { return };
            let circle = self.pair(profile, &located, place.0, day);
            (Dimension::Pair, located.mark.pair(place.0), circle, place)
        } else if new_address {
            let circle = self.address(profile, &located, day);
            let place = before.unwrap_or((located.mark, entry.time));
            (Dimension::Address, at, circle, place)
        } else {
            return;
        };
        let moved = Moved {
            dimension,
            value,
            circle,
            instance,
            minutes: entry.time.saturating_sub(then) / 60,
            switches,
            other,
        };
        self.moved(profile, replay, entry, &located, &moved, signals);
    }

    /// How usual it is for a person to be in these two networks.
    fn pair(&self, profile: &Profile, located: &Located, other: Mark, day: Day) -> Circle {
        let old = |network| {
            let seen = profile.knows(Dimension::Network, network, day);
            seen.is_some_and(|seen| day.saturating_sub(seen.first) >= 2)
        };
        let circles = circles(profile, true);
        let shared = |network| {
            self.shared
                .with(circles.peers(), Dimension::Network, network)
                > 0
        };
        if old(located.mark) && old(other) {
            Circle::Same
        } else if shared(located.mark) && shared(other) {
            Circle::Peers
        } else {
            self.place(profile, circles, located)
        }
    }

    /// How usual it is for a program to be at this address.
    fn address(&self, profile: &Profile, located: &Located, day: Day) -> Circle {
        let seen = profile.knows(Dimension::Network, located.mark, day);
        if seen.is_some_and(|seen| seen.first < day) {
            return Circle::Same;
        }
        let circles = circles(profile, true);
        let nearest = circles.nearest(&self.shared, Dimension::Network, located.mark);
        nearest.unwrap_or_else(|| self.place(profile, circles, located))
    }

    fn moved(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        located: &Located,
        moved: &Moved,
        signals: &mut Vec<Signal>,
    ) {
        let day = (entry.time / crate::engine::DAY) as Day;
        let text = &located.network;
        if profile
            .note(moved.dimension, moved.value, text, day)
            .is_none()
        {
            return;
        }
        self.wait(profile, moved.dimension, moved.value, entry.time);
        if !self.is_warm(day) {
            return;
        }
        let mut evidence = self.evidence(profile, moved.dimension, moved.circle);
        self.learn_circle(profile, moved.dimension, moved.circle, entry.time);
        let outside = matches!(
            located.place.kind,
            NetworkKind::Ordinary | NetworkKind::Hosting
        );
        if moved.instance && outside {
            evidence += 0.4;
        }
        if moved.dimension == Dimension::Pair && moved.switches >= TO_AND_FRO {
            evidence += 0.5;
        }
        if evidence > 0.0 {
            let before = profile.values[Dimension::Network.index()].get(&moved.other);
            let what = What::Places(Places {
                before: before.map_or_else(String::new, |seen| seen.text.clone()),
                now: located.place.label(&located.network),
                minutes: moved.minutes,
                switches: moved.switches,
                instance: moved.instance,
            });
            let event = replay.event(entry);
            signals.extend(signal(Family::Origin, evidence, what, event));
        }
    }
}

/// A credential that was used elsewhere.
struct Moved {
    dimension: Dimension,
    value: Mark,
    circle: Circle,
    instance: bool,
    minutes: u32,
    switches: u32,
    other: Mark,
}

#[cfg(test)]
mod tests;
