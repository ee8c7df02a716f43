//! What is usual for whom, learned by the door for log files and judged at both.
//!
//! | item | what | written |
//! |---|---|---|
//! | `seen#<day>-<who>` | a [page](baseline::page::Page): what one principal did on an open day | when a call has seen more of it |
//! | `roll#<day>-<shard>` | who has a page of that day | when somebody is first seen that day |
//! | `usual#<who>` | the profile, as of the last closed day and the one before | when a day is closed |
//! | `told#<day>-<account>` | which incidents are [told at once](quota) | when there is another |
//! | `usual#all` | what closed days have taught of everybody together | when a day is closed |
//!
//! Pages merge in any order and any number of times, so an object that is delivered three times is learned
//! once. What is saved is saved on condition of its version, and begun again if another was quicker. A day is
//! closed by the clock of the door for events, an hour after records can no longer be written to its pages:
//! until then it is judged anew with whatever came. Whoever closes it writes the profiles first and then what
//! everybody shares, by which the day *is* closed; who dies between the two is followed by another.
//!
//! The door for events judges by one request, and writes nothing but alerts and which of them are told at once.

mod items;
mod quota;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baseline::journal::Entry;
use baseline::names::Mark;
use baseline::page::{self, Generations, How, Page, Standing};
use baseline::{Anomaly, BuiltIn, Calendar, Journal, Places, Settings, tell};
use detect::case::Cases;
use detect::{Detector, Screened};
use jiff::{SignedDuration, Timestamp};
use pipeline::ports::{AlertSink, Change, Kept, StateKey, StateStore};
use pipeline::{Pipeline, PipelineError, Settled};
use sigma::Level;

use self::items::{
    change, generations, load, marks_of, open_days, open_events, open_times, page_key, profile_key,
    read, roll_key, save, standing_key,
};
use crate::places::Atlas;

/// Seconds in a day, and in an hour.
const DAY: u32 = 86_400;
const HOUR: u32 = 3_600;

/// Pages outlive their day by enough for whoever closes it late.
const PAGES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A profile is forgotten once all that it knows is new again anyway.
const PROFILES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What everybody shares is kept while the fleet runs, and a year longer.
const SHARED: SignedDuration = SignedDuration::from_hours(400 * 24);

/// For so long, in seconds, what everybody shares is not asked for again.
const FRESH: u32 = 600;

/// The rolls of a day: many write them, each a few.
const SHARDS: u64 = 16;

/// How often a call begins again, if others are quicker each time.
const ATTEMPTS: u32 = 10;

/// How many principals are loaded and saved at once when a day is closed.
const TOGETHER: usize = 50;

/// How many days without anybody are closed at one tick.
const EMPTY_DAYS: u32 = 30;

/// What was learned, or closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// Events of open days.
    pub observed: u64,
    /// Events that came for a closed day, or from the future, and were passed over.
    pub passed_over: u64,
    /// Items written.
    pub writes: usize,
    /// Items that another had written meanwhile.
    pub conflicts: usize,
    /// Days closed.
    pub days: u32,
    /// What became of what was unusual.
    pub settled: Settled,
}

/// What is usual for whom.
#[derive(Debug)]
pub struct Habits {
    settings: Settings,
    level: Level,
    places: Option<Atlas>,
    calendar: Arc<Calendar>,
    /// What everybody shares, and when it was asked for.
    standing: Option<(u32, Arc<Standing>)>,
    clock: Option<u32>,
}

