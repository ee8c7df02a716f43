//! Walks the correlations from the lowest to the highest, asking each about the windows in which
//! something is new.
//!
//! Pure, like all of judgement: it says which windows it [wants](Correlator::wanted) to be reminded of,
//! and whoever has the past [reminds](Correlator::recall) it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use sigma::Correlation;

use super::actors::{Actors, Move, StoredActor, is_open};
use super::agenda::{SHARDS, Waiting};
use super::entry::Entry;
use super::following::hashed;
use super::judge::{Match, Neighbours, Verdict, judge};
use super::plan::Planned;
use super::shelves::{self, Place, Shelves};
use super::stored::StoredShelf;
use super::story;
use super::strings::Sym;
use super::window::{Firing, Held, Window};
use super::windows::{Spot, Windows, group, stretch};
use super::words;
use crate::case::Cases;
use crate::detector::Detector;
use crate::digest::hex;
use crate::sketch::Sketch;

/// An item of windows that is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    place: Place,
    name: String,
}

impl Wanted {
    /// Names the item wherever it is kept: the same in every process, at most 64 characters of a to z, 0
    /// to 9 and `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// An item of windows that has changed.
#[derive(Debug)]
pub struct Changed {
    /// Names it, as [`Wanted::name`] does.
    pub name: String,
    /// What it is now.
    pub shelf: StoredShelf,
}

/// What the correlations have said.
#[derive(Debug, Default)]
pub struct Findings {
    /// What will be alerts.
    pub cases: Cases,
    /// The items that are not as they were recalled.
    pub changed: Vec<Changed>,
    /// What is known otherwise than before of who stands behind a key, by the names of the items.
    pub actors: Vec<(String, StoredActor)>,
    /// Windows to be asked again when time has passed.
    pub waiting: Vec<Waiting>,
}

/// Asks the correlations.
#[derive(Debug)]
pub struct Correlator<'d> {
    pub(super) detector: &'d Detector,
    pub(super) windows: Windows,
    /// By the height of their correlations, the windows in which something may be new.
    pub(super) touched: Vec<BTreeSet<Spot>>,
    height: usize,
    /// What was recalled.
    shelves: Shelves,
    pub(super) actors: Actors,
    /// Windows that move before they are judged.
    pub(super) moves: Vec<Move>,
    /// Whether it has been found out who stands behind them.
    pub(super) followed: bool,
    /// Up to when time is known to have passed, in seconds since 1970-01-01T00:00:00Z.
    now: i64,
    /// Windows of which more can be said later, and when.
    due: BTreeMap<Spot, i64>,
    cases: Cases,
}

impl<'d> Correlator<'d> {
    pub(crate) fn new(detector: &'d Detector, windows: Windows, now: i64) -> Self {
        let heights = detector.plan().correlations.iter();
        let highest = heights.map(|planned| planned.height).max().unwrap_or(0);
        let mut windows = windows;
        let actors = Actors::of(std::mem::take(&mut windows.links));
        let mut this = Self {
            detector,
            windows,
            actors,
            moves: Vec::new(),
            followed: false,
            touched: vec![BTreeSet::new(); highest + 1],
            height: 0,
            shelves: Shelves::default(),
            now,
            due: BTreeMap::new(),
            cases: Cases::default(),
        };
        let spots: Vec<Spot> = this.windows.windows.keys().copied().collect();
        for spot in spots {
            this.touch(spot);
        }
        this
    }

