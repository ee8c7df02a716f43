//! Mails about the fleet itself, for rooms and people who are told besides: those of the mail topic hear of it by
//! alarms.

use std::collections::BTreeMap;

use sigma::Level;

use super::blocks::{self, Block};
use super::text::{command, line};
use super::{Mail, html};
use crate::language::Language;
use crate::render::chat;

/// Says these sentences, and what to type next.
#[must_use]
pub fn mail(title: &str, said: &[String], step: (&str, &str), language: Language) -> Mail {
    let title = format!("[trailhound] {}", line(title));
    let mut parts: Vec<_> = said.iter().map(|said| Block::Prose(line(said))).collect();
    let (label, typed) = step;
    parts.push(Block::Line(line(label)));
    parts.push(Block::Command("", command(typed)));
    let room = std::iter::once(title.clone()).chain(said.iter().cloned());
    Mail {
        subject: super::text::ascii(&title, super::SUBJECT - 1),
        body: blocks::text(&parts, language),
        room: chat::few_lines(room),
        html: html::page(&title, Level::High, &[(language, parts)]),
        title,
        attributes: BTreeMap::from([
            ("kind", "health".to_owned()),
            ("language", language.as_str().to_owned()),
        ]),
        notification: None,
    }
}
