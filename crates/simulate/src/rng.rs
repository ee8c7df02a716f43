//! Chance that comes out the same on every machine.
//!
//! Each fact of the simulated life has a stream of its own, derived from the seed and from what the
//! fact is about (who, which day, which slot). So no fact depends on how many numbers were drawn
//! before it: a person added to the cast changes nobody else's month.
//!
//! The generator is SplitMix64: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number
//! Generators*, OOPSLA 2014. Only whole numbers are drawn, because `exp` and `ln` differ in the last
//! bit from one platform to the next.

/// A stream of numbers that look random and are not.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream about one fact: `seed` and, say, a person's number and a day.
    pub(crate) fn about(seed: u64, fact: &[u64]) -> Self {
        let mut rng = Self(seed);
        for part in fact {
            rng.0 = rng.draw() ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        rng
    }

    /// The next 64 bits.
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // Multiply and shift instead of a remainder: no division, and a bias under 2^-32 here.
        ((u128::from(self.draw()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// True in `per_mille` of 1,000 cases.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// How often something happens that happens `per_mille` times in 1,000 on average.
    pub(crate) fn times(&mut self, per_mille: u64) -> u64 {
        per_mille / 1000 + u64::from(self.chance(per_mille % 1000))
    }

    /// One of `options`, all equally likely.
    pub(crate) fn pick<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.below(options.len() as u64) as usize]
    }
}

/// A name's number, so that a name can be part of a fact (FNV-1a).
pub(crate) const fn number_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // First outputs of SplitMix64 for state 0, as in the reference implementation.
        let mut rng = Rng(0);
        assert_eq!(rng.draw(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(rng.draw(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn facts_have_streams_of_their_own() {
        let first = |fact: &[u64]| Rng::about(1, fact).draw();
        assert_eq!(first(&[3, 4]), first(&[3, 4]));
        assert_ne!(first(&[3, 4]), first(&[4, 3]));
        assert_ne!(first(&[3]), first(&[3, 0]));
        assert_ne!(first(&[3]), Rng::about(2, &[3]).draw());
    }

    #[test]
    fn numbers_stay_in_range_and_reach_both_ends() {
        let mut rng = Rng::about(1, &[]);
        let drawn: Vec<_> = (0..1000).map(|_| rng.between(5, 7)).collect();
        assert!(drawn.iter().all(|n| (5..=7).contains(n)));
        assert!(drawn.contains(&5) && drawn.contains(&7));
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn times_is_the_rate_on_average() {
        let mut rng = Rng::about(1, &[]);
        let sum: u64 = (0..10_000).map(|_| rng.times(2_300)).sum();
        assert!((22_500..23_500).contains(&sum), "{sum}");
    }
}
