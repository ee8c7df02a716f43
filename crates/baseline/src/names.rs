//! Texts that come again and again, each kept once and called by a number.

use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The number of a text; 0 is the empty one.
pub type NameId = u32;

/// Texts by their numbers, in the order in which they first came.
#[derive(Debug, Clone)]
pub struct Names {
    texts: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, NameId>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self {
            texts: Vec::new(),
            ids: HashMap::new(),
        };
        names.id("");
        names
    }
}

impl Names {
    /// The number of `text`.
    pub fn id(&mut self, text: &str) -> NameId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as NameId;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// The text of this number; empty for a number that was never given.
    #[must_use]
    pub fn text(&self, id: NameId) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none but the empty one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }
}

impl Serialize for Names {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts.iter().map(|text| &**text))
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut names = Self::default();
        for text in Vec::<String>::deserialize(deserializer)? {
            names.id(&text);
        }
        Ok(names)
    }
}

/// Stands for a text in what is kept: whoever chooses texts cannot make two stand for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub u64);

impl Mark {
    /// The mark of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest = Sha256::digest(text);
        let first = digest.first_chunk();
        Self(first.map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }

    /// The mark of two, whichever comes first.
    #[must_use]
    pub fn pair(self, other: Self) -> Self {
        let (a, b) = (self.0.min(other.0), self.0.max(other.0));
        let bytes = [a.to_le_bytes(), b.to_le_bytes()].concat();
        let digest = Sha256::digest(bytes);
        let first = digest.first_chunk();
        Self(first.map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut names = Names::default();
        let (a, b) = (names.id("a"), names.id("b"));
        assert_eq!((names.id("a"), names.text(b), names.text(99)), (a, "b", ""));
        assert_eq!(names.id(""), 0);
        let bytes = postcard::to_allocvec(&names).unwrap();
        let again: Names = postcard::from_bytes(&bytes).unwrap();
        assert_eq!((again.text(a), again.len()), ("a", 3));
    }

    #[test]
    fn a_pair_has_no_order() {
        let (a, b) = (Mark::of("a"), Mark::of("b"));
        assert_eq!(a.pair(b), b.pair(a));
        assert_ne!(a.pair(a), a);
    }
}
