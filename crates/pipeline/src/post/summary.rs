//! The summary of each day, and on Mondays of the week: once, whoever of many copies ticks first.
//!
//! The outbox in small: who sends it is saved before, with the moment from which on another may, and that it was
//! sent is saved after. A day is one of UTC; its summary goes out at the next full hour of the reader's choice.

use std::collections::{BTreeMap, BTreeSet};

use detect::digest;
use detect::render::mail::summary::Summary;
use forecast::bill::{Counted, Fleet, bill, total};
use forecast::prices::Prices;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{Handed, MailSink, PostError, PostOffice};
use crate::ledger;
use crate::memo::Memo;
use crate::ports::{StateKey, StateStore};

/// How long it is remembered what was sent.
const KEEP: SignedDuration = SignedDuration::from_hours(45 * 24);

/// How many days back an account must have been heard of to be missed.
const MISSED: i64 = 7;

/// How many of the worst alerts a summary is given.
const WORST: usize = 20;

/// When summaries go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// At this full hour, 0 to 23,
    pub hour: i8,
    /// by this clock.
    pub zone: TimeZone,
}

impl Habit {
    /// The last day of which a summary is due at `now`.
    fn due(&self, now: Timestamp) -> Option<Date> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let days = [1, 2].map(|back| today.saturating_sub(back.days()));
        days.into_iter()
            .find(|day| self.moment(*day).is_some_and(|due| due <= now))
    }

    /// When the summary of a day is due: at the first such hour after its end.
    fn moment(&self, day: Date) -> Option<Timestamp> {
        let end = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
        let here = end.with_time_zone(self.zone.clone());
        let mut due = here
            .date()
            .at(self.hour, 0, 0, 0)
            .to_zoned(self.zone.clone())
            .ok()?;
        if due.timestamp() < end.timestamp() {
            let next = here.date().tomorrow().ok()?;
            due = next
                .at(self.hour, 0, 0, 0)
                .to_zoned(self.zone.clone())
                .ok()?;
        }
        Some(due.timestamp())
    }
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    /// The last day of which a summary was sent.
    day: Date,
    /// The last week, by its Sunday.
    week: Date,
    /// Until when somebody who sends one lives.
    busy: Option<Timestamp>,
}

fn key() -> StateKey {
    StateKey::new("mail", "summary")
}

impl<S: StateStore, M: MailSink> PostOffice<S, M> {
    /// Sends a summary that is due, one of a day or one of a week; returns whether it has.
    ///
    /// From `dead` on we are surely no longer at work on it.
    ///
    /// # Errors
    /// [`PostError`]; the next one who asks sends it.
    pub async fn summarise(&self, now: Timestamp, dead: Timestamp) -> Result<bool, PostError> {
        let Some(due) = self
            .manner
            .summary
            .as_ref()
            .and_then(|habit| habit.due(now))
        else {
            return Ok(false);
        };
        let mut memo = Memo::default();
        memo.recall(&self.states, std::iter::once(key())).await?;
        let Some(sent) = memo.get::<Sent>(&key())? else {
            // Nobody has kept accounts of yesterday.
            let sent = Sent {
                day: due,
                week: due,
                busy: None,
            };
            memo.change(key(), &sent, KEEP)?;
            memo.save(&self.states).await?;
            return Ok(false);
        };
        let is_week = sent.day >= due && due.weekday() == Weekday::Sunday && sent.week < due;
        if !is_week && sent.day >= due || sent.busy.is_some_and(|until| until > now) {
            return Ok(false);
        }
        memo.change(
            key(),
            &Sent {
                busy: Some(dead),
                ..sent
            },
            KEEP,
        )?;
        if memo.save(&self.states).await?.1 > 0 {
            return Ok(false);
        }
        let first = if is_week {
            due.saturating_sub(6.days())
        } else {
            due
        };
        let summary = self.summary(first, due).await?;
        // To rooms first: what is handed over again they take for the same, and a mail would be a second one.
        let id = digest::name(&["summary", &first.to_string(), &due.to_string()]);
        for languages in &self.manner.rooms {
            let tags: Vec<_> = languages.iter().map(|one| one.as_str()).collect();
            let mail = self
                .manner
                .letter
                .in_languages(languages)
                .summarise(&summary);
            let handed = Handed {
                id: &format!("{id}-{}", tags.join("-")),
                thread: "summary",
                mail: &mail,
            };
            self.mails.hand_over(&handed).await?;
        }
        let mail = self.manner.letter.summarise(&summary);
        self.mails.send(None, &mail).await?;
        let after = match is_week {
            true => Sent {
                week: due,
                busy: None,
                ..sent
            },
            false => Sent {
                day: due,
                busy: None,
                ..sent
            },
        };
        self.note_summary(after).await?;
        Ok(true)
    }

    /// Saves that one was sent: if that cannot be, it is sent twice.
    async fn note_summary(&self, sent: Sent) -> Result<(), PostError> {
        let note = async |memo: &mut Memo| {
            memo.recall(&self.states, std::iter::once(key())).await?;
            Ok(memo.change(key(), &sent, KEEP)?)
        };
        let mut posted = super::Posted::default();
        self.surely(&mut posted, async |posted| self.change(posted, note).await)
            .await
    }

    /// What was, from one day to another.
    async fn summary(&self, first: Date, last: Date) -> Result<Summary, PostError> {
        let before: Vec<Date> = (1..=MISSED)
            .rev()
            .map(|back| first.saturating_sub(back.days()))
            .collect();
        let days: Vec<Date> = first
            .series(1.day())
            .take_while(|day| *day <= last)
            .collect();
        let known = ledger::recall(&self.states, &before).await?;
        let mut seen = BTreeMap::new();
        for (day, (traffic, _)) in before.iter().zip(&known) {
            seen.extend(
                traffic
                    .accounts
                    .keys()
                    .map(|account| (account.clone(), *day)),
            );
        }
        let mut summary = Summary {
            first,
            last,
            alerts: BTreeMap::new(),
            worst: Vec::new(),
            records: 0,
            files: 0,
            bytes: 0,
            quiet: Vec::new(),
            silenced: BTreeMap::new(),
            cost: None,
        };
        let mut heard = BTreeSet::new();
        let mut sum = ledger::Traffic::default();
        for (traffic, alerts) in ledger::recall(&self.states, &days).await? {
            sum.add(&traffic);
            heard.extend(traffic.accounts.into_keys());
            for (level, count) in alerts.by_level() {
                *summary.alerts.entry(level).or_default() += count;
            }
            summary.worst.extend(alerts.worst);
        }
        summary
            .worst
            .sort_by_key(|headline| std::cmp::Reverse(headline.level));
        summary.worst.truncate(WORST);
        seen.retain(|account, _| !heard.contains(account));
        summary.quiet = seen.into_iter().collect();
        let mails: u64 = summary.alerts.values().sum();
        summary.cost = Some(cost(&sum, days.len(), mails));
        (summary.records, summary.files, summary.bytes) = (sum.records, sum.files, sum.bytes);
        summary.silenced = sum.silenced;
        Ok(summary)
    }
}

/// What a month of such days costs, and by which prices.
fn cost(sum: &ledger::Traffic, days: usize, mails: u64) -> (f64, String) {
    let counted = Counted {
        days: days as f64,
        files: sum.files as f64,
        bytes: sum.bytes as f64,
        records: sum.records as f64,
        alerts: mails as f64,
        ..Counted::default()
    };
    let prices = Prices::built_in();
    let dollars = total(&bill(&counted, &Fleet::default(), &prices));
    (dollars, format!("{} of {}", prices.region, prices.date))
}

#[cfg(test)]
mod tests;
