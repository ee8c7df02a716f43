//! Looks at how an account records and watches itself, and says what is wrong, why that matters, and
//! which command mends it.
//!
//! Whoever calls has asked the account, and hands over a [`Setup`]; here it is only judged. What could
//! not be asked is unknown, and never wrong: each check speaks of what it knows.
//!
//! Source: AWS CloudTrail User Guide, *Security best practices in AWS CloudTrail*, *Amazon S3 bucket
//! policy for CloudTrail*, *Configure AWS KMS key policies for CloudTrail*, *Delivery of events via
//! Amazon EventBridge*.

mod checks;
pub mod cost;
pub mod document;
mod finding;
pub mod needs;
pub mod policy;
pub mod setup;

pub use checks::check;
pub use finding::Finding;
pub use needs::{Need, Wanted};
pub use setup::Setup;
