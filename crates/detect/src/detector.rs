//! Asks every rule about a record, without asking most of them.
//!
//! [`Dispatch`] tells which rules are left when all is taken into account that is known of a record at
//! first sight; these are asked in full.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use jiff::Timestamp;
use sigma::{Correlation, Header, Level, Rule, RuleSet};

use crate::alert::{Alert, AlertId};
use crate::case::Cases;
use crate::cloudtrail::Record;
use crate::correlation::{Correlator, Heaviest, Plan, Windows};
use crate::dispatch::Dispatch;
use crate::draft::Drafts;
use crate::group;
use crate::guidance::{self, Guidance, GuidanceError};

/// For how many sessions it is remembered which alerts their matches belong to.
const REMEMBERED: usize = 16_384;

/// Where the block of a rule or correlation lies that does not hold it itself.
pub type Blocks = fn(&Header) -> Option<&'static str>;

/// The rules, ready to judge.
#[derive(Debug)]
pub struct Detector {
    rules: RuleSet,
    guidance: Vec<OnceLock<Guidance>>,
    correlation_guidance: Vec<OnceLock<Guidance>>,
    plan: Plan,
    blocks: Blocks,
    floor: Level,
    waits: bool,
}

impl Detector {
    /// Prepares `rules`; blocks for the reader of alerts that cannot be read are reported, and their
    /// rules work without.
    #[must_use]
    pub fn new(rules: RuleSet) -> (Self, Vec<GuidanceError>) {
        Self::with_blocks(rules, |_| None)
    }

    /// The same, where the blocks of some rules lie elsewhere: those are good, and read when their rule
    /// first matches.
    #[must_use]
    pub fn with_blocks(rules: RuleSet, blocks: Blocks) -> (Self, Vec<GuidanceError>) {
        let mut problems = Vec::new();
        let mut own = |header: &Header| {
            let place = OnceLock::new();
            if header.extension(guidance::KEY).is_some() {
                let read = Guidance::of(header).unwrap_or_else(|problem| {
                    problems.push(problem);
                    Guidance::default()
                });
                place.get_or_init(|| read);
            }
            place
        };
        let headers = rules.rules().iter().map(Rule::header);
        let guidance = headers.map(&mut own).collect();
        let correlations = rules.correlations().iter().map(Correlation::header);
        let detector = Self {
            guidance,
            correlation_guidance: correlations.map(own).collect(),
            plan: Plan::of(&rules),
            rules,
            blocks,
            floor: Level::Informational,
            waits: true,
        };
        (detector, problems)
    }

    /// The same, but of rules below `floor` matches are only counted.
    #[must_use]
    pub fn from_level(self, floor: Level) -> Self {
        Self { floor, ..self }
    }

    /// The same, but records do not make time pass, so what is waited for is only noted: for whoever sees
    /// records as they come, and would take what is only late for what is missing. Let a clock
    /// [ask](Self::correlate_at) later.
    #[must_use]
    pub fn without_waiting(self) -> Self {
        Self {
            waits: false,
            ..self
        }
    }

    /// Whether records make time pass: what has not followed up to the newest is missing.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The lowest level that is told.
    pub(crate) fn floor(&self) -> Level {
        self.floor
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What the rule at this place of the rule set adds for the reader of its alerts.
    #[must_use]
    pub fn guidance(&self, rule: usize) -> &Guidance {
        self.guidance[rule].get_or_init(|| self.block(self.rules.rules()[rule].header()))
    }

    /// The same of the correlation at this place.
    #[must_use]
    pub fn correlation_guidance(&self, correlation: usize) -> &Guidance {
        let header = self.rules.correlations()[correlation].header();
        self.correlation_guidance[correlation].get_or_init(|| self.block(header))
    }

    fn block(&self, header: &Header) -> Guidance {
        let block = (self.blocks)(header).map(|block| Guidance::of_block(block, header));
        block.and_then(Result::ok).unwrap_or_default()
    }

    /// The correlations, made ready.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Someone who asks the correlations about what was gathered.
    #[must_use]
    pub fn correlate(&self, windows: Windows) -> Correlator<'_> {
        let now = if self.waits { windows.newest } else { i64::MIN };
        Correlator::new(self, windows, now)
    }

    /// The same, with a clock that says `now`.
    #[must_use]
    pub fn correlate_at(&self, windows: Windows, now: Timestamp) -> Correlator<'_> {
        Correlator::new(self, windows, now.as_second())
    }

    /// Adds to `found` what another screener of these rules has found.
    pub fn join(&self, found: &mut Screened, other: Screened) {
        found.windows.merge(&self.plan, other.windows);
        found.cases.merge(other.cases);
        for (level, count) in other.below {
            *found.below.entry(level).or_default() += count;
        }
        found.judged += other.judged;
        found.matches += other.matches;
        for (filter, count) in other.suppressed {
            *found.suppressed.entry(filter).or_default() += count;
        }
    }

    /// Someone who asks the rules; one for each thread.
    #[must_use]
    pub fn screener(&self) -> Screener<'_> {
        Screener {
            detector: self,
            dispatch: Dispatch::new(self.rules.rules()),
            sessions: Sessions::default(),
            drafts: Drafts::default(),
            found: Screened::default(),
        }
    }
}

/// Asks the rules about record after record, and gathers what they find until it is [taken](Self::take).
#[derive(Debug)]
pub struct Screener<'d> {
    detector: &'d Detector,
    dispatch: Dispatch,
    sessions: Sessions,
    drafts: Drafts,
    /// All but the cases.
    pub(crate) found: Screened,
}

