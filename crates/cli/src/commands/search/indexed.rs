//! Searches by way of an index: what is new is added, then the index answers.

use std::fs;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Instant, UNIX_EPOCH};

use detect::cloudtrail::Record;
use detect::render::{csv, json};
use index::{Block, Cell, FileStamp, Index, IndexError, Packer, Rows};
use query::Query;
use serde_json::Value as Json;

use super::Question;
use super::args::{Format, SearchArgs};
use super::finds::{Finds, Searcher};
use super::print::{only, value_cell};
use crate::commands::gather::{Gatherer, Gathering};
use crate::commands::met::Met;
use crate::commands::scan::{Tally, WhatWasRead};
use crate::complaint::{Complaint, chain};
use crate::exit::Exit;
use crate::grid::Grid;
use crate::inputs::{Inputs, Meter, Source};
use crate::interrupt;
use crate::numbers::{count, things};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// How many blocks wait for the one thread that writes.
const WAITING: usize = 64;

/// Answers from the index at `path`, after what is new at the paths of `args` was added.
pub(super) fn search(
    args: &SearchArgs,
    path: &Path,
    question: &Question,
    terminal: Terminal,
) -> Result<(Finds, Exit), Complaint> {
    let unusable = |error: IndexError| unusable(path, &error);
    let (index, exit) = opened(args, path, terminal)?;
    let started = Instant::now();
    let met = Met::default();
    // The time asked for narrows the search down more than most.
    let TimeRange { since, until } = question.range;
    let query = question.query.clone().and(Query::between(since, until));
    let mut searcher = Searcher::new(&query, &question.wanted, &met);
    let looked_at = index
        .search(&query, |record, _| searcher.found(record))
        .map_err(unusable)?;
    if !terminal.is_quiet() {
        terminal.say(format_args!(
            "Looked at {} of {} in the index in {:.2} s",
            count(looked_at),
            things(index.len().map_err(unusable)?, "record"),
            started.elapsed().as_secs_f64(),
        ));
    }
    let finds = Finds::default().merge(searcher.finish(), &question.wanted);
    Ok((finds, exit))
}

/// Answers a question in SQL.
pub(super) fn sql(
    args: &SearchArgs,
    path: &Path,
    sql: &str,
    terminal: Terminal,
) -> Result<Exit, Complaint> {
    let output = Output::open(args.output.as_deref(), terminal)?;
    let (index, exit) = opened(args, path, terminal)?;
    let mut rows = index.sql(sql).map_err(|error| match error {
        IndexError::Sql(what) => Complaint::bad_call("--sql", what)
            .help("the view `events` has the columns that `SELECT * FROM events LIMIT 1` shows"),
        error => unusable(path, &error),
    })?;
    let total = rows.rows.len();
    rows.rows.truncate(args.most().unwrap_or(usize::MAX));
    let whole = output.write(|out| print(args.format, &rows, terminal.width(), out))?;
    if whole && !terminal.is_quiet() {
        let shown = rows.rows.len();
        let more = match shown < total {
            true => only("the first", shown),
            false => String::new(),
        };
        terminal.say(format_args!("Found: {}{more}", things(total as u64, "row")));
    }
    Ok(exit)
}

fn opened(args: &SearchArgs, path: &Path, terminal: Terminal) -> Result<(Index, Exit), Complaint> {
    if args.paths.is_empty() {
        if !path.exists() {
            return Err(Complaint::unreadable(path.display(), "no such index")
                .help("name the log files too, and it is made"));
        }
        let index = Index::open_read_only(path).map_err(|error| unusable(path, &error))?;
        return Ok((index, Exit::Quiet));
    }
    let mut index = Index::open(path).map_err(|error| unusable(path, &error))?;
    let exit = update(args, path, &mut index, terminal)?;
    Ok((index, exit))
}

/// Adds what is new; a file is new if its path, size or time is.
fn update(
    args: &SearchArgs,
    path: &Path,
    index: &mut Index,
    terminal: Terminal,
) -> Result<Exit, Complaint> {
    let started = Instant::now();
    let unusable = |error: IndexError| unusable(path, &error);
    let mut inputs = Inputs::find(&args.paths, None, true);
    terminal.complain_all(&inputs.complaints);
    let mut stamps = Vec::new();
    let mut sources = Vec::new();
    for source in std::mem::take(&mut inputs.sources) {
        let stamp = stamp(&source);
        let known = match &stamp {
            Some(stamp) => index.holds(stamp).map_err(unusable)?,
            None => false,
        };
        if !known {
            stamps.extend(stamp);
            sources.push(source);
        }
    }
    inputs.sources = sources;
    if inputs.sources.is_empty() {
        return Ok(inputs.exit());
    }
    let meter = Arc::new(Meter::default());
    interrupt::stops(&meter);
    let tally = fill(args, index, &inputs, &stamps, &meter, terminal).map_err(unusable)?;
    terminal.complain_all(&tally.complaints());
    if meter.stopped() {
        return Err(Complaint::interrupted(
            path.display(),
            "the index is as it was before",
        ));
    }
    let exit = tally.exit().max(inputs.exit());
    if !terminal.is_quiet() {
        let read = WhatWasRead {
            tally,
            strangers: inputs.skipped,
            elapsed: started.elapsed(),
            done: "indexed",
        };
        terminal.say(read.to_string().trim_end());
    }
    Ok(exit)
}

