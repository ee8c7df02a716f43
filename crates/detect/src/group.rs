//! Which matches belong together: those of one rule in one account that agree in the fields that the
//! rule names, within one period.

use sha2::{Digest as _, Sha256};
use sigma::FieldPath;
use sigma::event::{Event as _, Value};

use crate::alert::AlertId;
use crate::cloudtrail::Record;
use crate::derived;
use crate::guidance::Guidance;
use crate::principal::Identity;

/// Writes to `key` what tells the group of `record` from all others of a rule with this `guidance`.
///
/// Returns whether every record with this identity, account and period is of the same group.
pub(crate) fn write_key(guidance: &Guidance, record: &Record<'_>, key: &mut Vec<u8>) -> bool {
    let mut by_identity = true;
    key.clear();
    key.extend(guidance.period_start(record.event_time()).to_le_bytes());
    let mut part = |text: &str| {
        key.extend((text.len() as u64).to_le_bytes());
        key.extend(text.as_bytes());
    };
    part(&record.account().unwrap_or_default());
    for path in &guidance.group_by {
        if path.as_str() == derived::PRINCIPAL_KEY {
            let identity = Identity::of(record);
            part(&identity.who().key);
            by_identity &= !identity.has_asked_beyond();
        } else {
            part(&text_at(record, path));
            by_identity = false;
        }
    }
    by_identity
}

/// The name of the alert about the group with this key, of the rule with this id or title.
///
/// Hashed, because parts of it are chosen by whoever is watched; 96 bits of SHA-256, so that nobody
/// can choose a group that hides behind the alert of another.
pub(crate) fn alert(name: &str, key: &[u8]) -> AlertId {
    let mut hash = Sha256::new();
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(name);
    hash.update(key);
    AlertId::of(&hash.finalize())
}

fn text_at(record: &Record<'_>, path: &FieldPath) -> String {
    match record.field(path) {
        Some(Value::Str(text)) => text.into_owned(),
        other => format!("{other:?}"),
    }
}
