//! Writes realistic CloudTrail logs of a small company, deterministically.
