//! How many different events there were, told in bounded memory.
//!
//! Up to [`EXACT`] events a sketch holds a number for each and the count is exact. Beyond, it holds the
//! smallest [`EXACT`] of the numbers. They are spread evenly over all that 64 bits can hold, so the
//! largest of those held tells how densely they lie, and that how many there are.
//!
//! **The law: order and repeats do not matter.** What is held, and with it the estimate, follows from
//! the set of events alone; sketches of parts merge into the sketch of the whole.
//!
//! Source: Z. Bar-Yossef, T. S. Jayram, R. Kumar, D. Sivakumar, L. Trevisan, *Counting Distinct Elements
//! in a Data Stream*, RANDOM 2002, algorithm 1; the factor k − 1, which makes the estimate unbiased, is
//! from K. Beyer et al., *On Synopses for Distinct-Value Estimation Under Multiset Operations*, SIGMOD
//! 2007, section 4.1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Up to how many events the count is exact. Beyond, it is off by 1 / √4096, 1.6 %, in the standard
/// deviation.
pub const EXACT: usize = 4096;

/// A set of events, of which at most [`EXACT`] are held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    /// Numbers of events as they came, the smallest [`EXACT`] among them; put in order now and then.
    held: Vec<u64>,
    /// Whether there were others, above those held.
    more: bool,
    /// What lies above this is not among the smallest.
    ceiling: Option<u64>,
}

impl Sketch {
    /// Counts the event that `hash` stands for, if it was not counted before.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        self.hold(spread(hash));
    }

    /// An event of a noisy case is one comparison.
    #[inline]
    fn hold(&mut self, number: u64) {
        if self.ceiling.is_some_and(|ceiling| number > ceiling) {
            self.more = true;
            return;
        }
        self.held.push(number);
        if self.held.len() >= 2 * EXACT {
            self.tidy();
        }
    }

    /// Counts the events of another sketch.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.more |= other.more;
        for number in &other.held {
            self.hold(*number);
        }
    }

    /// How many events were counted, and whether that is an estimate.
    pub(crate) fn count(&self) -> (u64, bool) {
        self.clone().count_in_place()
    }

    /// The same, of a sketch that may be put in order for it.
    pub(crate) fn count_in_place(&mut self) -> (u64, bool) {
        self.tidy();
        let count = self.held.len() as u64;
        match self.held.last() {
            Some(largest) if self.more => (estimate(count, *largest), true),
            _ => (count, false),
        }
    }

    /// Drops repeats, and what is not among the smallest.
    fn tidy(&mut self) {
        self.held.sort_unstable();
        self.held.dedup();
        self.more |= self.held.len() > EXACT;
        self.held.truncate(EXACT);
        if self.held.len() == EXACT {
            self.ceiling = self.held.last().copied();
        }
    }

    /// What is held, each once, the smallest first.
    fn in_order(&self) -> InOrder {
        let mut copy = self.clone();
        copy.tidy();
        InOrder {
            numbers: copy.held,
            more: copy.more,
        }
    }
}

#[derive(PartialEq)]
struct InOrder {
    numbers: Vec<u64>,
    more: bool,
}

/// How many numbers there are if the `held` smallest reach up to `largest`; in whole numbers, so that
/// every machine says the same.
fn estimate(held: u64, largest: u64) -> u64 {
    let room = 1_u128 << 64;
    let estimate = (u128::from(held) - 1) * room / (u128::from(largest) + 1);
    // More than are held there were, whatever chance says.
    u64::try_from(estimate).unwrap_or(u64::MAX).max(held + 1)
}

