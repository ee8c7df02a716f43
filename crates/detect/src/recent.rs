//! What was said about the texts that came last, found again without hashing them whole.
//!
//! A record repeats texts of hundreds of bytes that the records around it have, too. To look one up in a
//! map, all of it must be hashed and then compared; here its edges tell where to compare. There is one
//! place for all texts with like edges, held by the last of them, so whoever makes texts alike on purpose
//! gains nothing but the way through the map for them.

use std::sync::Arc;

/// How many places there are; a power of two.
const PLACES: usize = 1024;

/// How much of a text's beginning and of its end chooses its place, in bytes.
const EDGE: usize = 96;

/// The last texts, and something small about each.
#[derive(Debug)]
pub(crate) struct Recent<V> {
    places: Box<[Place<V>]>,
}

/// A text and what was said about it.
type Place<V> = Option<(Arc<str>, V)>;

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self {
            places: (0..PLACES).map(|_| None).collect(),
        }
    }
}

impl<V: Copy> Recent<V> {
    /// What was said about `text`, unless that is forgotten.
    #[inline]
    pub(crate) fn get(&self, text: &str) -> Option<V> {
        let (known, value) = self.places[place(text)].as_ref()?;
        (**known == *text).then_some(*value)
    }

    /// Says something about `text`, in the place of what was said about another one.
    pub(crate) fn put(&mut self, text: Arc<str>, value: V) {
        let place = place(&text);
        self.places[place] = Some((text, value));
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.places.fill_with(|| None);
    }
}

/// The place of all texts with these edges and this length.
#[inline]
fn place(text: &str) -> usize {
    let bytes = text.as_bytes();
    let edges = match (bytes.first_chunk::<EDGE>(), bytes.last_chunk::<EDGE>()) {
        (Some(first), Some(last)) => mix(0, pairs(first)).wrapping_add(mix(EDGE, pairs(last))),
        _ => match bytes.last_chunk() {
            Some(last) => mix(0, pairs(bytes)).wrapping_add(mix(EDGE, &[*last])),
            None => {
                let mut padded = [0; PAIR];
                padded[..bytes.len()].copy_from_slice(bytes);
                mix(0, &[padded])
            }
        },
    };
    (edges.wrapping_add(bytes.len() as u64) >> 32) as usize % PLACES
}

/// Two words.
const PAIR: usize = 16;

fn pairs(bytes: &[u8]) -> &[[u8; PAIR]] {
    bytes.as_chunks().0
}

/// Mixes what stands from `at` on, two words at a time by the two halves of their product, and none of them
/// waits for another.
#[inline]
fn mix(at: usize, edge: &[[u8; PAIR]]) -> u64 {
    // An odd number without a pattern, digits of π; so that it matters where a pair stands.
    const STEP: u64 = 0x243f_6a88_85a3_08d3;
    let mut key = STEP.wrapping_mul(2 * at as u64 + 1);
    let mut bits = 0_u64;
    for pair in edge {
        let words = u128::from_le_bytes(*pair);
        let (low, high) = (words as u64, (words >> 64) as u64);
        let product = u128::from(low ^ key) * u128::from(high ^ key.rotate_left(32));
        bits = bits.wrapping_add(product as u64 ^ (product >> 64) as u64);
        key = key.wrapping_add(STEP);
    }
    bits
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_said_is_found_again_or_forgotten_but_never_mistaken() {
        let mut recent = Recent::default();
        let texts: Vec<Arc<str>> = (0..5_000)
            .map(|n| format!("{n}{}", "x".repeat(n % 400)).into())
            .collect();
        for (n, text) in texts.iter().enumerate() {
            recent.put(Arc::clone(text), n);
            assert_eq!(recent.get(text), Some(n));
        }
        let found: BTreeSet<_> = texts.iter().filter_map(|text| recent.get(text)).collect();
        assert!(found.len() > PLACES * 9 / 10, "{}", found.len());
        for (n, text) in texts.iter().enumerate() {
            assert!(recent.get(text).is_none_or(|said| said == n), "{text}");
        }
        recent.clear();
        assert!(texts.iter().all(|text| recent.get(text).is_none()));
    }

    #[test]
    fn texts_that_differ_between_their_edges_share_a_place_and_nothing_else() {
        let long = |middle: &str| format!("{0}{middle}{0}", "x".repeat(EDGE));
        let mut recent = Recent::default();
        recent.put(long("a").into(), 'a');
        assert_eq!(recent.get(&long("b")), None);
        recent.put(long("b").into(), 'b');
        assert_eq!(
            (recent.get(&long("a")), recent.get(&long("b"))),
            (None, Some('b'))
        );
    }
}
