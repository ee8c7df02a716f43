//! Writing and sending: one mail to each addressee, noted one by one.

use std::collections::BTreeMap;

use detect::activity::{Around, Ring, SPAN};
use detect::alert::AlertId;
use detect::digest;
use detect::language::Language;
use detect::render::mail::{Kind, Letter, Told};
use jiff::Timestamp;

use super::desk::{Desk, Order};
use super::routes::{Addressee, To, of_rooms};
use super::{
    ATTEMPTS, Claim, Handed, MailSink, PostError, PostOffice, Posted, Thread, claim_key, thread_key,
};
use crate::memo::{self, Memo};
use crate::ports::StateStore;
use crate::{PipelineError, activity};

/// Of how many alerts of a mail it is told what was done around them.
const IN_CONTEXT: usize = 3;

/// Where a mail goes.
#[derive(Clone, Copy, PartialEq)]
enum Way<'a> {
    /// To an addressee.
    Mail(&'a Addressee),
    /// To whoever brings it to rooms that are told in these languages.
    Rooms(&'a [Language]),
}

impl Way<'_> {
    fn mark(self) -> To {
        match self {
            Self::Mail(to) => to.mark(),
            Self::Rooms(languages) => of_rooms(languages),
        }
    }

    /// How letters are written that go there.
    fn letter(self, usual: &Letter) -> Letter {
        let languages = match self {
            Self::Mail(to) => to.languages.as_deref(),
            Self::Rooms(languages) => Some(languages),
        };
        languages.map_or_else(|| usual.clone(), |some| usual.in_languages(some))
    }
}

/// What one addressee is told by a mail.
struct Parcel<'a> {
    to: Way<'a>,
    kind: Kind,
    told: Vec<Told<'a>>,
}

impl Parcel<'_> {
    /// Names it for rooms: the same mail has the same name whenever it is handed over.
    fn name(&self, number: u64) -> String {
        let mut parts = vec![
            number.to_string(),
            self.kind.as_str().to_owned(),
            self.to.mark().to_string(),
        ];
        for told in &self.told {
            let (events, worked) = Claim::extent_of(told.alert);
            parts.push(format!("{} {events} {worked}", told.alert.id));
        }
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        digest::name(&parts)
    }
}

impl<S: StateStore, M: MailSink> PostOffice<S, M> {
    /// Writes and sends a mail, and remembers what it told.
    pub(super) async fn send(
        &self,
        number: u64,
        order: &Order,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let claims = self.recall(order).await?;
        let mut news: Vec<&Claim> = claims.values().filter(|claim| claim.has_news()).collect();
        let is_follow_up = order.is_follow_up && news.is_empty();
        if is_follow_up {
            news.extend(claims.values());
        }
        let mut rings = self.rings(order, &news).await?;
        let asked = self
            .ask_history(order, &news, &mut rings, now, posted)
            .await;
        let mut around: Vec<Around<'_>> = news
            .iter()
            .zip(&rings)
            .map(|(claim, ring)| claim.around(ring))
            .collect();
        for ((around, claim), asked) in around.iter_mut().zip(&news).zip(asked) {
            around.began_by = claim.began_by(&self.states).await;
            around.history = asked;
        }
        // That nothing followed is no news.
        let is_quiet = is_follow_up && around.iter().all(|around| around.after.is_empty());
        if !news.is_empty() && !is_quiet {
            let mut told: Vec<Told<'_>> = news.iter().map(|claim| claim.told()).collect();
            for (told, around) in told.iter_mut().zip(&around) {
                told.around = Some(around);
            }
            self.send_each(number, order, &told, now, posted).await?;
            let first = news.iter().filter(|claim| claim.is_new());
            posted
                .seconds
                .extend(first.clone().map(|claim| claim.age(now)));
            posted.told += first.count();
            self.remember(&news, order, now, posted).await?;
        }
        let follow = news
            .iter()
            .filter(|claim| claim.is_new() && claim.is_followed_up());
        let follow: Vec<_> = follow.map(|claim| (claim.id(), claim.thread())).collect();
        let due = now.saturating_add(SPAN).unwrap_or(Timestamp::MAX);
        self.on_desk(posted, |desk| {
            desk.done(number);
            if order.kind == Kind::Alert {
                for (alert, thread) in &follow {
                    desk.follow_up(*alert, *thread, due);
                }
            }
        })
        .await
    }

