//! Who came from whom by which key, and what they left behind.
//!
//! Every session has an access key of its own, and the record of the call that opened it names both: the key
//! that signed the call, and the one that was handed out. [`Handovers`] gathers these, and gives the
//! [`Chain`] of any key: what it came from, and all that came from it. [`Changes`] gathers what was made that
//! lasts, and what was taken away again; what is left of the first without the second is what an intruder
//! leaves behind.
//!
//! Invariant: sums over records in any order, each any number of times.

mod changes;
mod handover;
mod pairs;

pub use changes::{Change, Changes};
pub use handover::{Chain, Handover, Handovers, Link};
pub use pairs::Lasting;
