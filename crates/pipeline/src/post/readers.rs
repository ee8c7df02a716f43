//! Whether anybody reads: who is subscribed is looked at once an hour, and what is wrong is told by another way
//! than by mail.
//!
//! Of many copies one looks, whoever is first to save that it does. What was told is saved after it was told: whoever
//! dies between leaves it to the next hour.

use std::collections::BTreeSet;

use detect::render::readers::{Complaint, notification};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::thread::hash;
use super::{MailSink, PostError, PostOffice};
use crate::memo::Memo;
use crate::ports::{StateKey, StateStore};

/// How often it is looked.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How long it is remembered who was there.
const KEEP: SignedDuration = SignedDuration::from_hours(45 * 24);

/// Who is subscribed to mails.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Readers {
    /// To what.
    pub place: String,
    /// The names of subscriptions that get mails.
    pub confirmed: BTreeSet<String>,
    /// How many wait for their reader to agree.
    pub pending: usize,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Subscriptions that get mails.
    pub confirmed: usize,
    /// Those that wait for their reader to agree.
    pub pending: usize,
    /// Those that were there before.
    pub lost: usize,
}

/// What was found when it was looked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    at: Timestamp,
    /// Hashes of the names of those that got mails.
    confirmed: BTreeSet<u64>,
    /// Whether it was told that there is nobody.
    told_nobody: bool,
    /// Of how many it was told that they wait.
    told_pending: usize,
}

impl Looked {
    fn lost(&self, now: &BTreeSet<u64>) -> usize {
        self.confirmed.difference(now).count()
    }
}

fn key() -> StateKey {
    StateKey::new("mail", "readers")
}

impl<S: StateStore, M: MailSink> PostOffice<S, M> {
    /// Looks who reads, if nobody has within the hour, and tells a chat room what has become wrong.
    ///
    /// # Errors
    /// [`PostError`] if it cannot be seen who is subscribed, or the state fails us; the next hour sees.
    pub async fn look_at_readers(&self, now: Timestamp) -> Result<Option<Look>, PostError> {
        let mut memo = Memo::default();
        memo.recall(&self.states, std::iter::once(key())).await?;
        let before: Option<Looked> = memo.get(&key())?;
        let is_due = |looked: &Looked| now.duration_since(looked.at) >= HOUR;
        if !before.as_ref().is_none_or(is_due) {
            return Ok(None);
        }
        let before = before.unwrap_or(Looked {
            at: now,
            confirmed: BTreeSet::new(),
            told_nobody: false,
            told_pending: 0,
        });
        let begun = Looked {
            at: now,
            ..before.clone()
        };
        memo.change(key(), &begun, KEEP)?;
        if memo.save(&self.states).await?.1 > 0 {
            return Ok(None);
        }
        let Some(readers) = self.mails.readers().await? else {
            return Ok(None);
        };
        let confirmed: BTreeSet<u64> = readers.confirmed.iter().map(|name| hash(&[name])).collect();
        let look = Look {
            confirmed: confirmed.len(),
            pending: readers.pending,
            lost: before.lost(&confirmed),
        };
        let mut complaints = Vec::new();
        if look.lost > 0 {
            complaints.push(Complaint::Lost(look.lost));
        }
        if look.confirmed == 0 && !before.told_nobody {
            complaints.push(Complaint::Nobody);
        }
        if look.pending > before.told_pending {
            complaints.push(Complaint::Pending(look.pending));
        }
        if !complaints.is_empty() {
            let language = self.manner.letter.language();
            let notification = notification(&complaints, &readers.place, language);
            self.mails.notify(&notification.to_string()).await?;
        }
        let seen = Looked {
            at: now,
            confirmed,
            told_nobody: look.confirmed == 0,
            told_pending: look.pending,
        };
        let mut memo = Memo::default();
        memo.recall(&self.states, std::iter::once(key())).await?;
        memo.change(key(), &seen, KEEP)?;
        // Whoever was quicker has looked since.
        memo.save(&self.states).await?;
        Ok(Some(look))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Routes;
    use crate::post::stage::{Mailbox, at, now, office};

    fn readers(confirmed: &[&str], pending: usize) -> Option<Readers> {
        Some(Readers {
            place: "arn:aws:sns:eu-west-1:111122223333:mail".to_owned(),
            confirmed: confirmed.iter().map(|name| (*name).to_owned()).collect(),
            pending,
        })
    }

    #[test]
    fn once_an_hour_one_looks_and_what_has_become_wrong_is_told_once() {
        let mailbox = Mailbox::default();
        let office = office(&mailbox, Routes::default());
        let start = at("2026-11-27T08:00:00Z");
        for (hour, confirmed, pending, said) in [
            (0, &["a", "b"][..], 0, vec![]),
            (1, &["a", "b"], 1, vec!["1 subscription waits"]),
            (2, &["a", "b"], 1, vec![]),
            (3, &["a", "c"], 0, vec!["1 subscription is gone"]),
            (4, &["a", "c"], 0, vec![]),
            (
                5,
                &[],
                0,
                vec!["2 subscriptions are gone", "Nobody reads the mails"],
            ),
            (6, &[], 0, vec![]),
            (7, &["d"], 0, vec![]),
            (
                8,
                &[],
                2,
                vec![
                    "1 subscription is gone",
                    "Nobody reads",
                    "2 subscriptions wait",
                ],
            ),
        ] {
            *mailbox.readers.borrow_mut() = readers(confirmed, pending);
            let time = start + SignedDuration::from_hours(hour);
            let look = now(office.look_at_readers(time)).unwrap();
            assert_eq!(
                look.map(|look| look.confirmed),
                Some(confirmed.len()),
                "{hour}"
            );
            for later in 1..20 {
                let time = time + SignedDuration::from_mins(later);
                assert_eq!(
                    now(office.look_at_readers(time)).unwrap(),
                    None,
                    "within the hour"
                );
            }
            let told = mailbox.told.take();
            assert_eq!(told.len(), usize::from(!said.is_empty()), "{hour}");
            for said in said {
                assert!(told[0].contains(said), "{hour}: {said}: {told:?}");
            }
        }
    }

    #[test]
    fn what_the_room_did_not_hear_it_is_told_an_hour_later() {
        let mailbox = Mailbox::default();
        let office = office(&mailbox, Routes::default());
        *mailbox.readers.borrow_mut() = readers(&[], 0);
        mailbox.closed.borrow_mut().insert("chat");
        assert!(now(office.look_at_readers(at("2026-11-27T08:00:00Z"))).is_err());
        mailbox.closed.borrow_mut().clear();
        assert_eq!(
            now(office.look_at_readers(at("2026-11-27T08:59:59Z"))).unwrap(),
            None
        );
        assert!(
            now(office.look_at_readers(at("2026-11-27T09:00:00Z")))
                .unwrap()
                .is_some()
        );
        assert_eq!(mailbox.told.borrow().len(), 1);
    }
}
