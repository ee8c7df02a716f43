//! Asks every rule about a record, without asking most of them.
//!
//! [`Dispatch`] tells which rules are left when all is taken into account that is known of a record at
//! first sight; these are asked in full.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use jiff::Timestamp;
use sigma::{Correlation, Header, Level, Rule, RuleSet};

use crate::alert::AlertId;
use crate::case::Cases;
use crate::cloudtrail::Record;
use crate::correlation::{Correlator, Heaviest, Plan, Windows};
use crate::dispatch::Dispatch;
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
            key: Vec::new(),
            alerts: HashMap::new(),
        }
    }
}

/// Asks the rules about record after record.
#[derive(Debug)]
pub struct Screener<'d> {
    detector: &'d Detector,
    dispatch: Dispatch,
    key: Vec<u8>,
    /// The alerts that matches belong to, where the identity decides.
    alerts: HashMap<Session, AlertId>,
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
    pub fn screen(
        &mut self,
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        found: &mut Screened,
    ) {
        found.judged += 1;
        found.windows.pass(record);
        let detector = self.detector;
        let rules = detector.rules.rules();
        let planned = self.dispatch.plan(record, rules);
        if planned.plan.steps.is_empty() {
            return;
        }
        let (steps, identity) = (Arc::clone(&planned.plan.steps), planned.identity);
        let mut heaviest = Vec::new();
        for step in &*steps {
            if !step.matches(record) {
                continue;
            }
            let at = step.rule as usize;
            let rule = &rules[at];
            found.matches += 1;
            match detector.rules.suppressed_by(at, record) {
                Some(filter) => {
                    *found
                        .suppressed
                        .entry(filter.title().to_owned())
                        .or_default() += 1;
                }
                None => {
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
                    let id = self.alert(at, record, identity);
                    let guidance = detector.guidance(at);
                    found.cases.add(id, rule, guidance, record, log_file);
                }
            }
        }
        self.weigh(&heaviest, record, log_file, found);
    }

    /// Adds `record` to what weighs it, for the rule that is worth most there.
    fn weigh(
        &self,
        heaviest: &[Heaviest],
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        found: &mut Screened,
    ) {
        if heaviest.is_empty() {
            return;
        }
        let feeds: Vec<_> = heaviest.iter().map(|heaviest| heaviest.feed).collect();
        let detector = self.detector;
        let correlations = detector.rules.correlations();
        let windows = &mut found.windows;
        windows.add(&detector.plan, correlations, &feeds, record, log_file);
    }

    /// Whether the rule at this place of the rule set matches `record`, by the same way as
    /// [`screen`](Self::screen) takes.
    pub fn matches(&mut self, rule: usize, record: &Record<'_>) -> bool {
        let rules = self.detector.rules.rules();
        let steps = &self.dispatch.plan(record, rules).plan.steps;
        let step = steps.iter().find(|step| step.rule as usize == rule);
        step.is_some_and(|step| step.matches(record))
    }

    /// The alert that `record`, matched by the rule at this place, belongs to.
    fn alert(&mut self, rule: usize, record: &Record<'_>, identity: Option<u32>) -> AlertId {
        let session = self.session(rule, record, identity);
        if let Some(known) = session.and_then(|session| self.alerts.get(&session)) {
            return *known;
        }
        let rules = self.detector.rules.rules();
        let by_identity = group::write_key(self.detector.guidance(rule), record, &mut self.key);
        let id = group::alert(rules[rule].id_or_title(), &self.key);
        if let Some(session) = session.filter(|_| by_identity) {
            if self.alerts.len() >= REMEMBERED {
                self.alerts.clear();
            }
            self.alerts.insert(session, id);
        }
        id
    }

    fn session(&self, rule: usize, record: &Record<'_>, identity: Option<u32>) -> Option<Session> {
        let guidance = self.detector.guidance(rule);
        Some(Session {
            rule: rule as u32,
            identity: identity?,
            period_start: guidance.period_start(record.event_time()),
            account: record.account()?.as_bytes().try_into().ok()?,
        })
    }
}
