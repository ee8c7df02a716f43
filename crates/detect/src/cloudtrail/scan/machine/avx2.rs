//! Masks by lanes of 32 bytes, which nearly every x86-64 processor of the last ten years has.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8,
    _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
};

use crate::cloudtrail::scan::lanes::{BLOCK, LOOK, Masks};

super::compiled_for!("avx2,bmi1,bmi2,popcnt,pclmulqdq");

#[inline]
#[target_feature(enable = "avx2")]
fn masks(block: &[u8; BLOCK]) -> Masks {
    let [low, high]: [__m256i; 2] = bytemuck::cast(*block);
    let bits = |lanes: __m256i| u64::from(_mm256_movemask_epi8(lanes).cast_unsigned());
    let mask = |byte: u8| {
        bits(_mm256_cmpeq_epi8(low, splat(byte))) | bits(_mm256_cmpeq_epi8(high, splat(byte))) << 32
    };
    Masks::by(mask)
}

#[inline]
#[target_feature(enable = "avx2")]
fn stops(look: &[u8; LOOK]) -> u32 {
    let bytes: __m256i = bytemuck::cast(*look);
    let quotes = _mm256_cmpeq_epi8(bytes, splat(b'"'));
    let backslashes = _mm256_cmpeq_epi8(bytes, splat(b'\\'));
    _mm256_movemask_epi8(_mm256_or_si256(quotes, backslashes)).cast_unsigned()
}

/// The product without carries of `bits` and all ones.
#[inline]
#[target_feature(enable = "pclmulqdq")]
pub(super) fn prefix_xor(bits: u64) -> u64 {
    let bits = _mm_cvtsi64_si128(bits.cast_signed());
    _mm_cvtsi128_si64(_mm_clmulepi64_si128::<0>(bits, _mm_set1_epi8(-1))).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}
