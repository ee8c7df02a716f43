//! The envelopes that chat programs want their text in, and how it is signed.
//!
//! Source: Slack, *Sending messages using incoming webhooks*; Microsoft Teams, *Create incoming webhooks with
//! Workflows* and Adaptive Cards, *RichTextBlock*; Feishu, *Custom bot usage guide*, section *Signature verification*;
//! DingTalk, *Custom robot access*, section *Security settings*; WeCom, *Group robot configuration*.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use serde_json::{Value, json};

use crate::rooms::{Kind, Secret};

/// What is posted where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub url: Secret,
    /// What.
    pub body: Value,
}

/// The request that tells a room `text` at `now`.
#[must_use]
pub fn request(
    kind: Kind,
    url: &Secret,
    key: Option<&Secret>,
    text: &str,
    now: Timestamp,
) -> Request {
    let mut url = url.clone();
    let mut body = body(kind, text);
    match (kind, key) {
        (Kind::Feishu, Some(key)) => {
            let seconds = now.as_second().to_string();
            body["sign"] = feishu_sign(&seconds, key).into();
            body["timestamp"] = seconds.into();
        }
        (Kind::DingTalk, Some(key)) => {
            let milliseconds = now.as_millisecond().to_string();
            let sign = dingtalk_sign(&milliseconds, key);
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("timestamp", &milliseconds)
                .append_pair("sign", &sign)
                .finish();
            let joint = if url.reveal().contains('?') { '&' } else { '?' };
            url = Secret::new(format!("{}{joint}{query}", url.reveal()));
        }
        _ => {}
    }
    Request { url, body }
}

fn body(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Slack => json!({ "text": text, "unfurl_links": false, "unfurl_media": false }),
        Kind::Teams => json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": text.lines().enumerate().map(card_line).collect::<Vec<_>>(),
                },
            }],
        }),
        Kind::Feishu => json!({ "msg_type": "text", "content": { "text": text } }),
        Kind::DingTalk | Kind::WeCom | Kind::Mail => {
            json!({ "msgtype": "text", "text": { "content": text } })
        }
    }
}

/// A line of a card. Runs of text are shown as they are, where blocks of text would be read as Markdown.
fn card_line((at, line): (usize, &str)) -> Value {
    let command = line
        .strip_prefix('`')
        .and_then(|line| line.strip_suffix('`'))
        .filter(|line| !line.contains('`'));
    let run = match command {
        Some(command) => json!({ "type": "TextRun", "text": command, "fontType": "Monospace" }),
        None if at == 0 => json!({ "type": "TextRun", "text": line, "weight": "Bolder" }),
        None => json!({ "type": "TextRun", "text": line }),
    };
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

/// The key is made of the moment and the secret, and nothing is signed with it.
fn feishu_sign(seconds: &str, key: &Secret) -> String {
    let key = format!("{seconds}\n{}", key.reveal());
    sign(key.as_bytes(), b"")
}

/// The same text is signed with the secret.
fn dingtalk_sign(milliseconds: &str, key: &Secret) -> String {
    let text = format!("{milliseconds}\n{}", key.reveal());
    sign(key.reveal().as_bytes(), text.as_bytes())
}

fn sign(key: &[u8], text: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    STANDARD.encode(hmac::sign(&key, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn now() -> Timestamp {
        "2026-11-22T14:02:11.250Z".parse().unwrap()
    }

    #[test]
    fn signatures_are_those_that_other_programs_make() {
        // python3: base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
        let key = url("SECabc");
        assert_eq!(
            feishu_sign("1599360473", &key),
            "KjJCRpeZcpDq6nFA4wlSAm5ZsE3Y8HuB1O1Sgv2Y9xA="
        );
        assert_eq!(
            dingtalk_sign("1599360473878", &key),
            "zHF4pCfsBS1cT3bLbMPkh2yLoXjRbtL9QMLfZv1KIXE="
        );
    }

    #[test]
    fn feishu_finds_its_signature_in_the_body_and_dingtalk_in_the_address() {
        let key = url("SECabc");
        let feishu = request(Kind::Feishu, &url("https://f/hook"), Some(&key), "x", now());
        assert_eq!(feishu.url.reveal(), "https://f/hook");
        assert_eq!(feishu.body["timestamp"], "1795356131");
        assert_eq!(feishu.body["sign"], feishu_sign("1795356131", &key));
        for (address, begins) in [
            (
                "https://d/send?access_token=t",
                "https://d/send?access_token=t&timestamp=1795356131250&sign=",
            ),
            (
                "https://d/send",
                "https://d/send?timestamp=1795356131250&sign=",
            ),
        ] {
            let dingtalk = request(Kind::DingTalk, &url(address), Some(&key), "x", now());
            let sign = dingtalk.url.reveal().strip_prefix(begins).unwrap();
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"%-_.".contains(&b);
            assert!(sign.bytes().all(plain), "{sign}");
            assert!(!dingtalk.body.to_string().contains("SECabc"));
        }
        let plain = request(Kind::Feishu, &url("https://f"), None, "x", now());
        assert!(plain.body.get("sign").is_none());
    }

    #[test]
    fn a_card_shows_lines_as_they_are_and_commands_as_commands() {
        let text = "[HIGH] prod: x\n_not_ *marked*\n`aws iam x`\n`a` and `b`";
        let card = body(Kind::Teams, text);
        let lines = card.pointer("/attachments/0/content/body").unwrap();
        let runs: Vec<_> = lines
            .as_array()
            .unwrap()
            .iter()
            .map(|line| &line["inlines"][0])
            .collect();
        let texts: Vec<_> = runs
            .iter()
            .map(|run| run["text"].as_str().unwrap())
            .collect();
        assert_eq!(
            texts,
            [
                "[HIGH] prod: x",
                "_not_ *marked*",
                "aws iam x",
                "`a` and `b`"
            ]
        );
        assert_eq!(runs[0]["weight"], "Bolder");
        assert_eq!(runs[2]["fontType"], "Monospace");
        assert!(
            lines.to_string().contains("RichTextBlock")
                && !lines.to_string().contains("TextBlock\",\"text")
        );
    }

    #[test]
    fn each_program_finds_the_text_where_it_looks_for_it() {
        for (kind, path) in [
            (Kind::Slack, "/text"),
            (Kind::Feishu, "/content/text"),
            (Kind::DingTalk, "/text/content"),
            (Kind::WeCom, "/text/content"),
        ] {
            assert_eq!(
                body(kind, "x\ny").pointer(path).unwrap(),
                "x\ny",
                "{kind:?}"
            );
        }
    }
}