    /// Sends to each addressee what is told to them, but not to those whom it has reached before.
    ///
    /// Whoever cannot be reached keeps nobody else from being told.
    async fn send_each(
        &self,
        number: u64,
        order: &Order,
        told: &[Told<'_>],
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let manner = &self.manner;
        // Chat rooms hear once of all that is told, with the first mail about it.
        let mut notification = manner.letter.notification(told);
        notification.take_if(|_| !order.reached.is_empty());
        let mut result = Ok(());
        let mut left = self.parcels(order, told);
        left.reverse();
        while let Some(parcel) = left.pop() {
            let letter = parcel.to.letter(&manner.letter);
            let mut mail = letter.write(parcel.kind, &parcel.told, now);
            let sent = match parcel.to {
                Way::Mail(to) => {
                    mail.notification = notification.clone();
                    self.mails.send(to.address.as_deref(), &mail).await
                }
                Way::Rooms(_) => {
                    let first = parcel.told.first();
                    let thread = first.map(|told| told.alert.id.to_string());
                    let handed = Handed {
                        id: &parcel.name(number),
                        thread: &thread.unwrap_or_default(),
                        mail: &mail,
                    };
                    self.mails.hand_over(&handed).await
                }
            };
            if let Err(error) = sent {
                result = Err(error.into());
                continue;
            }
            match parcel.to {
                Way::Mail(_) => {
                    posted.mails += 1;
                    notification = None;
                }
                Way::Rooms(_) => posted.handed += 1,
            }
            // The last of them is noted with what was told.
            if !left.is_empty() || result.is_err() {
                let extents = parcel.told.iter();
                let extents: BTreeMap<AlertId, (u64, bool)> = extents
                    .map(|told| (told.alert.id, Claim::extent_of(told.alert)))
                    .collect();
                self.note_reached(number, parcel.to, &extents, posted)
                    .await?;
            }
        }
        result
    }

    /// Saves that one of several was told.
    async fn note_reached(
        &self,
        number: u64,
        to: Way<'_>,
        told: &BTreeMap<AlertId, (u64, bool)>,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let act = |desk: &mut Desk| desk.reached(number, to.mark(), told);
        self.surely(posted, async |posted| self.on_desk(posted, act).await)
            .await
    }

    /// What each addressee is told who has not been reached yet, the worst first.
    fn parcels<'a>(&'a self, order: &Order, told: &[Told<'a>]) -> Vec<Parcel<'a>> {
        let mut parcels: Vec<Parcel<'a>> = Vec::new();
        for one in told {
            for to in self.manner.routes.of(one.alert).into_iter().map(Way::Mail) {
                let known = parcels.iter_mut().find(|parcel| parcel.to == to);
                match known {
                    Some(parcel) => parcel.told.push(*one),
                    None => parcels.push(Parcel {
                        to,
                        kind: order.kind,
                        told: vec![*one],
                    }),
                }
            }
        }
        parcels.sort_by_key(|parcel| {
            let worst = parcel.told.iter().map(|told| told.alert.level).max();
            std::cmp::Reverse(worst)
        });
        // Rooms hear of all, whatever the table says, and after the mails: they have filters of their own.
        let rooms = self.manner.rooms.iter().map(|languages| Parcel {
            to: Way::Rooms(languages),
            kind: order.kind,
            told: told.to_vec(),
        });
        parcels.extend(rooms);
        for parcel in &mut parcels {
            // Of a digest for all there may be one alert for this one.
            if let (Kind::Digest, [one]) = (parcel.kind, parcel.told.as_slice()) {
                let is_new = one.before == 0;
                parcel.kind = if is_new { Kind::Alert } else { Kind::Update };
            }
        }
        parcels.retain(|parcel| !order.reached.has(parcel.to.mark()));
        parcels
    }

    /// What the principals of `claims` did lately, of those that a mail has room for. A mail without that
    /// is better than none, so what cannot be read is left out.
    async fn rings(&self, order: &Order, claims: &[&Claim]) -> Result<Vec<Ring>, PostError> {
        if order.kind == Kind::Digest {
            return Ok(Vec::new());
        }
        let whose: Vec<_> = claims
            .iter()
            .take(IN_CONTEXT)
            .map(|claim| claim.whose())
            .collect();
        Ok(activity::recall(&self.states, &whose)
            .await
            .unwrap_or_default())
    }

    /// What the mail is about.
    async fn recall(&self, order: &Order) -> Result<BTreeMap<AlertId, Claim>, PostError> {
        let mut memo = Memo::default();
        memo.recall(&self.states, order.alerts.iter().copied().map(claim_key))
            .await?;
        let mut claims = BTreeMap::new();
        for id in &order.alerts {
            if let Some(claim) = memo.get::<Claim>(&claim_key(*id))? {
                claims.insert(*id, claim);
            }
        }
        Ok(claims)
    }

    /// Does what must not be left undone, for whatever is not saved now is told twice; gives up only when
    /// the state stays away.
    pub(super) async fn surely(
        &self,
        posted: &mut Posted,
        step: impl AsyncFn(&mut Posted) -> Result<(), PostError>,
    ) -> Result<(), PostError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match step(posted).await {
                Err(PostError::State(PipelineError::State(_))) if attempt < ATTEMPTS => {
                    self.states.pause(attempt).await;
                }
                result => return result,
            }
        }
    }

