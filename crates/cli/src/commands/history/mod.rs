//! `trailhound history`: what CloudTrail remembers by itself, region by region.

mod args;
mod cursor;
mod save;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

use ::baseline::Observer;
use account::Account;
use account::history::{Lookup, Page};
use detect::cloudtrail::Record;
use detect::language::Language;
use detect::render::sentence;
use jiff::Timestamp;

use self::args::Format;
pub(crate) use self::args::region;
pub use self::args::{HistoryArgs, LONG};
use self::cursor::{CursorFile, Place};
use super::baseline;
use crate::asking::{account, unanswered};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::Meter;
use crate::interrupt;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// How many events of a region, if nothing says how many or since when.
const USUAL: u64 = 50;

/// Regions that an account has from the start, by partition; the first of each has the events of global
/// services.
const REGIONS: [(&str, &[&str]); 3] = [
    (
        "",
        &[
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
        ],
    ),
    ("cn-", &["cn-north-1", "cn-northwest-1"]),
    ("us-gov-", &["us-gov-west-1", "us-gov-east-1"]),
];

/// The regions of the partition to which `region` belongs; the first has the events of global services.
pub(crate) fn partition_of(region: &str) -> &'static [&'static str] {
    let found = REGIONS
        .iter()
        .rev()
        .find(|(prefix, _)| region.starts_with(prefix));
    found.map_or(&[], |(_, regions)| regions)
}

/// Asks, tells and saves.
///
/// # Errors
/// If nobody can be asked, or nothing can be written.
pub fn run(args: &HistoryArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let started = Instant::now();
    let account = account().map_err(|error| unanswered("history", &error))?;
    let habits = args.baseline.as_deref();
    let habits = habits.map(|file| baseline::unheard(file, &args.geo, &args.calendar));
    let mut habits = habits.transpose()?;
    let saved = args.save.as_deref().map(|folder| {
        std::fs::create_dir_all(folder)
            .map_err(|error| Complaint::bad_call(folder.display(), error))?;
        let question = args.by.as_ref().map(ToString::to_string);
        CursorFile::open(folder, question.as_deref())
    });
    let mut run = Run {
        args,
        language,
        terminal,
        lookup: lookup(args)?,
        cursor: saved.transpose()?,
        meter: Arc::default(),
        seen: HashSet::new(),
        observer: habits.as_ref().map(|_| Observer::default()),
        pages: 0,
        complaints: Vec::new(),
    };
    interrupt::stops(&run.meter);
    let regions = regions(args, account.region());
    let output = Output::open(None, terminal)?;
    let mut failed = None;
    let is_read = output.write(|out| {
        for region in &regions {
            match run.region(&account, region, out) {
                Ok(()) => {}
                Err(Stop::Writing(error)) => return Err(error),
                Err(Stop::Telling(complaint)) => {
                    failed = Some(complaint);
                    break;
                }
            }
        }
        Ok(())
    })?;
    terminal.complain_all(&run.complaints);
    if let Some(complaint) = failed {
        return Err(complaint);
    }
    if !terminal.is_quiet() && is_read {
        terminal.say(format_args!(
            "Read {} of {} in {} in {:.2} s",
            things(run.seen.len() as u64, "event"),
            things(regions.len() as u64, "region"),
            things(run.pages, "request"),
            started.elapsed().as_secs_f64(),
        ));
    }
    let journal = run.observer.take().map(Observer::into_journal);
    if let Some((habits, journal)) = habits.as_mut().zip(journal) {
        if run.meter.stopped() || !run.complaints.is_empty() || !is_read {
            terminal
                .say("Learned nothing: of half an answer, days would look quieter than they are");
        } else {
            baseline::learn(habits, &journal, terminal)?;
        }
    }
    let exits = run.complaints.iter().map(Complaint::exit);
    let exit = if run.meter.stopped() {
        Exit::Interrupted
    } else {
        Exit::Quiet
    };
    Ok(exits.fold(exit, Exit::max))
}

fn lookup(args: &HistoryArgs) -> Result<Lookup, Complaint> {
    let range = TimeRange::of(args.since, args.until, Timestamp::now())?;
    let (since, until) = range.typed(args.since, args.until);
    let by = args.by.as_ref().map(|by| (by.attribute, by.value.clone()));
    Ok(Lookup { by, since, until })
}

