//! What CloudTrail itself remembers of a key: asked once more when a mail tells what followed.
//!
//! CloudTrail lets an account be asked twice a second in each region, whoever asks. So turns are taken from an item of
//! state that all copies share, all turns of one question at once; where the next is too far off, nothing is asked,
//! and the mail says so. What is heard is added to what is remembered, event by event: what both know is told once.
//!
//! Source: AWS CloudTrail API Reference, *LookupEvents*.

use detect::activity::{Activity, Asked, Ring};
use detect::cloudtrail::LogFileReader;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::Order;
use super::{Claim, MailSink, PostOffice, Posted, ThreadId};
use crate::PipelineError;
use crate::memo::{self, Tries};
use crate::ports::{StateKey, StateStore};

/// How many requests one question takes at most.
pub const REQUESTS: u32 = 3;

/// Between two requests: two a second, and a little less, for clocks differ.
pub const BETWEEN: SignedDuration = SignedDuration::from_millis(510);

/// The longest that a turn is waited for.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// How many questions are asked in one delivery, which must come to its end.
const QUESTIONS: usize = 2;

/// How often it is tried to take turns that others take too.
const ATTEMPTS: u32 = 5;

/// How long it is remembered whose turn it is.
const KEEP: SignedDuration = SignedDuration::from_hours(1);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Whose history.
    pub account: String,
    /// Of which region.
    pub region: String,
    /// What was done with this access key.
    pub key: String,
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl Question {
    /// Whether its parts are what they are called: records are written by strangers.
    pub(super) fn is_plain(&self) -> bool {
        let region = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        self.region.len() <= 32
            && self.region.bytes().all(region)
            && (16..=128).contains(&self.key.len())
            && self.key.bytes().all(|b| b.is_ascii_alphanumeric())
    }
}

/// When a region may be asked next.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Turn {
    next: Timestamp,
}

impl<S: StateStore, M: MailSink> PostOffice<S, M> {
    /// Adds to the `rings` of `claims` what CloudTrail knows, if `order` is to tell what followed.
    pub(super) async fn ask_history(
        &self,
        order: &Order,
        claims: &[&Claim],
        rings: &mut [Ring],
        now: Timestamp,
        posted: &mut Posted,
    ) -> Vec<Asked> {
        let mut asked = vec![Asked::Not; rings.len()];
        if !order.is_follow_up {
            return asked;
        }
        for ((claim, ring), asked) in claims.iter().zip(rings).zip(&mut asked) {
            let question = claim.question();
            let Some(question) =
                question.filter(|question| self.mails.has_history(&question.account))
            else {
                continue;
            };
            *asked = Asked::Refused;
            if posted.questions >= QUESTIONS {
                continue;
            }
            posted.questions += 1;
            let Some(wait) = self.turn(&question, now, posted).await else {
                continue;
            };
            // Why not is for the log of whoever has asked.
            let Ok(records) = self.mails.history(&question, wait).await else {
                continue;
            };
            *asked = Asked::Heard;
            let (account, principal) = claim.whose();
            for (of, key, heard) in activity(&records).into_rings() {
                if of == account && key == principal {
                    ring.merge(heard);
                }
            }
        }
        asked
    }

    /// Takes turns for one question, and says how long it is until the first; `None` if that is too long.
    async fn turn(
        &self,
        question: &Question,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Option<SignedDuration> {
        let key = StateKey::new("pace", ThreadId::of(&[&question.account, &question.region]));
        let mut tries = Tries::default();
        let turn = memo::change(&self.states, ATTEMPTS, &mut tries, async |memo| {
            memo.recall(&self.states, std::iter::once(key.clone()))
                .await?;
            let known: Option<Turn> = memo.get(&key)?;
            let first = known.map_or(now, |turn| turn.next.max(now));
            let wait = first.duration_since(now);
            let next = first.saturating_add(BETWEEN * REQUESTS as i32).ok();
            let Some(next) = next.filter(|_| wait <= PATIENCE) else {
                return Ok(None);
            };
            memo.change(key.clone(), &Turn { next }, KEEP)?;
            Ok::<_, PipelineError>(Some(wait))
        })
        .await;
        posted.writes += tries.writes;
        posted.conflicts += tries.conflicts;
        turn.ok().flatten()
    }
}

/// What is notable in these records.
fn activity(records: &[String]) -> Activity {
    let mut activity = Activity::default();
    let mut reader = LogFileReader::default();
    for text in records {
        reader.read(text.as_bytes(), |record| activity.add(record));
    }
    activity
}

#[cfg(test)]
mod tests {
    use detect::alert::Alert;
    use sigma::Level;