    /// Saves that `news` were told.
    async fn remember(
        &self,
        news: &[&Claim],
        order: &Order,
        now: Timestamp,
        posted: &mut Posted,
    ) -> Result<(), PostError> {
        let note = async |memo: &mut Memo| {
            let threads = order.threads.iter().copied().map(thread_key);
            let claims = news.iter().map(|claim| claim_key(claim.id()));
            memo.recall(&self.states, claims.chain(threads)).await?;
            for claim in news {
                let key = claim_key(claim.id());
                let mut known = memo.get(&key)?.unwrap_or_else(|| (*claim).clone());
                if known.tell(order.reached.at_most(claim.id(), claim.extent())) {
                    memo.change(key, &known, memo::CASES)?;
                }
            }
            for thread in &order.threads {
                let key = thread_key(*thread);
                let known: Option<Thread> = memo.get(&key)?;
                let changed = Thread::with_mail(known, now);
                if known.is_none_or(|known| known.last < now) {
                    memo.change(key, &changed, memo::CASES)?;
                }
            }
            Ok(())
        };
        self.surely(posted, async |posted| self.change(posted, note).await)
            .await
    }
}

#[cfg(test)]
mod tests {
    use detect::alert::Alert;
    use detect::language::Language;
    use detect::render::mail::Accounts;
    use jiff::SignedDuration;
    use sigma::Level;

    use crate::post::stage::{Mailbox, alert, at, now, office, office_with_rooms};
    use crate::post::{PostError, Routes};

    const TABLE: &str = "level = high, topic = on-call; rule = *root*, topic = cn, language = zh-CN; \
                         level = critical, topic = mail";

    fn routes() -> Routes {
        let topics =
            ["on-call", "cn"].map(|name| format!("arn:aws:sns:eu-west-1:111122223333:{name}"));
        Routes::parse(TABLE, &topics, &Accounts::default(), &[Language::En]).unwrap()
    }

    fn grown(events: u64) -> Alert {
        let mut alert = alert("111122223333", Level::Critical);
        alert.event_count = events;
        alert
    }

    /// The addresses of the mails that have arrived.
    fn addresses(mailbox: &Mailbox) -> Vec<String> {
        let mut addresses: Vec<_> = mailbox.arrived().into_iter().map(|(to, _)| to).collect();
        addresses.sort();
        addresses
    }

    #[test]
    fn each_reader_is_told_once_in_their_language_whoever_else_cannot_be_reached() {
        let mailbox = Mailbox::default();
        let office = office(&mailbox, routes());
        let deliver = |minute: i64, events: u64| {
            let time = at("2026-11-27T08:00:00Z") + SignedDuration::from_mins(minute);
            now(office.deliver(
                vec![grown(events)],
                time,
                time + SignedDuration::from_mins(1),
            ))
        };
        mailbox.closed.borrow_mut().insert("cn");
        assert!(deliver(0, 1).is_err());
        assert_eq!(addresses(&mailbox), ["mail", "on-call"]);
        // It has grown meanwhile, which only the third hears now.
        mailbox.closed.borrow_mut().clear();
        deliver(1, 5).unwrap();
        let arrived = mailbox.arrived();
        assert_eq!(arrived.len(), 1);
        let (to, mail) = &arrived[0];
        assert_eq!(
            (to.as_str(), mail.attributes["language"].as_str()),
            ("cn", "zh-CN")
        );
        assert_eq!(mail.notification, None, "the room was told with the first");
        deliver(2, 5).unwrap();
        assert_eq!(addresses(&mailbox), [""; 0]);
        // The others hear of it by the next update.
        deliver(60, 5).unwrap();
        assert_eq!(addresses(&mailbox), ["cn", "mail", "on-call"]);
        deliver(600, 5).unwrap();
        assert_eq!(addresses(&mailbox), [""; 0]);
    }

