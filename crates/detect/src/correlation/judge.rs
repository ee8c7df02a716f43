//! Whether a correlation matches, asked of one window and its neighbours.
//!
//! A correlation matches *at* an entry if its condition holds of the entries up to this one that are at
//! most a timespan older. That is what an engine says that sees all entries in order, one after the
//! other; here it is a function of the set of them.
//!
//! Source: Sigma specification 2.1, "Sigma correlation rules".

use std::collections::HashMap;

use sigma::{Correlation, CorrelationCondition, CorrelationKind, CountBound};

use super::entry::Entry;
use super::plan::Planned;
use super::risk::Weights;
use super::strings::{Strings, Sym};
use super::window::Window;

/// A window, and those before and after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbours<'w> {
    /// When the window begins.
    pub(super) start: i64,
    pub(super) before: Option<&'w Window>,
    pub(super) this: &'w Window,
    pub(super) after: Option<&'w Window>,
}

/// That a correlation matches in a window.
#[derive(Debug)]
pub(super) struct Match {
    /// The first entry at which it does.
    pub(super) first: Entry,
    /// The last one.
    pub(super) last: Entry,
    /// The entries that made it match at the first: oldest first, that one included.
    pub(super) because: Vec<Entry>,
    /// Whether there were more entries than are kept.
    pub(super) is_cut: bool,
}

/// What can be said of a window.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) found: Option<Match>,
    /// When more can be said, where something has happened that something else may yet follow.
    pub(super) due: Option<i64>,
}

/// Asks `correlation` about a window. `now` is the newest time that is known to have passed.
pub(super) fn judge(
    planned: &Planned,
    correlation: &Correlation,
    windows: Neighbours<'_>,
    strings: &Strings,
    now: i64,
) -> Verdict {
    let own = |entry: &Entry| entry.of < planned.own;
    let chains = correlation.kind().is_temporal() || planned.weights.is_some();
    let before = windows.before.map(|window| occurrences(window, chains));
    let mut entries = before.unwrap_or_default();
    entries.extend(occurrences(windows.this, chains));
    entries.retain(own);
    entries.sort_unstable_by_key(Entry::place);

    let mut asked = Asked {
        correlation,
        weights: planned.weights.as_ref(),
        strings,
        span: Span::default(),
    };
    let (mut found, mut due): (Option<Match>, Option<i64>) = (None, None);
    let mut oldest = 0;
    for (at, entry) in entries.iter().enumerate() {
        while entries[oldest].time < entry.time - planned.timespan {
            asked.span.leave(&entries[oldest]);
            oldest += 1;
        }
        asked.span.enter(entry);
        let because = &entries[oldest..=at];
        if entry.time < windows.start || !asked.holds(because) {
            continue;
        }
        if planned.wants_absence() {
            let end = entry.time + planned.timespan;
            if is_answered(planned, windows, entry, end) {
                continue;
            }
            if end > now {
                due = Some(due.map_or(end, |due| due.min(end)));
                continue;
            }
        }
        match &mut found {
            Some(found) => found.last = *entry,
            None => {
                found = Some(Match {
                    first: *entry,
                    last: *entry,
                    because: because.to_vec(),
                    is_cut: windows.this.is_cut() || windows.before.is_some_and(Window::is_cut),
                });
            }
        }
    }
    Verdict { found, due }
}

/// The entries of a window, and the matches of correlations below: the first of each, and where it
/// matters what came before what, the last.
fn occurrences(window: &Window, chains: bool) -> Vec<Entry> {
    let mut entries = window.entries().to_vec();
    for (of, firing) in window.firings() {
        entries.push(Entry { of, ..firing.first });
        if chains && firing.last != firing.first {
            entries.push(Entry { of, ..firing.last });
        }
    }
    entries
}

/// Whether any of what must not be missing follows `entry` up to `end`.
fn is_answered(planned: &Planned, windows: Neighbours<'_>, entry: &Entry, end: i64) -> bool {
    let answers = |other: &Entry| {
        other.of >= planned.own && other.place() > entry.place() && other.time <= end
    };
    let behind = [Some(windows.this), windows.after];
    let mut behind = behind
        .into_iter()
        .flatten()
        .flat_map(|window| occurrences(window, true));
    behind.any(|other| answers(&other))
}

