//! What the other side means by its answer: delivered, try again, or never.
//!
//! Source: Slack, *Incoming webhooks*, section *Handling errors*, and *Rate limits*; Microsoft Teams, *Create incoming
//! webhooks* (the older connectors answer 200 to what was throttled, and say so in words); Feishu, *Custom bot usage
//! guide* and *Generic error codes*; DingTalk, *Server-side error codes*; WeCom, *Global error codes*; SES API v2,
//! *SendEmail*, *Errors*; RFC 9110, §10.2.3 (*Retry-After*).

use std::time::Duration;

use cloud::signed::{Answer, CallError, Fault};
use serde_json::Value;

use crate::rooms::Kind;

/// The longest wait that is believed.
pub const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Codes by which programs ask for patience: Feishu says 11232 and 99991400 to too many requests, DingTalk 130101 and
/// 410100, WeCom 45009; -1 is a busy system at the last two.
const PATIENCE: [i64; 6] = [11_232, 99_991_400, 130_101, 410_100, 45_009, -1];

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The room has it.
    Delivered,
    /// Not now, or nobody knows.
    Again {
        /// Why.
        why: String,
        /// The other side says not before so long.
        after: Option<Duration>,
    },
    /// However often it is tried.
    Never(String),
}

impl Verdict {
    fn again(why: String) -> Self {
        Self::Again { why, after: None }
    }
}

/// What a chat program means.
#[must_use]
pub fn of_room(kind: Kind, answer: &Answer) -> Verdict {
    let status = answer.status;
    if let Some(verdict) = of_code(kind, answer) {
        return verdict;
    }
    match status {
        200..=299 => match understood(kind, answer) {
            true => Verdict::Delivered,
            false => Verdict::again(format!("{status}, and no answer of {}", kind.as_str())),
        },
        300..=399 => Verdict::Never(format!("{status}: the address has moved; nobody follows")),
        _ => of_status(status, format!("{status}{}", said(answer)), answer),
    }
}

/// What is meant by a code in the answer, whatever its status; `None` if there is none, or it says nothing.
fn of_code(kind: Kind, answer: &Answer) -> Option<Verdict> {
    let field = match kind {
        Kind::Feishu => "code",
        Kind::DingTalk | Kind::WeCom => "errcode",
        _ => return None,
    };
    let json: Value = serde_json::from_slice(&answer.body).ok()?;
    let code = json[field].as_i64()?;
    let why = format!("{}, {field} {code}", answer.status);
    match code {
        0 if answer.is_success() => Some(Verdict::Delivered),
        0 => None,
        code if PATIENCE.contains(&code) => Some(patience(why, answer)),
        _ if answer.status == 429 || answer.status >= 500 => None,
        _ => Some(Verdict::Never(why)),
    }
}

/// Whether an answer that says that all went well is one of this program.
fn understood(kind: Kind, answer: &Answer) -> bool {
    match kind {
        Kind::Slack => answer.body.trim_ascii() == b"ok",
        // A workflow says nothing, or what run it has begun; a connector `1`, or what went wrong in words.
        Kind::Teams => !answer.text().contains("HTTP error"),
        _ => false,
    }
}

/// What SES means.
#[must_use]
pub fn of_mail(answer: &Answer) -> Verdict {
    let Some(fault) = answer.fault() else {
        return Verdict::Delivered;
    };
    let Fault { status, code, .. } = &fault;
    let why = format!("{status} {}", plain(code));
    // A quota of sending is one of a day.
    if fault.is_passing() || code.starts_with("LimitExceeded") {
        return patience(why, answer);
    }
    of_status(*status, why, answer)
}

/// Where no answer has come: whether it has arrived nobody knows, and a repeated mail is better than a lost one.
#[must_use]
pub fn of_error(error: &CallError) -> Verdict {
    match error {
        CallError::Request(_) => Verdict::Never(error.to_string()),
        _ => Verdict::again(error.to_string()),
    }
}

/// Again, after as long as the other side says.
fn patience(why: String, answer: &Answer) -> Verdict {
    let after = wait(answer);
    Verdict::Again { why, after }
}

fn of_status(status: u16, why: String, answer: &Answer) -> Verdict {
    match status {
        408 | 425 | 429 | 500.. => patience(why, answer),
        _ => Verdict::Never(why),
    }
}