    #[test]
    fn rooms_hear_of_all_once_whoever_of_the_others_cannot_be_reached() {
        let mailbox = Mailbox::default();
        let office = office_with_rooms(&mailbox, routes(), &Language::ALL);
        let deliver = |minute: i64, events: u64| {
            let time = at("2026-11-27T08:00:00Z") + SignedDuration::from_mins(minute);
            let found = vec![grown(events)];
            now(office.deliver(found, time, time + SignedDuration::from_mins(1)))
        };
        // Rooms hear although one topic is closed, and the topics although the rooms are.
        mailbox.closed.borrow_mut().insert("cn");
        assert!(deliver(0, 1).is_err());
        assert_eq!(addresses(&mailbox), ["mail", "on-call"]);
        let first = mailbox.handed.take();
        let languages: Vec<_> = first
            .iter()
            .map(|(_, mail)| mail.attributes["language"].as_str())
            .collect();
        assert_eq!(languages, ["en", "zh-CN"]);
        assert_ne!(first[0].0, first[1].0, "each language is a mail by itself");
        mailbox.closed.borrow_mut().clear();
        deliver(1, 1).unwrap();
        assert_eq!(addresses(&mailbox), ["cn"]);
        assert!(mailbox.handed.borrow().is_empty(), "they have it");

        mailbox.closed.borrow_mut().insert("rooms");
        assert!(deliver(60, 9).is_err());
        assert_eq!(addresses(&mailbox), ["cn", "mail", "on-call"]);
        mailbox.closed.borrow_mut().clear();
        let posted = deliver(61, 9).unwrap();
        assert_eq!((posted.mails, posted.handed), (0, 2));
        assert_eq!(addresses(&mailbox), [""; 0], "no mail is doubled");
        let second = mailbox.handed.take();
        assert_eq!(second.len(), 2);
        assert_ne!(first[0].0, second[0].0, "an update is another mail");
        assert_eq!(second[0].1.attributes["kind"], "update");
        deliver(62, 9).unwrap();
        assert!(mailbox.handed.borrow().is_empty());
    }

    #[test]
    fn what_cannot_be_sent_need_not_be_found_again() {
        let mailbox = Mailbox::default();
        mailbox.closed.borrow_mut().insert("mail");
        let office = office(&mailbox, Routes::default());
        let time = at("2026-11-27T08:00:00Z");
        let minute = SignedDuration::from_mins(1);
        let refused = now(office.deliver(vec![grown(1)], time, time + minute));
        let is_unsent = matches!(refused, Err(PostError::Unsent { unsent: 1, .. }));
        assert!(is_unsent, "{refused:?}");
        mailbox.closed.borrow_mut().clear();
        let posted = now(office.deliver(Vec::new(), time + minute, time + minute * 2)).unwrap();
        assert_eq!((posted.mails, mailbox.arrived().len()), (1, 1));
    }

    #[test]
    fn what_is_handed_over_again_has_the_same_name() {
        let names: Vec<_> = (0..2)
            .map(|_| {
                let mailbox = Mailbox::default();
                let office = office_with_rooms(&mailbox, Routes::default(), &[Language::En]);
                let time = at("2026-11-27T08:00:00Z");
                let dead = time + SignedDuration::from_mins(1);
                now(office.deliver(vec![grown(3)], time, dead)).unwrap();
                mailbox.handed.take().remove(0).0
            })
            .collect();
        assert_eq!(names[0], names[1]);
    }

    #[test]
    fn a_digest_tells_each_reader_of_their_own() {
        let mailbox = Mailbox::default();
        let office = office(&mailbox, routes());
        let time = at("2026-11-27T08:00:00Z");
        let high = |account| alert(account, Level::Medium);
        let found = vec![grown(1), high("222233334444"), high("333344445555")];
        now(office.deliver(found, time, time + SignedDuration::from_mins(1))).unwrap();
        let arrived = mailbox.arrived();
        let digest = arrived
            .iter()
            .filter(|(_, mail)| mail.attributes["kind"] == "digest");
        let digest: Vec<_> = digest.map(|(to, _)| to.as_str()).collect();
        assert_eq!(digest, ["cn"], "both are medium");
        let critical = arrived
            .iter()
            .filter(|(_, mail)| mail.attributes["level"] == "critical");
        assert_eq!(critical.count(), 3);
        let told = arrived
            .iter()
            .filter(|(_, mail)| mail.notification.is_some());
        assert_eq!(told.count(), 2, "the room hears once of each order");
    }
}
