//! First times: what is new for a principal, and for whom else.

use crate::circles::{Circles, circles};
use crate::dimension::{Circle, Dimension};
use crate::engine::{Common, DAY, signal};
use crate::evidence::{New, Signal, What};
use crate::journal::{Entry, Pattern};
use crate::names::Mark;
use crate::places::NetworkKind;
use crate::profile::{Day, Pending, Profile};
use crate::replay::{Located, Replay};

/// How many countries of one principal are kept.
const COUNTRIES: usize = 24;

/// A rate below this cannot be told from none.
const LEAST_RATE: f64 = 1e-4;

/// A value in one of its dimensions.
struct Value<'v> {
    dimension: Dimension,
    mark: Mark,
    text: &'v str,
}

impl Common {
    /// Notes what is new in an event.
    pub(crate) fn news(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        pattern: &Pattern,
        day: Day,
        signals: &mut Vec<Signal>,
    ) {
        if profile.is_person() {
            self.hours(profile, replay, entry, pattern, day, signals);
        }
        if !replay.is_first_today(entry.pattern, day) {
            return;
        }
        let class = replay.journal.apis[pattern.api].class;
        let api = replay.api(pattern.api);
        let located = replay.located(pattern.address);
        for (dimension, mark, text) in [
            (class.dimension(), api.name_mark, &api.name),
            (Dimension::Service, api.service_mark, &api.service),
        ] {
            let value = Value {
                dimension,
                mark,
                text,
            };
            self.value(profile, replay, entry, day, &value, None, signals);
        }
        let network = Value {
            dimension: Dimension::Network,
            mark: located.mark,
            text: &located.network,
        };
        self.value(
            profile,
            replay,
            entry,
            day,
            &network,
            Some(&located),
            signals,
        );
        self.country(profile, &located, entry.time);
        for (dimension, id) in [
            (Dimension::Region, pattern.region),
            (Dimension::Tool, pattern.tool),
        ] {
            let value = Value {
                dimension,
                mark: replay.mark(id),
                text: replay.text(id),
            };
            self.value(profile, replay, entry, day, &value, None, signals);
        }
        if let Some(dimension) = pattern.touches {
            let value = Value {
                dimension,
                mark: replay.mark(pattern.touched),
                text: replay.text(pattern.touched),
            };
            self.value(profile, replay, entry, day, &value, None, signals);
        }
        if pattern.error != 0 {
            let error = format!("{} {}", api.service, replay.text(pattern.error));
            self.value(
                profile,
                replay,
                entry,
                day,
                &value(Dimension::Error, &error),
                None,
                signals,
            );
        }
        let session = &replay.journal.sessions[pattern.session];
        if let Some(mfa) = pattern.sign_in_mfa.or(session.mfa) {
            let mfa = if mfa { "with MFA" } else { "without MFA" };
            self.value(
                profile,
                replay,
                entry,
                day,
                &value(Dimension::Mfa, mfa),
                None,
                signals,
            );
        }
    }

    /// The part of a working day or of a day off.
    fn hours(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        pattern: &Pattern,
        day: Day,
        signals: &mut Vec<Signal>,
    ) {
        const PART: u32 = 4 * 3600;
        let who = replay.journal.sessions[pattern.session].who as usize;
        let off = replay.calendar.is_day_off(entry.time);
        // Two numbers for each part: where days begin elsewhere, one may belong to both kinds.
        let part = 2 * (entry.time / PART + 1) + u32::from(off);
        if replay.hours[who] == part {
            return;
        }
        replay.hours[who] = part;
        let from = entry.time % DAY / PART * 4;
        let days = if off { "day off" } else { "workday" };
        let text = format!("{days}, {from:02}:00 to {:02}:00 UTC", from + 4);
        self.value(
            profile,
            replay,
            entry,
            day,
            &value(Dimension::Hours, &text),
            None,
            signals,
        );
    }

