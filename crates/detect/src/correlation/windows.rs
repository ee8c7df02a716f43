//! The windows of all correlations and groups, as far as one screener, or one batch, has filled them.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap};
use jiff::Timestamp;
use sigma::event::Event as _;
use sigma::{Correlation, CorrelationKind, FieldPath};

use super::actors::Links;
use super::entry::Entry;
use super::plan::{Feed, Plan, Planned};
use super::strings::{Moving, Strings, Sym};
use super::window::Window;
use crate::cloudtrail::Record;
use crate::derived;
use crate::facts::words as words_of;
use crate::language::Language;
use crate::principal::{Identity, Principal};
use crate::sentence::action;

/// How many windows one correlation may have before some are forgotten.
const MAX: usize = 1 << 20;

/// How much room all windows may take before some are forgotten, in bytes.
const ROOM: usize = 128 << 20;

/// How much a window with one entry takes without its texts, in bytes: itself, its place, and another two where
/// it is noted that it must be asked.
const WINDOW: usize = 240;

/// How many identities are remembered before all are forgotten.
const IDENTITIES: usize = 1 << 14;

/// Between what was done in English and in Chinese.
pub(super) const BETWEEN: char = '\u{1f}';

/// Names a window: its correlation and group, and its stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    /// Stands for a [`group`].
    pub(super) group: Sym,
    /// Counted from 1970-01-01T00:00:00Z in timespans of the correlation.
    pub(super) stretch: u32,
}

impl Spot {
    pub(super) fn neighbour(self, by: i32) -> Option<Self> {
        let stretch = self.stretch.checked_add_signed(by)?;
        Some(Self { stretch, ..self })
    }
}

/// Who made a call, as far as groups and stories ask.
#[derive(Debug, Clone, Copy)]
struct Who {
    principal: Sym,
    key: Sym,
}

/// Windows, by whose they are and when.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    pub(super) strings: Strings,
    pub(super) windows: HashMap<Spot, Window>,
    /// How many windows each correlation has.
    counts: Vec<usize>,
    identities: HashMap<u64, Who>,
    hasher: DefaultHashBuilder,
    /// The time of the newest record, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) newest: i64,
    /// How many windows were forgotten, for there were too many.
    forgotten: u64,
    /// How much room they may take, if not [`ROOM`].
    room: Option<usize>,
    /// Which keys were handed out to whom.
    pub(super) links: Links,
}

impl Windows {
    /// Whether nothing was gathered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// How many windows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// How many windows were forgotten because a correlation had more than a million of them, or all together
    /// took more than 128 MiB: the oldest with a single entry first, which are the least likely to match.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Notes that time has passed up to `record`.
    #[inline]
    pub(crate) fn pass(&mut self, record: &Record<'_>) {
        self.newest = self.newest.max(record.event_time().as_second());
    }

    /// Notes that time has passed up to `now`, as it does where nothing happens.
    pub fn pass_until(&mut self, now: Timestamp) {
        self.newest = self.newest.max(now.as_second());
    }

