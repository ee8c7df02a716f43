//! What is usual for whom, kept in one file from run to run: an embedded store of small items.
//!
//! A run's lesson is written in one transaction, and only once its alerts were told. Nobody else can have
//! the file open meanwhile. A run that was interrupted teaches nothing, for it has not read all of the days
//! that it would close.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use baseline::calendar::CHINA;
use baseline::engine::DAY;
use baseline::memory::Items;
use baseline::places::mmdb::Mmdb;
use baseline::{BuiltIn, Calendar, Journal, Memory, Places, Run, Settings, tell};
use detect::Screened;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use sigma::Level;

use crate::complaint::Complaint;
use crate::numbers::{count, things};

/// The format of the file; another one is refused rather than guessed at.
const SCHEMA: &str = "trailhound.baseline/1";

const ABOUT: TableDefinition<'_, &str, &str> = TableDefinition::new("about");
const ITEMS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("principals");

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An open baseline file.
#[derive(Debug)]
pub struct BaselineFile {
    path: PathBuf,
    database: Database,
}

impl BaselineFile {
    /// Opens the file at `path`, or makes a new one.
    ///
    /// # Errors
    /// A [`Complaint`] if it is no baseline, another process has it open, or the disk refuses.
    pub fn open(path: &Path) -> Result<Self, Complaint> {
        let database = Database::create(path).map_err(|error| unopened(path, &error))?;
        Self::checked(path, database)
    }

    /// Opens the file at `path`, which must be there.
    ///
    /// # Errors
    /// The same, and if there is none.
    pub fn existing(path: &Path) -> Result<Self, Complaint> {
        if !path.is_file() {
            return Err(Complaint::bad_call(path.display(), "there is no such baseline")
                .help("`trailhound baseline seed FILE PATH` or `trailhound scan PATH --baseline FILE` makes one"));
        }
        let database = Database::open(path).map_err(|error| unopened(path, &error))?;
        Self::checked(path, database)
    }

    fn checked(path: &Path, database: Database) -> Result<Self, Complaint> {
        let file = Self {
            path: path.to_owned(),
            database,
        };
        file.check().map_err(|cause| file.complaint(&*cause))?;
        Ok(file)
    }

    fn check(&self) -> Result<(), Cause> {
        let write = self.database.begin_write()?;
        {
            write.open_table(ITEMS)?;
            let mut about = write.open_table(ABOUT)?;
            let found = about.get("schema")?.map(|schema| schema.value().to_owned());
            match found {
                Some(schema) if schema != SCHEMA => {
                    return Err(format!("`{schema}`, this version knows `{SCHEMA}`").into());
                }
                Some(_) => return Ok(()),
                None => about.insert("schema", SCHEMA)?,
            };
        }
        Ok(write.commit()?)
    }

    /// All items.
    ///
    /// # Errors
    /// A [`Complaint`] if they cannot be read.
    pub fn load(&self) -> Result<Items, Complaint> {
        let load = || -> Result<Items, Cause> {
            let items = self.database.begin_read()?.open_table(ITEMS)?;
            let mut found = Items::new();
            for item in items.iter()? {
                let (name, bytes) = item?;
                found.insert(name.value().to_owned(), bytes.value().to_owned());
            }
            Ok(found)
        };
        load().map_err(|cause| self.complaint(&*cause))
    }

    /// Puts `items` in the place of all that was kept; what is the same is not written again.
    ///
    /// # Errors
    /// A [`Complaint`] if they cannot be written; then the file is as it was.
    pub fn save(&self, items: &Items) -> Result<(), Complaint> {
        let save = || -> Result<(), Cause> {
            let write = self.database.begin_write()?;
            {
                let mut table = write.open_table(ITEMS)?;
                table.retain(|name, bytes| items.get(name).is_some_and(|item| item == bytes))?;
                for (name, bytes) in items {
                    if table.get(name.as_str())?.is_none() {
                        table.insert(name.as_str(), bytes.as_slice())?;
                    }
                }
            }
            Ok(write.commit()?)
        };
        save().map_err(|cause| self.complaint(&*cause))
    }

    /// What is known by the items, or nothing.
    ///
    /// # Errors
    /// A [`Complaint`] if it cannot be read.
    pub fn memory(&self, settings: Settings) -> Result<Memory, Complaint> {
        let items = self.load()?;
        Memory::read(settings, &items).map_err(|error| self.complaint(&error))
    }

    fn complaint(&self, cause: &dyn std::error::Error) -> Complaint {
        Complaint::bad_rule(
            self.path.display(),
            format!("not a baseline that can be used: {cause}"),
        )
        .help("name another file, or move this one away to begin anew")
    }
}

fn unopened(path: &Path, error: &redb::DatabaseError) -> Complaint {
    match error {
        redb::DatabaseError::DatabaseAlreadyOpen => {
            Complaint::bad_rule(path.display(), "another run has this baseline open")
                .help("wait for it to end, or use another file")
        }
        _ => Complaint::bad_rule(path.display(), format!("not a baseline: {error}"))
            .help("name another file, or one that you may read and write"),
    }
}

