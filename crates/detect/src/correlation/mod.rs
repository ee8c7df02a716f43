//! What only several records together show: Sigma's correlations, whatever the order of arrival.
//!
//! A match of a rule that correlations refer to goes into a [window] for each of them: of one
//! group, for one stretch of time. Once all that is new has been gathered, the [`Correlator`] asks the
//! correlations about the windows in which something is new. A match makes an alert like any other.
//!
//! **The law: order and repeats do not matter.** Windows are sets of events; whether a correlation
//! matches is a function of such sets; and adding an event never takes a match back, where the condition
//! has only lower bounds. So parts of the records, in whatever order and however often, give in the end
//! what all of them together give. What an upper bound or a `not` rules out only later, was told before.

mod actors;
mod agenda;
mod correlator;
mod entry;
mod following;
mod judge;
mod plan;
mod risk;
mod shelves;
mod stored;
mod story;
mod strings;
mod window;
mod windows;
mod words;

pub(crate) use self::actors::actor;
pub use self::actors::{Beginning, StoredActor};
pub use self::agenda::{Agenda, Noted, SHARDS, Waiting};
pub use self::correlator::{Changed, Correlator, Findings, Wanted};
pub use self::following::WantedActor;
pub(crate) use self::plan::{Plan, TOLD};
pub(crate) use self::risk::Heaviest;
pub use self::stored::StoredShelf;
pub use self::windows::Windows;
