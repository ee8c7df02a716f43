//! What people ask of records: a small language of fields, comparisons, `and`, `or` and `not`.
//!
//! ```text
//! query      = [ or ]                                   nothing at all holds for every record
//! or         = and { ("or" | "||") and }
//! and        = not { ["and" | "&&"] not }               side by side means `and`
//! not        = ("not" | "!") not | primary
//! primary    = "(" or ")" | comparison | keyword
//! comparison = field ("=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~") value
//!            | field ["not"] "in" (value | "(" value { "," value } ")")
//!            | field "exists"
//! keyword    = word | quoted                            in any text of the record
//! value      = word | quoted
//! ```
//!
//! Fields are those of rules, derived ones included. Text is compared without regard to case; `~` knows
//! `*` and `?`, and without either finds its text anywhere; a member of `in` may be a network such as
//! `203.0.113.0/24`; a time may be an instant, a date or how long ago (`7d`). Where a field holds several
//! values, one that fits is enough, and `!=`, `!~` and `not in` hold where none does. A keyword is not looked
//! for in runs of more than 64 letters and digits, unless it is one itself: in tokens and signatures any short
//! word stands by chance.
//!
//! ```
//! # use query::Query;
//! let now = "2026-11-22T12:00:00Z".parse().unwrap();
//! let query = Query::parse("eventName ~ Delete* and not errorCode exists", now).unwrap();
//! let error = Query::parse("eventName =", now).unwrap_err();
//! assert_eq!(error.to_string(), "column 12: a value should follow `=`\n  eventName =\n             ^");
//! ```
//!
//! Invariant: a query is bounded by its own text, and asking never fails, whatever a record holds.

mod compare;
mod error;
mod expr;
mod fold;
mod instant;
mod keyword;
mod parse;
mod pattern;
mod shortcut;
mod show;

pub use compare::{Check, Operand};
pub use error::{Problem, QueryError};
pub use expr::{Expr, Query, Test};
pub use instant::Span;
pub use keyword::LONGEST_RUN;
pub use pattern::Pattern;
pub use show::{members, shown};