/// All threads read and pack, one writes.
fn fill(
    args: &SearchArgs,
    index: &mut Index,
    inputs: &Inputs,
    stamps: &[FileStamp],
    meter: &Meter,
    terminal: Terminal,
) -> Result<Tally, IndexError> {
    let mut writer = index.write()?;
    let gathering = Gathering {
        range: TimeRange::ALL,
        threads: inputs.threads(args.threads),
        progress: terminal.is_watched() && !args.no_progress,
        hashes: false,
    };
    let (blocks, arriving) = mpsc::sync_channel::<Block>(WAITING);
    let (tally, written) = std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            gathering
                .read(inputs, meter, || Packing {
                    packer: Packer::default(),
                    file: None,
                    blocks: blocks.clone(),
                })
                .0
        });
        // An error lets go of the other end, and the readers find nobody to send to.
        let written = arriving
            .into_iter()
            .try_for_each(|block| writer.add(&block));
        let tally = reading.join();
        (
            tally.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            written,
        )
    });
    written?;
    if meter.stopped() {
        return Ok(tally);
    }
    for stamp in stamps
        .iter()
        .filter(|stamp| !tally.complaints.contains_key(&*stamp.name))
    {
        writer.finish_file(stamp)?;
    }
    writer.commit()?;
    Ok(tally)
}

/// What tells a file from what it was before; standard input is always new.
fn stamp(source: &Source) -> Option<FileStamp> {
    let name = source.to_string().into();
    match source {
        Source::Stdin => None,
        Source::File(path) => Some(stamp_of(path, name)),
        Source::Object(object) => Some(FileStamp {
            name,
            bytes: object.bytes,
            written: object.written,
        }),
    }
}

fn stamp_of(path: &Path, name: Arc<str>) -> FileStamp {
    let metadata = fs::metadata(path).ok();
    let written = metadata
        .as_ref()
        .and_then(|metadata| metadata.modified().ok());
    let since = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    FileStamp {
        name,
        bytes: metadata.map_or(0, |metadata| metadata.len()),
        written: since.map_or(0, |since| {
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        }),
    }
}

/// One thread that reads for the index.
struct Packing {
    packer: Packer,
    file: Option<Arc<FileStamp>>,
    blocks: mpsc::SyncSender<Block>,
}

impl Packing {
    /// A writer that has gone says itself why.
    fn send(&self, block: Option<Block>) {
        if let Some(block) = block {
            let _ = self.blocks.send(block);
        }
    }

    fn turn_to(&mut self, log_file: Option<&Arc<str>>) {
        let name = log_file.map_or("-", |name| name);
        if self.file.as_ref().is_some_and(|file| &*file.name == name) {
            return;
        }
        self.file = Some(Arc::new(stamp_of(Path::new(name), name.into())));
    }
}

impl Gatherer for Packing {
    type Found = ();

    fn take(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        self.turn_to(log_file);
        if let Some(file) = &self.file {
            let block = self.packer.add(record, file);
            self.send(block);
        }
    }

    fn finish(mut self) {
        let rest = self.packer.rest();
        self.send(rest);
    }
}

fn unusable(path: &Path, error: &IndexError) -> Complaint {
    let help = match error {
        IndexError::Stranger => "name another file: this one is left as it is",
        IndexError::Version { .. } | IndexError::Damaged => "delete the file, and it is made anew",
        _ => "see that the disk is not full, and that nobody else writes the file",
    };
    Complaint::unreadable(path.display(), chain(error)).help(help)
}

fn print(
    format: Format,
    rows: &Rows,
    width: usize,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    let text = |at: usize, cell: &Cell| match cell {
        Cell::Null => value_cell(format, &rows.columns[at], None),
        Cell::Whole(whole) => whole.to_string(),
        Cell::Real(real) => real.to_string(),
        Cell::Text(text) => value_cell(format, &rows.columns[at], Some(text)),
    };
    let texts = rows.rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, cell)| text(at, cell));
        cells.collect::<Vec<_>>()
    });
    match format {
        Format::Csv => csv::write_rows(&rows.columns, texts, out),
        Format::Jsonl => {
            json::write_lines(rows.rows.iter().map(|row| object(&rows.columns, row)), out)
        }
        Format::Table => {
            let is_number = |at: usize| {
                let mut cells = rows.rows.iter().map(|row| &row[at]);
                cells.all(|cell| matches!(cell, Cell::Whole(_) | Cell::Real(_)))
            };
            let mut grid = Grid::default();
            for (at, column) in rows.columns.iter().enumerate() {
                let heading = detect::render::name(column);
                grid = if is_number(at) {
                    grid.number(heading)
                } else {
                    grid.text(heading)
                };
            }
            texts.for_each(|row| grid.row(row));
            grid.write(width, out)
        }
    }
}

fn object(columns: &[String], row: &[Cell]) -> Json {
    let value = |cell: &Cell| match cell {
        Cell::Null => Json::Null,
        Cell::Whole(whole) => (*whole).into(),
        Cell::Real(real) => (*real).into(),
        Cell::Text(text) => text.as_str().into(),
    };
    Json::Object(columns.iter().cloned().zip(row.iter().map(value)).collect())
}
