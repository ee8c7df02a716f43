//! The calls that everyday life is made of, service by service: data, not code.
//!
//! Shapes follow the services' API references and the CloudTrail examples in their user guides.

pub(crate) mod compute;
pub(crate) mod containers;
pub(crate) mod data;
pub(crate) mod identity;
pub(crate) mod launch;
pub(crate) mod secrets;
pub(crate) mod storage;
pub(crate) mod watch;
