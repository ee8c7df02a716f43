//! What was observed, record by record, before anything is judged.
//!
//! Records come in any order, from several threads, twice. A [`Journal`] is a set of them: each is an
//! [`Entry`] of 28 bytes, that is when, which event, in which file, and by which [`Pattern`] (who did what
//! from where with what), for the same patterns come again and again. **The law:** journals merge in any
//! order, and [`Journal::settle`] gives them the one order by which they are judged, each event once.

use std::sync::Arc;

use detect::principal::PrincipalKind;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deed::{Class, Counts};
use crate::dimension::Dimension;
use crate::names::{NameId, Names};

/// Somebody, in one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Who {
    /// The account whose trail tells.
    pub account: NameId,
    /// As [`detect::principal::Principal::key`].
    pub key: NameId,
    /// What kind of principal this is.
    pub kind: PrincipalKind,
    /// What people call it.
    pub name: NameId,
    /// What others of the same trade are called together.
    pub trade: NameId,
    /// The person behind it, in whichever account and role; empty if it is none.
    pub person: NameId,
}

/// One stretch of work with one credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub who: u32,
    /// The access key.
    pub credential: NameId,
    /// The session's name.
    pub name: NameId,
    /// The ARN as written.
    pub arn: NameId,
    /// Whether with a second factor, where AWS knows.
    pub mfa: Option<bool>,
    /// Whether the credential was handed to an instance.
    pub instance: bool,
}

/// An API.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Api {
    /// `eventSource`.
    pub source: NameId,
    /// `eventName` without version.
    pub name: NameId,
    /// How much it matters.
    pub class: Class,
}

/// What an event is but for when and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern {
    /// In which session.
    pub session: u32,
    /// Which API.
    pub api: u32,
    /// Where to.
    pub region: NameId,
    /// The tool and its system.
    pub tool: NameId,
    /// Where from.
    pub address: NameId,
    /// What it touches, if that is kept.
    pub touched: NameId,
    /// And what kind of thing that is.
    pub touches: Option<Dimension>,
    /// How it failed; empty if it did not.
    pub error: NameId,
    /// Whether it was not allowed.
    pub denied: bool,
    /// Whether a person's tool made it.
    pub by_hand: bool,
    /// A sign-in's second factor.
    pub sign_in_mfa: Option<bool>,
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Seconds since 1970.
    pub time: u32,
    /// Names the event.
    pub id: [u32; 4],
    /// What it was.
    pub pattern: u32,
    /// In which file it was read.
    pub file: NameId,
}

/// A set of events.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Journal {
    /// The texts.
    pub names: Names,
    /// Everybody.
    pub who: Table<Who>,
    /// Every session.
    pub sessions: Table<Session>,
    /// Every API.
    pub apis: Table<Api>,
    /// Every pattern.
    pub patterns: Table<Pattern>,
    /// Every event.
    pub entries: Vec<Entry>,
    /// Ids of events that are no usual ids, by what stands for them.
    odd: Vec<([u32; 4], NameId)>,
}

/// Different things by their numbers.
#[derive(Debug, Clone)]
pub struct Table<T> {
    rows: Vec<T>,
    ids: HashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            ids: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    /// The number of `row`.
    pub fn id(&mut self, row: &T) -> u32 {
        if let Some(id) = self.ids.get(row) {
            return *id;
        }
        let id = self.rows.len() as u32;
        self.rows.push(row.clone());
        self.ids.insert(row.clone(), id);
        id
    }

    /// All, by number.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }
}

impl<T> std::ops::Index<u32> for Table<T> {
    type Output = T;

    fn index(&self, id: u32) -> &T {
        &self.rows[id as usize]
    }
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Clone + Eq + std::hash::Hash> Deserialize<'de> for Table<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for row in Vec::<T>::deserialize(deserializer)? {
            table.id(&row);
        }
        Ok(table)
    }
}

impl Journal {
    /// Adds an event; `odd` is its id where that is no UUID in its usual form.
    pub(crate) fn push(&mut self, entry: Entry, odd: Option<NameId>) {
        self.entries.push(entry);
        if let Some(name) = odd {
            self.odd.push((entry.id, name));
        }
    }

    /// The id of an event as its record has it; `None` if it has none.
    #[must_use]
    pub fn event_id(&self, entry: &Entry) -> Option<String> {
        if let Ok(at) = self.odd.binary_search_by_key(&entry.id, |(id, _)| *id) {
            let text = self.names.text(self.odd[at].1);
            return (!text.is_empty()).then(|| text.to_owned());
        }
        let [a, b, c, d] = entry.id.map(u128::from);
        Some(Uuid::from_u128(a << 96 | b << 64 | c << 32 | d).to_string())
    }

    /// Somebody, in words.
    #[must_use]
    pub fn told(&self, who: &Who) -> crate::evidence::Who {
        let text = |id| self.names.text(id).to_owned();
        crate::evidence::Who {
            account: text(who.account),
            key: text(who.key),
            kind: who.kind,
            name: text(who.name),
            trade: text(who.trade),
            person: text(who.person),
            credential: String::new(),
            session: String::new(),
            arn: String::new(),
        }
    }

