//! Alerts for chat rooms: what happened and what to do next, in a few lines.
//!
//! Two shapes: the custom notification of Amazon Q Developer in chat applications, which a topic of its own takes
//! to Slack and Teams, and the bodies that webhooks of chat programs take. All hold the same words.
//!
//! Invariant: nothing that a stranger wrote mentions anybody, is a link, or changes how the text around it looks:
//! [`text`] is the only way in.
//!
//! Source: Amazon Q Developer in chat applications, *Custom notifications*; Slack, *Formatting text for app
//! surfaces*; Microsoft Teams, *Incoming webhooks* with adaptive cards; the robots of Feishu, DingTalk and WeCom.

use serde_json::{Value, json};

use super::mail::{Accounts, Told, level_number};
use super::text::sentence;
use crate::alert::Alert;
use crate::language::Language;

/// The longest title, in characters.
const TITLE: usize = 200;

/// The longest text of one message, in bytes: the least that any of these programs takes.
const LONGEST: usize = 1_900;

/// How many next steps a notification has.
const STEPS: usize = 3;

/// What takes messages by a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Slack.
    Slack,
    /// Microsoft Teams, by a workflow.
    Teams,
    /// Feishu, outside China Lark.
    Feishu,
    /// DingTalk.
    DingTalk,
    /// WeCom.
    WeCom,
}

impl Room {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Slack,
        Self::Teams,
        Self::Feishu,
        Self::DingTalk,
        Self::WeCom,
    ];

    /// The body of a request to its webhook.
    #[must_use]
    pub fn message(self, told: &Told<'_>, accounts: &Accounts, language: Language) -> Value {
        let text = lines(told, accounts, language);
        match self {
            Self::Slack => json!({ "text": text }),
            Self::Teams => json!({
                "type": "message",
                "attachments": [{
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "content": {
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                        "type": "AdaptiveCard",
                        "version": "1.4",
                        "body": [{ "type": "TextBlock", "text": text, "wrap": true }],
                    },
                }],
            }),
            Self::Feishu => json!({ "msg_type": "text", "content": { "text": text } }),
            Self::DingTalk | Self::WeCom => {
                json!({ "msgtype": "text", "text": { "content": text } })
            }
        }
    }
}

/// The custom notification about an alert, the first of so many `alerts`; those of one conversation share
/// `thread`.
#[must_use]
pub fn notification(
    told: &Told<'_>,
    thread: &str,
    alerts: usize,
    accounts: &Accounts,
    language: Language,
) -> Value {
    let alert = told.alert;
    let steps = alert.response.iter().take(STEPS);
    let steps: Vec<_> = steps
        .map(|step| {
            let title = text(step.title.to(language));
            format!("{title}\n```{}```", command(&step.command))
        })
        .collect();
    let more = match (alerts.saturating_sub(1), language) {
        (0, _) => String::new(),
        (1, Language::En) => "\nOne more alert is in the mail.".to_owned(),
        (more, Language::En) => format!("\n{more} more alerts are in the mail."),
        (more, Language::ZhCn) => format!("\n邮件中还有另外 {more} 条告警。"),
    };
    let description = lines(told, accounts, language) + &more;
    json!({
        "version": "1.0",
        "source": "custom",
        "id": alert.id.to_string(),
        "content": {
            "textType": "client-markdown",
            "title": shortened(&title(alert, accounts, language), TITLE * 4),
            "description": description,
            "nextSteps": steps,
            "keywords": [alert.level.to_string(), text(&alert.rule.id)],
        },
        "metadata": {
            "threadId": thread,
            "summary": shortened(&text(alert.headline(language)), TITLE * 4),
            "eventType": alert.level.to_string(),
            "relatedResources": [text(&alert.principal.key)],
            "additionalContext": {
                "level_num": level_number(alert.level).to_string(),
                "alert": alert.id.to_string(),
            },
        },
    })
}

/// What a room shows of an alert.
fn lines(told: &Told<'_>, accounts: &Accounts, language: Language) -> String {
    let alert = told.alert;
    let mut lines = vec![
        title(alert, accounts, language),
        text(alert.summary.to(language)),
    ];
    if let Some(meaning) = alert.deed.as_ref().and_then(|deed| deed.meaning.as_ref()) {
        lines.push(text(meaning.to(language)));
    }
    if let Some(threat) = &alert.rule.threat {
        lines.push(text(threat.to(language)));
    }
    let more = match (told.before, language) {
        (0, _) => None,
        (before, Language::En) => Some(format!("Told before, with {before} of its events.")),
        (before, Language::ZhCn) => Some(format!("此前已告知，当时有 {before} 个事件。")),
    };
    lines.extend(more);
    lines.push(format!("{} {}", alert.time, alert.id));
    shortened(&lines.join("\n"), LONGEST)
}

/// How bad, where, what.
fn title(alert: &Alert, accounts: &Accounts, language: Language) -> String {
    let level = alert.level.to_string().to_uppercase();
    let id = alert.account.id.as_deref();
    let account = id.and_then(|id| accounts.name(id)).or(id).unwrap_or("?");
    format!(
        "[{level}] {}: {}",
        text(account),
        text(alert.headline(language))
    )
}

/// Text as a room may show it: on one line, without links, mentions and marks of its own.
///
/// What rooms take for marks is shown by a character that looks like it; backquotes are ours alone and stay.
fn text(text: &str) -> String {
    super::mail::defanged(&sentence(text.trim()))
        .chars()
        .map(|c| match c {
            '<' => '‹',
            '>' => '›',
            '@' => '＠',
            '*' => '∗',
            '[' => '［',
            ']' => '］',
            '#' => '＃',
            '|' => '∣',
            '~' => '∼',
            '&' => '＆',
            _ => c,
        })
        .collect()
}

/// A command, which must stay what it is, but cannot end the block it stands in.
fn command(text: &str) -> String {
    super::mail::command(text).replace('`', "'")
}

/// As much of a text as fits in so many bytes.
fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = (0..=longest - '…'.len_utf8()).rev();
    let end = end.into_iter().find(|at| text.is_char_boundary(*at));
    format!("{}…", &text[..end.unwrap_or_default()])
}