    /// Notes one value, and what it says if it is new.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is another part of the one event that is judged"
    )]
    fn value(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        day: Day,
        value: &Value<'_>,
        located: Option<&Located>,
        signals: &mut Vec<Signal>,
    ) {
        let Some(forgotten) = profile.note(value.dimension, value.mark, value.text, day) else {
            return;
        };
        let circles = circles(profile, value.dimension.is_origin());
        let circle = self.circle(profile, circles, value, located);
        self.remember(profile, circles, value, entry.time);
        self.count_new(profile, replay, entry, value.dimension, value.mark, signals);
        if !self.is_warm(day) {
            return;
        }
        let evidence = self.evidence(profile, value.dimension, circle);
        self.learn_circle(profile, value.dimension, circle, entry.time);
        let what = What::New(New {
            dimension: value.dimension,
            value: value.text.to_owned(),
            circle,
            calls: profile.calls - 1,
            days: profile.days - 1,
            last_seen: forgotten.map(|last| day - last),
            a_day: self.usual(profile, value.dimension),
            peers_with: self
                .shared
                .with(circles.peers(), value.dimension, value.mark),
            peers: self
                .shared
                .members(crate::circles::circles(profile, false).peers())
                .saturating_sub(1),
        });
        if evidence > 0.0 {
            let event = replay.event(entry);
            signals.extend(signal(value.dimension.family(), evidence, what, event));
        }
    }

    /// Who else does it.
    fn circle(
        &self,
        profile: &Profile,
        circles: Circles,
        value: &Value<'_>,
        located: Option<&Located>,
    ) -> Circle {
        if let Some(circle) = circles.nearest(&self.shared, value.dimension, value.mark) {
            return circle;
        }
        match located {
            Some(located) => self.place(profile, circles, located),
            None => Circle::Nobody,
        }
    }

    /// What kind of place a network is that nobody has called from.
    pub(crate) fn place(&self, profile: &Profile, circles: Circles, located: &Located) -> Circle {
        let country = located.place.country.as_deref();
        let called = |country: &str| {
            let mark = country_mark(country);
            self.shared
                .with(circles.organisation(), Dimension::Network, mark)
                > 0
        };
        match (located.place.kind, country) {
            (NetworkKind::Aws, _) => Circle::Aws,
            (NetworkKind::Private, _) => Circle::Account,
            (NetworkKind::Hosting, _) => Circle::Hosting,
            (_, Some(country)) if profile.countries.iter().any(|known| known == country) => {
                Circle::Home
            }
            (_, Some(country)) if !called(country) => Circle::Abroad,
            _ => Circle::Nobody,
        }
    }

    /// Notes the country, which is nobody's news by itself.
    fn country(&self, profile: &mut Profile, located: &Located, now: u32) {
        let Some(country) = &located.place.country else {
            return;
        };
        if located.place.kind != NetworkKind::Ordinary || profile.countries.contains(country) {
            return;
        }
        if profile.countries.len() < COUNTRIES {
            profile.countries.push(country.clone());
            self.wait(profile, Dimension::Network, country_mark(country), now);
        }
    }

    /// What is new waits for its probation; a person's own places are that person's everywhere at once.
    fn remember(&mut self, profile: &mut Profile, circles: Circles, value: &Value<'_>, now: u32) {
        if let Some(same) = circles.same().filter(|_| value.dimension.is_origin()) {
            self.shared.join(same, value.dimension, value.mark);
        }
        self.wait(profile, value.dimension, value.mark, now);
    }

    /// Puts a value on probation.
    pub(crate) fn wait(&self, profile: &mut Profile, dimension: Dimension, value: Mark, at: u32) {
        const WAITING: usize = 400;
        if profile.pending.len() < WAITING {
            profile.pending.push(Pending {
                dimension,
                value,
                at,
            });
        }
    }

    /// New values that are usual in a day.
    fn usual(&mut self, profile: &Profile, dimension: Dimension) -> f64 {
        let start = self.kind(profile).news(dimension, profile.days);
        profile.news_a_day(dimension, start)
    }

    /// What a new value says that `circle` knows.
    pub(crate) fn evidence(
        &mut self,
        profile: &Profile,
        dimension: Dimension,
        circle: Circle,
    ) -> f64 {
        let usual = self.usual(profile, dimension) * self.kind(profile).circle(dimension, circle);
        let attack = dimension.attack_rate() * dimension.attack_share(circle);
        (attack / usual.max(LEAST_RATE))
            .log10()
            .min(dimension.cap())
    }

    /// Learns whose news are whose: not from the young, to whom all is new, nor around an alert.
    pub(crate) fn learn_circle(
        &mut self,
        profile: &Profile,
        dimension: Dimension,
        circle: Circle,
        now: u32,
    ) {
        const A_DAY: u16 = 6;
        let suspected = profile
            .told
            .is_some_and(|told| now.saturating_sub(told.last) < DAY);
        if !profile.is_young() && !suspected && profile.today[dimension.index()] <= A_DAY {
            self.kind(profile).learn_circle(dimension, circle);
        }
    }
}

fn value(dimension: Dimension, text: &str) -> Value<'_> {
    Value {
        dimension,
        mark: Mark::of(text),
        text,
    }
}

fn country_mark(country: &str) -> Mark {
    Mark::of(&format!("country {country}"))
}
