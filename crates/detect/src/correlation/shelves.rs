//! Where windows lie in what is remembered: those of one group within six hours in one item, a shelf.
//!
//! A write of an item costs as much whether it has one window in it or twenty, and a busy group has a window
//! for each ten seconds. Once a shelf holds [`FULL`] entries it takes no more windows: it says so, and those
//! that come later lie alone, each in an item of its own. So no item grows with the time that it spans.

use std::collections::{BTreeMap, BTreeSet};

use super::stored::StoredShelf;
use super::strings::Sym;
use super::window::Window;
use super::windows::Spot;

/// How long a shelf is, unless one window is longer, in seconds.
const SHELF: i64 = 6 * 3_600;

/// How many entries a shelf holds before it takes no more windows.
const FULL: usize = 64;

/// An item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A shelf: its group and number, counted in shelves from 1970-01-01T00:00:00Z.
    Shelf(Sym, u32),
    /// The item of a window alone.
    Alone(Spot),
}

/// How many stretches of this `timespan`, in seconds, a shelf is long.
pub(super) fn stretches(timespan: i64) -> u32 {
    u32::try_from(SHELF / timespan.max(1)).unwrap_or(1).max(1)
}

/// What was recalled.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    known: BTreeMap<Place, Option<StoredShelf>>,
}

/// An item that shall be other than it was.
pub(super) struct Changed {
    pub(super) place: Place,
    pub(super) spots: Vec<Spot>,
    pub(super) full: bool,
}

impl Shelves {
    /// The item that must be read to know the window at `spot`; none if that has been read. `long` is how
    /// many stretches a shelf is long.
    pub(super) fn missing(&self, spot: Spot, long: u32) -> Option<Place> {
        let shelf = shelf_of(spot, long);
        let Some(known) = self.known.get(&shelf) else {
            return Some(shelf);
        };
        let alone = Place::Alone(spot);
        let lies_alone = known.as_ref().is_some_and(|known| {
            known.is_full() && !known.stretches().any(|stretch| stretch == spot.stretch)
        });
        (lies_alone && !self.known.contains_key(&alone)).then_some(alone)
    }

    /// Notes what an item was.
    pub(super) fn note(&mut self, place: Place, stored: Option<StoredShelf>) {
        self.known.insert(place, stored);
    }

    /// What an item was; `None` if there was none.
    pub(super) fn was(&self, place: Place) -> Option<&StoredShelf> {
        self.known.get(&place).and_then(Option::as_ref)
    }

    /// Which items hold the windows at `touched`, which are of shelves of this length, and what else lies
    /// with them. Windows that have a place keep it.
    pub(super) fn arrange<'w>(
        &self,
        touched: &BTreeSet<Spot>,
        long: impl Fn(Spot) -> u32,
        window: impl Fn(Spot) -> Option<&'w Window>,
    ) -> Vec<Changed> {
        let mut shelves: BTreeMap<Place, Vec<Spot>> = BTreeMap::new();
        for spot in touched {
            let shelf = shelf_of(*spot, long(*spot));
            shelves.entry(shelf).or_default().push(*spot);
        }
        let mut changed = Vec::new();
        for (place, new) in shelves {
            let Place::Shelf(group, _) = place else {
                continue;
            };
            let was = self.was(place);
            let stretches = was.into_iter().flat_map(StoredShelf::stretches);
            let mut spots: BTreeSet<Spot> =
                stretches.map(|stretch| Spot { group, stretch }).collect();
            let mut full = was.is_some_and(StoredShelf::is_full);
            let weight = |spot: &Spot| window(*spot).map_or(0, Window::weight);
            let mut held: usize = spots.iter().map(weight).sum();
            for spot in new {
                if spots.contains(&spot) || window(spot).is_none() {
                    continue;
                }
                full |= held >= FULL;
                if full {
                    changed.push(Changed {
                        place: Place::Alone(spot),
                        spots: vec![spot],
                        full: false,
                    });
                } else {
                    held += weight(&spot);
                    spots.insert(spot);
                }
            }
            changed.push(Changed {
                place,
                spots: spots.into_iter().collect(),
                full,
            });
        }
        changed
    }
}

fn shelf_of(spot: Spot, long: u32) -> Place {
    Place::Shelf(spot.group, spot.stretch / long)
}
