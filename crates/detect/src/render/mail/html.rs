//! A mail as HTML: the same blocks as in the plain text, with headings, commands to copy and the colour of the
//! level.
//!
//! Invariant: nothing in it is fetched, run or followed by a click, and every word is escaped. Whatever a mail
//! program strips or turns dark, the text can be read: colours of text and ground are its own, styles stand at
//! the elements, and nothing is wider than a telephone.

use std::borrow::Cow;
use std::fmt::Write as _;

use sigma::Level;

use super::blocks::Block;
use super::body::level_tag;
use crate::language::Language;

/// Longer HTML tells in less detail.
pub const LONGEST: usize = 100_000;

/// Between the words of two languages.
const RULE: &str = "<hr style=\"margin:2em 0;border:0;border-top:1px solid #888\">\n";

const COMMAND: &str = "margin:.3em 0 .6em;padding:.5em;border:1px solid #888;border-radius:4px;\
                       font:13px/1.4 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;\
                       word-break:break-word;overflow-wrap:anywhere";

/// The colours of a level, on a light ground and on a dark one: both can be read in white.
const fn color(level: Level) -> &'static str {
    match level {
        Level::Critical => "#9c1c6b",
        Level::High => "#b3261e",
        Level::Medium => "#8a5a00",
        Level::Low => "#00677d",
        Level::Informational => "#5c5f66",
    }
}

/// A page with this title, about something so bad, in each of the languages.
pub(super) fn page(title: &str, level: Level, parts: &[(Language, Vec<Block>)]) -> String {
    let tag = parts
        .first()
        .map_or("en", |(language, _)| language.as_str());
    let escaped = escape(title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">\n\
         <style>:root{{color-scheme:light dark}}</style>\n<title>{escaped}</title>\n</head>\n\
         <body style=\"margin:0;padding:12px\">\n\
         <div style=\"max-width:42em;margin:0 auto;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,\
         'PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere;word-break:break-word\">\n\
         <h1 style=\"margin:0 0 1em;padding:.2em 0 .2em .6em;border-left:6px solid {};font-size:1.25em;\
         line-height:1.35\">{escaped}</h1>\n",
        color(level)
    );
    for (at, (language, blocks)) in parts.iter().enumerate() {
        if at > 0 {
            page.push_str(RULE);
        }
        part(&mut page, *language, blocks);
    }
    page.push_str("</div>\n</body>\n</html>\n");
    page
}

fn part(page: &mut String, language: Language, blocks: &[Block]) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "<div lang=\"{}\">", language.as_str());
    for block in blocks {
        write(page, block);
    }
    page.push_str("</div>\n");
}

fn write(page: &mut String, block: &Block) {
    // Writing to a string cannot fail.
    let _ = match block {
        Block::Heading(words) => writeln!(
            page,
            "<h2 style=\"margin:1.6em 0 .5em;font-size:1em;letter-spacing:.04em\">{}</h2>",
            escape(words)
        ),
        Block::Labelled(label, value) => writeln!(
            page,
            "<div style=\"margin:.15em 0\"><b>{}</b> {}</div>",
            escape(label),
            marked(value)
        ),
        Block::Prose(words) => writeln!(page, "<p style=\"margin:.5em 0\">{}</p>", marked(words)),
        Block::Line(words) => writeln!(
            page,
            "<p style=\"margin:.8em 0 .3em\">{}</p>",
            marked(words)
        ),
        Block::Item(mark, words) => writeln!(
            page,
            "<div style=\"margin:.3em 0 .3em 1.4em;text-indent:-1.4em\">{} {}</div>",
            escape(match mark.trim() {
                "-" => "•",
                "" => "→",
                number => number,
            }),
            marked(words)
        ),
        Block::Under(words) => writeln!(
            page,
            "<div style=\"margin:0 0 .3em 1.4em;font-size:.9em\">{}</div>",
            escape(words)
        ),
        Block::Command("", command) => {
            writeln!(page, "<pre style=\"{COMMAND}\">{}</pre>", escape(command))
        }
        Block::Command(label, command) => writeln!(
            page,
            "<div style=\"font-size:.9em\">{}</div>\n<pre style=\"{COMMAND}\">{}</pre>",
            escape(label.trim()),
            escape(command)
        ),
        Block::Document(lines) => writeln!(
            page,
            "<pre style=\"{COMMAND}\">{}</pre>",
            escape(&lines.join("\n"))
        ),
        Block::Mention(level, head, rest) => {
            let rest = rest
                .as_deref()
                .map(|rest| format!("<br><span style=\"font-size:.9em\">{}</span>", escape(rest)));
            let rest = rest.unwrap_or_default();
            let color = color(*level);
            writeln!(
                page,
                "<div style=\"margin:.5em 0;padding-left:.6em;border-left:4px solid {color}\">\
                 <b>[{}]</b> {}{rest}</div>",
                level_tag(*level),
                marked(head)
            )
        }
        Block::Gap => Ok(()),
    };
}

/// Words, with what stands between backquotes as code.
fn marked(words: &str) -> String {
    let mut html = String::new();
    let mut parts = words.split('`');
    html.push_str(&escape(parts.next().unwrap_or_default()));
    while let Some(code) = parts.next() {
        match parts.next() {
            Some(after) => {
                let _ = write!(html, "<code>{}</code>{}", escape(code), escape(after));
            }
            // One that nothing closes is a character like others.
            None => {
                let _ = write!(html, "`{}", escape(code));
            }
        }
    }
    html
}

/// Text as HTML shows it, in an attribute too.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_become_code_and_one_that_is_left_over_stays() {
        for (words, expected) in [
            ("user `ma<ria` left", "user <code>ma&lt;ria</code> left"),
            ("a ` b", "a ` b"),
            ("`a` and ` b", "<code>a</code> and ` b"),
            ("\"'&", "&quot;&#39;&amp;"),
        ] {
            assert_eq!(marked(words), expected);
        }
    }
}
