//! What holds across the crates.

#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

mod context;
mod copies;
mod corpus;
mod correlations;
mod fuzz;
mod mails;
mod oracle;
mod quality;
mod responses;
mod risk;
mod shape;
mod stories;
mod storm;
mod walk;

/// Runs to the end what never waits, as the ports in memory do not.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the ports in memory never wait"),
    }
}
