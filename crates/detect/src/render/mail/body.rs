//! What a mail says, in one language.
//!
//! The order is that of a reader in a hurry: what happened, why it matters, what came before and after, what
//! to type, what to do if it was expected, and last what proves it. What a mail is too small for is shed by
//! [`Detail`], never the first block and never the commands.

mod place;

use jiff::Timestamp;
use sigma::Level;

use super::blocks::Block;
use super::text::{command, line, name};
use super::words::{self, counted, events, span};
use super::{Kind, Letter, Told, expected, facts, proof};
use crate::activity::Seen;
use crate::alert::{Alert, Kind as RuleKind, Response};
use crate::containment;
use crate::language::{Language, Words, words as both};

/// How many alerts a mail tells in full; the others have a line each.
const IN_FULL: usize = 3;

/// How much a mail tells, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// Everything.
    All,
    /// Of the events the one that decided.
    FewEvents,
    /// Without what came before and after.
    NoContext,
    /// Without the exclusion that could be saved.
    NoExclusion,
    /// Without what the rule saw.
    NoFacts,
    /// Of several alerts only the first in full.
    OneInFull,
}

impl Detail {
    /// In the order in which a mail grows too large for them.
    pub(super) const ALL: [Self; 6] = [
        Self::All,
        Self::FewEvents,
        Self::NoContext,
        Self::NoExclusion,
        Self::NoFacts,
        Self::OneInFull,
    ];
}

/// What is written, how, and when.
#[derive(Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) letter: &'a Letter,
    pub(super) kind: Kind,
    pub(super) alerts: &'a [Told<'a>],
    pub(super) now: Timestamp,
    pub(super) detail: Detail,
}

/// What a mail is made of.
pub(super) fn of(order: Order<'_>, language: Language) -> Vec<Block> {
    let mut page = Page {
        blocks: Vec::new(),
        language,
        order,
    };
    match order.kind {
        Kind::Digest => page.digest(),
        Kind::Update => page.update(),
        Kind::Alert => page.alerts(),
    }
    page.blocks
}

struct Page<'a> {
    blocks: Vec<Block>,
    language: Language,
    order: Order<'a>,
}

