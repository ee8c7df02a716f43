//! What a mail is made of, whichever way it is shown: as plain text here, as HTML in [`html`](super::html).
//!
//! Invariant: the words in a block are safe to show already; HTML escapes them besides.

use std::fmt::Write as _;

use sigma::Level;

use super::body::level_tag;
use crate::language::Language;
use crate::render::text::value_lines;

/// How wide prose is, in columns; commands are as long as they are.
const WIDTH: usize = 78;

/// One piece of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Where a part begins.
    Heading(String),
    /// What a value is, and the value.
    Labelled(&'static str, String),
    /// Sentences.
    Prose(String),
    /// A line that is never broken.
    Line(String),
    /// Sentences behind a mark.
    Item(String, String),
    /// What belongs to the item above.
    Under(String),
    /// What is to be typed, perhaps behind a word for it.
    Command(&'static str, String),
    /// A document, line by line.
    Document(Vec<String>),
    /// An alert among several: how bad, what, and the rest.
    Mention(Level, String, Option<String>),
    /// An empty line.
    Gap,
}

/// The blocks as plain text.
pub(super) fn text(blocks: &[Block], language: Language) -> String {
    let mut text = String::new();
    for block in blocks {
        write(&mut text, block, language);
    }
    text
}

fn write(text: &mut String, block: &Block, language: Language) {
    match block {
        Block::Heading(words) => {
            if !text.is_empty() {
                line(text, "");
            }
            line(text, words);
        }
        Block::Labelled(label, value) => match language {
            Language::En => line(text, &format!("{label:<10} {value}")),
            Language::ZhCn => line(text, &format!("{label}{value}")),
        },
        Block::Prose(prose) => {
            // In lines that every mail program shows whole.
            for part in value_lines(prose, WIDTH) {
                line(text, &part);
            }
        }
        Block::Line(words) => line(text, words),
        Block::Item(mark, words) => {
            for (at, part) in value_lines(words, WIDTH - mark.len()).iter().enumerate() {
                let blank = " ".repeat(mark.len());
                let mark = if at == 0 { mark } else { &blank };
                line(text, &format!("{mark}{part}"));
            }
        }
        Block::Under(words) => line(text, &format!("  {words}")),
        Block::Command(label, command) => line(text, &format!("   {label}{command}")),
        Block::Document(lines) => lines
            .iter()
            .for_each(|part| line(text, &format!("   {part}"))),
        Block::Mention(level, head, rest) => {
            line(text, &format!("[{}] {head}", level_tag(*level)));
            if let Some(rest) = rest {
                line(text, &format!("   {rest}"));
            }
        }
        Block::Gap => line(text, ""),
    }
}

fn line(text: &mut String, words: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{words}");
}