fn regions(args: &HistoryArgs, own: &str) -> Vec<String> {
    let all = partition_of(own);
    let mut regions: Vec<String> = if args.all_regions {
        all.iter().map(ToString::to_string).collect()
    } else if args.region.is_empty() {
        let global = all.first().map(ToString::to_string);
        std::iter::once(own.to_owned()).chain(global).collect()
    } else {
        args.region.clone()
    };
    let mut seen = HashSet::new();
    regions.retain(|region| seen.insert(region.clone()));
    regions
}

/// Why no more is asked.
enum Stop {
    /// The output does not take it.
    Writing(io::Error),
    /// Something else that concerns all regions.
    Telling(Complaint),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Writing(error)
    }
}

impl From<Complaint> for Stop {
    fn from(complaint: Complaint) -> Self {
        Self::Telling(complaint)
    }
}

struct Run<'a> {
    args: &'a HistoryArgs,
    language: Language,
    terminal: Terminal,
    lookup: Lookup,
    cursor: Option<CursorFile>,
    meter: Arc<Meter>,
    /// The ids of events that were told: pages overlap by a second.
    seen: HashSet<String>,
    /// Notes what everybody does, if a baseline is to learn it.
    observer: Option<Observer>,
    pages: u64,
    complaints: Vec<Complaint>,
}

impl Run<'_> {
    /// Asks one region, page by page, until it has no more, or there is enough.
    fn region(&mut self, account: &Account, region: &str, out: &mut dyn Write) -> Result<(), Stop> {
        let mut place = self
            .cursor
            .as_ref()
            .map(|cursor| cursor.place(region))
            .unwrap_or_default();
        let (since, until) = place.rest(self.lookup.since, self.lookup.until);
        let lookup = Lookup {
            since,
            until,
            ..self.lookup.clone()
        };
        let usual = self.args.since.is_none().then_some(USUAL);
        let mut room = self.args.last.or(usual).unwrap_or(u64::MAX);
        let mut token: Option<String> = None;
        while room > 0 && !self.meter.stopped() {
            let page = match account.lookup(region, &lookup, token.as_deref()) {
                Ok(page) => page,
                Err(error) => {
                    self.complaints.push(unanswered(region, &error));
                    return Ok(());
                }
            };
            self.pages += 1;
            room = room.saturating_sub(self.page(region, &page, room, &mut place, out)?);
            token = page.next;
            if token.is_none() {
                place.finish();
            }
            if let Some(cursor) = &mut self.cursor {
                cursor.set(region, place, self.terminal)?;
            }
            if token.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Tells and saves a page, or as much of it as there is room for; returns how many that are.
    fn page(
        &mut self,
        region: &str,
        page: &Page,
        room: u64,
        place: &mut Place,
        out: &mut dyn Write,
    ) -> Result<u64, Stop> {
        let mut kept = Vec::new();
        let mut told = 0;
        for text in &page.records {
            let Some(record) = Record::of_text(text) else {
                self.complaints.push(Complaint::unreadable(
                    region,
                    "CloudTrail told what is no record",
                ));
                continue;
            };
            if told == room {
                break;
            }
            told += 1;
            place.advance(record.event_time(), record.event_time());
            kept.push(text.as_str());
            let id = record
                .event_id()
                .map_or_else(|| text.clone(), Cow::into_owned);
            if self.seen.insert(id) {
                if let Some(observer) = &mut self.observer {
                    observer.observe(&record, None);
                }
                self.tell(region, &record, out)?;
            }
        }
        out.flush()?;
        if let Some(folder) = self.args.save.as_deref().filter(|_| !kept.is_empty()) {
            save::page(folder, region, &kept)
                .map_err(|error| Complaint::bad_call(folder.display(), error))?;
        }
        Ok(told)
    }

    fn tell(&self, region: &str, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.args.format == Format::Jsonl {
            return save::write_line(record.text(), out);
        }
        let said = detect::sentence::sentence(record, self.language);
        let id = record.event_id().unwrap_or_default();
        writeln!(
            out,
            "{}  {}  {}",
            record.event_time(),
            sentence(region),
            sentence(&id)
        )?;
        writeln!(out, "  {}", sentence(&said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_regions() {
        for (region, first) in [
            ("eu-west-1", "us-east-1"),
            ("cn-northwest-1", "cn-north-1"),
            ("us-gov-east-1", "us-gov-west-1"),
        ] {
            assert_eq!(partition_of(region)[0], first, "{region}");
        }
    }
}
