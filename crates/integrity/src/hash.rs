//! The hash of what a file holds, as `scan` would read it.
//!
//! CloudTrail hashes contents before they are compressed. So a file that is packed anew is the same file,
//! and one is different as soon as a reader would see a different byte. Files are read with the inflater
//! of `scan`: what it would judge is what is proven.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail digest file structure*, `hashValue`.

use std::fmt;
use std::io::Read;

pub use detect::cloudtrail::inflate::InflateError;
use detect::cloudtrail::inflate::{Inflater, Source};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// Bytes inflated at a time where a file does not fit a buffer.
const WINDOW: usize = 256 << 10;

/// The largest digest that is read, inflated, in bytes: that of an hour with some 200,000 log files.
pub const LARGEST_DIGEST: usize = 64 << 20;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text)?.try_into().ok().map(Self)
    }
}

/// A hash that is being made, while somebody reads the bytes for another reason.
#[derive(Debug, Clone, Default)]
pub struct Hashing(Sha256);

impl Hashing {
    /// Takes the bytes that follow.
    pub fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that was taken.
    #[must_use]
    pub fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text)
            .ok_or_else(|| de::Error::custom("not a SHA-256 in hexadecimal digits"))
    }
}

/// Bytes from pairs of hexadecimal digits, in either case; `None` if there is anything else.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let byte = |pair: &[u8; 2]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty())
}

/// Hashes files one after the other; keeps its buffers from file to file.
#[derive(Default)]
pub struct Hasher {
    inflater: Inflater,
    window: Vec<u8>,
}

impl Hasher {
    /// The hash of what `file` holds, and how many bytes that is.
    ///
    /// # Errors
    /// [`InflateError`] if it cannot be read to its end.
    pub fn hash(&mut self, file: impl Read) -> Result<(Hash, u64), InflateError> {
        let mut hashing = Hashing::default();
        let mut length = 0;
        self.each(file, |bytes| {
            hashing.take(bytes);
            length += bytes.len() as u64;
            true
        })?;
        Ok((hashing.finish(), length))
    }

    /// All that `file` holds.
    ///
    /// # Errors
    /// [`InflateError`] if it cannot be read to its end, or holds more than [`LARGEST_DIGEST`].
    pub fn read(&mut self, file: impl Read) -> Result<Vec<u8>, InflateError> {
        let mut all = Vec::new();
        let mut fits = true;
        self.each(file, |bytes| {
            fits = all.len() + bytes.len() <= LARGEST_DIGEST;
            if fits {
                all.extend_from_slice(bytes);
            }
            fits
        })?;
        if fits {
            Ok(all)
        } else {
            Err(InflateError::Bomb)
        }
    }

    /// Hands over what `file` holds, piece by piece, for as long as they are wanted.
    fn each(
        &mut self,
        file: impl Read,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Result<(), InflateError> {
        let mut stream = match self.inflater.open(file)? {
            Source::Empty => return Ok(()),
            Source::Whole(bytes) => {
                take(bytes);
                return Ok(());
            }
            Source::Stream(stream) => stream,
        };
        self.window.resize(WINDOW, 0);
        loop {
            let filled = stream.fill(&mut self.window)?;
            if filled == 0 || !take(&self.window[..filled]) {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn hexadecimal_digits_are_read_and_nothing_else() {
        assert_eq!(unhex("00fF"), Some(vec![0, 255]));
        for bad in ["0", "0g", "+1", "é"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_a_file_holds_is_hashed_and_not_how_it_is_packed() {
        // Larger than what is inflated in one go, and not so even that it looks like a bomb.
        let text: Vec<u8> = (0..3_000_000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .chain(*b"{}")
            .collect();
        let text = [b"{".as_slice(), &text, &text].concat();
        let mut hasher = Hasher::default();
        for level in [1, 9] {
            let (hash, length) = hasher.hash(&gzip(&text, level)[..]).unwrap();
            assert_eq!((hash, length), (Hash::of(&text), text.len() as u64));
        }
        assert_eq!(hasher.hash(&b"{}"[..]).unwrap().0, Hash::of(b"{}"));
    }

    #[test]
    fn a_second_member_counts_and_a_stub_is_an_error() {
        let mut hasher = Hasher::default();
        let one = gzip(b"{}", 6);
        let two = [one.clone(), gzip(b"[]", 6)].concat();
        assert_eq!(hasher.hash(&two[..]).unwrap().0, Hash::of(b"{}[]"));
        assert!(hasher.hash(&one[..one.len() - 1]).is_err());
    }
}