    /// Up to when time is known to have passed.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.newest).unwrap_or_default()
    }

    /// Adds a match of a rule to all that it feeds.
    pub(crate) fn add(
        &mut self,
        plan: &Plan,
        correlations: &[Correlation],
        feeds: &[Feed],
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
    ) {
        self.make_room();
        let who = self.who(record);
        let entry = Entry::of(record, log_file, who.principal, &mut self.strings);
        let mut key = Vec::new();
        for feed in feeds {
            let planned = &plan.correlations[feed.correlation as usize];
            let kind = correlations[feed.correlation as usize].kind();
            let Some(value) = self.value(planned, kind, *feed, record) else {
                continue;
            };
            let told = planned.is_told.then(|| words(record));
            let entry = Entry {
                of: feed.position,
                value,
                action: self.strings.of(told),
                ..entry
            };
            group::begin(&mut key, feed.correlation);
            for path in &planned.group_by[usize::from(feed.position)] {
                if path.as_str() == derived::PRINCIPAL_KEY {
                    group::push(&mut key, self.strings.text(who.key));
                } else {
                    group::push(&mut key, text_at(record, path).as_deref());
                }
            }
            if planned.actor.is_some() {
                self.links.read(record);
            }
            let group = self.strings.number(&key);
            self.put(planned, feed.correlation, group, entry);
        }
    }

    pub(super) fn put(&mut self, planned: &Planned, correlation: u32, group: Sym, entry: Entry) {
        let spot = Spot {
            group,
            stretch: stretch(entry.time, planned.timespan),
        };
        match self.windows.get_mut(&spot) {
            Some(window) => window.add(entry, planned.limit, &self.strings),
            None => self.insert(spot, correlation, Window::new(entry)),
        }
    }

    pub(super) fn insert(&mut self, spot: Spot, correlation: u32, window: Window) {
        self.windows.insert(spot, window);
        let at = correlation as usize;
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += 1;
        if self.counts[at] > MAX {
            self.forget(Some(correlation));
        }
    }

    /// Takes a window away.
    pub(super) fn take(&mut self, spot: Spot) -> Option<Window> {
        let window = self.windows.remove(&spot)?;
        let at = group::correlation(self.strings.bytes(spot.group)) as usize;
        if let Some(count) = self.counts.get_mut(at) {
            *count = count.saturating_sub(1);
        }
        Some(window)
    }

    /// Forgets some windows if all take too much room. Numbers of texts are others afterwards: whoever
    /// holds one must not ask for this.
    #[inline]
    fn make_room(&mut self) {
        if self.windows.len() * WINDOW + self.strings.room() > self.room.unwrap_or(ROOM) {
            self.forget(None);
            self.compact();
        }
    }

    /// Forgets a quarter of a correlation's windows, or of all: those with the fewest entries, the oldest
    /// first.
    #[cold]
    fn forget(&mut self, correlation: Option<u32>) {
        let at = |group| group::correlation(self.strings.bytes(group));
        let windows = self.windows.iter();
        let mine = windows.filter(|(spot, _)| {
            correlation.is_none_or(|correlation| at(spot.group) == correlation)
        });
        let mut mine: Vec<_> = mine
            .map(|(spot, window)| {
                let oldest = window.times().min();
                (window.entries().len(), oldest, *spot)
            })
            .collect();
        let count = mine.len() / 4;
        if count == 0 {
            return;
        }
        mine.select_nth_unstable(count);
        for (_, _, spot) in &mine[..count] {
            let at = group::correlation(self.strings.bytes(spot.group));
            self.windows.remove(spot);
            self.counts[at as usize] -= 1;
        }
        self.forgotten += count as u64;
    }

    /// Frees the room of texts that no window needs any more.
    #[cold]
    fn compact(&mut self) {
        self.identities = HashMap::default();
        let old = std::mem::take(&mut self.strings);
        let windows = std::mem::take(&mut self.windows).into_iter();
        let mut moving = Moving::new(&old, &mut self.strings);
        let mut adopt = |sym| moving.adopt(sym);
        self.windows = windows
            .map(|(spot, window)| {
                let group = adopt(spot.group);
                (Spot { group, ..spot }, window.adopted(&mut adopt))
            })
            .collect();
    }

    /// Adds all that `other` has gathered.
    pub(crate) fn merge(&mut self, plan: &Plan, mut other: Self) {
        self.newest = self.newest.max(other.newest);
        self.forgotten += other.forgotten;
        self.links.merge(std::mem::take(&mut other.links));
        if self.windows.is_empty() {
            *self = Self {
                newest: self.newest,
                forgotten: self.forgotten,
                room: self.room,
                links: std::mem::take(&mut self.links),
                ..other
            };
            return;
        }
        for (spot, window) in other.windows {
            self.make_room();
            let group = self.strings.adopt(&other.strings, spot.group);
            let window = window.adopted(&mut |sym| self.strings.adopt(&other.strings, sym));
            self.merge_one(plan, Spot { group, ..spot }, window);
        }
    }

    /// Adds one window, whose numbers are of `self`.
    pub(super) fn merge_one(&mut self, plan: &Plan, spot: Spot, window: Window) {
        let correlation = group::correlation(self.strings.bytes(spot.group));
        let limit = plan.correlations[correlation as usize].limit;
        match self.windows.get_mut(&spot) {
            Some(known) => known.merge(window, limit, &self.strings),
            None => self.insert(spot, correlation, window),
        }
    }

    /// Who made a call: the same for each record with the same identity, if that decides.
    fn who(&mut self, record: &Record<'_>) -> Who {
        let text = record.user_identity().map_or("", |identity| identity.raw());
        let hash = self.hasher.hash_one(text);
        if let Some(who) = self.identities.get(&hash) {
            return *who;
        }
        let principal = Principal::of(record);
        let json = serde_json::to_vec(&principal).unwrap_or_default();
        let who = Who {
            principal: self.strings.number(&json),
            key: self.strings.number(principal.key.as_bytes()),
        };
        let identity = Identity::of(record);
        identity.who();
        if !identity.has_asked_beyond() {
            if self.identities.len() >= IDENTITIES {
                self.identities.clear();
            }
            self.identities.insert(hash, who);
        }
        who
    }

    /// What the match adds to what is counted or computed; `None` if that is nothing.
    fn value(
        &mut self,
        planned: &Planned,
        kind: CorrelationKind,
        feed: Feed,
        record: &Record<'_>,
    ) -> Option<Sym> {
        if !kind.reads_field() || feed.position >= planned.own {
            return Some(Sym::NONE);
        }
        let mut values = planned.fields.iter().map(|path| text_at(record, path));
        let first = values.next()??;
        let all = values.try_fold(first, |all, value| Some(format!("{all}\u{1f}{}", value?)))?;
        if kind != CorrelationKind::ValueCount && all.parse::<f64>().is_err() {
            return None;
        }
        Some(self.strings.number(all.as_bytes()))
    }
}

