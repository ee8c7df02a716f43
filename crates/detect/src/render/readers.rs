//! That nobody reads the mails, or fewer than before, as a chat room is told.

use serde_json::{Value, json};

use super::mail::{Mail, health};
use super::text::{name, sentence};
use crate::language::{Language, Words, words};

/// What is wrong with those who read mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    /// There is nobody.
    Nobody,
    /// So many have been asked whether they want mails, and have not answered.
    Pending(usize),
    /// So many were there when this was looked at before.
    Lost(usize),
}

const TITLE: Words = words("Who reads the mails has changed", "告警邮件的接收者有变化");
const STEP: Words = words("See who is subscribed", "查看订阅者");

impl Complaint {
    /// In a sentence.
    #[must_use]
    pub fn said(self, language: Language) -> String {
        match (self, language) {
            (Self::Nobody, Language::En) => {
                "Nobody reads the mails: no subscription of the topic is confirmed.".to_owned()
            }
            (Self::Nobody, Language::ZhCn) => {
                "没有人接收告警邮件：该主题没有任何已确认的订阅。".to_owned()
            }
            (Self::Pending(1), Language::En) => {
                "1 subscription waits for somebody to follow the link in the mail from AWS."
                    .to_owned()
            }
            (Self::Pending(n), Language::En) => {
                format!(
                    "{n} subscriptions wait for somebody to follow the link in the mail from AWS."
                )
            }
            (Self::Pending(n), Language::ZhCn) => {
                format!("有 {n} 个订阅尚未确认：请点击 AWS 邮件中的链接。")
            }
            (Self::Lost(1), Language::En) => {
                "1 subscription is gone. If its reader did not unsubscribe, somebody else did."
                    .to_owned()
            }
            (Self::Lost(n), Language::En) => {
                format!(
                    "{n} subscriptions are gone. If their readers did not unsubscribe, somebody else did."
                )
            }
            (Self::Lost(n), Language::ZhCn) => {
                format!("有 {n} 个订阅已消失。如果不是接收者本人退订，则是他人所为。")
            }
        }
    }
}

/// The custom notification about the readers of the topic `place`.
#[must_use]
pub fn notification(complaints: &[Complaint], place: &str, language: Language) -> Value {
    let said: Vec<_> = complaints
        .iter()
        .map(|complaint| sentence(&complaint.said(language)))
        .collect();
    let command = look(place);
    json!({
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": TITLE.to(language),
            "description": said.join("\n"),
            "nextSteps": [format!("{}\n```{command}```", STEP.to(language))],
            "keywords": ["health"],
        },
        "metadata": { "threadId": "readers", "eventType": "health" },
    })
}

/// The same as a mail, for whoever is told besides.
#[must_use]
pub fn mail(complaints: &[Complaint], place: &str, language: Language) -> Mail {
    let said: Vec<_> = complaints
        .iter()
        .map(|complaint| complaint.said(language))
        .collect();
    let step = (STEP.to(language), &*look(place));
    health::mail(TITLE.to(language), &said, step, language)
}

/// The command that shows who is subscribed.
fn look(place: &str) -> String {
    format!(
        "aws sns list-subscriptions-by-topic --topic-arn {}",
        name(place)
    )
}
