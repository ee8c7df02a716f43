//! The same masks by lanes of 32 bytes, on x86-64 processors that have them.
//!
//! They are why this is the one place with `unsafe` in it: `cargo bench -p detect` prints how much
//! faster an object is read with them than with lanes of 16.

#![expect(
    unsafe_code,
    reason = "to call code for processor features found at run time"
)]

use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x,
    _mm256_set1_epi8,
};

use super::lanes::{BLOCK, By, Compare, LOOK, Masks, Pair};
use super::usual::{Usual, usual_by};
use super::{Fields, Nested, Scan, closing_by, object_by};

/// Whether this processor has what [`object`] needs.
#[inline]
pub(super) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

/// [`super::object`] and [`super::rest`] for processors that are [`available`].
pub(super) fn object(bytes: &[u8], behind: Option<usize>, fields: &mut impl Fields) -> Scan {
    assert!(available(), "the caller has asked");
    // SAFETY: the features that the function is compiled for were just found to be there.
    unsafe { object_with_features(bytes, behind, fields) }
}

/// [`super::closing`] for processors that are [`available`].
pub(super) fn closing(bytes: &[u8], at: usize, nested: Nested) -> Scan {
    assert!(available(), "the caller has asked");
    // SAFETY: the features that the function is compiled for were just found to be there.
    unsafe { closing_with_features(bytes, at, nested) }
}

/// [`super::usual`] for processors that are [`available`].
pub(super) fn usual(bytes: &[u8]) -> Option<(Usual, Scan)> {
    assert!(available(), "the caller has asked");
    // SAFETY: the features that the function is compiled for were just found to be there.
    unsafe { usual_with_features(bytes) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn object_with_features(bytes: &[u8], behind: Option<usize>, fields: &mut impl Fields) -> Scan {
    object_by(bytes, behind, fields, &compare())
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn closing_with_features(bytes: &[u8], at: usize, nested: Nested) -> Scan {
    closing_by(bytes, at, nested, &compare())
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn usual_with_features(bytes: &[u8]) -> Option<(Usual, Scan)> {
    usual_by(bytes, &compare())
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn compare() -> impl Compare {
    By {
        masks: |block: &_| masks(block),
        stops: |look: &_| stops(look),
    }
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn masks(block: &[u8; BLOCK]) -> Masks {
    let [low, high] = [load(&block[..32]), load(&block[32..])];
    let bits = |lanes: __m256i| u64::from(_mm256_movemask_epi8(lanes).cast_unsigned());
    let mask = |byte: u8| {
        bits(_mm256_cmpeq_epi8(low, splat(byte))) | bits(_mm256_cmpeq_epi8(high, splat(byte))) << 32
    };
    Masks {
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

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn stops(look: &[u8; LOOK]) -> u32 {
    let bytes = load(look);
    let quotes = _mm256_cmpeq_epi8(bytes, splat(b'"'));
    let backslashes = _mm256_cmpeq_epi8(bytes, splat(b'\\'));
    _mm256_movemask_epi8(_mm256_or_si256(quotes, backslashes)).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}

/// One unaligned load, once the compiler has seen through it.
#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8]) -> __m256i {
    let word = |at: usize| {
        bytes[at..]
            .first_chunk()
            .map_or(0, |chunk| i64::from_le_bytes(*chunk))
    };
    _mm256_set_epi64x(word(24), word(16), word(8), word(0))
}