    /// What a pattern's calls count towards.
    #[must_use]
    pub fn counts(&self, api: u32) -> Counts {
        let api = &self.apis[api];
        Counts::of(
            service(self.names.text(api.source)),
            self.names.text(api.name),
        )
    }

    /// Adds all that `other` holds.
    pub fn merge(&mut self, other: &Self) {
        self.merge_where(other, |_| true);
    }

    /// Adds those of `other`'s events that `wanted` wants, and nothing that only the others need.
    pub fn merge_where(&mut self, other: &Self, wanted: impl Fn(&Entry) -> bool) {
        self.merge_entries(other, other.entries.iter().filter(|entry| wanted(entry)));
    }

    /// Adds these of `other`'s events, and nothing that only the others need.
    pub(crate) fn merge_entries<'e>(
        &mut self,
        other: &'e Self,
        entries: impl Iterator<Item = &'e Entry>,
    ) {
        let mut moving = Moving {
            names: vec![None; other.names.len()],
            patterns: vec![None; other.patterns.rows.len()],
            from: other,
        };
        let known: HashSet<_> = other.odd.iter().map(|(id, _)| *id).collect();
        let mut odd = HashSet::new();
        for entry in entries {
            if known.contains(&entry.id) {
                odd.insert(entry.id);
            }
            let pattern = moving.pattern(self, entry.pattern);
            let file = moving.name(self, entry.file);
            self.entries.push(Entry {
                pattern,
                file,
                ..*entry
            });
        }
        for (id, name) in &other.odd {
            if !odd.contains(id) {
                continue;
            }
            let name = moving.name(self, *name);
            self.odd.push((*id, name));
        }
    }

    /// Puts events in order, each once.
    ///
    /// Two copies of one event need not agree in every word; then which of them counts must not depend on
    /// who was quicker, and it is the one whose words come first.
    pub fn settle(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        // The stable way, for it sees that log files are in order already.
        entries.sort_by_key(|entry| (entry.time, entry.id));
        entries.dedup_by(|later, first| {
            let same = (later.time, later.id) == (first.time, first.id);
            if same && self.words(later) < self.words(first) {
                *first = *later;
            }
            same
        });
        self.entries = entries;
        self.odd.sort_unstable();
        self.odd.dedup_by_key(|(id, _)| *id);
    }

    fn words(&self, entry: &Entry) -> [&str; 9] {
        let pattern = &self.patterns[entry.pattern];
        let (session, api) = (&self.sessions[pattern.session], &self.apis[pattern.api]);
        [
            self.names.text(entry.file),
            self.names.text(self.who[session.who].key),
            self.names.text(session.credential),
            self.names.text(api.name),
            self.names.text(pattern.region),
            self.names.text(pattern.tool),
            self.names.text(pattern.address),
            self.names.text(pattern.touched),
            self.names.text(pattern.error),
        ]
    }
}

/// Carries things over from one journal to another.
struct Moving<'j> {
    names: Vec<Option<NameId>>,
    patterns: Vec<Option<u32>>,
    from: &'j Journal,
}

impl Moving<'_> {
    fn name(&mut self, to: &mut Journal, id: NameId) -> NameId {
        let from = self.from;
        *self.names[id as usize].get_or_insert_with(|| to.names.id(from.names.text(id)))
    }

    fn pattern(&mut self, to: &mut Journal, id: u32) -> u32 {
        if let Some(known) = self.patterns[id as usize] {
            return known;
        }
        let old = self.from.patterns[id];
        let moved = Pattern {
            session: self.session(to, old.session),
            api: self.api(to, old.api),
            region: self.name(to, old.region),
            tool: self.name(to, old.tool),
            address: self.name(to, old.address),
            touched: self.name(to, old.touched),
            error: self.name(to, old.error),
            ..old
        };
        let moved = to.patterns.id(&moved);
        self.patterns[id as usize] = Some(moved);
        moved
    }

    fn session(&mut self, to: &mut Journal, id: u32) -> u32 {
        let old = self.from.sessions[id].clone();
        let who = self.from.who[old.who].clone();
        let who = Who {
            account: self.name(to, who.account),
            key: self.name(to, who.key),
            name: self.name(to, who.name),
            trade: self.name(to, who.trade),
            person: self.name(to, who.person),
            ..who
        };
        let session = Session {
            who: to.who.id(&who),
            credential: self.name(to, old.credential),
            name: self.name(to, old.name),
            arn: self.name(to, old.arn),
            ..old
        };
        to.sessions.id(&session)
    }

    fn api(&mut self, to: &mut Journal, id: u32) -> u32 {
        let old = self.from.apis[id].clone();
        let api = Api {
            source: self.name(to, old.source),
            name: self.name(to, old.name),
            ..old
        };
        to.apis.id(&api)
    }
}

/// A service without what all services are called.
#[must_use]
pub fn service(source: &str) -> &str {
    let (name, _) = source.split_once(".amazonaws.com").unwrap_or((source, ""));
    name
}

/// Texts that several threads name files by.
pub type LogFile = Arc<str>;