    /// The items that matter at the height that has been reached and are not known yet. Some name others:
    /// ask until there are none.
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
        let moved = self.moves.iter().map(|moved| moved.from);
        let places = spots
            .chain(moved)
            .filter_map(|spot| self.shelves.missing(spot, self.long(spot)));
        let places: BTreeSet<Place> = places.collect();
        let wanted = places.into_iter().map(|place| Wanted {
            name: self.name(place),
            place,
        });
        wanted.collect()
    }

    /// Adds what is remembered of windows; `None` if that is nothing.
    ///
    /// Returns whether it could be read: `false` of what another version wrote.
    pub fn recall(&mut self, wanted: &Wanted, stored: Option<StoredShelf>) -> bool {
        let windows = match &stored {
            None => Some(Vec::new()),
            Some(stored) => stored.read(&mut self.windows.strings),
        };
        self.shelves.note(wanted.place, stored);
        let Some(windows) = windows else {
            return false;
        };
        let group = group_of(wanted.place);
        for (stretch, window) in windows {
            let spot = Spot { group, stretch };
            self.windows.merge_one(self.detector.plan(), spot, window);
        }
        true
    }

    /// Asks the window again that `waiting` stands for. Returns whether there still is a correlation for it.
    pub fn expect(&mut self, waiting: &Waiting) -> bool {
        let Some(spot) = self.spot(&waiting.correlation, &waiting.group, waiting.stretch) else {
            return false;
        };
        let is_asked = self.planned(spot).wants_absence();
        if is_asked {
            self.touch(spot);
        }
        is_asked
    }

    /// Asks the correlations of this height, and goes on to the next. Returns whether there is one.
    pub fn judge(&mut self) -> bool {
        self.follow();
        self.move_home();
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
            let Verdict { found, due } = self.ask(spot);
            if let Some(due) = due {
                self.due.insert(spot, due);
            }
            if let Some(found) = found {
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

    /// The alerts, and what is to be remembered.
    #[must_use]
    pub fn finish(self) -> Findings {
        let touched = self.touched.iter().flatten().copied().collect();
        let window = |spot| self.windows.windows.get(&spot);
        let items = self
            .shelves
            .arrange(&touched, |spot| self.long(spot), window);
        let (mut changed, mut fresh) = (Vec::new(), BTreeSet::new());
        for item in items {
            if item.spots.iter().any(|spot| window(*spot).is_none()) {
                // Forgotten, for there were too many: what is remembered of it stays.
                continue;
            }
            let windows = item.spots.iter();
            let windows = windows.filter_map(|spot| Some((spot.stretch, window(*spot)?)));
            let shelf = StoredShelf::of(windows, item.full, &self.windows.strings);
            if self.shelves.was(item.place) != Some(&shelf) && !item.spots.is_empty() {
                fresh.extend(item.spots);
                let name = self.name(item.place);
                changed.push(Changed { name, shelf });
            }
        }
        let due = self.due.iter();
        let waiting = due.map(|(spot, due)| self.waiting(*spot, *due, fresh.contains(spot)));
        Findings {
            waiting: waiting.collect(),
            actors: self
                .actors
                .changed()
                .map(|(key, actor)| (hashed(&key), actor))
                .collect(),
            changed,
            cases: self.cases,
        }
    }

    /// The alerts alone.
    #[must_use]
    pub fn into_cases(self) -> Cases {
        self.cases
    }

    fn ask(&self, spot: Spot) -> Verdict {
        let windows = &self.windows.windows;
        let (planned, correlation) = (self.planned(spot), self.correlation(spot));
        let Some(this) = windows.get(&spot) else {
            return Verdict::default();
        };
        if self.actor(spot).is_some_and(is_open) {
            return Verdict::default();
        }
        let neighbours = Neighbours {
            start: i64::from(spot.stretch) * planned.timespan,
            before: spot.neighbour(-1).and_then(|spot| windows.get(&spot)),
            this,
            after: spot.neighbour(1).and_then(|spot| windows.get(&spot)),
        };
        judge(
            planned,
            correlation,
            neighbours,
            &self.windows.strings,
            self.now,
        )
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
            let guidance = self.detector.correlation_guidance(self.at(spot));
            let title = words::matched(self.correlation(spot).header(), guidance);
            let action = self.windows.strings.number(title.as_bytes());
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

    pub(super) fn touch(&mut self, spot: Spot) {
        let height = self.planned(spot).height;
        self.touched[height].insert(spot);
    }

    fn at(&self, spot: Spot) -> usize {
        group::correlation(self.windows.strings.bytes(spot.group)) as usize
    }

    pub(super) fn planned(&self, spot: Spot) -> &'d Planned {
        &self.detector.plan().correlations[self.at(spot)]
    }

    pub(super) fn correlation(&self, spot: Spot) -> &'d Correlation {
        &self.detector.rules().correlations()[self.at(spot)]
    }

    /// How many stretches a shelf of this window's correlation is long.
    fn long(&self, spot: Spot) -> u32 {
        shelves::stretches(self.planned(spot).timespan)
    }

    fn waiting(&self, spot: Spot, due: i64, fresh: bool) -> Waiting {
        let key = self.windows.strings.bytes(spot.group);
        let values = group::values(key).into_iter();
        Waiting {
            correlation: self.correlation(spot).id_or_title().to_owned(),
            group: values.map(|value| value.map(str::to_owned)).collect(),
            stretch: spot.stretch,
            due,
            shard: self.digest(spot.group)[0] % SHARDS,
            fresh,
        }
    }

    fn digest(&self, group: Sym) -> [u8; 32] {
        let key = self.windows.strings.bytes(group);
        let at = group::correlation(key) as usize;
        let name = self.detector.rules().correlations()[at].id_or_title();
        let mut hash = Sha256::new();
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update(key.get(4..).unwrap_or_default());
        hash.finalize().into()
    }

    /// Hashed, because the values of a group are chosen by whoever is watched.
    fn name(&self, place: Place) -> String {
        let hash = hex(&self.digest(group_of(place))[..12]);
        match place {
            Place::Shelf(_, number) => format!("{hash}-{number}"),
            Place::Alone(spot) => format!("{hash}-alone-{}", spot.stretch),
        }
    }

    /// Stands for a window, for those above.
    fn below(&self, spot: Spot) -> u64 {
        let digest = self.digest(spot.group);
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        u64::from_le_bytes(bytes) ^ u64::from(spot.stretch)
    }
}

fn group_of(place: Place) -> Sym {
    match place {
        Place::Shelf(group, _) => group,
        Place::Alone(spot) => spot.group,
    }
}