/// What is usual for whom, and where addresses lie: all that a run needs to judge behaviour.
pub struct Habits {
    memory: Option<Memory>,
    file: Option<BaselineFile>,
    places: Box<dyn Places>,
    items: Items,
}

impl fmt::Debug for Habits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Habits")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Habits {
    /// Opens the file, if there is one, and the databases; `budget` is alerts in an account and week.
    ///
    /// # Errors
    /// A [`Complaint`] if one of them cannot be used.
    pub fn open(
        path: Option<&Path>,
        budget: f64,
        geo: &[PathBuf],
        calendars: &[PathBuf],
    ) -> Result<Self, Complaint> {
        let settings = Settings {
            a_day: budget / 7.0,
            at_once: if budget == 0.0 {
                0
            } else {
                Settings::default().at_once
            },
            ..Settings::default()
        };
        let file = path.map(BaselineFile::open).transpose()?;
        let mut memory = match &file {
            Some(file) => file.memory(settings)?,
            None => Memory::new(settings),
        };
        memory.engine.calendar = Arc::new(calendar(calendars)?);
        Ok(Self {
            memory: Some(memory),
            file,
            places: places(geo)?,
            items: Items::new(),
        })
    }

    /// Learns what was observed, and adds what was unusual to what was found.
    pub fn judge(&mut self, journal: &Journal, floor: Level, found: &mut Screened) -> Lesson {
        let Some(run) = self.learn(journal) else {
            return Lesson::default();
        };
        let mut lesson = Lesson::of(&run);
        for anomaly in &run.anomalies {
            let level = tell::level(anomaly);
            if level < floor {
                *found.below.entry(level).or_default() += 1;
            } else if let Some(case) = tell::case(anomaly) {
                lesson.unusual += u64::from(found.cases.get(case.id()).is_none());
                found.cases.merge_one(case);
            }
        }
        lesson
    }

    /// Learns what was observed; once.
    pub fn learn(&mut self, journal: &Journal) -> Option<Run> {
        let mut memory = self.memory.take()?;
        let now = u32::try_from(Timestamp::now().as_second()).unwrap_or(u32::MAX - DAY);
        let run = memory.learn(journal, &*self.places, now);
        if self.file.is_some() {
            self.items = memory.items();
        }
        Some(memory.judge(run, &*self.places).0)
    }

    /// Keeps what was learned.
    ///
    /// # Errors
    /// A [`Complaint`] if it cannot be written.
    pub fn save(&self) -> Result<(), Complaint> {
        match &self.file {
            Some(file) if !self.items.is_empty() => file.save(&self.items),
            _ => Ok(()),
        }
    }
}

/// All that the calendars say; `china` is built in.
fn calendar(calendars: &[PathBuf]) -> Result<Calendar, Complaint> {
    let mut calendar = Calendar::default();
    for path in calendars {
        let text = match path.to_str() {
            Some("china") if !path.exists() => CHINA.to_owned(),
            _ => std::fs::read_to_string(path)
                .map_err(|error| Complaint::bad_call(path.display(), error))?,
        };
        calendar
            .add(&text, |name| TimeZone::get(name).ok())
            .map_err(|error| {
                Complaint::bad_rule(path.display(), format!("no calendar: {error}"))
                    .help("write lines such as `2026-02-28,working,make-up day`")
            })?;
    }
    Ok(calendar)
}

/// What the databases tell, or else what is built in.
fn places(geo: &[PathBuf]) -> Result<Box<dyn Places>, Complaint> {
    if geo.is_empty() {
        return Ok(Box::new(BuiltIn));
    }
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|error| Complaint::bad_call(path.display(), error))
    };
    let files: Vec<_> = geo.iter().map(read).collect::<Result<_, _>>()?;
    let names: Vec<_> = geo.iter().map(|path| path.display().to_string()).collect();
    let mmdb = Mmdb::new(files).map_err(|error| {
        Complaint::bad_call(names.join(", "), error)
            .help("name a database in MaxMind's format, such as GeoLite2-ASN.mmdb")
    })?;
    Ok(Box::new(mmdb))
}

/// What a run has learned, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    observed: u64,
    closed: u64,
    future: u64,
    days: u16,
    unusual: u64,
}

impl Lesson {
    /// Of this run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self {
            observed: run.observed,
            closed: run.closed,
            future: run.future,
            days: run.days,
            unusual: 0,
        }
    }
}

impl fmt::Display for Lesson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WARM_UP: u16 = baseline::fleet::WARM_UP;
        writeln!(
            f,
            "Behaviour: {} observed over {}, {} unusual",
            things(self.observed, "call"),
            things(u64::from(self.days) + u64::from(self.observed > 0), "day"),
            count(self.unusual),
        )?;
        if self.days < WARM_UP {
            writeln!(
                f,
                "  learning: nothing is told before {} were learned",
                things(WARM_UP.into(), "day")
            )?;
        }
        if self.closed > 0 {
            let calls = things(self.closed, "call");
            writeln!(
                f,
                "  passed over: {calls} of days that the baseline has closed"
            )?;
        }
        if self.future > 0 {
            writeln!(
                f,
                "  passed over: {} from the future",
                things(self.future, "call")
            )?;
        }
        Ok(())
    }
}
