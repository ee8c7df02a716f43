//! Walks the correlations from the lowest to the highest, asking each about the windows in which
//! something is new.
//!
//! Pure, like all of judgement: it says which windows it [wants](Correlator::wanted) to be reminded of,
//! and whoever has the past [reminds](Correlator::recall) it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use sigma::Correlation;

use super::entry::Entry;
use super::judge::{Match, Neighbours, judge};
use super::plan::Planned;
use super::stored::StoredWindow;
use super::story;
use super::strings::Sym;
use super::window::{Firing, Held, Window};
use super::windows::{Spot, Windows, group, stretch};
use crate::case::Cases;
use crate::detector::Detector;
use crate::sketch::Sketch;

/// A window that is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    spot: Spot,
    name: String,
}

impl Wanted {
    /// Names the window wherever it is kept: the same in every process, at most 64 characters of a to
    /// z, 0 to 9 and `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A window that has changed.
#[derive(Debug)]
pub struct Changed {
    /// Names it, as [`Wanted::name`] does.
    pub name: String,
    /// What it is now.
    pub window: StoredWindow,
}

/// Asks the correlations.
#[derive(Debug)]
pub struct Correlator<'d> {
    detector: &'d Detector,
    windows: Windows,
    /// By the height of their correlations, the windows in which something may be new.
    touched: Vec<BTreeSet<Spot>>,
    height: usize,
    /// What was recalled.
    known: BTreeMap<Spot, Option<StoredWindow>>,
    cases: Cases,
}

impl<'d> Correlator<'d> {
    pub(crate) fn new(detector: &'d Detector, windows: Windows) -> Self {
        let heights = detector.plan().correlations.iter();
        let highest = heights.map(|planned| planned.height).max().unwrap_or(0);
        let mut this = Self {
            detector,
            windows,
            touched: vec![BTreeSet::new(); highest + 1],
            height: 0,
            known: BTreeMap::new(),
            cases: Cases::default(),
        };
        let spots: Vec<Spot> = this.windows.windows.keys().copied().collect();
        for spot in spots {
            this.touch(spot);
        }
        this
    }

