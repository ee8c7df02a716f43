//! `trailhound simulate`: logs of a made-up company, the same for the same seed.

mod write;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use simulate::{Scenario, Story};

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::{bytes, count};
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound simulate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SimulateArgs {
    /// Write the log files into this folder, laid out like a trail's bucket; new or empty
    #[arg(long, short, value_name = "FOLDER", default_value = "demo")]
    pub output: PathBuf,

    /// The same seed gives the same logs, byte for byte
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,

    /// The first day, in UTC
    #[arg(long, value_name = "DATE", default_value = "2026-03-02")]
    pub start: Date,

    /// How many days to write
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,

    /// How many records of everyday life to write, some hundreds at least; attacks come on top. As many as such
    /// a company makes if not given
    #[arg(long, value_name = "NUMBER")]
    pub records: Option<u64>,

    /// Leave the attacks out
    #[arg(long)]
    pub peaceful: bool,

    /// Put all records into one log file of this folder instead of a file per five minutes
    #[arg(long)]
    pub single_file: bool,

    /// Write one attack alone, as a log file, to standard output
    #[arg(long, value_name = "ID", conflicts_with_all = ["output", "peaceful", "single_file", "records"])]
    pub story: Option<String>,

    /// Write each attack as a file of its own into this folder, and nothing else
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["output", "story", "peaceful", "single_file", "records"])]
    pub events: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound simulate
  $ trailhound simulate --output week --days 7 --seed 42 --peaceful
  $ trailhound simulate --events attacks";

/// Writes what is asked for.
///
/// # Errors
/// If it cannot be written, or there is no such story.
pub fn run(args: &SimulateArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    match (&args.story, &args.events) {
        (Some(id), _) => print_story(id, args.start, terminal)?,
        (None, Some(folder)) => write_stories(folder, args.start, terminal)?,
        (None, None) => write_logs(args, terminal)?,
    }
    Ok(Exit::Quiet)
}

fn write_logs(args: &SimulateArgs, terminal: Terminal) -> Result<(), Complaint> {
    let scenario = Scenario {
        seed: args.seed,
        start: args.start,
        days: args.days,
        records: args.records,
        stories: !args.peaceful,
    };
    let folder = &args.output;
    must_be_empty(folder)?;
    let started = Instant::now();
    let written = if args.single_file {
        write::one_file(&scenario, folder)
    } else {
        write::files(&scenario, folder)
    };
    let written = written.map_err(|error| unwritable(folder, &error))?;
    if !terminal.is_quiet() {
        let _ = writeln!(
            terminal.err(),
            "Wrote {} records in {} files ({}) to {} in {:.1} s",
            count(written.records),
            count(written.files),
            bytes(written.bytes),
            folder.display(),
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// Two lives in one folder would make no sense together.
fn must_be_empty(folder: &Path) -> Result<(), Complaint> {
    let has_files = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(unwritable(folder, &error)),
    };
    if has_files {
        return Err(
            Complaint::bad_call(folder.display(), "the folder is not empty")
                .help("name another with --output, or remove this one first"),
        );
    }
    Ok(())
}

fn unwritable(place: &Path, error: &io::Error) -> Complaint {
    Complaint::bad_call(place.display(), error).help("name a folder that you may write to")
}

fn print_story(id: &str, start: Date, terminal: Terminal) -> Result<(), Complaint> {
    let stories = simulate::stories();
    let Some(story) = stories.iter().find(|story| story.id == id) else {
        let known: Vec<_> = stories.iter().map(|story| story.id).collect();
        return Err(
            Complaint::bad_call(format!("--story {id}"), "there is no such story")
                .help(format!("use one of {}", known.join(", "))),
        );
    };
    let text = log_file(story, start);
    Output::open(None, terminal)?.write(|out| out.write_all(text.as_bytes()))?;
    Ok(())
}

fn write_stories(folder: &Path, start: Date, terminal: Terminal) -> Result<(), Complaint> {
    let stories = simulate::stories();
    let write = |story: &Story| {
        let path = folder.join(story.id).with_extension("json");
        std::fs::write(path, log_file(story, start))
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| stories.iter().try_for_each(write))
        .map_err(|error| unwritable(folder, &error))?;
    if !terminal.is_quiet() {
        let _ = writeln!(
            terminal.err(),
            "Wrote {} attacks to {}",
            stories.len(),
            folder.display()
        );
    }
    Ok(())
}

/// The story's records as a log file that people can read, begun at noon of the first day.
fn log_file(story: &Story, start: Date) -> String {
    let noon = start.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    let records = noon
        .map(|noon| story.records(noon.timestamp()))
        .unwrap_or_default();
    let file = serde_json::json!({ "Records": records });
    // Records are made of JSON values, which can always be written.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}
