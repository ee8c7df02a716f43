//! What a mail says, in one language.
//!
//! The order is that of a reader in a hurry: what happened, why it matters, what to type, and last
//! what proves it.

use std::fmt::Write as _;

use super::text::{line, name};
use super::{Kind, Told};
use crate::alert::Alert;
use crate::language::{Language, Words, words};

/// How many alerts a mail tells in full; the others have a line each.
const IN_FULL: usize = 3;

const HAPPENED: Words = words("WHAT HAPPENED", "发生了什么");
const MATTERS: Words = words("WHY THIS MATTERS", "为什么重要");
const FACTS: Words = words("WHAT THE RULE SAW", "规则看到的事实");
const STOP: Words = words("STOP IT", "如何制止");
const PROOF: Words = words("PROOF", "证据");
const UNDO: Words = words("undo:", "撤销：");
const WHO: Words = words("who:", "谁：");
const WHERE: Words = words("where:", "何处：");
const FROM: Words = words("from:", "来源：");
const WHEN: Words = words("when:", "时间：");
const FIRST_TOLD: Words = words("alert", "告警");
const RULE: Words = words("rule:", "规则：");
const EVENT: Words = words("event:", "事件：");
const MORE: Words = words("MORE OF WHAT YOU WERE TOLD", "此前告警的后续");
const DIGEST: Words = words(
    "SEVERAL ALERTS AT ONCE: one by one they would have been too many mails. Each of them is below.",
    "同时出现多条告警：逐条发送邮件会过多。以下逐一列出。",
);

/// The text of a mail.
pub(super) fn of(kind: Kind, alerts: &[Told<'_>], language: Language) -> String {
    let mut out = Page {
        text: String::new(),
        language,
    };
    match kind {
        Kind::Digest => out.digest(alerts),
        Kind::Update => out.update(alerts),
        Kind::Alert => out.alerts(alerts),
    }
    out.text
}

struct Page {
    text: String,
    language: Language,
}

impl Page {
    fn alerts(&mut self, alerts: &[Told<'_>]) {
        let (full, rest) = alerts.split_at(alerts.len().min(IN_FULL));
        for told in full {
            self.in_full(told);
        }
        rest.iter().for_each(|told| self.mention(told));
    }

    fn update(&mut self, alerts: &[Told<'_>]) {
        self.heading(MORE);
        for told in alerts {
            self.mention(told);
        }
        if let Some(told) = alerts.first() {
            self.happened(told.alert);
            self.stop(told.alert);
        }
    }

    fn digest(&mut self, alerts: &[Told<'_>]) {
        self.line(DIGEST.to(self.language));
        self.line("");
        alerts.iter().for_each(|told| self.mention(told));
    }

    fn in_full(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        self.happened(alert);
        if let Some(threat) = &alert.rule.threat {
            self.heading(MATTERS);
            self.line(&line(threat.to(self.language)));
        }
        self.heading(FACTS);
        for fact in &alert.why {
            self.line(&format!("- {}", line(fact)));
        }
        self.stop(alert);
        self.proof(told);
    }

    fn happened(&mut self, alert: &Alert) {
        self.heading(HAPPENED);
        let level = alert.level.to_string().to_uppercase();
        self.line(&format!(
            "[{level}] {}",
            line(alert.rule.title_in(self.language))
        ));
        self.line(&line(alert.summary.to(self.language)));
        self.labelled(WHO, &name(&alert.principal.key));
        let account = alert.account.id.as_deref().unwrap_or("?");
        let region = alert.region.as_deref().unwrap_or("?");
        self.labelled(WHERE, &name(&format!("{account} {region}")));
        let from = [&alert.source.ip, &alert.source.tool];
        let from: Vec<_> = from.into_iter().flatten().map(|text| name(text)).collect();
        if !from.is_empty() {
            self.labelled(FROM, &from.join(", "));
        }
        let when = if alert.event_count > 1 {
            format!(
                "{} - {} ({})",
                alert.first_time,
                alert.last_time,
                self.events(alert.event_count)
            )
        } else {
            alert.time.to_string()
        };
        self.labelled(WHEN, &when);
    }

    fn stop(&mut self, alert: &Alert) {
        if alert.response.is_empty() {
            return;
        }
        self.heading(STOP);
        for (number, step) in (1..).zip(&alert.response) {
            self.line(&format!("{number}. {}", line(step.title.to(self.language))));
            self.line(&format!("   {}", line(&step.command)));
            if let Some(undo) = &step.undo {
                self.line(&format!("   {} {}", UNDO.to(self.language), line(undo)));
            }
        }
    }

    fn proof(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        self.heading(PROOF);
        self.naming(told);
        let version = alert.rule.version.as_deref().unwrap_or("-");
        self.labelled(RULE, &name(&format!("{} ({version})", alert.rule.id)));
        for event in &alert.events {
            let id = event.event_id.as_deref().unwrap_or("-");
            let call = format!(
                "{} {} {} {id}",
                event.event_time, event.event_source, event.event_name
            );
            self.labelled(EVENT, &name(&call));
            if let Some(file) = &event.log_file {
                self.line(&format!("   {}", line(file)));
            }
        }
    }

    /// One alert in two lines.
    fn mention(&mut self, told: &Told<'_>) {
        let alert = told.alert;
        self.line(&format!(
            "[{}] {}: {}, {}",
            alert.level.to_string().to_uppercase(),
            name(alert.account.id.as_deref().unwrap_or("?")),
            line(alert.rule.title_in(self.language)),
            name(&alert.principal.name),
        ));
        self.line(&format!(
            "   {} - {}, {}",
            alert.first_time,
            alert.last_time,
            self.events(alert.event_count)
        ));
        self.naming(told);
        self.line("");
    }

    /// `alert th-…`, or what was told of it before.
    fn naming(&mut self, told: &Told<'_>) {
        let id = told.alert.id;
        let text = match (told.before, self.language) {
            (0, _) => format!("{} {id}", FIRST_TOLD.to(self.language)),
            (before, Language::En) => format!("told before: {id}, with {before} events"),
            (before, Language::ZhCn) => format!("此前已告知：{id}，当时 {before} 个事件"),
        };
        self.line(&text);
    }

    fn events(&self, count: u64) -> String {
        match (self.language, count) {
            (Language::En, 1) => "1 event".to_owned(),
            (Language::En, _) => format!("{count} events"),
            (Language::ZhCn, _) => format!("{count} 个事件"),
        }
    }

    fn heading(&mut self, words: Words) {
        if !self.text.is_empty() {
            self.line("");
        }
        self.line(words.to(self.language));
    }

    fn labelled(&mut self, label: Words, text: &str) {
        self.line(&format!("{} {text}", label.to(self.language)));
    }

    fn line(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{text}");
    }
}