    /// The windows that matter at the height that has been reached.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let spots = self.touched[self.height].iter().flat_map(|spot| {
            let reach = if self.planned(*spot).wants_absence() {
                2
            } else {
                1
            };
            (-1..=reach).filter_map(|by| spot.neighbour(by))
        });
        let spots: BTreeSet<Spot> = spots.collect();
        let new = spots
            .into_iter()
            .filter(|spot| !self.known.contains_key(spot));
        new.map(|spot| Wanted {
            name: self.name(spot),
            spot,
        })
        .collect()
    }

    /// Adds what is remembered of a window; `None` if that is nothing.
    ///
    /// Returns whether it could be read: `false` of one that another version wrote.
    pub fn recall(&mut self, wanted: &Wanted, stored: Option<StoredWindow>) -> bool {
        let spot = wanted.spot;
        self.known.insert(spot, stored.clone());
        let Some(stored) = stored else {
            return true;
        };
        let Some(window) = stored.read(&mut self.windows.strings) else {
            return false;
        };
        self.windows.merge_one(self.detector.plan(), spot, window);
        true
    }

    /// Asks the correlations of this height, and goes on to the next. Returns whether there is one.
    pub fn judge(&mut self) -> bool {
        let touched = std::mem::take(&mut self.touched[self.height]);
        let next = touched.iter().filter_map(|spot| spot.neighbour(1));
        let asked: BTreeSet<Spot> = touched.iter().copied().chain(next).collect();
        for spot in &asked {
            let limit = self.planned(*spot).limit;
            if let Some(window) = self.windows.windows.get_mut(spot) {
                window.tidy(limit);
            }
        }
        for spot in asked {
            if let Some(found) = self.ask(spot) {
                if self.correlation(spot).level() >= self.detector.floor() {
                    self.tell(spot, &found);
                }
                self.feed(spot, &found);
            }
        }
        self.touched[self.height] = touched;
        self.height += 1;
        self.height < self.touched.len()
    }

    /// The alerts, and the windows that are not as they were recalled.
    #[must_use]
    pub fn finish(self) -> (Cases, Vec<Changed>) {
        let mut changed = Vec::new();
        for spot in self.touched.iter().flatten() {
            let Some(window) = self.windows.windows.get(spot) else {
                continue;
            };
            let window = StoredWindow::of(window, &self.windows.strings);
            if self.known.get(spot).and_then(Option::as_ref) != Some(&window) {
                changed.push(Changed {
                    name: self.name(*spot),
                    window,
                });
            }
        }
        (self.cases, changed)
    }

    /// The alerts alone.
    #[must_use]
    pub fn into_cases(self) -> Cases {
        self.cases
    }

    fn ask(&self, spot: Spot) -> Option<Match> {
        let windows = &self.windows.windows;
        let (planned, correlation) = (self.planned(spot), self.correlation(spot));
        if planned.wants_absence() && !self.detector.waits() {
            return None;
        }
        let neighbours = Neighbours {
            start: i64::from(spot.stretch) * planned.timespan,
            before: spot.neighbour(-1).and_then(|spot| windows.get(&spot)),
            this: windows.get(&spot)?,
            after: spot.neighbour(1).and_then(|spot| windows.get(&spot)),
        };
        let (strings, now) = (&self.windows.strings, self.windows.newest);
        judge(planned, correlation, neighbours, strings, now)
    }

    /// Makes the alert, of the events in the window and the one before it.
    fn tell(&mut self, spot: Spot, found: &Match) {
        let mut seen = Sketch::default();
        let mut listed: Vec<Entry> = Vec::new();
        let mut below: u64 = 0;
        for spot in [spot.neighbour(-1), Some(spot)].into_iter().flatten() {
            if let Some(window) = self.windows.windows.get(&spot) {
                window.count_into(&mut seen);
                listed.extend(window.entries().iter().take(super::plan::TOLD));
                // What matched below has alerts of its own; here it weighs by how much is known of it.
                let spans = window
                    .firings()
                    .map(|(_, firing)| firing.last.time - firing.first.time);
                below += spans.map(|span| span.unsigned_abs() + 1).sum::<u64>();
            }
        }
        if listed.is_empty() {
            // Correlations alone made it match: it is told by the event that decided.
            seen.add(found.first.event.bits());
            listed.push(found.first);
        }
        let at = self.at(spot);
        let story = story::Story {
            at,
            detector: self.detector,
            strings: &self.windows.strings,
            group: self.windows.strings.bytes(spot.group),
            found,
        };
        self.cases.merge_one(story.case(seen, below, &listed));
    }

    /// Adds the match to the windows of the correlations above.
    fn feed(&mut self, spot: Spot, found: &Match) {
        let below = self.below(spot);
        for feed in self.planned(spot).parents.clone() {
            let parent = &self.detector.plan().correlations[feed.correlation as usize];
            let group = self.group_above(spot, feed.correlation, feed.position);
            let title = self.correlation(spot).title();
            let action = self
                .windows
                .strings
                .number(story::matched(title).as_bytes());
            let firing = Firing {
                first: Entry {
                    action,
                    of: feed.position,
                    ..found.first
                },
                last: Entry {
                    action,
                    of: feed.position,
                    ..found.last
                },
            };
            let above = Spot {
                group,
                stretch: stretch(firing.first.time, parent.timespan),
            };
            let mut held = Held::default();
            held.fire((feed.position, below), firing, &self.windows.strings);
            let window = Window::Many(Box::new(held));
            self.windows.merge_one(self.detector.plan(), above, window);
            self.touch(above);
        }
    }

    /// The group of a correlation above: its values are found by their names in the group below.
    fn group_above(&mut self, spot: Spot, correlation: u32, position: u16) -> Sym {
        let names = self.correlation(spot).group_by().to_vec();
        let key = self.windows.strings.bytes(spot.group).to_vec();
        let values = group::values(&key);
        let parent = &self.detector.plan().correlations[correlation as usize];
        let mut above = Vec::new();
        group::begin(&mut above, correlation);
        for path in &parent.group_by[usize::from(position)] {
            let known = names.iter().position(|name| name == path.as_str());
            group::push(
                &mut above,
                known.and_then(|at| values.get(at).copied().flatten()),
            );
        }
        self.windows.strings.number(&above)
    }

    fn touch(&mut self, spot: Spot) {
        let height = self.planned(spot).height;
        self.touched[height].insert(spot);
    }

    fn at(&self, spot: Spot) -> usize {
        group::correlation(self.windows.strings.bytes(spot.group)) as usize
    }

    fn planned(&self, spot: Spot) -> &'d Planned {
        &self.detector.plan().correlations[self.at(spot)]
    }

    fn correlation(&self, spot: Spot) -> &'d Correlation {
        &self.detector.rules().correlations()[self.at(spot)]
    }

    fn digest(&self, spot: Spot) -> [u8; 32] {
        let name = self.correlation(spot).id_or_title();
        let values = self.windows.strings.bytes(spot.group).get(4..);
        let mut hash = Sha256::new();
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update(values.unwrap_or_default());
        hash.finalize().into()
    }

    /// Hashed, because the values of a group are chosen by whoever is watched.
    fn name(&self, spot: Spot) -> String {
        let digest = self.digest(spot);
        let hash = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
        format!("{}-{}", hash.collect::<String>(), spot.stretch)
    }

    /// Stands for a window, for those above.
    fn below(&self, spot: Spot) -> u64 {
        let digest = self.digest(spot);
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        u64::from_le_bytes(bytes) ^ u64::from(spot.stretch)
    }
}
