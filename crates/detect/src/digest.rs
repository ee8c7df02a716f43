//! Names for what strangers have a part in: by SHA-256, so that nobody can choose one that passes for another.

use sha2::{Digest as _, Sha256};

/// The digest of these parts, none of which can flow into the next.
#[must_use]
pub fn of(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A number for these parts.
#[must_use]
pub fn number(parts: &[&str]) -> u64 {
    let digest = of(parts);
    digest
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A name for these parts, of sixteen digits.
#[must_use]
pub fn name(parts: &[&str]) -> String {
    format!("{:016x}", number(parts))
}

/// Two digits for each byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_flow_into_one_another() {
        assert_ne!(number(&["ab", "c"]), number(&["a", "bc"]));
        assert_eq!(hex(&[0, 255]), "00ff");
    }
}