/// How long the other side asks us to wait, in seconds; dates are not used by any of them.
fn wait(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The word that an answer consists of, such as Slack's `no_service`; nothing of what is longer, for it may repeat
/// what nobody should read.
fn said(answer: &Answer) -> String {
    let text = answer.text();
    match text.trim() {
        word if !word.is_empty() && plain(word) == word => format!(" {word}"),
        _ => String::new(),
    }
}

/// A short word of letters and underscores.
fn plain(word: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphabetic() || *c == '_';
    word.chars().filter(is_plain).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let mut answer = Answer::default();
        answer.status = status;
        answer.body = body.into();
        answer
    }

    /// `+` is delivered, `?` again, `-` never.
    fn mark(verdict: &Verdict) -> char {
        match verdict {
            Verdict::Delivered => '+',
            Verdict::Again { .. } => '?',
            Verdict::Never(_) => '-',
        }
    }

    #[test]
    fn each_program_is_understood_in_its_own_words() {
        for (kind, status, body, expected) in [
            (Kind::Slack, 200, "ok", '+'),
            (Kind::Slack, 200, "<html>maintenance</html>", '?'),
            (Kind::Slack, 403, "action_prohibited", '-'),
            (Kind::Slack, 404, "no_service", '-'),
            (Kind::Slack, 410, "channel_is_archived", '-'),
            (Kind::Slack, 429, "rate_limited", '?'),
            (Kind::Slack, 500, "rollup_error", '?'),
            (Kind::Teams, 202, "", '+'),
            (Kind::Teams, 200, "1", '+'),
            (
                Kind::Teams,
                200,
                "Microsoft Teams endpoint returned HTTP error 429",
                '?',
            ),
            (
                Kind::Teams,
                401,
                r#"{"error":{"code":"DirectApiAuthorizationRequired"}}"#,
                '-',
            ),
            (Kind::Teams, 502, "", '?'),
            (Kind::Feishu, 200, r#"{"code":0,"msg":"success"}"#, '+'),
            (
                Kind::Feishu,
                200,
                r#"{"code":19021,"msg":"sign match fail"}"#,
                '-',
            ),
            (
                Kind::Feishu,
                400,
                r#"{"code":11232,"msg":"frequency limited"}"#,
                '?',
            ),
            (Kind::Feishu, 200, "<html>", '?'),
            (Kind::Feishu, 200, "{}", '?'),
            (Kind::DingTalk, 200, r#"{"errcode":0,"errmsg":"ok"}"#, '+'),
            (
                Kind::DingTalk,
                200,
                r#"{"errcode":310000,"errmsg":"sign not match"}"#,
                '-',
            ),
            (
                Kind::DingTalk,
                200,
                r#"{"errcode":130101,"errmsg":"send too fast"}"#,
                '?',
            ),
            (Kind::DingTalk, 200, r#"{"errcode":-1}"#, '?'),
            (Kind::WeCom, 200, r#"{"errcode":0,"errmsg":"ok"}"#, '+'),
            (
                Kind::WeCom,
                200,
                r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#,
                '-',
            ),
            (Kind::WeCom, 200, r#"{"errcode":45009}"#, '?'),
            (Kind::WeCom, 503, r#"{"errcode":93000}"#, '?'),
            (Kind::WeCom, 500, r#"{"errcode":0}"#, '?'),
            (Kind::WeCom, 302, "", '-'),
            (Kind::Slack, 301, "ok", '-'),
            (Kind::Slack, 408, "", '?'),
        ] {
            let verdict = of_room(kind, &answer(status, body));
            assert_eq!(
                mark(&verdict),
                expected,
                "{kind:?} {status} {body}: {verdict:?}"
            );
        }
    }

    #[test]
    fn ses_is_understood_too() {
        let fault =
            |kind: &str| format!(r#"{{"__type":"{kind}","message":"for hush@example.com"}}"#);
        for (status, kind, expected) in [
            (400, "MessageRejected", '-'),
            (400, "MailFromDomainNotVerifiedException", '-'),
            (400, "LimitExceededException", '?'),
            (429, "TooManyRequestsException", '?'),
            (403, "AccessDeniedException", '-'),
            (404, "NotFoundException", '-'),
            (503, "", '?'),
        ] {
            let verdict = of_mail(&answer(status, &fault(kind)));
            assert_eq!(mark(&verdict), expected, "{status} {kind}: {verdict:?}");
            assert!(!format!("{verdict:?}").contains("hush"));
        }
        assert_eq!(
            of_mail(&answer(200, r#"{"MessageId":"1"}"#)),
            Verdict::Delivered
        );
    }

    #[test]
    fn what_the_other_side_says_is_not_repeated_at_length() {
        let echo = "not found: https://hooks.example.com/services/hush";
        let verdict = of_room(Kind::Slack, &answer(404, echo));
        assert_eq!(verdict, Verdict::Never("404".to_owned()));
        let verdict = of_room(Kind::Slack, &answer(404, "no_service\n"));
        assert_eq!(verdict, Verdict::Never("404 no_service".to_owned()));
    }
}
