//! Empty: the tests are in `all.rs`.
