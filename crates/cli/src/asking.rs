//! Who asks AWS, and what is said where there is no answer.
//!
//! Each thread asks by an account of its own, made when it first asks.

use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;

use account::{Account, AskError};

use crate::complaint::{Complaint, chain};

/// How many threads ask at once, unless the user says: most of the time is spent waiting.
pub const AT_ONCE: usize = 8;

thread_local! {
    static ACCOUNT: RefCell<Option<Rc<Account>>> = const { RefCell::new(None) };
}

/// The account whose credentials are in the environment, by which this thread asks.
///
/// # Errors
/// [`AskError`] if there are none.
pub fn account() -> Result<Rc<Account>, AskError> {
    ACCOUNT.with_borrow_mut(|known| match known {
        Some(account) => Ok(Rc::clone(account)),
        None => {
            let account = Rc::new(Account::from_environment()?);
            *known = Some(Rc::clone(&account));
            Ok(account)
        }
    })
}

/// The complaint about what AWS does not answer.
#[must_use]
pub fn unanswered(at: impl Display, error: &AskError) -> Complaint {
    Complaint::unreadable(at, chain(error)).help(error.help())
}