/// Spreads numbers evenly, so that ids that somebody counts up are estimated as well as random ones.
/// Different ones stay different.
///
/// Source: D. Stafford, *Better Bit Mixing*, mix 13; the last step of `SplitMix64`.
#[inline]
fn spread(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// Sketches are equal if they have counted the same.
impl PartialEq for Sketch {
    fn eq(&self, other: &Self) -> bool {
        self.in_order() == other.in_order()
    }
}

/// A sketch as it is kept: its numbers in order, 8 bytes each, the lowest byte first, in base64.
#[derive(Serialize, Deserialize)]
struct Kept {
    smallest: String,
    more: bool,
}

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let InOrder { numbers, more } = self.in_order();
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
        let smallest = BASE64.encode(bytes);
        Kept { smallest, more }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Kept { smallest, more } = Kept::deserialize(deserializer)?;
        let bytes = BASE64.decode(smallest).map_err(D::Error::custom)?;
        let (numbers, []) = bytes.as_chunks() else {
            return Err(D::Error::custom("the numbers of events are cut off"));
        };
        let mut sketch = Self {
            held: numbers
                .iter()
                .map(|bytes| u64::from_le_bytes(*bytes))
                .collect(),
            more,
            ceiling: None,
        };
        sketch.tidy();
        Ok(sketch)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(hashes: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        hashes.into_iter().for_each(|hash| sketch.add(hash));
        sketch
    }

    #[test]
    fn the_count_is_exact_up_to_the_limit_and_close_beyond() {
        let exact = EXACT as u64;
        for (events, expected) in [(0, (0, false)), (1, (1, false)), (exact, (exact, false))] {
            assert_eq!(of(0..events).count(), expected);
        }
        for events in [exact + 1, exact * 2, 100_000, 1_000_000] {
            let (count, estimated) = of(0..events).count();
            let error = (count as f64 / events as f64 - 1.0).abs();
            // Four standard deviations: the numbers are fixed, so it fails always or never.
            assert!(estimated && count > exact, "{count} of {events}");
            assert!(error < 4.0 / (EXACT as f64).sqrt(), "{count} of {events}");
        }
    }

    #[test]
    fn a_repeated_event_beyond_the_limit_counts_once() {
        let once = of(0..10_000);
        assert_eq!(of((0..10_000).chain(0..10_000)), once);
        let mut twice = once.clone();
        twice.merge(&once);
        assert_eq!(twice, once);
    }

    #[test]
    fn what_is_kept_is_short_and_comes_back() {
        for events in [0, 1, 100, 4_096, 4_097, 50_000] {
            let sketch = of(0..events);
            let kept = serde_json::to_string(&sketch).unwrap();
            assert!(kept.len() <= EXACT * 8 * 4 / 3 + 50, "{}", kept.len());
            assert_eq!(serde_json::from_str::<Sketch>(&kept).unwrap(), sketch);
        }
    }

    #[test]
    fn what_is_no_sketch_is_refused() {
        for kept in [
            r#"{"smallest":"AAAA","more":false}"#,
            r#"{"smallest":"?","more":false}"#,
            r#"{"smallest":""}"#,
        ] {
            assert!(serde_json::from_str::<Sketch>(kept).is_err(), "{kept}");
        }
    }

    /// Hashes close together and far apart, often the same.
    fn hashes() -> impl Strategy<Value = Vec<u64>> {
        let some =
            (0..3_u64, 0..6_000_u64).prop_map(|(from, count)| from * 1_000..from * 1_000 + count);
        prop::collection::vec(some, 0..4).prop_map(|ranges| ranges.into_iter().flatten().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The slow twin: all events in one ordered set.
        #[test]
        fn a_sketch_holds_the_smallest_of_all(hashes in hashes()) {
            let all: BTreeSet<u64> = hashes.iter().copied().map(spread).collect();
            let InOrder { numbers, more } = of(hashes).in_order();
            prop_assert_eq!(more, all.len() > EXACT);
            prop_assert_eq!(numbers, all.into_iter().take(EXACT).collect::<Vec<_>>());
        }

        #[test]
        fn order_and_parts_do_not_matter(mut hashes in hashes(), at in 0..10_000_usize) {
            let whole = of(hashes.iter().copied());
            let (left, right) = hashes.split_at(at.min(hashes.len()));
            let (mut one, mut other) = (of(left.iter().copied()), of(right.iter().copied()));
            let again = one.clone();
            one.merge(&other);
            other.merge(&again);
            prop_assert_eq!(&one, &whole);
            prop_assert_eq!(&other, &whole);
            hashes.reverse();
            prop_assert_eq!(of(hashes), whole);
        }
    }
}
