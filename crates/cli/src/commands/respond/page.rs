//! What the responder answers, as people and programs read it.

use std::io::{self, Write};

use detect::language::Language;
use detect::neutral::neutral;
use jiff::Timestamp;
use response::Switch;
use response::docket::Docket;
use response::door::{Reply, Wish};
use response::letter::page;
use serde_json::{Value, json};

use crate::grid::Grid;

/// How many characters of a text from elsewhere are shown.
const SHOWN: usize = 300;

/// The answer for people.
pub(super) fn table(
    reply: &Reply,
    wish: &Wish,
    language: Language,
    now: Timestamp,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(docket) = &reply.plan {
        return write!(out, "{}", page(docket, language, now));
    }
    if *wish == Wish::List {
        let mut grid = Grid::default()
            .whole("plan")
            .whole("status")
            .whole("level")
            .whole("made")
            .number("steps")
            .text("what happened");
        for line in &reply.plans {
            let is_overdue = line.until.is_some_and(|until| now >= until);
            let status = match line.status {
                response::docket::Status::Waiting if is_overdue => "expired",
                status => status.as_str(),
            };
            grid.row(vec![
                line.plan.to_string(),
                status.to_owned(),
                line.level.to_string(),
                line.made.strftime("%Y-%m-%d %H:%MZ").to_string(),
                line.steps.to_string(),
                neutral(&line.headline, SHOWN),
            ]);
        }
        return grid.write(width, out);
    }
    match &reply.switch {
        Some(switch) => writeln!(out, "{}", state(reply, switch)),
        None => Ok(()),
    }
}

/// Whether anything is carried out, and how.
pub(super) fn state(reply: &Reply, switch: &Switch) -> String {
    let text = |text: &Option<String>| neutral(text.as_deref().unwrap_or_default(), SHOWN);
    match switch.stopped {
        Some(at) => {
            let by = text(&switch.by);
            let at = at.strftime("%Y-%m-%d %H:%M:%SZ");
            let reason = match &switch.reason {
                Some(_) => format!(": {}", text(&switch.reason)),
                None => String::new(),
            };
            format!("Stopped since {at}, by {by}{reason}")
        }
        None => format!("Mode: {}", neutral(&reply.mode, SHOWN)),
    }
}

/// The answer for programs: one object, schema `trailhound.respond/1`.
pub(super) fn json(reply: &Reply, out: &mut dyn Write) -> io::Result<()> {
    let mut value = json!(reply);
    value["schema"] = "trailhound.respond/1".into();
    if let Some(docket) = &reply.plan {
        value["calls"] = calls(docket);
    }
    writeln!(out, "{value}")
}

/// The calls of a plan, with what takes them back.
fn calls(docket: &Docket) -> Value {
    let steps = docket.steps.iter().map(|step| {
        let undo = step.action.undo();
        let is_ours = matches!(undo, response::action::Undo::Call(_));
        json!({ "call": step.action.call(), "undo": undo.call(), "undone_by_us": is_ours })
    });
    steps.collect()
}
