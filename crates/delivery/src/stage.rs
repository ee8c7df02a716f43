//! What tests share: a mail, rooms in memory, a carrier and a queue that do as they are told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use function::batch::Message;
use jiff::{SignedDuration, Timestamp};

use crate::answer::Verdict;
use crate::carrier::Carrier;
use crate::parcel::{Delivery, SCHEMA};
use crate::queue::{Queue, QueueError};
use crate::rooms::{Room, parse};
use crate::source::{Rooms, SourceError};

/// A mail with these attributes.
pub(crate) fn mail(attributes: &[(&str, &str)]) -> Delivery {
    let attributes = attributes.iter();
    Delivery {
        schema: SCHEMA.to_owned(),
        id: "5f".to_owned(),
        thread: "th-1".to_owned(),
        subject: "[HIGH] prod: maria stopped the trail".to_owned(),
        text: "WHAT HAPPENED\n".to_owned(),
        html: "<p>WHAT HAPPENED</p>".to_owned(),
        room: "[HIGH] prod: maria stopped the trail\n`aws cloudtrail start-logging`".to_owned(),
        attributes: attributes
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Delivery::default()
    }
}

/// Rooms of Slack with these names, behind webhooks that end so.
pub(crate) fn rooms(names: &[(&str, &str)]) -> Vec<Room> {
    let rooms: Vec<_> = names
        .iter()
        .map(|(name, end)| {
            format!(r#"{{"name":"{name}","kind":"slack","url":"https://hush.example.com/{end}"}}"#)
        })
        .collect();
    parse(&format!(r#"{{"rooms":[{}]}}"#, rooms.join(","))).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The world, as a test wants it.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) rooms: Mutex<Vec<Room>>,
    /// What the secret says after it was read once.
    pub(crate) next: Mutex<Option<Vec<Room>>>,
    /// What each room answers, try by try; after that it takes everything.
    pub(crate) answers: Mutex<BTreeMap<String, VecDeque<Verdict>>>,
    /// Who has got what.
    pub(crate) got: Mutex<Vec<String>>,
    pub(crate) hidden: Mutex<Vec<(String, u64)>>,
    pub(crate) dead: Mutex<Vec<Delivery>>,
    pub(crate) is_full: Mutex<bool>,
}

impl Stage {
    pub(crate) fn answers(&self, room: &str, verdicts: impl IntoIterator<Item = Verdict>) {
        let verdicts = verdicts.into_iter().collect();
        self.answers
            .lock()
            .unwrap()
            .insert(room.to_owned(), verdicts);
    }

    /// Those that have got something since this was asked last.
    pub(crate) fn got(&self) -> Vec<String> {
        let mut got = std::mem::take(&mut *self.got.lock().unwrap());
        got.sort();
        got
    }
}

impl Rooms for &Stage {
    async fn rooms(
        &self,
        _: Timestamp,
        age: SignedDuration,
    ) -> Result<Arc<Vec<Room>>, SourceError> {
        if age == crate::source::JUST_READ
            && let Some(next) = self.next.lock().unwrap().take()
        {
            *self.rooms.lock().unwrap() = next;
        }
        let rooms = self.rooms.lock().unwrap().clone();
        match rooms.is_empty() {
            true => Err(SourceError::NoText),
            false => Ok(Arc::new(rooms)),
        }
    }
}

impl Carrier for &Stage {
    async fn carry(&self, room: &Room, _: &Delivery, _: Timestamp) -> Verdict {
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.get_mut(&room.name).and_then(VecDeque::pop_front);
        let answer = answer.unwrap_or(Verdict::Delivered);
        if answer == Verdict::Delivered {
            self.got.lock().unwrap().push(room.name.clone());
        }
        answer
    }
}

impl Queue for &Stage {
    async fn hide(&self, message: &Message, wait: Duration) -> Result<(), QueueError> {
        let hidden = (message.id.clone(), wait.as_secs());
        self.hidden.lock().unwrap().push(hidden);
        Ok(())
    }

    async fn bury(&self, mail: &str) -> Result<(), QueueError> {
        if *self.is_full.lock().unwrap() {
            return Err(QueueError {
                queue: "dead".to_owned(),
                cause: "the test wants it so".into(),
            });
        }
        self.dead
            .lock()
            .unwrap()
            .push(Delivery::decode(mail).unwrap());
        Ok(())
    }
}

/// Verdicts.
pub(crate) fn again(seconds: Option<u64>) -> Verdict {
    Verdict::Again {
        why: "429".to_owned(),
        after: seconds.map(Duration::from_secs),
    }
}

pub(crate) fn never() -> Verdict {
    Verdict::Never("404 no_service".to_owned())
}