/// What was done, in both languages.
fn words(record: &Record<'_>) -> String {
    let [en, zh] = [Language::En, Language::ZhCn].map(|language| action(record, language));
    format!("{en}{BETWEEN}{zh}")
}

/// The stretch that `time` lies in.
pub(super) fn stretch(time: i64, timespan: i64) -> u32 {
    u32::try_from(time.div_euclid(timespan)).unwrap_or(0)
}

/// The value at `path` as text; several are joined, and what is neither is nothing.
fn text_at(record: &Record<'_>, path: &FieldPath) -> Option<String> {
    words_of(&record.field(path)?)
}

/// How a group is written: its correlation's place in the rule set, then each value with its length in
/// front, so that no value can pass for two.
pub(super) mod group {
    /// Stands in place of the length of what is absent.
    const ABSENT: u32 = u32::MAX;

    pub(in super::super) fn begin(key: &mut Vec<u8>, correlation: u32) {
        key.clear();
        key.extend(correlation.to_le_bytes());
    }

    pub(in super::super) fn push(key: &mut Vec<u8>, value: Option<&str>) {
        let length = value.map_or(ABSENT, |value| value.len() as u32);
        key.extend(length.to_le_bytes());
        key.extend(value.unwrap_or_default().as_bytes());
    }

    pub(in super::super) fn correlation(key: &[u8]) -> u32 {
        key.first_chunk()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The values, in order.
    pub(in super::super) fn values(key: &[u8]) -> Vec<Option<&str>> {
        let mut values = Vec::new();
        let mut rest = key.get(4..).unwrap_or_default();
        while let Some((length, behind)) = rest.split_first_chunk() {
            let length = u32::from_le_bytes(*length);
            let size = if length == ABSENT { 0 } else { length as usize };
            let (value, behind) = behind.split_at(size.min(behind.len()));
            let value = std::str::from_utf8(value).ok();
            values.push(value.filter(|_| length != ABSENT));
            rest = behind;
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use sigma::{RuleSet, SourceFile};

    use crate::Detector;
    use crate::cloudtrail::LogFileReader;

    const FAILURES: &str = "\
title: f
name: f
logsource: { product: aws }
detection: { s: { eventName: F }, condition: s }
---
title: many
correlation:
  type: event_count
  rules: [f]
  group-by: [sourceIPAddress]
  timespan: 1d
  condition: { gte: 5 }
";

    #[test]
    fn a_flood_of_strangers_takes_no_more_room_and_hides_no_hot_group() {
        let file = SourceFile {
            name: "f.yml",
            text: FAILURES,
        };
        let detector = Detector::new(RuleSet::load([file]).rules).0;
        let mut screener = detector.screener();
        let room = 400_000;
        screener.found.windows.room = Some(room);
        for number in 0..20_000 {
            // One in four thousand, and the first, are of the same address.
            let address = if number % 4_000 == 7 { 0 } else { number };
            let text = format!(
                r#"{{"eventTime":"2026-11-22T14:02:11Z","eventID":"e{number}","eventSource":"t.amazonaws.com","eventName":"F","sourceIPAddress":"a{address}"}}"#
            );
            LogFileReader::default().read(text.as_bytes(), |record| {
                screener.screen(record, None);
            });
            assert!(
                screener.found.windows.strings.room() < room * 2,
                "texts are freed"
            );
        }
        let found = screener.take();
        let windows = found.windows.len() as u64;
        assert!(
            found.windows.forgotten() > 10_000,
            "{windows} windows are left"
        );
        assert_eq!(found.windows.forgotten() + windows, 20_000 - 5);
        let mut correlator = detector.correlate(found.windows);
        while correlator.judge() {}
        let cases = correlator.into_cases();
        let alerts: Vec<_> = cases.iter().map(crate::case::Case::alert).collect();
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].event_count, 6);
        assert_eq!(
            alerts[0].source.ip.as_deref(),
            Some("a0"),
            "its texts are its own"
        );
    }
}