/// Where the drafts are that matches belong to, where the identity decides.
#[derive(Debug, Default)]
struct Sessions {
    drafts: HashMap<Session, usize>,
    key: Vec<u8>,
}

/// Matches of one rule in one period, in records of one account with one identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Session {
    rule: u32,
    identity: u32,
    period_start: i64,
    account: [u8; 12],
}

/// What was found, record by record, before anything is published.
#[derive(Debug, Clone, Default)]
pub struct Screened {
    /// What will be alerts.
    pub cases: Cases,
    /// What may become alerts together.
    pub windows: Windows,
    /// How many matches will be none, for their rules are below the level asked for.
    pub below: BTreeMap<Level, u64>,
    /// How many records were judged.
    pub judged: u64,
    /// How many times a rule has matched.
    pub matches: u64,
    /// How many of them each filter has suppressed, by the filter's title.
    pub suppressed: BTreeMap<String, u64>,
}

impl Screener<'_> {
    /// Asks every rule about `record`, read in `log_file`.
    pub fn screen(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        let Self {
            detector,
            dispatch,
            sessions,
            drafts,
            found,
        } = self;
        found.judged += 1;
        found.windows.pass(record);
        let rules = detector.rules.rules();
        let planned = dispatch.plan(record, rules);
        let mut heaviest = Vec::new();
        for step in &*planned.plan.steps {
            if !step.matches(record) {
                continue;
            }
            let at = step.rule as usize;
            let rule = &rules[at];
            found.matches += 1;
            if let Some(filter) = detector.rules.suppressed_by(at, record) {
                let filter = filter.title().to_owned();
                *found.suppressed.entry(filter).or_default() += 1;
                continue;
            }
            let feeds = detector.plan.feeds(at);
            if !feeds.is_empty() {
                let correlations = detector.rules.correlations();
                let windows = &mut found.windows;
                windows.add(&detector.plan, correlations, feeds, record, log_file);
            }
            for (feed, points) in detector.plan.weighs(at) {
                Heaviest::add(&mut heaviest, points, feed);
            }
            if detector.plan.is_silent(at) {
                continue;
            }
            if rule.level() < detector.floor {
                *found.below.entry(rule.level()).or_default() += 1;
                continue;
            }
            let session = detector.session(at, record, planned.identity);
            match session.and_then(|session| sessions.drafts.get(&session)) {
                Some(draft) => drafts.add_at((*draft, step.rule), record, log_file, detector),
                None => {
                    let (id, by_identity) = sessions.alert(detector, at, record);
                    let draft = drafts.add((id, step.rule), record, log_file, detector);
                    if let Some(session) = session.filter(|_| by_identity) {
                        sessions.remember(session, draft);
                    }
                }
            }
        }
        if !heaviest.is_empty() {
            detector.weigh(&heaviest, record, log_file, &mut found.windows);
        }
    }

    /// What was found since this was asked the last time.
    pub fn take(&mut self) -> Screened {
        self.sessions.drafts.clear();
        Screened {
            cases: std::mem::take(&mut self.drafts).finish(self.detector),
            ..std::mem::take(&mut self.found)
        }
    }

    /// Whether the rule at this place of the rule set matches `record`, by the same way as
    /// [`screen`](Self::screen) takes.
    pub fn matches(&mut self, rule: usize, record: &Record<'_>) -> bool {
        let rules = self.detector.rules.rules();
        let steps = &self.dispatch.plan(record, rules).plan.steps;
        let step = steps.iter().find(|step| step.rule as usize == rule);
        step.is_some_and(|step| step.matches(record))
    }
}

impl Detector {
    /// The alert `id` of the rule at this place, as `record` tells it that was read in `log_file`.
    pub(crate) fn tell(
        &self,
        (id, rule): (AlertId, u32),
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
    ) -> Alert {
        let at = rule as usize;
        let (rule, guidance) = (&self.rules.rules()[at], self.guidance(at));
        Alert::in_group(id, rule, guidance, record, log_file)
    }

    /// Adds `record` to what weighs it, for the rule that is worth most there.
    fn weigh(
        &self,
        heaviest: &[Heaviest],
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        windows: &mut Windows,
    ) {
        let feeds: Vec<_> = heaviest.iter().map(|heaviest| heaviest.feed).collect();
        let correlations = self.rules.correlations();
        windows.add(&self.plan, correlations, &feeds, record, log_file);
    }

    fn session(&self, rule: usize, record: &Record<'_>, identity: Option<u32>) -> Option<Session> {
        let guidance = self.guidance(rule);
        Some(Session {
            rule: rule as u32,
            identity: identity?,
            period_start: guidance.period_start(record.event_time()),
            account: record.raw_account()?.as_bytes().try_into().ok()?,
        })
    }
}

impl Sessions {
    /// The alert that `record`, matched by the rule at this place, belongs to, and whether all of its
    /// session do.
    fn alert(&mut self, detector: &Detector, rule: usize, record: &Record<'_>) -> (AlertId, bool) {
        let by_identity = group::write_key(detector.guidance(rule), record, &mut self.key);
        let name = detector.rules.rules()[rule].id_or_title();
        (group::alert(name, &self.key), by_identity)
    }

    fn remember(&mut self, session: Session, draft: usize) {
        if self.drafts.len() >= REMEMBERED {
            self.drafts.clear();
        }
        self.drafts.insert(session, draft);
    }
}
