//! The rule language: Sigma 2 rules, filters and correlations. Knows nothing of AWS.

pub mod event;
