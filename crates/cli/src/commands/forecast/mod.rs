//! `trailhound replay` and `cost`: what is to come, from the logs that there are.

mod cost;
mod replay;

pub use self::cost::{CostArgs, run as run_cost};
pub use self::replay::{ReplayArgs, run as run_replay};