impl Page<'_> {
    fn shows(&self, detail: Detail) -> bool {
        self.order.detail < detail
    }

    fn alerts(&mut self) {
        let most = if self.shows(Detail::OneInFull) {
            IN_FULL
        } else {
            1
        };
        let alerts = self.order.alerts;
        let (full, rest) = alerts.split_at(alerts.len().min(most));
        for told in full {
            self.in_full(told);
        }
        self.mentions(words::OTHERS, rest);
    }

    fn update(&mut self) {
        let alerts = self.order.alerts;
        self.heading(words::MORE);
        let changed = alerts.iter().find(|told| told.is_changed);
        if changed.is_some() {
            self.prose(words::CHANGED.to(self.language));
        }
        for told in alerts {
            self.mention(told);
        }
        if let Some(told) = changed.or(alerts.first()) {
            self.happened(told);
            self.context(told);
            self.stop(told.alert);
            self.proof(told);
        }
    }

    fn digest(&mut self) {
        self.prose(words::DIGEST.to(self.language));
        self.blocks.push(Block::Gap);
        for told in self.order.alerts {
            self.mention(told);
        }
    }

    fn in_full(&mut self, told: &Told<'_>) {
        self.happened(told);
        self.matters(told.alert);
        self.context(told);
        self.stop(told.alert);
        if self.shows(Detail::NoExclusion) {
            self.expected(told.alert);
        }
        self.proof(told);
    }

    fn happened(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        self.heading(words::HAPPENED);
        self.prose(&line(alert.summary.to(self.language)));
        if let Some(deed) = &alert.deed
            && let Some(meaning) = &deed.meaning
        {
            let label = if deed.worked {
                words::MEANS
            } else {
                words::WOULD_MEAN
            };
            let meaning = line(meaning.to(self.language));
            self.prose(&format!("{}{meaning}", label.to(self.language)));
        }
        self.blocks.push(Block::Gap);
        let title = line(alert.rule.title_in(self.language));
        let level = words::level(alert.level, self.language);
        self.labelled(words::LEVEL, &format!("{level} - {title}"));
        if !is_noticed(alert) {
            self.labelled(words::WHO, &name(&alert.principal.key));
        }
        if let Some(key) = &alert.principal.access_key_id {
            self.labelled(words::KEY, &name(key));
        }
        let around = told.around.and_then(|around| around.began_by.as_ref());
        if let Some((who, sessions)) = around {
            let said = words::behind(&name(who), *sessions, self.language);
            self.labelled(words::BEHIND, &said);
        }
        self.labelled(words::WHERE, &self.place(alert));
        self.origin(alert);
        let when = self.order.letter.clock.moment(alert.time, self.language);
        self.labelled(words::WHEN, &when);
        if alert.event_count > 1 {
            self.labelled(words::HOW_OFTEN, &self.how_often(alert));
        }
    }

    fn matters(&mut self, alert: &Alert) {
        let heading = match alert.rule.kind {
            RuleKind::Rule | RuleKind::Watch => words::MATTERS,
            RuleKind::Correlation | RuleKind::Anomaly => words::UNUSUAL,
        };
        let shows_facts = self.shows(Detail::NoFacts) && !alert.why.is_empty();
        if alert.rule.threat.is_none() && !shows_facts {
            return;
        }
        self.heading(heading);
        if let Some(threat) = &alert.rule.threat {
            self.prose(&line(threat.to(self.language)));
        }
        if shows_facts {
            let saw = match is_noticed(alert) {
                true => words::WATCH_SAW,
                false => words::RULE_SAW,
            };
            self.line(saw.to(self.language));
            for fact in &alert.why {
                self.item(&line(&facts::to(fact, self.language)));
            }
        }
    }

    /// What the principal did before; of an update also what it did after.
    fn context(&mut self, told: &Told<'_>) {
        let shows = self.shows(Detail::NoContext) && !is_noticed(told.alert);
        let Some(around) = told.around.filter(|_| shows) else {
            return;
        };
        self.heading(words::BEFORE);
        self.calls(&around.before, words::NOTHING_BEFORE);
        if self.order.kind == Kind::Update {
            self.heading(words::AFTER);
            self.calls(&around.after, words::NOTHING_AFTER);
            if let Some(source) = words::source(around.history) {
                self.prose(source.to(self.language));
            }
        }
    }

    fn calls(&mut self, calls: &[&Seen], nothing: Words) {
        if calls.is_empty() {
            return self.prose(nothing.to(self.language));
        }
        for seen in calls {
            let time = self.order.letter.clock.of_day(seen.time);
            let said = line(seen.said(self.language));
            let from = seen.ip.as_deref().map(name);
            let from = match (from, self.language) {
                (None, _) => String::new(),
                (Some(ip), Language::En) => format!(" from {ip}"),
                (Some(ip), Language::ZhCn) => format!("（来自 {ip}）"),
            };
            self.item(&format!("{time} {said}{from}"));
        }
    }

    fn stop(&mut self, alert: &Alert) {
        if is_noticed(alert) {
            self.heading(words::TO_DO);
            return self.steps(
                words::IN_THIS_ORDER,
                &alert.response.iter().collect::<Vec<_>>(),
                0,
            );
        }
        self.heading(words::STOP);
        let who = containment::of_principal(alert);
        let others = alert.response.iter().filter(|step| !who.contains(step));
        let deed: Vec<_> = others.collect();
        self.steps(words::AGAINST_DEED, &deed, 0);
        self.steps(
            words::AGAINST_WHO,
            &who.iter().collect::<Vec<_>>(),
            deed.len(),
        );
        if who.is_empty() {
            self.prose(words::NOBODY.to(self.language));
        }
    }

    fn steps(&mut self, label: Words, steps: &[&Response], already: usize) {
        if steps.is_empty() {
            return;
        }
        self.line(label.to(self.language));
        for (number, step) in (already + 1..).zip(steps) {
            self.item_of(&format!("{number}. "), &line(step.title.to(self.language)));
            self.blocks.push(Block::Command("", command(&step.command)));
            if let Some(undo) = &step.undo {
                let label = words::UNDO.to(self.language);
                self.blocks.push(Block::Command(label, command(undo)));
            }
            if let Some(limits) = &step.limits {
                let limits = line(limits.to(self.language));
                let limits = format!("{}{limits}", words::LIMITS.to(self.language));
                self.item_of("   ", &limits);
            }
        }
    }

    fn expected(&mut self, alert: &Alert) {
        self.heading(words::EXPECTED);
        let (how, document) = expected::of(alert, self.language);
        self.prose(how.to(self.language));
        let document: Vec<_> = document
            .iter()
            .map(|part| super::text::defanged(part))
            .collect();
        if !document.is_empty() {
            self.blocks.push(Block::Document(document));
        }
    }

    fn proof(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        self.heading(words::PROOF);
        self.line(&self.naming(told));
        let id = name(&alert.rule.id);
        let title = name(alert.rule.title_in(self.language));
        let version = name(alert.rule.version.as_deref().unwrap_or("-"));
        self.prose(&match self.language {
            Language::En => format!("rule {id} ({title}), version {version}"),
            Language::ZhCn => format!("规则 {id}（{title}），版本 {version}"),
        });
        self.prose(&self.way(alert));
        let decided = alert.decided();
        for event in &alert.events {
            if !self.shows(Detail::FewEvents) && Some(event) != decided {
                continue;
            }
            let id = event.event_id.as_deref().unwrap_or("-");
            let error = event.error_code.as_deref().map(|code| format!(" ({code})"));
            self.item(&name(&format!(
                "{} {} {}{} {id}",
                event.event_time,
                event.event_source,
                event.event_name,
                error.unwrap_or_default(),
            )));
            if let Some(file) = &event.log_file {
                self.blocks.push(Block::Under(line(file)));
            }
        }
        let file = decided.and_then(|event| event.log_file.as_deref());
        if let Some(verify) = file.and_then(|file| proof::command(file, alert.time)) {
            self.prose(words::VERIFY.to(self.language));
            self.blocks.push(Block::Command("", command(&verify)));
        }
    }

    /// Through which door the event came, and how long that took.
    fn way(&self, alert: &Alert) -> String {
        let seconds = self.order.now.duration_since(alert.time).as_secs();
        let span = span(seconds, self.language);
        if is_noticed(alert) {
            return match self.language {
                Language::En => format!("noticed by the watchdog; written {span} after it began"),
                Language::ZhCn => format!("由看门狗发现；本邮件写于开始之后 {span}"),
            };
        }
        let by_file = alert
            .decided()
            .is_some_and(|event| event.log_file.is_some());
        match (self.language, by_file) {
            (Language::En, true) => {
                format!("read in a log file of the trail; written {span} after the event")
            }
            (Language::En, false) => {
                format!("heard from EventBridge; written {span} after the event")
            }
            (Language::ZhCn, true) => format!("来自跟踪的日志文件；本邮件写于事件发生 {span}之后"),
            (Language::ZhCn, false) => format!("来自 EventBridge；本邮件写于事件发生 {span}之后"),
        }
    }

    fn mentions(&mut self, heading: Words, alerts: &[Told<'_>]) {
        if alerts.is_empty() {
            return;
        }
        self.heading(heading);
        for told in alerts {
            self.mention(told);
        }
    }

    /// One alert in two lines.
    fn mention(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        let headline = line(alert.headline(self.language));
        // Hundreds of alerts must fit, and each must be named.
        let (head, rest) = match self.order.detail {
            Detail::OneInFull => (alert.id.to_string(), None),
            Detail::NoFacts => (format!("{}: {}", alert.id, shortened(&headline, 60)), None),
            _ => {
                let account = self.account(alert.account.id.as_deref());
                let when = self.order.letter.clock.moment(alert.time, self.language);
                let count = events(alert.event_count, self.language);
                let comma = both(", ", "，").to(self.language);
                let naming = self.naming(told);
                (
                    format!("{account}: {}", shortened(&headline, 120)),
                    Some(format!("{when}{comma}{count}{comma}{naming}")),
                )
            }
        };
        self.blocks.push(Block::Mention(alert.level, head, rest));
    }

    /// `alert th-…`, or what was told of it before.
    fn naming(&self, told: &Told<'_>) -> String {
        let id = told.alert.id;
        let before = counted(told.before, both("event", "个事件"), self.language);
        match (told.before, self.language) {
            (0, Language::En) => format!("alert {id}"),
            (0, Language::ZhCn) => format!("告警 {id}"),
            (_, Language::En) => format!("alert {id}, told before with {before}"),
            (_, Language::ZhCn) => format!("告警 {id}，此前告知时有 {before}"),
        }
    }

    fn heading(&mut self, words: Words) {
        let words = words.to(self.language).to_owned();
        self.blocks.push(Block::Heading(words));
    }

    fn labelled(&mut self, label: Words, text: &str) {
        let label = label.to(self.language);
        self.blocks.push(Block::Labelled(label, text.to_owned()));
    }

    fn prose(&mut self, text: &str) {
        self.blocks.push(Block::Prose(text.to_owned()));
    }

    fn item(&mut self, text: &str) {
        self.item_of("- ", text);
    }

    /// Sentences behind a mark.
    fn item_of(&mut self, mark: &str, text: &str) {
        self.blocks
            .push(Block::Item(mark.to_owned(), text.to_owned()));
    }

    fn line(&mut self, text: &str) {
        self.blocks.push(Block::Line(text.to_owned()));
    }
}

/// Whether no record tells it.
fn is_noticed(alert: &Alert) -> bool {
    alert.rule.kind == RuleKind::Watch
}

/// The word that stands first in subjects, the same in every language.
pub(super) fn level_tag(level: Level) -> String {
    level.to_string().to_uppercase()
}

/// A headline as one of hundreds.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
