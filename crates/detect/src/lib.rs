//! What is suspicious in CloudTrail records: no I/O, no clock, no async, no AWS SDK.

pub mod activity;
pub mod alert;
pub mod anomaly;
pub mod attack;
pub mod case;
pub mod cloudtrail;
pub mod containment;
pub mod correlation;
pub mod derived;
mod detector;
mod dispatch;
mod facts;
mod gate;
mod group;
pub mod guidance;
pub mod incident;
mod insight;
pub mod language;
pub mod neutral;
pub mod outcome;
pub mod partition;
mod percent;
pub mod principal;
mod recent;
pub mod render;
mod secret;
pub mod selectors;
pub mod sentence;
pub mod shell;
pub mod sketch;
pub mod target;
pub mod tool;
mod weight;

pub use alert::Alert;
pub use detector::{Blocks, Detector, Screened, Screener};
pub use guidance::{Guidance, GuidanceError};