/// The condition, asked of a span of entries.
struct Asked<'c> {
    correlation: &'c Correlation,
    weights: Option<&'c Weights>,
    strings: &'c Strings,
    span: Span,
}

/// What is counted while a span moves over the entries.
#[derive(Debug, Default)]
struct Span {
    /// How many entries each rule has.
    rules: HashMap<u16, usize>,
    /// How many entries each value has.
    values: HashMap<Sym, usize>,
}

impl Span {
    fn enter(&mut self, entry: &Entry) {
        *self.rules.entry(entry.of).or_default() += 1;
        *self.values.entry(entry.value).or_default() += 1;
    }

    fn leave(&mut self, entry: &Entry) {
        take_one(&mut self.rules, &entry.of);
        take_one(&mut self.values, &entry.value);
    }

    fn has(&self, rule: usize) -> bool {
        self.rules.contains_key(&(rule as u16))
    }
}

fn take_one<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Asked<'_> {
    fn holds(&self, entries: &[Entry]) -> bool {
        let rules = self.correlation.rules().len();
        let has = |rule: usize| self.span.has(rule);
        match self.correlation.condition() {
            CorrelationCondition::AllRules => (0..rules).all(has) && self.is_in_order(entries),
            CorrelationCondition::Rules(expression) => {
                expression.holds(&has) && self.is_in_order(entries)
            }
            CorrelationCondition::Bounds {
                bounds, percentile, ..
            } => self.lies_within(bounds, *percentile, entries),
        }
    }

    /// Whether all rules have entries that follow one another, if they must.
    fn is_in_order(&self, entries: &[Entry]) -> bool {
        if self.correlation.kind() != CorrelationKind::TemporalOrdered {
            return true;
        }
        // Each rule's earliest entry that is not before the one of the rule in front of it.
        let mut since = i64::MIN;
        (0..self.correlation.rules().len()).all(|rule| {
            let mut ones = entries.iter().filter(|entry| usize::from(entry.of) == rule);
            let next = ones.find(|entry| entry.time >= since);
            next.inspect(|next| since = next.time).is_some()
        })
    }

    fn lies_within(
        &self,
        bounds: &[CountBound],
        percentile: Option<u8>,
        entries: &[Entry],
    ) -> bool {
        if let Some(weights) = self.weights {
            return weights.holds(weights.weigh(entries), bounds);
        }
        let count = match self.correlation.kind() {
            CorrelationKind::ValueCount => self.span.values.len(),
            CorrelationKind::Temporal => self.span.rules.len(),
            CorrelationKind::TemporalOrdered => {
                let rules = self.correlation.rules().len();
                if self.is_in_order(entries) { rules } else { 0 }
            }
            kind if kind.reads_field() => {
                let numbers = entries.iter().filter_map(|entry| self.number(entry));
                let numbers: Vec<f64> = numbers.collect();
                return computed(kind, percentile, numbers)
                    .is_some_and(|number| bounds.iter().all(|bound| bound.holds_real(number)));
            }
            _ => entries
                .chunk_by(|a, b| (a.time, a.event) == (b.time, b.event))
                .count(),
        };
        bounds.iter().all(|bound| bound.holds(count as u64))
    }

    fn number(&self, entry: &Entry) -> Option<f64> {
        self.strings.text(entry.value)?.parse().ok()
    }
}

/// What a correlation of this kind computes; `None` of nothing.
///
/// Percentiles lie between the two nearest ranks, in proportion.
///
/// Source: R. J. Hyndman and Y. Fan, *Sample Quantiles in Statistical Packages*, 1996, definition 7.
fn computed(kind: CorrelationKind, percentile: Option<u8>, mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let sum: f64 = numbers.iter().sum();
    let rank = match kind {
        CorrelationKind::ValueSum => return Some(sum),
        CorrelationKind::ValueAvg => return Some(sum / numbers.len() as f64),
        CorrelationKind::ValueMedian => 50.0,
        _ => f64::from(percentile.unwrap_or(50)),
    };
    numbers.retain(|number| number.is_finite());
    numbers.sort_unstable_by(f64::total_cmp);
    let place = rank / 100.0 * numbers.len().checked_sub(1)? as f64;
    let (below, above) = (
        numbers[place.floor() as usize],
        numbers[place.ceil() as usize],
    );
    Some(below + place.fract() * (above - below))
}
