//! Words of a mail, made safe: no second line, nothing invisible, nothing to click.

use super::{BODY, Kind, SUBJECT, Told};
use crate::neutral::neutral;
use crate::render::text::sentence;

/// The most of a name that a mail shows, in characters.
const NAME: usize = 200;

/// A name from a record.
pub(super) fn name(text: &str) -> String {
    defanged(&neutral(text, NAME))
}

/// A sentence of ours that may quote strangers.
pub(super) fn line(text: &str) -> String {
    defanged(&sentence(text.trim()))
}

/// Text in which mail programs find no link: `hxxps://`, `www[.]`.
///
/// Only what begins like a link is changed, so that ARNs and names stay as they are.
pub(super) fn defanged(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let starts = |word: &str| {
            rest.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let (shown, length) = if starts("http://") || starts("https://") {
            ("hxxp", 4)
        } else if starts("ftp://") {
            ("fxp", 3)
        } else if starts("www.") {
            ("www[.]", 4)
        } else if starts("mailto:") {
            ("mailto[:]", 7)
        } else {
            (&rest[..c.len_utf8()], c.len_utf8())
        };
        safe.push_str(shown);
        rest = &rest[length..];
    }
    safe
}

/// The value of an attribute: printable ASCII, never empty.
pub(super) fn attribute(value: &str) -> String {
    let value = ascii(value, 200);
    if value.is_empty() {
        "unknown".to_owned()
    } else {
        value
    }
}

/// Printable ASCII of at most `max` characters; `?` for all else.
fn ascii(text: &str, max: usize) -> String {
    let shown = text.chars().map(|c| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    });
    let mut kept: String = shown.take(max).collect();
    if text.chars().nth(max).is_some() {
        kept.truncate(max.saturating_sub(3));
        kept.push_str("...");
    }
    kept
}

/// The subject: how bad, where, what, who.
pub(super) fn subject_line(kind: Kind, alerts: &[Told<'_>]) -> String {
    let Some(worst) = alerts.iter().max_by_key(|told| told.alert.level) else {
        return "[trailhound] nothing to tell".to_owned();
    };
    let alert = worst.alert;
    let level = alert.level.to_string().to_uppercase();
    let account = alert.account.id.as_deref().unwrap_or("unknown account");
    let what = &alert.rule.title;
    let who = defanged(&alert.principal.name);
    let subject = match (kind, alerts.len()) {
        (Kind::Digest, count) => format!("[{level}] Digest of {count} alerts, worst: {what}"),
        (Kind::Update, _) => format!("[{level}] {account}: more of: {what}, by {who}"),
        (Kind::Alert, 1) => format!("[{level}] {account}: {what}, by {who}"),
        (Kind::Alert, count) => format!("[{level}] {account}: {what}, {count} times, by {who}"),
    };
    ascii(&subject, SUBJECT - 1)
}

/// `body`, or as many of its lines as fit.
pub(super) fn cut(body: String) -> String {
    const CUT: &str = "\n… the rest of this mail was too long to be sent\n";
    if body.len() <= BODY {
        return body;
    }
    let end = (0..=BODY - CUT.len())
        .rev()
        .find(|at| body.is_char_boundary(*at));
    let fits = &body[..end.unwrap_or_default()];
    let lines = fits.rfind('\n').map_or(fits, |at| &fits[..at]);
    format!("{lines}{CUT}")
}
