//! JSON lines that mean the same to a program and do nothing to a terminal.
//!
//! JSON must escape only what lies below U+0020. A terminal also obeys U+009B, and a reader is
//! misled by U+202E; both are written as `\u` escapes here, which any parser undoes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::neutral::is_unseen;

/// Writes each of `values` on a line of its own.
///
/// # Errors
/// Those of `out`.
pub fn write_lines<T: Serialize>(
    values: impl IntoIterator<Item = T>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    for value in values {
        line.clear();
        value.serialize(&mut Serializer::with_formatter(&mut line, Visible))?;
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}

/// Writes JSON as somebody else has written it, on one line: what cannot be seen is escaped, which may
/// stand in texts only, and what breaks the line becomes a blank.
///
/// # Errors
/// Those of `out`.
pub fn write_raw(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let line = text.replace(['\n', '\r', '\t'], " ");
    Visible.write_string_fragment(&mut *out, &line)?;
    out.write_all(b"\n")
}

/// Compact JSON in which every character can be seen.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        // Nearly always; without a way out in between, so that many bytes are looked at in one step.
        let plain = |sum: bool, byte: u8| sum & (0x20..0x7f).contains(&byte);
        if text.bytes().fold(true, plain) {
            return out.write_all(text.as_bytes());
        }
        let hidden = |c: char| c.is_control() || is_unseen(c);
        let mut rest = text;
        while let Some(at) = rest.find(hidden) {
            let (seen, tail) = rest.split_at(at);
            out.write_all(seen.as_bytes())?;
            let mut tail = tail.chars();
            for unit in tail.next().unwrap_or_default().encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = tail.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        let mut out = Vec::new();
        write_lines([text], &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("JSON is UTF-8")
    }

    #[test]
    fn what_others_wrote_means_the_same_on_one_line() {
        let mut out = Vec::new();
        write_raw("{\n  \"a\": \"x\u{9b}\u{202e}\\n\"\r\n}", &mut out).expect("memory");
        let line = String::from_utf8(out).expect("JSON is UTF-8");
        assert_eq!(line, "{   \"a\": \"x\\u009b\\u202e\\n\"  }\n");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["a"], "x\u{9b}\u{202e}\n");
    }

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        for (text, expected) in [
            ("maria 玛丽亚", "\"maria 玛丽亚\"\n"),
            ("\x1b[2J\n", "\"\\u001b[2J\\n\"\n"),
            ("\u{9b}2J", "\"\\u009b2J\"\n"),
            ("gpj.\u{202e}exe", "\"gpj.\\u202eexe\"\n"),
            ("\u{e0041}", "\"\\udb40\\udc41\"\n"),
            ("\x7f", "\"\\u007f\"\n"),
        ] {
            assert_eq!(line(text), expected);
            assert_eq!(serde_json::from_str::<String>(&line(text)).unwrap(), text);
        }
    }
}
