//! What is usual for each principal, and how unusual what it does.
//!
//! Rules know what attacks look like. Here is judged what no rule foresaw: a first call, a new network, a
//! count higher than ever, a credential in two places. All evidence is a logarithm of likelihoods, all of it
//! about one principal adds up to one score, and what is told is cut by how much somebody wants to read.
//! Nothing here has files, clock or network.
//!
//! ```
//! use baseline::{BuiltIn, Engine, Observer, Settings};
//!
//! let observer = Observer::default();
//! // for each record: observer.observe(&record, None);
//! let mut journal = observer.into_journal();
//! journal.settle();
//! let mut engine = Engine::new(Settings::default());
//! assert!(engine.learn(&journal, &BuiltIn).is_empty());
//! ```
//!
//! The walk: [`observe`] makes an observation of a record, [`journal`] puts observations in order, and
//! [`engine`] leads them past what is remembered: [`profile`] of one, [`fleet`] of all. [`evidence`] is what
//! comes out.

mod account;
pub mod calendar;
mod circles;
mod counts;
mod credentials;
pub mod deed;
pub mod dimension;
pub mod engine;
pub mod evidence;
pub mod fleet;
pub mod journal;
pub mod memory;
pub mod names;
mod news;
pub mod observe;
pub mod page;
pub mod places;
pub mod profile;
pub mod rates;
mod replay;
pub mod risk;
pub mod tail;
pub mod tell;
pub mod view;
mod words;

pub use calendar::Calendar;
pub use engine::{Engine, Settings};
pub use evidence::Anomaly;
pub use journal::Journal;
pub use memory::{Memory, Run};
pub use observe::Observer;
pub use places::{BuiltIn, Places};
