//! Plans, and how they are carried out by an account in memory that fails and forgets.

mod between;
mod laws;
mod machine;
mod plans;
mod world;
