//! People at work: they sign in, look around in the console, type commands, stop for lunch.

use super::Desk;
use crate::cast::PEOPLE;
use crate::clock::Second;

/// What everybody does in the slot beginning at `slot`.
pub(super) fn work(slot: Second, desk: &mut Desk<'_>) {
    let _ = (slot, desk, PEOPLE);
}
