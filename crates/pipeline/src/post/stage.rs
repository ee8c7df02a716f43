//! What tests of the office share: a mailbox that can fail, alerts, and a way to run to the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use detect::Detector;
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use sigma::{Level, RuleSet, SourceFile};

use super::history::Question;
use super::*;
use crate::memory::MemoryState;

const RULE: &str = "{title: 'Root key made, or used', id: 5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be00a, logsource: {product: aws}, level: high, detection: {s: {eventName: '*'}, condition: s}}";

/// An alert of this level in this account, always the same.
pub(super) fn alert(account: &str, level: Level) -> Alert {
    let record = format!(
        r#"{{"eventSource":"iam.amazonaws.com","eventName":"CreateUser","eventTime":"2026-11-22T14:00:00Z",
        "recipientAccountId":"{account}","userIdentity":{{"type":"Root","accountId":"{account}"}}}}"#
    );
    let loaded = RuleSet::load([SourceFile {
        name: "r",
        text: RULE,
    }]);
    let (detector, _) = Detector::new(loaded.rules);
    let mut screener = detector.screener();
    LogFileReader::default().read(record.as_bytes(), |record| {
        screener.screen(record, None);
    });
    let mut alert = screener.take().cases.iter().next().unwrap().alert().clone();
    alert.level = level;
    alert
}

/// Mails and notifications as they arrive.
#[derive(Default)]
pub(super) struct Mailbox {
    /// With their addresses.
    pub(super) mails: RefCell<Vec<(String, Mail)>>,
    pub(super) told: RefCell<Vec<String>>,
    /// What cannot be reached; `mail` is where mails go without a table.
    pub(super) closed: RefCell<BTreeSet<&'static str>>,
    pub(super) readers: RefCell<Vec<Readers>>,
    /// What was handed over, by its name.
    pub(super) handed: RefCell<Vec<(String, Mail)>>,
    /// What CloudTrail knows, if it can be asked.
    pub(super) history: RefCell<Option<Vec<String>>>,
    pub(super) asked: RefCell<Vec<(Question, SignedDuration)>>,
}

impl Mailbox {
    /// The addresses of the mails since this was asked last, each with how it begins.
    pub(super) fn arrived(&self) -> Vec<(String, Mail)> {
        self.mails.take()
    }

    fn closed(&self, place: &str) -> Result<(), SinkError> {
        if !self.closed.borrow().contains(place) {
            return Ok(());
        }
        Err(SinkError {
            place: place.to_owned(),
            cause: "the test wants it so".into(),
        })
    }
}

impl MailSink for &Mailbox {
    async fn send(&self, to: Option<&str>, mail: &Mail) -> Result<(), SinkError> {
        let to = to.unwrap_or("mail").rsplit(':').next().unwrap_or_default();
        self.closed(to)?;
        self.mails.borrow_mut().push((to.to_owned(), mail.clone()));
        Ok(())
    }

    async fn notify(&self, notification: &str) -> Result<(), SinkError> {
        self.closed("chat")?;
        self.told.borrow_mut().push(notification.to_owned());
        Ok(())
    }

    async fn hand_over(&self, handed: &Handed<'_>) -> Result<(), SinkError> {
        self.closed("rooms")?;
        let one = (handed.id.to_owned(), handed.mail.clone());
        self.handed.borrow_mut().push(one);
        Ok(())
    }

    async fn readers(&self) -> Result<Vec<Readers>, SinkError> {
        Ok(self.readers.borrow().clone())
    }

    fn has_history(&self, account: &str) -> bool {
        account == "111122223333" && self.history.borrow().is_some()
    }

    async fn history(
        &self,
        question: &Question,
        wait: SignedDuration,
    ) -> Result<Vec<String>, SinkError> {
        self.asked.borrow_mut().push((question.clone(), wait));
        Ok(self.history.borrow().clone().unwrap_or_default())
    }
}

/// Runs to the end what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the ports in memory never wait"),
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An office that tells everything at once.
pub(super) fn office(mailbox: &Mailbox, routes: Routes) -> PostOffice<MemoryState, &Mailbox> {
    office_with_rooms(mailbox, routes, &[])
}

/// The same, which also hands mails over in these languages.
pub(super) fn office_with_rooms<'m>(
    mailbox: &'m Mailbox,
    routes: Routes,
    rooms: &[Language],
) -> PostOffice<MemoryState, &'m Mailbox> {
    let manner = Manner {
        rate: Rate::per_second(5.0),
        ladder: Ladder::AT_ONCE,
        routes,
        rooms: rooms.iter().map(|one| vec![*one]).collect(),
        ..Manner::new(Letter::new(&[Language::En]))
    };
    PostOffice::new(MemoryState::default(), mailbox, manner)
}
