//! `trailhound baseline show`

use std::io::{self, Write};
use std::path::PathBuf;

use baseline::Engine;
use baseline::view::View;
use clap::Args;
use detect::render::{csv, sentence};

use super::Format;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::{count, things};
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// The baseline
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Show all that is known of those whose key or name contains this
    #[arg(value_name = "WHO")]
    pub who: Option<String>,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound baseline show usual.redb
  $ trailhound baseline show usual.redb alice
  $ trailhound baseline show usual.redb alice --format json";

pub(super) fn run(args: &ShowArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let engine = super::known(&args.file)?;
    let views = super::chosen(&engine, args.who.as_deref())?;
    Output::open(None, terminal)?.write(|out| match (args.format, &args.who) {
        (Format::Json, _) => {
            serde_json::to_writer_pretty(&mut *out, &views)?;
            writeln!(out)
        }
        (Format::Csv, None) => csv_of_all(&views, out),
        (Format::Csv, Some(_)) => csv_of_values(&views, out),
        (Format::Table, None) => list(&views, out),
        (Format::Table, Some(_)) => views.iter().try_for_each(|view| page(view, out)),
    })?;
    if !terminal.is_quiet() {
        terminal.say(state(&engine, views.len()));
    }
    Ok(Exit::Quiet)
}

/// How far learning is.
fn state(engine: &Engine, shown: usize) -> String {
    let days = engine.learned();
    let warm = baseline::fleet::WARM_UP;
    let learning = match warm.saturating_sub(days) {
        0 => String::new(),
        left => format!(
            ", {} more before anything is told",
            things(left.into(), "day")
        ),
    };
    format!(
        "{} of {}; {} learned{learning}",
        count(shown as u64),
        things(engine.profiles.len() as u64, "principal"),
        things(days.into(), "day"),
    )
}

fn list(views: &[View], out: &mut dyn Write) -> io::Result<()> {
    for view in views {
        let learning = if view.learning { "  learning" } else { "" };
        writeln!(
            out,
            "{:12}  {:>9}  {:>9} calls  since {}  {}  {}{learning}",
            sentence(&view.account),
            things(view.days.into(), "day"),
            count(view.calls),
            view.first,
            if view.person { "person " } else { "program" },
            sentence(&view.name),
        )?;
    }
    Ok(())
}

fn page(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", sentence(&view.key))?;
    let kind = if view.person { "a person" } else { "a program" };
    writeln!(out, "  {kind}, compared with: {}", sentence(&view.trade))?;
    writeln!(
        out,
        "  {} calls on {} from {} to {}",
        count(view.calls),
        things(view.days.into(), "day"),
        view.first,
        view.last
    )?;
    if view.learning {
        writeln!(out, "  learning: too little is known to tell anything")?;
    }
    let mut dimension = None;
    for value in &view.values {
        if dimension != Some(value.dimension) {
            writeln!(out, "  {}", word(&value.dimension))?;
            dimension = Some(value.dimension);
        }
        writeln!(
            out,
            "    {:48} {:>9}, {} to {}",
            sentence(&value.value),
            things(value.days.into(), "day"),
            value.first,
            value.last
        )?;
    }
    writeln!(out, "  usual")?;
    for usual in &view.usual {
        writeln!(
            out,
            "    {:20} {:>9.1} in {:>5} s, highest {:.1}",
            word(&usual.metric),
            usual.usual,
            usual.window,
            usual.highest
        )?;
    }
    writeln!(out)
}

fn csv_of_all(views: &[View], out: &mut dyn Write) -> io::Result<()> {
    let heading = [
        "account", "key", "name", "kind", "person", "trade", "first", "last", "days", "calls",
        "learning", "score",
    ];
    let row = |view: &View| {
        vec![
            sentence(&view.account),
            sentence(&view.key),
            sentence(&view.name),
            view.kind.to_string(),
            view.person.to_string(),
            sentence(&view.trade),
            view.first.to_string(),
            view.last.to_string(),
            view.days.to_string(),
            view.calls.to_string(),
            view.learning.to_string(),
            view.score.to_string(),
        ]
    };
    csv::write_rows(&heading.map(str::to_owned), views.iter().map(row), out)
}

fn csv_of_values(views: &[View], out: &mut dyn Write) -> io::Result<()> {
    let heading = [
        "account",
        "key",
        "dimension",
        "value",
        "first",
        "last",
        "days",
    ];
    let values = views
        .iter()
        .flat_map(|view| view.values.iter().map(move |value| (view, value)));
    let rows = values.map(|(view, value)| {
        vec![
            sentence(&view.account),
            sentence(&view.key),
            word(&value.dimension),
            sentence(&value.value),
            value.first.to_string(),
            value.last.to_string(),
            value.days.to_string(),
        ]
    });
    csv::write_rows(&heading.map(str::to_owned), rows, out)
}

/// The name of a thing as in JSON.
pub(super) fn word(thing: &impl serde::Serialize) -> String {
    match serde_json::to_value(thing) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
