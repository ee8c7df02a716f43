//! Many bytes compared at once.

use wide::u8x16;

/// Bytes in a block, each with one bit in its [`Masks`].
pub(super) const BLOCK: usize = 64;

/// Bytes looked at in one go in search of a quote.
pub(super) const LOOK: usize = 32;

/// What stands where in a block.
#[derive(Clone, Copy)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    /// `{` and `}`
    pub(super) curly: Pair,
    /// `[` and `]`
    pub(super) square: Pair,
}

/// Where one kind of bracket opens and closes.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) opening: u64,
    pub(super) closing: u64,
}

impl Masks {
    /// All of them, by what gives one bit for each place where a byte stands.
    #[inline(always)]
    pub(super) fn by(mask: impl Fn(u8) -> u64) -> Self {
        Self {
            quotes: mask(b'"'),
            backslashes: mask(b'\\'),
            curly: Pair {
                opening: mask(b'{'),
                closing: mask(b'}'),
            },
            square: Pair {
                opening: mask(b'['),
                closing: mask(b']'),
            },
        }
    }
}

impl Pair {
    /// Only the brackets at these places.
    #[inline(always)]
    pub(super) fn at(self, places: u64) -> Self {
        Self {
            opening: self.opening & places,
            closing: self.closing & places,
        }
    }
}

/// How a processor compares.
pub(super) trait Compare {
    fn masks(&self, block: &[u8; BLOCK]) -> Masks;

    /// One bit for each quote and each backslash.
    fn stops(&self, look: &[u8; LOOK]) -> u32;

    /// Bit *n* of the result is the XOR of bits 0 to *n*.
    fn prefix_xor(&self, bits: u64) -> u64;
}

/// Two functions make a [`Compare`]; closures, because those keep the processor features of the
/// function that they are written in.
#[cfg(target_arch = "x86_64")]
pub(super) struct By<M, S, P> {
    pub(super) masks: M,
    pub(super) stops: S,
    pub(super) prefix_xor: P,
}

#[cfg(target_arch = "x86_64")]
impl<M, S, P> Compare for By<M, S, P>
where
    M: Fn(&[u8; BLOCK]) -> Masks,
    S: Fn(&[u8; LOOK]) -> u32,
    P: Fn(u64) -> u64,
{
    #[inline(always)]
    fn masks(&self, block: &[u8; BLOCK]) -> Masks {
        (self.masks)(block)
    }

    #[inline(always)]
    fn stops(&self, look: &[u8; LOOK]) -> u32 {
        (self.stops)(look)
    }

    #[inline(always)]
    fn prefix_xor(&self, bits: u64) -> u64 {
        (self.prefix_xor)(bits)
    }
}

/// Lanes of 16 bytes, which every machine has.
pub(super) struct Portable;

impl Compare for Portable {
    #[inline(always)]
    fn masks(&self, block: &[u8; BLOCK]) -> Masks {
        let lanes: [[u8; 16]; BLOCK / 16] = bytemuck::cast(*block);
        let lanes = lanes.map(u8x16::new);
        Masks::by(|byte| {
            let lanes = lanes.iter().rev();
            lanes.fold(0, |mask, lane| mask << 16 | u64::from(equal(*lane, byte)))
        })
    }

    #[inline(always)]
    fn stops(&self, look: &[u8; LOOK]) -> u32 {
        let (lanes, _) = look.as_chunks::<16>();
        let stops = |lane: [u8; 16]| {
            let bytes = u8x16::new(lane);
            equal(bytes, b'"') | equal(bytes, b'\\')
        };
        stops(lanes[0]) | stops(lanes[1]) << 16
    }

    #[inline(always)]
    fn prefix_xor(&self, mut bits: u64) -> u64 {
        for shift in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << shift;
        }
        bits
    }
}

#[inline(always)]
fn equal(bytes: u8x16, byte: u8) -> u32 {
    bytes.simd_eq(u8x16::splat(byte)).to_bitmask()
}

/// An object's bytes and the way to compare them.
pub(super) struct Lanes<'b, C> {
    pub(super) bytes: &'b [u8],
    pub(super) compare: &'b C,
}

impl<C: Compare> Lanes<'_, C> {
    /// Where the string ends that `at` lies in: its closing quote.
    #[inline(always)]
    pub(super) fn closing_quote(&self, mut at: usize) -> Option<usize> {
        loop {
            let Some(look) = self.bytes.get(at..)?.first_chunk() else {
                return crate::cloudtrail::json::closing_quote(self.bytes, at);
            };
            let stops = self.compare.stops(look);
            if stops == 0 {
                at += LOOK;
                continue;
            }
            at += stops.trailing_zeros() as usize;
            if self.bytes[at] == b'"' {
                return Some(at);
            }
            at += 2;
        }
    }

    /// The masks of the block at `at`, filled up with nothing at the end of the bytes.
    #[inline(always)]
    pub(super) fn masks(&self, at: usize) -> Option<Masks> {
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
        Some(match rest.first_chunk() {
            Some(block) => self.compare.masks(block),
            None => self.compare.masks(&padded(rest)),
        })
    }
}

#[cold]
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}
