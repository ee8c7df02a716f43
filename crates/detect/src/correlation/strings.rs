//! Texts kept once, and stood for by a number.
//!
//! A window keeps a dozen texts of each record that it may yet have to tell of, and nearly all of them
//! are the texts of a thousand other records. Numbers are only good for the [`Strings`] they came from.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Stands for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sym(u32);

impl Sym {
    /// Stands for there being no text.
    pub(super) const NONE: Self = Self(0);

    /// Whether there is a text.
    pub(super) fn is_some(self) -> bool {
        self != Self::NONE
    }
}

/// Each text once.
#[derive(Debug, Clone, Default)]
pub(super) struct Strings {
    text: Vec<u8>,
    /// Where each text ends; its number is one more than its place.
    ends: Vec<u64>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Strings {
    /// The number of `text`. Of four thousand million texts and more, the last ones are none.
    pub(super) fn number(&mut self, text: &[u8]) -> Sym {
        let Self {
            text: kept,
            ends,
            numbers,
            hasher,
        } = self;
        let hash = hasher.hash_one(text);
        if let Some(found) = numbers.find(hash, |&at| slice(kept, ends, at) == text) {
            return Sym(*found);
        }
        let Ok(number) = u32::try_from(ends.len() + 1) else {
            return Sym::NONE;
        };
        kept.extend_from_slice(text);
        ends.push(kept.len() as u64);
        numbers.insert_unique(hash, number, |&at| hasher.hash_one(slice(kept, ends, at)));
        Sym(number)
    }

    /// The number of a text that may not be there.
    pub(super) fn of(&mut self, text: Option<impl AsRef<str>>) -> Sym {
        text.map_or(Sym::NONE, |text| self.number(text.as_ref().as_bytes()))
    }

    /// What `sym` stands for; empty for nothing.
    pub(super) fn bytes(&self, sym: Sym) -> &[u8] {
        match sym {
            Sym::NONE => &[],
            Sym(number) => slice(&self.text, &self.ends, number),
        }
    }

    /// The same as text; `None` for nothing.
    pub(super) fn text(&self, sym: Sym) -> Option<&str> {
        sym.is_some()
            .then(|| std::str::from_utf8(self.bytes(sym)).unwrap_or_default())
    }

    /// How much room all texts take, in bytes.
    pub(super) fn room(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u64>() + self.numbers.capacity() * 5
    }

    /// The number here of what `sym` stands for in `other`.
    pub(super) fn adopt(&mut self, other: &Self, sym: Sym) -> Sym {
        if sym.is_some() {
            self.number(other.bytes(sym))
        } else {
            Sym::NONE
        }
    }
}

/// Texts on their way from one collection to another, most of them asked for several times.
pub(super) struct Moving<'s> {
    from: &'s Strings,
    to: &'s mut Strings,
    /// The number of each text in its new place.
    known: Vec<Sym>,
}

impl<'s> Moving<'s> {
    /// Nothing has moved yet.
    pub(super) fn new(from: &'s Strings, to: &'s mut Strings) -> Self {
        let known = vec![Sym::NONE; from.ends.len() + 1];
        Self { from, to, known }
    }

    /// The number there of what `sym` stands for here.
    pub(super) fn adopt(&mut self, sym: Sym) -> Sym {
        let known = &mut self.known[sym.0 as usize];
        if !known.is_some() {
            *known = self.to.adopt(self.from, sym);
        }
        *known
    }
}

fn slice<'t>(text: &'t [u8], ends: &[u64], number: u32) -> &'t [u8] {
    let at = number as usize - 1;
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start as usize..ends[at] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_a_number_one_text() {
        let mut strings = Strings::default();
        let texts = ["", "a", "b", "ab", "é", "a"];
        let numbers = texts.map(|text| strings.number(text.as_bytes()));
        assert_eq!(numbers[1], numbers[5]);
        for (text, number) in texts.iter().zip(numbers) {
            assert_eq!(strings.text(number), Some(*text));
        }
        assert_eq!(strings.of(None::<&str>), Sym::NONE);
        assert_eq!(strings.text(Sym::NONE), None);
    }

    #[test]
    fn numbers_move_from_one_collection_to_another_by_their_texts() {
        let (mut here, mut there) = (Strings::default(), Strings::default());
        there.number(b"only there");
        let both = there.number(b"both");
        let known = here.number(b"both");
        assert_eq!(here.adopt(&there, both), known);
        assert_eq!(here.adopt(&there, Sym::NONE), Sym::NONE);
        let mut moving = Moving::new(&there, &mut here);
        let only = Sym(1);
        let moved = [Sym::NONE, both, only, only].map(|sym| moving.adopt(sym));
        assert_eq!(moved, [Sym::NONE, known, moved[3], moved[2]]);
        assert_eq!(here.text(moved[2]), Some("only there"));
    }
}
