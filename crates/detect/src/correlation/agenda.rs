//! What is waited for: windows in which something has happened that something else must follow, to be asked
//! again once there has been time for it.
//!
//! Kept in a few items whose names are known, so that whoever has a clock finds all that is due without
//! looking for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many items there are: so many copies of a function can note something at once.
pub const SHARDS: u8 = 16;

/// How many windows of one correlation wait in one item. Beyond, those due last are forgotten, so that a
/// flood hides neither what was noted before it nor what another correlation waits for.
const MOST: usize = 250;

/// The format that is written and read.
const VERSION: u8 = 1;

/// A window to be asked again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Waiting {
    /// Names the correlation: its id, or its title if it has none.
    pub(super) correlation: String,
    pub(super) group: Vec<Option<String>>,
    pub(super) stretch: u32,
    /// When it can be told, in seconds since 1970-01-01T00:00:00Z.
    pub(super) due: i64,
    /// In which of the items it is noted, from 0, below [`SHARDS`].
    #[serde(skip)]
    pub(super) shard: u8,
    /// Whether something is new in the window, so that whoever asks it now may have missed that.
    #[serde(skip)]
    pub(super) fresh: bool,
}

impl Waiting {
    /// The same, as if something were new in the window.
    #[must_use]
    pub fn as_fresh(self) -> Self {
        Self {
            fresh: true,
            ..self
        }
    }

    /// In which of the items it is noted.
    #[must_use]
    pub fn shard(&self) -> u8 {
        self.shard
    }

    fn is_of(&self, other: &Self) -> bool {
        (self.stretch, &self.correlation, &self.group)
            == (other.stretch, &other.correlation, &other.group)
    }
}

/// One of the items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// The format.
    v: u8,
    waiting: Vec<Waiting>,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            v: VERSION,
            waiting: Vec::new(),
        }
    }
}

/// What became of an item.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// Whether it must be saved.
    pub changed: bool,
    /// How many windows found no room.
    pub forgotten: usize,
}

impl Agenda {
    /// Whether it can be read: `false` of one that another version wrote.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.v == VERSION
    }

    /// What is due at `now`.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &Waiting> {
        let waiting = self.waiting.iter();
        waiting.filter(move |waiting| waiting.due <= now.as_second())
    }

    /// Strikes off what was due at `now`, if that was asked, and notes what waits, of this item.
    pub fn note(&mut self, now: Option<Timestamp>, waiting: &[Waiting]) -> Noted {
        let before = self.waiting.clone();
        if let Some(now) = now {
            self.waiting.retain(|waiting| waiting.due > now.as_second());
        }
        for new in waiting {
            match self.waiting.iter_mut().find(|known| known.is_of(new)) {
                Some(known) => known.due = new.due,
                None => self.waiting.push(new.clone()),
            }
        }
        self.waiting.sort_by(|a, b| {
            (a.due, &a.correlation, &a.group).cmp(&(b.due, &b.correlation, &b.group))
        });
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let all = self.waiting.len();
        self.waiting.retain(|waiting| {
            let count = counts.entry(waiting.correlation.clone()).or_default();
            *count += 1;
            *count <= MOST
        });
        let as_written = |list: &[Waiting]| -> Vec<(i64, u32)> {
            list.iter().map(|w| (w.due, w.stretch)).collect()
        };
        let same = as_written(&before) == as_written(&self.waiting)
            && before.iter().zip(&self.waiting).all(|(a, b)| a.is_of(b));
        Noted {
            // Whoever asks a window meanwhile must find that he was late.
            changed: !same || waiting.iter().any(|waiting| waiting.fresh),
            forgotten: all - self.waiting.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(correlation: &str, who: usize, due: i64) -> Waiting {
        Waiting {
            correlation: correlation.to_owned(),
            group: vec![Some(who.to_string()), None],
            stretch: 7,
            due,
            shard: 0,
            fresh: false,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn due(agenda: &Agenda, now: i64) -> usize {
        agenda.due(at(now)).count()
    }

    #[test]
    fn what_is_noted_is_due_from_its_time_on_and_struck_off_once_asked() {
        let mut agenda = Agenda::default();
        let noted = agenda.note(None, &[waiting("a", 1, 10), waiting("b", 1, 20)]);
        assert!(noted.changed);
        assert_eq!(
            (due(&agenda, 9), due(&agenda, 10), due(&agenda, 20)),
            (0, 1, 2)
        );
        assert!(agenda.note(Some(at(10)), &[]).changed);
        assert_eq!(due(&agenda, 100), 1, "only what was due is struck off");
        assert!(!agenda.note(Some(at(10)), &[]).changed, "nothing new");
    }

    #[test]
    fn the_same_window_waits_once_and_is_written_again_only_if_something_is_new_in_it() {
        let mut agenda = Agenda::default();
        agenda.note(None, &[waiting("a", 1, 10)]);
        assert!(!agenda.note(None, &[waiting("a", 1, 10)]).changed);
        let fresh = Waiting {
            fresh: true,
            ..waiting("a", 1, 10)
        };
        assert!(
            agenda.note(None, &[fresh]).changed,
            "whoever asks it now must come too late"
        );
        assert!(agenda.note(None, &[waiting("a", 1, 15)]).changed);
        assert_eq!((due(&agenda, 14), due(&agenda, 15)), (0, 1));
    }

    #[test]
    fn a_flood_hides_neither_what_came_before_it_nor_what_another_correlation_waits_for() {
        let mut agenda = Agenda::default();
        agenda.note(None, &[waiting("a", 0, 5)]);
        let flood: Vec<_> = (1..=MOST).map(|who| waiting("a", who, 10)).collect();
        assert_eq!(agenda.note(None, &flood).forgotten, 1);
        assert_eq!(agenda.note(None, &[waiting("b", 0, 50)]).forgotten, 0);
        assert_eq!((due(&agenda, 5), due(&agenda, 50)), (1, MOST + 1));
    }
}
