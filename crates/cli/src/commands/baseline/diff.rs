//! `trailhound baseline diff`

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use baseline::dimension::Dimension;
use baseline::view::{View, views};
use clap::Args;
use detect::render::{csv, sentence};
use serde::Serialize;

use super::Format;
use super::show::word;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound baseline diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// The older baseline
    #[arg(value_name = "OLD")]
    pub old: PathBuf,

    /// The newer baseline
    #[arg(value_name = "NEW")]
    pub new: PathBuf,

    /// How to write it
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound baseline diff last-month.redb usual.redb
  $ trailhound baseline diff last-month.redb usual.redb --format json";

/// One thing that only one of two baselines knows.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Change {
    account: String,
    key: String,
    /// `new` or `gone`.
    change: &'static str,
    /// `null` for the principal itself.
    dimension: Option<Dimension>,
    value: Option<String>,
}

pub(super) fn run(args: &DiffArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let old = views(&super::known(&args.old)?);
    let new = views(&super::known(&args.new)?);
    let changes = changes(&old, &new);
    Output::open(None, terminal)?.write(|out| match args.format {
        Format::Table => table(&changes, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &changes)?;
            writeln!(out)
        }
        Format::Csv => write_csv(&changes, out),
    })?;
    if !terminal.is_quiet() {
        terminal.say(things(changes.len() as u64, "difference"));
    }
    Ok(Exit::Quiet)
}

fn changes(old: &[View], new: &[View]) -> Vec<Change> {
    type Values<'v> = BTreeSet<(Dimension, &'v str)>;
    fn by_key(views: &[View]) -> BTreeMap<(&str, &str), Values<'_>> {
        let values = |view: &View| (view.account.clone(), view.key.clone());
        debug_assert!(views.iter().map(values).collect::<BTreeSet<_>>().len() == views.len());
        let each = views.iter().map(|view| {
            let values = view
                .values
                .iter()
                .map(|value| (value.dimension, &*value.value));
            ((&*view.account, &*view.key), values.collect())
        });
        each.collect()
    }
    let (old, new) = (by_key(old), by_key(new));
    let mut changes = Vec::new();
    for (from, to, change) in [(&old, &new, "new"), (&new, &old, "gone")] {
        for ((account, key), values) in to {
            let row = |value: Option<(Dimension, &str)>| Change {
                account: (*account).to_owned(),
                key: (*key).to_owned(),
                change,
                dimension: value.map(|(dimension, _)| dimension),
                value: value.map(|(_, value)| value.to_owned()),
            };
            match from.get(&(*account, *key)) {
                None => changes.push(row(None)),
                Some(known) => {
                    changes.extend(values.difference(known).map(|value| row(Some(*value))));
                }
            }
        }
    }
    changes.sort();
    changes
}

fn table(changes: &[Change], out: &mut dyn Write) -> io::Result<()> {
    for change in changes {
        let mark = if change.change == "new" { '+' } else { '-' };
        let what = match (&change.dimension, &change.value) {
            (Some(dimension), Some(value)) => format!("{} {}", word(dimension), sentence(value)),
            _ => "the principal itself".to_owned(),
        };
        writeln!(
            out,
            "{mark} {} {}: {what}",
            sentence(&change.account),
            sentence(&change.key)
        )?;
    }
    Ok(())
}

fn write_csv(changes: &[Change], out: &mut dyn Write) -> io::Result<()> {
    let heading = ["account", "key", "change", "dimension", "value"].map(str::to_owned);
    let row = |change: &Change| {
        vec![
            sentence(&change.account),
            sentence(&change.key),
            change.change.to_string(),
            change.dimension.as_ref().map(word).unwrap_or_default(),
            sentence(change.value.as_deref().unwrap_or_default()),
        ]
    };
    csv::write_rows(&heading, changes.iter().map(row), out)
}
