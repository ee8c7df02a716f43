//! What happened in a period, as one HTML file that needs nothing else: no network, no other file.
//!
//! Data in, text out. The page is a shell, a style, a script and the data as JSON; the script builds all
//! that is shown out of text nodes. Whatever a record says is thus never markup, and the page's own policy
//! forbids any script but the one whose hash it names, any request, and any frame.
//!
//! Invariants: the data cannot end the element that it stands in, whatever it holds; the same data gives the
//! same bytes.
//!
//! Source: HTML standard, *Restrictions for contents of script elements*; Content Security Policy level 3.

mod model;
mod page;

pub use model::{
    Api, Check, Control, Day, Edge, Finding, Framework, LEVELS, Language, Origin, Period, Person,
    Report, Technique, Words,
};
pub use page::html;
