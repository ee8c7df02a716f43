//! What holds across the crates.

#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod corpus;
mod fuzz;
mod oracle;
mod quality;
mod shape;
mod stories;
mod walk;
