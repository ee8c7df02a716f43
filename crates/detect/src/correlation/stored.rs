//! Windows as they are kept from one run to the next: many short ones of one group in one item.
//!
//! Numbers of texts mean nothing elsewhere, so an item brings its own texts along, each once, and what most
//! entries share, who called what from where, once for all of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{Entry, EventId};
use super::strings::{Strings, Sym};
use super::window::{Firing, Held, Window};
use crate::moment::EventHash;
use crate::sketch::Sketch;

/// Windows of one group, to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredShelf {
    /// The format.
    v: u8,
    /// What times are counted from, in seconds since 1970-01-01T00:00:00Z.
    at: i64,
    texts: Vec<String>,
    faces: Vec<Face>,
    windows: Vec<StoredWindow>,
    /// Whether windows that are not here lie alone.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    full: bool,
}

/// What entries have in common, by the places of its texts, from 1: source, name, error, region, account,
/// address, user agent, tool, principal.
type Face = [u32; 9];

/// A window: its stretch, and what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StoredWindow {
    s: u32,
    e: Vec<StoredEntry>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    seen: Option<Sketch>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    f: Vec<(u16, u64, StoredEntry, StoredEntry)>,
}

/// An entry: time, id, rule, the place of its face from 0, and of its value, file and action from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StoredEntry(i64, StoredId, u16, u32, [u32; 3]);

/// An id as AWS writes it, which is its own hash; or another text and the hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredId {
    Uuid(String),
    Other(u32, EventHash),
}

/// The format that is written and read.
const VERSION: u8 = 2;

impl StoredShelf {
    /// The `windows`, by their stretches, in order.
    pub(super) fn of<'w>(
        windows: impl Iterator<Item = (u32, &'w Window)>,
        full: bool,
        strings: &Strings,
    ) -> Self {
        let windows: Vec<_> = windows.collect();
        let times = windows.iter().flat_map(|(_, window)| window.times());
        let at = times.min().unwrap_or(0);
        let mut texts = Texts {
            at,
            strings,
            list: Vec::new(),
            places: std::collections::HashMap::new(),
            faces: Vec::new(),
            face_places: std::collections::HashMap::new(),
        };
        let windows = windows.into_iter();
        let windows = windows.map(|(s, window)| texts.window(s, window)).collect();
        Self {
            v: VERSION,
            at,
            texts: texts.list,
            faces: texts.faces,
            windows,
            full,
        }
    }

    /// Whether windows that are not here lie alone.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The stretches of the windows that are here.
    pub(super) fn stretches(&self) -> impl Iterator<Item = u32> {
        self.windows.iter().map(|window| window.s)
    }

    /// The windows by their stretches, with the numbers of `strings`; nothing of them if they were written
    /// in another format.
    pub(super) fn read(&self, strings: &mut Strings) -> Option<Vec<(u32, Window)>> {
        if self.v != VERSION {
            return None;
        }
        let texts = self.texts.iter();
        let texts = texts.map(|text| strings.number(text.as_bytes())).collect();
        let reader = Reader { shelf: self, texts };
        let windows = self.windows.iter();
        Some(
            windows
                .filter_map(|window| Some((window.s, reader.window(window)?)))
                .collect(),
        )
    }
}

/// Gathers texts and faces while windows are written.
struct Texts<'s> {
    at: i64,
    strings: &'s Strings,
    list: Vec<String>,
    places: std::collections::HashMap<Sym, u32>,
    faces: Vec<Face>,
    face_places: std::collections::HashMap<Face, u32>,
}

impl Texts<'_> {
    fn window(&mut self, s: u32, window: &Window) -> StoredWindow {
        let entries = window.entries().iter();
        let e = entries.map(|entry| self.entry(*entry)).collect();
        let (seen, f) = match window {
            Window::One(_) => (None, Vec::new()),
            Window::Many(held) => {
                let firings = held.firings.iter().map(|((of, below), firing)| {
                    let first = self.entry(firing.first);
                    (*of, *below, first, self.entry(firing.last))
                });
                (held.seen.clone(), firings.collect())
            }
        };
        StoredWindow { s, e, seen, f }
    }

    fn place(&mut self, sym: Sym) -> u32 {
        let Some(text) = self.strings.text(sym) else {
            return 0;
        };
        *self.places.entry(sym).or_insert_with(|| {
            self.list.push(text.to_owned());
            self.list.len() as u32
        })
    }

    fn entry(&mut self, mut entry: Entry) -> StoredEntry {
        let id = match entry.id {
            EventId::Uuid(uuid) => StoredId::Uuid(BASE64.encode(uuid.as_bytes())),
            EventId::Other(sym) => StoredId::Other(self.place(sym), entry.event),
        };
        let face = entry.face().map(|sym| self.place(*sym));
        let next = self.faces.len() as u32;
        let at = *self.face_places.entry(face).or_insert(next);
        if at == next {
            self.faces.push(face);
        }
        let own = [entry.value, entry.file, entry.action].map(|sym| self.place(sym));
        StoredEntry(entry.time - self.at, id, entry.of, at, own)
    }
}

/// Reads what was written.
struct Reader<'s> {
    shelf: &'s StoredShelf,
    texts: Vec<Sym>,
}

impl Reader<'_> {
    /// The window; none if it holds nothing.
    fn window(&self, window: &StoredWindow) -> Option<Window> {
        let mut entries = window.e.iter().map(|entry| self.entry(entry));
        if let (1, None, true) = (window.e.len(), &window.seen, window.f.is_empty()) {
            return entries.next().map(Window::new);
        }
        let firings = window.f.iter().map(|(of, below, first, last)| {
            let (first, last) = (self.entry(first), self.entry(last));
            ((*of, *below), Firing { first, last })
        });
        Some(Window::Many(Box::new(Held {
            entries: entries.collect(),
            seen: window.seen.clone(),
            firings: firings.collect(),
        })))
    }

    fn text(&self, place: u32) -> Sym {
        let at = place.checked_sub(1).map(|at| at as usize);
        let text = at.and_then(|at| self.texts.get(at)).copied();
        text.unwrap_or(Sym::NONE)
    }

    fn entry(&self, stored: &StoredEntry) -> Entry {
        let StoredEntry(time, id, of, face, [value, file, action]) = stored;
        let (id, event) = match id {
            StoredId::Uuid(text) => {
                let bytes = BASE64.decode(text).ok();
                let uuid = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
                let uuid = uuid.unwrap_or_default();
                (EventId::Uuid(uuid), EventHash::of_uuid(uuid))
            }
            StoredId::Other(place, event) => (EventId::Other(self.text(*place)), *event),
        };
        let mut entry = Entry::nothing(self.shelf.at.saturating_add(*time), event, id, *of);
        let face = self.shelf.faces.get(*face as usize).copied();
        for (sym, place) in entry.face().into_iter().zip(face.unwrap_or_default()) {
            *sym = self.text(place);
        }
        entry.value = self.text(*value);
        entry.file = self.text(*file);
        entry.action = self.text(*action);
        entry
    }
}
