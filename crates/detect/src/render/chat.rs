//! Alerts for chat rooms: what happened and what to do next, in a few lines.
//!
//! Two shapes: the custom notification of Amazon Q Developer in chat applications, which a topic of its own takes
//! to Slack and Teams, and the plain text that webhooks of chat programs are given, each in its own envelope.
//! Both hold the same words.
//!
//! Invariant: nothing that a stranger wrote mentions anybody, is a link, or changes how the text around it looks:
//! [`text`] is the only way in.
//!
//! Source: Amazon Q Developer in chat applications, *Custom notifications*; Slack, *Formatting text for app
//! surfaces*.

use serde_json::{Value, json};

use super::mail::{Accounts, Told, level_number};
use super::text::sentence;
use crate::alert::Alert;
use crate::language::Language;

/// The longest title, in characters.
const TITLE: usize = 200;

/// The longest text of one message, in bytes: the least that any of these programs takes.
const LONGEST: usize = 1_900;

/// What is kept free to say how many alerts more there are, in bytes.
const MORE: usize = 100;

/// How many next steps a notification has.
const STEPS: usize = 3;

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
    let more = more(alerts.saturating_sub(1), language);
    let more = more.map(|more| format!("\n{more}")).unwrap_or_default();
    let title = title(alert, accounts, language);
    let description = lines(&title, told, language) + &more;
    json!({
        "version": "1.0",
        "source": "custom",
        "id": alert.id.to_string(),
        "content": {
            "textType": "client-markdown",
            "title": shortened(&title, TITLE * 4),
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

/// That so many alerts more are in the mail.
fn more(alerts: usize, language: Language) -> Option<String> {
    match (alerts, language) {
        (0, _) => None,
        (1, Language::En) => Some("One more alert is in the mail.".to_owned()),
        (more, Language::En) => Some(format!("{more} more alerts are in the mail.")),
        (more, Language::ZhCn) => Some(format!("邮件中还有另外 {more} 条告警。")),
    }
}

/// What a room is told by a mail with this title about `alerts`: the first of them, how to stop it, and the
/// headlines of the others, as far as there is room.
#[must_use]
pub fn room(title: &str, alerts: &[Told<'_>], accounts: &Accounts, language: Language) -> String {
    let Some((first, others)) = alerts.split_first() else {
        return text(title);
    };
    let mut said = lines(&marked(title), first, language);
    // A command cannot be changed, and some rooms find mentions in code too: such a step is in the mail alone.
    let steps = first.alert.response.iter();
    let steps = steps.filter(|step| !step.command.contains(['<', '>', '@', '&', '`']));
    let steps = steps.take(STEPS).map(|step| {
        let title = text(step.title.to(language));
        format!("{title}\n`{}`", command(&step.command))
    });
    let mut left = others.len();
    // Steps first: who reads this wants to stop it.
    for step in steps {
        push(&mut said, &step, LONGEST);
    }
    let mentions = others
        .iter()
        .map(|told| self::title(told.alert, accounts, language));
    for mention in mentions {
        if !push(&mut said, &mention, LONGEST) {
            break;
        }
        left -= 1;
    }
    if let Some(more) = more(left, language) {
        push(&mut said, &more, LONGEST + MORE);
    }
    said
}

/// These lines as a room may show them, as many as there is room for.
#[must_use]
pub fn few_lines(lines: impl Iterator<Item = String>) -> String {
    let mut said = String::new();
    for line in lines {
        push(&mut said, &marked(&line), LONGEST);
    }
    said
}

/// Adds a line if it fits, and returns whether it did.
fn push(said: &mut String, line: &str, longest: usize) -> bool {
    let fits = said.len() + 1 + line.len() <= longest;
    if fits {
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(line);
    }
    fits
}

/// A line of ours that begins with a level between brackets, as a room may show it.
fn marked(line: &str) -> String {
    match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((level, rest)) => format!("[{}] {}", text(level), text(rest)),
        None => text(line),
    }
}

/// What a room shows of an alert.
fn lines(title: &str, told: &Told<'_>, language: Language) -> String {
    let alert = told.alert;
    let mut lines = vec![title.to_owned(), text(alert.summary.to(language))];
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
    let account = accounts.called(alert).unwrap_or("?");
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
    let end = text.floor_char_boundary(longest - '…'.len_utf8());
    format!("{}…", &text[..end])
}
