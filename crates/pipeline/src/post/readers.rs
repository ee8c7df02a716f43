//! Whether anybody reads: who is subscribed is looked at once an hour, wherever mails go, and what is wrong is told
//! by another way than by mail.
//!
//! Of many copies one looks, whoever is first to save that it does. What was told is saved after it was told: whoever
//! dies between leaves it to the next hour.

use std::collections::{BTreeMap, BTreeSet};

use detect::digest;
use detect::render::readers::{Complaint, mail, notification};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Handed, MailSink, PostError, PostOffice};
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
    /// Subscriptions that get mails, where there are the fewest.
    pub confirmed: usize,
    /// Those that wait for their reader to agree.
    pub pending: usize,
    /// Those that were there before.
    pub lost: usize,
}

impl Look {
    /// What was found at two places.
    fn and(self, other: Self) -> Self {
        Self {
            confirmed: self.confirmed.min(other.confirmed),
            pending: self.pending + other.pending,
            lost: self.lost + other.lost,
        }
    }
}

/// What was found when it was looked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    at: Timestamp,
    /// Where all mails go without a table.
    #[serde(flatten)]
    own: Seen,
    /// Where some mails go, by hashes of the names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    others: BTreeMap<String, Seen>,
}

/// Who was there, and what was told about that.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// Hashes of the names of those that got mails.
    confirmed: BTreeSet<u64>,
    /// Whether it was told that there is nobody.
    told_nobody: bool,
    /// Of how many it was told that they wait.
    told_pending: usize,
}

