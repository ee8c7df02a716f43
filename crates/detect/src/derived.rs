//! Derived fields: what a rule may ask about a record beyond what CloudTrail wrote.
//!
//! All stand under the prefix `trailhound.`; [`FIELDS`] is their documentation. A field is computed
//! when a rule asks for it and costs nothing otherwise.

use sigma::event::Value;

use crate::cloudtrail::Record;
use crate::principal::Principal;

/// The documentation of one derived field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedField {
    /// The name, without the prefix `trailhound.`.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// The values it may have.
    pub values: &'static str,
}

/// Every derived field, in the order of the documentation.
pub const FIELDS: &[DerivedField] = &[];

/// The derived field `name` (without the prefix `trailhound.`) of `record`; absent where it does not
/// apply, and for names that are not in [`FIELDS`].
#[must_use]
pub fn field<'a>(record: &Record<'a>, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "principal.key" => Value::Str(Principal::key_of(record)),
        _ => return None,
    })
}
