//! Passes over a nested value by counting its brackets.

use super::lanes::{BLOCK, Compare, Lanes, Masks};
use super::{MAX_DEPTH, Scan, ShapeError};

/// What the blocks read so far leave behind for the next.
#[derive(Default)]
pub(super) struct Nested {
    /// Brackets open, the value's own included.
    depth: u32,
    /// All ones if the next block begins inside a string.
    inside: u64,
    /// One if the next block begins behind a backslash that escapes.
    escaped: u64,
}

impl Nested {
    /// The bracket that closes the one at `start`.
    #[inline(always)]
    pub(super) fn closing_bracket(
        mut self,
        lanes: &Lanes<'_, impl Compare>,
        start: usize,
    ) -> Result<usize, Scan> {
        let mut base = start;
        loop {
            let masks = lanes.masks(base).ok_or(Scan::Incomplete)?;
            let inside = self.strings(&masks);
            let (opening, closing) = (masks.opening & !inside, masks.closing & !inside);
            let (opened, closed) = (opening.count_ones(), closing.count_ones());
            if closed < self.depth && self.depth + opened < MAX_DEPTH {
                // The value cannot end in this block.
                self.depth = self.depth + opened - closed;
            } else if let Some(end) = self.one_by_one(base, opening, closing)? {
                return Ok(end);
            }
            base += BLOCK;
        }
    }

    /// Visits the brackets of a block until the depth is back at zero.
    #[inline(always)]
    fn one_by_one(
        &mut self,
        base: usize,
        opening: u64,
        closing: u64,
    ) -> Result<Option<usize>, Scan> {
        let mut brackets = opening | closing;
        while brackets != 0 {
            let bit = brackets.trailing_zeros();
            let at = base + bit as usize;
            brackets &= brackets - 1;
            if opening >> bit & 1 == 1 {
                self.depth += 1;
                if self.depth >= MAX_DEPTH {
                    return Err(Scan::Broken(at, ShapeError::TooDeep));
                }
            } else {
                self.depth -= 1;
                if self.depth == 0 {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    /// The bytes of a block that lie in strings: opening quotes do, closing ones do not.
    #[inline(always)]
    fn strings(&mut self, masks: &Masks) -> u64 {
        let quotes = masks.quotes & !self.escapes(masks.backslashes);
        let inside = prefix_xor(quotes) ^ self.inside;
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        inside
    }

    /// The bytes that a backslash before them escapes.
    #[inline(always)]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        self.escapes_of_runs(backslashes)
    }

    fn escapes_of_runs(&mut self, mut backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        backslashes &= !escaped;
        while backslashes != 0 {
            let at = backslashes.trailing_zeros();
            if at == 63 {
                self.escaped = 1;
                break;
            }
            escaped |= 2 << at;
            backslashes &= !(3 << at);
        }
        escaped
    }
}

/// Bit *n* of the result is the XOR of bits 0 to *n*.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
