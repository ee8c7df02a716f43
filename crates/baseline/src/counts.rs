//! Counts: more of something than ever.

use crate::deed::Class;
use crate::dimension::Dimension;
use crate::engine::{Common, DAY, signal};
use crate::evidence::{Many, Signal, What};
use crate::journal::{Entry, Pattern};
use crate::names::Mark;
use crate::profile::Profile;
use crate::rates::{METRICS, Metric, evidence};
use crate::replay::Replay;

impl Common {
    /// Counts an event.
    pub(crate) fn counts(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        pattern: &Pattern,
        each_call: bool,
        signals: &mut Vec<Signal>,
    ) {
        let api = &replay.journal.apis[pattern.api];
        let counts = replay.counts(pattern.api);
        let each = [
            (Metric::Calls, true),
            (Metric::Denied, pattern.denied),
            (Metric::ObjectReads, counts.object_read),
            (Metric::SensitiveReads, api.class == Class::SensitiveRead),
            (Metric::SensitiveWrites, api.class >= Class::SensitiveWrite),
            (Metric::Deletes, counts.deletes),
            (Metric::Models, counts.model),
        ];
        for (metric, _) in each.into_iter().filter(|(_, counts)| each_call && *counts) {
            self.count(profile, replay, entry, metric, None, signals);
        }
        let hour = entry.time / 3600 + 1;
        if replay.counted[entry.pattern as usize] == hour {
            return;
        }
        replay.counted[entry.pattern as usize] = hour;
        let (api, region) = (u64::from(pattern.api), replay.mark(pattern.region).0);
        self.count(profile, replay, entry, Metric::Apis, Some(api), signals);
        self.count(
            profile,
            replay,
            entry,
            Metric::Regions,
            Some(region),
            signals,
        );
        if matches!(
            pattern.touches,
            Some(Dimension::Secret | Dimension::Parameter)
        ) {
            let secret = replay.mark(pattern.touched).0;
            self.count(
                profile,
                replay,
                entry,
                Metric::Secrets,
                Some(secret),
                signals,
            );
        }
    }

    /// Counts what is new for the principal.
    pub(crate) fn count_new(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        dimension: Dimension,
        value: Mark,
        signals: &mut Vec<Signal>,
    ) {
        let metric = match dimension {
            Dimension::Read
            | Dimension::SensitiveRead
            | Dimension::Write
            | Dimension::SensitiveWrite
            | Dimension::GraveWrite => Metric::NewApis,
            Dimension::Secret | Dimension::Parameter | Dimension::Bucket | Dimension::Role => {
                Metric::NewThings
            }
            _ => return,
        };
        self.count(profile, replay, entry, metric, Some(value.0), signals);
    }

    pub(crate) fn count(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        metric: Metric,
        different: Option<u64>,
        signals: &mut Vec<Signal>,
    ) {
        let at = metric as usize;
        let number = entry.time / metric.window();
        if profile.windows[at].number != number {
            self.close_window(profile, metric);
            profile.windows[at].begin(number);
        }
        let window = &mut profile.windows[at];
        match different {
            None => window.add(),
            Some(what) if window.add_different(what) => {}
            Some(_) => return,
        }
        if f64::from(window.count) >= window.ask_at {
            self.ask(profile, replay, entry, metric, signals);
        }
    }

    /// Asks how improbable the count is, and when to ask again.
    fn ask(
        &mut self,
        profile: &mut Profile,
        replay: &mut Replay<'_>,
        entry: &Entry,
        metric: Metric,
        signals: &mut Vec<Signal>,
    ) {
        let at = metric as usize;
        let (moments, count) = (profile.moments[at], profile.windows[at].count);
        let warm = self.is_warm((entry.time / DAY) as u16);
        let kind = self.kind(profile);
        let says = evidence(
            metric,
            &moments,
            &kind.moments[at],
            &kind.calibrations[at],
            f64::from(count),
        );
        let usual = moments.mean(&kind.moments[at]);
        let higher = f64::from(count) * 1.15 + 1.0;
        profile.windows[at].ask_at = higher.max(1.25 * moments.highest);
        let said = profile
            .evidence
            .iter()
            .filter(|known| matches!(&known.what, What::Many(many) if many.metric == metric));
        // The same in the next hour is no further evidence.
        let said = said.filter(|known| entry.time.saturating_sub(known.event.time) < DAY);
        let said = said.map(|known| known.evidence).fold(0.0, f64::max);
        if says > said && warm {
            let what = What::Many(Many {
                metric,
                count,
                usual,
                highest: moments.highest,
                window: metric.window(),
                most_by: most_by(replay, entry, metric),
            });
            let same_while = |known: &Signal| match &known.what {
                What::Many(many) => {
                    many.metric == metric
                        && known.event.time / many.window == entry.time / many.window
                }
                _ => false,
            };
            profile.evidence.retain(|known| !same_while(known));
            let event = replay.event(entry);
            signals.extend(signal(metric.family(), says, what, event));
        }
    }

    /// Learns from all counts, whose whiles are over.
    pub(crate) fn close_windows(&mut self, profile: &mut Profile) {
        for metric in Metric::ALL {
            self.close_window(profile, metric);
            profile.windows[metric as usize].begin(0);
        }
        debug_assert_eq!(profile.windows.len(), METRICS);
    }

    /// Learns from a count whose while is over. Around an alert nothing is learned.
    fn close_window(&mut self, profile: &mut Profile, metric: Metric) {
        let at = metric as usize;
        let window = &profile.windows[at];
        if window.count == 0 {
            return;
        }
        let begun = window.number * metric.window();
        if profile
            .told
            .is_some_and(|told| begun.abs_diff(told.last) < DAY)
        {
            return;
        }
        let count = f64::from(window.count);
        let moments = profile.moments[at];
        let kind = self.kind(profile);
        if moments.is_known() {
            let score = moments.improbability(&kind.moments[at], count);
            kind.calibrations[at].learn(score);
        }
        kind.moments[at].learn_slowly(count);
        profile.moments[at].learn(count);
    }
}

/// Of an account's count, who has the largest share in it.
fn most_by(replay: &Replay<'_>, entry: &Entry, metric: Metric) -> Option<(String, u32)> {
    if !metric.is_of_accounts() {
        return None;
    }
    let session = &replay.journal.sessions[replay.journal.patterns[entry.pattern].session];
    let account = replay.journal.who[session.who].account;
    let (who, count) = replay.hands.get(&account)?.most(metric)?;
    Some((replay.who(who).name, count))
}
