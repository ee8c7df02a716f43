//! The watchdog's models: what should have arrived and has not, and whether an alarm would still reach anybody.
//!
//! [`reconcile`] compares what the two doors of the fleet have seen; [`canary`] follows one harmless message all the
//! way. Each is a model that remembers by the port of the road, and is asked by a caller who has a clock.

pub mod canary;
pub mod reconcile;