impl Seen {
    /// What is seen now, and what has become wrong since.
    fn compare(&self, readers: &Readers) -> (Self, Look, Vec<Complaint>) {
        let confirmed: BTreeSet<u64> = readers
            .confirmed
            .iter()
            .map(|name| digest::number(&[name]))
            .collect();
        let look = Look {
            confirmed: confirmed.len(),
            pending: readers.pending,
            lost: self.confirmed.difference(&confirmed).count(),
        };
        let mut complaints = Vec::new();
        if look.lost > 0 {
            complaints.push(Complaint::Lost(look.lost));
        }
        if look.confirmed == 0 && !self.told_nobody {
            complaints.push(Complaint::Nobody);
        }
        if look.pending > self.told_pending {
            complaints.push(Complaint::Pending(look.pending));
        }
        let seen = Self {
            confirmed,
            told_nobody: look.confirmed == 0,
            told_pending: look.pending,
        };
        (seen, look, complaints)
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
            own: Seen::default(),
            others: BTreeMap::new(),
        });
        let begun = Looked {
            at: now,
            ..before.clone()
        };
        memo.change(key(), &begun, KEEP)?;
        if memo.save(&self.states).await?.1 > 0 {
            return Ok(None);
        }
        let mut seen = Looked {
            others: BTreeMap::new(),
            ..begun
        };
        let (mut all, mut result) = (None::<Look>, Ok(()));
        for (at, readers) in self.mails.readers().await?.iter().enumerate() {
            let name = digest::name(&[&readers.place]);
            let last = match at {
                0 => Some(&before.own),
                _ => before.others.get(&name),
            };
            let (mut now_seen, look, complaints) =
                last.unwrap_or(&Seen::default()).compare(readers);
            if !complaints.is_empty()
                && let Err(error) = self.complain(&complaints, &readers.place, now).await
            {
                // It is told again in an hour; of other places that is no reason.
                result = Err(error);
                now_seen = last.cloned().unwrap_or_default();
            }
            all = Some(all.map_or(look, |all| all.and(look)));
            match at {
                0 => seen.own = now_seen,
                _ => drop(seen.others.insert(name, now_seen)),
            }
        }
        let Some(look) = all else {
            return Ok(None);
        };
        let mut memo = Memo::default();
        memo.recall(&self.states, std::iter::once(key())).await?;
        memo.change(key(), &seen, KEEP)?;
        // Whoever was quicker has looked since.
        memo.save(&self.states).await?;
        result.map(|()| Some(look))
    }

    /// Tells rooms what is wrong with those who read at `place`.
    async fn complain(
        &self,
        complaints: &[Complaint],
        place: &str,
        now: Timestamp,
    ) -> Result<(), PostError> {
        for languages in &self.manner.rooms {
            let language = languages.first().copied().unwrap_or_default();
            let mail = mail(complaints, place, language);
            let parts = [place, language.as_str(), &now.to_string()];
            let handed = Handed {
                id: &digest::name(&parts),
                thread: "readers",
                mail: &mail,
            };
            self.mails.hand_over(&handed).await?;
        }
        let language = self.manner.letter.language();
        let notification = notification(complaints, place, language);
        self.mails.notify(&notification.to_string()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use detect::language::Language;

    use super::*;
    use crate::post::Routes;
    use crate::post::stage::{Mailbox, at, now, office, office_with_rooms};

    fn readers_of(topic: &str, confirmed: &[&str], pending: usize) -> Readers {
        Readers {
            place: format!("arn:aws:sns:eu-west-1:111122223333:{topic}"),
            confirmed: confirmed.iter().map(|name| (*name).to_owned()).collect(),
            pending,
        }
    }

    fn readers(confirmed: &[&str], pending: usize) -> Vec<Readers> {
        vec![readers_of("mail", confirmed, pending)]
    }

    #[test]
    fn each_topic_of_the_table_is_watched_by_itself_and_rooms_hear_of_it() {
        let mailbox = Mailbox::default();
        let office = office_with_rooms(&mailbox, Routes::default(), &Language::ALL);
        let start = at("2026-11-27T08:00:00Z");
        for (hour, on_call, least, lost, said) in [
            (0, Some(&["x"][..]), 1, 0, None),
            (1, Some(&[]), 0, 1, Some("1 subscription is gone")),
            (2, Some(&[]), 0, 0, None),
            // One that is not said to be asked any more is forgotten, and new when it is back.
            (3, None, 2, 0, None),
            (4, Some(&[]), 0, 0, Some("Nobody reads the mails")),
        ] {
            let mut all = readers(&["a", "b"], 0);
            all.extend(on_call.map(|names| readers_of("on-call", names, 0)));
            *mailbox.readers.borrow_mut() = all;
            let look = now(office.look_at_readers(start + SignedDuration::from_hours(hour)));
            let look = look.unwrap().unwrap();
            assert_eq!((look.confirmed, look.lost), (least, lost), "{hour}");
            let told = mailbox.told.take();
            let handed = mailbox.handed.take();
            assert_eq!(told.len(), usize::from(said.is_some()), "{hour}: {told:?}");
            assert_eq!(handed.len(), told.len() * Language::ALL.len(), "{hour}");
            if let Some(said) = said {
                assert!(
                    told[0].contains(said) && told[0].contains(":on-call"),
                    "{told:?}"
                );
                let (_, mail) = &handed[0];
                assert!(mail.room.contains(said), "{mail:?}");
                assert!(
                    mail.body
                        .contains("--topic-arn arn:aws:sns:eu-west-1:111122223333:on-call")
                );
                assert_eq!(mail.attributes["kind"], "health");
            }
        }
    }

    #[test]
    fn what_an_earlier_version_has_saved_is_read() {
        let saved =
            r#"{"at":"2026-11-27T08:00:00Z","confirmed":[7],"told_nobody":false,"told_pending":1}"#;
        let looked: Looked = serde_json::from_str(saved).unwrap();
        assert_eq!(
            (looked.own.told_pending, looked.own.confirmed),
            (1, [7].into())
        );
        assert_eq!(
            serde_json::to_value(&Looked {
                others: BTreeMap::new(),
                ..serde_json::from_str(saved).unwrap()
            })
            .unwrap(),
            serde_json::from_str::<serde_json::Value>(saved).unwrap()
        );
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
