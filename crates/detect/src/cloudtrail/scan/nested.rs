//! Passes over a nested value by counting its brackets.

use super::lanes::{BLOCK, Compare, Lanes, Masks, Pair};
use super::{MAX_DEPTH, Scan, ShapeError};

/// What the blocks read so far leave behind for the next.
///
/// A value ends where as many brackets of its own kind have closed as opened; then those of the other
/// kind must have, too.
#[derive(Default)]
pub(super) struct Nested {
    /// Whether the value is an array.
    array: bool,
    /// Brackets of its own kind that are open.
    own: u32,
    /// Brackets of the other kind that are open.
    other: u32,
    /// All ones if the next block begins inside a string.
    inside: u64,
    /// One if the next block begins behind a backslash that escapes.
    escaped: u64,
}

impl Nested {
    /// At the opening bracket of a value.
    #[inline(always)]
    pub(super) fn value(bracket: u8) -> Self {
        Self {
            array: bracket == b'[',
            ..Self::default()
        }
    }

    /// Inside an object, at its first level.
    #[inline(always)]
    pub(super) fn object() -> Self {
        Self {
            own: 1,
            ..Self::default()
        }
    }

    /// The bracket that closes the value which `start` begins or lies in.
    #[inline(always)]
    pub(super) fn closing_bracket(
        mut self,
        lanes: &Lanes<'_, impl Compare>,
        start: usize,
    ) -> Result<usize, Scan> {
        let mut base = start;
        loop {
            // Not by `ok_or`: among the bytes of a `Result` the compiler takes masks apart.
            let Some(masks) = lanes.masks(base) else {
                return Err(Scan::Incomplete);
            };
            let outside = !self.strings(&masks, lanes.compare);
            let (curly, square) = (masks.curly.at(outside), masks.square.at(outside));
            let (own, other) = if self.array {
                (square, curly)
            } else {
                (curly, square)
            };
            if own.closing.count_ones() < self.own {
                self.own += own.opening.count_ones();
                self.own -= own.closing.count_ones();
                self.follow(base, other)?;
                if self.own + self.other >= MAX_DEPTH {
                    return Err(Scan::Broken(base, ShapeError::TooDeep));
                }
            } else if let Some(end) = self.one_by_one(base, own, other)? {
                return Ok(end);
            }
            base += BLOCK;
        }
    }

    /// Visits the brackets of a block in which the value may end.
    #[inline(always)]
    fn one_by_one(&mut self, base: usize, own: Pair, other: Pair) -> Result<Option<usize>, Scan> {
        let mut brackets = own.opening | own.closing;
        while brackets != 0 {
            let bit = brackets.trailing_zeros();
            brackets &= brackets - 1;
            if own.opening >> bit & 1 == 1 {
                self.own += 1;
                continue;
            }
            self.own -= 1;
            if self.own == 0 {
                let at = base + bit as usize;
                self.follow(base, other.at(!(!0 << bit)))?;
                return match self.other {
                    0 => Ok(Some(at)),
                    _ => Err(Scan::Broken(at, ShapeError::Unpaired)),
                };
            }
        }
        self.follow(base, other)?;
        Ok(None)
    }

    /// Counts the brackets of the other kind. None may close that was not opened: an array that seems
    /// to go on behind its object would take the records behind it along.
    #[inline(always)]
    fn follow(&mut self, base: usize, other: Pair) -> Result<(), Scan> {
        if other.closing.count_ones() > self.other {
            return self.follow_one_by_one(base, other);
        }
        self.other += other.opening.count_ones();
        self.other -= other.closing.count_ones();
        Ok(())
    }

    fn follow_one_by_one(&mut self, base: usize, other: Pair) -> Result<(), Scan> {
        let mut brackets = other.opening | other.closing;
        while brackets != 0 {
            let bit = brackets.trailing_zeros();
            brackets &= brackets - 1;
            let opens = other.opening >> bit & 1 == 1;
            self.other = match self.other.checked_sub(1) {
                _ if opens => self.other + 1,
                Some(open) => open,
                None => return Err(Scan::Broken(base + bit as usize, ShapeError::Unpaired)),
            };
        }
        Ok(())
    }

    /// The bytes of a block that lie in strings: opening quotes do, closing ones do not.
    #[inline(always)]
    fn strings(&mut self, masks: &Masks, compare: &impl Compare) -> u64 {
        let quotes = masks.quotes & !self.escapes(masks.backslashes);
        let inside = compare.prefix_xor(quotes) ^ self.inside;
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