    use super::*;
    use crate::post::Routes;
    use crate::post::stage::{Mailbox, alert, at, now, office};

    const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

    fn of_key() -> Alert {
        let mut alert = alert("111122223333", Level::Critical);
        alert.principal.access_key_id = Some(KEY.to_owned());
        alert.region = Some("us-east-1".to_owned());
        alert
    }

    fn later(name: &str) -> String {
        format!(
            r#"{{"eventSource":"iam.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:05:00Z","eventID":"{name}",
            "recipientAccountId":"111122223333","userIdentity":{{"type":"Root","accountId":"111122223333","accessKeyId":"{KEY}"}},
            "requestParameters":{{"userName":"eve"}}}}"#
        )
    }

    /// The mail about what followed, a quarter of an hour after the first.
    fn what_followed(mailbox: &Mailbox, others: u32) -> Option<String> {
        let office = office(mailbox, Routes::default());
        let (start, later) = (at("2026-11-22T14:01:00Z"), at("2026-11-22T14:17:00Z"));
        let minute = SignedDuration::from_mins(1);
        now(office.deliver(vec![of_key()], start, start + minute)).unwrap();
        mailbox.arrived();
        let question = Claim::of(of_key()).question().unwrap();
        let mut posted = Posted::default();
        for _ in 0..others {
            now(office.turn(&question, later, &mut posted)).unwrap();
        }
        now(office.deliver(Vec::new(), later, later + minute)).unwrap();
        mailbox.arrived().pop().map(|(_, mail)| mail.body)
    }

    #[test]
    fn what_cloudtrail_knows_is_told_once_and_that_it_was_asked() {
        let mailbox = Mailbox::default();
        *mailbox.history.borrow_mut() =
            Some(vec![later("CreateAccessKey"), later("CreateAccessKey")]);
        let body = what_followed(&mailbox, 0).unwrap();
        assert_eq!(body.matches("14:05:00 ").count(), 1, "{body}");
        assert!(body.contains("event history of the region knows"), "{body}");
        let (question, wait) = mailbox.asked.borrow_mut().pop().unwrap();
        assert_eq!(
            (question.key.as_str(), question.region.as_str()),
            (KEY, "us-east-1")
        );
        assert_eq!(wait, SignedDuration::ZERO);
    }

    #[test]
    fn all_copies_share_two_requests_a_second() {
        let mailbox = Mailbox::default();
        *mailbox.history.borrow_mut() = Some(vec![later("CreateAccessKey")]);
        what_followed(&mailbox, 4).unwrap();
        let (_, wait) = mailbox.asked.borrow_mut().pop().unwrap();
        assert_eq!(wait, BETWEEN * 12);
    }

    #[test]
    fn whoever_cannot_ask_in_time_does_not_and_nothing_new_is_no_mail() {
        let mailbox = Mailbox::default();
        *mailbox.history.borrow_mut() = Some(vec![later("CreateAccessKey")]);
        assert_eq!(
            what_followed(&mailbox, 7),
            None,
            "nothing is known to have followed"
        );
        assert!(mailbox.asked.borrow().is_empty());
        *mailbox.history.borrow_mut() = Some(Vec::new());
        assert_eq!(what_followed(&mailbox, 0), None);
    }

    #[test]
    fn what_strangers_write_is_not_asked_for() {
        for (key, region) in [
            (KEY, "x.evil.example/"),
            ("AKIA\u{a}", "us-east-1"),
            (KEY, ""),
        ] {
            let mut alert = of_key();
            alert.principal.access_key_id = Some(key.to_owned());
            alert.region = Some(region.to_owned()).filter(|region| !region.is_empty());
            assert_eq!(Claim::of(alert).question(), None, "{key} {region}");
        }
    }
}
