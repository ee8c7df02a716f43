//! What the watchdog asks of AWS, so that [`watch`] can say whether all that should arrive arrives.
//!
//! Invariants: each task has one entry and fails alone ([`watchdog`]); what each did stands in one line of the
//! log and in metrics ([`round`]); no rule is linked, for nothing is judged here.

pub mod bucket;
pub mod canary;
pub mod coverage;
pub mod directory;
pub mod reconcile;
pub mod round;
pub mod settings;
pub mod watchdog;
