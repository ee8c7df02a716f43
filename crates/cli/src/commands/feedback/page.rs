//! What came of the tests, for people.

use std::fmt::Write as _;

use detect::alert::Alert;
use detect::language::Language;
use detect::render::{name, sentence};

use super::Trial;
use super::trial::Missed;
use crate::numbers::{count, things};

/// How many alerts are listed that would have been kept back.
const LISTED: usize = 20;

/// All that is known of a proposal.
pub(super) struct Findings<'a> {
    pub(super) alert: &'a Alert,
    /// How many of its records were looked at.
    pub(super) listed: usize,
    /// What it would have done in the user's own logs, if there are any.
    pub(super) trial: Option<Trial>,
    /// Attacks as they are known.
    pub(super) attacks: Vec<Missed>,
    /// The same, with the credentials of whoever is excluded.
    pub(super) stolen: Vec<Missed>,
}

impl Findings<'_> {
    pub(super) fn text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(language, &mut text);
        text
    }

    fn write(&self, language: Language, text: &mut String) -> std::fmt::Result {
        let alert = self.alert;
        writeln!(
            text,
            "{}: {} by {}",
            alert.id,
            sentence(alert.rule.title_in(language)),
            name(&alert.principal.name)
        )?;
        if (self.listed as u64) < alert.event_count {
            let events = things(alert.event_count, "event");
            writeln!(
                text,
                "Made of {} of its {events}: the others may have less in common",
                count(self.listed as u64)
            )?;
        }
        match &self.trial {
            None => writeln!(text, "Not tested on logs, for none were named (--logs)")?,
            Some(trial) => self.write_trial(trial, language, text)?,
        }
        match self.attacks.as_slice() {
            [] => writeln!(
                text,
                "Of the attacks that are known it would keep back none"
            )?,
            missed => write_missed(
                "Of the attacks that are known it would keep back",
                missed,
                text,
            )?,
        }
        let who = name(&alert.principal.name);
        match self.stolen.as_slice() {
            [] => writeln!(
                text,
                "If the credentials of {who} were stolen for one of these attacks, nothing would be missed"
            ),
            missed => write_missed(
                &format!("If the credentials of {who} were stolen, these attacks would lack"),
                missed,
                text,
            ),
        }
    }

    fn write_trial(
        &self,
        trial: &Trial,
        language: Language,
        text: &mut String,
    ) -> std::fmt::Result {
        writeln!(
            text,
            "In {} it would have kept back {} of {}",
            things(trial.records, "record"),
            count(trial.silenced.len() as u64),
            things(trial.alerts, "alert"),
        )?;
        for silenced in trial.silenced.iter().take(LISTED) {
            let which = if silenced.id == self.alert.id {
                "this"
            } else {
                "also"
            };
            writeln!(
                text,
                "  {which}  {}  {}  {}  {}  {}",
                silenced.time,
                silenced.id,
                silenced.level,
                sentence(silenced.rule.title_in(language)),
                name(&silenced.principal.name),
            )?;
        }
        if let Some(more @ 1..) = trial.silenced.len().checked_sub(LISTED) {
            writeln!(text, "  and {} more", count(more as u64))?;
        }
        if !trial.silences(self.alert.id) {
            writeln!(
                text,
                "  not this one: it is not in these logs, or has events that have less in common"
            )?;
        }
        if trial.thinner > 0 {
            let alerts = things(trial.thinner, "alert");
            writeln!(text, "  {alerts} would be told with fewer events")?;
        }
        Ok(())
    }
}

fn write_missed(what: &str, missed: &[Missed], text: &mut String) -> std::fmt::Result {
    writeln!(text, "{what}:")?;
    for one in missed {
        let titles: Vec<_> = one.titles.iter().map(|title| sentence(title)).collect();
        writeln!(text, "  {}: {}", one.story, titles.join(", "))?;
    }
    Ok(())
}
