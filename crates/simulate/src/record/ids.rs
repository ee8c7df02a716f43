//! Identifiers in the shapes that AWS gives them.

use crate::rng::Rng;

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ALPHANUMERIC: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Zz";

/// Appends an identifier of the named kind; false if there is no such kind.
pub(crate) fn write(out: &mut Vec<u8>, kind: &str, rng: &mut Rng) -> bool {
    match kind {
        "uuid" => write_uuid(out, rng),
        "hex8" | "8" => write_hex(out, 8, rng),
        "hex16" | "16" => write_hex(out, 16, rng),
        "hex17" | "17" => write_hex(out, 17, rng),
        "hex32" | "32" => write_hex(out, 32, rng),
        "hex64" | "64" => write_hex(out, 64, rng),
        "n1" => write_number(out, 1, rng),
        "n2" => write_number(out, 2, rng),
        "n3" => write_number(out, 3, rng),
        "n4" => write_number(out, 4, rng),
        "n5" => write_number(out, 5, rng),
        "n6" => write_number(out, 6, rng),
        "s3request" => write_from(out, BASE32, 16, rng),
        "s3host" => write_padded(out, 75, rng),
        "codesha" => write_padded(out, 43, rng),
        "sessiontoken" => write_session_token(out, rng),
        "tempkey" => write_access_key(out, "ASIA", rng),
        "longkey" => write_access_key(out, "AKIA", rng),
        "userid" => write_principal(out, "AIDA", rng),
        "roleid" => write_principal(out, "AROA", rng),
        "word16" => write_from(out, ALPHANUMERIC, 16, rng),
        _ => return false,
    }
    true
}

/// A random UUID: version 4, variant 1.
pub(crate) fn write_uuid(out: &mut Vec<u8>, rng: &mut Rng) {
    let (high, low) = (rng.draw(), rng.draw());
    let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
    let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for bits in [high, low] {
        for place in (0..16).rev() {
            if matches!(at, 8 | 13 | 18 | 23) {
                at += 1;
            }
            text[at] = HEX[(bits >> (place * 4) & 15) as usize];
            at += 1;
        }
    }
    out.extend_from_slice(&text);
}

/// An access key id with the marker of documentation keys at its end: nobody's key, ever.
pub(crate) fn write_access_key(out: &mut Vec<u8>, prefix: &str, rng: &mut Rng) {
    out.extend_from_slice(prefix.as_bytes());
    write_from(out, BASE32, 9, rng);
    out.extend_from_slice(b"EXAMPLE");
}

/// The unique id of a user or role.
fn write_principal(out: &mut Vec<u8>, prefix: &str, rng: &mut Rng) {
    out.extend_from_slice(prefix.as_bytes());
    write_from(out, BASE32, 10, rng);
    out.extend_from_slice(b"EXAMPLE");
}

/// `length` characters of lower-case hexadecimal.
pub(crate) fn write_hex(out: &mut Vec<u8>, length: usize, rng: &mut Rng) {
    write_letters(out, HEX, 4, length, rng);
}

/// `length` characters of S3's and file names' alphabets.
pub(crate) fn write_word(out: &mut Vec<u8>, length: usize, rng: &mut Rng) {
    write_from(out, ALPHANUMERIC, length, rng);
}

fn write_from<const N: usize>(out: &mut Vec<u8>, letters: &[u8; N], length: usize, rng: &mut Rng) {
    write_letters(out, letters, N.ilog2(), length, rng);
}

/// `length` letters, `bits` of randomness each; `letters` holds 2^bits.
fn write_letters(out: &mut Vec<u8>, letters: &[u8], bits: u32, length: usize, rng: &mut Rng) {
    let mask = (1_u64 << bits) - 1;
    let (mut pool, mut left) = (0, 0);
    for _ in 0..length {
        if left < bits {
            (pool, left) = (rng.draw(), 64);
        }
        out.push(letters[(pool & mask) as usize]);
        pool >>= bits;
        left -= bits;
    }
}

/// Base64 with one padding sign at the end.
fn write_padded(out: &mut Vec<u8>, length: usize, rng: &mut Rng) {
    write_from(out, BASE64, length, rng);
    out.push(b'=');
}

/// A session token. Real ones are several hundred characters of Base64 with a readable beginning.
fn write_session_token(out: &mut Vec<u8>, rng: &mut Rng) {
    out.extend_from_slice(b"IQoJb3JpZ2luX2VjEXAMPLE//////////");
    write_padded(out, 511, rng);
}

/// A number of `digits` digits without a leading zero.
fn write_number(out: &mut Vec<u8>, digits: u32, rng: &mut Rng) {
    let least = 10_u64.pow(digits - 1);
    let number = rng.between(least, least * 10 - 1);
    out.extend_from_slice(number.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: &str) -> String {
        let mut out = Vec::new();
        assert!(write(&mut out, kind, &mut Rng::about(1, &[])), "{kind}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = written("uuid");
        assert_eq!(uuid.len(), 36);
        assert_eq!(
            uuid.match_indices('-')
                .map(|(at, _)| at)
                .collect::<Vec<_>>(),
            [8, 13, 18, 23]
        );
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }

    #[test]
    fn ids_have_the_lengths_of_real_ones() {
        for (kind, length) in [
            ("hex17", 17),
            ("n3", 3),
            ("s3request", 16),
            ("tempkey", 20),
            ("roleid", 21),
            ("s3host", 76),
        ] {
            assert_eq!(written(kind).len(), length, "{kind}");
        }
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        assert!(!write(&mut Vec::new(), "nonsense", &mut Rng::about(1, &[])));
    }
}