impl Habits {
    /// Tells what is unusual from `level` on.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self {
            settings: Settings {
                counts: false,
                ..Settings::default()
            },
            level,
            places: None,
            calendar: Arc::default(),
            standing: None,
            clock: None,
        }
    }

    /// The same, with what tells where addresses lie.
    #[must_use]
    pub fn with_places(self, places: Atlas) -> Self {
        Self {
            places: Some(places),
            ..self
        }
    }

    /// Takes it for granted that it is this second since 1970, for tests.
    #[must_use]
    pub fn at(self, second: u32) -> Self {
        Self {
            clock: Some(second),
            ..self
        }
    }

    async fn find_places(&mut self, now: u32) {
        if let Some(places) = &mut self.places {
            places.open(now).await;
        }
    }

    fn now(&self) -> u32 {
        let now = || u32::try_from(Timestamp::now().as_second()).unwrap_or(u32::MAX);
        self.clock.unwrap_or_else(now)
    }

    fn how(&self) -> How<'_> {
        How {
            settings: self.settings,
            places: self
                .places
                .as_ref()
                .map_or(&BuiltIn as &dyn Places, Atlas::places),
            calendar: &self.calendar,
        }
    }

    /// Learns what was observed, and tells what is unusual about it.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if the same is learned again.
    pub async fn learn<S: StateStore, A: AlertSink>(
        &mut self,
        detector: &Detector,
        pipeline: &mut Pipeline<S, A>,
        journal: &Journal,
    ) -> Result<Learned, PipelineError> {
        let now = self.now();
        let mut sum = Learned::default();
        let open = open_events(journal, now);
        sum.observed = open.entries.len() as u64;
        let closed = |entry: &&Entry| !open_times(now).contains(&entry.time);
        sum.passed_over = journal.entries.iter().filter(closed).count() as u64;
        if open.entries.is_empty() {
            return Ok(sum);
        }
        let news = page::pages(&open);
        for attempt in 1..=ATTEMPTS {
            let standing = match self.standing(pipeline.states(), now).await? {
                Some(standing) => standing,
                None => self.begin(pipeline.states(), now).await?,
            };
            let walked = self.walk(detector, pipeline, &standing, &news, now).await?;
            sum.writes += walked.writes;
            sum.conflicts += walked.conflicts;
            sum.settled.again(&walked.settled);
            if walked.conflicts == 0 {
                return Ok(sum);
            }
            pipeline.states().pause(attempt).await;
        }
        Err(PipelineError::Contended(sum.conflicts))
    }

    async fn walk<S: StateStore, A: AlertSink>(
        &self,
        detector: &Detector,
        pipeline: &mut Pipeline<S, A>,
        standing: &Standing,
        news: &BTreeMap<(Mark, u16), Page>,
        now: u32,
    ) -> Result<Learned, PipelineError> {
        let mut walked = Learned::default();
        let whose: BTreeSet<Mark> = news.keys().map(|(mark, _)| *mark).collect();
        let kept = self.kept(pipeline.states(), &whose, standing, now).await?;
        let mut open = BTreeMap::<Mark, Journal>::new();
        let (mut changes, mut strangers) = (Vec::new(), BTreeMap::<StateKey, Vec<Mark>>::new());
        for (mark, day) in whose
            .iter()
            .flat_map(|mark| open_days(standing, now).map(|day| (*mark, day)))
        {
            let key = page_key(day, mark);
            let known = kept.get(&key);
            let mut page = match known {
                Some(kept) => read(&key, kept, Page::read)?,
                None => Page::default(),
            };
            if let Some(seen) = news.get(&(mark, day)) {
                page.merge(seen);
                let bytes = page.bytes();
                if known.is_none() {
                    let roll = roll_key(day, mark.0 % SHARDS);
                    strangers.entry(roll).or_default().push(mark);
                }
                if known.is_none_or(|kept| kept.value != bytes) {
                    changes.push(change(key, known, bytes, PAGES));
                }
            }
            open.entry(mark).or_default().merge(page.journal());
        }
        // What is known already was judged already.
        if changes.is_empty() {
            return Ok(walked);
        }
        let mut found = Vec::new();
        for (mark, journal) in &mut open {
            self.judge(*mark, journal, standing, &kept, &mut found)?;
        }
        walked.settled = self.tell(detector, pipeline, found).await?;
        let rolls = self.rolls(pipeline.states(), strangers).await?;
        for changes in [rolls, changes] {
            let all = changes.len();
            let conflicts = save(pipeline.states(), changes).await?;
            walked.writes += all - conflicts;
            walked.conflicts += conflicts;
            // Who is on no roll is not closed, so the roll comes before the page.
            if conflicts > 0 {
                break;
            }
        }
        Ok(walked)
    }

    /// Judges what was observed just now by what log files have taught, and learns nothing.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if the same is judged again.
    pub async fn look<S: StateStore, A: AlertSink>(
        &mut self,
        detector: &Detector,
        pipeline: &mut Pipeline<S, A>,
        journal: &Journal,
    ) -> Result<Settled, PipelineError> {
        let now = self.now();
        let news = page::pages(&open_events(journal, now));
        if news.is_empty() {
            return Ok(Settled::default());
        }
        let Some(standing) = self.standing(pipeline.states(), now).await? else {
            return Ok(Settled::default());
        };
        let whose: BTreeSet<Mark> = news.keys().map(|(mark, _)| *mark).collect();
        let kept = self.kept(pipeline.states(), &whose, &standing, now).await?;
        let mut found = Vec::new();
        for mark in whose {
            let mut open = Journal::default();
            for day in open_days(&standing, now) {
                let key = page_key(day, mark);
                if let Some(kept) = kept.get(&key) {
                    open.merge(read(&key, kept, Page::read)?.journal());
                }
                if let Some(seen) = news.get(&(mark, day)) {
                    open.merge(seen.journal());
                }
            }
            self.judge(mark, &mut open, &standing, &kept, &mut found)?;
        }
        self.tell(detector, pipeline, found).await
    }

    /// Closes what can be closed: one day that somebody was seen on, at most.
    ///
    /// # Errors
    /// [`PipelineError`]; nothing is lost if it is tried again.
    pub async fn close<S: StateStore>(&mut self, states: &S) -> Result<Learned, PipelineError> {
        let now = self.now();
        let mut sum = Learned::default();
        let due = page::first_open(now.saturating_sub(HOUR));
        // Days only close: whatever was known says so for as long as nothing is due.
        let known = self.standing.as_ref();
        if known.is_some_and(|(_, standing)| standing.open >= due) {
            return Ok(sum);
        }
        self.find_places(now).await;
        for _ in 0..EMPTY_DAYS {
            let key = standing_key();
            let kept = load(states, BTreeSet::from([key.clone()])).await?;
            let Some(kept) = kept.get(&key) else { break };
            let mut standing = read(&key, kept, Standing::read)?;
            if standing.open >= due {
                self.standing = Some((now, Arc::new(standing)));
                break;
            }
            let rolls = (0..SHARDS).map(|shard| roll_key(standing.open, shard));
            let rolls = load(states, rolls.collect()).await?;
            let mut marks = BTreeSet::new();
            for (key, roll) in &rolls {
                marks.extend(marks_of(key, roll)?);
            }
            self.close_day(states, &mut standing, &marks, &mut sum)
                .await?;
            let done = change(key, Some(kept), standing.bytes(), SHARED);
            let lost = save(states, vec![done]).await?;
            sum.writes += 1 - lost;
            sum.days += 1 - lost as u32;
            self.standing = None;
            // Another is closing it, or there was much to do.
            if lost > 0 || !marks.is_empty() {
                break;
            }
        }
        Ok(sum)
    }

    async fn close_day<S: StateStore>(
        &self,
        states: &S,
        standing: &mut Standing,
        marks: &BTreeSet<Mark>,
        sum: &mut Learned,
    ) -> Result<(), PipelineError> {
        let marks: Vec<Mark> = marks.iter().copied().collect();
        let (mut pages, mut profiles) = (Vec::new(), Vec::new());
        let mut known = BTreeMap::new();
        for some in marks.chunks(TOGETHER) {
            let keys = some
                .iter()
                .flat_map(|mark| [page_key(standing.open, *mark), profile_key(*mark)]);
            known.extend(load(states, keys.collect()).await?);
        }
        for mark in &marks {
            let key = page_key(standing.open, *mark);
            if let Some(kept) = known.remove(&key) {
                pages.push(read(&key, &kept, Page::read)?);
            }
            let generations = generations(*mark, &known)?;
            profiles.extend(generations.and_then(|known| known.at(standing.open).cloned()));
        }
        let learned = standing.close(pages.iter(), profiles, &self.how());
        for some in learned.chunks(TOGETHER) {
            let mut changes = Vec::new();
            for (mark, profile) in some {
                let key = profile_key(*mark);
                let older = generations(*mark, &known)?;
                let bytes = Generations::follow(older, standing.open, profile.clone()).bytes();
                let before = known.get(&key);
                // Who died at this before left as much done.
                if before.is_none_or(|before| before.value != bytes) {
                    changes.push(change(key.clone(), before, bytes, PROFILES));
                }
            }
            let all = changes.len();
            // Whoever was quicker closes the same day, and has written the same.
            sum.writes += all - save(states, changes).await?;
        }
        Ok(())
    }

    /// Adds what is unusual about one principal in its open days.
    fn judge(
        &self,
        mark: Mark,
        open: &mut Journal,
        standing: &Standing,
        kept: &BTreeMap<StateKey, Kept>,
        found: &mut Vec<Anomaly>,
    ) -> Result<(), PipelineError> {
        open.settle();
        let known = generations(mark, kept)?;
        let profile = known.and_then(|known| known.at(standing.open).cloned());
        found.extend(standing.judge(profile, open, &self.how()));
        Ok(())
    }

    async fn tell<S: StateStore, A: AlertSink>(
        &self,
        detector: &Detector,
        pipeline: &mut Pipeline<S, A>,
        mut unusual: Vec<Anomaly>,
    ) -> Result<Settled, PipelineError> {
        let at_once = self.settings.at_once as usize;
        quota::keep_to(at_once, pipeline.states(), &mut unusual).await?;
        let mut cases = Cases::default();
        for anomaly in &unusual {
            if tell::level(anomaly) >= self.level
                && let Some(case) = tell::case(anomaly)
            {
                cases.merge_one(case);
            }
        }
        if cases.is_empty() {
            return Ok(Settled::default());
        }
        let found = Screened {
            cases,
            ..Screened::default()
        };
        pipeline.settle(detector, found).await
    }

    /// All that is kept of these principals' open days, and their profiles: one request.
    async fn kept<S: StateStore>(
        &self,
        states: &S,
        whose: &BTreeSet<Mark>,
        standing: &Standing,
        now: u32,
    ) -> Result<BTreeMap<StateKey, Kept>, PipelineError> {
        let keys = whose.iter().flat_map(|mark| {
            let pages = open_days(standing, now).map(|day| page_key(day, *mark));
            pages.chain([profile_key(*mark)])
        });
        load(states, keys.collect()).await
    }

    /// The rolls with these strangers on them.
    async fn rolls<S: StateStore>(
        &self,
        states: &S,
        strangers: BTreeMap<StateKey, Vec<Mark>>,
    ) -> Result<Vec<Change>, PipelineError> {
        let known = load(states, strangers.keys().cloned().collect()).await?;
        let mut changes = Vec::new();
        for (key, strangers) in strangers {
            let kept = known.get(&key);
            let mut marks = match kept {
                Some(kept) => marks_of(&key, kept)?,
                None => BTreeSet::new(),
            };
            let before = marks.len();
            marks.extend(strangers);
            if marks.len() > before {
                let bytes = marks.iter().flat_map(|mark| mark.0.to_le_bytes());
                changes.push(change(key.clone(), kept, bytes.collect(), PAGES));
            }
        }
        Ok(changes)
    }

    /// What everybody shares; asked for every few minutes.
    async fn standing<S: StateStore>(
        &mut self,
        states: &S,
        now: u32,
    ) -> Result<Option<Arc<Standing>>, PipelineError> {
        self.find_places(now).await;
        if let Some((then, standing)) = &self.standing
            && now.saturating_sub(*then) < FRESH
        {
            return Ok(Some(Arc::clone(standing)));
        }
        let key = standing_key();
        let kept = load(states, BTreeSet::from([key.clone()])).await?;
        let Some(kept) = kept.get(&key) else {
            return Ok(None);
        };
        let standing = Arc::new(read(&key, kept, Standing::read)?);
        self.standing = Some((now, Arc::clone(&standing)));
        Ok(Some(standing))
    }

    /// The first that is ever learned.
    async fn begin<S: StateStore>(
        &mut self,
        states: &S,
        now: u32,
    ) -> Result<Arc<Standing>, PipelineError> {
        let standing = Standing::new(page::first_open(now));
        let first = change(standing_key(), None, standing.bytes(), SHARED);
        // If another was quicker, its days are the same.
        save(states, vec![first]).await?;
        let found = self.standing(states, now).await?;
        Ok(found.unwrap_or_else(|| Arc::new(standing)))
    }
}
