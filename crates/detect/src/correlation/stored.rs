//! A window as it is kept from one run to the next.
//!
//! Numbers of texts mean nothing elsewhere, so a stored window brings its own texts along, each once.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{Entry, EventId};
use super::strings::{Strings, Sym};
use super::window::{Firing, Held, Window};
use crate::case::EventHash;
use crate::sketch::Sketch;

/// A window, to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredWindow {
    /// The format.
    v: u8,
    texts: Vec<String>,
    entries: Vec<StoredEntry>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    seen: Option<Sketch>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    firings: Vec<(u16, u64, StoredEntry, StoredEntry)>,
}

/// An entry: time, event, id, rule, and its texts by their places, from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StoredEntry(i64, EventHash, StoredId, u16, [u32; 12]);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredId {
    Uuid(String),
    Other(u32),
}

/// The format that is written and read.
const VERSION: u8 = 1;

impl StoredWindow {
    pub(super) fn of(window: &Window, strings: &Strings) -> Self {
        let mut texts = Texts::default();
        let entries = window.entries().iter();
        let entries = entries.map(|entry| texts.entry(*entry, strings)).collect();
        let (seen, firings) = match window {
            Window::One(_) => (None, Vec::new()),
            Window::Many(held) => {
                let firings = held.firings.iter().map(|((of, below), firing)| {
                    let first = texts.entry(firing.first, strings);
                    (*of, *below, first, texts.entry(firing.last, strings))
                });
                (held.seen.clone(), firings.collect())
            }
        };
        Self {
            v: VERSION,
            texts: texts.list,
            entries,
            seen,
            firings,
        }
    }

    /// The window, with the numbers of `strings`; nothing of it if it was written in another format.
    pub(super) fn read(self, strings: &mut Strings) -> Option<Window> {
        if self.v != VERSION {
            return None;
        }
        let texts = self.texts.iter();
        let texts: Vec<Sym> = texts.map(|text| strings.number(text.as_bytes())).collect();
        let mut entries = self.entries.into_iter().map(|entry| entry.read(&texts));
        if let (1, None, true) = (entries.len(), &self.seen, self.firings.is_empty()) {
            return entries.next().map(Window::new);
        }
        let firings = self.firings.into_iter().map(|(of, below, first, last)| {
            let firing = Firing {
                first: first.read(&texts),
                last: last.read(&texts),
            };
            ((of, below), firing)
        });
        Some(Window::Many(Box::new(Held {
            entries: entries.collect(),
            seen: self.seen,
            firings: firings.collect(),
        })))
    }
}

#[derive(Default)]
struct Texts {
    list: Vec<String>,
    places: std::collections::HashMap<Sym, u32>,
}

impl Texts {
    fn place(&mut self, sym: Sym, strings: &Strings) -> u32 {
        let Some(text) = strings.text(sym) else {
            return 0;
        };
        *self.places.entry(sym).or_insert_with(|| {
            self.list.push(text.to_owned());
            self.list.len() as u32
        })
    }

    fn entry(&mut self, mut entry: Entry, strings: &Strings) -> StoredEntry {
        let id = match entry.id {
            EventId::Uuid(uuid) => StoredId::Uuid(uuid.hyphenated().to_string()),
            EventId::Other(sym) => StoredId::Other(self.place(sym, strings)),
        };
        let texts = entry.syms().map(|sym| self.place(*sym, strings));
        StoredEntry(entry.time, entry.event, id, entry.of, texts)
    }
}

impl StoredEntry {
    fn read(self, texts: &[Sym]) -> Entry {
        let Self(time, event, id, of, places) = self;
        let text = |place: u32| {
            let at = place.checked_sub(1).map(|at| at as usize);
            at.and_then(|at| texts.get(at))
                .copied()
                .unwrap_or(Sym::NONE)
        };
        let id = match id {
            StoredId::Uuid(id) => {
                Uuid::try_parse(&id).map_or(EventId::Other(Sym::NONE), EventId::Uuid)
            }
            StoredId::Other(place) => EventId::Other(text(place)),
        };
        let mut entry = Entry::nothing(time, event, id, of);
        for (sym, place) in entry.syms().into_iter().zip(places) {
            *sym = text(place);
        }
        entry
    }
}
