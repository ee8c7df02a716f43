//! Masks by lanes of 64 bytes, a block at a time: a comparison gives the mask itself, so that a block takes
//! half the steps that it takes with lanes of 32.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_cmpeq_epi8_mask, _mm256_set1_epi8, _mm512_cmpeq_epi8_mask,
    _mm512_set1_epi8,
};

use super::avx2::prefix_xor;
use crate::cloudtrail::scan::lanes::{BLOCK, LOOK, Masks};

super::compiled_for!("avx512f,avx512bw,avx512vl,avx2,bmi1,bmi2,popcnt,pclmulqdq");

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn masks(block: &[u8; BLOCK]) -> Masks {
    let lanes: __m512i = bytemuck::cast(*block);
    let mask = |byte: u8| _mm512_cmpeq_epi8_mask(lanes, _mm512_set1_epi8(byte.cast_signed()));
    Masks::by(mask)
}

#[inline]
#[target_feature(enable = "avx512bw,avx512vl")]
fn stops(look: &[u8; LOOK]) -> u32 {
    let lanes: __m256i = bytemuck::cast(*look);
    let mask = |byte: u8| _mm256_cmpeq_epi8_mask(lanes, _mm256_set1_epi8(byte.cast_signed()));
    mask(b'"') | mask(b'\\')
}
